#include "compress/gram.hpp"

#include <algorithm>

#include "compress/layers.hpp"
#include "compress/lockstep.hpp"
#include "support/float_vector.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

constexpr std::size_t kLanes = kFloatLanes, kTileRows = 4, kTileColumns = 2 * kLanes;
/// Rows that are summed in float before they go into a double.
constexpr std::size_t kRun = 128;

std::size_t padded(std::size_t columns) { return (columns + kTileColumns - 1) / kTileColumns * kTileColumns; }

/// Adds the products of four columns of `a` with eight of `b` over some rows. Both may be read past the columns they have.
void add_tile(const float* a, std::size_t a_width, const float* b, std::size_t b_width, std::size_t rows, double* sums,
              std::size_t sums_width) {
  FloatVector run[kTileRows][2] = {};
  for (std::size_t r = 0; r < rows; ++r, a += a_width, b += b_width) {
    const FloatVector low = load_floats(b);
    const FloatVector high = load_floats(b + kLanes);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kTileRows; ++i) {
      run[i][0] += a[i] * low;
      run[i][1] += a[i] * high;
    }
  }
  for (std::size_t i = 0; i < kTileRows; ++i)
    for (std::size_t j = 0; j < kTileColumns; ++j)
      sums[i * sums_width + j] += static_cast<double>(run[i][j / kLanes][j % kLanes]);
}

/// Rows of columns, with a copy of the last one behind which tiles may read on.
struct Matrix {
  std::span<const float> values;
  std::size_t columns;
  std::vector<float> last;

  Matrix(std::span<const float> rows, std::size_t width)
      : values(rows), columns(width), last(rows.end() - static_cast<std::ptrdiff_t>(width), rows.end()) {
    last.resize(padded(width), 0.0F);
  }
  std::size_t rows() const { return values.size() / columns; }
};

/// Means of products; with `symmetric` only those from the diagonal on, the rest is mirrored.
std::vector<double> products(const Matrix& a, const Matrix& b, bool symmetric) {
  const std::size_t rows = a.rows();
  std::vector<double> result(a.columns * b.columns, 0.0);
  parallel_for((a.columns + kTileColumns - 1) / kTileColumns, [&] {
    return [&, sums = std::vector<double>(kTileColumns * padded(b.columns))](std::size_t band) mutable {
      const std::size_t from = band * kTileColumns;
      const std::size_t end = std::min(from + kTileColumns, a.columns);
      const std::size_t width = padded(b.columns);
      std::fill(sums.begin(), sums.end(), 0.0);
      const auto add_run = [&](const float* a_rows, const float* b_rows, std::size_t count) {
        for (std::size_t j = symmetric ? from : 0; j < b.columns; j += kTileColumns)
          for (std::size_t i = from; i < end; i += kTileRows)
            add_tile(a_rows + i, a.columns, b_rows + j, b.columns, count, &sums[(i - from) * width + j], width);
      };
      // The last row is read on its own: a tile reads past the end of its row.
      for (std::size_t r = 0; r + 1 < rows; r += kRun)
        add_run(&a.values[r * a.columns], &b.values[r * b.columns], std::min(kRun, rows - 1 - r));
      add_run(a.last.data(), b.last.data(), 1);
      for (std::size_t i = from; i < end; ++i)
        for (std::size_t j = 0; j < b.columns; ++j)
          result[i * b.columns + j] = sums[(i - from) * width + j] / static_cast<double>(rows);
    };
  });
  if (!symmetric) return result;
  for (std::size_t i = 0; i < a.columns; ++i)
    for (std::size_t j = 0; j < i; ++j) result[i * a.columns + j] = result[j * a.columns + i];
  return result;
}

}  // namespace

RowChoice::RowChoice(std::size_t positions, std::size_t samples, std::size_t most)
    : positions_(positions), total_(positions * samples), count_(std::min(most, total_)) {}

RowChoice::Row RowChoice::operator[](std::size_t i) const {
  // Not at a fixed distance, which could fall in step with the image's rows.
  const std::size_t from = i * total_ / count_;
  const std::size_t to = std::max((i + 1) * total_ / count_, from + 1);
  const std::size_t at = from + (i * 2654435761U >> 7) % (to - from);
  return {at / positions_, at % positions_};
}

std::size_t row_budget(std::size_t taps) {
  constexpr double kMostProducts = 4e9;
  constexpr double kFewest = 2048, kMost = 32768;
  return static_cast<std::size_t>(std::clamp(kMostProducts / static_cast<double>(taps * taps), kFewest, kMost));
}

std::vector<float> columns_of(const SampleValues& values, const WeightTaps& taps, const RowChoice& rows, std::size_t group) {
  const auto n = static_cast<std::size_t>(taps.taps);
  const std::size_t shift = group * static_cast<std::size_t>(taps.group_step);
  std::vector<float> result(rows.count() * n);
  constexpr std::size_t kRowsAtOnce = 64;
  parallel_for((rows.count() + kRowsAtOnce - 1) / kRowsAtOnce, [&] {
    return [&](std::size_t block) {
      for (std::size_t r = block * kRowsAtOnce; r < std::min(rows.count(), (block + 1) * kRowsAtOnce); ++r) {
        const RowChoice::Row row = rows[r];
        const std::vector<float>& sample = values[row.sample];
        const std::int32_t* offsets = &taps.offsets[row.position * n];
        for (std::size_t t = 0; t < n; ++t)
          result[r * n + t] = offsets[t] < 0 ? 0.0F : sample[static_cast<std::size_t>(offsets[t]) + shift];
      }
    };
  });
  return result;
}

std::vector<double> mean_products(std::span<const float> a, std::size_t a_columns, std::span<const float> b,
                                  std::size_t b_columns) {
  return products(Matrix(a, a_columns), Matrix(b, b_columns), false);
}

std::vector<float> row_products(std::span<const float> rows, std::size_t columns, std::span<const float> weights) {
  const std::size_t outputs = weights.size() / columns;
  const std::size_t width = padded(outputs);
  const std::size_t count = rows.size() / columns;
  std::vector<float> turned(columns * width, 0.0F);
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t t = 0; t < columns; ++t) turned[t * width + o] = weights[o * columns + t];
  std::vector<float> result(count * outputs);
  constexpr std::size_t kRowsAtOnce = 64;
  parallel_for((count + kRowsAtOnce - 1) / kRowsAtOnce, [&] {
    return [&](std::size_t block) {
      const std::size_t end = std::min(count, (block + 1) * kRowsAtOnce);
      for (std::size_t r = block * kRowsAtOnce; r < end; r += kTileRows)
        for (std::size_t o = 0; o < outputs; o += kTileColumns) {
          FloatVector sums[kTileRows][2] = {};
          const std::size_t last = end - 1;
          const float* row[kTileRows];
          for (std::size_t i = 0; i < kTileRows; ++i) row[i] = &rows[std::min(r + i, last) * columns];
          for (std::size_t t = 0; t < columns; ++t) {
            const FloatVector low = load_floats(&turned[t * width + o]);
            const FloatVector high = load_floats(&turned[t * width + o + kLanes]);
#pragma GCC unroll 4
            for (std::size_t i = 0; i < kTileRows; ++i) {
              sums[i][0] += row[i][t] * low;
              sums[i][1] += row[i][t] * high;
            }
          }
          for (std::size_t i = 0; i < std::min(kTileRows, end - r); ++i)
            for (std::size_t j = 0; j < std::min(kTileColumns, outputs - o); ++j)
              result[(r + i) * outputs + o + j] = sums[i][j / kLanes][j % kLanes];
        }
    };
  });
  return result;
}

std::vector<double> column_means(std::span<const float> values, std::size_t columns) {
  std::vector<double> sums(columns, 0.0);
  for (std::size_t i = 0; i < values.size(); i += columns)
    for (std::size_t c = 0; c < columns; ++c) sums[c] += static_cast<double>(values[i + c]);
  for (double& sum : sums) sum /= static_cast<double>(values.size() / columns);
  return sums;
}

std::vector<double> Gram::centered() const {
  std::vector<double> result = square;
  for (std::size_t i = 0; i < taps; ++i)
    for (std::size_t j = 0; j < taps; ++j) result[i * taps + j] -= mean[i] * mean[j];
  return result;
}

Gram gram_of(std::span<const float> columns, std::size_t taps) {
  const Matrix rows(columns, taps);
  return {taps, columns.size() / taps, column_means(columns, taps), products(rows, rows, true)};
}

std::vector<Gram> grams_of(const SampleValues& values, const WeightTaps& taps) {
  const auto n = static_cast<std::size_t>(taps.taps);
  const RowChoice rows(static_cast<std::size_t>(taps.positions), values.size(), row_budget(n));
  std::vector<Gram> result;
  for (std::size_t g = 0; g < static_cast<std::size_t>(taps.groups); ++g)
    result.push_back(gram_of(columns_of(values, taps, rows, g), n));
  return result;
}

LayerGrams layer_grams(const Graph& graph, const SampleInputs& samples, const QuantizeProgress& progress) {
  LayerGrams result;
  Lockstep run(graph, samples);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (progress) progress("moments", static_cast<double>(n) / static_cast<double>(graph.nodes.size()));
    const auto layer = layer_at(graph, n);
    const NodeView view(graph, graph.nodes[n]);
    const auto taps = layer ? view.node().op->weight_taps(view) : std::nullopt;
    if (taps) {
      const TensorId input = view.node().inputs[static_cast<std::size_t>(layer->input)];
      const Tensor& tensor = graph.tensor(input);
      const SampleValues values =
          tensor.is_constant() ? SampleValues(1, real_numbers(tensor, *tensor.data)) : run.real_values(input);
      result[n] = grams_of(values, *taps);
    }
    run.run_next();
  }
  return result;
}

}  // namespace mote

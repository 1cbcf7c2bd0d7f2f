#include "compress/gram.hpp"

#include <algorithm>
#include <cstring>

#include "compress/layers.hpp"
#include "compress/lockstep.hpp"
#include "support/parallel.hpp"

namespace mote {

namespace {

/// Four floats or doubles; GCC and Clang map it to whatever the machine has.
using Floats = float __attribute__((vector_size(16)));
constexpr std::size_t kLanes = 4, kTileRows = 4, kTileColumns = 8;
/// Rows that are summed in float before they go into a double.
constexpr std::size_t kRun = 128;

std::size_t padded(std::size_t columns) { return (columns + kTileColumns - 1) / kTileColumns * kTileColumns; }

/// Rows of a width that tiles divide.
std::vector<float> widened(std::span<const float> values, std::size_t columns) {
  const std::size_t rows = values.size() / columns;
  const std::size_t width = padded(columns);
  std::vector<float> result(rows * width, 0.0F);
  for (std::size_t r = 0; r < rows; ++r)
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(r * columns), columns,
                result.begin() + static_cast<std::ptrdiff_t>(r * width));
  return result;
}

Floats load(const float* from) {
  Floats value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// Adds the products of four columns of `a` with eight of `b` over some rows.
void add_tile(const float* a, std::size_t a_width, const float* b, std::size_t b_width, std::size_t rows,
              double (&sums)[kTileRows][kTileColumns]) {
  Floats run[kTileRows][2] = {};
  for (std::size_t r = 0; r < rows; ++r, a += a_width, b += b_width) {
    const Floats low = load(b);
    const Floats high = load(b + kLanes);
    for (std::size_t i = 0; i < kTileRows; ++i) {
      run[i][0] += a[i] * low;
      run[i][1] += a[i] * high;
    }
  }
  for (std::size_t i = 0; i < kTileRows; ++i)
    for (std::size_t j = 0; j < kTileColumns; ++j) sums[i][j] += static_cast<double>(run[i][j / kLanes][j % kLanes]);
}

/// Means of products; with `symmetric` only those from the diagonal on, the rest is mirrored.
std::vector<double> products(const std::vector<float>& a, std::size_t a_columns, const std::vector<float>& b,
                             std::size_t b_columns, bool symmetric) {
  const std::size_t a_width = padded(a_columns);
  const std::size_t b_width = padded(b_columns);
  const std::size_t rows = a.size() / a_width;
  std::vector<double> result(a_columns * b_columns, 0.0);
  parallel_for((a_columns + kTileColumns - 1) / kTileColumns, [&] {
    return [&](std::size_t band) {
      const std::size_t from = band * kTileColumns;
      for (std::size_t j = symmetric ? from : 0; j < b_columns; j += kTileColumns)
        for (std::size_t i = from; i < std::min(from + kTileColumns, a_columns); i += kTileRows) {
          double sums[kTileRows][kTileColumns] = {};
          for (std::size_t r = 0; r < rows; r += kRun)
            add_tile(&a[r * a_width + i], a_width, &b[r * b_width + j], b_width, std::min(kRun, rows - r), sums);
          for (std::size_t k = 0; k < std::min(kTileRows, a_columns - i); ++k)
            for (std::size_t l = 0; l < std::min(kTileColumns, b_columns - j); ++l)
              result[(i + k) * b_columns + j + l] = sums[k][l] / static_cast<double>(rows);
        }
    };
  });
  if (!symmetric) return result;
  for (std::size_t i = 0; i < a_columns; ++i)
    for (std::size_t j = 0; j < i; ++j) result[i * a_columns + j] = result[j * a_columns + i];
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
  return products(widened(a, a_columns), a_columns, widened(b, b_columns), b_columns, false);
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
  const std::vector<float> wide = widened(columns, taps);
  return {taps, columns.size() / taps, column_means(columns, taps), products(wide, taps, wide, taps, true)};
}

std::vector<Gram> grams_of(const SampleValues& values, const WeightTaps& taps) {
  const auto n = static_cast<std::size_t>(taps.taps);
  const RowChoice rows(static_cast<std::size_t>(taps.positions), values.size(), row_budget(n));
  std::vector<Gram> result;
  for (std::size_t g = 0; g < static_cast<std::size_t>(taps.groups); ++g)
    result.push_back(gram_of(columns_of(values, taps, rows, g), n));
  return result;
}

std::map<std::size_t, std::vector<Gram>> layer_grams(const Graph& graph, const SampleInputs& samples,
                                                     const QuantizeProgress& progress) {
  std::map<std::size_t, std::vector<Gram>> result;
  Lockstep run(graph, samples);
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    if (progress) progress("moments", static_cast<double>(n) / static_cast<double>(graph.nodes.size()));
    const auto layer = layer_at(graph, n);
    const NodeView view(graph, graph.nodes[n]);
    const auto taps = layer ? view.node().op->weight_taps(view) : std::nullopt;
    if (taps) {
      const TensorId input = view.node().inputs[static_cast<std::size_t>(layer->input)];
      const Tensor& tensor = graph.tensor(input);
      const SampleValues values = tensor.is_constant() ? SampleValues(1, real_numbers(tensor, *tensor.data)) : run.real_values(input);
      result[n] = grams_of(values, *taps);
    }
    run.run_next();
  }
  return result;
}

}  // namespace mote

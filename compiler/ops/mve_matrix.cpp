#include "ops/mve_matrix.hpp"

#include <algorithm>
#include <cstdlib>

#include "ops/overlap.hpp"

namespace mote {

namespace {

constexpr std::size_t kLanes = 16, kBlockRows = 16, kGroupRows = 8;
/// As kMveChunk and kMveMostResident on the device.
constexpr std::size_t kChunk = 3, kMostResident = 4;
/// Columns are gathered in about this many bytes of scratch.
constexpr std::int32_t kColumnBytes = 1024, kMostColumns = 16;

/// The scaling of one row; a multiplier of 0 gives 0 with any shift.
struct RowScale {
  std::int32_t multiplier = 0, right = 1, left = 0;
};

RowScale scale_of(const Finish& finish, std::size_t row) {
  const Multiplier& by = finish.multiplier(row);
  if (by.multiplier == 0) return {};
  return {by.multiplier, std::max(-by.shift, 0), std::max(by.shift, 0)};
}

/// Without a shift to the right a sum must not come near the ends of int32, where adding the zero point would wrap.
bool stays_inside(std::span<const std::int8_t> weights, std::int32_t bias, const RowScale& scale) {
  std::int64_t most = std::abs(static_cast<std::int64_t>(bias));
  for (const std::int64_t weight : weights) most += 128 * std::abs(weight);
  constexpr std::int64_t kLimit = (std::int64_t{1} << 31) - 512;
  return most < (kLimit >> scale.left);
}

/// Row of a block that is sum `place` of it, see mote_scale_16 and mote_scale_8 on the device.
std::size_t row_at(std::size_t place, bool whole) { return whole ? 4 * (place % 4) + place / 4 : 2 * (place % 4) + place / 4; }

class Packer {
 public:
  Packer(const std::vector<std::int8_t>& weights, const std::vector<std::int32_t>& bias, const Finish& finish, MveStream& stream)
      : weights_(weights), bias_(bias), finish_(finish), stream_(stream), depth_(weights.size() / bias.size()) {}

  /// The block from row `first` on; `whole`: two groups.
  void block(std::size_t first, bool whole) {
    first_ = first;
    whole_ = whole;
    if (whole) group(kGroupRows);
    group(0);
    const std::size_t before = stream_.words.size();
    scaling(whole);
    stream_.runs.push_back({stream_.words.size() - before, 0});
  }

 private:
  void scaling(bool whole) {
    const std::size_t sums = whole ? kBlockRows : kGroupRows;
    if (stream_.scaling == MveScaling::kGeneral) {
      for (std::size_t place = 0; place < sums; place += 4) {
        each(place, 4, [](const RowScale& scale) { return scale.left; });
        each(place, 4, [](const RowScale& scale) { return scale.multiplier; });
        each(place, 4, [](const RowScale& scale) { return -scale.right; });
      }
      return;
    }
    each(0, sums, [](const RowScale& scale) { return scale.multiplier; });
    if (stream_.shift == 0) each(0, sums, [](const RowScale& scale) { return -scale.right; });
  }

  template <typename Number>
  void each(std::size_t from, std::size_t count, Number&& number) {
    for (std::size_t place = from; place < from + count; ++place) {
      const auto row = row_of(place);
      stream_.words.push_back(row ? number(scale_of(finish_, *row)) : 0);
    }
  }

  std::optional<std::size_t> row_of(std::size_t place) const {
    const std::size_t row = first_ + row_at(place, whole_);
    return row < bias_.size() ? std::optional(row) : std::nullopt;
  }

  void group(std::size_t begin) {
    for (std::size_t place = begin; place < begin + kGroupRows; ++place) {
      const auto row = row_of(place);
      stream_.words.push_back(row ? bias_[*row] : 0);
    }
    const std::size_t before = stream_.words.size();
    const auto vectors = static_cast<std::size_t>(stream_.vectors);
    const std::size_t most = vectors <= kMostResident ? vectors : kChunk;
    for (std::size_t chunk = 0; chunk < vectors; chunk += most) {
      for (std::size_t place = begin; place < begin + kGroupRows; ++place) {
        if (const auto row = row_of(place)) append(*row, chunk * kLanes, std::min(chunk + most, vectors) * kLanes);
      }
    }
    stream_.runs.push_back({kGroupRows, stream_.words.size() - before});
  }

  void append(std::size_t row, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; i += 4) {
      std::uint32_t word = 0;
      for (std::size_t byte = 0; byte < 4 && i + byte < depth_; ++byte)
        word |= (static_cast<std::uint32_t>(weights_[row * depth_ + i + byte]) & 0xFFU) << (8 * byte);
      stream_.words.push_back(static_cast<std::int32_t>(word));
    }
  }

  const std::vector<std::int8_t>& weights_;
  const std::vector<std::int32_t>& bias_;
  const Finish& finish_;
  MveStream& stream_;
  std::size_t depth_, first_ = 0;
  bool whole_ = true;
};

}  // namespace

std::optional<MveStream> pack_mve(const std::vector<std::int8_t>& weights, const std::vector<std::int32_t>& bias,
                                  const Finish& finish, bool uniform) {
  constexpr std::size_t kMostVectors = 4096;
  const std::size_t rows = bias.size();
  const std::size_t depth = weights.size() / rows;
  MveStream stream;
  bool one_shift = true;
  bool general = false;
  std::int32_t shift = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    const RowScale scale = scale_of(finish, r);
    if (scale.multiplier == 0) continue;
    if (scale.right == 0) {
      general = true;
      if (!stays_inside(std::span(weights).subspan(r * depth, depth), bias[r], scale)) return std::nullopt;
    }
    if (shift == 0) shift = scale.right;
    one_shift = one_shift && shift == scale.right;
  }
  // One shift stands in an instruction that narrows to 16 bits.
  constexpr std::int32_t kMostShift = 16;
  const std::int32_t zero_point = finish.zero_point();
  stream.vectors = static_cast<std::int32_t>((depth + kLanes - 1) / kLanes);
  if (static_cast<std::size_t>(stream.vectors) > kMostVectors) return std::nullopt;
  stream.scaling = general                              ? MveScaling::kGeneral
                   : finish.range().first >= zero_point ? MveScaling::kRectified
                                                        : MveScaling::kSigned;
  if (!general && !uniform && one_shift && shift >= 1 && shift <= kMostShift) stream.shift = shift;
  stream.addend = zero_point * (std::int32_t{1} << stream.shift);
  stream.rest = static_cast<std::int32_t>(rows % kBlockRows);
  Packer packer(weights, bias, finish, stream);
  for (std::size_t first = 0; first + kBlockRows <= rows; first += kBlockRows) packer.block(first, true);
  stream.blocks_end = static_cast<std::int32_t>(stream.words.size() * sizeof(std::int32_t));
  if (stream.rest != 0) packer.block(rows - rows % kBlockRows, static_cast<std::size_t>(stream.rest) > kGroupRows);
  return stream;
}

double mve_matrix_cycles(std::int64_t rows, std::int64_t depth) {
  const double vectors = static_cast<double>((depth + 15) / 16);
  return static_cast<double>(rows) * (1.3 * vectors + 1.6) + 6;
}

bool MveConvolution::pixels_are_columns() const {
  const Window& w = layer.window;
  return w.k_h == 1 && w.k_w == 1 && w.stride_h == 1 && w.stride_w == 1 && !w.pads() && w.in_c % 16 == 0;
}

double MveConvolution::cycles() const {
  const Window& w = layer.window;
  const double pixels = static_cast<double>(element_count(w.output_shape()) / w.out_c);
  const double gather = pixels_are_columns() ? 0 : 12 + w.k_h * (2 + 0.15 * w.k_w * w.in_c) + (w.pads() ? 10 : 0);
  return 50 + pixels * (gather + mve_matrix_cycles(w.out_c, depth()));
}

KernelCall MveConvolution::lower(const NodeView& node) const {
  const Window& w = layer.window;
  const MveStream packed = stream().value();
  const bool direct = pixels_are_columns();
  KernelCall call("conv_2d_mve", direct ? "conv_2d_mve_pointwise" : "conv_2d_mve");
  const auto pixels = static_cast<std::int32_t>(element_count(w.output_shape()) / w.out_c);
  if (direct) {
    call.set("pixels", pixels).set("in_c", w.in_c);
  } else {
    call.set("batch", w.batch).set("in_h", w.in_h).set("in_w", w.in_w).set("in_c", w.in_c);
    call.set("out_h", w.out_h).set("out_w", w.out_w).set("out_c", w.out_c).set("k_h", w.k_h).set("k_w", w.k_w);
    call.set("stride_h", w.stride_h).set("stride_w", w.stride_w);
    call.set("dilation_h", w.dilation_h).set("dilation_w", w.dilation_w);
    call.set("pad_top", w.pad_top).set("pad_left", w.pad_left);
    call.flag("pads", w.pads());
    if (w.pads()) call.set("input_zero_point", node.input(0).zero_point());
  }
  call.set("vectors", packed.vectors).set("rest", packed.rest).set("blocks_end", packed.blocks_end);
  call.set("scaling", static_cast<std::int32_t>(packed.scaling)).set("shift", packed.shift).set("addend", packed.addend);
  call.set("clamp_min", layer.finish.range().first).set("clamp_max", layer.finish.range().second);
  if (layer.out_gap > 0) call.set("out_gap", layer.out_gap);
  call.input(0).constant("stream", packed.words).holds_weights(WeightCells::kBytes, packed.runs).output();
  const auto may_overlap = [&](const PixelOrder& order) {
    if (layer.out_gap == 0) call.overlapping(0, window_overlap(w, 1, order));
  };
  if (direct) {
    may_overlap({.ahead = ahead_by_block(w.out_c, std::int64_t{kBlockRows})});
    return call;
  }
  const std::int32_t step = 16 * packed.vectors;
  const std::int32_t held = std::clamp(kColumnBytes / step, 1, std::min(pixels, kMostColumns));
  call.set("held", held);
  may_overlap({.tile = held});
  return call.scratch(static_cast<std::int64_t>(held) * step + 16);
}

}  // namespace mote

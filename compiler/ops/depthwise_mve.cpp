#include "ops/depthwise_mve.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace mote {

namespace {

constexpr std::int64_t kLanes = 16, kSums = 8;
/// Vectors of taps whose offsets and weights stay in registers, and registers beside those for gathered values.
constexpr std::int64_t kMostResident = 3, kRegisters = 8 - 2;
/// Weights are moved by reading up to this many bytes in front of them, which are 0.
constexpr std::int64_t kMostMoved = 4;
/// Offsets of a gather are bytes; those of a scatter over eight planes are halfwords.
constexpr std::int64_t kMostOffset = 255, kMostScatter = 65535;
constexpr std::int64_t kMostGathers = 15;

/// To the left, or less than 0; a multiplier of 0 gives 0 with any shift.
std::int32_t shift_of(const Multiplier& scaling) { return scaling.multiplier == 0 ? -1 : scaling.shift; }

}  // namespace

DepthwiseMve::DepthwiseMve(DepthwiseRows layer, std::int64_t budget) : layer_(std::move(layer)) {
  Window& w = layer_.window;
  w = along_x(w);
  const std::int64_t taps = static_cast<std::int64_t>(w.k_h) * w.k_w;
  gathers_ = (taps + kLanes - 1) / kLanes;
  const auto shares = [&](std::int64_t outputs) {
    const std::int64_t moved = (outputs - 1) * w.stride_w;
    return moved <= kMostMoved && w.k_h * (w.k_w + moved) <= kLanes * gathers_ && gathers_ * (1 + outputs) <= kRegisters;
  };
  if (w.dilation_w == 1 && gathers_ <= kMostResident) {
    while (shares(shared_ + 1)) ++shared_;
  }
  const std::int64_t last =
      static_cast<std::int64_t>(w.out_w - 1) * w.stride_w + static_cast<std::int64_t>(w.k_w - 1) * w.dilation_w;
  // Taps further from the first than an offset reaches are gathered row by row of the kernel, or a few rows at once.
  pad_right_ = std::max<std::int64_t>(0, last + 1 - w.pad_left - w.in_w);
  line_ = w.in_w + std::max<std::int64_t>(w.pad_left, pad_right_);
  if ((reach() - 1) * line_ + (w.k_w - 1) * w.dilation_w + (shared_ - 1) * w.stride_w > kMostOffset && w.k_w <= kLanes) {
    shared_ = 1;
    const std::int64_t row = w.dilation_h * line_;
    rows_ = std::clamp<std::int64_t>((kMostOffset - (w.k_w - 1) * w.dilation_w) / row + 1, 1, kLanes / w.k_w);
    gathers_ = (w.k_h + rows_ - 1) / rows_;
    apart_ = rows_ * row;
  }
  lines_ = unroll(1);
  while (planes_ > 1 && scratch_bytes(lines_) > budget) planes_ /= 2;
  for (std::int64_t chunk = 2; chunk <= w.out_h; ++chunk) {
    const Lines next = unroll(chunk);
    if (scratch_bytes(next) <= budget) lines_ = next;
  }
  const std::int64_t passes = (w.out_h + lines_.chunk - 1) / lines_.chunk;
  const Lines even = unroll((w.out_h + passes - 1) / passes);
  if (scratch_bytes(even) <= std::max(budget, scratch_bytes(unroll(1)))) lines_ = even;
}

DepthwiseMve::Lines DepthwiseMve::unroll(std::int64_t chunk) const {
  const bool resident = gathers_ <= kMostResident && apart_ == 0;
  const std::int64_t width = layer_.window.out_w;
  const std::int64_t whole = (chunk * width + kSums - 1) / kSums;
  if (whole <= (resident ? 16 : 5)) return {chunk, width, whole, 1};
  const std::int64_t period = std::lcm(width, kSums) / kSums;
  if (period <= (resident ? 10 : 5)) return {chunk, width, period, (whole + period - 1) / period};
  const std::int64_t groups = (width + kSums - 1) / kSums;
  return {chunk, kSums * groups, groups, chunk};
}

std::int64_t DepthwiseMve::plane(const Lines& lines) const {
  const std::int64_t held = (lines.chunk - 1) * layer_.window.stride_h + reach();
  return layer_.window.pad_left + held * line_ + pad_right_;
}

std::int64_t DepthwiseMve::plane_bytes(const Lines& lines) const {
  const Window& w = layer_.window;
  const std::int64_t outputs = kSums * lines.groups * lines.periods;
  std::int64_t furthest = 0;
  for (const auto& [offset, tap] : places()) furthest = std::max(furthest, offset);
  const std::int64_t read =
      (outputs - 1) / lines.pitch * w.stride_h * line_ + (lines.pitch - 1) * w.stride_w + (gathers_ - 1) * apart_ + furthest + 1;
  const std::int64_t planes = std::min<std::int64_t>(w.in_c, planes_);
  return (planes - 1) * plane(lines) + std::max(plane(lines), read);
}

std::int64_t DepthwiseMve::scratch_bytes(const Lines& lines) const {
  const std::int64_t planes = std::min<std::int64_t>(layer_.window.in_c, planes_);
  return lines.blocks() * kLanes * (4 + planes) + plane_bytes(lines);
}

std::vector<std::pair<std::int64_t, std::int64_t>> DepthwiseMve::places() const {
  const Window& w = layer_.window;
  std::vector<std::pair<std::int64_t, std::int64_t>> result;
  for (std::int64_t y = 0; y < w.k_h; ++y) {
    if (rows_ != 0 && y % rows_ == 0) result.resize(static_cast<std::size_t>(kLanes * (y / rows_)), {0, -1});
    const std::int64_t row = rows_ == 0 ? y : y % rows_;
    for (std::int64_t x = 0; x < patch_width(); ++x)
      result.emplace_back(row * w.dilation_h * line_ + x * w.dilation_w, x < w.k_w ? y * w.k_w + x : -1);
  }
  result.resize(static_cast<std::size_t>(kLanes * gathers_), {0, -1});
  return result;
}

bool DepthwiseMve::applies() const {
  const Window& w = layer_.window;
  if (gathers_ > kMostGathers || w.in_c != w.out_c) return false;
  for (const auto& [offset, tap] : places()) {
    if (offset > kMostOffset) return false;
  }
  if (7 * plane(lines_) > kMostScatter || 7 * kLanes * lines_.blocks() > kMostScatter) return false;
  // Without a shift to the right a sum must not come near the ends of int32, where adding the zero point would wrap.
  constexpr std::int64_t kLimit = (std::int64_t{1} << 31) - 512;
  const std::int64_t furthest = std::max(127 - layer_.input_zero_point, 128 + layer_.input_zero_point);
  const auto channels = static_cast<std::size_t>(w.out_c);
  for (std::size_t c = 0; c < channels; ++c) {
    const std::int32_t shift = shift_of(layer_.finish.multiplier(c));
    if (shift < -31) return false;
    if (shift < 0) continue;
    std::int64_t sum = std::abs(static_cast<std::int64_t>(layer_.bias[c]));
    for (std::size_t i = c; i < layer_.weights.size(); i += channels) sum += furthest * std::abs(layer_.weights[i]);
    if (sum >= (kLimit >> shift)) return false;
  }
  return true;
}

double DepthwiseMve::cycles() const {
  const Window& w = layer_.window;
  const double passes = static_cast<double>((w.out_h + lines_.chunk - 1) / lines_.chunk);
  const double patches =
      8.0 / static_cast<double>(shared_) * (static_cast<double>(gathers_) + 1) + 8.0 * static_cast<double>(gathers_);
  const double group = gathers_ <= kMostResident && apart_ == 0 ? 2 + patches : 3 + 27.0 * static_cast<double>(gathers_);
  const double channel =
      30 + 20.0 * static_cast<double>(lines_.blocks()) + group * static_cast<double>(lines_.groups * lines_.periods);
  const double moved = (0.3 + 2.4 / static_cast<double>(planes_)) *
                       (static_cast<double>(w.in_h) * w.in_w + static_cast<double>(w.out_h) * w.out_w) * w.in_c;
  return 100 + w.batch * (moved + passes * (w.in_c * channel + 60.0 * static_cast<double>((w.in_c + planes_ - 1) / planes_)));
}

MveScaling DepthwiseMve::scaling() const {
  constexpr std::int32_t kMostShift = 20;  // of the zero point, which is added before the shift
  bool rectified = layer_.finish.range().first >= layer_.finish.zero_point();
  for (std::size_t c = 0; c < static_cast<std::size_t>(layer_.window.out_c); ++c) {
    const std::int32_t shift = shift_of(layer_.finish.multiplier(c));
    if (shift >= 0) return MveScaling::kGeneral;
    rectified = rectified && shift >= -kMostShift;
  }
  return rectified ? MveScaling::kRectified : MveScaling::kSigned;
}

/// A pass writes its lines when all they are made from has been read, and an output of a channel only lies on inputs of it.
bool DepthwiseMve::runs_in_place() const {
  const Window& w = layer_.window;
  if (static_cast<std::int64_t>(w.out_h) * w.out_w > static_cast<std::int64_t>(w.in_h) * w.in_w) return false;
  for (std::int64_t y = lines_.chunk; y < w.out_h; y += lines_.chunk) {
    if (y * w.out_w > ((y - 1) * w.stride_h - w.pad_top + reach()) * w.in_w) return false;
  }
  return true;
}

KernelCall DepthwiseMve::lower(const NodeView&) const {
  const Window& w = layer_.window;
  const auto channels = static_cast<std::size_t>(w.out_c);
  const auto places = this->places();
  std::vector<std::int32_t> stream;
  for (std::size_t c = 0; c < channels; ++c) {
    std::vector<std::uint8_t> taps;
    std::int32_t sum = 0;
    for (std::size_t i = c; i < layer_.weights.size(); i += channels) sum += layer_.weights[i];
    for (const auto& [offset, tap] : places)
      taps.push_back(tap < 0 ? 0 : static_cast<std::uint8_t>(layer_.weights[static_cast<std::size_t>(tap) * channels + c]));
    const Multiplier& by = layer_.finish.multiplier(c);
    stream.push_back(wrap_add(layer_.bias[c], wrap_multiply(-layer_.input_zero_point, sum)));
    stream.push_back(by.multiplier);
    stream.push_back(shift_of(by));
    stream.push_back(0);
    for (std::size_t i = 0; i < taps.size(); i += 4) {
      stream.push_back(static_cast<std::int32_t>(
          static_cast<std::uint32_t>(taps[i]) | static_cast<std::uint32_t>(taps[i + 1]) << 8 |
          static_cast<std::uint32_t>(taps[i + 2]) << 16 | static_cast<std::uint32_t>(taps[i + 3]) << 24));
    }
  }
  std::vector<std::uint8_t> offsets;
  for (const auto& [offset, tap] : places) offsets.push_back(static_cast<std::uint8_t>(offset));
  KernelCall call("depthwise_conv_2d_mve", "depthwise_conv_2d_mve");
  call.set("batch", w.batch).set("in_h", w.in_h).set("in_w", w.in_w).set("in_c", w.in_c);
  call.set("out_h", w.out_h).set("out_w", w.out_w).set("stride_h", w.stride_h).set("stride_w", w.stride_w);
  call.set("pad_top", w.pad_top).set("pad_left", w.pad_left).set("reach", reach());
  call.set("line", line_).set("plane", plane(lines_)).set("plane_bytes", plane_bytes(lines_));
  call.set("chunk", lines_.chunk).set("pitch", lines_.pitch).set("groups", lines_.groups).set("periods", lines_.periods);
  call.set("blocks", lines_.blocks()).set("gathers", gathers_).set("apart", apart_).set("shared", shared_);
  call.set("scaling", static_cast<std::int32_t>(scaling())).set("planes", planes_);
  call.set("input_zero_point", layer_.input_zero_point).set("output_zero_point", layer_.finish.zero_point());
  call.set("clamp_min", layer_.finish.range().first).set("clamp_max", layer_.finish.range().second);
  call.input(0).constant("stream", stream).constant("offsets", offsets).output().scratch(scratch_bytes(lines_));
  return runs_in_place() ? call.in_place_of({0}) : call;
}

}  // namespace mote

#include "ops/winograd.hpp"

#include <algorithm>

#include "ops/overlap.hpp"

namespace mote {

namespace {

/// One dimension of a form: weights become `entries` values, of which the device makes `outputs` from a patch of `patch` values
/// `stride` apart. `lift` is what a patch must hold beyond its bytes so that each transformed value gets its lift.
struct Form {
  int outputs, patch, stride, entries;
  std::array<std::array<int, 3>, 6> weights;
  /// Sums of that many bits, with their factor, do not leave int32, and doubled stay below 2^30.
  int sum_bits;
};

constexpr Form kForms[] = {
    {4, 6, 4, 6, {{{6, 0, 0}, {1, 1, 1}, {1, -1, 1}, {1, 2, 4}, {1, -2, 4}, {0, 0, 6}}}, 25},
    {2, 4, 2, 4, {{{-2, 0, 0}, {1, 1, 1}, {1, -1, 1}, {0, 0, 2}}}, 29},
    {2, 5, 4, 5, {{{1, 0, 0}, {0, 1, 0}, {1, 0, 1}, {0, 1, 0}, {0, 0, 1}}}, 29},
};

const Form& form_of(WinogradTile tile) { return kForms[static_cast<std::size_t>(tile)]; }

/// What the device adds to the value (y, x) of every patch by lifting transformed values.
int lift(WinogradTile tile, int y, int x) {
  switch (tile) {
    case WinogradTile::k4:
      return y >= 4 && x >= 4 ? 12800 : 0;
    case WinogradTile::k2:
      return y >= 2 && x >= 2 ? 1024 : 0;
    case WinogradTile::kStride2: {
      const bool y_ends = y == 0 || y == 4;
      const bool x_ends = x == 0 || x == 4;
      return (y_ends ? 255 : 0) + (x_ends ? (y_ends ? 2 : 1) * 510 : 0);
    }
  }
  return 0;
}

/// The place of entry (i, j). With windows two apart, places lie by the sum they go into: A has entries 0 and 1, B has 2, C has
/// 3 and 4; the sums in order AA, AC, CA, CC, AB, BA, BC, CB, BB.
int place_of(WinogradTile tile, int i, int j) {
  const Form& form = form_of(tile);
  if (tile != WinogradTile::kStride2) return i * form.entries + j;
  constexpr int kPart[5] = {0, 0, 1, 2, 2};
  constexpr int kOrder[9][2] = {{0, 0}, {0, 2}, {2, 0}, {2, 2}, {0, 1}, {1, 0}, {1, 2}, {2, 1}, {1, 1}};
  int place = 0;
  for (const auto& [row, column] : kOrder) {
    for (int y = 0; y < 5; ++y) {
      for (int x = 0; x < 5; ++x) {
        if (kPart[y] != row || kPart[x] != column) continue;
        if (y == i && x == j) return place;
        ++place;
      }
    }
  }
  return place;
}

struct Sums {
  std::int64_t low, high;
  bool fit(int bits) const { return -(std::int64_t{1} << bits) < low && high < (std::int64_t{1} << bits); }
};

Sums sums_of(std::span<const std::int8_t> weights, std::int32_t bias) {
  Sums sums{bias, bias};
  for (const std::int64_t weight : weights) {
    sums.low += std::min(weight * -128, weight * 127);
    sums.high += std::max(weight * -128, weight * 127);
  }
  return sums;
}

std::int32_t wrapped(std::int64_t value) { return static_cast<std::int32_t>(static_cast<std::uint32_t>(value)); }

std::int32_t pair_of(std::int32_t low, std::int32_t high) {
  return static_cast<std::int32_t>((static_cast<std::uint32_t>(low) & 0xFFFFU) | (static_cast<std::uint32_t>(high) << 16));
}

/// The first channel of a step; the second is two further.
std::int32_t first_channel(std::int32_t step) { return step / 2 * 4 + step % 2; }

std::int32_t steps_of(std::int32_t in_c) { return (in_c + 3) / 4 * 2; }

}  // namespace

std::optional<WinogradChannel> winograd_channel(WinogradTile tile, std::span<const std::int8_t> weights, std::int32_t bias,
                                                const Finish& finish, std::size_t channel) {
  const Form& form = form_of(tile);
  const Sums sums = sums_of(weights, bias);
  const Multiplier& by = finish.multiplier(channel);
  // Outputs grow with sums unless these wrap or are shifted left. A multiplier of 0 gives a constant, whatever is summed.
  if (sums.fit(31) && by.shift <= 0) {
    const auto output = [&](std::int64_t sum) { return finish.apply<std::int8_t>(static_cast<std::int32_t>(sum), channel); };
    if (output(sums.low) == output(sums.high)) return WinogradChannel{0, 2 * output(sums.low) + 1, 1};
  }
  // With a shift right by e >= 1, gemmlowp's second rounding of x is (x + 2^(e-1) - (x < 0)) >> e. The sum's sign may stand for
  // that of x: they differ only where x is 0 and the sum negative, and then both give 0. A negative sum gives at most the zero
  // point: where the clamp is not below it, the sign does not matter.
  const std::int32_t right = -by.shift;
  constexpr std::int32_t kMostShift = 21;  // keeps the offset below 2^29
  if (!sums.fit(form.sum_bits) || by.multiplier < 0 || right < 1 || right > kMostShift) return std::nullopt;
  WinogradChannel words{by.multiplier, (2 * finish.zero_point() + 1) * (std::int32_t{1} << (right - 1)), right};

  std::int64_t total = 0;
  for (const std::int64_t weight : weights) total += weight;
  const std::int64_t unsigned_bias = bias - 128 * total;
  const std::size_t depth = weights.size() / 9;
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 2; ++x) {
      // The lift reaches only the last outputs of a tile of four.
      const int output_y = y + form.outputs - 2;
      const int output_x = x + form.outputs - 2;
      const int stride = form.stride / form.outputs;
      std::int64_t lifted = 0;
      for (int tap = 0; tap < 9; ++tap) {
        const std::int64_t by_lift = lift(tile, output_y * stride + tap / 3, output_x * stride + tap % 3);
        for (std::size_t c = 0; c < depth; ++c) lifted += by_lift * weights[static_cast<std::size_t>(tap) * depth + c];
      }
      std::int32_t& word = words[static_cast<std::size_t>(4 + 2 * y + x)];
      if (tile == WinogradTile::k4) {
        word = wrapped(-4 * lifted);
      } else {
        word = wrapped((tile == WinogradTile::k2 ? 4 : 2) * (unsigned_bias - lifted));
      }
    }
  }
  if (tile == WinogradTile::k4) words[3] = wrapped(36 * unsigned_bias);
  return words;
}

std::vector<std::int32_t> transformed_weights(WinogradTile tile, std::span<const std::int8_t> weights, std::int32_t out_c,
                                              std::int32_t in_c) {
  const Form& form = form_of(tile);
  const auto transformed = [&](std::int32_t o, int i, int j, std::int32_t c) {
    std::int32_t sum = 0;
    if (o >= out_c || c >= in_c) return sum;
    for (int y = 0; y < 3; ++y) {
      for (int x = 0; x < 3; ++x) {
        const auto at = (static_cast<std::size_t>(o) * 9 + static_cast<std::size_t>(3 * y + x)) * static_cast<std::size_t>(in_c);
        sum += form.weights[static_cast<std::size_t>(i)][static_cast<std::size_t>(y)] *
               form.weights[static_cast<std::size_t>(j)][static_cast<std::size_t>(x)] * weights[at + static_cast<std::size_t>(c)];
      }
    }
    return sum;
  };
  const std::int32_t steps = steps_of(in_c);
  const std::int32_t places = form.entries * form.entries;
  std::vector<std::int32_t> words(static_cast<std::size_t>((out_c + 3) / 4) * static_cast<std::size_t>(places * steps * 4));
  for (std::int32_t o = 0; o < out_c; ++o) {
    for (int i = 0; i < form.entries; ++i) {
      for (int j = 0; j < form.entries; ++j) {
        for (std::int32_t step = 0; step < steps; ++step) {
          const std::int32_t c = first_channel(step);
          const std::int32_t block = (o / 4 * places + place_of(tile, i, j)) * steps + step;
          words[static_cast<std::size_t>(block * 4 + o % 4)] = pair_of(transformed(o, i, j, c), transformed(o, i, j, c + 2));
        }
      }
    }
  }
  return words;
}

namespace {

/// Int8 weights of four channels to a word, [out_c][in_c / 4][3][3], rounded up.
std::vector<std::int32_t> weights_in_quads(std::span<const std::int8_t> weights, std::int32_t out_c, std::int32_t in_c) {
  const std::int32_t quads = (in_c + 3) / 4;
  std::vector<std::int32_t> words(static_cast<std::size_t>((out_c + 3) / 4 * 4 * quads * 9));
  for (std::int32_t o = 0; o < out_c; ++o) {
    for (std::int32_t tap = 0; tap < 9; ++tap) {
      for (std::int32_t c = 0; c < in_c; ++c) {
        const auto weight = static_cast<std::uint8_t>(weights[static_cast<std::size_t>((o * 9 + tap) * in_c + c)]);
        std::int32_t& word = words[static_cast<std::size_t>((o * quads + c / 4) * 9 + tap)];
        word = static_cast<std::int32_t>(static_cast<std::uint32_t>(word) | static_cast<std::uint32_t>(weight) << (c % 4 * 8));
      }
    }
  }
  return words;
}

}  // namespace

std::int32_t WinogradConvolution::tile_rows(const WinogradSchedule& schedule) const {
  const int outputs = form_of(schedule.tile).outputs;
  return (window.out_h + outputs - 1) / outputs;
}

std::int32_t WinogradConvolution::tile_columns(const WinogradSchedule& schedule) const {
  const int outputs = form_of(schedule.tile).outputs;
  return (window.out_w + outputs - 1) / outputs;
}

std::int32_t WinogradConvolution::strip_tiles(const WinogradSchedule& schedule) const {
  return schedule.pairs ? 2 : (tile_columns(schedule) + 1) / 2 * 2;
}

std::int32_t WinogradConvolution::group_rows(const WinogradSchedule& schedule) const {
  return schedule.group == 0 ? tile_rows(schedule) : std::min(schedule.group, tile_rows(schedule));
}

bool WinogradConvolution::in_place(const WinogradSchedule& schedule) const {
  const Window& w = window;
  return w.stride_h == 1 && w.in_h == w.out_h && w.in_w == w.out_w && w.in_c == w.out_c && w.pad_top == 1 &&
         strip_tiles(schedule) >= tile_columns(schedule);
}

std::int64_t WinogradConvolution::scratch_bytes(const WinogradSchedule& schedule) const {
  const Form& form = form_of(schedule.tile);
  const std::int64_t steps = steps_of(window.in_c);
  const std::int64_t tiles = strip_tiles(schedule);
  const std::int64_t columns = (tiles * form.stride + form.patch - form.stride) * 2 * form.patch;
  const std::int64_t data = tiles * form.entries * form.entries * steps * group_rows(schedule);
  const std::int64_t sums = 8 * (schedule.tile == WinogradTile::kStride2 ? 9 : form.entries * form.entries);
  const std::int64_t sum_blocks = schedule.from_bytes ? tiles / 2 * group_rows(schedule) : 1;
  const std::int64_t weight_words = schedule.from_bytes ? (schedule.tile == WinogradTile::kStride2 ? 100 : 48) * steps : 0;
  const std::int64_t row = in_place(schedule) ? window.in_w * window.in_c : 0;
  return 4 * (columns + data + sum_blocks * sums + weight_words) + row;
}

/// Strips, or groups of rows, of tiles are read before any of their outputs is written.
std::int64_t WinogradConvolution::overlap(const WinogradSchedule& schedule) const {
  const Window& w = window;
  const Form& form = form_of(schedule.tile);
  const std::int32_t strip = schedule.from_bytes ? tile_columns(schedule) : strip_tiles(schedule);
  const std::int32_t group = schedule.from_bytes ? group_rows(schedule) : 1;
  AccessOrder access(std::int64_t{w.batch} * w.in_h * w.in_w * w.in_c);
  for (std::int64_t b = 0; b < w.batch; ++b) {
    for (std::int64_t y = 0; y < tile_rows(schedule); y += group) {
      // The first row of later tiles may have been kept.
      const std::int64_t kept = in_place(schedule) && y > 0 ? 1 : 0;
      const std::int64_t row = std::max<std::int64_t>(0, y * form.stride - w.pad_top + kept);
      const std::int64_t end_row = std::min<std::int64_t>(w.out_h, (y + group) * form.outputs);
      for (std::int64_t x = 0; x < tile_columns(schedule); x += strip) {
        const std::int64_t column = std::max<std::int64_t>(0, x * form.stride - w.pad_left);
        const std::int64_t end_column = std::min<std::int64_t>(w.out_w, (x + strip) * form.outputs);
        access.read(((b * w.in_h + row) * w.in_w + column) * w.in_c);
        access.write(((b * w.out_h + end_row - 1) * w.out_w + end_column) * w.out_c);
      }
    }
  }
  return access.overlap();
}

std::int64_t WinogradConvolution::weight_bytes(const WinogradSchedule& schedule) const {
  const std::int64_t per_pair = schedule.from_bytes ? 18 : 4 * form_of(schedule.tile).entries * form_of(schedule.tile).entries;
  return per_pair * steps_of(window.in_c) * ((window.out_c + 3) / 4 * 4);
}

bool WinogradConvolution::applies(const WinogradSchedule& schedule) const {
  const Window& w = window;
  const std::int32_t stride = schedule.tile == WinogradTile::kStride2 ? 2 : 1;
  if (w.k_h != 3 || w.k_w != 3 || w.stride_h != stride || w.stride_w != stride || w.dilation_h != 1 || w.dilation_w != 1) {
    return false;
  }
  // Each window has its middle inside the image.
  const auto close = [&](std::int32_t in, std::int32_t out, std::int32_t before) {
    return before <= 1 && (out - 1) * stride + 1 - before < in;
  };
  if (!close(w.in_h, w.out_h, w.pad_top) || !close(w.in_w, w.out_w, w.pad_left)) return false;
  // Offsets in the generated code are 32 bits, tables have a sensible size.
  constexpr std::int64_t kMostTable = std::int64_t{1} << 24;
  if (weight_bytes(schedule) > kMostTable || scratch_bytes(schedule) > kMostTable) return false;
  const std::size_t depth = static_cast<std::size_t>(w.in_c) * 9;
  for (std::size_t c = 0; c < bias.size(); ++c) {
    if (!winograd_channel(schedule.tile, std::span(weights).subspan(c * depth, depth), bias[c], finish, c)) return false;
  }
  return true;
}

double WinogradConvolution::cycles(const WinogradSchedule& schedule, bool has_dsp) const {
  const Form& form = form_of(schedule.tile);
  const double steps = steps_of(window.in_c);
  const double places = form.entries * form.entries;
  const double sums = schedule.tile == WinogradTile::kStride2 ? 9 : places;
  const double strips = (tile_columns(schedule) + strip_tiles(schedule) - 1) / strip_tiles(schedule);
  const double pairs = window.batch * tile_rows(schedule) * ((tile_columns(schedule) + 1) / 2);
  const double blocks = (window.out_c + 3) / 4;
  const double multiply = places * steps * (has_dsp ? 16 : 76) + sums * (has_dsp ? 20 : 70) +
                          (schedule.from_bytes && schedule.tile == WinogradTile::k4 ? 300 : 60);
  const double finish_block = 8.0 * (form.outputs * form.outputs * (has_dsp ? 14 : 60) + sums * (has_dsp ? 3 : 8) + 20);
  const double transform = 2 * steps * places * (has_dsp ? 9 : 14);
  const double halo = steps * (form.patch - form.stride) * form.patch * (has_dsp ? 7 : 12);
  const double weight_runs = window.batch * ((tile_rows(schedule) + group_rows(schedule) - 1) / group_rows(schedule));
  const double each_weight = places * (has_dsp ? 5.3 : 11);
  const double weight = schedule.from_bytes ? weight_runs * blocks * 4 * steps * each_weight : 0;
  return pairs * (blocks * (multiply + finish_block) + transform) + window.batch * tile_rows(schedule) * strips * halo + weight;
}

KernelCall WinogradConvolution::lower(const WinogradSchedule& schedule) const {
  KernelCall call("conv_2d_winograd", schedule.from_bytes ? "conv_2d_winograd_bytes" : "conv_2d_winograd");
  constexpr std::string_view kNames[] = {"mote::Winograd4", "mote::Winograd2", "mote::WinogradStride2"};
  const Window& w = window;
  const bool keeps_row = in_place(schedule);
  call.text("using", "form", kNames[static_cast<std::size_t>(schedule.tile)]);
  call.set("batch", w.batch).set("in_h", w.in_h).set("in_w", w.in_w).set("in_c", w.in_c);
  call.set("out_h", w.out_h).set("out_w", w.out_w).set("out_c", w.out_c).set("pad_top", w.pad_top).set("pad_left", w.pad_left);
  call.set("input_zero_point", input_zero_point);
  call.set("clamp_min", finish.range().first).set("clamp_max", finish.range().second);
  call.flag("signed_zero", finish.zero_point() > finish.range().first);
  call.set("strip_tiles", strip_tiles(schedule)).set("group_rows", group_rows(schedule));
  call.flag("from_bytes", schedule.from_bytes).flag("keeps_row", keeps_row);
  std::vector<std::int32_t> constants;
  const std::size_t depth = static_cast<std::size_t>(w.in_c) * 9;
  for (std::size_t c = 0; c < bias.size(); ++c) {
    const auto channel =
        winograd_channel(schedule.tile, std::span(weights).subspan(c * depth, depth), bias[c], finish, c).value();
    constants.insert(constants.end(), channel.begin(), channel.end());
  }
  call.input(0);
  call.constant("weights", schedule.from_bytes ? weights_in_quads(weights, w.out_c, w.in_c)
                                               : transformed_weights(schedule.tile, weights, w.out_c, w.in_c));
  call.constant("channels", constants).output().scratch(scratch_bytes(schedule));
  if (keeps_row) call.in_place_of({0});
  return call.overlapping(0, overlap(schedule));
}

}  // namespace mote

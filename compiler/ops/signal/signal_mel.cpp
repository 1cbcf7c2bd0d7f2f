// SIGNAL_MEL: powers or magnitudes of the bins 0 to fft_length / 2 summed by overlapping triangles on the mel scale, each bin
// only by those that it falls into. float32 [..., bins] to [..., bands]; or block floating point: uint32 [..., bins] and
// exponents to uint32 [..., bands] and exponents.

#include <algorithm>
#include <bit>
#include <cmath>

#include "ops/define.hpp"
#include "ops/signal/block_floating.hpp"
#include "ops/signal/mel_filters.hpp"
#include "ops/signal/reference_math.hpp"

namespace mote {

namespace {

class SignalMel : public OperatorBase<SignalMel> {
 public:
  static constexpr std::string_view kName = "signal_mel";
  static const std::vector<Implementation> kRows;

  bool slaney = false, unit_area = false, in_mels = false;
  float rate = 16000, low = 0, high = 8000;
  std::int32_t fft_length = 512, bands = 40;

  template <typename V>
  void fields(V& v) {
    v.visit("slaney", slaney);
    v.visit("unit_area", unit_area);
    v.visit("in_mels", in_mels);
    v.visit("rate", rate);
    v.visit("low", low);
    v.visit("high", high);
    v.visit("fft_length", fft_length);
    v.visit("bands", bands);
  }

  std::vector<MelFilter> filters() const {
    return mel_filters({slaney ? MelScale::kSlaney : MelScale::kHtk, unit_area, in_mels, static_cast<double>(rate),
                        static_cast<double>(low), static_cast<double>(high), fft_length, bands});
  }
  /// Bits of fraction with which the largest weight fills 15 bits.
  int fraction_bits() const {
    double largest = 0;
    for (const MelFilter& filter : filters())
      for (const double weight : filter.weights) largest = std::max(largest, weight);
    if (largest == 0) return 15;
    int bits = 14 - std::ilogb(largest);
    if (std::lround(std::ldexp(largest, bits)) > INT16_MAX) --bits;
    return bits;
  }
  static std::int16_t fixed(double weight, int bits) { return static_cast<std::int16_t>(std::lround(std::ldexp(weight, bits))); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32, DataType::kUint32});
    require_rank(in, 1, 8);
    require_elements(in);
    constexpr std::int32_t kMost = 1 << 15;
    if (fft_length < 2 || fft_length > kMost || bands < 1 || bands > 1024)
      throw Error(fmt::format("{} bands over a transform of {} are not supported", bands, fft_length),
                  "use 1 to 1024 bands and at most 32768 samples");
    if (in.shape.back() != fft_length / 2 + 1)
      throw Error(fmt::format("spectra of {} bins are not those of a transform of {}", in.shape.back(), fft_length));
    if (!(rate > 0 && low >= 0 && low < high && high <= rate / 2 && std::isfinite(rate))) {
      throw Error(fmt::format("bands from {} to {} Hz at {} samples per second", low, high, rate),
                  "0 <= low < high <= rate / 2 must hold");
    }
    Shape shape = in.shape;
    shape.back() = bands;
    if (is_float(in.type)) {
      require_inputs(node, 1, 1);
      return {{in.type, shape}};
    }
    require_inputs(node, 2, 2);
    require_exponents(node, 0, 1);
    return {{in.type, shape}, type_and_shape(node.input(1))};
  }

  std::int64_t macs(const NodeView& node) const override {
    std::int64_t taps = 0;
    for (const MelFilter& filter : filters()) taps += static_cast<std::int64_t>(filter.weights.size());
    return taps * rows_and_depth(node.input(0).shape).rows;
  }

  void evaluate(const Evaluation& e) const override {
    const auto list = filters();
    const auto bins = static_cast<std::size_t>(e.input(0).shape.back());
    const auto frames = static_cast<std::size_t>(rows_and_depth(e.input(0).shape).rows);
    for (std::size_t frame = 0; frame < frames; ++frame) {
      if (is_float(e.input(0).type))
        sum(list, e.in<float>(0).subspan(frame * bins, bins), e.out<float>().subspan(frame * list.size(), list.size()));
      else
        e.out<std::int32_t>(1)[frame] =
            e.in<std::int32_t>(1)[frame] + sum(list, e.in<std::uint32_t>(0).subspan(frame * bins, bins),
                                               e.out<std::uint32_t>().subspan(frame * list.size(), list.size()));
    }
  }

 private:
  static void sum(const std::vector<MelFilter>& filters, std::span<const float> in, std::span<float> out) {
    for (std::size_t band = 0; band < filters.size(); ++band) {
      float total = 0.0F;
      for (std::size_t i = 0; i < filters[band].weights.size(); ++i)
        total +=
            rounded_product(in[static_cast<std::size_t>(filters[band].first) + i], static_cast<float>(filters[band].weights[i]));
      out[band] = total;
    }
  }

  /// By how much the exponent changes.
  std::int32_t sum(const std::vector<MelFilter>& filters, std::span<const std::uint32_t> in, std::span<std::uint32_t> out) const {
    const int bits = fraction_bits();
    std::vector<std::uint64_t> sums;
    std::uint64_t largest = 0;
    for (const MelFilter& filter : filters) {
      std::uint64_t total = 0;
      for (std::size_t i = 0; i < filter.weights.size(); ++i)
        total += std::uint64_t{in[static_cast<std::size_t>(filter.first) + i]} *
                 static_cast<std::uint64_t>(fixed(filter.weights[i], bits));
      sums.push_back(total);
      largest = std::max(largest, total);
    }
    const int shift = std::max(0, static_cast<int>(std::bit_width(largest)) - 32);
    for (std::size_t band = 0; band < sums.size(); ++band) {
      const std::uint64_t rounded = shift == 0 ? sums[band] : (sums[band] + (std::uint64_t{1} << (shift - 1))) >> shift;
      out[band] = static_cast<std::uint32_t>(std::min<std::uint64_t>(rounded, UINT32_MAX));
    }
    return shift - bits;
  }
};

bool of_floats(const NodeView& node) { return is_float(node.input(0).type); }
bool of_blocks(const NodeView& node) { return !of_floats(node); }

KernelCall& add_tables(KernelCall& call, const NodeView& node) {
  const auto& op = SignalMel::of(node);
  const int bits = op.fraction_bits();
  std::vector<std::int16_t> bands, fixed;
  std::vector<float> weights;
  for (const MelFilter& filter : op.filters()) {
    bands.push_back(static_cast<std::int16_t>(filter.first));
    bands.push_back(static_cast<std::int16_t>(filter.weights.size()));
    for (const double weight : filter.weights) {
      weights.push_back(static_cast<float>(weight));
      fixed.push_back(SignalMel::fixed(weight, bits));
    }
  }
  if (weights.empty()) {
    weights.push_back(0.0F);
    fixed.push_back(0);
  }
  call.set("frames", rows_and_depth(node.input(0).shape).rows).set("bins", node.input(0).shape.back()).set("bands", op.bands);
  call.constant("bands", bands);
  return of_floats(node) ? call.constant("weights", weights) : call.constant("weights", fixed).set("fraction_bits", bits);
}

KernelCall lower(const NodeView& node) {
  KernelCall call("signal/mel", "signal_mel");
  call.value(node, 0, "spectrum");
  return add_tables(call, node).output();
}

KernelCall lower_blocks(const NodeView& node) {
  KernelCall call("signal/mel", "signal_block_mel");
  call.value(node, 0, "spectrum").value(node, 1, "exponents");
  return add_tables(call, node).scratch(8 * std::int64_t{SignalMel::of(node).bands}).output().output(1);
}

double cycles(const NodeView& node) { return 7.0 * static_cast<double>(SignalMel::of(node).macs(node)); }

const std::vector<Implementation> SignalMel::kRows = {
    {.name = "signal_mel.direct", .applies = of_floats, .cycles = cycles, .lower = lower, .code_bytes = 80},
    {.name = "signal_mel.blocks", .applies = of_blocks, .cycles = cycles, .lower = lower_blocks, .code_bytes = 200}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalMel, signal_mel)

}  // namespace mote

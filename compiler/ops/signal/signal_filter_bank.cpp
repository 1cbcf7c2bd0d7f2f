// SIGNAL_FILTER_BANK: overlapping triangular filters over energies. Bands stand one after another; each adds its energies by
// `weights` to its own channel and by `unweights` to the next, and the first band's own channel is dropped. Inputs: energies,
// weights, unweights, and for each band (one more than channels) its first bin, its first weight and its width; the order is that
// of the file. Source: TensorFlow Lite Micro's SignalFilterBank.

#include "ops/checks.hpp"
#include "ops/custom_options.hpp"

namespace mote {

namespace {

enum : int { kEnergies, kWeights, kUnweights, kFirstBins, kFirstWeights, kWidths, kInputs };

class SignalFilterBank : public CustomOperator<SignalFilterBank> {
 public:
  static constexpr std::string_view kName = "signal_filter_bank";
  static const std::vector<Implementation> kRows;

  std::int32_t num_channels = 0;

  template <typename V>
  void fields(V& v) {
    v.visit("num_channels", num_channels);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, kInputs, kInputs);
    require_type(node.input(kEnergies), {DataType::kUint32});
    require_rank(node.input(kEnergies), 1, 1);
    for (int i = kWeights; i < kInputs; ++i) {
      require_constant(node.input(i), "table of the filter bank");
      require_type(node.input(i), {DataType::kInt16});
      require_rank(node.input(i), 1, 1);
    }
    if (num_channels <= 0) throw Error(fmt::format("{} channels", num_channels));
    for (const int i : {kFirstBins, kFirstWeights, kWidths}) {
      if (node.input(i).elements() != std::int64_t{num_channels} + 1) {
        throw Error(
            fmt::format("'{}' has {} values for {} bands", node.input(i).name, node.input(i).elements(), num_channels + 1));
      }
    }
    check_bands(node);
    return {{DataType::kUint64, {num_channels}}};
  }

  std::int64_t macs(const NodeView& node) const override {
    std::int64_t taps = 0;
    for (const std::int16_t width : node.input(kWidths).values<std::int16_t>()) taps += std::max<std::int64_t>(width, 0);
    return 2 * taps;
  }

  void evaluate(const Evaluation& e) const override {
    const auto energies = e.in<std::uint32_t>(kEnergies);
    const auto weights = e.in<std::int16_t>(kWeights);
    const auto unweights = e.in<std::int16_t>(kUnweights);
    const auto out = e.out<std::uint64_t>();
    const auto product = [](std::int16_t weight, std::uint32_t energy) {
      return static_cast<std::uint64_t>(std::int64_t{weight}) * energy;  // wraps
    };
    std::uint64_t carried = 0;
    for (std::size_t band = 0; band <= static_cast<std::size_t>(num_channels); ++band) {
      const auto bin = static_cast<std::size_t>(e.in<std::int16_t>(kFirstBins)[band]);
      const auto tap = static_cast<std::size_t>(e.in<std::int16_t>(kFirstWeights)[band]);
      std::uint64_t sum = carried;
      carried = 0;
      for (std::int32_t i = 0; i < e.in<std::int16_t>(kWidths)[band]; ++i) {
        const auto at = static_cast<std::size_t>(i);
        sum += product(weights[tap + at], energies[bin + at]);
        carried += product(unweights[tap + at], energies[bin + at]);
      }
      if (band > 0) out[band - 1] = sum;
    }
  }

 private:
  static void check_bands(const NodeView& node) {
    const auto bins = node.input(kFirstBins).values<std::int16_t>();
    const auto taps = node.input(kFirstWeights).values<std::int16_t>();
    const auto widths = node.input(kWidths).values<std::int16_t>();
    const std::int64_t weights = std::min(node.input(kWeights).elements(), node.input(kUnweights).elements());
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] <= 0) continue;
      const bool inside = bins[i] >= 0 && taps[i] >= 0 && bins[i] + widths[i] <= node.input(kEnergies).elements() &&
                          taps[i] + widths[i] <= weights;
      if (!inside) {
        throw Error(fmt::format("band {} ({} bins from {}, weights from {}) lies outside of {} energies and {} weights", i,
                                widths[i], bins[i], taps[i], node.input(kEnergies).elements(), weights));
      }
    }
  }
};

/// One stream in the order of use: for each band its first bin and width, then a weight and an unweight for each bin.
std::vector<std::int16_t> packed_bands(const NodeView& node) {
  std::vector<std::int16_t> stream;
  for (std::size_t band = 0; band < node.input(kWidths).values<std::int16_t>().size(); ++band) {
    const auto tap = static_cast<std::size_t>(node.input(kFirstWeights).values<std::int16_t>()[band]);
    const std::int16_t width = std::max<std::int16_t>(0, node.input(kWidths).values<std::int16_t>()[band]);
    stream.push_back(width == 0 ? std::int16_t{0} : node.input(kFirstBins).values<std::int16_t>()[band]);
    stream.push_back(width);
    for (std::size_t i = tap; i < tap + static_cast<std::size_t>(width); ++i) {
      stream.push_back(node.input(kWeights).values<std::int16_t>()[i]);
      stream.push_back(node.input(kUnweights).values<std::int16_t>()[i]);
    }
  }
  return stream;
}

KernelCall lower(const NodeView& node) {
  const std::vector<std::int16_t> stream = packed_bands(node);
  const bool is_signed = std::any_of(stream.begin(), stream.end(), [](std::int16_t value) { return value < 0; });
  KernelCall call("signal/filter_bank", "signal_filter_bank");
  call.set("channels", SignalFilterBank::of(node).num_channels).flag("signed_weights", is_signed);
  return call.value(node, kEnergies, "energies").constant("bands", stream).output();
}

double cycles(const NodeView& node) {
  return 4.0 * static_cast<double>(SignalFilterBank::of(node).macs(node)) + 20.0 * static_cast<double>(node.output().elements());
}

const std::vector<Implementation> SignalFilterBank::kRows = {
    {.name = "signal_filter_bank.direct", .cycles = cycles, .lower = lower, .code_bytes = 100}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalFilterBank, signal_filter_bank)

}  // namespace mote

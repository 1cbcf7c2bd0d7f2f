// SIGNAL_ENERGY: squared magnitudes of a spectrum of int16 pairs (real, imaginary), for bins start_index to end_index - 1.
// Source: TensorFlow Lite Micro's SignalEnergy, which leaves the other bins as they are in memory; here they are 0.

#include <algorithm>

#include "ops/checks.hpp"
#include "ops/custom_options.hpp"

namespace mote {

namespace {

class SignalEnergy : public CustomOperator<SignalEnergy> {
 public:
  static constexpr std::string_view kName = "signal_energy";
  static const std::vector<Implementation> kRows;

  std::int32_t end_index = 0, start_index = 0;

  template <typename V>
  void fields(V& v) {
    v.visit("end_index", end_index);
    v.visit("start_index", start_index);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kInt16});
    require_rank(in, 1, 1);
    if (in.shape[0] % 2 != 0) throw Error(fmt::format("spectrum '{}' has {} values, which are no pairs", in.name, in.shape[0]));
    const std::int32_t bins = in.shape[0] / 2;
    if (start_index < 0 || end_index < start_index || end_index > bins) {
      throw Error(fmt::format("bins {} to {} are not among the {} of '{}'", start_index, end_index, bins, in.name));
    }
    return {{DataType::kUint32, {bins}}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<std::int16_t>(0);
    const auto out = e.out<std::uint32_t>();
    std::fill(out.begin(), out.end(), 0);
    for (auto i = static_cast<std::size_t>(start_index); i < static_cast<std::size_t>(end_index); ++i) {
      const std::int64_t real = in[2 * i];
      const std::int64_t imaginary = in[2 * i + 1];
      out[i] = static_cast<std::uint32_t>(real * real + imaginary * imaginary);
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SignalEnergy::of(node);
  KernelCall call("signal/energy", "signal_energy");
  call.set("bins", node.output().elements()).set("begin", op.start_index).set("end", op.end_index);
  return call.value(node, 0, "spectrum").output();
}

double cycles(const NodeView& node) { return 8.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalEnergy::kRows = {
    {.name = "signal_energy.direct", .cycles = cycles, .lower = lower, .code_bytes = 80}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalEnergy, signal_energy)

}  // namespace mote

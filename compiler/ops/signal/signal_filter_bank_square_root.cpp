// SIGNAL_FILTER_BANK_SQUARE_ROOT: square roots to the nearest whole number, shifted right by a scalar. Up to 2^32 - 1 a root has
// 16 bits: what would round up to 65536 stays 65535. Inputs: uint64 values and an int32 scalar. Source: TensorFlow Lite Micro's
// SignalFilterBankSquareRoot.

#include "ops/checks.hpp"
#include "ops/custom_options.hpp"

namespace mote {

namespace {

/// The root by its bits, from the highest.
std::uint32_t rounded_root(std::uint64_t value) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 31; bit != 0; bit >>= 1) {
    const std::uint64_t larger = root | bit;
    if (larger * larger <= value) root = larger;
  }
  const std::uint64_t limit = value >> 32 == 0 ? 0xFFFF : 0xFFFFFFFF;
  const bool up = value - root * root > root && root != limit;
  return static_cast<std::uint32_t>(root + (up ? 1 : 0));
}

class SignalFilterBankSquareRoot : public CustomOperator<SignalFilterBankSquareRoot> {
 public:
  static constexpr std::string_view kName = "signal_filter_bank_square_root";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    require_type(node.input(0), {DataType::kUint64});
    require_rank(node.input(0), 1, 1);
    require_type(node.input(1), {DataType::kInt32});
    if (node.input(1).elements() != 1) {
      throw Error(fmt::format("'{}' has {} values; one shift is needed", node.input(1).name, node.input(1).elements()));
    }
    return {{DataType::kUint32, node.input(0).shape}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<std::uint64_t>(0);
    const auto out = e.out<std::uint32_t>();
    const auto shift = static_cast<std::uint32_t>(e.in<std::int32_t>(1)[0]);
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = shift > 31 ? 0 : rounded_root(in[i]) >> shift;
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("signal/square_root", "signal_filter_bank_square_root");
  call.set("elements", node.output().elements());
  return call.value(node, 0, "values").value(node, 1, "shift").output();
}

double cycles(const NodeView& node) { return 160.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SignalFilterBankSquareRoot::kRows = {
    {.name = "signal_filter_bank_square_root.direct", .cycles = cycles, .lower = lower, .code_bytes = 200}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalFilterBankSquareRoot, signal_filter_bank_square_root)

}  // namespace mote

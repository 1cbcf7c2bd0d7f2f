// READ_VARIABLE: a copy of a variable, which is a state of the graph, as it is at this place in the order of nodes.
// Source: TensorFlow Lite READ_VARIABLE.

#include <cstring>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class ReadVariable : public OperatorBase<ReadVariable> {
 public:
  static constexpr std::string_view kName = "read_variable";
  static const std::vector<Implementation> kRows;

  void write(OptionsWriter& to) const { to.set(tflite::CreateReadVariableOptions(to.builder())); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    if (!node.input(0).is_state) throw Error(fmt::format("'{}' is not a variable", node.input(0).name));
    return {type_and_shape(node.input(0))};
  }

  void evaluate(const Evaluation& e) const override {
    std::memcpy(e.out_bytes(), e.in_bytes(0), static_cast<std::size_t>(e.output().bytes()));
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("copy", "copy");
  call.type("Value", node.output().type).set("elements", node.output().elements());
  return call.input(0).output();
}

double cycles(const NodeView& node) { return 0.5 * static_cast<double>(node.output().bytes()); }

const std::vector<Implementation> ReadVariable::kRows = {
    {.name = "read_variable.copy", .cycles = cycles, .lower = lower, .code_bytes = 20}};

}  // namespace

MOTE_DEFINE_OPERATOR(ReadVariable, read_variable)

}  // namespace mote

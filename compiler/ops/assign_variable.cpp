// ASSIGN_VARIABLE: a variable, which is a state of the graph, becomes a copy of a value. Output 0, which TensorFlow Lite does not
// have, is the variable after that. Source: TensorFlow Lite ASSIGN_VARIABLE.

#include <cstring>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class AssignVariable : public OperatorBase<AssignVariable> {
 public:
  static constexpr std::string_view kName = "assign_variable";
  static const std::vector<Implementation> kRows;

  void write(OptionsWriter& to) const { to.set(tflite::CreateAssignVariableOptions(to.builder())); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Tensor& variable = node.input(0);
    const Tensor& value = node.input(1);
    if (!variable.is_state) throw Error(fmt::format("'{}' is not a variable", variable.name));
    if (type_and_shape(variable) != type_and_shape(value)) {
      throw Error(fmt::format("the variable '{}' is {} {}, the value '{}' is {} {}", variable.name, type_name(variable.type),
                              to_string(variable.shape), value.name, type_name(value.type), to_string(value.shape)));
    }
    return {type_and_shape(variable)};
  }

  int output_state(const NodeView&) const override { return 0; }

  void evaluate(const Evaluation& e) const override {
    const auto size = static_cast<std::size_t>(e.output().bytes());
    std::memcpy(e.state_bytes(0), e.in_bytes(1), size);
    std::memcpy(e.out_bytes(), e.in_bytes(1), size);
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("copy", "copy");
  call.type("Value", node.output().type).set("elements", node.output().elements());
  return call.value(node, 1, "value").output();
}

double cycles(const NodeView& node) { return 0.5 * static_cast<double>(node.output().bytes()); }

const std::vector<Implementation> AssignVariable::kRows = {
    {.name = "assign_variable.copy", .cycles = cycles, .lower = lower, .code_bytes = 20}};

}  // namespace

MOTE_DEFINE_OPERATOR(AssignVariable, assign_variable)

}  // namespace mote

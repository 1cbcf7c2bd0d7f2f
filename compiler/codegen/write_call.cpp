#include "codegen/write_call.hpp"

#include <fmt/ranges.h>

#include "codegen/write_header.hpp"

namespace mote {

namespace {

std::string argument_text(const Plan& plan, const Step& step, const KernelArgument& argument, Tables& tables, const TensorPlace& place) {
  const Node& node = plan.graph.nodes[step.node];
  switch (argument.kind) {
    case KernelArgument::Kind::kInput:
      return place ? place(true, argument.index) : place_of(plan, node.inputs[static_cast<std::size_t>(argument.index)]);
    case KernelArgument::Kind::kOutput:
      return place ? place(false, argument.index) : place_of(plan, node.outputs[static_cast<std::size_t>(argument.index)]);
    case KernelArgument::Kind::kConstant:
      return tables.add(step.call.constants[static_cast<std::size_t>(argument.index)], step.node);
    case KernelArgument::Kind::kScratch:
      if (plan.memory.scratch_offsets[step.node] == MemoryPlan::kOnStack) return "scratch";
      return fmt::format("at<uint8_t>({})", plan.memory.scratch_offsets[step.node]);
    case KernelArgument::Kind::kNull:
      return "nullptr";
  }
  return {};
}

}  // namespace

std::string place_of(const Plan& plan, TensorId id) {
  const auto offset = plan.memory.tensor_offsets[static_cast<std::size_t>(id)];
  MOTE_CHECK(offset >= 0);
  return fmt::format("at<{}>({})", type_in_c(plan.graph.tensor(id).type), offset);
}

std::string write_call(const Plan& plan, const Step& step, Tables& tables, const TensorPlace& place) {
  const Node& node = plan.graph.nodes[step.node];
  std::vector<std::string> arguments;
  for (const KernelArgument& argument : step.call.arguments) arguments.push_back(argument_text(plan, step, argument, tables, place));
  return fmt::format("mote::{}<L{}>({});  // {}: {}\n", step.call.function, step.node, fmt::join(arguments, ", "), printable(node.name),
                     to_string(plan.graph.tensor(node.outputs[0]).shape));
}

}  // namespace mote

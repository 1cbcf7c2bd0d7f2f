#include "ops/unary.hpp"

#include "ops/overlap.hpp"

namespace mote {

std::vector<TensorType> infer_unary(const NodeView& node, std::initializer_list<DataType> allowed) {
  require_inputs(node, 1, 1);
  const Tensor& in = node.input(0);
  require_type(in, allowed);
  require_same_type(in, node.output());
  require_quantized_if_integer(in);
  require_quantized_if_integer(node.output());
  return {type_and_shape(in)};
}

bool has_byte_input(const NodeView& node) {
  return node.input(0).type == DataType::kInt8 || node.input(0).type == DataType::kUint8;
}

bool has_wider_input(const NodeView& node) { return !has_byte_input(node); }

KernelCall lower_lookup(const NodeView& node) {
  constexpr std::int32_t kEntries = 256;
  Graph small;
  Tensor in = node.input(0);
  in.shape = {kEntries};
  in.data = nullptr;
  Tensor table = node.output();
  table.shape = {kEntries};
  std::vector<std::uint8_t> bytes(kEntries);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  std::vector<std::uint8_t> results(static_cast<std::size_t>(table.bytes()));
  const Node alone{node.node().name, node.node().op, {small.add_tensor(in)}, {small.add_tensor(table)}};
  alone.op->evaluate(Evaluation(NodeView(small, alone), {bytes.data()}, {results.data()}));
  table.data = std::make_shared<const std::vector<std::uint8_t>>(std::move(results));

  KernelCall call = describe_unary(node, "lookup", "lookup");
  call.constant("table", table);
  return finish_unary(std::move(call), node);
}

KernelCall describe_unary(const NodeView& node, std::string_view header, std::string_view function) {
  KernelCall call(header, function);
  call.type("Input", node.input(0).type).type("Output", node.output().type).set("elements", node.output().elements());
  return call.value(node, 0, "values");
}

KernelCall finish_unary(KernelCall call, const NodeView& node) {
  call.output();
  // Compilers take memory of two types wider than a byte for apart, so one must not be written over the other.
  const DataType type = node.output().type;
  const bool to_bytes = type == DataType::kInt8 || type == DataType::kUint8;
  if (type == node.input(0).type || to_bytes) call.in_place_of({0});
  if (type == node.input(0).type || to_bytes || has_byte_input(node)) {
    const auto bytes_of = [](DataType each) { return static_cast<std::int64_t>(type_bytes(each)); };
    call.overlapping(0, elementwise_overlap(node.output().elements(), bytes_of(node.input(0).type), bytes_of(type)));
  }
  return call;
}

double lookup_cycles(const NodeView& node) { return 4.0 * static_cast<double>(node.output().elements()); }
double unary_cycles(const NodeView& node) { return 30.0 * static_cast<double>(node.output().elements()); }

}  // namespace mote

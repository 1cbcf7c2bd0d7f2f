#include "ops/arg.hpp"

namespace mote {

namespace {

int axis_of(const NodeView& node) {
  const auto axes = node.integers(1, "axis");
  if (axes.size() != 1) throw Error(fmt::format("{} axes are given; one is needed", axes.size()));
  return resolve_axis(axes[0], node.input(0).shape.size());
}

}  // namespace

ArgAxes arg_axes(const NodeView& node) {
  const Shape& shape = node.input(0).shape;
  const int axis = axis_of(node);
  return {elements_before(shape, axis), shape[static_cast<std::size_t>(axis)], elements_from(shape, axis + 1)};
}

std::vector<TensorType> infer_arg(const NodeView& node, DataType index_type) {
  require_inputs(node, 2, 2);
  require_type(node.input(0), {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64});
  require_type(node.output(), {DataType::kInt32, DataType::kInt64});
  require_elements(node.input(0));
  Shape shape = node.input(0).shape;
  shape.erase(shape.begin() + axis_of(node));
  return {{index_type, shape}};
}

KernelCall lower_arg(const NodeView& node, bool largest) {
  const ArgAxes n = arg_axes(node);
  KernelCall call("arg", largest ? "arg_max" : "arg_min");
  call.type("Value", node.input(0).type).type("Index", node.output().type);
  call.set("outer", n.outer).set("axis", n.axis).set("inner", n.inner);
  return call.value(node, 0, "values").output();
}

double arg_cycles(const NodeView& node) { return 6.0 * static_cast<double>(node.input(0).elements()); }

}  // namespace mote

#include "ops/reduce.hpp"

#include <bit>

#include "ops/overlap.hpp"

namespace mote {

namespace {

/// Outputs are made in order, each from values of which the first stands at its place among the kept axes.
KernelCall with_output(KernelCall call, const NodeView& node) {
  const ReducedAxes a(node);
  const auto value_bytes = static_cast<std::int64_t>(type_bytes(node.input(0).type));
  AccessOrder access(node.input(0).elements() * value_bytes);
  for (std::int64_t i = 0; i < a.kept[0].extent; ++i) {
    for (std::int64_t j = 0; j < a.kept[1].extent; ++j) {
      access.read((i * a.kept[0].step + j * a.kept[1].step) * value_bytes);
      access.write((i * a.kept[1].extent + j + 1) * value_bytes);
    }
  }
  return std::move(call.output().overlapping(0, access.overlap()));
}

std::vector<bool> is_reduced(const NodeView& node) {
  const std::size_t rank = node.input(0).shape.size();
  std::vector<bool> result(rank, false);
  for (const std::int32_t axis : node.integers(1, "axes")) result[static_cast<std::size_t>(resolve_axis(axis, rank))] = true;
  return result;
}

}  // namespace

ReducedAxes::ReducedAxes(const NodeView& node) {
  const std::vector<bool> goes = is_reduced(node);
  const Shape& shape = node.input(0).shape;
  int next[2] = {1, 1};
  int previous = -1;
  std::int64_t step = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 1) continue;
    const int kind = goes[i] ? 1 : 0;
    Axis* const group = kind == 1 ? reduced : kept;
    if (kind != previous) {
      if (next[kind] < 0) {
        throw Error(fmt::format("the axes of {} alternate too often between kept and reduced", to_string(shape)));
      }
      group[next[kind]--] = {shape[i], step};
    } else {
      group[next[kind] + 1].extent *= shape[i];
    }
    previous = kind;
    step *= shape[i];
  }
}

Shape reduced_shape(const NodeView& node, bool keep_dims) {
  const std::vector<bool> goes = is_reduced(node);
  Shape shape;
  for (std::size_t i = 0; i < goes.size(); ++i) {
    if (!goes[i]) {
      shape.push_back(node.input(0).shape[i]);
    } else if (keep_dims) {
      shape.push_back(1);
    }
  }
  return shape;
}

Multiplier sum_multiplier(const NodeView& node) {
  return quantize_multiplier(static_cast<double>(node.input(0).scale()) / static_cast<double>(node.output().scale()));
}

Multiplier mean_multiplier(const NodeView& node) {
  const Multiplier scaling = sum_multiplier(node);
  const std::int64_t count = ReducedAxes(node).count();
  const int bits = std::min({static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count))) - 1, 32, 31 + scaling.shift});
  return {static_cast<std::int32_t>((static_cast<std::int64_t>(scaling.multiplier) << bits) / count), scaling.shift - bits};
}

KernelCall describe_reduction(const NodeView& node, std::string_view function) {
  const ReducedAxes a(node);
  KernelCall call("reduce", function);
  call.type("Value", node.input(0).type);
  call.list("kept", {a.kept[0].extent, a.kept[1].extent}).list("kept_steps", {a.kept[0].step, a.kept[1].step});
  call.list("reduced", {a.reduced[0].extent, a.reduced[1].extent}).list("reduced_steps", {a.reduced[0].step, a.reduced[1].step});
  return call;
}

KernelCall lower_scaled_reduction(const NodeView& node, Multiplier scaling) {
  const Tensor& in = node.input(0);
  KernelCall call = describe_reduction(node, "mean");
  call.set("zero_sum", wrap_multiply(in.zero_point(), static_cast<std::int32_t>(ReducedAxes(node).count())));
  call.set("multiplier", scaling.multiplier).set("shift", scaling.shift);
  const auto [lowest, highest] = type_range(in.type);
  call.set("output_zero_point", node.output().zero_point()).set("clamp_min", lowest).set("clamp_max", highest);
  return with_output(std::move(call.value(node, 0, "values")), node);
}

KernelCall lower_reduction(const NodeView& node, std::string_view function) {
  return with_output(std::move(describe_reduction(node, function).value(node, 0, "values")), node);
}

double reduction_cycles(const NodeView& node) {
  return 5.0 * static_cast<double>(node.input(0).elements()) + 30.0 * static_cast<double>(node.output().elements());
}

}  // namespace mote

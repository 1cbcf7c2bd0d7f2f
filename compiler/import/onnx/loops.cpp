// Scan and Loop, unrolled: every step of a loop whose number of steps is known becomes operators of its own.

#include "import/onnx/neighbors.hpp"
#include "import/onnx/node_reader.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

constexpr std::int64_t kMostSteps = 128;
/// What CONCATENATION takes at once.
constexpr std::size_t kMostJoined = 64;

/// Place `i` along an axis, which goes.
TensorId step_of(ImportedGraph& graph, TensorId data, std::int32_t axis, std::int32_t i) {
  Shape shape = graph.shape(data);
  std::vector<std::int32_t> begin(shape.size(), 0), size(shape.begin(), shape.end());
  begin[static_cast<std::size_t>(axis)] = i;
  size[static_cast<std::size_t>(axis)] = 1;
  const TensorId part = size == shape ? data : graph.add("slice", {data, graph.integers(begin), graph.integers(size)});
  shape.erase(shape.begin() + axis);
  return graph.reshape(part, shape);
}

/// All steps beside each other along a new axis.
TensorId joined(ImportedGraph& graph, const std::vector<TensorId>& steps, std::int64_t axis) {
  std::vector<TensorId> parts;
  const auto rank = static_cast<std::int64_t>(graph.shape(steps[0]).size()) + 1;
  if (axis < -rank || axis >= rank) throw Error(fmt::format("damaged: axis {} of {} dimensions", axis, rank));
  const std::int64_t at = axis < 0 ? axis + rank : axis;
  for (const TensorId step : steps) {
    Shape shape = graph.shape(step);
    shape.insert(shape.begin() + at, 1);
    parts.push_back(graph.reshape(step, shape));
  }
  while (parts.size() > 1) {
    std::vector<TensorId> longer;
    for (std::size_t i = 0; i < parts.size(); i += kMostJoined) {
      const std::vector<TensorId> some(parts.begin() + static_cast<std::ptrdiff_t>(i), parts.begin() + static_cast<std::ptrdiff_t>(std::min(parts.size(), i + kMostJoined)));
      longer.push_back(some.size() == 1 ? some[0] : graph.add("concatenation", some, {{"axis", static_cast<std::int32_t>(at)}}));
    }
    parts = std::move(longer);
  }
  return parts[0];
}

}  // namespace

void convert_scan(NodeReader& node, std::string_view) {
  if (convert_distances(node)) return;
  ImportedGraph& graph = node.graph();
  if (node.opset() < 9) throw Error("Scan of operator set 8 is not supported", "convert the model to a newer operator set");
  const auto body = node.body("body");
  if (body == nullptr) throw Error("damaged: the body is missing");
  const std::vector<TensorId> inputs = node.all_inputs();
  const std::int64_t scanned = node.integer("num_scan_inputs");
  if (scanned < 1 || scanned > static_cast<std::int64_t>(inputs.size())) throw Error(fmt::format("damaged: {} of {} inputs are scanned", scanned, inputs.size()));
  const auto count = static_cast<std::size_t>(scanned);
  const std::size_t states = inputs.size() - count;
  if (body->outputs.size() < states) throw Error("damaged: the body has too few outputs");
  const std::size_t results = body->outputs.size() - states;
  const std::vector<std::int64_t> zeros_in(count, 0), zeros_out(results, 0);
  const auto in_axes = node.integers("scan_input_axes", zeros_in);
  const auto out_axes = node.integers("scan_output_axes", zeros_out);
  const auto in_backwards = node.integers("scan_input_directions", zeros_in);
  const auto out_backwards = node.integers("scan_output_directions", zeros_out);
  if (in_axes.size() != count || in_backwards.size() != count || out_axes.size() != results || out_backwards.size() != results)
    throw Error("damaged: axes or directions do not fit the inputs and outputs");
  std::vector<TensorId> now(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(states));
  std::vector<std::vector<TensorId>> made(results);
  std::int32_t steps = -1;
  std::vector<std::int32_t> axes;
  for (std::size_t i = 0; i < count; ++i) {
    const Shape shape = graph.shape(inputs[states + i]);
    axes.push_back(node.axis(in_axes[i], static_cast<int>(shape.size())));
    const std::int32_t extent = shape[static_cast<std::size_t>(axes.back())];
    if (steps >= 0 && steps != extent) throw Error(fmt::format("damaged: inputs of {} and {} steps", steps, extent));
    steps = extent;
  }
  if (steps > kMostSteps) throw Error(fmt::format("a loop of {} steps is not unrolled; {} are at most", steps, kMostSteps));
  for (std::int32_t step = 0; step < steps; ++step) {
    std::vector<TensorId> given = now;
    for (std::size_t i = 0; i < count; ++i)
      given.push_back(step_of(graph, inputs[states + i], axes[i], in_backwards[i] != 0 ? steps - 1 - step : step));
    const auto out = node.convert_body(*body, given);
    now.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(states));
    for (std::size_t i = 0; i < results; ++i) {
      auto& list = made[i];
      list.insert(out_backwards[i] != 0 ? list.begin() : list.end(), out[states + i]);
    }
  }
  for (std::size_t i = 0; i < states; ++i) node.set_output(static_cast<int>(i), now[i]);
  for (std::size_t i = 0; i < results; ++i) node.set_output(static_cast<int>(states + i), joined(graph, made[i], out_axes[i]));
}

void convert_loop(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const auto body = node.body("body");
  if (body == nullptr) throw Error("damaged: the body is missing");
  std::int64_t most = INT64_MAX;
  if (node.has_input(0)) {
    const auto trips = node.integer_input(0, "number of steps");
    if (trips.size() != 1) throw Error("damaged: the number of steps is not one number");
    most = trips[0];
  }
  const auto holds = [&](TensorId condition) {
    if (!graph.is_constant(condition)) throw Error("a loop whose number of steps is known only at run time is not supported");
    const auto values = graph.integer_values(condition, "condition");
    return values.size() == 1 && values[0] != 0;
  };
  bool goes_on = !node.has_input(1) || holds(node.input(1));
  std::vector<TensorId> now;
  for (int i = 2; i < node.input_count(); ++i) now.push_back(node.input(i));
  if (body->outputs.size() < now.size() + 1) throw Error("damaged: the body has too few outputs");
  std::vector<std::vector<TensorId>> made(body->outputs.size() - now.size() - 1);
  std::int64_t step = 0;
  for (; goes_on && step < most; ++step) {
    if (step >= kMostSteps) throw Error(fmt::format("a loop of more than {} steps is not unrolled", kMostSteps), "export recurrent layers as LSTM or GRU");
    std::vector<TensorId> given{graph.constant<std::int64_t>({}, {step}), graph.add_constant(DataType::kBool, {}, {1})};
    given.insert(given.end(), now.begin(), now.end());
    const auto out = node.convert_body(*body, given);
    goes_on = holds(out[0]);
    now.assign(out.begin() + 1, out.begin() + 1 + static_cast<std::ptrdiff_t>(now.size()));
    for (std::size_t i = 0; i < made.size(); ++i) made[i].push_back(out[1 + now.size() + i]);
  }
  if (step == 0 && !made.empty()) throw Error("a loop that never runs has no results");
  for (std::size_t i = 0; i < now.size(); ++i) node.set_output(static_cast<int>(i), now[i]);
  for (std::size_t i = 0; i < made.size(); ++i) node.set_output(static_cast<int>(now.size() + i), joined(graph, made[i], 0));
}

}  // namespace mote

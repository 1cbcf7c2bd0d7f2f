// LSTM, GRU and RNN: a node for each direction, its gates in mote's order; outputs of two directions are joined.

#include <algorithm>
#include <cctype>

#include "import/onnx/node_reader.hpp"
#include "ops/recurrent.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// What differs between the three: how many gates there are, for each gate of mote's its place in ONNX's order, the usual curves,
/// and how many states.
struct Kind {
  std::vector<std::int32_t> order;
  std::vector<std::string> curves;
  std::int32_t states = 1;
};

Kind kind_of(std::string_view op) {
  if (op == "lstm") return {{0, 2, 3, 1}, {"Sigmoid", "Tanh", "Tanh"}, 2};
  if (op == "gru") return {{0, 1, 2}, {"Sigmoid", "Tanh"}, 1};
  return {{0}, {"Tanh"}, 1};
}

std::string lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// The curves of each direction, and the hard sigmoid's numbers.
struct Curves {
  std::vector<std::vector<std::int32_t>> directions;
  float alpha = 0.2F, beta = 0.5F;
};

Curves read_curves(NodeReader& node, const Kind& kind, std::size_t directions) {
  constexpr std::array<std::string_view, 4> kKnown{"sigmoid", "tanh", "relu", "hardsigmoid"};
  std::vector<std::string> names = node.texts("activations");
  const std::vector<float> alphas = node.reals("activation_alpha");
  const std::vector<float> betas = node.reals("activation_beta");
  if (names.empty()) {
    for (std::size_t i = 0; i < directions; ++i) names.insert(names.end(), kind.curves.begin(), kind.curves.end());
  }
  if (names.size() != directions * kind.curves.size()) {
    throw Error(fmt::format("damaged: {} activations, {} are needed", names.size(), directions * kind.curves.size()));
  }
  Curves result;
  result.directions.resize(directions);
  std::size_t with_numbers = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto known = std::ranges::find(kKnown, lower_case(names[i]));
    if (known == kKnown.end())
      throw Error(fmt::format("activation {} is not supported; Sigmoid, Tanh, Relu and HardSigmoid are", names[i]));
    const auto curve = static_cast<std::int32_t>(known - kKnown.begin());
    result.directions[i / kind.curves.size()].push_back(curve);
    if (static_cast<Curve>(curve) != Curve::kHardSigmoid) continue;
    const float alpha = with_numbers < alphas.size() ? alphas[with_numbers] : 0.2F;
    const float beta = with_numbers < betas.size() ? betas[with_numbers] : 0.5F;
    if (with_numbers > 0 && (alpha != result.alpha || beta != result.beta)) {
      throw Error("hard sigmoids of different numbers in one node are not supported");
    }
    result.alpha = alpha;
    result.beta = beta;
    ++with_numbers;
  }
  return result;
}

/// One direction's slice of weights [directions][gates * units][depth], gates in mote's order.
std::vector<float> reordered(const std::vector<float>& values, std::size_t direction, std::size_t directions,
                             const std::vector<std::int32_t>& order) {
  const std::size_t size = values.size() / directions / order.size();
  std::vector<float> result;
  for (const std::int32_t place : order) {
    const auto from =
        values.begin() + static_cast<std::ptrdiff_t>((direction * order.size() + static_cast<std::size_t>(place)) * size);
    result.insert(result.end(), from, from + static_cast<std::ptrdiff_t>(size));
  }
  return result;
}

/// Biases [directions][2 * gates * units]: of the input parts, then of the recurrent ones.
std::vector<float> reordered_biases(const std::vector<float>& values, std::size_t direction, std::size_t directions,
                                    const std::vector<std::int32_t>& order) {
  std::vector<float> result = reordered(values, 2 * direction, 2 * directions, order);
  const std::vector<float> recurrent = reordered(values, 2 * direction + 1, 2 * directions, order);
  result.insert(result.end(), recurrent.begin(), recurrent.end());
  return result;
}

struct Sizes {
  std::int32_t time = 1, batch = 1, width = 1, units = 1, directions = 1;
  bool batch_major = false;
};

Sizes read_sizes(NodeReader& node, const Kind& kind) {
  Sizes n;
  n.batch_major = node.integer("layout", 0) != 0;
  const std::string direction = node.text("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
    throw Error(fmt::format("damaged: direction '{}'", direction));
  n.directions = direction == "bidirectional" ? 2 : 1;
  const Shape in = node.shape(0);
  const Shape weights = node.shape(1);
  const Shape recurrent = node.shape(2);
  const auto gates = static_cast<std::int32_t>(kind.order.size());
  if (in.size() != 3 || weights.size() != 3 || recurrent.size() != 3) throw Error("damaged: inputs of wrong rank");
  n.time = in[n.batch_major ? 1 : 0];
  n.batch = in[n.batch_major ? 0 : 1];
  n.width = in[2];
  n.units = recurrent[2];
  if (node.integer("hidden_size", n.units) != n.units)
    throw Error(fmt::format("damaged: hidden_size does not fit recurrent weights {}", to_string(recurrent)));
  const auto require = [](const Shape& shape, const Shape& expected) {
    if (shape != expected) throw Error(fmt::format("damaged: weights {}, {} are needed", to_string(shape), to_string(expected)));
  };
  if (n.units > INT32_MAX / 16) throw Error("has too many units");
  require(weights, {n.directions, gates * n.units, n.width});
  require(recurrent, {n.directions, gates * n.units, n.units});
  if (node.has_input(3)) require(node.shape(3), {n.directions, 2 * gates * n.units});
  return n;
}

void check_lengths(NodeReader& node, const Sizes& n) {
  if (!node.has_input(4)) return;
  if (!node.is_constant(4))
    throw Error("has sequence lengths that are known only at run time", "export the model with sequences of one length");
  const std::vector<std::int64_t> lengths = node.integer_input(4, "sequence lengths");
  if (!std::ranges::all_of(lengths, [&](std::int64_t length) { return length == n.time; })) {
    throw Error(fmt::format("has sequences that are shorter than the input's {} steps, which is not supported", n.time));
  }
}

/// A direction's initial state as [batch][units]; none where it is zero.
TensorId initial_state(NodeReader& node, int input, std::int32_t direction, const Sizes& n) {
  if (!node.has_input(input)) return kNoTensor;
  const Shape expected = n.batch_major ? Shape{n.batch, n.directions, n.units} : Shape{n.directions, n.batch, n.units};
  if (node.shape(input) != expected)
    throw Error(fmt::format("damaged: initial state {}, {} is needed", to_string(node.shape(input)), to_string(expected)));
  ImportedGraph& graph = node.graph();
  if (node.is_constant(input)) {
    const std::vector<float> values = node.real_input(input, "initial state");
    if (std::ranges::all_of(values, [](float value) { return value == 0.0F; })) return kNoTensor;
  }
  TensorId state = node.input(input);
  if (n.directions > 1) {
    const std::vector<std::int32_t> begin = n.batch_major ? std::vector{0, direction, 0} : std::vector{direction, 0, 0};
    const std::vector<std::int32_t> size = n.batch_major ? std::vector{n.batch, 1, n.units} : std::vector{1, n.batch, n.units};
    state = graph.add("slice", {state, graph.integers(begin), graph.integers(size)});
  }
  return graph.reshape(state, {n.batch, n.units});
}

/// The results of all directions, each as `shape` with a 1 for the directions along `axis`, side by side.
TensorId joined_directions(ImportedGraph& graph, std::vector<TensorId> results, const Shape& shape, std::int32_t axis) {
  for (TensorId& each : results) each = graph.reshape(each, shape);
  return results.size() == 1 ? results[0] : graph.add("concatenation", results, {{"axis", axis}});
}

}  // namespace

void convert_recurrent(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  const Kind kind = kind_of(op);
  const Sizes n = read_sizes(node, kind);
  const bool reverse = node.text("direction", "forward") == "reverse";
  const auto directions = static_cast<std::size_t>(n.directions);
  const Curves curves = read_curves(node, kind, directions);
  check_lengths(node, n);
  Attributes attributes{{"batch_major", n.batch_major},
                        {"gives_last", true},
                        {"clip", node.real("clip", 0.0F)},
                        {"alpha", curves.alpha},
                        {"beta", curves.beta}};
  if (op == "lstm") {
    if (node.flag("input_forget", false)) throw Error("couples its input and forget gates, which is not supported");
    if (node.has_input(7)) throw Error("has peephole weights, which are not supported");
    attributes["gives_cell"] = true;
  }
  if (op == "gru") attributes["reset_after"] = node.flag("linear_before_reset", false);
  const std::vector<float> weights = node.real_input(1, "weights");
  const std::vector<float> recurrent = node.real_input(2, "recurrent weights");
  const auto gates = static_cast<std::int32_t>(kind.order.size());
  std::vector<std::vector<TensorId>> results(3);
  for (std::size_t d = 0; d < directions; ++d) {
    attributes["curves"] = curves.directions[d];
    attributes["reverse"] = reverse || d == 1;
    std::vector<TensorId> inputs{
        node.input(0), graph.constant<float>({gates * n.units, n.width}, reordered(weights, d, directions, kind.order)),
        graph.constant<float>({gates * n.units, n.units}, reordered(recurrent, d, directions, kind.order)), kNoTensor};
    if (node.has_input(3))
      inputs[3] =
          graph.constant<float>({2 * gates * n.units}, reordered_biases(node.real_input(3, "biases"), d, directions, kind.order));
    for (std::int32_t i = 0; i < kind.states; ++i) inputs.push_back(initial_state(node, 5 + i, static_cast<std::int32_t>(d), n));
    const std::vector<TensorId> made = graph.add_all(op, inputs, kind.states == 2 ? 3 : 2, attributes);
    for (std::size_t i = 0; i < made.size(); ++i) results[i].push_back(made[i]);
  }
  const Shape sequence = n.batch_major ? Shape{n.batch, n.time, 1, n.units} : Shape{n.time, 1, n.batch, n.units};
  const Shape state = n.batch_major ? Shape{n.batch, 1, n.units} : Shape{1, n.batch, n.units};
  if (node.has_output(0)) node.set_output(0, joined_directions(graph, results[0], sequence, n.batch_major ? 2 : 1));
  for (int i = 1; i <= kind.states; ++i) {
    if (node.has_output(i))
      node.set_output(i, joined_directions(graph, results[static_cast<std::size_t>(i)], state, n.batch_major ? 1 : 0));
  }
}

}  // namespace mote

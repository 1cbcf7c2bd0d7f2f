// Distances to stored points: CDist of com.microsoft, the Scan that skl2onnx writes in its place, and TopK, which picks the nearest.

#include <algorithm>

#include "import/onnx/class_labels.hpp"
#include "import/onnx/neighbors.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

TensorId distances(ImportedGraph& graph, TensorId x, TensorId points, bool manhattan) {
  return graph.add("pairwise_distance", {x, points}, {{"manhattan", manhattan}}, {DataType::kFloat32, Quantization{}});
}

const OnnxNode* maker_of(const OnnxGraph& body, std::string_view value) {
  for (const OnnxNode& each : body.nodes) {
    if (std::find(each.outputs.begin(), each.outputs.end(), value) != each.outputs.end()) return &each;
  }
  return nullptr;
}

/// The maker of a value behind any number of Identities.
const OnnxNode* behind_identity(const OnnxGraph& body, std::string_view value) {
  const OnnxNode* made = maker_of(body, value);
  while (made != nullptr && made->type == "Identity") made = maker_of(body, made->inputs[0]);
  return made;
}

enum class Distance { kNone, kSquares, kSizes };

/// What a Scan's body says of the two values that it subtracts.
Distance distance_in(const OnnxGraph& body) {
  if (body.inputs.size() != 2 || body.outputs.size() != 2) return Distance::kNone;
  const OnnxNode* sum = behind_identity(body, body.outputs[1].name);
  if (sum == nullptr || sum->inputs.empty()) return Distance::kNone;
  const OnnxNode* inner = maker_of(body, sum->inputs[0]);
  Distance found = Distance::kSquares;
  if (sum->type == "ReduceSum" && inner != nullptr && inner->type == "Abs") {
    found = Distance::kSizes;
    inner = maker_of(body, inner->inputs[0]);
  } else if (sum->type != "ReduceSumSquare") {
    return Distance::kNone;
  }
  if (inner == nullptr || inner->type != "Sub" || inner->inputs.size() != 2) return Distance::kNone;
  std::vector<std::string> names{body.inputs[0].name, body.inputs[1].name}, read = inner->inputs;
  std::sort(names.begin(), names.end());
  std::sort(read.begin(), read.end());
  return names == read ? found : Distance::kNone;
}

}  // namespace

bool convert_distances(NodeReader& node) {
  const auto body = node.body("body");
  const Distance found = body == nullptr ? Distance::kNone : distance_in(*body);
  if (found == Distance::kNone || node.integer("num_scan_inputs") != 1 || node.input_count() != 2) return false;
  for (const std::string_view name : {"scan_input_axes", "scan_input_directions", "scan_output_axes", "scan_output_directions"}) {
    for (const std::int64_t value : node.integers(name)) {
      if (value != 0) throw Error(fmt::format("{} other than 0 are not supported", name));
    }
  }
  ImportedGraph& graph = node.graph();
  node.set_output(0, node.input(0));
  // A row of the loop's result for each point.
  node.set_output(1, graph.transpose(distances(graph, feature_rows(node, 0), node.input(1), found == Distance::kSizes), {1, 0}));
  return true;
}

void convert_cdist(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const std::string metric = node.text("metric", "sqeuclidean");
  if (metric != "sqeuclidean" && metric != "euclidean") throw Error(fmt::format("the metric {} is not supported", metric), "supported: euclidean, sqeuclidean");
  const TensorId sums = distances(graph, feature_rows(node, 0), node.input(1), false);
  node.result(metric == "euclidean" ? graph.add("sqrt", {sums}) : sums);
}

void convert_top_k(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const TensorId in = node.input(0);
  const int rank = graph.rank(in);
  const std::int32_t axis = node.axis(node.integer("axis", -1), rank);
  const std::int64_t k = node.opset() >= 10 ? node.integer_input(1, "number of values").at(0) : node.integer("k");
  const bool largest = node.flag("largest", true);
  node.ignore("sorted");  // sorted values are in any order that the file allows
  if (axis != rank - 1) throw Error(fmt::format("axis {} is not supported, only the last one", axis));
  if (k < 1 || k > graph.shape(in).back()) throw Error(fmt::format("damaged: the first {} of {} values", k, graph.shape(in).back()));
  const auto both = graph.add_all("top_k", {in}, 2, {{"k", static_cast<std::int32_t>(k)}, {"largest", largest}},
                                  {std::nullopt, std::nullopt, {DataType::kFloat32, DataType::kInt32}});
  node.set_output(0, both[0]);
  node.set_output(1, both[1]);
}

}  // namespace mote

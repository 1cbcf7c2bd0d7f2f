#include "graph/notes.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "graph/operator.hpp"

namespace mote {

namespace {

using Json = nlohmann::ordered_json;

std::string default_name(const Graph& graph, std::size_t i) { return fmt::format("{}_{}", graph.nodes[i].op->name(), i); }

Json axes_of(const Graph& graph, const std::vector<TensorId>& ids) {
  Json list = Json::array();
  for (const TensorId id : ids) list.push_back(graph.tensor(id).file_axes);
  return list;
}

bool any_axes(const Graph& graph, const std::vector<TensorId>& ids) {
  return std::any_of(ids.begin(), ids.end(), [&](TensorId id) { return !graph.tensor(id).file_axes.empty(); });
}

std::vector<std::string> texts(const Json& list, std::string_view what) {
  if (!list.is_array()) throw Error(fmt::format("damaged: {} are not a list", what));
  std::vector<std::string> result;
  for (const Json& each : list) {
    if (!each.is_string()) throw Error(fmt::format("damaged: {} are not a list of texts", what));
    result.push_back(each.get<std::string>());
  }
  return result;
}

void apply_axes(Graph& graph, const std::vector<TensorId>& ids, const Json& list) {
  if (!list.is_array() || list.size() != ids.size()) throw Error("damaged: the orders of axes do not fit the model's borders");
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Tensor& tensor = graph.tensor(ids[i]);
    const bool is_list = list[i].is_array() && std::all_of(list[i].begin(), list[i].end(), [](const Json& axis) {
                           return axis.is_number_integer();
                         });
    if (!is_list) throw Error(fmt::format("damaged: the order of axes of '{}' is not a list of numbers", tensor.name));
    std::vector<std::int64_t> sorted = list[i].get<std::vector<std::int64_t>>();
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t axis = 0; axis < sorted.size(); ++axis) {
      if (sorted.size() != tensor.shape.size() || sorted[axis] != static_cast<std::int64_t>(axis))
        throw Error(fmt::format("damaged: the order of axes of '{}' does not fit its shape {}", tensor.name, to_string(tensor.shape)));
    }
    tensor.file_axes = list[i].get<std::vector<std::int32_t>>();
  }
}

/// Finds a bool attribute, and sets it if asked.
class BoolField : public AttributeVisitor {
 public:
  explicit BoolField(std::string_view name, std::optional<bool> replacement = {}) : name_(name), replacement_(replacement) {}
  void visit(std::string_view name, bool& value) override {
    if (name != name_) return;
    if (replacement_) value = *replacement_;
    found = value;
  }
  void visit(std::string_view, std::int32_t&) override {}
  void visit(std::string_view, float&) override {}
  void visit(std::string_view, std::vector<std::int32_t>&) override {}
  void visit(std::string_view, Activation&) override {}
  void visit(std::string_view, Padding&) override {}
  std::optional<bool> found;

 private:
  std::string_view name_;
  std::optional<bool> replacement_;
};

Json attributes_of(const Graph& graph, const std::vector<KeptAttribute>& kept) {
  Json list = Json::array();
  for (const KeptAttribute& each : kept) {
    BoolField field(each.name);
    graph.nodes[each.node].op->clone()->visit_attributes(field);
    MOTE_CHECK(field.found.has_value());
    list.push_back({each.node, each.name, *field.found});
  }
  return list;
}

void apply_attributes(Graph& graph, const Json& list) {
  constexpr const char* kDamaged = "damaged: the attributes of nodes are not a list of node, name and value";
  if (!list.is_array()) throw Error(kDamaged);
  for (const Json& each : list) {
    if (!each.is_array() || each.size() != 3 || !each[0].is_number_unsigned() || !each[1].is_string() || !each[2].is_boolean() ||
        each[0].get<std::size_t>() >= graph.nodes.size()) {
      throw Error(kDamaged);
    }
    Node& node = graph.nodes[each[0].get<std::size_t>()];
    const auto name = each[1].get<std::string>();
    BoolField field(name, each[2].get<bool>());
    std::unique_ptr<Operator> changed = node.op->clone();
    changed->visit_attributes(field);
    if (!field.found) throw Error(fmt::format("damaged: '{}' has no attribute '{}'", node.name, name));
    node.op = std::move(changed);
  }
}

}  // namespace

std::string print_notes(const Graph& graph, const std::vector<KeptAttribute>& kept) {
  Json notes = Json::object();
  if (!graph.labels.empty()) notes["labels"] = graph.labels;
  if (any_axes(graph, graph.inputs)) notes["input_axes"] = axes_of(graph, graph.inputs);
  if (any_axes(graph, graph.outputs)) notes["output_axes"] = axes_of(graph, graph.outputs);
  Json names = Json::array();
  bool named = false;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    names.push_back(graph.nodes[i].name);
    named = named || graph.nodes[i].name != default_name(graph, i);
  }
  if (named) notes["names"] = std::move(names);
  if (!kept.empty()) {
    notes["nodes"] = graph.nodes.size();
    notes["attributes"] = attributes_of(graph, kept);
  }
  return notes.empty() ? "" : notes.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void apply_notes(Graph& graph, std::string_view text) {
  const Json notes = Json::parse(text, nullptr, false);
  if (!notes.is_object()) throw Error("damaged: mote's notes are not a JSON object");
  if (const auto found = notes.find("labels"); found != notes.end()) graph.labels = texts(*found, "labels");
  if (const auto found = notes.find("input_axes"); found != notes.end()) apply_axes(graph, graph.inputs, *found);
  if (const auto found = notes.find("output_axes"); found != notes.end()) apply_axes(graph, graph.outputs, *found);
  if (const auto found = notes.find("names"); found != notes.end()) {
    const std::vector<std::string> names = texts(*found, "names of nodes");
    if (names.size() != graph.nodes.size()) return;
    for (std::size_t i = 0; i < names.size(); ++i) graph.nodes[i].name = names[i];
  }
  if (const auto found = notes.find("attributes"); found != notes.end()) {
    if (notes.value("nodes", Json()) == Json(graph.nodes.size())) apply_attributes(graph, *found);
  }
}

}  // namespace mote

#include <algorithm>
#include <map>
#include <tuple>

#include "import/onnx/model.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

constexpr int kDeepestCall = 32;
constexpr std::size_t kMostNodes = 200'000;

class Inliner {
 public:
  explicit Inliner(const std::vector<OnnxFunction>& functions) {
    for (const OnnxFunction& function : functions) {
      if (!functions_.emplace(Key{function.domain, function.name, function.overload}, &function).second)
        throw Error(fmt::format("damaged: function '{}' is defined twice", function.name));
    }
  }

  std::vector<OnnxNode> expand(std::vector<OnnxNode> nodes, int depth) {
    if (depth > kDeepestCall) throw Error("functions call each other without an end");
    std::vector<OnnxNode> result;
    for (OnnxNode& node : nodes) {
      for (OnnxAttribute& attribute : node.attributes) {
        if (attribute.graph == nullptr) continue;
        auto body = std::make_shared<OnnxGraph>(*attribute.graph);
        body->nodes = expand(std::move(body->nodes), depth + 1);
        attribute.graph = std::move(body);
      }
      const auto found = functions_.find(Key{node.domain, node.type, node.overload});
      if (found == functions_.end()) {
        result.push_back(std::move(node));
      } else {
        std::vector<OnnxNode> body = with_context(node.title(), [&] { return expand(call(*found->second, node), depth + 1); });
        std::move(body.begin(), body.end(), std::back_inserter(result));
      }
      if (++visited_ > 4 * kMostNodes || result.size() > kMostNodes) throw Error("the functions of the model expand to too many nodes");
    }
    return result;
  }

 private:
  using Key = std::tuple<std::string, std::string, std::string>;

  /// The values of one call: formal names become actual ones, inner names get the call's name in front.
  struct Names {
    std::string prefix;
    std::map<std::string, std::string> actual;
    std::string operator()(const std::string& name) const {
      if (name.empty()) return name;
      const auto found = actual.find(name);
      return found != actual.end() ? found->second : prefix + name;
    }
  };

  /// The value that a reference takes: what the call gives, else the function's default, else nothing.
  static const OnnxAttribute* referenced(const std::string& name, const OnnxFunction& function, const OnnxNode& call) {
    for (const auto* list : {&call.attributes, &function.defaults}) {
      for (const OnnxAttribute& attribute : *list) {
        if (attribute.name == name) return &attribute;
      }
    }
    return nullptr;
  }

  static std::vector<OnnxNode> renamed(const std::vector<OnnxNode>& nodes, const OnnxFunction& function, const OnnxNode& call, const Names& names) {
    std::vector<OnnxNode> result;
    for (const OnnxNode& from : nodes) {
      OnnxNode node = from;
      node.name = names.prefix + from.name;
      for (std::string& input : node.inputs) input = names(input);
      for (std::string& output : node.outputs) output = names(output);
      node.attributes.clear();
      for (OnnxAttribute attribute : from.attributes) {
        if (!attribute.reference.empty()) {
          const OnnxAttribute* value = referenced(attribute.reference, function, call);
          if (value == nullptr) continue;
          const std::string name = attribute.name;
          attribute = *value;
          attribute.name = name;
        } else if (attribute.graph != nullptr) {
          attribute.graph = renamed(*attribute.graph, function, call, names);
        }
        node.attributes.push_back(std::move(attribute));
      }
      result.push_back(std::move(node));
    }
    return result;
  }

  static std::shared_ptr<const OnnxGraph> renamed(const OnnxGraph& from, const OnnxFunction& function, const OnnxNode& call, const Names& names) {
    auto graph = std::make_shared<OnnxGraph>(from);
    graph->nodes = renamed(from.nodes, function, call, names);
    for (OnnxTensor& each : graph->initializers) each.name = names(each.name);
    for (OnnxValue& each : graph->inputs) each.name = names(each.name);
    for (OnnxValue& each : graph->outputs) each.name = names(each.name);
    return graph;
  }

  static std::vector<OnnxNode> call(const OnnxFunction& function, const OnnxNode& node) {
    if (node.inputs.size() > function.inputs.size() || node.outputs.size() > function.outputs.size())
      throw Error(fmt::format("damaged: function '{}' takes {} inputs and gives {} outputs", function.name, function.inputs.size(),
                              function.outputs.size()));
    // Results have names that nothing else has; nodes need not.
    const auto named = std::find_if(node.outputs.begin(), node.outputs.end(), [](const std::string& name) { return !name.empty(); });
    Names names{(named == node.outputs.end() ? node.name : *named) + "/", {}};
    for (std::size_t i = 0; i < function.inputs.size(); ++i)
      names.actual[function.inputs[i]] = i < node.inputs.size() ? node.inputs[i] : "";
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      if (node.outputs[i].empty()) continue;
      // An output that is an input as it stands is handed on.
      const auto same = std::find(function.inputs.begin(), function.inputs.end(), function.outputs[i]);
      if (same != function.inputs.end()) continue;
      names.actual[function.outputs[i]] = node.outputs[i];
    }
    std::vector<OnnxNode> body = renamed(function.nodes, function, node, names);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      const auto same = std::find(function.inputs.begin(), function.inputs.end(), function.outputs[i]);
      if (same == function.inputs.end() || node.outputs[i].empty()) continue;
      body.push_back({node.name, "", "Identity", "", {names(*same)}, {node.outputs[i]}, {}});
    }
    return body;
  }

  std::map<Key, const OnnxFunction*> functions_;
  std::size_t visited_ = 0;
};

}  // namespace

void inline_functions(OnnxModel& model) {
  if (model.functions.empty()) return;
  Inliner inliner(model.functions);
  model.graph.nodes = inliner.expand(std::move(model.graph.nodes), 0);
}

}  // namespace mote

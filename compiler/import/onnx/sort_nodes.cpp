#include <map>
#include <set>

#include "import/onnx/model.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// Everything that a node reads, what graphs in its attributes read from outside among it.
void add_reads(const OnnxNode& node, std::vector<std::string>& reads) {
  for (const std::string& input : node.inputs) {
    if (!input.empty()) reads.push_back(input);
  }
  for (const OnnxAttribute& attribute : node.attributes) {
    if (attribute.graph == nullptr) continue;
    for (const OnnxNode& inner : attribute.graph->nodes) add_reads(inner, reads);
    for (const OnnxValue& output : attribute.graph->outputs) reads.push_back(output.name);
  }
}

}  // namespace

void sort_nodes(OnnxGraph& graph) {
  std::map<std::string, std::size_t> made_by;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const std::string& output : graph.nodes[i].outputs) {
      if (!output.empty() && !made_by.emplace(output, i).second)
        throw Error(fmt::format("damaged: two nodes make the value '{}'", output));
    }
  }
  std::vector<std::vector<std::size_t>> readers(graph.nodes.size());
  std::vector<std::size_t> waiting(graph.nodes.size(), 0);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    std::vector<std::string> reads;
    add_reads(graph.nodes[i], reads);
    std::set<std::size_t> before;
    for (const std::string& name : reads) {
      const auto found = made_by.find(name);
      if (found != made_by.end()) before.insert(found->second);
    }
    waiting[i] = before.size();
    for (const std::size_t each : before) readers[each].push_back(i);
  }
  std::set<std::size_t> ready;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (waiting[i] == 0) ready.insert(i);
  }
  std::vector<OnnxNode> sorted;
  while (!ready.empty()) {
    const std::size_t next = *ready.begin();
    ready.erase(ready.begin());
    sorted.push_back(std::move(graph.nodes[next]));
    for (const std::size_t reader : readers[next]) {
      if (--waiting[reader] == 0) ready.insert(reader);
    }
  }
  if (sorted.size() != waiting.size()) {
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting[i] > 0) throw Error(fmt::format("damaged: {} depends on its own result", graph.nodes[i].title()));
    }
  }
  graph.nodes = std::move(sorted);
}

}  // namespace mote

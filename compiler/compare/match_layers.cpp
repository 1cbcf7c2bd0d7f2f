#include "compare/match_layers.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "graph/operator.hpp"

namespace mote {

namespace {

constexpr std::array<std::string_view, 2> kRectifiers{"relu", "relu6"};
/// What does not change a value, or changes its representation alone.
constexpr std::array<std::string_view, 8> kTransparent{"reshape", "squeeze", "expand_dims", "quantize", "dequantize", "transpose", "cast", "pad"};

template <std::size_t kCount>
bool is_one_of(const std::array<std::string_view, kCount>& names, const Node& node) {
  return std::find(names.begin(), names.end(), node.op->name()) != names.end();
}

/// Extents other than 1: the order of values in memory depends on these alone.
Shape essence(const Shape& shape) {
  Shape result;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(result), [](std::int32_t extent) { return extent != 1; });
  return result;
}

/// A step of the computation that both models should have: an operator with the rectifier behind it.
struct Unit {
  std::string_view op;
  Shape extents;
  TensorId result = kNoTensor;
  std::size_t node = 0;  ///< that makes the result

  bool like(const Unit& other) const { return op == other.op && extents == other.extents; }
};

std::vector<Unit> units_of(const Graph& graph) {
  const auto readers = consumers(graph);
  std::vector<bool> taken(graph.nodes.size(), false);
  std::vector<Unit> units;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (taken[i] || is_one_of(kTransparent, node)) continue;
    Unit unit{node.op->name(), essence(graph.tensor(node.outputs[0]).shape), node.outputs[0], i};
    const auto& next = readers[static_cast<std::size_t>(unit.result)];
    if (next.size() == 1) {
      const auto behind = static_cast<std::size_t>(next[0]);
      if (is_one_of(kRectifiers, graph.nodes[behind])) {
        taken[behind] = true;
        unit.result = graph.nodes[behind].outputs[0];
        unit.node = behind;
      }
    }
    units.push_back(unit);
  }
  return units;
}

class Matcher {
 public:
  Matcher(const Graph& a, const Graph& b) : a_(a), b_(b), partner_(b.tensors.size(), kNoTensor), used_(a.tensors.size(), false) {}

  std::vector<TensorPair> match() {
    by_name();
    by_structure();
    if (a_.outputs.size() == b_.outputs.size()) {
      for (std::size_t i = 0; i < a_.outputs.size(); ++i) join(a_.outputs[i], b_.outputs[i]);
    }
    std::vector<TensorPair> pairs;
    for (const Node& node : b_.nodes) {
      for (const TensorId id : node.outputs) {
        if (partner_of(id) != kNoTensor) pairs.push_back({partner_of(id), id});
      }
    }
    return pairs;
  }

 private:
  TensorId& partner_of(TensorId b) { return partner_[static_cast<std::size_t>(b)]; }
  bool is_free(TensorId a, TensorId b) { return !used_[static_cast<std::size_t>(a)] && partner_of(b) == kNoTensor; }

  void join(TensorId a, TensorId b) {
    if (!is_free(a, b) || essence(a_.tensor(a).shape) != essence(b_.tensor(b).shape)) return;
    partner_of(b) = a;
    used_[static_cast<std::size_t>(a)] = true;
  }

  /// Names that stand once in each model.
  void by_name() {
    const auto named = [](const Graph& graph) {
      std::map<std::string, std::vector<TensorId>> names;
      for (const Node& node : graph.nodes) {
        for (const TensorId id : node.outputs) names[graph.tensor(id).name].push_back(id);
      }
      return names;
    };
    const auto names = named(a_);
    for (const auto& [name, ids] : named(b_)) {
      const auto found = names.find(name);
      if (found != names.end() && ids.size() == 1 && found->second.size() == 1) join(found->second[0], ids[0]);
    }
  }

  /// Between units that are joined already, and from the start and to the end, the longest common sequence.
  void by_structure() {
    const std::vector<Unit> left = units_of(a_);
    const std::vector<Unit> right = units_of(b_);
    std::size_t from_a = 0;
    std::size_t from_b = 0;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const TensorId partner = partner_of(right[j].result);
      if (partner == kNoTensor) continue;
      const auto found = std::find_if(left.begin() + static_cast<std::ptrdiff_t>(from_a), left.end(),
                                      [&](const Unit& unit) { return unit.result == partner; });
      if (found == left.end()) continue;
      const auto i = static_cast<std::size_t>(found - left.begin());
      align({left.begin() + static_cast<std::ptrdiff_t>(from_a), found},
            {right.begin() + static_cast<std::ptrdiff_t>(from_b), right.begin() + static_cast<std::ptrdiff_t>(j)});
      from_a = i + 1;
      from_b = j + 1;
    }
    align({left.begin() + static_cast<std::ptrdiff_t>(from_a), left.end()},
          {right.begin() + static_cast<std::ptrdiff_t>(from_b), right.end()});
  }

  void align(const std::vector<Unit>& left, const std::vector<Unit>& right) {
    // length[i][j]: of the longest common sequence of what follows i and j.
    std::vector<std::vector<std::int32_t>> length(left.size() + 1, std::vector<std::int32_t>(right.size() + 1, 0));
    for (std::size_t i = left.size(); i-- > 0;)
      for (std::size_t j = right.size(); j-- > 0;) {
        length[i][j] = left[i].like(right[j]) ? length[i + 1][j + 1] + 1 : std::max(length[i + 1][j], length[i][j + 1]);
      }
    for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
      if (left[i].like(right[j])) {
        join(left[i++].result, right[j++].result);
      } else if (length[i + 1][j] >= length[i][j + 1]) {
        ++i;
      } else {
        ++j;
      }
    }
  }

  const Graph& a_;
  const Graph& b_;
  std::vector<TensorId> partner_;  ///< by tensor of b
  std::vector<bool> used_;         ///< by tensor of a
};

}  // namespace

std::vector<TensorPair> match_layers(const Graph& a, const Graph& b) { return Matcher(a, b).match(); }

}  // namespace mote

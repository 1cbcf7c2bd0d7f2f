// SELECT_V2: from the second input where the first holds, otherwise from the third; all three are broadcast.
// Source: TensorFlow Lite SELECT_V2.

#include <algorithm>
#include <cstring>

#include "ops/broadcast.hpp"
#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

/// The result's extents, neighbours merged where all three inputs allow it, and each input's steps.
struct Walk {
  static constexpr std::size_t kRank = 5;
  std::vector<std::int64_t> extents;
  std::vector<std::int64_t> steps[3];
};

class SelectV2 : public OperatorBase<SelectV2> {
 public:
  static constexpr std::string_view kName = "select_v2";
  static const std::vector<Implementation> kRows;

  static Shape shape(const NodeView& node) {
    return Broadcast::shape(Broadcast::shape(node.input(0).shape, node.input(1).shape), node.input(2).shape);
  }

  static Walk walk(const NodeView& node) {
    const Shape out = shape(node);
    std::vector<std::int64_t> steps[3];
    for (int i = 0; i < 3; ++i) steps[i] = broadcast_steps(node.input(i).shape, out);
    Walk result;
    for (std::size_t axis = 0; axis < out.size(); ++axis) {
      if (out[axis] == 1) continue;
      const bool continues = !result.extents.empty() && std::all_of(std::begin(steps), std::end(steps), [&](const auto& each) {
        return result.steps[&each - steps].back() == each[axis] * out[axis];
      });
      if (continues) {
        result.extents.back() *= out[axis];
      } else {
        result.extents.push_back(out[axis]);
      }
      for (int i = 0; i < 3; ++i) {
        if (continues) result.steps[i].pop_back();
        result.steps[i].push_back(steps[i][axis]);
      }
    }
    if (result.extents.size() > Walk::kRank) {
      throw Error(fmt::format("{} needs {} nested loops; {} are supported", to_string(out), result.extents.size(), Walk::kRank));
    }
    const std::size_t missing = Walk::kRank - result.extents.size();
    result.extents.insert(result.extents.begin(), missing, 1);
    for (auto& each : result.steps) each.insert(each.begin(), missing, 0);
    return result;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 3, 3);
    require_type(node.input(0), {DataType::kBool});
    require_same_type(node.input(1), node.input(2));
    require_same_type(node.input(1), node.output());
    for (int i = 1; i < 3; ++i) require_same_quantization(node.input(i), node.output());
    walk(node);
    return {{node.output().type, shape(node)}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({1, 2}); }

  void evaluate(const Evaluation& e) const override {
    const Walk w = walk(e);
    const std::size_t size = type_bytes(e.output().type);
    const auto holds = e.in<bool>(0);
    std::uint8_t* out = e.out_bytes();
    std::vector<std::int64_t> index(Walk::kRank, 0);
    const auto offset = [&](int i) {
      std::int64_t sum = 0;
      for (std::size_t axis = 0; axis < Walk::kRank; ++axis) sum += index[axis] * w.steps[i][axis];
      return static_cast<std::size_t>(sum);
    };
    for (std::int64_t n = 0; n < e.output().elements(); ++n, out += size) {
      const int chosen = holds[offset(0)] ? 1 : 2;
      std::memcpy(out, e.in_bytes(chosen) + offset(chosen) * size, size);
      for (std::size_t axis = Walk::kRank; axis-- > 0;) {
        if (++index[axis] < w.extents[axis]) break;
        index[axis] = 0;
      }
    }
  }
};

KernelCall lower(const NodeView& node) {
  const Walk w = SelectV2::walk(node);
  KernelCall call("select", "select");
  call.type("Value", node.output().type).list("extents", w.extents);
  call.list("condition_steps", w.steps[0]).list("a_steps", w.steps[1]).list("b_steps", w.steps[2]);
  return call.value(node, 0, "condition").value(node, 1, "a").value(node, 2, "b").output();
}

double cycles(const NodeView& node) { return 12.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> SelectV2::kRows = {{.name = "select_v2.plain", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(SelectV2, select_v2)

}  // namespace mote

// EMBEDDING_LOOKUP: rows of a table (input 1) chosen by an int32 tensor of one dimension (input 0).
// Source: TensorFlow Lite EMBEDDING_LOOKUP. An index computed at run time that is out of range takes the nearest row.

#include <algorithm>
#include <cstring>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class EmbeddingLookup : public OperatorBase<EmbeddingLookup> {
 public:
  static constexpr std::string_view kName = "embedding_lookup";
  static const std::vector<Implementation> kRows;

  static std::int64_t row(const NodeView& node) { return node.input(1).elements() / node.input(1).shape[0]; }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    require_type(node.input(0), {DataType::kInt32});
    require_rank(node.input(0), 1, 1);
    require_rank(node.input(1), 1, 8);
    require_elements(node.input(1));
    require_same_type(node.input(1), node.output());
    if (!node.output().quantization.empty()) require_same_quantization(node.input(1), node.output());
    Shape shape = node.input(1).shape;
    shape[0] = node.input(0).shape[0];
    return {{node.output().type, shape}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({1}); }

  void evaluate(const Evaluation& e) const override {
    const std::int64_t bytes = row(e) * static_cast<std::int64_t>(type_bytes(e.output().type));
    std::uint8_t* out = e.out_bytes();
    for (const std::int32_t given : e.in<std::int32_t>(0)) {
      const std::int64_t index = std::clamp(given, 0, e.input(1).shape[0] - 1);
      std::memcpy(out, e.in_bytes(1) + index * bytes, static_cast<std::size_t>(bytes));
      out += bytes;
    }
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("gather", "gather");
  call.type("Value", node.output().type).type("Index", DataType::kInt32);
  call.set("batch", 1).set("outer", 1).set("axis", node.input(1).shape[0]).set("inner", EmbeddingLookup::row(node));
  call.set("indices", node.input(0).elements());
  return call.value(node, 1, "table").value(node, 0, "indices").output();
}

const std::vector<Implementation> EmbeddingLookup::kRows = {{.name = "gather", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(EmbeddingLookup, embedding_lookup)

}  // namespace mote

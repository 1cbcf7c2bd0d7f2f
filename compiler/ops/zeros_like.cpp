// ZEROS_LIKE: stored zeros in the input's shape.
// Source: TensorFlow Lite ZEROS_LIKE.

#include <cstring>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

class ZerosLike : public OperatorBase<ZerosLike> {
 public:
  static constexpr std::string_view kName = "zeros_like";
  static const std::vector<Implementation> kRows;

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    require_same_type(node.input(0), node.output());
    return {type_and_shape(node.input(0))};
  }
  void evaluate(const Evaluation& e) const override {
    std::memset(e.out_bytes(), 0, static_cast<std::size_t>(e.output().bytes()));
  }
};

KernelCall lower(const NodeView& node) {
  KernelCall call("copy", "zeros");
  call.type("Value", node.output().type).set("elements", node.output().elements());
  return call.output();
}

const std::vector<Implementation> ZerosLike::kRows = {{.name = "zeros", .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(ZerosLike, zeros_like)

}  // namespace mote

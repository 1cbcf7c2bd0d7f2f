// MIRROR_PAD: borders that repeat the values beside them backwards, without (REFLECT) or with (SYMMETRIC) the outermost one.
// Source: TensorFlow Lite MIRROR_PAD.

#include <cstring>

#include "ops/padded.hpp"

namespace mote {

namespace {

constexpr std::size_t kKernelRank = 5;

class MirrorPad : public OperatorBase<MirrorPad> {
 public:
  static constexpr std::string_view kName = "mirror_pad";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2};
  static const std::vector<Implementation> kRows;

  bool symmetric = false;

  template <typename V>
  void fields(V& v) {
    v.visit("symmetric", symmetric);
  }

  void read(const tflite::Operator& op) {
    if (const auto* given = options<tflite::MirrorPadOptions>(op)) symmetric = given->mode() == tflite::MirrorPadMode_SYMMETRIC;
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateMirrorPadOptions(to.builder(),
                                          symmetric ? tflite::MirrorPadMode_SYMMETRIC : tflite::MirrorPadMode_REFLECT));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const auto result = infer_padded(node);
    const Paddings pads = paddings_of(node);
    for (std::size_t i = 0; i < pads.before.size(); ++i) {
      const std::int32_t most = node.input(0).shape[i] - (symmetric ? 0 : 1);
      if (pads.before[i] > most || pads.after[i] > most) {
        throw Error(fmt::format("paddings {} and {} along axis {} are larger than the {} values that can be repeated",
                                pads.before[i], pads.after[i], i, most));
      }
    }
    return result;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  void evaluate(const Evaluation& e) const override {
    const std::size_t size = type_bytes(e.output().type);
    const Shape& in = e.input(0).shape;
    const Shape& out = e.output().shape;
    const Paddings pads = paddings_of(e);
    const auto strides = strides_of(in);
    std::vector<std::int32_t> index(out.size(), 0);
    for (std::int64_t i = 0; i < e.output().elements(); ++i) {
      std::int64_t from = 0;
      for (std::size_t axis = 0; axis < out.size(); ++axis) {
        std::int32_t at = index[axis] - pads.before[axis];
        if (at < 0) at = symmetric ? -at - 1 : -at;
        if (at >= in[axis]) at = 2 * in[axis] - at - (symmetric ? 1 : 2);
        from += at * strides[axis];
      }
      std::memcpy(e.out_bytes() + static_cast<std::size_t>(i) * size, e.in_bytes(0) + static_cast<std::size_t>(from) * size,
                  size);
      for (std::size_t axis = out.size(); axis-- > 0;) {
        if (++index[axis] < out[axis]) break;
        index[axis] = 0;
      }
    }
  }
};

KernelCall lower(const NodeView& node) {
  const Paddings pads = paddings_of(node);
  const Shape& in = node.input(0).shape;
  const std::size_t missing = kKernelRank - in.size();
  std::vector<std::int64_t> extents(kKernelRank, 1), before(kKernelRank, 0), after(kKernelRank, 0);
  for (std::size_t i = 0; i < in.size(); ++i) {
    extents[missing + i] = in[i];
    before[missing + i] = pads.before[i];
    after[missing + i] = pads.after[i];
  }
  KernelCall call("mirror_pad", "mirror_pad");
  call.type("Value", node.output().type).list("extents", extents).list("before", before).list("after", after);
  call.flag("symmetric", MirrorPad::of(node).symmetric);
  return call.value(node, 0, "values").output();
}

double cycles(const NodeView& node) { return 8.0 * static_cast<double>(node.output().elements()); }

const std::vector<Implementation> MirrorPad::kRows = {{.name = "mirror_pad.direct", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(MirrorPad, mirror_pad)

}  // namespace mote

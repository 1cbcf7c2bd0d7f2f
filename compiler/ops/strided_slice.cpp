// STRIDED_SLICE: begin, end and strides are inputs; masks say where begin or end is open and which axes vanish.
// Source: TensorFlow Lite STRIDED_SLICE.

#include "ops/checks.hpp"
#include "ops/rearrange.hpp"

namespace mote {

namespace {

class StridedSlice : public RearrangeOperator<StridedSlice> {
 public:
  static constexpr std::string_view kName = "strided_slice";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 4};

  std::int32_t begin_mask = 0, end_mask = 0, ellipsis_mask = 0, new_axis_mask = 0, shrink_axis_mask = 0;
  bool offset = false;

  template <typename V>
  void fields(V& v) {
    v.visit("begin_mask", begin_mask);
    v.visit("end_mask", end_mask);
    v.visit("ellipsis_mask", ellipsis_mask);
    v.visit("new_axis_mask", new_axis_mask);
    v.visit("shrink_axis_mask", shrink_axis_mask);
    v.visit("offset", offset);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::StridedSliceOptions>(op);
    if (given == nullptr) return;
    begin_mask = given->begin_mask();
    end_mask = given->end_mask();
    ellipsis_mask = given->ellipsis_mask();
    new_axis_mask = given->new_axis_mask();
    shrink_axis_mask = given->shrink_axis_mask();
    offset = given->offset();
  }
  void write(OptionsWriter& to) const {
    to.set(tflite::CreateStridedSliceOptions(to.builder(), begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask,
                                             offset));
  }

  static bool has_bit(std::int32_t mask, std::size_t axis) {
    return axis < 32 && (static_cast<std::uint32_t>(mask) >> axis & 1) != 0;
  }
  bool shrinks(std::size_t axis) const { return has_bit(shrink_axis_mask, axis); }

  Rearrangement rearrangement(const NodeView& node) const {
    const Shape& in = node.input(0).shape;
    const auto begin = node.integers(1, "begin");
    const auto end = node.integers(2, "end");
    const auto stride = node.integers(3, "strides");
    if (begin.size() != end.size() || begin.size() != stride.size() || begin.size() > in.size()) {
      throw Error(fmt::format("begin, end and strides have {}, {} and {} values for {} dimensions", begin.size(), end.size(),
                              stride.size(), in.size()));
    }
    const auto strides = strides_of(in);
    Rearrangement walk;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const bool whole = i >= begin.size();
      const Range range = whole ? Range{0, in[i], 1} : range_of(i, in[i], begin[i], end[i], stride[i]);
      walk.extents.push_back(range.count);
      walk.steps.push_back(range.step * strides[i]);
      walk.offset += range.start * strides[i];
    }
    return walk;
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::shared({0}); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 4, 4);
    if (ellipsis_mask != 0 || new_axis_mask != 0 || offset) throw Error("ellipsis, new axes and relative ends are not supported");
    const Rearrangement walk = rearrangement(node);
    Shape shape;
    for (std::size_t i = 0; i < walk.extents.size(); ++i) {
      if (!shrinks(i)) shape.push_back(static_cast<std::int32_t>(walk.extents[i]));
    }
    return {{node.input(0).type, shape}};
  }

 private:
  struct Range {
    std::int64_t start, count, step;
  };

  Range range_of(std::size_t axis, std::int64_t extent, std::int64_t begin, std::int64_t end, std::int64_t step) const {
    if (step == 0) throw Error(fmt::format("stride 0 along axis {}", axis));
    const std::int64_t lowest = step > 0 ? 0 : -1;
    const std::int64_t highest = step > 0 ? extent : extent - 1;
    const auto place = [&](std::int64_t value) { return std::clamp(value < 0 ? value + extent : value, lowest, highest); };
    const bool open_begin = has_bit(begin_mask, axis);
    const bool open_end = has_bit(end_mask, axis);
    const std::int64_t start = open_begin ? (step > 0 ? 0 : extent - 1) : place(begin);
    if (shrinks(axis)) {
      if (start < 0 || start >= extent)
        throw Error(fmt::format("index {} does not exist along axis {} of {}", begin, axis, extent));
      return {start, 1, 1};
    }
    const std::int64_t stop = open_end ? (step > 0 ? extent : -1) : place(end);
    const std::int64_t span = step > 0 ? stop - start : start - stop;
    const std::int64_t size = step > 0 ? step : -step;
    const std::int64_t count = span <= 0 ? 0 : (span + size - 1) / size;
    if (count == 0) throw Error(fmt::format("nothing lies between {} and {} along axis {}", begin, end, axis));
    return {start, count, step};
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(StridedSlice, strided_slice)

}  // namespace mote

#include "common/random_graph.hpp"

#include <algorithm>

#include "common/graph_builder.hpp"

namespace mote::test {

namespace {

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed), builder_("random_" + std::to_string(seed)) {}

  Graph make() {
    const int inputs = random_.between(1, 2);
    for (int i = 0; i < inputs; ++i) add_input();
    const int steps = random_.between(3, 14);
    for (int i = 0; i < steps; ++i) step();
    choose_outputs();
    return builder_.finish();
  }

 private:
  void add_input() {
    keep(flat_ ? builder_.input({1, 4 * random_.between(1, 6)}, scale())
                           : builder_.input({1, random_.between(1, 7), random_.between(1, 7), random_.between(1, 6)}, scale()));
  }

  void step() {
    const TensorId x = random_.pick(tensors_);
    switch (flat_ ? random_.between(4, 11) : random_.between(0, 11)) {
      case 0:
      case 1: return convolve(x);
      case 2: return depthwise(x);
      case 3: return pool(x);
      case 4: return add(x);
      case 5: return join(x);
      case 6: return split(x);
      case 7: return reshape_twice(x);
      case 8: return slice(x);
      case 9: return fully_connected(x);
      case 10: return keep(builder_.node("quantize", {x}, {}, random_.one_in(2) ? builder_.tensor(x).quantization : scale()));
      default: return random_.one_in(4) ? svdf(x) : keep(builder_.node("relu", {x}, {}, builder_.tensor(x).quantization));
    }
  }

  void convolve(TensorId x) {
    if (rank(x) != 4) return;
    Padding padding = random_padding();
    if (random_.one_in(2)) {
      x = pad(x);
      padding = {};
    }
    const std::int32_t in_c = shape(x)[3];
    const std::int32_t out_c = random_.between(1, 6);
    const Window window = random_window(x, padding);
    const TensorId weights = random_weights({out_c, window.k_h, window.k_w, in_c}, static_cast<std::size_t>(out_c), 0);
    keep(builder_.node("conv_2d", {x, weights, random_bias(out_c)}, attributes_of(window, padding), scale()));
  }

  void depthwise(TensorId x) {
    if (rank(x) != 4) return;
    Padding padding = random_padding();
    if (random_.one_in(2)) {
      x = pad(x);
      padding = {};
    }
    const std::int32_t out_c = shape(x)[3] * random_.between(1, 2);
    const Window window = random_window(x, padding);
    const TensorId weights = random_weights({1, window.k_h, window.k_w, out_c}, static_cast<std::size_t>(out_c), 3);
    keep(builder_.node("depthwise_conv_2d", {x, weights, random_bias(out_c)}, attributes_of(window, padding), scale()));
  }

  /// With another tensor of its shape if there is one, else with itself or with a single value.
  void add(TensorId x) {
    std::vector<TensorId> others{x};
    for (const TensorId id : tensors_) {
      if (shape(id) == shape(x)) others.push_back(id);
    }
    if (random_.one_in(5)) others = {builder_.constant<std::int8_t>({1}, {7}, quantized(0.5F))};
    keep(builder_.node("add", {x, random_.pick(others)}, {{"activation", random_.one_in(2) ? Activation::kNone : Activation::kRelu}}, scale()));
  }

  void join(TensorId x) {
    const auto axis = static_cast<std::size_t>(random_.below(static_cast<std::uint32_t>(rank(x))));
    std::vector<TensorId> parts{x};
    const int count = random_.between(1, 3);
    for (int i = 0; i < count; ++i) {
      std::vector<TensorId> fitting{x};
      for (const TensorId id : tensors_) {
        Shape same = shape(id);
        if (same.size() != static_cast<std::size_t>(rank(x))) continue;
        same[axis] = shape(x)[axis];
        if (same == shape(x)) fitting.push_back(id);
      }
      parts.insert(parts.begin() + random_.between(0, static_cast<std::int32_t>(parts.size())), random_.pick(fitting));
    }
    if (axis == 0 && random_.one_in(2)) return;  // a batch above one, now and then
    keep(builder_.node("concatenation", parts, {{"axis", static_cast<std::int32_t>(axis)}}, builder_.tensor(x).quantization));
  }

  void split(TensorId x) {
    for (std::int32_t axis = rank(x) - 1; axis >= 0; --axis) {
      const std::int32_t extent = shape(x)[static_cast<std::size_t>(axis)];
      const std::int32_t parts = extent % 3 == 0 ? 3 : 2;
      if (extent < 2 || extent % parts != 0) continue;
      const TensorId at = builder_.constant<std::int32_t>({}, {axis});
      for (const TensorId part : builder_.nodes("split", {at, x}, {{"num_splits", parts}}, builder_.tensor(x).quantization, static_cast<std::size_t>(parts))) {
        keep(part);
      }
      return;
    }
  }

  void reshape_twice(TensorId x) {
    const Shape before = shape(x);
    const auto elements = static_cast<std::int32_t>(builder_.tensor(x).elements());
    const Quantization same = builder_.tensor(x).quantization;
    const TensorId flat = builder_.node("reshape", {x, builder_.integers({1, elements})}, {}, same);
    keep(flat);
    if (random_.one_in(2)) keep(builder_.node("reshape", {flat, builder_.integers({before.begin(), before.end()})}, {}, same));
    if (random_.one_in(4)) keep(builder_.node("reshape", {flat, builder_.integers({1, -1})}, {}, same));
  }

  void slice(TensorId x) {
    std::vector<std::int32_t> begin;
    std::vector<std::int32_t> size;
    for (const std::int32_t extent : shape(x)) {
      begin.push_back(random_.one_in(2) ? 0 : random_.between(0, extent - 1));
      size.push_back(random_.between(1, extent - begin.back()));
    }
    keep(builder_.node("slice", {x, builder_.integers(begin), builder_.integers(size)}, {}, builder_.tensor(x).quantization));
  }

  void fully_connected(TensorId x) {
    const auto depth = static_cast<std::int32_t>(builder_.tensor(x).elements());
    const std::int32_t units = 4 * random_.between(1, 4);
    const TensorId weights = random_weights({units, depth}, 1, 0);
    keep(builder_.node("fully_connected", {x, weights, random_.one_in(2) ? random_bias(units) : kNoTensor}, {}, scale()));
  }

  void pool(TensorId x) {
    if (rank(x) != 4) return;
    const Padding padding = random_padding();
    const Window window = random_window(x, padding);
    Attributes attributes = attributes_of(window, padding);
    attributes.erase("dilation_h");
    attributes.erase("dilation_w");
    attributes["k_h"] = window.k_h;
    attributes["k_w"] = window.k_w;
    keep(builder_.node(random_.one_in(2) ? "max_pool_2d" : "average_pool_2d", {x}, attributes, builder_.tensor(x).quantization));
  }

  void svdf(TensorId x) {
    if (rank(x) != 2 || shape(x)[0] != 1) return;
    const std::int32_t filters = 2 * random_.between(1, 3);
    const std::int32_t memory = random_.between(2, 4);
    const TensorId features = random_weights({filters, shape(x)[1]}, 1, 0);
    const TensorId times = random_weights({filters, memory}, 1, 0);
    const TensorId state = builder_.state({shape(x)[0], filters * memory}, quantized(0.25F), DataType::kInt8);
    keep(builder_.node("svdf", {x, features, times, kNoTensor, state}, {{"rank", 2}}, scale()));
  }

  struct Window {
    std::int32_t k_h, k_w, stride, dilation;
  };

  Window random_window(TensorId x, const Padding& padding) {
    const bool same = padding.kind == Padding::Kind::kSame;
    const auto kernel = [&](std::int32_t extent) { return random_.between(1, same ? 3 : std::min(extent, 3)); };
    Window window{kernel(shape(x)[1]), kernel(shape(x)[2]), random_.between(1, 2), 1};
    if (same && random_.one_in(3)) window.dilation = 2;
    return window;
  }

  static Attributes attributes_of(const Window& window, const Padding& padding) {
    return {{"padding", padding}, {"stride_h", window.stride}, {"stride_w", window.stride}, {"dilation_h", window.dilation}, {"dilation_w", window.dilation}};
  }

  Padding random_padding() { return {random_.one_in(2) ? Padding::Kind::kSame : Padding::Kind::kValid}; }

  /// A PAD that a convolution may take over, or (seldom) one that it must not: of channels, or with another scale.
  TensorId pad(TensorId x) {
    std::vector<std::int32_t> amounts{0, 0, random_.between(0, 2), random_.between(0, 2), random_.between(0, 2), random_.between(0, 2), 0, 0};
    if (random_.one_in(6)) amounts[7] = 1;
    const TensorId paddings = builder_.constant<std::int32_t>({4, 2}, amounts);
    const TensorId padded = builder_.node("pad", {x, paddings}, {}, random_.one_in(6) ? scale() : builder_.tensor(x).quantization);
    if (random_.one_in(4)) keep(padded);
    return padded;
  }

  TensorId random_weights(const Shape& weight_shape, std::size_t scales, std::int32_t axis) {
    std::vector<std::int8_t> values(static_cast<std::size_t>(element_count(weight_shape)));
    for (std::int8_t& value : values) value = static_cast<std::int8_t>(random_.between(-127, 127));
    Quantization quantization;
    quantization.axis = scales > 1 ? axis : 0;
    for (std::size_t i = 0; i < scales; ++i) {
      quantization.scales.push_back(0.002F + 0.01F * random_.fraction());
      quantization.zero_points.push_back(0);
    }
    return builder_.constant(weight_shape, values, quantization);
  }

  TensorId random_bias(std::int32_t channels) {
    std::vector<std::int32_t> values(static_cast<std::size_t>(channels));
    for (std::int32_t& value : values) value = random_.between(-2000, 2000);
    return builder_.constant<std::int32_t>({channels}, values);
  }

  /// What nobody reads is an output, and now and then something that is read too.
  void choose_outputs() {
    const auto read = consumers(builder_.graph());
    for (const TensorId id : tensors_) {
      const bool is_input = std::count(builder_.graph().inputs.begin(), builder_.graph().inputs.end(), id) > 0;
      const bool unread = read[static_cast<std::size_t>(id)].empty();
      if (!is_input && (unread ? !random_.one_in(8) : random_.one_in(8))) builder_.output(id);
    }
    if (builder_.graph().outputs.empty()) builder_.output(tensors_.back());
  }

  void keep(TensorId id) { tensors_.push_back(id); }
  const Shape& shape(TensorId id) const { return builder_.tensor(id).shape; }
  std::int32_t rank(TensorId id) const { return static_cast<std::int32_t>(shape(id).size()); }
  Quantization scale() { return quantized(0.05F + random_.fraction(), random_.between(-20, 20)); }

  Random random_;
  bool flat_ = random_.one_in(2);  // rows of values instead of images: what joins and splits without a copy
  GraphBuilder builder_;
  std::vector<TensorId> tensors_;
};

}  // namespace

Graph random_graph(std::uint32_t seed) { return Maker(seed).make(); }

std::vector<Bytes> random_inputs(const Graph& graph, Random& random) {
  std::vector<Bytes> inputs;
  for (const TensorId id : graph.inputs) inputs.push_back(random.bytes(static_cast<std::size_t>(graph.tensor(id).bytes())));
  return inputs;
}

}  // namespace mote::test

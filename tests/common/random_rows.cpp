#include "common/random_rows.hpp"

#include "common/graph_builder.hpp"
#include <algorithm>

#include "rows/make_region.hpp"

namespace mote::test {

namespace {

class Maker {
 public:
  Maker(std::uint32_t seed, std::int32_t most_rows) : random_(seed), builder_("rows_" + std::to_string(seed)) {
    tensors_.push_back(builder_.input({1, random_.between(4, most_rows), random_.between(2, 6), random_.one_in(2) ? 4 : random_.between(1, 5)}, scale()));
  }

  Graph make() {
    const int nodes = random_.between(3, 9);
    for (int i = 0; i < nodes; ++i) add_node();
    builder_.output(tensors_.back());
    if (random_.one_in(3)) builder_.output(tensors_[tensors_.size() / 2 + 1 < tensors_.size() ? tensors_.size() / 2 : tensors_.size() - 2]);
    return builder_.finish();
  }

 private:
  void add_node() {
    const TensorId x = random_.one_in(4) ? random_.pick(tensors_) : tensors_.back();
    switch (random_.below(9)) {
      case 0:
      case 1:
      case 2: return window(x, "conv_2d");
      case 3:
      case 4: return window(x, "depthwise_conv_2d");
      case 5: return pool(x);
      case 6: return add(x);
      case 7: return resize(x);
      default: return keep(random_.one_in(2) ? builder_.node("relu", {x}, {}, builder_.tensor(x).quantization) : builder_.node("quantize", {x}, {}, scale()));
    }
  }

  void window(TensorId x, std::string_view op) {
    const Shape& in = builder_.tensor(x).shape;
    const std::int32_t k_h = random_.between(1, std::min(in[1], 4)), k_w = random_.between(1, std::min(in[2], 3));
    const std::int32_t dilation = k_h > 1 && 2 * (k_h - 1) < in[1] && random_.one_in(5) ? 2 : 1;
    const std::int32_t out_c = op != "conv_2d" ? in[3] : random_.one_in(2) ? 4 : random_.between(1, 6);
    const Shape shape = op == "conv_2d" ? Shape{out_c, k_h, k_w, in[3]} : Shape{1, k_h, k_w, out_c};
    std::vector<float> scales;
    for (std::int32_t c = 0; c < out_c; ++c) scales.push_back(0.005F + 0.01F * random_.fraction());
    Quantization weights_scale{scales, std::vector<std::int32_t>(scales.size(), 0), op == "conv_2d" ? 0 : 3};
    std::vector<std::int8_t> values;
    for (std::int64_t i = 0; i < element_count(shape); ++i) values.push_back(static_cast<std::int8_t>(random_.between(-127, 127)));
    std::vector<std::int32_t> bias;
    for (std::int32_t c = 0; c < out_c; ++c) bias.push_back(random_.between(-2000, 2000));
    const TensorId weights = builder_.constant<std::int8_t>(shape, values, weights_scale);
    keep(builder_.node(op, {x, weights, builder_.constant<std::int32_t>({out_c}, bias)},
                       {{"padding", padding(k_h)},
                        {"stride_h", random_.one_in(3) ? random_.between(1, 3) : 1},
                        {"stride_w", random_.between(1, 2)},
                        {"dilation_h", dilation},
                        {"activation", random_.one_in(2) ? Activation::kNone : Activation::kRelu}},
                       scale()));
  }

  void pool(TensorId x) {
    const Shape& in = builder_.tensor(x).shape;
    const bool is_max = random_.one_in(2);
    const std::int32_t k_h = random_.between(1, std::min(in[1], 4));
    keep(builder_.node(is_max ? "max_pool_2d" : "average_pool_2d", {x},
                       {{"padding", is_max ? padding(k_h) : Padding{}}, {"k_h", k_h}, {"k_w", random_.between(1, std::min(in[2], 2))}, {"stride_h", random_.between(1, 2)}},
                       builder_.tensor(x).quantization));
  }

  /// With the latest other tensor of its shape, else with itself.
  void add(TensorId x) {
    TensorId other = x;
    for (const TensorId id : tensors_) {
      if (id != x && builder_.tensor(id).shape == builder_.tensor(x).shape) other = id;
    }
    keep(builder_.node("add", {x, other}, {}, scale()));
  }

  /// Rows and columns repeated.
  void resize(TensorId x) {
    const Shape& in = builder_.tensor(x).shape;
    if (in[1] > 12) return;
    keep(builder_.node("resize_nearest_neighbor", {x, builder_.integers({in[1] * random_.between(1, 3), in[2] * 2})}, {{"half_pixel_centers", random_.one_in(2)}}, builder_.tensor(x).quantization));
  }

  Padding padding(std::int32_t k_h) {
    if (random_.one_in(3)) return {.kind = Padding::Kind::kValid};
    if (random_.one_in(2)) return {.kind = Padding::Kind::kSame};
    return {.kind = Padding::Kind::kGiven, .top = random_.between(0, k_h - 1), .left = 0, .bottom = random_.between(0, k_h - 1), .right = 0};
  }

  Quantization scale() { return quantized(0.02F + 0.05F * random_.fraction(), random_.between(-20, 20)); }

  void keep(TensorId id) { tensors_.push_back(id); }

  Random random_;
  GraphBuilder builder_;
  std::vector<TensorId> tensors_;
};

}  // namespace

Graph random_image_graph(std::uint32_t seed, std::int32_t most_rows) { return Maker(seed, most_rows).make(); }

std::vector<RowRegion> random_regions(const Graph& graph, Random& random, bool fed) {
  std::vector<std::optional<RowRule>> rules;
  for (const Node& node : graph.nodes) rules.push_back(row_rule(graph, node));
  std::vector<RowRegion> regions;
  for (std::size_t first = 0; first < graph.nodes.size();) {
    const bool feeds = fed && first == 0;
    RegionRequest request{first, {}, feeds};
    const int length = random.between(1, 5);
    for (std::size_t i = first; i < graph.nodes.size() && rules[i] && static_cast<int>(i - first) < length; ++i) {
      request.steps.push_back(random.between(1, std::min(graph.tensor(graph.nodes[i].outputs[0]).shape[1], 4)));
    }
    std::optional<PlayedRegion> made;
    if (!request.steps.empty() && (feeds || !random.one_in(4))) made = make_region(graph, rules, request);
    if (!made) {
      ++first;
      continue;
    }
    for (RowTensor& tensor : made->region.tensors) {
      if (!tensor.outer && random.one_in(2)) tensor.held = std::min(tensor.all_rows(), tensor.held + random.between(0, 3));
    }
    first += request.steps.size();
    // More memory moves rows elsewhere, where they may lie askew.
    const RegionPlay play = play_region(made->region);
    if (std::find(play.aligned.begin(), play.aligned.end(), false) == play.aligned.end()) regions.push_back(std::move(made->region));
  }
  agree_on_borders(regions);
  return regions;
}

}  // namespace mote::test

#include "passes/stream.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/random.hpp"
#include "common/random_graph.hpp"
#include "graph/print.hpp"
#include "ops/evaluate.hpp"
#include "ops/joined.hpp"

namespace mote::test {
namespace {

/// Random models over time: convolutions, pools, sums of branches with different borders, curves, joined channels, and what leaves time alone
/// under other shapes; some end in what mixes all columns.
class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}

  Graph make() {
    axis = random_.between(1, 2);
    const std::int32_t side = random_.between(1, 4);
    const std::int32_t frames = random_.between(6, 24);
    Shape shape{1, axis == 1 ? frames : side, axis == 1 ? side : frames, random_.between(1, 4)};
    tensors_.push_back(builder_.input(shape, scale(), type_));
    const int steps = random_.between(1, 7);
    for (int i = 0; i < steps; ++i) step(random_.one_in(3) ? random_.pick(tensors_) : tensors_.back());
    end(tensors_.back());
    return builder_.finish();
  }

  int axis = 1;

 private:
  void step(TensorId x) {
    switch (random_.between(0, 9)) {
      case 0:
      case 1:
      case 2: return convolve(x);
      case 3: return depthwise(x);
      case 4: return pool(x, "max_pool_2d");
      case 5: return pool(x, "average_pool_2d");
      case 6:
      case 7: return add(x);
      case 8: return join(x);
      default: return keep(builder_.node("leaky_relu", {x}, {{"alpha", 0.25F}}, scale(), type_));
    }
  }

  void convolve(TensorId x) {
    const Padding padding = random_padding();
    const auto [kernel, attributes] = window(x, padding);
    const std::int32_t out_c = random_.between(1, 4);
    const TensorId weights = random_weights({out_c, kernel[0], kernel[1], shape(x)[3]}, out_c, 0);
    keep(builder_.node("conv_2d", {x, weights, bias(out_c)}, attributes, scale(), type_));
  }

  void depthwise(TensorId x) {
    const Padding padding = random_padding();
    const auto [kernel, attributes] = window(x, padding);
    const std::int32_t out_c = shape(x)[3];
    const TensorId weights = random_weights({1, kernel[0], kernel[1], out_c}, out_c, 3);
    keep(builder_.node("depthwise_conv_2d", {x, weights, bias(out_c)}, attributes, scale(), type_));
  }

  void pool(TensorId x, std::string_view op) {
    const Padding padding = random_padding();
    auto [kernel, attributes] = window(x, padding);
    attributes.erase("dilation_h");
    attributes.erase("dilation_w");
    attributes["k_h"] = kernel[0];
    attributes["k_w"] = kernel[1];
    keep(builder_.node(op, {x}, attributes, builder_.tensor(x).quantization, type_));
  }

  /// Two branches, or one and a value per channel.
  void add(TensorId x) {
    std::vector<TensorId> others;
    for (const TensorId id : tensors_) {
      if (shape(id) == shape(x)) others.push_back(id);
    }
    keep(builder_.node("add", {x, random_.pick(others)}, {}, scale(), type_));
  }

  void join(TensorId x) {
    std::vector<TensorId> parts{x};
    for (const TensorId id : tensors_) {
      Shape same = shape(id);
      same[3] = shape(x)[3];
      if (same == shape(x) && parts.size() < 3) parts.push_back(id);
    }
    if (shape(x)[3] < 8) keep(builder_.node("concatenation", parts, {{"axis", 3}}, builder_.tensor(x).quantization, type_));
  }

  void end(TensorId x) {
    const Quantization same = builder_.tensor(x).quantization;
    const Shape from = shape(x);
    switch (random_.between(0, 4)) {
      case 0: return builder_.output(x);
      case 1: {  // time stays an axis
        const std::vector<std::int32_t> to = axis == 1 ? std::vector{1, from[1], from[2] * from[3]} : std::vector{from[0] * from[1], from[2], from[3]};
        return builder_.output(builder_.node("reshape", {x, builder_.integers(to)}, {}, same, type_));
      }
      case 2: {
        const TensorId axes = builder_.integers({1, 2});
        return builder_.output(builder_.node("mean", {x, axes}, {{"keep_dims", false}}, scale(), type_));
      }
      case 3: {
        const TensorId axes = builder_.integers({axis == 1 ? 2 : 1});
        return builder_.output(builder_.node("mean", {x, axes}, {{"keep_dims", random_.one_in(2)}}, scale(), type_));
      }
      default: {
        const auto depth = static_cast<std::int32_t>(builder_.tensor(x).elements());
        const TensorId flat = builder_.node("reshape", {x, builder_.integers({1, depth})}, {}, same, type_);
        return builder_.output(builder_.node("fully_connected", {flat, random_weights({3, depth}, 1, 0), bias(3)}, {}, scale(), type_));
      }
    }
  }

  struct Chosen {
    std::array<std::int32_t, 2> kernel;
    Attributes attributes;
  };

  Chosen window(TensorId x, const Padding& padding) {
    const bool same = padding.kind == Padding::Kind::kSame;
    Chosen chosen{};
    for (const int at : {0, 1}) {
      const std::int32_t extent = shape(x)[static_cast<std::size_t>(1 + at)];
      const std::int32_t reach = same ? 5 : extent;
      const std::int32_t kernel = random_.between(1, std::min(reach, at + 1 == axis ? 5 : 3));
      const std::int32_t widest = kernel > 1 ? (reach - 1) / (kernel - 1) : 1;
      chosen.kernel[static_cast<std::size_t>(at)] = kernel;
      chosen.attributes[at == 0 ? "dilation_h" : "dilation_w"] = random_.one_in(4) ? random_.between(1, std::max(1, std::min(widest, 3))) : 1;
      chosen.attributes[at == 0 ? "stride_h" : "stride_w"] = random_.one_in(3) ? random_.between(1, 3) : 1;
    }
    chosen.attributes["padding"] = padding;
    return chosen;
  }

  Padding random_padding() { return {random_.one_in(2) ? Padding::Kind::kSame : Padding::Kind::kValid}; }

  TensorId random_weights(const Shape& of, std::int32_t scales, std::int32_t at) {
    const auto count = static_cast<std::size_t>(element_count(of));
    if (is_float(type_)) {
      std::vector<float> values(count);
      for (float& value : values) value = random_.fraction() - 0.5F;
      return builder_.constant(of, values);
    }
    std::vector<std::int8_t> values(count);
    for (std::int8_t& value : values) value = static_cast<std::int8_t>(random_.between(-127, 127));
    Quantization quantization;
    quantization.axis = scales > 1 ? at : 0;
    for (std::int32_t i = 0; i < scales; ++i) {
      quantization.scales.push_back(0.002F + 0.01F * random_.fraction());
      quantization.zero_points.push_back(0);
    }
    return builder_.constant(of, values, quantization);
  }

  TensorId bias(std::int32_t channels) {
    const auto fill = [&](auto value) {
      std::vector<decltype(value)> values(static_cast<std::size_t>(channels));
      for (auto& each : values) each = static_cast<decltype(value)>(random_.between(-2000, 2000));
      return builder_.constant<decltype(value)>({channels}, values);
    };
    if (is_float(type_)) return fill(0.0F);
    return type_ == DataType::kInt16 ? fill(std::int64_t{0}) : fill(std::int32_t{0});
  }

  void keep(TensorId id) { tensors_.push_back(id); }
  const Shape& shape(TensorId id) const { return builder_.tensor(id).shape; }
  Quantization scale() {
    if (is_float(type_)) return {};
    return quantized(0.05F + random_.fraction(), type_ == DataType::kInt16 ? 0 : random_.between(-20, 20));
  }

  Random random_;
  DataType type_ = std::array{DataType::kInt8, DataType::kInt8, DataType::kInt16, DataType::kFloat32}[random_.below(4)];
  GraphBuilder builder_;
  std::vector<TensorId> tensors_;
};

/// The last frames of a stream, real 0 before the first.
class LastFrames {
 public:
  LastFrames(const Tensor& input, int axis) : window_(initial_state(input)), outer_(static_cast<std::size_t>(elements_before(input.shape, axis))) {}

  void push(const Bytes& frames) {
    const std::size_t whole = window_.size() / outer_;
    const std::size_t part = frames.size() / outer_;
    for (std::size_t i = 0; i < outer_; ++i) {
      std::memmove(&window_[i * whole], &window_[i * whole + part], whole - part);
      std::memcpy(&window_[(i + 1) * whole - part], &frames[i * part], part);
    }
  }
  const Bytes& window() const { return window_; }

 private:
  Bytes window_;
  std::size_t outer_;
};

Bytes random_frames(const Tensor& input, Random& random) {
  if (!is_float(input.type)) return random.bytes(static_cast<std::size_t>(input.bytes()));
  Bytes bytes(static_cast<std::size_t>(input.bytes()));
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(float)) {
    const float value = 4.0F * random.fraction() - 2.0F;
    std::memcpy(&bytes[at], &value, sizeof(float));
  }
  return bytes;
}

/// Runs the streamed graph and, on the window of the last frames, the model.
void expect_same_as_window(const Graph& model, const Graph& streamed, int axis, std::uint32_t seed, int runs) {
  Evaluator whole(model);
  Evaluator by_frames(streamed);
  LastFrames last(model.tensor(model.inputs[0]), axis);
  Random random(seed);
  for (int run = 0; run < runs; ++run) {
    const Bytes frames = random_frames(streamed.tensor(streamed.inputs[0]), random);
    last.push(frames);
    ASSERT_EQ(by_frames.run({frames}), whole.run({last.window()})) << "run " << run << "\n" << print_graph(model) << "\n" << print_graph(streamed);
  }
}

class Stream : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Stream, GivesWhatTheWindowGives) {
  constexpr std::uint32_t kModels = 150;
  int streamed_models = 0;
  for (std::uint32_t seed = GetParam() * kModels; seed < (GetParam() + 1) * kModels; ++seed) {
    Maker maker(seed);
    const Graph model = maker.make();
    Random random(seed);
    const std::int32_t window = model.tensor(model.inputs[0]).shape[static_cast<std::size_t>(maker.axis)];
    const std::int32_t frames = random.one_in(2) ? 1 : random.between(1, std::min(6, window - 1));
    SCOPED_TRACE(testing::Message() << "seed " << seed << ", " << frames << " frames");
    for (const bool keep_more : {false, true}) {
      Graph streamed;
      try {
        streamed = stream_over_time(model, {.axis = maker.axis, .frames = frames, .keep_more = keep_more});
      } catch (const Error& error) {
        ASSERT_TRUE(contains(error.what(), "nothing can be computed frame by frame")) << error.what() << print_graph(model);
        continue;
      }
      ++streamed_models;
      expect_same_as_window(model, streamed, maker.axis, seed, 60 / frames + 3);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(streamed_models, 150) << "too few of the models can be streamed";
}

INSTANTIATE_TEST_SUITE_P(Seeds, Stream, testing::Range(0U, 4U));

TEST(StreamOverTime, AnyGraphAlongAnyAxisIsStreamedRightOrRefused) {
  int streamed_graphs = 0;
  for (std::uint32_t seed = 0; seed < 800; ++seed) {
    const Graph model = random_graph(seed);
    const Shape& shape = model.tensor(model.inputs[0]).shape;
    for (std::int32_t axis = 0; axis < static_cast<std::int32_t>(shape.size()); ++axis) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", axis " << axis);
      Graph streamed;
      try {
        streamed = stream_over_time(model, {.axis = axis});
      } catch (const Error&) {
        continue;
      }
      ++streamed_graphs;
      expect_same_as_window(model, streamed, axis, seed, 12);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(streamed_graphs, 150);
}

/// Two convolutions along axis 1 of a window of 8 frames, over three columns each.
Graph sums(Padding::Kind padding) {
  GraphBuilder builder("g");
  const TensorId in = builder.input({1, 8, 1, 1}, quantized(0.5F, 3));
  const TensorId weights = builder.constant<std::int8_t>({1, 3, 1, 1}, {1, 1, 1}, quantized(1.0F));
  const TensorId first = builder.node("conv_2d", {in, weights}, {{"padding", Padding{padding}}}, quantized(0.5F, -1));
  builder.output(builder.node("conv_2d", {first, weights}, {{"padding", Padding{padding}}}, quantized(0.5F, 2)));
  return builder.finish();
}

TEST(StreamOverTime, KeepsOnlyWhatIsReadAgain) {
  const Graph model = sums(Padding::Kind::kValid);
  EXPECT_EQ(print_graph(stream_over_time(model, {.axis = 1})), R"(graph "g"
tensor %0 int8 1x1x1x1 "t0" scale=[0.5] zero_point=[3]
tensor %1 int8 1x3x1x1 "t1" scale=[1] zero_point=[0] constant=010101
tensor %2 int8 1x3x1x1 "t0/window" scale=[0.5] zero_point=[3] state
tensor %3 int8 1x3x1x1 "t0/window" scale=[0.5] zero_point=[3]
tensor %4 int8 1x1x1x1 "t2" scale=[0.5] zero_point=[-1]
tensor %5 int8 1x3x1x1 "t2/window" scale=[0.5] zero_point=[-1] state
tensor %6 int8 1x3x1x1 "t2/window" scale=[0.5] zero_point=[-1]
tensor %7 int8 1x1x1x1 "t3" scale=[0.5] zero_point=[2]
tensor %8 int8 1x4x1x1 "t3/window" scale=[0.5] zero_point=[2] state
tensor %9 int8 1x4x1x1 "t3" scale=[0.5] zero_point=[2]
inputs (%0)
node push_window "input_window" (%2 %0) -> (%3) axis=1
node conv_2d "conv_2d_0" (%3 %1) -> (%4) padding=valid stride_h=1 stride_w=1 dilation_h=1 dilation_w=1 activation=none
node push_window "conv_2d_0_window" (%5 %4) -> (%6) axis=1
node conv_2d "conv_2d_1" (%6 %1) -> (%7) padding=valid stride_h=1 stride_w=1 dilation_h=1 dilation_w=1 activation=none
node push_window "conv_2d_1_window" (%8 %7) -> (%9) axis=1
outputs (%9)
)");
}

TEST(StreamOverTime, MovesOldColumnsToTheWorkOnlyWhenAsked) {
  const Graph model = sums(Padding::Kind::kSame);
  const auto state_bytes = [](const Graph& graph) {
    std::int64_t bytes = 0;
    for (const Tensor& tensor : graph.tensors) bytes += tensor.is_state ? tensor.bytes() : 0;
    return bytes;
  };
  const Graph least = stream_over_time(model, {.axis = 1});
  const Graph more = stream_over_time(model, {.axis = 1, .keep_more = true});
  EXPECT_LT(state_bytes(least), state_bytes(more));
  EXPECT_GT(total_macs(least), total_macs(more));
  expect_same_as_window(model, least, 1, 1, 20);
  expect_same_as_window(model, more, 1, 1, 20);
}

TEST(StreamOverTime, BeginsAsAfterSilence) {
  // What a convolution with a bias gives for real 0 is not real 0, and stands in its window from the start.
  GraphBuilder builder;
  const TensorId in = builder.input({1, 6, 1, 1}, quantized(0.5F, 3));
  const TensorId weights = builder.constant<std::int8_t>({1, 2, 1, 1}, {1, 1}, quantized(1.0F));
  const TensorId bias = builder.constant<std::int32_t>({1}, {9});
  const TensorId first = builder.node("conv_2d", {in, weights, bias});
  const TensorId second = builder.node("conv_2d", {first, weights, bias}, {{"padding", Padding{Padding::Kind::kValid}}});
  builder.output(second);
  const Graph model = builder.finish();
  const Graph streamed = stream_over_time(model, {.axis = 1});
  int told = 0;
  for (const Tensor& tensor : streamed.tensors) told += tensor.initial != nullptr ? 1 : 0;
  EXPECT_EQ(told, 2);
  expect_same_as_window(model, streamed, 1, 2, 12);
}

TEST(StreamOverTime, FramesMayLieOneAfterAnotherInAFlatInput) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 24}, quantized(0.5F, -3));
  const TensorId scaled = builder.node("quantize", {in}, {}, quantized(0.25F, 1));
  const TensorId image = builder.node("reshape", {scaled, builder.integers({-1, 8, 3, 1})}, {}, quantized(0.25F, 1));
  const TensorId weights = builder.constant<std::int8_t>({2, 2, 2, 1}, {1, 2, 3, 4, -1, -2, -3, 4}, quantized(0.1F));
  builder.output(builder.node("conv_2d", {image, weights}, {{"padding", Padding{Padding::Kind::kSame}}}));
  const Graph model = builder.finish();
  const Graph streamed = stream_over_time(model, {.axis = 1, .frames = 2});
  EXPECT_EQ(streamed.tensor(streamed.inputs[0]).shape, (Shape{1, 6}));
  expect_same_as_window(model, streamed, 1, 3, 20);
}

TEST(StreamOverTime, AnAxisIsCountedAsInTheFile) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 2, 9, 3});
  const TensorId weights = builder.constant<std::int8_t>({1, 1, 3, 3}, std::vector<std::int8_t>(9, 1), quantized(0.1F));
  builder.output(builder.node("conv_2d", {in, weights}));
  Graph model = builder.finish();
  model.tensors[0].file_axes = {0, 3, 1, 2};
  EXPECT_EQ(stream_over_time(model, {.axis = 3}).tensors[0].shape, (Shape{1, 2, 1, 3}));
  EXPECT_TRUE(contains(error_of([&] { stream_over_time(model, {.axis = 4}); }),
                       "input 't0' is 1x2x9x3: nothing can be streamed along axis 4\n  axes that hold more than one frame: 1 (3), 2 (2), 3 (9)"));
}

TEST(StreamOverTime, RefusesWithReasons) {
  const Graph model = sums(Padding::Kind::kValid);
  EXPECT_TRUE(contains(error_of([&] { stream_over_time(model, {.axis = 0}); }), "nothing can be streamed along axis 0"));
  EXPECT_TRUE(contains(error_of([&] { stream_over_time(model, {.axis = -1}); }), "nothing can be streamed along axis -1"));
  EXPECT_TRUE(contains(error_of([&] { stream_over_time(model, {.axis = 1, .frames = 8}); }), "8 frames per run do not fit a window of 8"));
  EXPECT_TRUE(contains(error_of([&] { stream_over_time(model, {.axis = 1, .frames = 0}); }), "0 frames per run do not fit"));

  GraphBuilder dense;
  const TensorId in = dense.input({1, 6, 2});
  const TensorId flat = dense.node("reshape", {in, dense.integers({1, 12})});
  dense.output(dense.node("fully_connected", {flat, dense.constant<std::int8_t>({1, 12}, std::vector<std::int8_t>(12, 1), quantized(0.1F))}));
  EXPECT_TRUE(contains(error_of([&] { stream_over_time(dense.finish(), {.axis = 1}); }),
                       "nothing can be computed frame by frame along axis 1: reshape 'reshape_0' needs the whole window"));

  GraphBuilder two;
  two.output(two.node("add", {two.input({1, 4}), two.input({1, 4})}));
  EXPECT_TRUE(contains(error_of([&] { stream_over_time(two.finish(), {.axis = 1}); }), "streaming takes a model with one input, this one has 2"));
}

TEST(StreamOverTime, TellsWhatItDoes) {
  std::string text;
  stream_over_time(sums(Padding::Kind::kValid), {.axis = 1, .log = [&](std::string_view part) { text += part; }});
  EXPECT_EQ(text, "stream along axis 1: 1 of 8 frames per run; 2 operators compute only new columns and borders; 6 MACs, 30 before; 10 bytes of state\n");
}

}  // namespace
}  // namespace mote::test

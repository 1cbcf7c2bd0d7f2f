#include "passes/stream.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/random.hpp"
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

}  // namespace
}  // namespace mote::test

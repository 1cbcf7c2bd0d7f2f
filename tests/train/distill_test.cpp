// Training itself: left out, by name, where mote was built without LibTorch.

#include "train/distill.hpp"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/float_graph.hpp"
#include "common/paths.hpp"
#include "compress/code_books.hpp"
#include "compress/tune_layers.hpp"
#include "support/files.hpp"
#include "train/student.hpp"

namespace mote::test {
namespace {

namespace fs = std::filesystem;

fs::path module_path() { return fs::path(kProgram).parent_path() / "mote_train_torch.so"; }

class Distill : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(module_path())) GTEST_SKIP() << "built without LibTorch (apt-get install libtorch-dev)";
  }
};

/// A teacher, and a scheme that takes much from it.
struct Case {
  Graph graph;
  SampleInputs samples;
  Scheme scheme;
  std::vector<std::int32_t> labels{};
  DistillOptions options{.epochs = 3, .batch = 16, .rate = 1e-3, .held_back = 0.2, .module = module_path()};

  explicit Case(const std::string& form = "int2", bool softmax = false) {
    FloatBuilder b(3);
    TensorId x = b.convolution(b.float_input({1, 8, 8, 2}), 8, 3);
    x = b.depthwise(x, Activation::kRelu6);
    x = b.op("mean", {b.convolution(x, 8, 3, Activation::kRelu, 2), b.integers({1, 2})});
    x = b.dense(x, 4);
    b.output(softmax ? b.op("softmax", {x}) : x);
    graph = b.finish();
    samples = random_samples(graph, 100, 5);
    scheme = {std::vector<Precision>(graph.nodes.size(), Precision::kInt8), calibrate(graph, samples, {}, {})};
    add_code_books(graph, scheme, {{"*", parse_weight_form(form)}}, layer_grams(graph, samples, {}));
    tune_layers(graph, scheme, samples, {}, {});
  }
  DistillResult run(const StopRequest& stop = {}) const { return distill(graph, graph, scheme, {samples, labels}, options, {}, stop); }
};

void expect_same(const DistillResult& a, const DistillResult& b) {
  EXPECT_EQ(a.curve, b.curve);
  EXPECT_EQ(a.best_epoch, b.best_epoch);
  EXPECT_EQ(a.scheme.weights, b.scheme.weights);
  EXPECT_EQ(a.scheme.biases, b.scheme.biases);
  EXPECT_EQ(a.scheme.ranges, b.scheme.ranges);
}

TEST_F(Distill, LossFallsAndTheSameSeedGivesTheSameNumbers) {
  Case c("int4");
  c.options.epochs = 6;
  c.options.rate = 1e-2;
  for (auto& [node, bias] : c.scheme.biases) {
    for (float& each : bias) each += 0.2F;  // something to learn that weights of four bits cannot be blamed for
  }
  const DistillResult first = c.run();
  ASSERT_EQ(first.curve.size(), 7U);
  EXPECT_GT(first.best_epoch, 0);
  EXPECT_LT(first.curve[static_cast<std::size_t>(first.best_epoch)].held_back, 0.9 * first.curve[0].held_back);
  expect_same(first, c.run());
  c.options.seed = 2;
  EXPECT_NE(c.run().curve, first.curve);
}

TEST_F(Distill, AStepAlongTheGradientLowersTheLoss) {
  const Case c("int4");
  const Student student(c.graph, c.scheme);
  const auto loss = make_loss_function(module_path(), teacher_program(c.graph), student.program(), {{{false, 1}}, 2, 0});
  Batch batch{4, {{}}, {}};
  for (int s = 0; s < 4; ++s) {
    const auto* values = reinterpret_cast<const float*>(c.samples[static_cast<std::size_t>(s)][0].data());
    batch.inputs[0].insert(batch.inputs[0].end(), values, values + 128);
  }
  Slots slots = student.program().slots;
  // Away from the teacher first, by the biases of the last layer, which nothing rounds but the grid behind it.
  Slots gradient;
  for (float& number : slots[slots.size() - 2]) number += 0.2F;
  const double before = loss->evaluate(batch, slots, &gradient);
  EXPECT_EQ(before, loss->evaluate(batch, slots, nullptr));
  ASSERT_EQ(gradient.size(), slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i)
    for (std::size_t j = 0; j < slots[i].size(); ++j) slots[i][j] -= 0.1F * gradient[i][j];
  EXPECT_LT(loss->evaluate(batch, slots, nullptr), before);
}

TEST_F(Distill, ResumingEqualsNotStopping) {
  Case c("int4+2:4", true);
  const DistillResult whole = c.run();
  const TemporaryDirectory directory;
  c.options.checkpoint = directory.path() / "state";
  int asked = 0;
  const DistillResult part = c.run([&] { return ++asked > 8; });  // within the second epoch
  EXPECT_TRUE(part.stopped);
  EXPECT_EQ(part.curve.size(), 2U);
  const DistillResult rest = c.run();
  EXPECT_EQ(rest.resumed_after, 1);
  EXPECT_FALSE(rest.stopped);
  expect_same(rest, whole);
  // All is done: nothing is trained any more.
  expect_same(c.run([] { return true; }), whole);
}

TEST_F(Distill, ZerosAreChosenWhileItTrains) {
  Case c("zeros70%");
  c.options.epochs = 10;
  c.options.rate = 1e-2;
  // Zeros in the wrong places: only small weights are left.
  for (auto& [n, codes] : c.scheme.weights) {
    std::vector<std::int8_t> sizes;
    for (const std::int8_t code : codes) sizes.push_back(static_cast<std::int8_t>(std::abs(code)));
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() * 17 / 20);
    std::nth_element(sizes.begin(), middle, sizes.end());
    for (std::int8_t& code : codes) code = std::abs(code) > *middle ? std::int8_t{0} : code;
  }
  const DistillResult result = c.run();
  EXPECT_EQ(result.zeros_chosen_in, 6);
  EXPECT_GE(result.best_epoch, 6);
  EXPECT_LT(result.curve[static_cast<std::size_t>(result.best_epoch)].held_back, result.curve[0].held_back);
  bool others = false;
  for (const auto& [n, codes] : result.scheme.weights) {
    const std::vector<std::int8_t>& fitted = c.scheme.weights.at(n);
    EXPECT_GE(static_cast<double>(std::count(codes.begin(), codes.end(), 0)), 0.7 * static_cast<double>(codes.size()));
    for (std::size_t i = 0; i < codes.size(); ++i) others |= codes[i] != 0 && fitted[i] == 0;
  }
  EXPECT_TRUE(others);
  // Stopped while zeros are chosen: the fitted ones are what is whole.
  int asked = 0;
  const DistillResult stopped = c.run([&] { return ++asked > 20; });
  EXPECT_EQ(stopped.best_epoch, 0);
  EXPECT_EQ(stopped.scheme.weights, c.scheme.weights);
}

TEST_F(Distill, StoppingKeepsTheBest) {
  Case c;
  int asked = 0;
  const DistillResult stopped = c.run([&] { return ++asked > 12; });
  ASSERT_TRUE(stopped.stopped);
  ASSERT_EQ(stopped.curve.size(), 3U);
  double best = stopped.curve[0].held_back;
  for (const EpochLoss& loss : stopped.curve) best = std::min(best, loss.held_back);
  EXPECT_EQ(stopped.curve[static_cast<std::size_t>(stopped.best_epoch)].held_back, best);
  const DistillResult at_once = c.run([] { return true; });
  EXPECT_EQ(at_once.best_epoch, 0);
  EXPECT_EQ(at_once.scheme.weights, c.scheme.weights);
}

TEST_F(Distill, ACheckpointOfSomethingElseIsRefused) {
  Case c;
  const TemporaryDirectory directory;
  c.options.checkpoint = directory.path() / "state";
  c.options.epochs = 1;
  c.run();
  c.options.seed = 5;
  EXPECT_TRUE(contains(error_of([&] { c.run(); }), "of other models, samples or options"));
}

TEST_F(Distill, TrainsWithLabelsAndDescent) {
  Case c("clusters8", true);
  for (std::size_t i = 0; i < c.samples.size(); ++i) c.labels.push_back(static_cast<std::int32_t>(i % 4));
  c.options.optimizer = OptimizerKind::kSgd;
  c.options.rate = 1e-2;
  c.options.label_share = 0.5;
  const DistillResult result = c.run();
  EXPECT_LT(result.curve.back().training, result.curve[1].training);
  for (const auto& [n, codes] : result.scheme.weights) {
    for (const std::int8_t code : codes)
      EXPECT_TRUE(std::binary_search(c.scheme.books.at(n).codes.begin(), c.scheme.books.at(n).codes.end(), code));
  }
}

TEST_F(Distill, OperatorsThatCannotBeTrainedAreNamedAtOnce) {
  FloatBuilder b(1);
  const TensorId x = b.op("sin", {b.float_input({1, 4})}, {});
  b.output(b.op("cos", {x}, {}));
  Case c;
  c.graph = b.finish();
  c.samples = random_samples(c.graph, 20, 1);
  c.scheme = {{Precision::kFloat, Precision::kFloat}, calibrate(c.graph, c.samples, {}, {})};
  const std::string text = error_of([&] { c.run(); });
  EXPECT_TRUE(contains(text, "cannot be trained"));
  EXPECT_TRUE(contains(text, "sin '"));
  EXPECT_TRUE(contains(text, "cos '"));
}

TEST(DistillWithoutTorch, SaysWhatIsMissing) {
  Case c;
  c.options.module = "/nowhere/mote_train_torch.so";
  EXPECT_TRUE(contains(error_of([&] { c.run(); }), "libtorch-dev"));
}

/// The trainer's outputs for a float graph, which must be the reference's.
void expect_reference(const Graph& graph, const std::string& what) {
  const Scheme scheme{std::vector<Precision>(graph.nodes.size(), Precision::kFloat), std::vector<ValueRange>(graph.tensors.size())};
  const Student student(graph, scheme);
  Program program = student.program();
  program.outputs.assign(graph.outputs.begin(), graph.outputs.end());  // a softmax counts here
  Objective objective;
  objective.outputs.resize(program.outputs.size());
  const auto loss = make_loss_function(module_path(), program, program, objective);
  const std::size_t count = 3;
  const SampleInputs samples = random_samples(graph, count, 11);
  Batch batch{count, std::vector<std::vector<float>>(graph.inputs.size()), {}};
  for (const auto& sample : samples)
    for (std::size_t i = 0; i < sample.size(); ++i) {
      const auto* values = reinterpret_cast<const float*>(sample[i].data());
      batch.inputs[i].insert(batch.inputs[i].end(), values, values + sample[i].size() / sizeof(float));
    }
  const auto got = loss->outputs(batch, program.slots);
  for (std::size_t s = 0; s < count; ++s) {
    std::vector<float> all;
    for (const auto& output : got) {
      const std::size_t size = output.size() / count;
      all.insert(all.end(), output.begin() + static_cast<std::ptrdiff_t>(s * size), output.begin() + static_cast<std::ptrdiff_t>((s + 1) * size));
    }
    const std::vector<float> wanted = float_answers(graph, samples[s]);
    ASSERT_EQ(all.size(), wanted.size()) << what;
    for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(all[i], wanted[i], 1e-4 * std::max(1.0F, std::abs(wanted[i]))) << what;
  }
}

TEST_F(Distill, EveryOperatorGivesTheReferencesNumbers) {
  const auto of = [](const std::string& name, const auto& build) {
    FloatBuilder b(7);
    build(b, b.float_input({1, 7, 6, 4}));
    expect_reference(b.finish(), name);
  };
  const Attributes none{};
  for (const char* name : {"relu", "relu6", "relu_n1_to_1", "hard_swish", "logistic", "tanh", "exp", "abs", "neg", "square", "log_softmax"})
    of(name, [&](FloatBuilder& b, TensorId x) { b.output(b.op(name, {x})); });
  of("softmax", [](FloatBuilder& b, TensorId x) { b.output(b.op("softmax", {x}, {{"beta", 0.5F}})); });
  of("leaky_relu", [](FloatBuilder& b, TensorId x) { b.output(b.op("leaky_relu", {x}, {{"alpha", 0.1F}})); });
  for (const char* name : {"add", "sub", "mul", "div"})
    of(name, [&](FloatBuilder& b, TensorId x) {
      b.output(b.op(name, {x, b.weights({4}, 1.0F)}, {{"activation", Activation::kRelu}}));
      b.output(b.op(name, {x, b.op("exp", {x})}, {{"activation", Activation::kRelu6}}));
    });
  for (const char* name : {"maximum", "minimum"})
    of(name, [&](FloatBuilder& b, TensorId x) { b.output(b.op(name, {x, b.weights({1, 1, 1, 4}, 1.0F)})); });
  for (const char* name : {"mean", "sum", "reduce_max"})
    for (const bool keep : {false, true})
      of(name, [&](FloatBuilder& b, TensorId x) { b.output(b.op(name, {x, b.integers({2, -3})}, {{"keep_dims", keep}})); });
  for (const Padding::Kind kind : {Padding::Kind::kSame, Padding::Kind::kValid})
    for (const std::int32_t stride : {1, 2, 3})
      for (const std::int32_t dilation : {1, 2})
        for (const Activation activation : {Activation::kNone, Activation::kReluN1To1}) {
          const Attributes window{{"padding", Padding{kind}}, {"stride_h", stride}, {"stride_w", 1}, {"dilation_h", dilation},
                                  {"dilation_w", 1}, {"activation", activation}};
          of("conv_2d", [&](FloatBuilder& b, TensorId x) { b.output(b.op("conv_2d", {x, b.weights({6, 3, 2, 2}, 0.3F), b.weights({6}, 1)}, window)); });
          of("depthwise_conv_2d", [&](FloatBuilder& b, TensorId x) { b.output(b.op("depthwise_conv_2d", {x, b.weights({1, 3, 3, 8}, 0.3F)}, window)); });
        }
  const Attributes given{{"padding", Padding{Padding::Kind::kGiven, 2, 0, 1, 1}}, {"stride_h", 2}, {"stride_w", 2}};
  of("conv_2d, given", [&](FloatBuilder& b, TensorId x) { b.output(b.op("conv_2d", {x, b.weights({3, 3, 3, 4}, 0.3F)}, given)); });
  for (const char* name : {"average_pool_2d", "max_pool_2d"})
    for (const Padding::Kind kind : {Padding::Kind::kSame, Padding::Kind::kValid})
      for (const std::int32_t stride : {1, 2, 3})
        of(name, [&](FloatBuilder& b, TensorId x) {
          b.output(b.op(name, {x}, {{"padding", Padding{kind}}, {"k_h", 3}, {"k_w", 2}, {"stride_h", stride}, {"stride_w", stride}}));
        });
  of("fully_connected", [](FloatBuilder& b, TensorId x) {
    b.output(b.op("fully_connected", {x, b.weights({5, 4}, 0.3F)}, {{"keep_num_dims", true}}));
    const TensorId flat = b.op("reshape", {x, b.integers({1, 168})});
    b.output(b.op("fully_connected", {flat, b.weights({5, 168}, 0.1F), b.weights({5}, 1)}, {{"activation", Activation::kRelu6}}));
    b.output(b.op("expand_dims", {flat, b.integers({1})}));
    b.output(b.op("squeeze", {b.op("mean", {x, b.integers({1, 2})}, {{"keep_dims", true}})}, {{"axes", std::vector<std::int32_t>{1, 2}}}));
  });
  of("concatenation", [](FloatBuilder& b, TensorId x) { b.output(b.op("concatenation", {x, b.op("relu", {x})}, {{"axis", 3}})); });
  of("pad", [](FloatBuilder& b, TensorId x) { b.output(b.op("pad", {x, b.constant<std::int32_t>({4, 2}, {0, 0, 1, 2, 0, 1, 3, 0})})); });
  of("transpose", [](FloatBuilder& b, TensorId x) { b.output(b.op("transpose", {x, b.integers({0, 3, 1, 2})})); });
}

}  // namespace
}  // namespace mote::test

// What becomes of a float graph before and after training; LibTorch is not needed here.

#include "train/student.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/float_graph.hpp"
#include "compress/code_books.hpp"
#include "compress/layers.hpp"
#include "compress/lockstep.hpp"
#include "compress/to_integers.hpp"
#include "compress/tune_layers.hpp"

namespace mote::test {
namespace {

struct Case {
  Graph graph;
  SampleInputs samples;
  Scheme scheme;

  explicit Case(const WantedForms& forms) {
    FloatBuilder b(3);
    TensorId x = b.convolution(b.float_input({1, 8, 8, 4}), 8, 3);
    x = b.op("mean", {b.convolution(x, 8, 3), b.integers({1, 2})});
    b.output(b.dense(x, 4));
    graph = b.finish();
    samples = random_samples(graph, 32, 5);
    scheme = {std::vector<Precision>(graph.nodes.size(), Precision::kInt8), calibrate(graph, samples, {}, {})};
    add_code_books(graph, scheme, forms, layer_grams(graph, samples, {}));
    tune_layers(graph, scheme, samples, {}, {});
  }
};

TEST(Student, WithoutTrainingAFormKeepsItsFittedCodesAndBiases) {
  const Case c({{"*", parse_weight_form("int4+2:4")}});
  const Student student(c.graph, c.scheme);
  const Student::Trained trained = student.trained(student.program().slots);
  EXPECT_EQ(trained.scheme.weights, c.scheme.weights);
  EXPECT_EQ(trained.scheme.biases, c.scheme.biases);
  const IntegerGraph before = to_integers(c.graph, c.scheme);
  const IntegerGraph after = to_integers(trained.graph, trained.scheme);
  const SampleInputs integers = converted_inputs(c.graph, before.graph, c.samples);
  Evaluator one(before.graph);
  Evaluator other(after.graph);
  for (const auto& sample : integers) EXPECT_EQ(one.run(sample), other.run(sample));
}

TEST(Student, MaskHoldsWhateverTheNumbersBecome) {
  const Case c({{"*", parse_weight_form("int4+1:4")}});
  const Student student(c.graph, c.scheme);
  Slots slots = student.program().slots;
  Random random(9);
  std::set<int> masks;
  for (const Program::Parameter& parameter : student.program().parameters) masks.insert(parameter.mask_slot);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (masks.contains(static_cast<int>(i))) continue;
    for (float& number : slots[i]) number += random_floats(random, 1, 0.3F)[0];
  }
  const Student::Trained trained = student.trained(slots);
  int checked = 0;
  for (const auto& [n, codes] : trained.scheme.weights) {
    const CodeBook& book = trained.scheme.books.at(n);
    for (std::size_t begin = 0; begin < codes.size(); begin += 4) {
      EXPECT_LE(std::count_if(&codes[begin], &codes[begin] + 4, [](std::int8_t code) { return code != 0; }), 1);
      ++checked;
    }
    for (const std::int8_t code : codes) EXPECT_TRUE(std::binary_search(book.codes.begin(), book.codes.end(), code));
    // The float graph has the very numbers that the codes stand for.
    const Layer layer = layer_at(trained.graph, n).value();
    const std::vector<float> weights = weights_of(trained.graph, layer);
    for (std::size_t i = 0; i < codes.size(); ++i)
      EXPECT_NEAR(weights[i], book.scale(i / layer.taps) * static_cast<float>(codes[i]), 1e-6);
  }
  EXPECT_GT(checked, 100);
}

TEST(Student, LetsAsManyWeightsDifferFromZeroAsTheFormDoes) {
  CodeBook book{parse_weight_form("int4+2:4"), codes_of_bits(4), {1.0F}};
  EXPECT_EQ(mask_of(book, {1, 0, 0, 0, 0, 2, 3, 0}, {1, 5, -6, 2, 9, 9, 9, 9}), (std::vector<float>{1, 0, 1, 0, 0, 1, 1, 0}));
  book.form = parse_weight_form("zeros50%");
  EXPECT_EQ(mask_of(book, {1, 0, 0, 0}, {1, 2, 3, 1}), (std::vector<float>{1, 0, 1, 0}));
  book.form = parse_weight_form("int4");
  EXPECT_TRUE(mask_of(book, {1, 0, 0, 0}, {1, 2, 3, 1}).empty());
}

TEST(Student, ThinsTheSmallestWeightsBitByBit) {
  const WeightForm some = parse_weight_form("zeros50%");
  const std::vector<float> weights{1, -4, 3, -2, 5, 0, 7, -6};
  EXPECT_EQ(thinned_mask(some, weights, 0), (std::vector<float>{1, 1, 1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(thinned_mask(some, weights, 0.5), (std::vector<float>{0, 1, 1, 1, 1, 0, 1, 1}));
  EXPECT_EQ(thinned_mask(some, weights, 1), (std::vector<float>{0, 1, 0, 0, 1, 0, 1, 1}));
  const WeightForm pattern = parse_weight_form("1:4");
  EXPECT_EQ(thinned_mask(pattern, weights, 0.34), (std::vector<float>{0, 1, 1, 1, 1, 0, 1, 1}));
  EXPECT_EQ(thinned_mask(pattern, weights, 1), (std::vector<float>{0, 1, 0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(thinned_mask(some, {2, 2, 2, 2}, 1), (std::vector<float>{1, 1, 0, 0}));
}

TEST(Student, OpenedAndThinnedItHasTheFormAgain) {
  const Case c({{"*", parse_weight_form("zeros60%")}});
  const Student student(c.graph, c.scheme);
  ASSERT_TRUE(student.chooses_zeros());
  Slots slots = student.program().slots;
  const auto zeros = [&] {
    double count = 0;
    double all = 0;
    for (const auto& [n, codes] : student.trained(slots).scheme.weights) {
      count += static_cast<double>(std::count(codes.begin(), codes.end(), 0));
      all += static_cast<double>(codes.size());
    }
    return count / all;
  };
  EXPECT_GE(zeros(), 0.6);
  student.open(slots);
  EXPECT_LT(zeros(), 0.1);
  student.thin(slots, 1);
  EXPECT_GE(zeros(), 0.6);
  EXPECT_FALSE(Student(c.graph, Case({{"*", parse_weight_form("int4")}}).scheme).chooses_zeros());
}

TEST(Student, RefusesWhatMixesSamples) {
  FloatBuilder b(1);
  const TensorId x = b.float_input({1, 4, 4, 2});
  b.output(b.op("mean", {x, b.integers({0})}, {{"keep_dims", true}}));
  const Graph graph = b.finish();
  EXPECT_TRUE(contains(error_of([&] { teacher_program(graph); }), "along the axis of samples"));
}

}  // namespace
}  // namespace mote::test

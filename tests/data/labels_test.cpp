// Right answers in every kind of file, and data that is refused.

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "data/samples.hpp"

namespace mote::test {
namespace {

using Labels = std::vector<std::int32_t>;
using Names = std::vector<std::string>;
using Targets = std::vector<std::vector<double>>;

/// A float input of this shape.
Graph float_model(const Shape& shape = {1, 2}) {
  GraphBuilder builder;
  builder.output(builder.node("relu", {builder.input(shape, {}, DataType::kFloat32)}, {}, {}, DataType::kFloat32));
  return builder.finish();
}

Graph with_labels(const Names& labels) {
  Graph graph = float_model();
  graph.labels = labels;
  return graph;
}

Samples csv(const std::string& text, const DataOptions& options = {}, const Graph& graph = float_model()) {
  return parse_samples(bytes_of(text), ".csv", graph, options);
}

Samples npz(const std::map<std::string, NpyArray>& arrays, const DataOptions& options = {}, const Graph& graph = float_model()) {
  return parse_samples(npz_of(arrays), ".npz", graph, options);
}

const NpyArray kX = array_of<float>("<f4", {2, 2}, {1, 2, 3, 4});

NpyArray names_array(const std::vector<char>& names) {
  return array_of<std::uint32_t>("<U1", {static_cast<std::int64_t>(names.size())}, {names.begin(), names.end()});
}

TEST(CsvLabels, AreInTheColumnOfTheirNameOrTheLast) {
  EXPECT_EQ(csv("Class,a,b\n3,1,2\n0,4,5\n").labels, (Labels{3, 0}));
  EXPECT_EQ(csv("a,b,c\n1,2,0\n4,5,1\n").labels, (Labels{0, 1}));
  EXPECT_EQ(csv("1,2,7\n").labels, (Labels{7}));
  EXPECT_TRUE(csv("1,2\n").labels.empty());
}

TEST(CsvLabels, AreWhereTheOptionSays) {
  const std::string text = "time,kind,a,b\n10,1,5,6\n11,0,7,8\n";
  const Samples samples = csv(text, {.labels = {"kind"}, .ignored = {"time"}});
  EXPECT_EQ(samples.labels, (Labels{1, 0}));
  EXPECT_EQ(samples.inputs[1][0], array_of<float>("<f4", {2}, {7, 8}).bytes);
  EXPECT_EQ(csv(text, {.labels = {"2"}, .ignored = {"1"}}).labels, (Labels{1, 0})) << "numbers from 1";
  EXPECT_TRUE(contains(error_of([&] { csv(text, {.labels = {"sort"}}); }), "--label sort: there is no such column\n  columns: time, kind, a, b"));
  EXPECT_TRUE(contains(error_of([&] { csv("1,2,3\n", {.labels = {"4"}}); }), "give a number from 1 to 3"));
}

TEST(CsvLabels, SeveralColumnsAreNumbers) {
  const Samples samples = csv("1,2,0.5,7\n3,4,1.5,8\n", {.labels = {"3", "4"}});
  EXPECT_EQ(samples.targets, (Targets{{0.5, 7}, {1.5, 8}}));
  EXPECT_TRUE(samples.labels.empty());
}

TEST(CsvLabels, TextIsClassesInOrderOfTheirNames) {
  const Samples samples = csv("1,2,walk\n3,4,run\n5,6,walk\n");
  EXPECT_EQ(samples.labels, (Labels{1, 0, 1}));
  EXPECT_EQ(samples.class_names, (Names{"run", "walk"}));
}

TEST(CsvLabels, OneThatIsMissingIsNamed) {
  EXPECT_TRUE(contains(error_of([] { csv("1,2,walk\n3,4,\n"); }), "line 2, column 3: the label is missing"));
}

TEST(CsvLabels, RealNumbersAreTargets) {
  const Samples samples = csv("a,b,y\n1,2,0.5\n3,4,-1e2\n");
  EXPECT_EQ(samples.targets, (Targets{{0.5}, {-100}}));
  EXPECT_TRUE(samples.labels.empty());
  EXPECT_TRUE(samples.real_targets);
}

TEST(CsvLabels, MissingValuesAreNanIfAllowed) {
  const Samples samples = csv("1,NA\n", {.allow_nan = true});
  float value = 0;
  std::memcpy(&value, &samples.inputs[0][0][4], sizeof value);
  EXPECT_TRUE(std::isnan(value));
}

TEST(NpzLabels, AreIndicesNamesOrNumbers) {
  EXPECT_EQ(npz({{"x", kX}, {"y", array_of<std::uint8_t>("|u1", {2}, {1, 0})}}).labels, (Labels{1, 0}));
  EXPECT_EQ(npz({{"x", kX}, {"y", array_of<std::uint8_t>("|u1", {2, 1}, {1, 0})}}).labels, (Labels{1, 0}));
  const Samples named = npz({{"x", kX}, {"y", names_array({'b', 'a'})}});
  EXPECT_EQ(named.labels, (Labels{1, 0}));
  EXPECT_EQ(named.class_names, (Names{"a", "b"}));
  EXPECT_EQ(npz({{"x", kX}, {"y", names_array({'b', 'a'})}, {"class_names", names_array({'b', 'c', 'a'})}}).labels, (Labels{0, 2}));
  const Samples real = npz({{"x", kX}, {"y", array_of<double>("<f8", {2, 2}, {0.5, 1, 2, 3})}});
  EXPECT_EQ(real.targets, (Targets{{0.5, 1}, {2, 3}}));
  EXPECT_TRUE(real.labels.empty());
}

TEST(NpzLabels, ARowOfZerosAndAOneIsAnIndex) {
  const Samples samples = npz({{"x", kX}, {"y", array_of<float>("<f4", {2, 3}, {0, 0, 1, 1, 0, 0})}});
  EXPECT_EQ(samples.labels, (Labels{2, 0}));
  EXPECT_FALSE(samples.real_targets);
}

TEST(NpzLabels, AnotherArrayCanBeNamed) {
  EXPECT_EQ(npz({{"x", kX}, {"kind", array_of<std::int64_t>("<i8", {2}, {1, 5})}}, {.labels = {"kind"}}).labels, (Labels{1, 5}));
  EXPECT_EQ(error_of([] { npz({{"x", kX}}, {.labels = {"kind"}}); }), "there is no array 'kind'\n  the file has: x");
}

TEST(NpzLabels, MustBeOnePerSampleAndFinite) {
  EXPECT_TRUE(contains(error_of([] { npz({{"x", kX}, {"y", array_of<std::int64_t>("<i8", {3}, {1, 0, 1})}}); }), "array 'y': 3 labels for 2 samples"));
  EXPECT_TRUE(contains(error_of([] { npz({{"x", kX}, {"y", array_of<float>("<f4", {2}, {1, std::nanf("")})}}); }),
                       "array 'y': the answer of sample 1 is not a finite number"));
}

TEST(NpzLabels, CasesTellWhereStateIsForgotten) {
  const NpyArray x = array_of<float>("<f4", {4, 2}, std::vector<float>(8, 1));
  const Samples samples = npz({{"x", x}, {"case", array_of<std::int64_t>("<i8", {4}, {5, 5, 6, 6})}});
  EXPECT_EQ(samples.starts_case, (std::vector<bool>{true, false, true, false}));
  EXPECT_TRUE(contains(error_of([&] { npz({{"x", x}, {"case", array_of<std::int64_t>("<i8", {1}, {5})}}); }), "array 'case' has 1 numbers for 4 samples"));
}

TEST(ModelLabels, NamesBecomeTheModelsIndices) {
  const Graph graph = with_labels({"walk", "stand", "run"});
  EXPECT_EQ(csv("1,2,run\n3,4,walk\n", {}, graph).labels, (Labels{2, 0}));
  EXPECT_EQ(csv("1,2,2\n3,4,0\n", {}, graph).labels, (Labels{2, 0})) << "numbers stay indices";
  EXPECT_EQ(error_of([&] { csv("1,2,swim\n3,4,fly\n5,6,run\n", {}, graph); }),
            "column 3: the model does not know the labels fly, swim\n  known are: walk, stand, run");
}

TEST(ModelLabels, NumbersThatAreNamesBecomeIndices) {
  const Graph graph = with_labels({"3", "7"});
  EXPECT_EQ(csv("1,2,7\n3,4,3\n", {}, graph).labels, (Labels{1, 0}));
  EXPECT_EQ(npz({{"x", kX}, {"y", array_of<std::int64_t>("<i8", {2}, {7, 3})}}, {}, graph).labels, (Labels{1, 0}));
}

TEST(ModelLabels, AFilesOwnOrderOfClassesIsBroughtIntoTheModels) {
  const Graph graph = with_labels({"a", "b"});
  const Samples samples = npz({{"x", kX}, {"y", array_of<std::int64_t>("<i8", {2}, {0, 1})}, {"class_names", names_array({'b', 'a'})}}, {}, graph);
  EXPECT_EQ(samples.labels, (Labels{1, 0}));
  EXPECT_EQ(samples.class_names, (Names{"a", "b"}));
}

std::string shape_problem(std::vector<std::int64_t> shape, const Shape& model) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  return error_of([&] { npz({{"x", array_of<float>("<f4", shape, std::vector<float>(static_cast<std::size_t>(count), 0))}}, {}, float_model(model)); });
}

void expect_samples(std::vector<std::int64_t> shape, const Shape& model, std::size_t samples) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  const auto got = npz({{"x", array_of<float>("<f4", shape, std::vector<float>(static_cast<std::size_t>(count), 0))}}, {}, float_model(model));
  EXPECT_EQ(got.inputs.size(), samples);
}

TEST(DataShape, AxesMayBeMergedSplitOrOfExtentOne) {
  expect_samples({5, 10, 6}, {1, 1, 10, 6}, 5);
  expect_samples({5, 60}, {1, 10, 6}, 5);
  expect_samples({5, 10, 6, 1}, {1, 60}, 5);
  expect_samples({2, 3, 10, 6}, {1, 10, 6}, 6);
  expect_samples({10, 6}, {1, 10, 6}, 1);
  expect_samples({120}, {1, 10, 6}, 2);
}

TEST(DataShape, AxesInAnotherOrderAreRefusedWithTheTranspose) {
  EXPECT_EQ(shape_problem({5, 6, 10}, {1, 1, 10, 6}),
            "array 'x': the array is 5x6x10, the input 't0' takes 1x1x10x6: the axes stand in another order\n"
            "  bring them into the model's with x.transpose(0, 2, 1)");
}

TEST(DataShape, RowsOfAnotherLengthAreRefusedWithTheReshape) {
  EXPECT_EQ(shape_problem({4, 3}, {1, 2, 3}),
            "array 'x': the array is 4x3, the input 't0' takes 1x2x3: a row has 3 values, a sample takes 6\n"
            "  if samples stand one after another: x.reshape(2, 1, 2, 3)");
  EXPECT_TRUE(contains(shape_problem({5, 4}, {1, 2, 3}), "5 samples of 4 values, of 6 that a sample takes"));
}

TEST(DataValues, ThatAreNotFiniteAreNamed) {
  EXPECT_EQ(error_of([] { npz({{"x", array_of<float>("<f4", {2, 2}, {1, 2, 3, std::nanf("")})}}); }),
            "array 'x': sample 1, value 1 for 't0' is not a number (NaN)\n"
            "  replace or drop what is missing, or give --allow-nan when the model is made for it");
  EXPECT_TRUE(contains(error_of([] { npz({{"x", array_of<float>("<f4", {1, 2}, {1, -std::numeric_limits<float>::infinity()})}}, {.allow_nan = true}); }),
                       "sample 0, value 1 for 't0' is infinite"));
  EXPECT_EQ(npz({{"x", array_of<float>("<f4", {1, 2}, {1, std::nanf("")})}}, {.allow_nan = true}).inputs.size(), 1U);
}

TEST(DataValues, AreRescaledPerChannelInEitherOrderOfAxes) {
  Graph graph = float_model({1, 1, 2, 2});
  const NpyArray last = array_of<std::uint8_t>("|u1", {1, 1, 2, 2}, {10, 20, 30, 40});
  const Bytes expected = array_of<float>("<f4", {4}, {0, 4, 20, 14}).bytes;
  EXPECT_EQ(npz({{"x", last}}, {.mean = {10, 12}, .scale = {1, 0.5}}, graph).inputs[0][0], expected);
  graph.tensor(graph.inputs[0]).file_axes = {0, 3, 1, 2};
  const NpyArray first = array_of<std::uint8_t>("|u1", {1, 2, 1, 2}, {10, 30, 20, 40});
  EXPECT_EQ(npz({{"x", first}}, {.mean = {10, 12}, .scale = {1, 0.5}}, graph).inputs[0][0], expected);
  EXPECT_TRUE(contains(error_of([&] { npz({{"x", last}}, {.mean = {1, 2, 3}}, graph); }), "3 numbers for the 2 channels of 't0'"));
}

}  // namespace
}  // namespace mote::test

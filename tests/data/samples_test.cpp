#include "data/samples.hpp"

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

/// One int8 input of three values, scale 0.5, zero point 1.
Graph quantized_model() {
  GraphBuilder builder;
  builder.output(builder.node("relu", {builder.input({1, 3}, quantized(0.5F, 1))}, {}, quantized(0.5F, 1)));
  return builder.finish();
}

Graph model_of(DataType type) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 3}, {}, type);
  builder.output(builder.node("reshape", {in, builder.integers({3})}, {}, {}, type));
  return builder.finish();
}

Graph two_inputs() {
  GraphBuilder builder;
  builder.output(builder.node("add", {builder.input({1, 2}), builder.input({1, 2})}));
  return builder.finish();
}

Samples csv(const std::string& text, const Graph& graph = quantized_model(), const DataOptions& options = {}) {
  return parse_samples(bytes_of(text), ".csv", graph, options);
}

std::string csv_problem(const std::string& text, const Graph& graph = quantized_model()) {
  return error_of([&] { csv(text, graph); });
}

Bytes int8s(const std::vector<int>& values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(static_cast<std::uint8_t>(value));
  return bytes;
}

using Inputs = std::vector<std::vector<Bytes>>;

TEST(CsvSamples, IntegersAreStoredValues) {
  const Inputs expected{{int8s({1, 2, 3})}, {int8s({-4, 5, -128})}};
  EXPECT_EQ(csv("1,2,3\n-4, 5 ,-128\n").inputs, expected);
  EXPECT_EQ(csv("1;2;3\r\n\r\n-4;+5;-128").inputs, expected) << "semicolons, empty lines, no last newline";
}

TEST(CsvSamples, OneRealNumberMakesAllOfThemReal) {
  const Inputs expected{{int8s({3, 5, 7})}};
  EXPECT_EQ(csv("1.0,2,3").inputs, expected);
  EXPECT_EQ(csv("1,2,30e-1").inputs, expected) << "an exponent without a point";
}

TEST(CsvSamples, AHeadingIsSkippedWhateverItHolds) {
  const Inputs expected{{int8s({1, 2, 3})}};
  EXPECT_EQ(csv("x,y,z\n1,2,3").inputs, expected);
  EXPECT_EQ(csv("acc.x,acc.y,acc.z\n1,2,3").inputs, expected) << "a point in a name is no real number";
  EXPECT_EQ(csv("a heading of one cell\n1,2,3").inputs, expected);
}

TEST(CsvSamples, AByteOrderMarkIsNoHeading) { EXPECT_EQ(csv("\xEF\xBB\xBF" "1,2,3\n4,5,6").inputs.size(), 2U); }

TEST(CsvSamples, ErrorsTellLineAndColumn) {
  EXPECT_EQ(csv_problem("1,2,3\n4,five,6"), "line 2, column 2: 'five' is no number");
  EXPECT_EQ(csv_problem("1,x,3\n4,5,6"), "line 1, column 2: 'x' is no number") << "a line with numbers is no heading";
  EXPECT_TRUE(contains(csv_problem("1,2,3\n4,,6"), "line 2, column 2: the value is missing ('')\n  fill it in, drop the row, or give --allow-nan"));
  EXPECT_EQ(csv_problem("x,y\n1,2"), "line 2 has 2 numbers, the input 't0' takes 3");
  EXPECT_TRUE(contains(csv_problem("1,2,3,4,5"), "line 1 has 5 numbers, the input 't0' takes 3\n  name the columns that are answers with --label"));
  EXPECT_TRUE(contains(csv_problem("1,inf,3"), "line 1, column 2: 'inf' is infinite"));
  EXPECT_EQ(csv_problem("1,2,12345678901234567890"), "line 1, column 3: '12345678901234567890' is too large");
  EXPECT_TRUE(contains(csv_problem("1,2,128"), "value 128 for 't0' does not fit int8\n  integers are taken as stored values"));
  EXPECT_TRUE(contains(csv_problem("1,2,nan"), "line 1, column 3: the value is missing ('nan')"));
  EXPECT_EQ(error_of([] { csv("1,2,nan", quantized_model(), {.allow_nan = true}); }), "a value for 't0' is not a number");
}

TEST(CsvSamples, WithoutRowsIsAnError) {
  EXPECT_EQ(csv_problem(""), "there are no rows of values");
  EXPECT_EQ(csv_problem("x,y,z\n"), "there are no rows of values");
}

TEST(CsvSamples, FitsOneInputOnly) {
  EXPECT_EQ(csv_problem("1,2", two_inputs()), "the model has 2 inputs, a .csv file holds one\n  use a .npz with an array per input");
}

TEST(CsvSamples, FloatInputsTakeNumbersAsTheyAre) {
  const Samples samples = csv("1,2.5,-3e1", model_of(DataType::kFloat32));
  EXPECT_EQ(samples.inputs[0][0], array_of<float>("<f4", {3}, {1, 2.5F, -30}).bytes);
}

TEST(CsvSamples, RealNumbersForIntegersWithoutAScaleAreRefused) {
  EXPECT_EQ(csv_problem("1.5,2,3", model_of(DataType::kInt32)), "floating point values for 't0', which is int32 without a scale");
}

Samples npy(const NpyArray& array, const Graph& graph = quantized_model()) { return parse_samples(bytes_of(format_npy(array)), ".npy", graph); }

TEST(NpySamples, ValuesOfTheInputsTypeAreTakenAsStored) {
  EXPECT_EQ(npy(array_of<std::int8_t>("|i1", {2, 3}, {1, 2, 3, 4, 5, 6})).inputs, (Inputs{{int8s({1, 2, 3})}, {int8s({4, 5, 6})}}));
}

TEST(NpySamples, RealNumbersAreQuantizedAndSaturate) {
  const Inputs expected{{int8s({1, 4, 127})}, {int8s({-128, 0, 2})}};
  EXPECT_EQ(npy(array_of<float>("<f4", {2, 3}, {0, 1.5F, 1e9F, -1e30F, -0.74F, 0.25F})).inputs, expected);
  EXPECT_EQ(npy(array_of<double>("<f8", {2, 3}, {0, 1.5, 1e9, -1e300, -0.74, 0.25})).inputs, expected);
}

TEST(NpySamples, OtherIntegersMustFit) {
  EXPECT_EQ(npy(array_of<std::int32_t>("<i4", {1, 3}, {-128, 0, 127})).inputs, (Inputs{{int8s({-128, 0, 127})}}));
  EXPECT_TRUE(contains(error_of([] { npy(array_of<std::int32_t>("<i4", {1, 3}, {-129, 0, 127})); }), "value -129 for 't0' does not fit int8"));
  EXPECT_TRUE(contains(error_of([] { npy(array_of<std::uint8_t>("|u1", {1, 3}, {200, 0, 127})); }), "value 200 for 't0' does not fit int8"));
  EXPECT_TRUE(contains(error_of([] { npy(array_of<std::int8_t>("|i1", {3}, {0, 1, -1}), model_of(DataType::kUint8)); }), "does not fit uint8"));
}

TEST(NpySamples, BoolsAre0Or1) {
  EXPECT_EQ(npy(array_of<std::uint8_t>("|b1", {3}, {0, 1, 1}), model_of(DataType::kBool)).inputs[0][0], (Bytes{0, 1, 1}));
  EXPECT_TRUE(contains(error_of([] { npy(array_of<std::uint8_t>("|b1", {3}, {0, 2, 1}), model_of(DataType::kBool)); }), "value 2 for 't0' does not fit bool"));
}

TEST(NpySamples, TheCountMustBeWholeSamples) {
  EXPECT_EQ(error_of([] { npy(array_of<float>("<f4", {4}, {1, 2, 3, 4})); }), "4 values do not fill 't0' (1x3, 3 values)");
  EXPECT_EQ(error_of([] { npy(array_of<float>("<f4", {0, 3}, {})); }), "0 values do not fill 't0' (1x3, 3 values)");
}

TEST(NpySamples, TextAndHalfFloatsAreRefused) {
  EXPECT_TRUE(contains(error_of([] { npy(array_of<std::uint32_t>("<U1", {3}, {65, 66, 67})); }), "arrays of type '<U1' are not supported here"));
  EXPECT_TRUE(contains(error_of([] { npy(array_of<std::uint16_t>("<f2", {3}, {1, 2, 3})); }), "arrays of type '<f2' are not supported here"));
}

Samples npz(const std::map<std::string, NpyArray>& arrays, const Graph& graph) { return parse_samples(npz_of(arrays), ".npz", graph); }

TEST(NpzSamples, ArraysAreFoundByTheInputsNameOrNumber) {
  const NpyArray a = array_of<std::int8_t>("|i1", {2, 2}, {1, 2, 3, 4});
  const NpyArray b = array_of<std::int8_t>("|i1", {2, 2}, {5, 6, 7, 8});
  const Inputs expected{{int8s({1, 2}), int8s({5, 6})}, {int8s({3, 4}), int8s({7, 8})}};
  EXPECT_EQ(npz({{"t0", a}, {"t1", b}}, two_inputs()).inputs, expected);
  EXPECT_EQ(npz({{"x0", a}, {"x1", b}}, two_inputs()).inputs, expected);
  EXPECT_EQ(npz({{"x", array_of<std::int8_t>("|i1", {3}, {1, 2, 3})}}, quantized_model()).inputs, (Inputs{{int8s({1, 2, 3})}}));
}

TEST(NpzSamples, AMissingArrayIsNamedWithThoseThatAreThere) {
  EXPECT_EQ(error_of([] { npz({{"data", array_of<std::int8_t>("|i1", {3}, {1, 2, 3})}}, quantized_model()); }),
            "no array for input 0 ('t0')\n  name it 't0', 'x0' or 'x'; the file has: data");
}

TEST(NpzSamples, InputsMustAgreeOnTheNumberOfSamples) {
  const NpyArray one = array_of<std::int8_t>("|i1", {1, 2}, {1, 2});
  const NpyArray two = array_of<std::int8_t>("|i1", {2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(error_of([&] { npz({{"x0", one}, {"x1", two}}, two_inputs()); }), "input 't1' has 2 samples, the first has 1");
}

TEST(NpzSamples, LabelsAndNames) {
  const NpyArray x = array_of<std::int8_t>("|i1", {2, 3}, {1, 2, 3, 4, 5, 6});
  const NpyArray names = array_of<std::uint32_t>("<U2", {2}, {'n', 'o', 'y', 0});
  const Samples samples = npz({{"x", x}, {"y", array_of<std::int64_t>("<i8", {2}, {1, 0})}, {"class_names", names}}, quantized_model());
  EXPECT_EQ(samples.labels, (std::vector<std::int32_t>{1, 0}));
  EXPECT_EQ(samples.class_names, (std::vector<std::string>{"no", "y"}));
  EXPECT_EQ(error_of([&] { npz({{"x", x}, {"y", array_of<std::int64_t>("<i8", {3}, {1, 0, 1})}}, quantized_model()); }),
            "array 'y': 3 labels for 2 samples\n  give one for each sample");
}

TEST(BinSamples, IsEveryInputSampleAfterSample) {
  EXPECT_EQ(parse_samples(Bytes{1, 2, 3, 4, 5, 6, 7, 8}, ".bin", two_inputs()).inputs,
            (Inputs{{Bytes{1, 2}, Bytes{3, 4}}, {Bytes{5, 6}, Bytes{7, 8}}}));
  EXPECT_EQ(error_of([] { parse_samples(Bytes{1, 2, 3}, ".bin", two_inputs()); }), "3 bytes; one sample takes 4");
  EXPECT_EQ(error_of([] { parse_samples({}, ".bin", two_inputs()); }), "0 bytes; one sample takes 4");
}

TEST(ReadSamples, NamesTheFileAndTheEndingsThatAreKnown) {
  const TemporaryDirectory directory;
  write_file(directory.path() / "data.txt", "1,2,3");
  EXPECT_TRUE(contains(error_of([&] { read_samples(directory.path() / "data.txt", quantized_model()); }),
                       "data.txt: '.txt' is no known ending for input data\n  known: .npy, .npz, .csv, .bin"));
}

}  // namespace
}  // namespace mote::test

#include "data/golden.hpp"

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "common/graph_builder.hpp"

namespace mote::test {
namespace {

Graph quantized_model() {
  GraphBuilder builder;
  builder.output(builder.node("relu", {builder.input({1, 2})}));
  return builder.finish();
}

Graph float_model() {
  GraphBuilder builder;
  builder.output(builder.node("relu", {builder.input({1, 2}, {}, DataType::kFloat32)}, {}, {}, DataType::kFloat32));
  return builder.finish();
}

NpyArray int8s(std::vector<std::int64_t> shape, const std::vector<std::int8_t>& values) { return array_of("|i1", std::move(shape), values); }

using Arrays = std::map<std::string, NpyArray>;

Golden golden(const Arrays& arrays, const Graph& graph = quantized_model(), const std::string& column = "tflm") {
  return parse_golden(npz_of(arrays), graph, column);
}

TEST(Golden, SingleCasesStartAnewEach) {
  const Golden read = golden({{"b/x0", int8s({1, 2}, {1, 2})}, {"b/y0_tflm", int8s({1, 2}, {3, 4})}, {"a/x0", int8s({1, 2}, {5, 6})}, {"a/y0_tflm", int8s({1, 2}, {7, 8})}});
  ASSERT_EQ(read.cases, 2);
  ASSERT_EQ(read.steps.size(), 2U);
  EXPECT_EQ(read.steps[0].case_name, "a");
  EXPECT_EQ(read.steps[1].inputs, (std::vector<Bytes>{{1, 2}}));
  EXPECT_EQ(read.steps[1].outputs, (std::vector<Bytes>{{3, 4}}));
  EXPECT_TRUE(read.steps[0].starts_case && read.steps[1].starts_case);
}

TEST(Golden, ASequenceIsOneCaseOfManySteps) {
  const Golden read = golden({{"meta", text_array(R"({"kind": "seq"})")}, {"a/x0", int8s({3, 1, 2}, {1, 2, 3, 4, 5, 6})}, {"a/y0_tflm", int8s({3, 1, 2}, {1, 2, 3, 4, 5, 6})}});
  ASSERT_EQ(read.cases, 1);
  ASSERT_EQ(read.steps.size(), 3U);
  EXPECT_TRUE(read.steps[0].starts_case);
  EXPECT_FALSE(read.steps[1].starts_case);
  EXPECT_EQ(read.steps[2].inputs, (std::vector<Bytes>{{5, 6}}));
}

TEST(Golden, OtherKindsAreSingle) {
  for (const char* meta : {R"({"kind": "single"})", R"({"kind": 5})", R"({"kind": null})", "{}", "[]", "not json"}) {
    EXPECT_EQ(golden({{"meta", text_array(meta)}, {"a/x0", int8s({1, 2}, {1, 2})}, {"a/y0_tflm", int8s({1, 2}, {3, 4})}}).steps.size(), 1U) << meta;
  }
}

TEST(Golden, WhatDoesNotFitIsNamed) {
  const NpyArray two = int8s({1, 2}, {1, 2});
  EXPECT_EQ(error_of([&] { golden({{"a/x0", two}, {"a/y0_ref", two}}); }), "array 'a/y0_tflm': there is no array 'a/y0_tflm'\n  the file has: a/x0, a/y0_ref");
  EXPECT_NO_THROW(golden({{"a/x0", two}, {"a/y0_ref", two}}, quantized_model(), "ref"));
  EXPECT_EQ(error_of([&] { golden({{"x0", two}}); }), "no cases: arrays named CASE/x0 and CASE/y0_tflm are needed");
  EXPECT_EQ(error_of([&] { golden({{"a/x0", two}, {"a/y0_tflm", int8s({3}, {1, 2, 3})}}); }), "array 'a/y0_tflm': 3 values do not fill 't1' (1x2, 2 values)");
  EXPECT_EQ(error_of([&] { golden({{"a/x0", two}, {"a/y0_tflm", int8s({2, 2}, {1, 2, 3, 4})}}); }), "array 'a/y0_tflm': 4 bytes for 1 steps of 't1' (2 bytes each)");
}

TEST(Compare, IntegersBitForBit) {
  const Graph graph = quantized_model();
  const Golden expected = golden({{"a/x0", int8s({1, 2}, {1, 2})}, {"a/y0_tflm", int8s({1, 2}, {3, -4})}}, graph);
  EXPECT_EQ(compare(expected, {{{3, 0xFC}}}, graph).mismatching_values, 0);
  const Comparison off = compare(expected, {{{3, 0xFE}}}, graph);
  EXPECT_EQ(off.values, 2);
  EXPECT_EQ(off.mismatching_values, 1);
  EXPECT_EQ(off.max_abs_difference, 2);
  EXPECT_EQ(off.first_mismatch, "case 'a', step 0, output 0, value 1: expected -4, got -2");
}

Comparison compare_floats(const std::vector<float>& expected, const std::vector<float>& actual) {
  const Graph graph = float_model();
  const Golden read = golden({{"a/x0", array_of<float>("<f4", {1, 2}, {0, 0})}, {"a/y0_tflm", array_of("<f4", {1, 2}, expected)}}, graph);
  return compare(read, {{array_of("<f4", {2}, actual).bytes}}, graph);
}

TEST(Compare, FloatsByTheLargestValue) {
  EXPECT_EQ(compare_floats({100, 0}, {100.009F, 0.009F}).mismatching_values, 0);
  EXPECT_EQ(compare_floats({100, 0}, {100.02F, 0.02F}).mismatching_values, 2);
  EXPECT_EQ(compare_floats({0, 0}, {0, 1e-9F}).mismatching_values, 1);
}

TEST(Compare, NotANumberIsOnlyEqualToItself) {
  EXPECT_EQ(compare_floats({NAN, 1}, {NAN, 1}).mismatching_values, 0);
  EXPECT_EQ(compare_floats({NAN, 1}, {1, 1}).mismatching_values, 1);
  EXPECT_EQ(compare_floats({1, 1}, {NAN, 1}).mismatching_values, 1);
  EXPECT_EQ(compare_floats({INFINITY, 1}, {INFINITY, 1}).mismatching_values, 0);
  EXPECT_EQ(compare_floats({INFINITY, 1}, {1, 1}).mismatching_values, 1);
}

// An infinity widens the tolerance to infinity; a finite value beside it still counts.
TEST(Compare, AnInfinityDoesNotExcuseItsNeighbours) { EXPECT_EQ(compare_floats({INFINITY, 1}, {INFINITY, 5}).mismatching_values, 1); }

}  // namespace
}  // namespace mote::test

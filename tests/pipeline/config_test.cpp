#include "pipeline/section.hpp"

#include "common/errors.hpp"

namespace mote {
namespace {

using test::contains;
using test::error_of;

Section section_of(const ConfigTable& table) { return {"[source]", table, {1, 1, 1, 1}, "dir"}; }

TEST(Config, ValuesKeepTheirPlaces) {
  const ConfigTable table = parse_config("a = 1\nb = [0.5, 2]\n\n[c]\nd = \"x\"\n");
  EXPECT_EQ(std::get<std::int64_t>(table.at("a").value), 1);
  EXPECT_EQ(table.at("b").place.line, 2U);
  EXPECT_EQ(table.at("b").place.column, 5U);
  EXPECT_EQ(table.at("b").place.end_column, 13U);
  EXPECT_EQ(std::get<ConfigTable>(table.at("c").value).at("d").place.line, 5U);
}

TEST(Config, WhatIsNoTomlIsRefusedWithItsLine) {
  EXPECT_TRUE(contains(error_of([] { parse_config("a = 1\nb = = 2\n"); }), "line 2"));
  EXPECT_TRUE(contains(error_of([] { parse_config("a = 1979-05-27\n"); }), "line 1: a date is no setting"));
}

TEST(Section, DurationsBecomeWholeNumbersOfSteps) {
  const ConfigTable table = parse_config("a = 320\nb = \"20 ms\"\nc = \"2 min\"\nd = \"0.07 ms\"\ne = \"20 m\"\nf = 0\n");
  Section section = section_of(table);
  EXPECT_EQ(section.steps("a", 16000, "samples"), 320);
  EXPECT_EQ(section.steps("b", 16000, "samples"), 320);
  EXPECT_EQ(section.steps("c", 0.1, "samples"), 12);
  EXPECT_EQ(section.steps("missing", 16000, "samples"), std::nullopt);
  EXPECT_TRUE(contains(error_of([&] { section.steps("d", 16000, "samples"); }), "line 4: [source] d: \"0.07 ms\" is 1.12 samples"));
  EXPECT_TRUE(contains(error_of([&] { section.steps("e", 16000, "samples"); }), "a whole number of samples or a duration"));
  EXPECT_TRUE(contains(error_of([&] { section.steps("f", 16000, "samples"); }), "at least 1"));
}

TEST(Section, ValuesOfAnotherKindAreRefused) {
  const ConfigTable table = parse_config("a = \"x\"\nb = [1, \"y\"]\nc = 1.5\n");
  Section section = section_of(table);
  EXPECT_TRUE(contains(error_of([&] { section.number("a"); }), "line 1: [source] a: must be a number"));
  EXPECT_TRUE(contains(error_of([&] { section.numbers("b"); }), "must hold numbers only"));
  EXPECT_TRUE(contains(error_of([&] { section.integer("c", 0, 9); }), "must be a whole number from 0 to 9"));
  EXPECT_TRUE(contains(error_of([&] { section.text("c"); }), "must be a text in quotes"));
  EXPECT_TRUE(contains(error_of([&] { section.one_of("a", {"y", "z"}); }), "one of: y, z"));
  EXPECT_TRUE(contains(error_of([&] { section.required_number("d"); }), "[source] d: is missing"));
}

TEST(Section, KeysThatNobodyKnowsAreRefused) {
  const ConfigTable table = parse_config("rate = 1\nrat = 2\n");
  Section section = section_of(table);
  section.number("rate");
  EXPECT_TRUE(contains(error_of([&] { section.finish(); }), "line 2: [source] rat: is not known here"));
}

}  // namespace
}  // namespace mote

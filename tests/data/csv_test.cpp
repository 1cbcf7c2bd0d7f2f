#include "data/csv.hpp"

#include <gtest/gtest.h>

#include "common/errors.hpp"

namespace mote::test {
namespace {

using Cells = std::vector<std::string>;

std::string problem(const std::string& text) {
  return error_of([&] { parse_csv(text); });
}

TEST(Csv, QuotedCellsHoldSeparatorsQuotesAndNewLines) {
  const CsvTable table = parse_csv("\"a, b\",\"say \"\"c\"\"\",\"two\nlines\"\n1,2,3\n");
  EXPECT_EQ(table.heading, (Cells{"a, b", "say \"c\"", "two\nlines"}));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(table.rows[0].cells, (Cells{"1", "2", "3"}));
  EXPECT_EQ(table.rows[0].line, 3);
}

TEST(Csv, TheSeparatorIsTheOneOfTheFirstLine) {
  EXPECT_EQ(parse_csv("1;2,5;3").rows[0].cells, (Cells{"1", "2,5", "3"}));
  EXPECT_EQ(parse_csv("1\t\t3").rows[0].cells, (Cells{"1", "", "3"}));
  EXPECT_EQ(parse_csv("\"a;b;c\",1").rows[0].cells, (Cells{"a;b;c", "1"}));
}

TEST(Csv, SpacesAroundCellsGoAndEmptyLinesAreLeftOut) {
  const CsvTable table = parse_csv(" 1 ,2\r\n\r\n\n 3,\" 4 \"\r\n");
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].cells, (Cells{"1", "2"}));
  EXPECT_EQ(table.rows[1].cells, (Cells{"3", " 4 "}));
  EXPECT_EQ(table.rows[1].line, 4);
}

TEST(Csv, RaggedRowsAreRefusedWithBothLines) {
  EXPECT_TRUE(contains(problem("a,b\n1,2\n3\n"), "line 3 has 1 cells, line 2 has 2\n  give every row the same columns"));
  EXPECT_TRUE(contains(problem("a,b,c\n1,2\n"), "line 2 has 2 cells, line 1 has 3"));
}

TEST(Csv, QuotesThatAreWrongAreRefusedWithTheirPlace) {
  EXPECT_EQ(problem("1,2\n3,\"4\n5,6"), "line 2, column 2: the quote is never closed");
  EXPECT_TRUE(contains(problem("1,\"2\"x\n"), "line 1, column 2: there is text after the closing quote"));
}

TEST(Csv, MissingValuesHaveSeveralNames) {
  for (const char* text : {"", " ", "NA", "n/a", "NaN", "null", "?"}) EXPECT_TRUE(is_missing(text)) << text;
  EXPECT_FALSE(is_missing("0"));
}

}  // namespace
}  // namespace mote::test

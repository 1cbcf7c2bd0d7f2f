#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mote {

struct CsvRow {
  int line = 0;  ///< where it begins in the file, from 1
  std::vector<std::string> cells;
};

/// A file of comma-separated values.
struct CsvTable {
  std::vector<std::string> heading;  ///< names of the columns; empty without a heading
  std::vector<CsvRow> rows;          ///< all equally long, none empty
};

/// RFC 4180, with the separator that occurs most in the first line: comma, semicolon or tab. Cells may be quoted and then hold
/// separators and new lines; others lose the spaces around them. Empty lines are left out. A first row without any number is the
/// heading. Rows of different lengths, open quotes and text after a quote are Errors that name the line.
CsvTable parse_csv(std::string_view text);

/// The column with this name in the heading, or of this number from 1. Error, naming the option that asked for it, when there is none.
/// The table must have a row.
std::size_t find_column(const CsvTable& table, const std::string& asked, std::string_view option);

/// The whole cell as a number, or NaN written as "nan". False when it is none.
bool parse_number(std::string_view cell, double& value);

/// Empty, or one of the words that stand for a missing value: NA, N/A, NaN, null, ?
bool is_missing(std::string_view cell);

}  // namespace mote

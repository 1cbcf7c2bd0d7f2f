#include "data/csv.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <fmt/ranges.h>

#include "support/error.hpp"

namespace mote {

namespace {

std::string_view trimmed(std::string_view cell) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = cell.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return cell.substr(first, cell.find_last_not_of(kSpace) - first + 1);
}

char separator_of(std::string_view text) {
  std::size_t counts[3] = {};
  constexpr std::string_view kSeparators = ",;\t";
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    const std::size_t which = kSeparators.find(c);
    if (which != std::string_view::npos) ++counts[which];
  }
  return kSeparators[static_cast<std::size_t>(std::max_element(std::begin(counts), std::end(counts)) - std::begin(counts))];
}

/// Takes rows off the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text), separator_(separator_of(text)) {}

  bool done() const { return rest_.empty(); }

  CsvRow row() {
    CsvRow row{line_, {}};
    do {
      row.cells.push_back(cell(row));
    } while (take(separator_));
    take('\n');
    return row;
  }

 private:
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    if (c == '\n') ++line_;
    rest_.remove_prefix(1);
    return true;
  }

  std::string cell(const CsvRow& row) {
    const std::size_t first = rest_.find_first_not_of(separator_ == '\t' ? " " : " \t");
    if (first != std::string_view::npos && rest_[first] == '"') {
      rest_.remove_prefix(first + 1);
      return quoted_cell(row);
    }
    const std::size_t length = std::min(rest_.find_first_of(std::string{separator_, '\n'}), rest_.size());
    const std::string_view text = trimmed(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return std::string(text);
  }

  std::string quoted_cell(const CsvRow& row) {
    std::string text;
    while (true) {
      const std::size_t quote = rest_.find('"');
      const auto place = [&] { return fmt::format("line {}, column {}", row.line, row.cells.size() + 1); };
      if (quote == std::string_view::npos) throw Error(place() + ": the quote is never closed");
      text += rest_.substr(0, quote);
      line_ += static_cast<int>(std::count(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(quote), '\n'));
      rest_.remove_prefix(quote + 1);
      if (take('"')) {  // two quotes stand for one
        text += '"';
        continue;
      }
      const std::size_t end = std::min(rest_.find_first_of(std::string{separator_, '\n'}), rest_.size());
      if (!trimmed(rest_.substr(0, end)).empty())
        throw Error(place() + ": there is text after the closing quote", "write a quote inside of quotes twice");
      rest_.remove_prefix(end);
      return text;
    }
  }

  std::string_view rest_;
  char separator_;
  int line_ = 1;
};

bool holds_number(const CsvRow& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [](const std::string& cell) {
    double ignored = 0;
    return parse_number(cell, ignored);
  });
}

}  // namespace

CsvTable parse_csv(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  CsvTable table;
  int heading_line = 0;
  for (Reader reader(text); !reader.done();) {
    CsvRow row = reader.row();
    if (row.cells.size() == 1 && row.cells[0].empty()) continue;
    if (table.rows.empty() && heading_line == 0 && !holds_number(row)) {
      heading_line = row.line;
      table.heading = std::move(row.cells);
      continue;
    }
    // A single cell above a table is its title.
    if (table.rows.empty() && table.heading.size() == 1) table.heading.resize(row.cells.size() == 1 ? 1 : 0);
    if (heading_line == 0) heading_line = row.line;
    const std::size_t width = !table.rows.empty() ? table.rows[0].cells.size() : table.heading.size();
    if (width != 0 && row.cells.size() != width) {
      throw Error(fmt::format("line {} has {} cells, line {} has {}", row.line, row.cells.size(),
                              table.rows.empty() ? heading_line : table.rows[0].line, width),
                  "give every row the same columns; leave a cell empty where a value is missing");
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

bool parse_number(std::string_view cell, double& value) {
  cell = trimmed(cell);
  if (cell.starts_with('+')) cell.remove_prefix(1);
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return !cell.empty() && code == std::errc() && end == cell.data() + cell.size();
}

bool is_missing(std::string_view cell) {
  constexpr std::string_view kWords[] = {"", "na", "n/a", "nan", "null", "?"};
  std::string lower(trimmed(cell));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords);
}

std::size_t find_column(const CsvTable& table, const std::string& asked, std::string_view option) {
  const auto named = std::find(table.heading.begin(), table.heading.end(), asked);
  if (named != table.heading.end()) return static_cast<std::size_t>(named - table.heading.begin());
  const std::size_t width = table.rows[0].cells.size();
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(asked.data(), asked.data() + asked.size(), number);
  if (code == std::errc() && end == asked.data() + asked.size() && number >= 1 && number <= width) return number - 1;
  throw Error(fmt::format("{} {}: there is no such column", option, asked),
              table.heading.empty() ? fmt::format("without a heading, give a number from 1 to {}", width)
                                    : fmt::format("columns: {}", fmt::join(table.heading, ", ")));
}

}  // namespace mote

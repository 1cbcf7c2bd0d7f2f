#include "data/samples_csv.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include <fmt/ranges.h>

#include "data/csv.hpp"
#include "data/input_array.hpp"
#include "data/labels.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

using Columns = std::vector<std::size_t>;

bool holds(const Columns& columns, std::size_t column) { return std::find(columns.begin(), columns.end(), column) != columns.end(); }

/// What each column of the file is for.
struct Layout {
  Columns inputs, labels;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::optional<std::size_t> usual_label(const CsvTable& table) {
  for (const std::string_view name : {"label", "class", "target", "y"}) {
    for (std::size_t c = 0; c < table.heading.size(); ++c) {
      if (lower(table.heading[c]) == name) return c;
    }
  }
  return std::nullopt;
}

Layout layout_of(const CsvTable& table, const Tensor& tensor, const DataOptions& options) {
  Layout layout;
  const std::size_t width = table.rows[0].cells.size();
  const auto wanted = static_cast<std::size_t>(tensor.elements());
  Columns ignored;
  for (const std::string& each : options.ignored) ignored.push_back(find_column(table, each, "--ignore"));
  for (const std::string& each : options.labels) layout.labels.push_back(find_column(table, each, "--label"));
  for (std::size_t c = 0; c < width; ++c) {
    if (!holds(ignored, c) && !holds(layout.labels, c)) layout.inputs.push_back(c);
  }
  if (options.labels.empty() && layout.inputs.size() == wanted + 1) {
    std::size_t label = usual_label(table).value_or(layout.inputs.back());
    if (holds(ignored, label)) label = layout.inputs.back();
    layout.labels = {label};
    std::erase(layout.inputs, label);
  }
  if (layout.inputs.size() == wanted) return layout;
  std::string problem = fmt::format("line {} has {} numbers, the input '{}' takes {}", table.rows[0].line, layout.inputs.size(),
                                    tensor.name, tensor.elements());
  if (layout.inputs.size() < wanted) throw Error(problem);
  throw Error(problem, "name the columns that are answers with --label, and those to leave out with --ignore");
}

/// A number with a point or an exponent, infinity or nan.
bool is_real(std::string_view cell) { return cell.find_first_of(".eEnN") != std::string_view::npos; }

double number_in(const CsvRow& row, std::size_t column, const DataOptions& options) {
  constexpr double kLargestInteger = 9007199254740992.0;  // all below are exact in double
  const std::string& cell = row.cells[column];
  const auto place = [&] { return fmt::format("line {}, column {}", row.line, column + 1); };
  if (is_missing(cell)) {
    if (options.allow_nan) return std::numeric_limits<double>::quiet_NaN();
    throw Error(fmt::format("{}: the value is missing ('{}')", place(), cell),
                "fill it in, drop the row, or give --allow-nan when the model is made for missing values");
  }
  double value = 0;
  if (!parse_number(cell, value)) throw Error(fmt::format("{}: '{}' is no number", place(), cell));
  if (!std::isfinite(value)) throw Error(fmt::format("{}: '{}' is infinite", place(), cell), "replace it by a number");
  if (!is_real(cell) && std::abs(value) > kLargestInteger) throw Error(fmt::format("{}: '{}' is too large", place(), cell));
  return value;
}

NpyArray array_of(const CsvTable& table, const Columns& columns, const DataOptions& options) {
  std::vector<double> values;
  bool real = false;
  for (const CsvRow& row : table.rows) {
    for (const std::size_t column : columns) {
      values.push_back(number_in(row, column, options));
      real = real || is_real(row.cells[column]) || std::isnan(values.back());
    }
  }
  NpyArray array{real ? "<f8" : "<i8", {static_cast<std::int64_t>(values.size())}, Bytes(values.size() * 8)};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t whole = real ? 0 : static_cast<std::int64_t>(values[i]);
    std::memcpy(&array.bytes[8 * i], real ? static_cast<const void*>(&values[i]) : &whole, 8);
  }
  return array;
}

std::string column_text(const CsvTable& table, std::size_t column) {
  return column < table.heading.size() ? fmt::format("column '{}'", table.heading[column]) : fmt::format("column {}", column + 1);
}

void take_answers(Samples& samples, const CsvTable& table, const Columns& columns, const Graph& graph) {
  for (const CsvRow& row : table.rows) {
    for (const std::size_t column : columns) {
      if (is_missing(row.cells[column]))
        throw Error(fmt::format("line {}, column {}: the label is missing", row.line, column + 1), "fill it in or drop the row");
    }
  }
  samples.notes.push_back("answers are in ");
  for (std::size_t i = 0; i < columns.size(); ++i) samples.notes.back() += (i == 0 ? "" : ", ") + column_text(table, columns[i]);
  if (columns.size() == 1) {
    std::vector<std::string> answers;
    for (const CsvRow& row : table.rows) answers.push_back(row.cells[columns[0]]);
    with_context(column_text(table, columns[0]), [&] { set_answers(samples, answers, graph); });
    return;
  }
  for (const CsvRow& row : table.rows) {
    auto& targets = samples.targets.emplace_back();
    for (const std::size_t column : columns) targets.push_back(number_in(row, column, {}));
  }
  samples.real_targets = true;
}

}  // namespace

Samples samples_from_csv(std::string_view text, const Graph& graph, const DataOptions& options) {
  const Tensor& tensor = only_input(graph, "a .csv file");
  const CsvTable table = parse_csv(text);
  if (table.rows.empty()) throw Error("there are no rows of values");
  const Layout layout = layout_of(table, tensor, options);
  Samples samples;
  samples.inputs = cut_into_samples(graph, {input_bytes(array_of(table, layout.inputs, options), tensor, options)});
  if (!layout.labels.empty()) take_answers(samples, table, layout.labels, graph);
  return samples;
}

}  // namespace mote

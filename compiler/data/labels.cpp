#include "data/labels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <fmt/ranges.h>

#include "data/convert.hpp"
#include "data/csv.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

bool is_class_index(double value) {
  return value == std::floor(value) && std::abs(value) <= std::numeric_limits<std::int32_t>::max();
}

bool written_as_real(const std::string& text) { return text.find_first_of(".eE") != std::string::npos; }

std::map<std::string, std::int32_t> indices_of(const std::vector<std::string>& names) {
  std::map<std::string, std::int32_t> indices;
  for (const std::string& name : names) indices.emplace(name, static_cast<std::int32_t>(indices.size()));
  return indices;
}

void set_by_name(Samples& samples, const std::vector<std::string>& answers, const std::vector<std::string>& names,
                 std::string_view owner) {
  const auto indices = indices_of(names);
  std::set<std::string> unknown;
  for (const std::string& answer : answers) {
    if (!indices.contains(answer)) unknown.insert(answer);
  }
  if (!unknown.empty()) {
    throw Error(fmt::format("{} not know the label{} {}", owner, unknown.size() == 1 ? "" : "s", fmt::join(unknown, ", ")),
                fmt::format("known are: {}", fmt::join(names, ", ")));
  }
  for (const std::string& answer : answers) samples.labels.push_back(indices.at(answer));
  samples.class_names = names;
}

void set_numbers(Samples& samples, const std::vector<double>& numbers) {
  for (const double number : numbers) samples.targets.push_back({number});
  if (!std::all_of(numbers.begin(), numbers.end(), is_class_index)) return;
  for (const double number : numbers) samples.labels.push_back(static_cast<std::int32_t>(number));
}

/// The place of the one in each row of zeros with a single one; empty when any row is another.
std::vector<std::int32_t> ones_of(const std::vector<std::vector<double>>& rows) {
  std::vector<std::int32_t> places;
  for (const auto& row : rows) {
    if (std::count(row.begin(), row.end(), 0.0) + 1 != static_cast<std::ptrdiff_t>(row.size())) return {};
    const auto one = std::find(row.begin(), row.end(), 1.0);
    if (one == row.end()) return {};
    places.push_back(static_cast<std::int32_t>(one - row.begin()));
  }
  return places;
}

/// The numbers as text; as names where the data has one for each.
std::vector<std::string> names_of_numbers(const std::vector<double>& numbers, const std::vector<std::string>& names) {
  const bool named = std::all_of(numbers.begin(), numbers.end(), [&](double n) { return n >= 0 && n < static_cast<double>(names.size()); });
  std::vector<std::string> texts;
  for (const double number : numbers) texts.push_back(named ? names[static_cast<std::size_t>(number)] : fmt::format("{:.0f}", number));
  return texts;
}

void require_count(std::int64_t count, std::size_t samples) {
  if (count != static_cast<std::int64_t>(samples))
    throw Error(fmt::format("{} labels for {} samples", count, samples), "give one for each sample");
}

}  // namespace

void set_answers(Samples& samples, const std::vector<std::string>& answers, const Graph& graph) {
  require_count(static_cast<std::int64_t>(answers.size()), samples.inputs.size());
  const auto known = indices_of(graph.labels);
  if (!answers.empty() && std::all_of(answers.begin(), answers.end(), [&](const std::string& text) { return known.contains(text); }))
    return set_by_name(samples, answers, graph.labels, "the model does");
  std::vector<double> numbers;
  for (const std::string& answer : answers) {
    double number = 0;
    if (!parse_number(answer, number) || !std::isfinite(number)) break;
    numbers.push_back(number);
  }
  if (numbers.size() == answers.size()) {
    samples.real_targets = std::any_of(answers.begin(), answers.end(), written_as_real);
    return set_numbers(samples, numbers);
  }
  if (!graph.labels.empty()) return set_by_name(samples, answers, graph.labels, "the model does");
  if (!samples.class_names.empty()) return set_by_name(samples, answers, samples.class_names, "class_names do");
  const std::set<std::string> sorted(answers.begin(), answers.end());
  set_by_name(samples, answers, {sorted.begin(), sorted.end()}, "");
}

void set_answers(Samples& samples, const NpyArray& answers, const Graph& graph) {
  const std::size_t count = samples.inputs.size();
  if (answers.descr[1] == 'U') return set_answers(samples, strings_of(answers), graph);
  const bool in_rows = answers.shape.size() >= 2 && answers.shape[0] == static_cast<std::int64_t>(count) && count > 0 &&
                       answers.elements() > answers.shape[0];
  if (!in_rows) require_count(answers.elements(), count);
  const std::int64_t width = in_rows ? answers.elements() / answers.shape[0] : 1;
  const bool real = answers.descr[1] == 'f';
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < answers.elements(); ++i) {
    numbers.push_back(number_at(answers, i));
    if (!std::isfinite(numbers.back()))
      throw Error(fmt::format("the answer of sample {} is not a finite number", i / width), "leave the sample out, or give its answer");
  }
  if (!in_rows) {
    if (!real && !graph.labels.empty()) return set_answers(samples, names_of_numbers(numbers, samples.class_names), graph);
    samples.real_targets = real;
    return set_numbers(samples, numbers);
  }
  for (auto row = numbers.begin(); row != numbers.end(); row += width) samples.targets.emplace_back(row, row + width);
  samples.labels = ones_of(samples.targets);
  samples.real_targets = samples.labels.empty();
}

}  // namespace mote

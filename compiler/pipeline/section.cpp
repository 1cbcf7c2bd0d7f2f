#include "pipeline/section.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/ranges.h>

namespace mote {

namespace {

std::optional<double> as_number(const ConfigValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value.value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value.value)) return *real;
  return std::nullopt;
}

}  // namespace

std::optional<double> seconds_of(std::string_view text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || !std::isfinite(value)) return std::nullopt;
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  constexpr std::pair<std::string_view, double> kUnits[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"h", 3600}};
  for (const auto& [name, seconds] : kUnits)
    if (unit == name) return value * seconds;
  return std::nullopt;
}

void Section::fail(std::string_view key, std::string_view problem, std::string remedy) const {
  const ConfigPlace at = place(key);
  throw Error(fmt::format("line {}: {}{}{}: {}", at.line, title_, key.empty() ? "" : " ", key, problem), std::move(remedy));
}

ConfigPlace Section::place(std::string_view key) const {
  const auto found = table_.find(key);
  return found == table_.end() ? place_ : found->second.place;
}

const ConfigValue* Section::find(std::string_view key) {
  asked_.emplace(key);
  const auto found = table_.find(key);
  return found == table_.end() ? nullptr : &found->second;
}

template <typename T>
std::optional<T> Section::required(std::string_view key, std::optional<T> value) const {
  if (!value) fail(key, "is missing");
  return value;
}

std::optional<std::string> Section::text(std::string_view key) {
  const ConfigValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto* text = std::get_if<std::string>(&value->value);
  if (text == nullptr) fail(key, "must be a text in quotes");
  return *text;
}

std::string Section::required_text(std::string_view key) { return *required(key, text(key)); }

std::string Section::one_of(std::string_view key, const std::vector<std::string_view>& words) {
  const std::optional<std::string> word = text(key);
  if (!word) return std::string(words.front());
  if (std::find(words.begin(), words.end(), *word) == words.end())
    fail(key, fmt::format("'{}' is not known", *word), fmt::format("one of: {}", fmt::join(words, ", ")));
  return *word;
}

std::optional<double> Section::number(std::string_view key) {
  const ConfigValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  const std::optional<double> number = as_number(*value);
  if (!number) fail(key, "must be a number");
  return number;
}

double Section::required_number(std::string_view key) { return *required(key, number(key)); }

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const ConfigValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto* whole = std::get_if<std::int64_t>(&value->value);
  if (whole == nullptr || *whole < least || *whole > most) fail(key, fmt::format("must be a whole number from {} to {}", least, most));
  return *whole;
}

std::int64_t Section::required_integer(std::string_view key, std::int64_t least, std::int64_t most) {
  return *required(key, integer(key, least, most));
}

std::optional<bool> Section::flag(std::string_view key) {
  const ConfigValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto* flag = std::get_if<bool>(&value->value);
  if (flag == nullptr) fail(key, "must be true or false");
  return *flag;
}

std::optional<std::vector<double>> Section::numbers(std::string_view key) {
  const ConfigValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto number = as_number(*value)) return std::vector<double>{*number};
  const auto* list = std::get_if<ConfigList>(&value->value);
  if (list == nullptr) fail(key, "must be a number or a list of numbers");
  std::vector<double> result;
  for (const ConfigValue& item : *list) {
    const auto number = as_number(item);
    if (!number) fail(key, "must hold numbers only");
    result.push_back(*number);
  }
  return result;
}

std::optional<std::vector<std::string>> Section::texts(std::string_view key) {
  const ConfigValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&value->value)) return std::vector<std::string>{*text};
  const auto* list = std::get_if<ConfigList>(&value->value);
  if (list == nullptr) fail(key, "must be a list of texts");
  std::vector<std::string> result;
  for (const ConfigValue& item : *list) {
    const auto* text = std::get_if<std::string>(&item.value);
    if (text == nullptr) fail(key, "must hold texts only");
    result.push_back(*text);
  }
  return result;
}

std::optional<std::int64_t> Section::steps(std::string_view key, double rate_hz, std::string_view what, std::int64_t least) {
  const ConfigValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  std::int64_t count = 0;
  if (const auto* whole = std::get_if<std::int64_t>(&value->value)) {
    count = *whole;
  } else {
    const auto* text = std::get_if<std::string>(&value->value);
    const std::optional<double> seconds = text == nullptr ? std::nullopt : seconds_of(*text);
    if (!seconds)
      fail(key, fmt::format("must be a whole number of {} or a duration", what), "durations are written \"20 ms\"; units: us, ms, s, min, h");
    const double exact = *seconds * rate_hz;
    if (std::fabs(exact) > 1e9) fail(key, fmt::format("\"{}\" is too long", *text));
    count = std::llround(exact);
    if (std::fabs(exact - static_cast<double>(count)) > 1e-3)
      fail(key, fmt::format("\"{}\" is {:.6g} {}, not a whole number", *text, exact, what), fmt::format("one of them takes {:.6g} ms", 1e3 / rate_hz));
  }
  if (count < least || count > 1'000'000'000) fail(key, fmt::format("is {} {}; at least {} is needed", count, what, least));
  return count;
}

std::int64_t Section::required_steps(std::string_view key, double rate_hz, std::string_view what, std::int64_t least) {
  return *required(key, steps(key, rate_hz, what, least));
}

std::filesystem::path Section::file(std::string_view key) { return directory_ / required_text(key); }

void Section::finish() const {
  for (const auto& [key, value] : table_) {
    if (!asked_.contains(key)) fail(key, "is not known here", fmt::format("known: {}", fmt::join(asked_, ", ")));
  }
}

}  // namespace mote

#include "pipeline/edit_config.hpp"

#include "pipeline/config.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// Where a line begins, counted from 1; the end of the text when there are fewer.
std::size_t line_start(std::string_view text, std::size_t line) {
  std::size_t at = 0;
  for (std::size_t i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return text.size();
    at = end + 1;
  }
  return at;
}

/// Columns are counted in code points.
std::size_t offset_of(std::string_view text, std::size_t line, std::size_t column) {
  std::size_t at = line_start(text, line);
  for (std::size_t i = 1; i < column && at < text.size(); ++i) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  }
  return at;
}

const ConfigValue* find(const ConfigTable& table, std::string_view key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

}  // namespace

std::string with_setting(std::string_view text, std::string_view section, std::string_view key, std::string_view value) {
  const ConfigTable file = parse_config(text);
  const ConfigValue* place = find(file, section);
  const auto* table = place == nullptr ? nullptr : std::get_if<ConfigTable>(&place->value);
  if (table == nullptr) throw Error(fmt::format("there is no section [{}] to write '{}' into", section, key));
  std::string result(text);
  if (const ConfigValue* old = find(*table, key)) {
    const std::size_t begin = offset_of(text, old->place.line, old->place.column),
                      end = offset_of(text, old->place.end_line, old->place.end_column);
    result.replace(begin, end - begin, value);
  } else {
    const std::size_t next = line_start(text, place->place.line + 1);
    const bool ends_without_line = next == text.size() && !text.ends_with('\n');
    result.insert(next, fmt::format("{}{} = {}\n", ends_without_line ? "\n" : "", key, value));
  }
  // What was written must be what is read: an inline table, say, has no lines of its own.
  const ConfigTable wanted = parse_config(fmt::format("value = {}", value));
  const ConfigTable edited = parse_config(result);
  const ConfigValue* new_section = find(edited, section);
  const auto* new_table = new_section == nullptr ? nullptr : std::get_if<ConfigTable>(&new_section->value);
  const ConfigValue* now = new_table == nullptr ? nullptr : find(*new_table, key);
  if (now == nullptr || now->value.index() != wanted.find("value")->second.value.index())
    throw Error(fmt::format("'{}' cannot be written into [{}] as the file is laid out", key, section),
                fmt::format("write it yourself: {} = {}", key, value));
  return result;
}

}  // namespace mote

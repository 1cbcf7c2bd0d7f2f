#pragma once

#include <optional>
#include <set>

#include "pipeline/config.hpp"
#include "support/error.hpp"

namespace mote {

/// One table of a pipeline's file, read key by key; every failure says line, section and key. What nobody has asked for when `finish`
/// is called is refused, with the keys that there are.
class Section {
 public:
  /// `title`: how the section is called in messages ("[source]"). `directory`: what paths in it start from. The table must outlive it.
  Section(std::string title, const ConfigTable& table, ConfigPlace place, std::filesystem::path directory)
      : title_(std::move(title)), table_(table), place_(place), directory_(std::move(directory)) {}

  [[noreturn]] void fail(std::string_view key, std::string_view problem, std::string remedy = "") const;
  bool has(std::string_view key) const { return table_.contains(key); }
  const std::string& title() const { return title_; }
  const std::filesystem::path& directory() const { return directory_; }
  /// Where the value of a key stands; of the section when there is none.
  ConfigPlace place(std::string_view key) const;

  std::optional<std::string> text(std::string_view key);
  std::string required_text(std::string_view key);
  /// One of `words`; the first when the key is missing.
  std::string one_of(std::string_view key, const std::vector<std::string_view>& words);
  std::optional<double> number(std::string_view key);
  double required_number(std::string_view key);
  /// Whole, between `least` and `most`.
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::int64_t required_integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<bool> flag(std::string_view key);
  /// A list of numbers, or one number, which is a list of one.
  std::optional<std::vector<double>> numbers(std::string_view key);
  std::optional<std::vector<std::string>> texts(std::string_view key);
  /// A duration in steps of `rate_hz`: a whole number of them, or a text such as "20 ms" (us, ms, s, min, h), which must come out whole
  /// (to within a thousandth of a step). `what`: what is counted ("samples"), for messages.
  std::optional<std::int64_t> steps(std::string_view key, double rate_hz, std::string_view what, std::int64_t least = 1);
  std::int64_t required_steps(std::string_view key, double rate_hz, std::string_view what, std::int64_t least = 1);
  /// A path, from the file's directory on. Error when the key is missing.
  std::filesystem::path file(std::string_view key);

  void finish() const;

 private:
  const ConfigValue* find(std::string_view key);
  template <typename T>
  std::optional<T> required(std::string_view key, std::optional<T> value) const;

  std::string title_;
  const ConfigTable& table_;
  ConfigPlace place_;
  std::filesystem::path directory_;
  std::set<std::string, std::less<>> asked_;
};

/// "20 ms" as seconds; nothing when the text is no duration.
std::optional<double> seconds_of(std::string_view text);

}  // namespace mote

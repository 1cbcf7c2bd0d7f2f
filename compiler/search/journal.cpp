#include "search/journal.hpp"

#include <fstream>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "mote search 1";

template <typename T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

template <typename T>
std::optional<T> optional_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<T>();
}

std::int64_t whole_number(const Json& json) {
  if (!json.is_number_integer()) throw Error(fmt::format("{} is no whole number", json.dump()), "delete the file to search anew");
  return json.get<std::int64_t>();
}

std::optional<std::int64_t> whole_or_null(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(whole_number(json));
}

Json json_of(const Finding& finding) {
  const Quality& q = finding.quality;
  Json plans = Json::array();
  for (const PlannedCost& plan : finding.plans)
    plans.push_back({{"flash_limit", or_null(plan.flash_limit)},
                     {"ram_limit", or_null(plan.ram_limit)},
                     {"flash", plan.cost.flash_bytes},
                     {"ram", plan.cost.ram_bytes},
                     {"cycles", plan.cost.cycles},
                     {"milliseconds", or_null(plan.cost.milliseconds)},
                     {"millijoules", or_null(plan.cost.millijoules)}});
  return {{"drop", finding.drop},
          {"macs", finding.macs},
          {"quality", {q.sqnr_db, q.mean_abs_error, q.relative_error, or_null(q.agreement), or_null(q.accuracy)}},
          {"plans", plans}};
}

Finding finding_of(const Json& json) {
  Finding finding;
  const Json& q = json.at("quality");
  // JSON has no infinity: an exact model's ratio is null.
  finding.quality = {optional_of<double>(q.at(0)).value_or(std::numeric_limits<double>::infinity()), q.at(1).get<double>(),
                     q.at(2).get<double>(), optional_of<double>(q.at(3)), optional_of<double>(q.at(4))};
  finding.drop = json.at("drop").get<double>();
  finding.macs = whole_number(json.at("macs"));
  for (const Json& plan : json.at("plans"))
    finding.plans.push_back({whole_or_null(plan.at("flash_limit")),
                             whole_or_null(plan.at("ram_limit")),
                             {whole_number(plan.at("flash")), whole_number(plan.at("ram")), plan.at("cycles").get<double>(),
                              optional_of<double>(plan.at("milliseconds")), optional_of<double>(plan.at("millijoules"))}});
  return finding;
}

Json json_of(const WantedForms& forms) {
  Json json = Json::array();
  for (const auto& [layer, form] : forms) json.push_back({layer, weight_form_name(form)});
  return json;
}

WantedForms wanted_forms_of(const Json& json) {
  WantedForms forms;
  for (const Json& each : json)
    forms.emplace_back(each.at(0).get<std::string>(), parse_weight_form(each.at(1).get<std::string>()));
  return forms;
}

void read_line(const Json& json, JournalEntries& entries) {
  if (json.contains("recipe")) {
    entries.findings[json.at("recipe").get<std::string>()] = finding_of(json.at("finding"));
    return;
  }
  std::vector<WantedForms> choices;
  for (const Json& each : json.at("forms")) choices.push_back(wanted_forms_of(each));
  entries.choices[json.at("pruned").get<double>()] = std::move(choices);
}

void check_first_line(const Json& json, std::string_view search) {
  if (json.at("format").get<std::string>() != kFormat) throw Error("this is no file of a search by this version of mote");
  if (json.at("search").get<std::string>() != search)
    throw Error("this file is of a search with another model, data or options", "name another file, or delete this one");
}

}  // namespace

JournalEntries parse_journal(std::string_view text, std::string_view search) {
  JournalEntries entries;
  // A last line without an end: the search was stopped in the middle of it.
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', entries.whole)) {
    try {
      const Json json = Json::parse(text.substr(entries.whole, end - entries.whole));
      entries.whole == 0 ? check_first_line(json, search) : read_line(json, entries);
    } catch (const Json::exception&) {
      throw Error(fmt::format("byte {} is not what a search writes", entries.whole), "delete the file to search anew");
    }
    entries.whole = end + 1;
  }
  return entries;
}

Journal::Journal(std::filesystem::path file, std::string search) : file_(std::move(file)) {
  if (file_.empty()) return;
  if (std::filesystem::exists(file_)) {
    with_context(file_.string(), [&] {
      const std::vector<std::uint8_t> bytes = read_file(file_);
      entries_ = parse_journal({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, search);
      if (entries_.whole < bytes.size()) std::filesystem::resize_file(file_, entries_.whole);
    });
  }
  if (entries_.whole > 0) return;
  const std::string line = Json{{"format", kFormat}, {"search", search}}.dump() + "\n";
  write_file(file_, {line.data(), line.size()});
}

std::filesystem::path Journal::training_file(const Recipe& recipe) const {
  if (file_.empty()) return {};
  const std::string text = recipe_text(recipe);
  return fmt::format("{}.{:016x}", file_.string(), XXH64(text.data(), text.size(), 0));
}

std::optional<Finding> Journal::find(const Recipe& recipe) const {
  const auto found = entries_.findings.find(recipe_text(recipe));
  if (found == entries_.findings.end()) return std::nullopt;
  return found->second;
}

void Journal::add(const Recipe& recipe, const Finding& finding) {
  const std::string text = recipe_text(recipe);
  entries_.findings[text] = finding;
  append(Json{{"recipe", text}, {"finding", json_of(finding)}}.dump());
}

std::optional<std::vector<WantedForms>> Journal::find_forms(double pruned) const {
  const auto found = entries_.choices.find(pruned);
  if (found == entries_.choices.end()) return std::nullopt;
  return found->second;
}

void Journal::add_forms(double pruned, const std::vector<WantedForms>& forms) {
  entries_.choices[pruned] = forms;
  Json choices = Json::array();
  for (const WantedForms& each : forms) choices.push_back(json_of(each));
  append(Json{{"pruned", pruned}, {"forms", choices}}.dump());
}

void Journal::append(const std::string& line) const {
  if (file_.empty()) return;
  std::ofstream out(file_, std::ios::app | std::ios::binary);
  out << line << '\n' << std::flush;
  if (!out) throw Error(fmt::format("{} cannot be written", file_.string()), "check that the disk has room");
}

}  // namespace mote

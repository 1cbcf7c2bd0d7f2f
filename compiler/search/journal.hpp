#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compress/quality.hpp"
#include "search/budget.hpp"
#include "search/recipe.hpp"

namespace mote {

/// A way to run a compressed model: the flash that selection was held to, and what the plan is predicted to take.
struct PlannedCost {
  std::optional<std::int64_t> flash_limit, ram_limit;
  Cost cost;
};

/// What a recipe gave.
struct Finding {
  Quality quality;
  double drop = 0;
  std::int64_t macs = 0;
  std::vector<PlannedCost> plans;  ///< rising flash
};

/// What a journal's text holds.
struct JournalEntries {
  std::map<std::string, Finding> findings;             ///< by recipe_text
  std::map<double, std::vector<WantedForms>> choices;  ///< by the share that is pruned
  std::size_t whole = 0;                               ///< bytes of the lines that are whole
};

/// `search`: see Journal. Error when the text is of another search or damaged.
JournalEntries parse_journal(std::string_view text, std::string_view search);

/// What a search has found so far, a line of JSON for each recipe, written as soon as it is known. A search that is started again
/// with the same file, model, data and options goes on where it was.
class Journal {
 public:
  /// `search` tells searches apart: model, data and options as text. Error when the file is of another search or damaged; a last
  /// line that is not whole is dropped. An empty path: nothing is kept.
  Journal(std::filesystem::path file, std::string search);

  std::optional<Finding> find(const Recipe& recipe) const;
  void add(const Recipe& recipe, const Finding& finding);
  /// The choices of forms that are looked at for a share that is pruned.
  std::optional<std::vector<WantedForms>> find_forms(double pruned) const;
  void add_forms(double pruned, const std::vector<WantedForms>& forms);
  std::size_t size() const { return entries_.findings.size(); }
  /// Where the training of a recipe may keep its state: a file beside the journal.
  std::filesystem::path training_file(const Recipe& recipe) const;

 private:
  void append(const std::string& line) const;

  std::filesystem::path file_;
  JournalEntries entries_;
};

}  // namespace mote

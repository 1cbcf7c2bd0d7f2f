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

/// What a search has found so far, a line of JSON for each recipe, written as soon as it is known. A search that is started again with the
/// same file, model, data and options goes on where it was.
class Journal {
 public:
  /// `search` tells searches apart: model, data and options as text. Error when the file is of another search or damaged; a last line that is
  /// not whole is dropped. An empty path: nothing is kept.
  Journal(std::filesystem::path file, std::string search);

  std::optional<Finding> find(const Recipe& recipe) const;
  void add(const Recipe& recipe, const Finding& finding);
  /// The choices of forms that are looked at for a share that is pruned.
  std::optional<std::vector<WantedForms>> find_forms(double pruned) const;
  void add_forms(double pruned, const std::vector<WantedForms>& forms);
  std::size_t size() const { return findings_.size(); }

 private:
  void read(const std::string& text);
  void append(const std::string& line) const;

  std::filesystem::path file_;
  std::string search_;
  std::map<std::string, Finding> findings_;
  std::map<double, std::vector<WantedForms>> forms_;
};

}  // namespace mote

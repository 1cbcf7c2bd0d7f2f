#include "search/recipe.hpp"

#include <fmt/format.h>

namespace mote {

std::string recipe_text(const Recipe& recipe) {
  std::string text = recipe.pruned > 0 ? fmt::format("pruned {:g} %", 100 * recipe.pruned) : "not pruned";
  for (const auto& [layer, form] : recipe.forms) text += fmt::format(", {} {}", layer, weight_form_name(form));
  if (!recipe.training.empty()) text += fmt::format(", trained {}", recipe.training);
  return text;
}

}  // namespace mote

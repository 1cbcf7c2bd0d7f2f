#include "import/unsupported.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mote {

namespace {

std::string join_reasons(const std::vector<std::string>& reasons) {
  constexpr std::size_t kShown = 20;
  std::string text = "not supported:";
  for (std::size_t i = 0; i < std::min(reasons.size(), kShown); ++i) text += "\n  - " + reasons[i];
  if (reasons.size() > kShown) text += fmt::format("\n  - and {} more", reasons.size() - kShown);
  return text;
}

}  // namespace

UnsupportedModel::UnsupportedModel(std::vector<std::string> reasons, std::vector<Row> operators)
    : Error(join_reasons(reasons), "`mote operators` lists what is supported"),
      reasons_(std::move(reasons)),
      operators_(std::move(operators)) {}

void Unsupported::add(const std::string& reason) {
  if (counts_[reason]++ == 0) order_.push_back(reason);
}

std::vector<std::string> Unsupported::reasons() const {
  std::vector<std::string> result;
  for (const std::string& reason : order_) {
    const int count = counts_.at(reason);
    result.push_back(count > 1 ? fmt::format("{} ({} times)", reason, count) : reason);
  }
  return result;
}

}  // namespace mote

#include "train/optimizer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mote {

void optimize(OptimizerKind kind, double rate, const Slots& gradient, OptimizerState& state, Slots& slots) {
  constexpr double kMomentum = 0.9, kSquares = 0.999, kSmall = 1e-8;
  const auto zeros = [&](Slots& like) {
    for (std::size_t i = like.size(); i < slots.size(); ++i) like.emplace_back(slots[i].size(), 0.0F);
  };
  zeros(state.first);
  zeros(state.second);
  ++state.steps;
  const double first_share = 1 - std::pow(kMomentum, static_cast<double>(state.steps));
  const double second_share = 1 - std::pow(kSquares, static_cast<double>(state.steps));
  for (std::size_t i = 0; i < slots.size(); ++i)
    for (std::size_t j = 0; j < slots[i].size(); ++j) {
      const auto g = static_cast<double>(gradient[i][j]);
      float& first = state.first[i][j];
      if (kind == OptimizerKind::kSgd) {
        first = static_cast<float>(kMomentum * static_cast<double>(first) + g);
        slots[i][j] -= static_cast<float>(rate * static_cast<double>(first));
        continue;
      }
      float& second = state.second[i][j];
      first = static_cast<float>(kMomentum * static_cast<double>(first) + (1 - kMomentum) * g);
      second = static_cast<float>(kSquares * static_cast<double>(second) + (1 - kSquares) * g * g);
      const double size = std::sqrt(static_cast<double>(second) / second_share) + kSmall;
      slots[i][j] -= static_cast<float>(rate * static_cast<double>(first) / first_share / size);
    }
}

double scheduled_rate(double rate, std::int64_t step, std::int64_t steps) {
  constexpr std::int64_t kRise = 50;
  const double rise = std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(std::min(kRise, steps)));
  return rate * rise * 0.5 * (1 + std::cos(std::numbers::pi * static_cast<double>(step) / static_cast<double>(steps)));
}

}  // namespace mote

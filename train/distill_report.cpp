#include "train/distill_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "support/table.hpp"

namespace mote {

std::string sparkline(const std::vector<double>& numbers, std::size_t width) {
  static constexpr std::array<std::string_view, 8> kBars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  constexpr double kSmallest = 1e-12;
  if (numbers.empty() || width == 0) return "";
  std::vector<double> logs;
  const std::size_t columns = std::min(width, numbers.size());
  for (std::size_t c = 0; c < columns; ++c) {
    const std::size_t begin = c * numbers.size() / columns;
    const std::size_t end = std::max(begin + 1, (c + 1) * numbers.size() / columns);
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) sum += std::log(std::max(numbers[i], kSmallest));
    logs.push_back(sum / static_cast<double>(end - begin));
  }
  const auto [lowest, highest] = std::minmax_element(logs.begin(), logs.end());
  std::string text;
  for (const double value : logs) {
    const double height = *highest > *lowest ? (value - *lowest) / (*highest - *lowest) : 0;
    text += kBars[static_cast<std::size_t>(std::lround(height * 7))];
  }
  return text;
}

nlohmann::ordered_json distill_json(const DistillResult& result) {
  nlohmann::ordered_json json{{"epochs", result.curve.size() - 1},     {"best_epoch", result.best_epoch},
                              {"resumed_after", result.resumed_after}, {"stopped", result.stopped},
                              {"learned_from", result.learned_from},   {"held_back", result.held_back}};
  if (result.zeros_chosen_in > 0) json["zeros_chosen_in"] = result.zeros_chosen_in;
  json["held_back_loss_before"] = result.curve[0].held_back;
  json["curve"] = nlohmann::ordered_json::array();
  for (std::size_t epoch = 1; epoch < result.curve.size(); ++epoch)
    json["curve"].push_back({{"epoch", epoch}, {"training", result.curve[epoch].training}, {"held_back", result.curve[epoch].held_back}});
  return json;
}

std::string distill_text(const DistillResult& result) {
  constexpr std::size_t kRows = 10;
  const std::size_t epochs = result.curve.size() - 1;
  std::string text = fmt::format("distilled for {} epochs from {} samples, {} held back", epochs, result.learned_from, result.held_back);
  if (result.resumed_after > 0) text += fmt::format("; {} epochs came from the checkpoint", result.resumed_after);
  if (result.stopped) text += "; stopped before the end";
  text += "\n";
  if (epochs > 0) {
    std::vector<double> training;
    std::vector<double> held_back;
    for (std::size_t epoch = 0; epoch <= epochs; ++epoch) {
      if (epoch > 0) training.push_back(result.curve[epoch].training);
      held_back.push_back(result.curve[epoch].held_back);
    }
    text += fmt::format("  training   {}\n  held back {}\n", sparkline(training), sparkline(held_back));
  }
  std::vector<std::vector<std::string>> rows{{"epoch", "training loss", "held-back loss"}};
  for (std::size_t row = 0; row <= std::min(kRows, epochs); ++row) {
    const std::size_t epoch = epochs == 0 ? 0 : row * epochs / std::min(kRows, epochs);
    const EpochLoss& loss = result.curve[epoch];
    rows.push_back({fmt::format("{}", epoch), epoch == 0 ? "" : fmt::format("{:.5f}", loss.training), fmt::format("{:.5f}", loss.held_back)});
  }
  text += format_table(rows);
  if (result.zeros_chosen_in > 0)
    text += fmt::format("zeros were chosen up to epoch {}; epochs before it have too few of them to be the best\n", result.zeros_chosen_in);
  return text + fmt::format("the best on held-back samples is epoch {}: loss {:.5f}, {:.5f} before training\n", result.best_epoch,
                            result.curve[static_cast<std::size_t>(result.best_epoch)].held_back, result.curve[0].held_back);
}

}  // namespace mote

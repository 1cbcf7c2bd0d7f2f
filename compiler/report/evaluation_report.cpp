#include "report/evaluation_report.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "support/table.hpp"

namespace mote {

namespace {

constexpr std::size_t kLargestMatrix = 20;
constexpr std::size_t kWorstMistakes = 15;

std::string part(double value) { return fmt::format("{:.3f}", value); }
std::string percent(double value) { return fmt::format("{:.2f} %", 100 * value); }

/// JSON has no NaN and no infinity.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json class_json(const std::string& name, const ClassMetrics& each) {
  return {{"class", name},         {"precision", each.precision}, {"recall", each.recall},
          {"f1", each.f1}, {"support", each.support},     {"predicted", each.predicted}};
}

Json threshold_json(const RankingThreshold& threshold) {
  return {{"threshold", number(threshold.value)},
          {"precision", threshold.precision},
          {"recall", threshold.recall},
          {"f1", threshold.f1},
          {"false_positive_rate", threshold.false_positive_rate},
          {"youden", threshold.youden()}};
}

Json regression_json(const RegressionMetrics& each) {
  return {{"mae", number(each.mae)},
          {"rmse", number(each.rmse)},
          {"r2", number(each.r2)},
          {"max_error", number(each.max_error)},
          {"bias", number(each.bias)}};
}

std::string classes_text(const Assessment& assessment) {
  const ClassificationMetrics& metrics = *assessment.classification;
  std::vector<std::vector<std::string>> rows{{"class", "precision", "recall", "F1", "support"}};
  const auto add = [&](const std::string& name, const ClassMetrics& each) {
    rows.push_back({name, part(each.precision), part(each.recall), part(each.f1), grouped(each.support)});
  };
  for (std::size_t c = 0; c < metrics.classes.size(); ++c) add(assessment.class_names[c], metrics.classes[c]);
  add("macro mean", metrics.macro);
  add("weighted mean", metrics.weighted);
  return format_table(rows);
}

std::string short_name(const std::string& name) {
  constexpr std::size_t kLongest = 12;
  return name.size() <= kLongest ? name : name.substr(0, kLongest - 1) + "~";
}

std::string confusion_text(const Assessment& assessment) {
  const ClassificationMetrics& metrics = *assessment.classification;
  const auto& names = assessment.class_names;
  if (names.size() > kLargestMatrix) {
    std::vector<std::vector<std::string>> rows{{"right class", "taken for", "times"}};
    for (const Confusion& each : worst_confusions(metrics, kWorstMistakes))
      rows.push_back({names[static_cast<std::size_t>(each.truth)], names[static_cast<std::size_t>(each.predicted)], grouped(each.count)});
    return rows.size() == 1 ? "no mistakes\n" : "the mistakes made most often\n" + format_table(rows);
  }
  std::vector<std::vector<std::string>> rows{{"right \\ said"}};
  for (const std::string& name : names) rows[0].push_back(short_name(name));
  for (std::size_t truth = 0; truth < names.size(); ++truth) {
    auto& row = rows.emplace_back(std::vector<std::string>{short_name(names[truth])});
    for (const std::int64_t count : metrics.confusion[truth]) row.push_back(count == 0 ? "." : grouped(count));
  }
  return format_table(rows);
}

std::string threshold_text(std::string_view what, const RankingThreshold& threshold) {
  return fmt::format("best threshold by {}: {:.6g} (precision {:.3f}, recall {:.3f}, F1 {:.3f}, false positive rate {:.3f})\n", what,
                     threshold.value, threshold.precision, threshold.recall, threshold.f1, threshold.false_positive_rate);
}

std::string ranking_text(const Assessment& assessment) {
  const RankingMetrics& ranking = *assessment.ranking;
  return fmt::format("positive class {}: {} of {} samples\nROC AUC {:.4f}, average precision {:.4f}\n",
                     assessment.class_names[static_cast<std::size_t>(assessment.positive)], grouped(ranking.positives),
                     grouped(ranking.positives + ranking.negatives), ranking.roc_auc, ranking.average_precision) +
         threshold_text("F1", ranking.best_f1) + threshold_text("Youden's J", ranking.best_youden);
}

std::string regression_text(const Assessment& assessment) {
  std::vector<std::vector<std::string>> rows{{"output", "MAE", "RMSE", "R2", "largest error", "bias"}};
  const auto add = [&](const std::string& name, const RegressionMetrics& each) {
    rows.push_back({name, fmt::format("{:.6g}", each.mae), fmt::format("{:.6g}", each.rmse), fmt::format("{:.4f}", each.r2),
                    fmt::format("{:.6g}", each.max_error), fmt::format("{:.4g}", each.bias)});
  };
  for (std::size_t o = 0; o < assessment.regression.size(); ++o) add(std::to_string(o), assessment.regression[o]);
  if (assessment.regression.size() > 1) add("mean", mean_of(assessment.regression));
  return format_table(rows);
}

/// A cell of a .csv: quoted when it must be.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

}  // namespace

Json evaluation_json(const Assessment& assessment, const EvaluationRun& run) {
  Json json{{"model", run.model},           {"data", run.data},         {"target", run.target}, {"samples", run.samples},
            {"task", task_name(assessment.task)}, {"reason", assessment.reason}, {"notes", run.notes},   {"threads", run.lanes},
            {"build_seconds", run.build_seconds}, {"seconds", run.seconds}, {"processor_seconds", run.processor_seconds}};
  if (assessment.classification) {
    const ClassificationMetrics& metrics = *assessment.classification;
    json["accuracy"] = metrics.accuracy;
    json["correct"] = metrics.correct;
    json["balanced_accuracy"] = metrics.balanced_accuracy;
    json["macro"] = class_json("macro", metrics.macro);
    json["weighted"] = class_json("weighted", metrics.weighted);
    json["classes"] = Json::array();
    for (std::size_t c = 0; c < metrics.classes.size(); ++c) json["classes"].push_back(class_json(assessment.class_names[c], metrics.classes[c]));
    json["confusion"] = metrics.confusion;
  }
  if (assessment.top_k > 0) json[fmt::format("top_{}_accuracy", assessment.top_k)] = assessment.top_k_accuracy;
  if (assessment.threshold) json["threshold"] = *assessment.threshold;
  if (assessment.ranking) {
    const RankingMetrics& ranking = *assessment.ranking;
    json["positive_class"] = assessment.class_names[static_cast<std::size_t>(assessment.positive)];
    json["positives"] = ranking.positives;
    json["negatives"] = ranking.negatives;
    json["roc_auc"] = ranking.roc_auc;
    json["average_precision"] = ranking.average_precision;
    json["best_f1"] = threshold_json(ranking.best_f1);
    json["best_youden"] = threshold_json(ranking.best_youden);
  }
  if (!assessment.regression.empty()) {
    json.update(regression_json(mean_of(assessment.regression)));
    json["outputs"] = Json::array();
    for (const RegressionMetrics& each : assessment.regression) json["outputs"].push_back(regression_json(each));
  }
  return json;
}

std::string evaluation_text(const Assessment& assessment, const EvaluationRun& run) {
  std::string text = fmt::format("{} on {}: {} samples of {}\n", run.model, run.target, grouped(static_cast<std::int64_t>(run.samples)), run.data);
  for (const std::string& note : run.notes) text += fmt::format("  {}\n", note);
  text += fmt::format("task: {} ({})\n\n", task_name(assessment.task), assessment.reason);
  if (assessment.classification) {
    const ClassificationMetrics& metrics = *assessment.classification;
    text += fmt::format("accuracy {}/{} = {}", grouped(metrics.correct), grouped(metrics.samples), percent(metrics.accuracy));
    if (assessment.top_k > 0) text += fmt::format(", among the {} highest {}", assessment.top_k, percent(assessment.top_k_accuracy));
    if (assessment.threshold) text += fmt::format(", threshold {:.6g}", *assessment.threshold);
    text += fmt::format("\n\n{}\n{}\n", classes_text(assessment), confusion_text(assessment));
  }
  if (assessment.ranking) text += ranking_text(assessment) + "\n";
  if (!assessment.regression.empty()) text += regression_text(assessment) + "\n";
  text += fmt::format("{:.2f} s to build, {:.2f} s to run, {} samples a second\n", run.build_seconds, run.seconds,
                      grouped(std::llround(static_cast<double>(run.samples) / std::max(run.seconds, 1e-9))));
  return text;
}

std::string predictions_csv(const Assessment& assessment, const Samples& samples) {
  const bool numbers = assessment.task == Task::kRegress;
  const auto class_name = [&](std::int32_t index) { return cell(assessment.class_names[static_cast<std::size_t>(index)]); };
  const std::size_t width = assessment.values[0].size();
  std::string text = "sample";
  if (!samples.sources.empty()) text += ",file";
  if (numbers) {
    for (std::size_t o = 0; o < width; ++o) text += fmt::format(",truth_{}", o);
    for (std::size_t o = 0; o < width; ++o) text += fmt::format(",predicted_{}", o);
  } else {
    text += ",truth";
    if (!assessment.predicted.empty()) text += ",predicted";
    for (std::size_t o = 0; o < width; ++o)
      text += width == 1 ? ",score" : "," + cell("score_" + (o < assessment.class_names.size() ? assessment.class_names[o] : std::to_string(o)));
  }
  text += "\n";
  for (std::size_t i = 0; i < assessment.values.size(); ++i) {
    text += std::to_string(i);
    if (!samples.sources.empty()) text += "," + cell(samples.sources[i]);
    if (numbers) {
      for (const double value : assessment.targets[i]) text += fmt::format(",{}", value);
    } else {
      text += "," + class_name(assessment.truth[i]);
      if (!assessment.predicted.empty()) text += "," + class_name(assessment.predicted[i]);
    }
    for (const double value : assessment.values[i]) text += fmt::format(",{}", value);
    text += "\n";
  }
  return text;
}

}  // namespace mote

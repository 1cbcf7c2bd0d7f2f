#include "pipeline/decision_section.hpp"

#include <algorithm>
#include <cmath>

namespace mote {

namespace {

/// One number for each score, or one for all.
std::vector<float> thresholds(Section& section, std::string_view key, std::size_t scores) {
  const std::optional<std::vector<double>> given = section.numbers(key);
  if (!given) return {};
  if (given->size() != scores && given->size() != 1)
    section.fail(key, fmt::format("has {} thresholds for {} scores", given->size(), scores),
                 "give one for each score, or one number for all");
  std::vector<float> result(scores);
  for (std::size_t i = 0; i < scores; ++i) result[i] = static_cast<float>((*given)[given->size() == 1 ? 0 : i]);
  if (std::any_of(result.begin(), result.end(), [](float value) { return std::isnan(value); }))
    section.fail(key, "holds a value that is no number");
  return result;
}

}  // namespace

DecisionSettings read_decision(Section& section, std::size_t scores, double runs_per_second, std::optional<float> fitted) {
  DecisionSettings settings;
  settings.names = section.texts("names").value_or(std::vector<std::string>{});
  if (!settings.names.empty() && settings.names.size() != scores)
    section.fail("names", fmt::format("has {} names for {} scores", settings.names.size(), scores));
  if (section.has("vote")) {
    for (const std::string_view key : {"on", "off", "average", "debounce", "refractory"})
      if (section.has(key)) section.fail(key, "is for thresholds, and this decision votes", "leave out `vote` or this");
    settings.vote = static_cast<std::int32_t>(section.required_steps("vote", runs_per_second, "runs"));
    return settings;
  }
  const auto runs = [&](std::string_view key, std::int32_t otherwise, std::int64_t least) {
    return static_cast<std::int32_t>(section.steps(key, runs_per_second, "runs", least).value_or(otherwise));
  };
  settings.average = runs("average", 1, 1);
  settings.debounce = runs("debounce", 1, 1);
  settings.refractory = runs("refractory", 0, 0);
  settings.on = thresholds(section, "on", scores);
  if (settings.on.empty() && fitted) settings.on.assign(scores, *fitted);
  const bool off_is_one = section.has("off");
  settings.off = thresholds(section, "off", scores);
  if (!off_is_one) settings.off = settings.on;
  for (std::size_t i = 0; i < settings.on.size(); ++i) {
    if (settings.off[i] > settings.on[i])
      section.fail("off", fmt::format("{} of score {} is above `on`, {}", settings.off[i], i, settings.on[i]));
  }
  return settings;
}

Decision build_decision(PipelineBuilder& builder, Section& section, std::optional<float> fitted,
                        const std::vector<std::string>& fallback_names) {
  const auto scores = static_cast<std::size_t>(builder.graph.tensor(builder.value).elements());
  DecisionSettings settings = read_decision(section, scores, builder.runs_per_second(), fitted);
  Decision decision;
  decision.names = settings.names.empty() && fallback_names.size() == scores ? fallback_names : settings.names;
  if (settings.vote > 0) {
    const std::vector<TensorId> made =
        add_keeping_state(builder, "majority_vote", {builder.value},
                          {{"length", settings.vote}, {"warm_up", static_cast<std::int32_t>(builder.warm_up_runs)}},
                          {DataType::kInt32, DataType::kInt32});
    decision.outputs = {made[1], made[0]};
    return decision;
  }
  if (settings.on.empty())
    section.fail("on", "is missing", "thresholds of the scores; find them with: mote calibrate, or mote fit");
  make_real(builder);
  const auto count = static_cast<std::int32_t>(scores);
  const TensorId on = builder.graph.constant<float>({count}, settings.on),
                 off = builder.graph.constant<float>({count}, settings.off);
  decision.outputs = add_keeping_state(builder, "detect_events", {builder.value, on, off},
                                       {{"average", settings.average},
                                        {"debounce", settings.debounce},
                                        {"refractory", settings.refractory},
                                        {"warm_up", static_cast<std::int32_t>(builder.warm_up_runs)}},
                                       {DataType::kInt32, DataType::kFloat32});
  return decision;
}

}  // namespace mote

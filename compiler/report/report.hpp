#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "compare/diff_models.hpp"
#include "emulate/run_model.hpp"
#include "select/plan.hpp"

namespace mote {

using Json = nlohmann::ordered_json;

/// The object as indented text. Bytes of a model's names that are no UTF-8 become the replacement character.
std::string json_text(const Json& json);

/// What is known of a plan without building it: totals, inputs, outputs, and a row per operator.
Json plan_json(const Plan& plan);
/// The same as text: a table with a line per operator, then the totals and the peak operator.
std::string plan_text(const Plan& plan);

/// For each layer the implementations of its operator, what they cost in cycles, flash and scratch, and why each was chosen or
/// not.
Json explain_json(const Plan& plan);
std::string explain_text(const Plan& plan);

/// What tuning changed: each layer's implementation and cycles before and after.
Json tuned_layers_json(const Plan& before, const Plan& after);
std::string tuned_layers_text(const Plan& before, const Plan& after, std::string_view unit);

/// What a run cost: sizes, instructions, estimated cycles and time, and a row per layer.
Json run_json(const Plan& plan, const RunResult& result);
/// The same as text; the rows per layer only when `profile`.
std::string run_text(const Plan& plan, const RunResult& result, bool profile);

/// How far two runs are apart in every compared layer, and the first that leaves the tolerance.
Json diff_json(const DiffResult& result);
std::string diff_text(const DiffResult& result);

}  // namespace mote

#include "codegen/write_pipeline.hpp"

#include <algorithm>

#include "codegen/write_header.hpp"
#include "support/checked.hpp"

namespace mote {

namespace {

std::string sample_text(const Source& source, double value) {
  return source.format == SampleFormat::kFloat32 ? float_literal(static_cast<float>(value)) : fmt::format("{}", static_cast<std::int64_t>(value));
}

/// At least what class Pipeline takes: ring and its positions, a watch per channel, the model, and the last event.
std::int64_t most_pipeline_bytes(const Plan& plan) {
  const Source& source = *plan.graph.source;
  constexpr std::int64_t kAroundBytes = 80, kWatchBytes = 16;
  return align_up(plan.memory.arena_bytes + source.ring * source.channels * static_cast<std::int64_t>(type_bytes(info_of(source.format).in_graph)) + kWatchBytes * source.channels + kAroundBytes, 16);
}

}  // namespace

std::string include_pipeline(const Plan& plan) { return plan.graph.source ? "#include \"mote/stream/pipeline.hpp\"\n\n" : ""; }

std::string declare_pipeline(const Plan& plan) {
  if (!plan.graph.source) return "";
  const Source& source = *plan.graph.source;
  std::string text = "\n/// The signal: what push() takes, and what one run takes in.\nstruct Signal {\n";
  text += fmt::format("  using Sample = {};\n  using Value = Input0::Value;\n", info_of(source.format).type_in_c);
  const auto field = [&](std::string_view type, std::string_view name, const auto& value) {
    text += fmt::format("  static constexpr {} {} = {};\n", type, name, value);
  };
  field("float", "kRate", float_literal(static_cast<float>(source.rate_hz)));
  field("int32_t", "kChannels", source.channels);
  field("uint32_t", "kHop", source.hop);
  field("uint32_t", "kRing", source.ring);
  field("int32_t", "kZero", source.zero);
  field("bool", "kHasRange", source.has_range);
  field("Sample", "kLowest", sample_text(source, source.lowest));
  field("Sample", "kHighest", sample_text(source, source.highest));
  field("uint32_t", "kSaturated", source.saturated);
  field("uint32_t", "kStuck", source.stuck);
  field("bool", "kRestartsAfterGap", source.restarts_after_gap);
  field("uint32_t", "kWarmUp", source.warm_up);
  field("int", "kEventOutput", source.event_output);
  text += "};\n";
  if (!source.event_names.empty()) {
    text += "\n/// Names of events by their kind.\ninline constexpr const char* kEventNames[] = {";
    for (std::size_t i = 0; i < source.event_names.size(); ++i)
      text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", printable(source.event_names[i]));
    text += "};\n";
  }
  return text + "\n/// From samples to events, with the model and a ring inside: put the object where the memory shall be.\nusing Pipeline = mote::Pipeline<Model, Signal>;\n";
}

std::string declare_c_pipeline(const Plan& plan, const std::string& name) {
  if (!plan.graph.source) return "";
  return fmt::format(
      R"(
/* From samples to events: model and ring in one. Static (all zero), or cleared with memset. */
typedef struct {0}_pipeline {{
#ifdef __cplusplus
  alignas(16) uint8_t bytes[{1}];
#else
  _Alignas(16) uint8_t bytes[{1}];
#endif
}} {0}_pipeline;

/* Producer, an interrupt for instance: instants with {2} interleaved; how many there was room for. */
uint32_t {0}_push({0}_pipeline* pipeline, const {3}* samples, uint32_t instants);
/* Consumer: runs the model on the hops that wait up to the first event, and gives its kind; -1 when none is left. */
int32_t {0}_poll({0}_pipeline* pipeline);
/* What was wrong with the samples of the last hop: 1 not a number, 2 saturated, 4 stuck. */
uint8_t {0}_faults(const {0}_pipeline* pipeline);
/* Instants that had no room. */
uint32_t {0}_dropped(const {0}_pipeline* pipeline);
/* Its model, for outputs and state. */
{0}_model* {0}_of({0}_pipeline* pipeline);
)",
      name, most_pipeline_bytes(plan), plan.graph.source->channels == 1 ? "one value" : fmt::format("{} channels", plan.graph.source->channels),
      info_of(plan.graph.source->format).type_in_c);
}

std::string define_c_pipeline(const Plan& plan, const std::string& name) {
  if (!plan.graph.source) return "";
  return fmt::format(
      R"(
static_assert(sizeof({0}::Pipeline) <= sizeof({0}_pipeline), "the C struct is large enough");

uint32_t {0}_push({0}_pipeline* pipeline, const {1}* samples, uint32_t instants) {{ return reinterpret_cast<{0}::Pipeline*>(pipeline)->push(samples, instants); }}
int32_t {0}_poll({0}_pipeline* pipeline) {{ return reinterpret_cast<{0}::Pipeline*>(pipeline)->poll().kind; }}
uint8_t {0}_faults(const {0}_pipeline* pipeline) {{ return reinterpret_cast<const {0}::Pipeline*>(pipeline)->last().faults; }}
uint32_t {0}_dropped(const {0}_pipeline* pipeline) {{ return reinterpret_cast<const {0}::Pipeline*>(pipeline)->dropped(); }}
{0}_model* {0}_of({0}_pipeline* pipeline) {{ return reinterpret_cast<{0}_model*>(&reinterpret_cast<{0}::Pipeline*>(pipeline)->model()); }}
)",
      name, info_of(plan.graph.source->format).type_in_c);
}

}  // namespace mote

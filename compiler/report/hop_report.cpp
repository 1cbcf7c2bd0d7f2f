#include "report/hop_report.hpp"

#include "support/error.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

std::string clock_text(double hz) { return hz >= 1e6 ? fmt::format("{:.4g} MHz", hz / 1e6) : fmt::format("{:.4g} kHz", hz / 1e3); }

}  // namespace

std::string duration_text(double seconds) {
  if (seconds >= 120) return fmt::format("{:.4g} min", seconds / 60);
  return seconds >= 1 ? fmt::format("{:.4g} s", seconds) : fmt::format("{:.4g} ms", 1e3 * seconds);
}

/// Of the ring between push() and poll(), which stands beside the model.
std::int64_t ring_bytes(const Source& source) {
  const bool is_byte = source.format == SampleFormat::kInt8 || source.format == SampleFormat::kUint8;
  const std::int64_t sample = source.format == SampleFormat::kFloat32 ? 4 : is_byte ? 1 : 2;
  return source.ring * source.channels * sample;
}

HopBudget hop_budget(const Plan& plan, std::optional<std::uint64_t> cycles) {
  HopBudget budget{.seconds = plan.graph.source->hop_seconds(), .clock_hz = plan.target.clock_hz};
  for (const Step& step : plan.steps) budget.cycles += step.predicted_cycles;
  if (cycles) budget.cycles = static_cast<double>(*cycles);
  budget.least_clock_hz = budget.cycles / budget.seconds;
  return budget;
}

std::string hop_text(const Plan& plan, const HopBudget& budget) {
  const Source& source = *plan.graph.source;
  std::string text = fmt::format("each run takes in {} samples of {} channel{}, {}", source.hop, source.channels, source.channels == 1 ? "" : "s",
                                 duration_text(budget.seconds));
  const std::string ring = fmt::format("the ring between push() and poll() takes {} bytes of RAM besides\n", grouped(ring_bytes(source)));
  if (budget.clock_hz <= 0) return text + "\n" + ring;
  text += fmt::format(": about {} cycles, {:.2g} % of the time at {}", grouped(static_cast<std::int64_t>(budget.cycles)), 100 * budget.share(),
                      clock_text(budget.clock_hz));
  if (budget.share() > 1) return text + fmt::format(": TOO SLOW, {} are needed\n", clock_text(budget.least_clock_hz)) + ring;
  return text + fmt::format("; {} would do\n", clock_text(budget.least_clock_hz)) + ring;
}

Json hop_json(const Plan& plan, const HopBudget& budget) {
  Json json{{"samples", plan.graph.source->hop}, {"seconds", budget.seconds}, {"ring_bytes", ring_bytes(*plan.graph.source)}};
  if (budget.clock_hz <= 0) return json;
  json["cycles_estimate"] = static_cast<std::int64_t>(budget.cycles);
  json["clock_hz"] = budget.clock_hz;
  json["share_of_time_estimate"] = budget.share();
  json["least_clock_hz_estimate"] = budget.least_clock_hz;
  return json;
}

void require_in_time(const Plan& plan) {
  if (!plan.graph.source || plan.target.board.empty()) return;
  const HopBudget budget = hop_budget(plan);
  if (budget.share() <= 1) return;
  throw Error(fmt::format("{} is too slow for the signal: a run takes about {} cycles, {} are left from hop to hop at {}", plan.target.board,
                          grouped(static_cast<std::int64_t>(budget.cycles)), grouped(static_cast<std::int64_t>(budget.clock_hz * budget.seconds)),
                          clock_text(budget.clock_hz)),
              "run the model less often (a longer hop), make it smaller, or choose a faster board; with --target instead of --board it compiles");
}

}  // namespace mote

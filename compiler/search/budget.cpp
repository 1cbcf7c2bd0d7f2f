#include "search/budget.hpp"

#include <fmt/format.h>

#include "emulate/run_model.hpp"
#include "support/error.hpp"
#include "support/numbers.hpp"
#include "support/table.hpp"

namespace mote {

namespace {

constexpr std::string_view kExample = "write for example flash=64K,ram=24K,latency=30ms@nucleo-l4r5zi,energy=1mJ";
/// What run() needs of the stack besides scratch, before it is measured.
constexpr std::int64_t kUsualStack = 512;

struct Unit {
  std::string_view name;
  double factor;
};

/// A number with one of the units; the factor of an empty unit is for numbers without.
double number_with_unit(std::string_view part, std::string_view text, std::initializer_list<Unit> units) {
  constexpr double kMost = 1e9;
  const std::optional<double> value = take_number(text);
  for (const Unit& unit : units) {
    if (value.value_or(0) > 0 && *value < kMost && text == unit.name) return *value * unit.factor;
  }
  throw Error(fmt::format("'{}' in the budget is no limit", part), std::string(kExample));
}

}  // namespace

BudgetRequest parse_budget(std::string_view text) {
  BudgetRequest request;
  std::string_view rest = text;
  while (true) {
    const std::size_t comma = rest.find(',');
    std::string_view part = rest.substr(0, comma);
    const std::string_view whole = part;
    if (const std::size_t at = part.find('@'); at != std::string_view::npos) {
      const std::string board(part.substr(at + 1));
      if (!request.board.empty() && request.board != board)
        throw Error(fmt::format("the budget names two boards, {} and {}", request.board, board),
                    "give one budget for each board");
      request.board = board;
      part = part.substr(0, at);
    }
    const std::size_t equals = part.find('=');
    const std::string_view name = part.substr(0, equals);
    const std::string_view value = equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
    constexpr double kKibi = 1024;
    const std::initializer_list<Unit> bytes{{"", 1}, {"K", kKibi}, {"M", kKibi * kKibi}};
    if (name == "flash") {
      request.budget.flash_bytes = static_cast<std::int64_t>(number_with_unit(whole, value, bytes));
    } else if (name == "ram") {
      request.budget.ram_bytes = static_cast<std::int64_t>(number_with_unit(whole, value, bytes));
    } else if (name == "latency") {
      request.budget.milliseconds = number_with_unit(whole, value, {{"us", 1e-3}, {"ms", 1}, {"s", 1e3}});
    } else if (name == "energy") {
      request.budget.millijoules = number_with_unit(whole, value, {{"uJ", 1e-3}, {"mJ", 1}});
    } else {
      throw Error(fmt::format("'{}' in the budget is no limit", whole), std::string(kExample));
    }
    if (comma == std::string_view::npos) return request;
    rest.remove_prefix(comma + 1);
  }
}

Cost cost_of(const Target& target, std::int64_t flash_bytes, std::int64_t ram_bytes, double cycles) {
  Cost cost{flash_bytes, ram_bytes, cycles, {}, {}};
  if (target.clock_hz > 0) cost.milliseconds = 1e3 * cycles / target.clock_hz;
  if (target.nanojoules_per_cycle > 0) cost.millijoules = 1e-6 * cycles * target.nanojoules_per_cycle;
  return cost;
}

Cost predicted_cost(const Plan& plan) {
  double cycles = 0;
  for (const Step& step : plan.steps) cycles += step.predicted_cycles;
  return cost_of(plan.target, plan.constant_bytes() + plan.predicted_code_bytes,
                 plan.memory.arena_bytes + plan.stack_scratch_bytes() + kUsualStack, cycles);
}

Cost measured_cost(const Plan& plan, const std::vector<Bytes>& inputs) {
  const EmulationResult measured = run_model(plan, {{inputs}}, true).measured;
  if (!measured.flash_bytes || !measured.ram_bytes || !measured.stack_bytes)
    throw Error(fmt::format("what the library takes cannot be measured on {}", plan.target.name),
                measured.notes.empty() ? "" : measured.notes[0]);
  const auto whole = [](std::size_t bytes) { return static_cast<std::int64_t>(bytes); };
  const double cycles = static_cast<double>(measured.cycles_estimate.value_or(measured.instructions.value_or(0)));
  return cost_of(plan.target, whole(*measured.flash_bytes), whole(*measured.ram_bytes) + whole(*measured.stack_bytes), cycles);
}

std::string Limit::shown(double value) const {
  return unit == "bytes" ? grouped(static_cast<std::int64_t>(value)) : fmt::format("{:.3g}", value);
}

std::array<Limit, 4> limits_of(const Budget& budget) {
  const auto real = [](const std::optional<std::int64_t>& bytes) {
    return bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt;
  };
  return {Limit{"flash", "bytes", real(budget.flash_bytes), [](const Cost& c) { return static_cast<double>(c.flash_bytes); }},
          Limit{"RAM", "bytes", real(budget.ram_bytes), [](const Cost& c) { return static_cast<double>(c.ram_bytes); }},
          Limit{"latency", "ms", budget.milliseconds, [](const Cost& c) { return c.milliseconds.value_or(0); }},
          Limit{"energy", "mJ", budget.millijoules, [](const Cost& c) { return c.millijoules.value_or(0); }}};
}

std::vector<std::string> violations(const Budget& budget, const Cost& cost) {
  std::vector<std::string> result;
  for (const Limit& limit : limits_of(budget)) {
    const double taken = limit.taken(cost);
    if (limit.most && taken > *limit.most)
      result.push_back(fmt::format("{} {} {} of {}", limit.name, limit.shown(taken), limit.unit, limit.shown(*limit.most)));
  }
  return result;
}

}  // namespace mote

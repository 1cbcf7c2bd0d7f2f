#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "select/plan.hpp"

namespace mote {

/// What a plan takes.
struct Costs {
  std::int64_t ram_bytes = 0, flash_bytes = 0;
  double cycles = 0;
};
Costs costs_of(const Plan& plan);

/// The same model in other forms. Each is empty where the model is in that form already.
struct ModelForms {
  std::function<Graph()> integer_io;        ///< `--io int8`
  std::function<Graph()> integer_inputs;    ///< `--input-type int8`
  std::function<Graph(int axis)> streamed;  ///< `--stream AXIS`
  bool may_feed_rows = true;                ///< `--feed-rows` is not given
};

/// Something that makes a plan take less, and what the plan takes then.
struct Remedy {
  /// Who has to do it.
  enum class By : std::uint8_t { kOptions, kProgram, kTraining, kBoard };
  By by = By::kOptions;
  std::string what, options;  ///< in words, and as options of `mote compile`, if there are such
  Costs costs;
  bool fits = false;  ///< what was short is enough then
};

/// Why no plan keeps to the budgets.
struct Shortage {
  bool of_ram = true;  ///< else of flash
  std::int64_t budget_bytes = 0;
  Plan fastest;                  ///< when what is short is not
  Plan nearest;                  ///< the least of what is short, whatever it costs in cycles
  std::vector<Remedy> remedies;  ///< against the nearest: the most saved per cycle added first; then other boards

  std::int64_t bytes(const Costs& costs) const { return of_ram ? costs.ram_bytes : costs.flash_bytes; }
};

/// Makes plans to find out. `make_plan` must have thrown DoesNotFit for these; `on_board`: the target is a board's, and others
/// may be proposed.
Shortage explain_shortage(const Graph& graph, const Target& target, const SelectionOptions& options, const ModelForms& forms);

}  // namespace mote

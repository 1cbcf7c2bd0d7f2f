#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.hpp"

namespace mote {

/// A rewriting of the graph that keeps every answer bit for bit (those that do not say otherwise).
struct Pass {
  std::string_view name;
  std::string_view purpose;
  /// Returns whether anything changed.
  bool (*apply)(Graph&);
  /// What it leaves can be written in other file formats as it stands.
  bool portable = true;
  /// Tensors that stay keep their shapes and values, so that another program's can be compared with them.
  bool keeps_tensors = true;
};

/// Which passes run.
enum class PassScope : std::uint8_t { kAll, kPortable, kKeepsTensors };

/// The passes that always run, in order.
const std::vector<Pass>& all_passes();

struct PassOptions {
  std::string print_after;                    ///< the name of a pass after which `log` gets the graph's text
  int stop_after = -1;                        ///< run only so many passes; -1 runs all
  std::function<void(std::string_view)> log;  ///< hears of each pass that changed something
  PassScope scope = PassScope::kAll;
};

/// Applies the passes, and verifies the graph after each. Error when `print_after` names none.
void run_passes(Graph& graph, const PassOptions& options = {});

/// `--io int8`: drops QUANTIZE at float inputs and DEQUANTIZE at float outputs, so that the caller hands over and gets quantized
/// values. Returns how many borders went.
int drop_float_borders(Graph& graph);

/// `--input-type`: inputs of numbers become integers of this type (int8, uint8, int16) that stand for themselves. The answers are those
/// for the same integers given as floats. Returns how many inputs changed; Error when there is none to change.
int set_input_type(Graph& graph, DataType type);

}  // namespace mote

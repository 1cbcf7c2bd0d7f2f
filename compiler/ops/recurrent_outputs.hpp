#pragma once

#include "graph/graph.hpp"

namespace mote {

/// Takes from the recurrent operators of recurrent.hpp the outputs that nobody reads, and turns LSTMs that TFLite can express
/// (forward, usual curves, starting from zero, no cell asked for) into UNIDIRECTIONAL_SEQUENCE_LSTM, which can be quantized and
/// written.
void simplify_recurrent(Graph& graph);

}  // namespace mote

#pragma once

#include <vector>

#include "ops/kernel_call.hpp"

namespace mote {

/// The ways to run UNIDIRECTIONAL_SEQUENCE_LSTM: device/include/mote/unidirectional_sequence_lstm.hpp, its packed form, and
/// lstm.hpp.
std::vector<Implementation> lstm_rows();

}  // namespace mote

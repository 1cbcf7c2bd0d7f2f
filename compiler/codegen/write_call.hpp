#pragma once

#include <functional>
#include <string>

#include "codegen/tables.hpp"
#include "select/plan.hpp"

namespace mote {

/// Where input or output `index` of a step's node lies, as an expression of C++; null: where the memory plan has put it.
using TensorPlace = std::function<std::string(bool is_input, int index)>;

/// "at<int8_t>(320)": where the memory plan has put a tensor.
std::string place_of(const Plan& plan, TensorId id);

/// The call of a step's kernel as a statement without indentation, with the layer in a comment behind it.
std::string write_call(const Plan& plan, const Step& step, Tables& tables, const TensorPlace& place = {});

}  // namespace mote

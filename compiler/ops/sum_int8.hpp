#pragma once

#include "ops/binary.hpp"

namespace mote {

/// ADD (sign 1) and SUB (sign -1) of int8 in one shift: `clamp((high(256 * a * a_factor) + high(256 * b * b_factor) + offset) >>
/// shift)`, where high drops the lowest 16 bits. See device/include/mote/sum_int8.hpp.
struct OneShiftSum {
  std::int32_t a_factor = 0, b_factor = 0, offset = 0, shift = 0;
};

/// Numbers that give the two roundings of `scaling` for every pair of inputs, or nothing. All 65,536 are compared.
std::optional<OneShiftSum> fit_one_shift_sum(const NodeView& node, int sign, Activation activation);

/// The row's hooks. It applies to inputs of one shape.
bool sum_int8_applies(const NodeView& node, int sign, Activation activation);
double sum_int8_cycles(const NodeView& node);
KernelCall lower_sum_int8(const NodeView& node, int sign, Activation activation);

}  // namespace mote

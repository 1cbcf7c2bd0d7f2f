#pragma once

#include <array>

#include "ops/kernel_call.hpp"

namespace mote {

/// How two tensors are walked together by NumPy's broadcasting rule: extents of the result, outermost first, with neighbouring
/// axes merged where both inputs allow it, and the step of each input along each axis (0: repeated).
struct Broadcast {
  static constexpr std::size_t kRank = 4;
  std::array<std::int64_t, kRank> extents{1, 1, 1, 1}, a_steps{}, b_steps{};

  /// Error when the shapes do not match, or when more than four axes are left after merging.
  Broadcast(const Shape& a, const Shape& b);

  /// The result's shape.
  static Shape shape(const Shape& a, const Shape& b);

  /// Calls `body(out, a, b)` with the indices of every element of the result, in order.
  template <typename Body>
  void each(Body&& body) const {
    std::size_t out = 0;
    for (std::int64_t i = 0; i < extents[0]; ++i)
      for (std::int64_t j = 0; j < extents[1]; ++j)
        for (std::int64_t k = 0; k < extents[2]; ++k)
          for (std::int64_t l = 0; l < extents[3]; ++l) {
            body(out++, static_cast<std::size_t>(i * a_steps[0] + j * a_steps[1] + k * a_steps[2] + l * a_steps[3]),
                 static_cast<std::size_t>(i * b_steps[0] + j * b_steps[1] + k * b_steps[2] + l * b_steps[3]));
          }
  }

  /// Extents and steps as constants of a kernel.
  void describe(KernelCall& call) const;
};

/// How far a tensor of shape `in` moves along each axis of `out`, to which it is broadcast: 0 where it is repeated. Error when it
/// cannot be.
std::vector<std::int64_t> broadcast_steps(const Shape& in, const Shape& out);

}  // namespace mote

#include "ops/broadcast.hpp"

#include <algorithm>

namespace mote {

namespace {

/// Extent of axis `i` of `rank`, 1 where the shape is shorter.
std::int64_t extent_at(const Shape& shape, std::size_t i, std::size_t rank) {
  const std::size_t missing = rank - shape.size();
  return i < missing ? 1 : shape[i - missing];
}

}  // namespace

Shape Broadcast::shape(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape result;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t of_a = extent_at(a, i, rank);
    const std::int64_t of_b = extent_at(b, i, rank);
    if (of_a != of_b && of_a != 1 && of_b != 1) {
      throw Error(fmt::format("shapes {} and {} cannot be broadcast together", to_string(a), to_string(b)));
    }
    result.push_back(static_cast<std::int32_t>(std::max(of_a, of_b)));
  }
  if (element_count(result) > INT32_MAX)
    throw Error(fmt::format("{} and {} broadcast to too many values", to_string(a), to_string(b)));
  return result;
}

Broadcast::Broadcast(const Shape& a, const Shape& b) {
  const Shape out = shape(a, b);
  const std::size_t rank = out.size();
  struct Axis {
    std::int64_t extent, a, b;
  };
  std::vector<Axis> axes;  // innermost first
  std::int64_t a_count = 1;
  std::int64_t b_count = 1;
  for (std::size_t i = rank; i-- > 0;) {
    const std::int64_t of_a = extent_at(a, i, rank);
    const std::int64_t of_b = extent_at(b, i, rank);
    if (out[i] == 1) continue;
    const Axis axis{out[i], of_a == 1 ? 0 : a_count, of_b == 1 ? 0 : b_count};
    a_count *= of_a;
    b_count *= of_b;
    const auto continues = [](std::int64_t inner, std::int64_t step, std::int64_t extent) {
      return inner == 0 ? step == 0 : step == inner * extent;
    };
    if (!axes.empty() && continues(axes.back().a, axis.a, axes.back().extent) &&
        continues(axes.back().b, axis.b, axes.back().extent)) {
      axes.back().extent *= axis.extent;
    } else {
      axes.push_back(axis);
    }
  }
  if (axes.size() > kRank)
    throw Error(fmt::format("broadcasting {} and {} needs more than {} loops", to_string(a), to_string(b), kRank));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    extents[kRank - 1 - i] = axes[i].extent;
    a_steps[kRank - 1 - i] = axes[i].a;
    b_steps[kRank - 1 - i] = axes[i].b;
  }
}

std::vector<std::int64_t> broadcast_steps(const Shape& in, const Shape& out) {
  if (in.size() > out.size() || Broadcast::shape(in, out) != out) {
    throw Error(fmt::format("{} cannot be broadcast to {}", to_string(in), to_string(out)));
  }
  const auto strides = strides_of(in);
  const std::size_t missing = out.size() - in.size();
  std::vector<std::int64_t> steps(out.size(), 0);
  for (std::size_t i = missing; i < out.size(); ++i) steps[i] = in[i - missing] == 1 ? 0 : strides[i - missing];
  return steps;
}

void Broadcast::describe(KernelCall& call) const {
  call.list("extents", {extents.begin(), extents.end()});
  call.list("a_steps", {a_steps.begin(), a_steps.end()});
  call.list("b_steps", {b_steps.begin(), b_steps.end()});
}

}  // namespace mote

#include "ops/rearrange.hpp"

#include "ops/overlap.hpp"

namespace mote {

namespace {

constexpr std::size_t kKernelRank = 5;

/// The distance of `walk`, of kKernelRank axes, whose values are moved in the order of the output.
std::int64_t overlap(const Rearrangement& walk, std::int64_t input_elements, std::int64_t value_bytes) {
  AccessOrder access(input_elements * value_bytes);
  const auto& n = walk.extents;
  const auto& by = walk.steps;
  std::int64_t written = 0;
  for (std::int64_t i = 0; i < n[0]; ++i)
    for (std::int64_t j = 0; j < n[1]; ++j)
      for (std::int64_t k = 0; k < n[2]; ++k)
        for (std::int64_t l = 0; l < n[3]; ++l, written += n[4]) {
          const std::int64_t from = walk.offset + i * by[0] + j * by[1] + k * by[2] + l * by[3];
          // Along the last axis the distance grows or falls evenly; before its first value nothing of it is written.
          for (const std::int64_t m : {std::int64_t{0}, std::min<std::int64_t>(1, n[4] - 1), n[4] - 1}) {
            access.write((written + m) * value_bytes);
            access.read((from + m * by[4]) * value_bytes);
          }
        }
  return access.overlap();
}

}  // namespace

Rearrangement Rearrangement::merged() const {
  Rearrangement result;
  result.offset = offset;
  for (std::size_t i = 0; i < extents.size(); ++i) {
    if (extents[i] == 1) continue;
    if (!result.extents.empty() && result.steps.back() == steps[i] * extents[i]) {
      result.extents.back() *= extents[i];
      result.steps.back() = steps[i];
    } else {
      result.extents.push_back(extents[i]);
      result.steps.push_back(steps[i]);
    }
  }
  return result;
}

bool Rearrangement::contiguous() const {
  const Rearrangement walk = merged();
  return walk.extents.empty() || (walk.extents.size() == 1 && walk.steps[0] == 1);
}

void Rearrangement::evaluate(const Evaluation& e) const {
  const std::size_t size = type_bytes(e.output().type);
  const std::uint8_t* in = e.in_bytes(0);
  std::uint8_t* out = e.out_bytes();
  std::vector<std::int64_t> index(extents.size(), 0);
  for (std::int64_t i = 0; i < e.output().elements(); ++i, out += size) {
    std::int64_t from = offset;
    for (std::size_t axis = 0; axis < index.size(); ++axis) from += index[axis] * steps[axis];
    std::memcpy(out, in + static_cast<std::size_t>(from) * size, size);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      if (++index[axis] < extents[axis]) break;
      index[axis] = 0;
    }
  }
}

std::vector<Alias> Rearrangement::aliases(const NodeView& node) const {
  if (!contiguous()) return {};
  return {Alias{.offset_bytes = offset * static_cast<std::int64_t>(type_bytes(node.output().type))}};
}

KernelCall Rearrangement::lower(const NodeView& node) const {
  Rearrangement walk = merged();
  if (walk.extents.size() > kKernelRank) {
    throw Error(fmt::format("{} to {} needs {} nested loops; {} are supported", to_string(node.input(0).shape),
                            to_string(node.output().shape), walk.extents.size(), kKernelRank));
  }
  walk.extents.insert(walk.extents.begin(), kKernelRank - walk.extents.size(), 1);
  walk.steps.insert(walk.steps.begin(), kKernelRank - walk.steps.size(), 0);
  KernelCall call("rearrange", "rearrange");
  call.type("Value", node.output().type).list("extents", walk.extents).list("steps", walk.steps).set("offset", walk.offset);
  const auto value_bytes = static_cast<std::int64_t>(type_bytes(node.output().type));
  return call.value(node, 0, "values").output().overlapping(0, overlap(walk, node.input(0).elements(), value_bytes));
}

}  // namespace mote

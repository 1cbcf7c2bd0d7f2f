#include "ops/joined.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "ops/overlap.hpp"

namespace mote {

namespace {

std::size_t bytes_of(std::int64_t elements, DataType type) { return static_cast<std::size_t>(elements) * type_bytes(type); }

}  // namespace

std::vector<int> all_inputs(const NodeView& node) {
  std::vector<int> result(static_cast<std::size_t>(node.input_count()));
  std::iota(result.begin(), result.end(), 0);
  return result;
}

std::int64_t elements_before(const Shape& shape, int axis) {
  return std::accumulate(shape.begin(), shape.begin() + axis, std::int64_t{1}, std::multiplies<>());
}

std::int64_t elements_from(const Shape& shape, int axis) {
  return std::accumulate(shape.begin() + axis, shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::int64_t Joined::block() const { return std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0}); }

void Joined::evaluate_join(const Evaluation& e) const {
  std::uint8_t* out = e.out_bytes();
  for (std::int64_t i = 0; i < outer; ++i) {
    for (std::size_t part = 0; part < sizes.size(); ++part) {
      const std::size_t bytes = bytes_of(sizes[part], e.output().type);
      std::memcpy(out, e.in_bytes(static_cast<int>(part)) + static_cast<std::size_t>(i) * bytes, bytes);
      out += bytes;
    }
  }
}

void Joined::evaluate_split(const Evaluation& e, int whole) const {
  const std::uint8_t* in = e.in_bytes(whole);
  for (std::int64_t i = 0; i < outer; ++i) {
    for (std::size_t part = 0; part < sizes.size(); ++part) {
      const std::size_t bytes = bytes_of(sizes[part], e.input(whole).type);
      std::memcpy(e.out_bytes(static_cast<int>(part)) + static_cast<std::size_t>(i) * bytes, in, bytes);
      in += bytes;
    }
  }
}

std::vector<Alias> Joined::join_aliases(const NodeView& node) const {
  if (outer != 1) return {};
  std::vector<Alias> list;
  std::int64_t offset = 0;
  for (std::size_t part = 0; part < sizes.size(); ++part) {
    list.push_back({.input = static_cast<int>(part), .input_is_smaller = true, .offset_bytes = offset});
    offset += static_cast<std::int64_t>(bytes_of(sizes[part], node.output().type));
  }
  return list;
}

std::vector<Alias> Joined::split_aliases(const NodeView& node, int whole) const {
  if (outer != 1) return {};
  std::vector<Alias> list;
  std::int64_t offset = 0;
  for (std::size_t part = 0; part < sizes.size(); ++part) {
    list.push_back({.input = whole, .output = static_cast<int>(part), .offset_bytes = offset});
    offset += static_cast<std::int64_t>(bytes_of(sizes[part], node.input(whole).type));
  }
  return list;
}

KernelCall Joined::lower_join(const NodeView& node) const {
  KernelCall call("joined", "join");
  call.type("Value", node.output().type).set("outer", outer).list("sizes", sizes);
  call.output();
  const std::int64_t value_bytes = static_cast<std::int64_t>(type_bytes(node.output().type));
  std::int64_t end = 0;
  for (int i = 0; i < node.input_count(); ++i) {
    call.value(node, i, fmt::format("part{}", i));
    // Blocks are copied, so that one must not lie over its source.
    const std::int64_t size = sizes[static_cast<std::size_t>(i)];
    end += size;
    AccessOrder access(outer * size * value_bytes);
    for (const std::int64_t n : {std::int64_t{0}, outer - 1}) {
      access.write((n * block() + end) * value_bytes);
      access.read(n * size * value_bytes);
    }
    call.overlapping(i, access.overlap());
  }
  // A tensor that is several parts is needed up to the last of them.
  for (Overlap& each : call.overlaps) {
    for (const Overlap& other : call.overlaps) {
      const auto part = [&](const Overlap& of) { return node.node().inputs[static_cast<std::size_t>(of.input)]; };
      if (part(each) == part(other)) each.bytes = std::max(each.bytes, other.bytes);
    }
  }
  return call;
}

KernelCall Joined::lower_split(const NodeView& node, int whole) const {
  KernelCall call("joined", "split");
  call.type("Value", node.input(whole).type).set("outer", outer).list("sizes", sizes);
  call.value(node, whole, "whole");
  for (int i = 0; i < node.output_count(); ++i) call.output(i);
  return call;
}

}  // namespace mote

#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mote {

/// Vectors of one width, one after another.
struct Rows {
  std::size_t width = 0;
  std::vector<float> values = {};

  std::size_t count() const { return width == 0 ? 0 : values.size() / width; }
  std::span<const float> row(std::size_t i) const { return {values.data() + i * width, width}; }
};

}  // namespace mote

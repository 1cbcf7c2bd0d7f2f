#include "train/augment.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace mote {

namespace {

constexpr std::int32_t kSmallestImage = 8;

bool is_image(const Shape& shape) { return shape.size() == 4 && shape[1] >= kSmallestImage && shape[2] >= kSmallestImage; }

/// A whole number from -most to most.
std::int32_t random_step(std::int32_t most, RandomBits& bits) {
  return static_cast<std::int32_t>(uniform(bits) * (2 * most + 1)) - most;
}

void move_image(float* image, const Shape& shape, std::int32_t down, std::int32_t right, bool mirrored) {
  const std::int32_t height = shape[1];
  const std::int32_t width = shape[2];
  const std::int32_t depth = shape[3];
  const std::vector<float> before(image, image + static_cast<std::ptrdiff_t>(height) * width * depth);
  for (std::int32_t y = 0; y < height; ++y)
    for (std::int32_t x = 0; x < width; ++x) {
      const std::int32_t from_y = std::clamp(y - down, 0, height - 1);
      const std::int32_t moved_x = std::clamp(x - right, 0, width - 1);
      const std::int32_t from_x = mirrored ? width - 1 - moved_x : moved_x;
      const float* from = &before[static_cast<std::size_t>((from_y * width + from_x) * depth)];
      std::copy_n(from, depth, image + static_cast<std::ptrdiff_t>((y * width + x) * depth));
    }
}

double normal(RandomBits& bits) {
  const double radius = std::sqrt(-2 * std::log(1 - uniform(bits)));
  return radius * std::cos(2 * std::numbers::pi * uniform(bits));
}

}  // namespace

double uniform(RandomBits& bits) { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }

std::vector<std::size_t> random_order(std::size_t count, RandomBits& bits) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[bits() % i]);
  return order;
}

void augment(Batch& batch, const std::vector<Shape>& shapes, const std::vector<double>& spreads, const Augmentation& how,
             RandomBits& bits) {
  const auto elements = [&](std::size_t input) { return static_cast<std::size_t>(element_count(shapes[input])); };
  for (std::size_t s = 0; s < batch.count; ++s) {
    const std::int32_t down = random_step(how.shift, bits);
    const std::int32_t right = random_step(how.shift, bits);
    const bool mirrored = how.flip && uniform(bits) < 0.5;
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      if (is_image(shapes[i]) && (down != 0 || right != 0 || mirrored))
        move_image(&batch.inputs[i][s * elements(i)], shapes[i], down, right, mirrored);
    }
  }
  const std::vector<std::size_t> partners = random_order(batch.count, bits);
  const std::vector<std::vector<float>> whole = batch.inputs;
  for (std::size_t s = 0; s < batch.count; ++s) {
    if (uniform(bits) >= how.mix || partners[s] == s) continue;
    const auto share = static_cast<float>(uniform(bits));
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      const std::size_t size = elements(i);
      for (std::size_t e = 0; e < size; ++e)
        batch.inputs[i][s * size + e] = share * whole[i][s * size + e] + (1 - share) * whole[i][partners[s] * size + e];
    }
    if (!batch.labels.empty()) batch.labels[s] = -1;
  }
  if (how.noise <= 0) return;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    for (float& value : batch.inputs[i]) value += static_cast<float>(how.noise * spreads[i] * normal(bits));
}

}  // namespace mote

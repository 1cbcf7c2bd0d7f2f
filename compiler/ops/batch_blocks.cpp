#include "ops/batch_blocks.hpp"

#include <cstring>

namespace mote {

namespace {

struct Spatial {
  std::vector<std::int32_t> block, borders;
};

Spatial spatial(const NodeView& node) {
  require_inputs(node, 3, 3);
  require_rank(node.input(0), 3, 4);
  require_elements(node.input(0));
  Spatial result{node.integers(1, "block shape"), node.integers(2, "borders")};
  const std::size_t axes = node.input(0).shape.size() - 2;
  if (result.block.size() != axes || result.borders.size() != 2 * axes) {
    throw Error(fmt::format("{} block extents and {} borders for {} axes", result.block.size(), result.borders.size(), axes));
  }
  for (const std::int32_t extent : result.block) {
    if (extent <= 0 || extent > 32767) throw Error(fmt::format("blocks of {} are not supported", to_string(result.block)));
  }
  for (const std::int32_t border : result.borders) {
    if (border < 0 || border > (1 << 24)) throw Error(fmt::format("a border of {} is not supported", border));
  }
  return result;
}

}  // namespace

Shape batch_blocks_shape(const NodeView& node, bool cut) {
  const Spatial s = spatial(node);
  Shape shape = node.input(0).shape;
  std::int64_t blocks = 1;
  for (std::size_t i = 0; i < s.block.size(); ++i) {
    const std::int64_t borders = std::int64_t{s.borders[2 * i]} + s.borders[2 * i + 1];
    const std::int64_t extent = shape[i + 1];
    const std::int64_t out = cut ? (extent + borders) / s.block[i] : extent * s.block[i] - borders;
    if (out <= 0 || out > INT32_MAX || (cut && (extent + borders) % s.block[i] != 0)) {
      throw Error(
          fmt::format("blocks {} with borders {} do not fit {}", to_string(s.block), to_string(s.borders), to_string(shape)));
    }
    shape[i + 1] = static_cast<std::int32_t>(out);
    blocks *= s.block[i];
  }
  const std::int64_t batch = cut ? shape[0] * blocks : shape[0] / blocks;
  if (batch <= 0 || batch > INT32_MAX || (!cut && shape[0] % blocks != 0)) {
    throw Error(fmt::format("a batch of {} does not hold blocks of {}", shape[0], to_string(s.block)));
  }
  shape[0] = static_cast<std::int32_t>(batch);
  return shape;
}

BatchBlocks batch_blocks(const NodeView& node, bool cut) {
  const Spatial s = spatial(node);
  const Shape out = batch_blocks_shape(node, cut);
  const Shape& image = cut ? node.input(0).shape : out;
  const Shape& blocks = cut ? out : node.input(0).shape;
  const bool planar = image.size() == 4;
  BatchBlocks b;
  b.batch = image[0];
  b.height = planar ? image[1] : 1;
  b.width = image[image.size() - 2];
  b.channels = image.back();
  b.block_h = planar ? s.block[0] : 1;
  b.block_w = s.block.back();
  b.top = planar ? s.borders[0] : 0;
  b.left = s.borders[s.borders.size() - 2];
  b.rows = planar ? blocks[1] : 1;
  b.columns = blocks[blocks.size() - 2];
  return b;
}

void evaluate_batch_blocks(const Evaluation& e, bool cut, std::int32_t border) {
  const BatchBlocks n = batch_blocks(e, cut);
  const std::size_t size = type_bytes(e.output().type);
  for (std::int64_t i = 0; i < e.output().elements(); ++i) {
    std::memcpy(e.out_bytes() + static_cast<std::size_t>(i) * size, &border, size);  // the low bytes come first
  }
  const std::size_t pixel = static_cast<std::size_t>(n.channels) * size;
  for (std::int64_t b = 0; b < n.batch; ++b)
    for (std::int64_t y = 0; y < n.height; ++y)
      for (std::int64_t x = 0; x < n.width; ++x) {
        const std::int64_t block = (y + n.top) % n.block_h * n.block_w + (x + n.left) % n.block_w;
        const std::int64_t row = (block * n.batch + b) * n.rows + (y + n.top) / n.block_h;
        const auto in_blocks = static_cast<std::size_t>(row * n.columns + (x + n.left) / n.block_w) * pixel;
        const auto in_image = static_cast<std::size_t>((b * n.height + y) * n.width + x) * pixel;
        std::memcpy(e.out_bytes() + (cut ? in_blocks : in_image), e.in_bytes(0) + (cut ? in_image : in_blocks), pixel);
      }
}

void BatchBlocks::describe(KernelCall& call) const {
  call.set("batch", batch).set("height", height).set("width", width).set("channels", channels);
  call.set("block_h", block_h).set("block_w", block_w).set("top", top).set("left", left);
  call.set("rows", rows).set("columns", columns);
}

double batch_blocks_cycles(const NodeView& node) { return 4.0 * static_cast<double>(node.output().elements()); }

}  // namespace mote

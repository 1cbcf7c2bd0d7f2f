#pragma once

#include <optional>

#include "ops/weighted.hpp"
#include "ops/window.hpp"

namespace mote {

// Layers as calls of CMSIS-NN 4.0.0 (Apache-2.0, github.com/ARM-software/CMSIS-NN), which stands beside the generated code.
// device/include/mote/cmsis_nn.hpp makes the calls. What the library computes in another way, or reads out of bounds, does not
// apply and keeps mote's kernel.
//
// The library takes another path, and other scratch, on cores with Helium, with the DSP extension and without: `isa` is the
// richest that the target has.

/// An int8 CONV_2D over all input channels, or a DEPTHWISE_CONV_2D.
struct CmsisConvolution {
  Window window;
  bool depthwise = false;
  std::vector<std::int8_t> weights;  ///< [out_c][k_h][k_w][in_c], depthwise [k_h][k_w][out_c]
  std::vector<std::int32_t> bias;    ///< empty: none
  std::int32_t input_zero_point = 0;
  Finish finish;

  std::int64_t macs() const;
  bool applies(Isa isa) const;
  KernelCall lower(Isa isa) const;
  /// Bytes of ctx.buf: what arm_convolve_wrapper_s8_get_buffer_size and its depthwise sister give, or 0 where nothing is used.
  std::int64_t scratch_bytes(Isa isa) const;

 private:
  /// Whether the windows are gathered here and only multiplied there: what the library does costs more (in TensorFlow Lite
  /// Micro's newer release too) and uses as much scratch.
  bool by_rows(Isa isa) const;
};

/// An int8 FULLY_CONNECTED: rows of `depth` values.
struct CmsisFullyConnected {
  std::int64_t rows = 1;
  std::int32_t depth = 1, units = 1;
  std::vector<std::int8_t> weights;  ///< [units][depth]
  std::vector<std::int32_t> bias;    ///< empty: none
  std::int32_t input_zero_point = 0;
  Finish finish;

  std::int64_t macs() const { return rows * depth * units; }
  bool applies(Isa isa) const;
  KernelCall lower(Isa isa) const;

 private:
  /// With a multiplier per unit, a 1x1 convolution over the rows.
  CmsisConvolution as_convolution() const;
};

/// An int8 AVERAGE_POOL_2D or MAX_POOL_2D.
struct CmsisPool {
  Window window;
  bool average = false;
  std::pair<std::int32_t, std::int32_t> range;  ///< the clamp

  std::int64_t macs() const;
  bool applies(Isa isa) const;
  KernelCall lower(Isa isa) const;
};

/// Weights and bias of a node with inputs 1 and 2, as the library takes them.
std::vector<std::int8_t> cmsis_weights(const NodeView& node);
std::vector<std::int32_t> cmsis_bias(const NodeView& node);

/// Predicted cycles; they order the rows of one operator, of which the one for the richest instruction set comes first.
double cmsis_cycles(std::int64_t macs, Isa isa);

/// The row of an operator for one instruction set. `describe(node)` gives one of the layers above, or nothing when the node is
/// none.
template <auto describe, Isa isa>
constexpr Implementation cmsis_row(std::string_view name) {
  return {.name = name,
          .isa = isa,
          .library = KernelLibrary::kCmsisNn,
          .applies =
              [](const NodeView& node) {
                const auto layer = describe(node);
                return layer && layer->applies(isa);
              },
          .cycles = [](const NodeView& node) { return cmsis_cycles(describe(node)->macs(), isa); },
          .lower = [](const NodeView& node) { return describe(node)->lower(isa); }};
}

}  // namespace mote

#pragma once

#include "ops/convolution_tiles.hpp"
#include "ops/mve_matrix.hpp"
#include "ops/packed_convolution.hpp"
#include "ops/rv32_matrix.hpp"
#include "ops/scalar_matrix.hpp"
#include "ops/wide.hpp"

namespace mote {

// Rows of the kernels that CONV_2D and a DEPTHWISE_CONV_2D of one input channel share. `describe` gives the convolution of a
// node, or nothing when the node is none of int8 over all input channels.

/// A row of whatever `Kernel` makes of the convolution: it has applies(), cycles() and lower(node).
template <auto describe, typename Kernel, Isa isa>
constexpr Implementation convolution_row(std::string_view name) {
  return {.name = name,
          .isa = isa,
          .applies =
              [](const NodeView& node) {
                const auto convolution = describe(node);
                return convolution && Kernel{*convolution}.applies();
              },
          .cycles = [](const NodeView& node) { return Kernel{*describe(node)}.cycles(); },
          .lower = [](const NodeView& node) { return Kernel{*describe(node)}.lower(node); }};
}

template <auto describe, MatrixForm form>
constexpr Implementation packed_row(std::string_view name) {
  return {.name = name,
          .isa = Isa::kDsp,
          .applies =
              [](const NodeView& node) {
                const auto convolution = describe(node);
                return convolution && convolution->applies(form);
              },
          .cycles = [](const NodeView& node) { return describe(node)->cycles(form); },
          .lower = [](const NodeView& node) { return describe(node)->lower(form, node); },
          .code_bytes_of = packed_code_bytes,
          .routine = form == MatrixForm::kPairs ? kPackedMatrixRoutine : kByteMatrixRoutine,
          .routine_bytes = form == MatrixForm::kPairs ? kPackedMatrixBytes : kByteMatrixBytes};
}

template <auto describe>
constexpr Implementation tiles_row(std::string_view name) {
  return {.name = name,
          .isa = Isa::kDsp,
          .applies =
              [](const NodeView& node) {
                const auto convolution = describe(node);
                return convolution && tiles_apply(*convolution);
              },
          .cycles = [](const NodeView& node) { return tiles_cycles(*describe(node)); },
          .lower = [](const NodeView& node) { return lower_tiles(*describe(node), node.input(0).zero_point()); },
          .code_bytes_of = tiles_code_bytes};
}

/// The convolution as the kernels without SIMD take it.
inline ScalarConvolution without_simd(const PackedConvolution& convolution) {
  return {convolution.window, convolution.weights, convolution.bias, convolution.finish};
}
struct ScalarConvolutionKernel : ScalarConvolution {
  explicit ScalarConvolutionKernel(const PackedConvolution& convolution) : ScalarConvolution(without_simd(convolution)) {}
};
struct Rv32ConvolutionKernel : Rv32Convolution {
  explicit Rv32ConvolutionKernel(const PackedConvolution& convolution) : Rv32Convolution(without_simd(convolution)) {}
};

}  // namespace mote

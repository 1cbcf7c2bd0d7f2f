#pragma once

#include "ops/convolution_tiles.hpp"
#include "ops/mve_matrix.hpp"
#include "ops/packed_convolution.hpp"
#include "ops/rv32_matrix.hpp"
#include "ops/scalar_matrix.hpp"
#include "ops/sparse_convolution.hpp"
#include "ops/unpacked.hpp"
#include "ops/wide.hpp"

namespace mote {

// Rows of the kernels that CONV_2D and a DEPTHWISE_CONV_2D of one input channel share. `describe` gives the convolution of a
// node, or nothing when the node is none of int8 over all input channels.

/// A row of whatever `Kernel` makes of the convolution: it has applies(), cycles() and lower(node).
template <auto describe, typename Kernel, Isa isa, std::int64_t code_bytes = Implementation{}.code_bytes>
constexpr Implementation convolution_row(std::string_view name) {
  return {.name = name,
          .isa = isa,
          .applies =
              [](const NodeView& node) {
                const auto convolution = describe(node);
                return convolution && Kernel{*convolution}.applies();
              },
          .cycles = [](const NodeView& node) { return Kernel{*describe(node)}.cycles(); },
          .lower = [](const NodeView& node) { return Kernel{*describe(node)}.lower(node); },
          .code_bytes = code_bytes};
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
          .pays = [](const NodeView& node) { return tiles_pay(*describe(node)); },
          .cycles = [](const NodeView& node) { return tiles_cycles(*describe(node)); },
          .lower = [](const NodeView& node) { return lower_tiles(*describe(node), node.input(0).zero_point()); },
          .code_bytes_of = tiles_code_bytes};
}

/// The convolution as the kernels without SIMD take it.
inline ScalarConvolution without_simd(const PackedConvolution& convolution) {
  return {convolution.window, convolution.weights, convolution.bias,
          convolution.finish, convolution.uniform, convolution.out_gap};
}
struct ScalarConvolutionKernel : ScalarConvolution {
  explicit ScalarConvolutionKernel(const PackedConvolution& convolution) : ScalarConvolution(without_simd(convolution)) {}
};
struct Rv32ConvolutionKernel : Rv32Convolution {
  explicit Rv32ConvolutionKernel(const PackedConvolution& convolution) : Rv32Convolution(without_simd(convolution)) {}
};

template <Isa isa>
struct SparseConvolutionKernel {
  SparseConvolution sparse;
  explicit SparseConvolutionKernel(const PackedConvolution& convolution) : sparse{convolution} {}
  bool applies() const { return sparse.applies(isa); }
  double cycles() const { return sparse.cycles(isa); }
  KernelCall lower(const NodeView& node) const { return sparse.lower(isa, node); }
};
constexpr std::int64_t kSparseBytes = 450;
template <auto describe, Isa isa>
constexpr Implementation sparse_row(std::string_view name) {
  return convolution_row<describe, SparseConvolutionKernel<isa>, isa, kSparseBytes>(name);
}
/// `describe` gives a SparseWeightOnly, or nothing.
template <auto describe>
constexpr Implementation sparse_weight_only_row(std::string_view name) {
  return convolution_row<describe, SparseWeightOnly, Isa::kPortable, kSparseBytes>(name);
}

template <MatrixForm form>
struct PackedConvolutionKernel {
  PackedConvolution layer;
  bool applies() const { return layer.applies(form); }
  double cycles() const { return layer.cycles(form); }
  KernelCall lower(const NodeView& node) const { return layer.lower(form, node); }
};

/// A row of `Kernel` on weights that are coded in flash.
template <auto describe, typename Kernel, Isa isa, WeightCode code>
std::optional<LoweredBlock> lower_unpacked_row(const NodeView& node) {
  const auto convolution = describe(node);
  if (!convolution) return std::nullopt;
  return lower_unpacked(*convolution, code, isa, lower_block<Kernel>, node);
}
template <auto describe, typename Kernel, Isa isa, WeightCode code>
constexpr Implementation unpacked_row(std::string_view name, std::string_view routine = {}, std::int64_t routine_bytes = 0) {
  return {.name = name,
          .isa = isa,
          .applies = [](const NodeView& node) { return lower_unpacked_row<describe, Kernel, isa, code>(node).has_value(); },
          .cycles = [](const NodeView& node) { return lower_unpacked_row<describe, Kernel, isa, code>(node)->cycles; },
          .lower = [](const NodeView& node) { return lower_unpacked_row<describe, Kernel, isa, code>(node)->call; },
          .code_bytes_of = unpacked_code_bytes,
          .routine = routine,
          .routine_bytes = routine_bytes};
}

}  // namespace mote

#pragma once

// Calls of CMSIS-NN 4.0.0 (Apache-2.0), which the firmware brings: its Include folder, and that of CMSIS-Core, must be among the
// include directories.
#include <arm_nnfunctions.h>
#include <arm_nnsupportfunctions.h>

#include "mote/kernel.hpp"

namespace mote {

// Every layer: int8, NHWC. Tables in flash: the library declares some pointers to them without const and only reads. `scratch`:
// L::scratch_bytes, null for 0. The layer's sizes are checked on the workstation, so no call can fail.

template <typename L>
constexpr cmsis_nn_dims cmsis_input() {
  return {1, L::in_h, L::in_w, L::in_c};
}
template <typename L>
constexpr cmsis_nn_dims cmsis_output() {
  return {1, L::out_h, L::out_w, L::out_c};
}

/// The library takes several images in some of its functions only, so each is a call.
template <typename L, typename Call>
MOTE_INLINE void for_each_image(const int8_t* in, int8_t* out, Call call) {
  for (int32_t b = 0; b < L::batch; ++b) {
    call(in, out);
    in += L::in_h * L::in_w * L::in_c;
    out += L::out_h * L::out_w * L::out_c;
  }
}

/// CONV_2D. Weights [out_c][k_h][k_w][in_c]; bias may be null.
template <typename L>
MOTE_KERNEL void cmsis_conv_2d(const int8_t* in, const int8_t* weights, const int32_t* bias, const int32_t* multipliers,
                               const int32_t* shifts, int8_t* out, uint8_t* scratch) {
  static constexpr cmsis_nn_conv_params kParams = {L::input_offset,
                                                   L::output_offset,
                                                   {L::stride_w, L::stride_h},
                                                   {L::pad_left, L::pad_top},
                                                   {L::dilation_w, L::dilation_h},
                                                   {L::clamp_min, L::clamp_max}};
  static constexpr cmsis_nn_dims kInput = cmsis_input<L>();
  static constexpr cmsis_nn_dims kFilter = {L::out_c, L::k_h, L::k_w, L::in_c};
  static constexpr cmsis_nn_dims kBias = {1, 1, 1, L::out_c};
  static constexpr cmsis_nn_dims kOutput = cmsis_output<L>();
  const cmsis_nn_context context = {scratch, L::scratch_bytes};
  const cmsis_nn_per_channel_quant_params scaling = {const_cast<int32_t*>(multipliers), const_cast<int32_t*>(shifts)};
  for_each_image<L>(in, out, [&](const int8_t* from, int8_t* to) {
    arm_convolve_wrapper_s8(&context, &kParams, &scaling, &kInput, from, &kFilter, weights, &kBias, bias, &kOutput, to);
  });
}

/// One window as int16 without the zero point: each of its rows is a run of bytes.
template <typename L>
MOTE_INLINE void cmsis_gather(const int8_t* in, int32_t y, int32_t x, int16_t* column) {
  const int32_t left = x * L::stride_w - L::pad_left;
  const int32_t before = larger<int32_t>(-left, 0) * L::in_c;
  const int32_t after = larger<int32_t>(left + L::k_w - L::in_w, 0) * L::in_c;
  for (int32_t ky = 0; ky < L::k_h; ++ky, column += L::k_w * L::in_c) {
    const int32_t iy = y * L::stride_h - L::pad_top + ky * L::dilation_h;
    if (iy < 0 || iy >= L::in_h) {
      memset(column, 0, L::k_w * L::in_c * sizeof(int16_t));
      continue;
    }
    const int32_t inside = L::k_w * L::in_c - before - after;
    if (before > 0) memset(column, 0, static_cast<size_t>(before) * sizeof(int16_t));
    arm_q7_to_q15_with_offset(in + (iy * L::in_w + left) * L::in_c + before, column + before, static_cast<uint32_t>(inside),
                              L::input_offset);
    if (after > 0) memset(column + before + inside, 0, static_cast<size_t>(after) * sizeof(int16_t));
  }
}

/// CONV_2D where the library would convert its input pixel by pixel (all cores without Helium): row by row of each window
/// instead, two windows to a product. Dilation_w 1, at least two output pixels.
template <typename L>
MOTE_KERNEL void cmsis_conv_2d_by_rows(const int8_t* in, const int8_t* weights, const int32_t* bias, const int32_t* multipliers,
                                       const int32_t* shifts, int8_t* out, uint8_t* scratch) {
  constexpr int32_t kColumn = L::k_h * L::k_w * L::in_c;
  constexpr int32_t kPixels = L::out_h * L::out_w;
  static_assert(kPixels >= 2 && L::dilation_w == 1 && L::scratch_bytes == 4 * kColumn, "see the contract");
  int16_t* columns = reinterpret_cast<int16_t*>(scratch);
  for_each_image<L>(in, out, [&](const int8_t* from, int8_t* to) {
    int32_t x = 0;
    int32_t y = 0;
    for (int32_t pixel = 0; pixel < kPixels; pixel += 2) {
      // An odd last pixel goes with the one before, once more.
      if (pixel + 1 == kPixels) {
        pixel = kPixels - 2;
        x = pixel % L::out_w;
        y = pixel / L::out_w;
        to -= L::out_c;
      }
      for (int32_t each = 0; each < 2; ++each) {
        cmsis_gather<L>(from, y, x, columns + each * kColumn);
        if (++x == L::out_w) {
          x = 0;
          ++y;
        }
      }
      to = arm_nn_mat_mult_kernel_s8_s16(weights, columns, L::out_c, shifts, multipliers, L::output_offset, L::clamp_min,
                                         L::clamp_max, kColumn, bias, to);
    }
  });
}

/// DEPTHWISE_CONV_2D. Weights [k_h][k_w][out_c]; bias may be null.
template <typename L>
MOTE_KERNEL void cmsis_depthwise_conv_2d(const int8_t* in, const int8_t* weights, const int32_t* bias, const int32_t* multipliers,
                                         const int32_t* shifts, int8_t* out, uint8_t* scratch) {
  static constexpr cmsis_nn_dw_conv_params kParams = {L::input_offset,
                                                      L::output_offset,
                                                      L::out_c / L::in_c,
                                                      {L::stride_w, L::stride_h},
                                                      {L::pad_left, L::pad_top},
                                                      {L::dilation_w, L::dilation_h},
                                                      {L::clamp_min, L::clamp_max}};
  static constexpr cmsis_nn_dims kInput = cmsis_input<L>();
  static constexpr cmsis_nn_dims kFilter = {1, L::k_h, L::k_w, L::out_c};
  static constexpr cmsis_nn_dims kBias = {1, 1, 1, L::out_c};
  static constexpr cmsis_nn_dims kOutput = cmsis_output<L>();
  const cmsis_nn_context context = {scratch, L::scratch_bytes};
  const cmsis_nn_per_channel_quant_params scaling = {const_cast<int32_t*>(multipliers), const_cast<int32_t*>(shifts)};
  for_each_image<L>(in, out, [&](const int8_t* from, int8_t* to) {
    arm_depthwise_conv_wrapper_s8(&context, &kParams, &scaling, &kInput, from, &kFilter, weights, &kBias, bias, &kOutput, to);
  });
}

/// FULLY_CONNECTED with one multiplier. Weights [units][depth]; bias may be null.
template <typename L>
MOTE_KERNEL void cmsis_fully_connected(const int8_t* in, const int8_t* weights, const int32_t* bias, int8_t* out) {
  static constexpr cmsis_nn_fc_params kParams = {L::input_offset, 0, L::output_offset, {L::clamp_min, L::clamp_max}};
  static constexpr cmsis_nn_per_tensor_quant_params kScaling = {L::multiplier, L::shift};
  static constexpr cmsis_nn_dims kInput = {L::rows, 1, 1, L::depth};
  static constexpr cmsis_nn_dims kFilter = {L::depth, 1, 1, L::units};
  static constexpr cmsis_nn_dims kBias = {1, 1, 1, L::units};
  static constexpr cmsis_nn_dims kOutput = {L::rows, 1, 1, L::units};
  static constexpr cmsis_nn_context kContext = {nullptr, 0};
  arm_fully_connected_s8(&kContext, &kParams, &kScaling, &kInput, in, &kFilter, weights, &kBias, bias, &kOutput, out);
}

template <typename L>
constexpr cmsis_nn_pool_params cmsis_pool() {
  return {{L::stride_w, L::stride_h}, {L::pad_left, L::pad_top}, {L::clamp_min, L::clamp_max}};
}

template <typename L>
MOTE_KERNEL void cmsis_average_pool_2d(const int8_t* in, int8_t* out, uint8_t* scratch) {
  static constexpr cmsis_nn_pool_params kParams = cmsis_pool<L>();
  static constexpr cmsis_nn_dims kInput = cmsis_input<L>();
  static constexpr cmsis_nn_dims kFilter = {1, L::k_h, L::k_w, 1};
  static constexpr cmsis_nn_dims kOutput = cmsis_output<L>();
  const cmsis_nn_context context = {scratch, L::scratch_bytes};
  for_each_image<L>(in, out, [&](const int8_t* from, int8_t* to) {
    arm_avgpool_s8(&context, &kParams, &kInput, from, &kFilter, &kOutput, to);
  });
}

template <typename L>
MOTE_KERNEL void cmsis_max_pool_2d(const int8_t* in, int8_t* out, uint8_t* scratch) {
  static constexpr cmsis_nn_pool_params kParams = cmsis_pool<L>();
  static constexpr cmsis_nn_dims kInput = cmsis_input<L>();
  static constexpr cmsis_nn_dims kFilter = {1, L::k_h, L::k_w, 1};
  static constexpr cmsis_nn_dims kOutput = cmsis_output<L>();
  const cmsis_nn_context context = {scratch, L::scratch_bytes};
  for_each_image<L>(in, out, [&](const int8_t* from, int8_t* to) {
    arm_max_pool_s8(&context, &kParams, &kInput, from, &kFilter, &kOutput, to);
  });
}

}  // namespace mote

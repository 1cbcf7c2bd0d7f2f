// Model 'classifier', compiled by mote 0.1.0. Generated: change the model, not this file.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2", "no-strict-aliasing")  // the arena holds values of several types, whatever flags the firmware is built with
#elif defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-const-variable"  // descriptors state more than some kernels ask for
#endif

#include "classifier.hpp"
#include "classifier.h"

#include "mote/conv_2d.hpp"
#include "mote/depthwise_conv_2d.hpp"
#include "mote/fully_connected.hpp"
#include "mote/kernel.hpp"
#include "mote/pool.hpp"
#include "mote/softmax.hpp"

namespace classifier {

namespace {

alignas(4) const int8_t l0_weights[] = {
    -67,-50,-101,57,-26,-5,-88,-104,-110,-122,-25,13,107,-53,77,126,68,-112,-71,6,10,-35,-57,72,-83,84,-100,-60,-73,114,110,-121,
    85,37,79,-61,
};
alignas(4) const int32_t l0_bias[] = {
    1278,-887,-1208,-1325,
};
alignas(4) const int32_t l0_multipliers[] = {
    1717987038,1073741824,1288490229,1503238634,
};
alignas(4) const int8_t l0_shifts[] = {
    -9,-8,-8,-8,
};
alignas(4) const int8_t l1_weights[] = {
    -48,-53,33,95,60,118,91,90,98,-32,-105,89,28,-41,44,-28,2,-64,-82,-64,-6,-56,-105,114,112,82,94,114,13,88,-51,-126,105,-53,
    19,53,
};
alignas(4) const int32_t l1_multipliers[] = {
    1832519339,2015771307,1099511637,1191137621,
};
alignas(4) const int8_t l1_shifts[] = {
    -7,-7,-6,-6,
};
alignas(4) const int8_t l2_weights[] = {
    98,-48,90,68,3,-78,-22,-19,26,-54,-17,-12,-86,-68,-49,-61,
};
alignas(4) const int32_t l2_bias[] = {
    496,1730,-1595,-612,
};
alignas(4) const int32_t l2_multipliers[] = {
    2061584256,2061584256,2061584256,2061584256,
};
alignas(4) const int8_t l2_shifts[] = {
    -6,-6,-6,-6,
};
alignas(4) const int8_t l5_weights[] = {
    -116,-9,33,-56,5,9,38,-7,52,-40,-90,45,
};
alignas(4) const int32_t l5_bias[] = {
    -1199,-1728,-310,
};

struct L0 {
  using Input = int8_t;
  using Weight = int8_t;
  using Sum = int32_t;
  using Output = int8_t;
  static constexpr int32_t output_zero_point = -128;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
  static constexpr int32_t batch = 1;
  static constexpr int32_t in_h = 6;
  static constexpr int32_t in_w = 5;
  static constexpr int32_t in_c = 1;
  static constexpr int32_t out_h = 6;
  static constexpr int32_t out_w = 5;
  static constexpr int32_t out_c = 4;
  static constexpr int32_t k_h = 3;
  static constexpr int32_t k_w = 3;
  static constexpr int32_t stride_h = 1;
  static constexpr int32_t stride_w = 1;
  static constexpr int32_t dilation_h = 1;
  static constexpr int32_t dilation_w = 1;
  static constexpr int32_t pad_top = 1;
  static constexpr int32_t pad_left = 1;
  static constexpr int32_t depth = 1;
  static constexpr int32_t input_zero_point = -3;
  static constexpr bool has_bias = true;
};
struct L1 {
  using Input = int8_t;
  using Weight = int8_t;
  using Sum = int32_t;
  using Output = int8_t;
  static constexpr int32_t output_zero_point = 4;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
  static constexpr int32_t batch = 1;
  static constexpr int32_t in_h = 6;
  static constexpr int32_t in_w = 5;
  static constexpr int32_t in_c = 4;
  static constexpr int32_t out_h = 3;
  static constexpr int32_t out_w = 3;
  static constexpr int32_t out_c = 4;
  static constexpr int32_t k_h = 3;
  static constexpr int32_t k_w = 3;
  static constexpr int32_t stride_h = 2;
  static constexpr int32_t stride_w = 2;
  static constexpr int32_t dilation_h = 1;
  static constexpr int32_t dilation_w = 1;
  static constexpr int32_t pad_top = 0;
  static constexpr int32_t pad_left = 1;
  static constexpr int32_t input_zero_point = -128;
  static constexpr bool has_bias = false;
};
struct L2 {
  using Input = int8_t;
  using Weight = int8_t;
  using Sum = int32_t;
  using Output = int8_t;
  static constexpr int32_t output_zero_point = 0;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
  static constexpr int32_t batch = 1;
  static constexpr int32_t in_h = 3;
  static constexpr int32_t in_w = 3;
  static constexpr int32_t in_c = 4;
  static constexpr int32_t out_h = 3;
  static constexpr int32_t out_w = 3;
  static constexpr int32_t out_c = 4;
  static constexpr int32_t k_h = 1;
  static constexpr int32_t k_w = 1;
  static constexpr int32_t stride_h = 1;
  static constexpr int32_t stride_w = 1;
  static constexpr int32_t dilation_h = 1;
  static constexpr int32_t dilation_w = 1;
  static constexpr int32_t pad_top = 0;
  static constexpr int32_t pad_left = 0;
};
struct L3 {
  using Value = int8_t;
  static constexpr int32_t batch = 1;
  static constexpr int32_t in_h = 3;
  static constexpr int32_t in_w = 3;
  static constexpr int32_t in_c = 4;
  static constexpr int32_t out_h = 1;
  static constexpr int32_t out_w = 1;
  static constexpr int32_t out_c = 4;
  static constexpr int32_t k_h = 3;
  static constexpr int32_t k_w = 3;
  static constexpr int32_t stride_h = 1;
  static constexpr int32_t stride_w = 1;
  static constexpr int32_t dilation_h = 1;
  static constexpr int32_t dilation_w = 1;
  static constexpr int32_t pad_top = 0;
  static constexpr int32_t pad_left = 0;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
};
struct L5 {
  using Input = int8_t;
  using Weight = int8_t;
  using Sum = int32_t;
  using Output = int8_t;
  static constexpr int32_t output_zero_point = 7;
  static constexpr int32_t clamp_min = -128;
  static constexpr int32_t clamp_max = 127;
  static constexpr int32_t rows = 1;
  static constexpr int32_t depth = 4;
  static constexpr int32_t units = 3;
  static constexpr bool per_channel = false;
  static constexpr int32_t multiplier = 1649267343;
  static constexpr int32_t shift = -7;
  static constexpr bool has_bias = true;
};
struct L6 {
  static constexpr int32_t rows = 1;
  static constexpr int32_t depth = 3;
  using Output = int8_t;
  static constexpr int32_t multiplier = 1717986944;
  static constexpr int32_t shift = 23;
  static constexpr int32_t smallest_difference = -248;
};

}  // namespace

void Model::run() noexcept {
  mote::conv_2d<L0>(at<int8_t>(120), l0_weights, l0_bias, l0_multipliers, l0_shifts, at<int8_t>(0));  // conv: 1x6x5x4
  mote::depthwise_conv_2d<L1>(at<int8_t>(0), l1_weights, nullptr, l1_multipliers, l1_shifts, at<int8_t>(120));  // depthwise: 1x3x3x4
  mote::conv_2d_pointwise<L2>(at<int8_t>(120), l2_weights, l2_bias, l2_multipliers, l2_shifts, at<int8_t>(0));  // pointwise: 1x3x3x4
  mote::average_pool_2d<L3>(at<int8_t>(0), at<int8_t>(36));  // pool: 1x1x1x4
  mote::fully_connected<L5>(at<int8_t>(36), l5_weights, l5_bias, nullptr, nullptr, at<int8_t>(0));  // dense: 1x3
  mote::softmax_int8<L6>(at<int8_t>(0), at<int8_t>(0));  // softmax: 1x3
}

}  // namespace classifier

static_assert(sizeof(classifier::Model) <= sizeof(classifier_model), "the C struct is large enough");

extern "C" {

int8_t* classifier_input0(classifier_model* model) { return reinterpret_cast<classifier::Model*>(model)->input0(); }
const int8_t* classifier_output0(const classifier_model* model) { return reinterpret_cast<const classifier::Model*>(model)->output0(); }
void classifier_run(classifier_model* model) { reinterpret_cast<classifier::Model*>(model)->run(); }
void classifier_reset(classifier_model* model) { reinterpret_cast<classifier::Model*>(model)->reset(); }

}  // extern "C"

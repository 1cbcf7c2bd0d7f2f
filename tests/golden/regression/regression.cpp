// Model 'regression', compiled by mote 0.1.0. Generated: change the model, not this file.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2", "no-strict-aliasing")  // the arena holds values of several types, whatever flags the firmware is built with
#elif defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-const-variable"  // descriptors state more than some kernels ask for
#endif

#include "regression.hpp"
#include "regression.h"

#include "mote/activation.hpp"
#include "mote/fully_connected.hpp"
#include "mote/kernel.hpp"

namespace regression {

namespace {

alignas(4) const float l0_weights[] = {
    0.349999994F,-0.345999986F,-0.354000002F,-0.356999993F,-0.694000006F,0.30399999F,0.72299999F,0.739000022F,0.360000014F,-0.843999982F,
    0.234999999F,0.787999988F,
};
alignas(4) const float l0_bias[] = {
    -0.416000009F,-0.5F,0.197999999F,HUGE_VALF,
};
alignas(4) const float l2_weights[] = {
    -0.681999981F,0.145999998F,-0.273000002F,-0.0900000036F,
};

struct L0 {
  using Input = float;
  using Weight = float;
  using Sum = float;
  using Output = float;
  static constexpr float clamp_min = 0.0F;
  static constexpr float clamp_max = 6.0F;
  static constexpr int32_t rows = 1;
  static constexpr int32_t depth = 3;
  static constexpr int32_t units = 4;
  static constexpr bool per_channel = true;
  static constexpr int32_t multiplier = 0;
  static constexpr int32_t shift = 0;
  static constexpr bool has_bias = true;
};
struct L1 {
  using Input = float;
  using Output = float;
  static constexpr int32_t elements = 4;
};
struct L2 {
  using Input = float;
  using Weight = float;
  using Sum = float;
  using Output = float;
  static constexpr float clamp_min = -HUGE_VALF;
  static constexpr float clamp_max = HUGE_VALF;
  static constexpr int32_t rows = 1;
  static constexpr int32_t depth = 4;
  static constexpr int32_t units = 1;
  static constexpr bool per_channel = true;
  static constexpr int32_t multiplier = 0;
  static constexpr int32_t shift = 0;
  static constexpr bool has_bias = false;
};

}  // namespace

void Model::run() noexcept {
  mote::fully_connected<L0>(at<float>(12), l0_weights, l0_bias, nullptr, nullptr, at<float>(0));  // first: 1x4
  mote::tanh<L1>(at<float>(0), nullptr, at<float>(0));  // squash: 1x4
  mote::fully_connected<L2>(at<float>(0), l2_weights, nullptr, nullptr, nullptr, at<float>(0));  // second: 1x1
}

}  // namespace regression

static_assert(sizeof(regression::Model) <= sizeof(regression_model), "the C struct is large enough");

extern "C" {

float* regression_input0(regression_model* model) { return reinterpret_cast<regression::Model*>(model)->input0(); }
const float* regression_output0(const regression_model* model) { return reinterpret_cast<const regression::Model*>(model)->output0(); }
void regression_run(regression_model* model) { reinterpret_cast<regression::Model*>(model)->run(); }
void regression_reset(regression_model* model) { reinterpret_cast<regression::Model*>(model)->reset(); }
void regression_restart(regression_model* model) { reinterpret_cast<regression::Model*>(model)->restart(); }

}  // extern "C"

// Model 'stream', compiled by mote 0.1.0. Generated: change the model, not this file.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O2", "no-strict-aliasing")  // the arena holds values of several types, whatever flags the firmware is built with
#elif defined(__clang__)
#pragma clang diagnostic ignored "-Wunused-const-variable"  // descriptors state more than some kernels ask for
#endif

#include "stream.hpp"
#include "stream.h"

#include "mote/joined.hpp"
#include "mote/kernel.hpp"
#include "mote/lookup.hpp"
#include "mote/sum_int8.hpp"
#include "mote/svdf.hpp"

namespace stream {

namespace {

alignas(4) const int8_t l3_features[] = {
    106,-76,35,34,-15,-57,-80,-36,-16,64,23,-45,35,15,-77,104,-45,-102,87,-112,54,-69,-56,68,22,30,93,-67,-96,-43,112,-82,
};
alignas(4) const int8_t l3_times[] = {
    -53,-10,-121,-117,-36,51,-106,102,119,117,-54,61,
};
alignas(4) const int8_t l4_table[] = {
    0,13,25,37,49,59,69,77,85,92,97,102,107,110,113,116,118,120,121,122,123,124,125,125,126,126,127,127,127,127,127,127,127,127,
    127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,
    127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,
    127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,127,
    127,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,
    -128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,
    -128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,
    -128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-128,-127,-127,
    -127,-127,-127,-127,-126,-126,-125,-125,-124,-123,-122,-121,-120,-118,-116,-113,-110,-107,-102,-97,-92,-85,-77,-69,-59,-49,
    -37,-25,-13,
};

struct L1 {
  static constexpr int32_t count = 4;
  static constexpr int32_t clamp_min = -1;
  static constexpr int32_t clamp_max = 127;
  static constexpr int32_t a_factor = 671088665;
  static constexpr int32_t b_factor = 671088665;
  static constexpr int32_t offset = -12320778;
  static constexpr int32_t shift = 22;
};
struct L2 {
  using Value = int8_t;
  static constexpr int32_t outer = 1;
  static constexpr int32_t sizes[] = {4, 4};
};
struct L3 {
  static constexpr int32_t batch = 1;
  static constexpr int32_t width = 8;
  static constexpr int32_t units = 2;
  static constexpr int32_t rank = 2;
  static constexpr int32_t memory = 3;
  using State = int8_t;
  static constexpr int32_t input_zero_point = 2;
  static constexpr int32_t state_zero_point = 3;
  static constexpr int32_t state_multiplier = 1374389504;
  static constexpr int32_t state_shift = -7;
  static constexpr int32_t state_min = -128;
  static constexpr int32_t state_max = 127;
  static constexpr int32_t output_zero_point = 0;
  static constexpr int32_t output_multiplier = 1374389504;
  static constexpr int32_t output_shift = -6;
  static constexpr bool has_bias = false;
};
struct L4 {
  using Input = int8_t;
  using Output = int8_t;
  static constexpr int32_t elements = 2;
};

}  // namespace

void Model::run() noexcept {
  if (!started_) reset();
  mote::sum_int8<L1>(at<int8_t>(12), at<int8_t>(20), at<int8_t>(20));  // add: 1x4
  mote::join<L2>(at<int8_t>(24), at<int8_t>(20), at<int8_t>(16));  // join: 1x8
  mote::svdf<L3>(at<int8_t>(24), l3_features, l3_times, nullptr, at<int8_t>(0), at<int8_t>(12));  // svdf: 1x2
  mote::lookup<L4>(at<int8_t>(12), l4_table, at<int8_t>(12));  // gate: 1x2
}

void Model::restart() noexcept {
  for (size_t i = 0; i < 12; ++i) at<int8_t>(0)[i] = 3;
}

void Model::reset() noexcept {
  restart();
  started_ = true;
}

}  // namespace stream

static_assert(sizeof(stream::Model) <= sizeof(stream_model), "the C struct is large enough");

extern "C" {

int8_t* stream_input0(stream_model* model) { return reinterpret_cast<stream::Model*>(model)->input0(); }
int8_t* stream_input1(stream_model* model) { return reinterpret_cast<stream::Model*>(model)->input1(); }
const int8_t* stream_output0(const stream_model* model) { return reinterpret_cast<const stream::Model*>(model)->output0(); }
const int8_t* stream_output1(const stream_model* model) { return reinterpret_cast<const stream::Model*>(model)->output1(); }
void stream_run(stream_model* model) { reinterpret_cast<stream::Model*>(model)->run(); }
void stream_reset(stream_model* model) { reinterpret_cast<stream::Model*>(model)->reset(); }
void stream_restart(stream_model* model) { reinterpret_cast<stream::Model*>(model)->restart(); }

}  // extern "C"

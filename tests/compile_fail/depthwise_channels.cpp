// error: every input channel gives equally many output channels
#include "mote/depthwise_conv_2d.hpp"

#include "layers.hpp"

struct L : Convolution {
  static constexpr int32_t in_c = 4;
#ifdef MOTE_WRONG
  static constexpr int32_t out_c = 6;
#else
  static constexpr int32_t out_c = 8;
#endif
};

void run(const int8_t* in, const int8_t* weights, const int32_t* bias, const int32_t* multipliers, const int8_t* shifts, int8_t* out) {
  mote::depthwise_conv_2d<L>(in, weights, bias, multipliers, shifts, out);
}

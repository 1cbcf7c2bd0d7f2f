// error: a pointwise convolution has a 1x1 window and stride 1
#include "mote/conv_2d.hpp"

#include "layers.hpp"

struct L : Convolution {
  static constexpr int32_t in_c = 4, out_c = 4;
#ifdef MOTE_WRONG
  static constexpr int32_t out_h = 2, out_w = 2;
#endif
};

void run(const int8_t* in, const int8_t* weights, const int32_t* bias, const int32_t* multipliers, const int8_t* shifts, int8_t* out) {
  mote::conv_2d_pointwise<L>(in, weights, bias, multipliers, shifts, out);
}

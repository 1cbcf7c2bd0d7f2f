// error: the number of groups divides the output channels
#include "mote/conv_2d.hpp"

#include "layers.hpp"

struct L : Convolution {
  static constexpr int32_t in_c = 4, depth = 2;
#ifdef MOTE_WRONG
  static constexpr int32_t out_c = 5;
#else
  static constexpr int32_t out_c = 6;
#endif
};

void run(const int8_t* in, const int8_t* weights, const int32_t* bias, const int32_t* multipliers, const int8_t* shifts, int8_t* out) {
  mote::conv_2d<L>(in, weights, bias, multipliers, shifts, out);
}

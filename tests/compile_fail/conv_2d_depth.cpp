// error: the depth of the weights divides the input channels: each group has as many
#include "mote/conv_2d.hpp"

#include "layers.hpp"

struct L : Convolution {
  static constexpr int32_t in_c = 4, out_c = 4;
#ifdef MOTE_WRONG
  static constexpr int32_t depth = 3;
#else
  static constexpr int32_t depth = 2;
#endif
};

void run(const int8_t* in, const int8_t* weights, const int32_t* bias, const int32_t* multipliers, const int8_t* shifts, int8_t* out) {
  mote::conv_2d<L>(in, weights, bias, multipliers, shifts, out);
}

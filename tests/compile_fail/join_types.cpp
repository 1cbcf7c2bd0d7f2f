// error: every part has the type of the whole
#include "mote/joined.hpp"

struct L {
  using Value = int16_t;
  static constexpr int32_t outer = 1;
  static constexpr int32_t sizes[] = {4};
};

#ifdef MOTE_WRONG
void run(int16_t* whole, const int8_t* a) { mote::join<L>(whole, a); }
#else
void run(int16_t* whole, const int16_t* a) { mote::join<L>(whole, a); }
#endif

// error: as many parts as sizes
#include "mote/joined.hpp"

struct L {
  using Value = int8_t;
  static constexpr int32_t outer = 1;
#ifdef MOTE_WRONG
  static constexpr int32_t sizes[] = {4, 4, 4};
#else
  static constexpr int32_t sizes[] = {4, 4};
#endif
};

void run(int8_t* whole, const int8_t* a, const int8_t* b) { mote::join<L>(whole, a, b); }

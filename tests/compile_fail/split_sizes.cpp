// error: as many parts as sizes
#include "mote/joined.hpp"

struct L {
  using Value = int16_t;
  static constexpr int32_t outer = 2;
  static constexpr int32_t sizes[] = {4, 4};
};

void run(const int16_t* whole, int16_t* a, int16_t* b) {
#ifdef MOTE_WRONG
  mote::split<L>(whole, a);
  (void)b;
#else
  mote::split<L>(whole, a, b);
#endif
}

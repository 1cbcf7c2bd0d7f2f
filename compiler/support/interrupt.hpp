#pragma once

namespace mote {

/// While it lives, the first Ctrl-C is noted instead of ending the program, so that work can be brought to a good end; the second ends it.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static bool requested();
};

}  // namespace mote

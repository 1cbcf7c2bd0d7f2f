#pragma once

namespace mote {

/// While it lives, Ctrl-C (SIGINT) is a wish to stop, to be asked for; a second one ends the program as always. One at a time.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  bool asked() const;
};

}  // namespace mote

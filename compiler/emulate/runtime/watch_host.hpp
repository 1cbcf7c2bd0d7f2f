#pragma once

/// On the workstation a run is only run.

#include <stdint.h>

#include "run_format.h"

class Watch {
 public:
  explicit Watch(uint32_t) {}

  template <typename Model>
  void run(Model& model) {
    model.run();
  }

  void fill(RunTrailer&) {}
};

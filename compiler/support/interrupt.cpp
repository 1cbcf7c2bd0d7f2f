#include "support/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace mote {

namespace {

std::atomic<bool> noted{false};

void note(int) {
  noted = true;
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

Interrupt::Interrupt() {
  noted = false;
  std::signal(SIGINT, note);
}

Interrupt::~Interrupt() { std::signal(SIGINT, SIG_DFL); }

bool Interrupt::requested() { return noted; }

}  // namespace mote

#include "support/interruption.hpp"

#include <csignal>

namespace mote {

namespace {

volatile std::sig_atomic_t asked_for = 0;
struct sigaction before;

extern "C" void remember_interruption(int) { asked_for = 1; }

}  // namespace

Interruption::Interruption() {
  asked_for = 0;
  struct sigaction action {};
  action.sa_handler = remember_interruption;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  ::sigaction(SIGINT, &action, &before);
}

Interruption::~Interruption() { ::sigaction(SIGINT, &before, nullptr); }

bool Interruption::asked() const { return asked_for != 0; }

}  // namespace mote

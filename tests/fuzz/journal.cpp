// What `mote compress --budget` writes down as it searches.

#include "search/journal.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mote::fuzz::attempt([&] { (void)mote::parse_journal({reinterpret_cast<const char*>(data), size}, "this"); });
  return 0;
}

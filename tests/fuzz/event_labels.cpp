// Labels of events, and the same text as a pipeline whose thresholds are written.

#include "data/event_labels.hpp"
#include "fuzz/fuzz.hpp"
#include "pipeline/edit_config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  mote::fuzz::attempt([&] { static_cast<void>(mote::parse_event_labels(text)); });
  mote::fuzz::attempt([&] {
    const std::string once = mote::with_setting(text, "decision", "on", "[inf, 0.5]");
    MOTE_CHECK(mote::with_setting(once, "decision", "on", "[inf, 0.5]") == once);
  });
  return 0;
}

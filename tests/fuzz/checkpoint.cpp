// Checkpoints of `mote quantize --distill`.

#include "fuzz/fuzz.hpp"
#include "train/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mote::fuzz::attempt([&] {
    const mote::Checkpoint checkpoint = mote::parse_checkpoint({data, size});
    const std::string text = mote::format_checkpoint(checkpoint);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    MOTE_CHECK(mote::parse_checkpoint({bytes, text.size()}).state.slots == checkpoint.state.slots);
  });
  return 0;
}

// .npy arrays and .npz archives, and the way back.

#include "data/convert.hpp"
#include "fuzz/fuzz.hpp"
#include "support/npy.hpp"

namespace mote::fuzz {
namespace {

void look_at(const NpyArray& array) {
  attempt([&] {
    for (std::int64_t i = 0; i < array.elements(); ++i) number_at(array, i);
  });
  attempt([&] { strings_of(array); });
  const std::string text = format_npy(array);
  const NpyArray again = parse_npy({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  MOTE_CHECK(again.descr == array.descr && again.shape == array.shape && again.bytes == array.bytes);
}

}  // namespace
}  // namespace mote::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mote::fuzz::attempt([&] { mote::fuzz::look_at(mote::parse_npy({data, size})); });
  return mote::fuzz::attempt([&] {
    for (const auto& [name, array] : mote::parse_npz({data, size})) mote::fuzz::look_at(array);
  });
}

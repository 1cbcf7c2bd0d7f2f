// Files of `mote tune`.

#include "fuzz/fuzz.hpp"
#include "select/tuning.hpp"
#include "support/files.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mote::TemporaryDirectory directory;
  const auto file = directory.path() / "tuning.json";
  mote::write_file(file, {reinterpret_cast<const char*>(data), size});
  mote::fuzz::attempt([&] {
    const mote::Tuning tuning = mote::Tuning::read(file);
    tuning.write(file);
    MOTE_CHECK(mote::Tuning::read(file).size() == tuning.size());
  });
  return 0;
}

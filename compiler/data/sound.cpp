#include "data/sound.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include <sndfile.h>

#include "support/error.hpp"

namespace mote {

namespace {

/// A file in memory, as libsndfile reads one.
struct Memory {
  std::span<const std::uint8_t> bytes;
  sf_count_t at = 0;

  static Memory& of(void* user) { return *static_cast<Memory*>(user); }
  static sf_count_t length(void* user) { return static_cast<sf_count_t>(of(user).bytes.size()); }
  static sf_count_t tell(void* user) { return of(user).at; }
  static sf_count_t seek(sf_count_t offset, int whence, void* user) {
    const sf_count_t start = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? of(user).at : length(user);
    if (start + offset < 0 || start + offset > length(user)) return -1;
    return of(user).at = start + offset;
  }
  static sf_count_t read(void* to, sf_count_t count, void* user) {
    Memory& memory = of(user);
    const sf_count_t taken = std::min(count, length(user) - memory.at);
    if (taken <= 0) return 0;
    std::memcpy(to, memory.bytes.data() + memory.at, static_cast<std::size_t>(taken));
    memory.at += taken;
    return taken;
  }
};

}  // namespace

Sound decode_wav(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kMostSamples = std::size_t{1} << 28;
  constexpr int kMostChannels = 64;
  constexpr sf_count_t kBlock = 4096;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 12));
  if (text.size() < 12 || text.substr(8) != "WAVE") throw Error("not a .wav file: it does not begin with RIFF and WAVE");
  Memory memory{bytes};
  SF_VIRTUAL_IO io{Memory::length, Memory::seek, Memory::read, nullptr, Memory::tell};
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, decltype(&sf_close)> file(sf_open_virtual(&io, SFM_READ, &info, &memory), sf_close);
  if (!file) throw Error(fmt::format("the sound cannot be read: {}", sf_strerror(nullptr)), "save it as 16-bit PCM .wav");
  if (info.channels < 1 || info.channels > kMostChannels || info.samplerate < 1) throw Error("damaged .wav: no channels or no sample rate");
  Sound sound{info.samplerate, {}};
  std::vector<float> block(static_cast<std::size_t>(kBlock * info.channels));
  while (const sf_count_t frames = sf_readf_float(file.get(), block.data(), kBlock)) {
    if (frames < 0) break;
    for (sf_count_t i = 0; i < frames; ++i) {
      float sum = 0;
      for (int c = 0; c < info.channels; ++c) sum += block[static_cast<std::size_t>(i * info.channels + c)];
      sound.samples.push_back(sum / static_cast<float>(info.channels));
    }
    if (sound.samples.size() > kMostSamples) throw Error("the sound is too long", "cut it into pieces");
  }
  if (sf_error(file.get()) != SF_ERR_NO_ERROR) throw Error(fmt::format("damaged .wav: {}", sf_strerror(file.get())));
  if (sound.samples.empty()) throw Error("the sound is empty");
  return sound;
}

}  // namespace mote

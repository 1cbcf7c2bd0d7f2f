#include "emulate/elf_image.hpp"

#include <gtest/gtest.h>

#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {
namespace {

void put(std::string& bytes, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<char>(value >> 8 * i));
}

void put_section(std::string& bytes, std::uint32_t name, std::uint32_t type, std::uint32_t offset, std::uint32_t length,
                 std::uint32_t link) {
  for (const std::uint32_t field : {name, type, 0u, 0u, offset, length, link, 0u, 4u, 0u}) put(bytes, field, 4);
}

/// Sections "", ".text" of 100 bytes, a symbol table with the Thumb function "run" and the object "arena", and the strings.
std::string small_elf() {
  const std::string strings("\0.text\0.symtab\0run\0arena\0", 25);
  constexpr std::uint32_t kStrings = 52, kSymbols = 80, kSections = 128;
  std::string bytes("\x7F" "ELF\1\1\1", 7);
  bytes.resize(16);
  put(bytes, 2, 2), put(bytes, 40, 2), put(bytes, 1, 4), put(bytes, 0, 4), put(bytes, 0, 4), put(bytes, kSections, 4);
  put(bytes, 0, 4), put(bytes, 52, 2), put(bytes, 0, 2), put(bytes, 0, 2), put(bytes, 40, 2), put(bytes, 4, 2), put(bytes, 3, 2);
  bytes += strings;
  bytes.resize(kSymbols);
  bytes.resize(kSymbols + 16);  // the null symbol
  put(bytes, 15, 4), put(bytes, 0x201, 4), put(bytes, 64, 4), put(bytes, 0x12, 2), put(bytes, 1, 2);
  put(bytes, 19, 4), put(bytes, 0x20000001, 4), put(bytes, 8, 4), put(bytes, 0x11, 2), put(bytes, 1, 2);
  put_section(bytes, 0, 0, 0, 0, 0);
  put_section(bytes, 1, 1, 0, 100, 0);
  put_section(bytes, 7, 2, kSymbols, 48, 3);
  put_section(bytes, 0, 3, kStrings, static_cast<std::uint32_t>(strings.size()), 0);
  return bytes;
}

class ElfImageTest : public testing::Test {
 protected:
  ElfImage read(const std::string& bytes) {
    const auto path = directory_.path() / "image.elf";
    write_file(path, bytes);
    return read_elf(path);
  }
  TemporaryDirectory directory_;
};

TEST_F(ElfImageTest, ReadsSectionsAndSymbols) {
  const ElfImage image = read(small_elf());
  EXPECT_EQ(image.bytes_of(".text"), 100u);
  EXPECT_EQ(image.bytes_of(".no_such_section"), 0u);
  EXPECT_EQ(image.symbol("run").address, 0x200u);  // without the Thumb bit
  EXPECT_EQ(image.symbol("run").bytes, 64u);
  EXPECT_EQ(image.symbol("arena").address, 0x20000001u);
  EXPECT_THROW(image.symbol("no_such_symbol"), InternalError);
}

TEST_F(ElfImageTest, DamageIsAnErrorOrHarmless) {
  const std::string whole = small_elf();
  for (std::size_t length = 0; length < whole.size(); ++length) EXPECT_THROW(read(whole.substr(0, length)), Error);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xFF);
    try {
      read(damaged);
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace mote

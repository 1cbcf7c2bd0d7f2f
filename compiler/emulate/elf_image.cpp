#include "emulate/elf_image.hpp"

#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {
namespace {

// Tool Interface Standard, "Executable and Linking Format" 1.2.
struct FileHeader {
  std::uint8_t identity[16];
  std::uint16_t type, machine;
  std::uint32_t version, entry, program_offset, section_offset, flags;
  std::uint16_t header_bytes, program_entry_bytes, program_count, section_entry_bytes, section_count, name_section;
};
struct SectionHeader {
  std::uint32_t name, type, flags, address, offset, bytes, link, info, alignment, entry_bytes;
};
struct SymbolEntry {
  std::uint32_t name, value, bytes;
  std::uint8_t info, other;
  std::uint16_t section;
};
static_assert(sizeof(FileHeader) == 52 && sizeof(SectionHeader) == 40 && sizeof(SymbolEntry) == 16);

constexpr std::uint32_t kSymbolTable = 2;
constexpr std::uint8_t kFunction = 2;

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : path_(path.string()), bytes_(read_file(path)) {}

  void check(bool condition) const {
    if (!condition) throw Error(fmt::format("{}: not a 32-bit little-endian ELF file, or a damaged one", path_));
  }

  std::span<const std::uint8_t> range(std::size_t offset, std::size_t length) const {
    check(offset <= bytes_.size() && length <= bytes_.size() - offset);
    return std::span(bytes_).subspan(offset, length);
  }

  template <typename Record>
  Record record(std::size_t offset) const {
    Record result;
    std::memcpy(&result, range(offset, sizeof result).data(), sizeof result);
    return result;
  }

  std::string text(const SectionHeader& strings, std::uint32_t offset) const {
    check(offset < strings.bytes);
    const auto table = range(strings.offset, strings.bytes);
    const std::string_view rest(reinterpret_cast<const char*>(table.data()) + offset, table.size() - offset);
    return std::string(rest.substr(0, rest.find('\0')));
  }

 private:
  std::string path_;
  std::vector<std::uint8_t> bytes_;
};

void read_symbols(const Reader& reader, const SectionHeader& table, const SectionHeader& strings, ElfImage& image) {
  for (std::uint32_t at = 0; at + sizeof(SymbolEntry) <= table.bytes; at += sizeof(SymbolEntry)) {
    const auto entry = reader.record<SymbolEntry>(std::size_t{table.offset} + at);
    const bool is_function = (entry.info & 15) == kFunction;
    if (entry.name == 0) continue;
    image.symbols[reader.text(strings, entry.name)] = {is_function ? entry.value & ~1u : entry.value, entry.bytes};
  }
}

}  // namespace

std::uint32_t ElfImage::bytes_of(const std::string& section) const {
  const auto found = section_bytes.find(section);
  return found == section_bytes.end() ? 0 : found->second;
}

const ElfImage::Symbol& ElfImage::symbol(const std::string& name) const {
  const auto found = symbols.find(name);
  if (found == symbols.end()) throw InternalError(fmt::format("the firmware has no symbol '{}'", name), __FILE__, __LINE__);
  return found->second;
}

ElfImage read_elf(const std::filesystem::path& path) {
  const Reader reader(path);
  const auto header = reader.record<FileHeader>(0);
  constexpr std::uint8_t kIdentity[] = {0x7F, 'E', 'L', 'F', 1, 1};
  reader.check(std::memcmp(header.identity, kIdentity, sizeof kIdentity) == 0);
  reader.check(header.section_entry_bytes == sizeof(SectionHeader));

  std::vector<SectionHeader> sections;
  for (std::size_t i = 0; i < header.section_count; ++i) {
    sections.push_back(reader.record<SectionHeader>(header.section_offset + i * sizeof(SectionHeader)));
  }
  reader.check(header.name_section < sections.size());

  ElfImage image;
  for (const SectionHeader& section : sections) {
    image.section_bytes[reader.text(sections[header.name_section], section.name)] += section.bytes;
    if (section.type != kSymbolTable) continue;
    reader.check(section.link < sections.size());
    read_symbols(reader, section, sections[section.link], image);
  }
  return image;
}

}  // namespace mote

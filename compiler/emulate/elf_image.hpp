#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace mote {

/// The sections and symbols of a linked 32-bit little-endian ELF file.
struct ElfImage {
  struct Symbol {
    std::uint32_t address = 0, bytes = 0;  // of Thumb functions the address is even
  };

  std::map<std::string, std::uint32_t> section_bytes;
  std::map<std::string, Symbol> symbols;

  /// 0 when there is none of that name.
  std::uint32_t bytes_of(const std::string& section) const;

  /// InternalError when there is none of that name.
  const Symbol& symbol(const std::string& name) const;
};

/// Error when the file cannot be read or is not such an ELF file.
ElfImage read_elf(const std::filesystem::path& path);

}  // namespace mote

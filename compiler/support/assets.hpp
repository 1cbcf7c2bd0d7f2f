#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace mote {

/// Files that travel inside the program, so that it works wherever it is copied: device headers ("mote/conv_2d.hpp"), target
/// descriptions ("targets/cortex-m4.json"), what runs on the emulated board ("runtime/startup.c") and QEMU's plugin.
struct Asset {
  std::string_view path;
  std::string_view bytes;
};

/// All of them, ordered by path.
const std::vector<Asset>& assets();

/// The bytes of one; an InternalError when there is none of that path.
std::string_view asset(std::string_view path);

/// Writes one under `directory`, keeping its path, and returns where it is.
std::filesystem::path write_asset(std::string_view path, const std::filesystem::path& directory);

}  // namespace mote

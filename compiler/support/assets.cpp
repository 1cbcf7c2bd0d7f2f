#include "support/assets.hpp"

#include <algorithm>

#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

std::string_view asset(std::string_view path) {
  for (const Asset& each : assets()) {
    if (each.path == path) return each.bytes;
  }
  throw InternalError(fmt::format("no asset '{}' in this build", path), __FILE__, __LINE__);
}

std::filesystem::path write_asset(std::string_view path, const std::filesystem::path& directory) {
  const std::filesystem::path target = directory / path;
  std::filesystem::create_directories(target.parent_path());
  write_file(target, asset(path));
  return target;
}

}  // namespace mote

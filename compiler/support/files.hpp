#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

/// The whole file. Error when it cannot be read, is a directory, or is larger than `limit_bytes`.
std::vector<std::uint8_t> read_file(const std::filesystem::path& path, std::size_t limit_bytes = std::size_t{1} << 31);

/// Writes the whole file or nothing: the bytes go to a temporary file beside it that is then renamed.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// A set of files to write, keyed by their path under some directory.
using FileSet = std::map<std::string, std::string>;

/// Writes every file of the set under `directory` (made when missing). All files are written beside their places first, then
/// renamed, so that a full disk leaves what was there before.
void write_files(const std::filesystem::path& directory, const FileSet& files);

/// A directory of its own under the system's temporary directory, removed with all that is in it at the end of its life.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace mote

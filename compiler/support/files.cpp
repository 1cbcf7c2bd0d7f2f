#include "support/files.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include <unistd.h>

#include "support/error.hpp"

namespace mote {

namespace fs = std::filesystem;

namespace {

/// Writes to a temporary name beside `path` and returns it; the caller renames it.
fs::path write_beside(const fs::path& path, std::string_view bytes) {
  fs::path temporary = path;
  temporary += fmt::format(".{}.part", ::getpid());
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw Error(fmt::format("{}: cannot be written: {}", path.string(), std::strerror(errno)),
                "check that the directory exists, is writable and has room");
  }
  return temporary;
}

}  // namespace

std::vector<std::uint8_t> read_file(const fs::path& path, std::size_t limit_bytes) {
  std::error_code code;
  if (fs::is_directory(path, code)) throw Error(fmt::format("{}: is a directory, a file is needed", path.string()));
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno)));
  std::vector<std::uint8_t> bytes;
  char block[1 << 16];
  while (in.read(block, sizeof block) || in.gcount() > 0) {
    bytes.insert(bytes.end(), block, block + in.gcount());
    if (bytes.size() > limit_bytes) {
      throw Error(fmt::format("{}: larger than {} bytes, refused", path.string(), limit_bytes));
    }
  }
  if (in.bad()) throw Error(fmt::format("{}: reading failed: {}", path.string(), std::strerror(errno)));
  return bytes;
}

void write_file(const fs::path& path, std::string_view bytes) {
  const fs::path temporary = write_beside(path, bytes);
  std::error_code code;
  fs::rename(temporary, path, code);
  if (code) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw Error(fmt::format("{}: cannot be written: {}", path.string(), code.message()));
  }
}

void write_files(const fs::path& directory, const FileSet& files) {
  std::vector<std::pair<fs::path, fs::path>> renames;
  try {
    for (const auto& [name, bytes] : files) {
      const fs::path target = directory / name;
      std::error_code code;
      fs::create_directories(target.parent_path(), code);
      if (code) throw Error(fmt::format("{}: cannot be made: {}", target.parent_path().string(), code.message()));
      renames.emplace_back(write_beside(target, bytes), target);
    }
    for (const auto& [from, to] : renames) {
      if (fs::is_directory(to)) throw Error(fmt::format("{}: cannot be written: a directory is in its place", to.string()));
    }
    for (const auto& [from, to] : renames) {
      std::error_code code;
      fs::rename(from, to, code);
      if (code) throw Error(fmt::format("{}: cannot be written: {}", to.string(), code.message()));
    }
  } catch (...) {
    std::error_code ignored;
    for (const auto& [from, to] : renames) fs::remove(from, ignored);
    throw;
  }
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (fs::temp_directory_path() / "mote-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw Error(fmt::format("{}: no temporary directory can be made: {}", pattern, std::strerror(errno)),
                "set TMPDIR to a writable directory");
  }
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace mote

#include "emulate/cmsis_nn.hpp"

#include <cstdlib>
#include <string_view>

#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace fs = std::filesystem;

namespace {

// The header's own number in release 4.0.0; other releases want other scratch and tables.
constexpr std::string_view kRevision = "V.11.2.";
constexpr std::string_view kHowToGive =
    "give its folder (the one with Include and Source) with --cmsis-nn DIR or in the environment as MOTE_CMSIS_NN_DIR; "
    "release 4.0.0 is at github.com/ARM-software/CMSIS-NN";

fs::path first_with(const std::vector<fs::path>& directories, const char* file) {
  for (const fs::path& each : directories) {
    if (fs::is_regular_file(each / file)) return each;
  }
  return {};
}

void require_release(const fs::path& header) {
  const std::vector<std::uint8_t> bytes = read_file(header);
  const std::string text(bytes.begin(), bytes.end());
  const std::string_view before = "$Revision:";
  const std::size_t at = text.find(before);
  const std::size_t begin = at == std::string::npos ? at : text.find_first_not_of(' ', at + before.size());
  const std::string found =
      begin == std::string::npos ? "of unknown revision" : text.substr(begin, text.find_first_of(" \r\n", begin) - begin);
  if (found.starts_with(kRevision)) return;
  throw Error(fmt::format("{} is {}; mote calls CMSIS-NN 4.0.0, where it is {}0", header.string(), found, kRevision),
              std::string(kHowToGive));
}

}  // namespace

CmsisNn find_cmsis_nn(const std::string& directory) {
  const char* environment = std::getenv("MOTE_CMSIS_NN_DIR");
  const std::string given = !directory.empty() ? directory : environment != nullptr ? environment : "";
  if (given.empty()) throw Error("--kernels cmsis-nn: it is not said where CMSIS-NN is", std::string(kHowToGive));
  std::error_code ignored;
  const fs::path root = fs::canonical(given, ignored);
  if (root.empty() || !fs::is_directory(root))
    throw Error(fmt::format("'{}' is no directory, so not CMSIS-NN's", given), std::string(kHowToGive));
  CmsisNn library;
  library.include_dir = first_with(
      {root / "Include", root / "cmsis_nn" / "Include", root / "CMSIS-NN" / "Include", root / "CMSIS" / "NN" / "Include"},
      "arm_nnfunctions.h");
  if (library.include_dir.empty()) {
    throw Error(fmt::format("'{}' is not CMSIS-NN: there is no Include/arm_nnfunctions.h in it", given), std::string(kHowToGive));
  }
  const fs::path home = library.include_dir.parent_path();
  library.source_dir = home / "Source";
  require_release(library.include_dir / "arm_nnfunctions.h");
  std::vector<fs::path> core = {home / "Include"};
  for (const fs::path& around : {home, home.parent_path(), home.parent_path().parent_path()}) {
    for (const char* name : {"cmsis_core/Include", "CMSIS-Core/Include", "Core/Include", "CMSIS/Core/Include",
                             "CMSIS_5/CMSIS/Core/Include", "CMSIS_6/CMSIS/Core/Include"}) {
      core.push_back(around / name);
    }
  }
  library.core_include_dir = first_with(core, "cmsis_compiler.h");
  return library;
}

LibrarySources library_sources(const CmsisNn& library, const std::vector<std::string>& files, const Target& target) {
  LibrarySources sources;
  for (const std::string& file : files) {
    sources.files.push_back(library.source_dir / file);
    if (fs::is_regular_file(sources.files.back())) continue;
    throw Error(fmt::format("CMSIS-NN in '{}' lacks Source/{}", library.source_dir.parent_path().string(), file),
                std::string(kHowToGive));
  }
  sources.flags = {"-isystem", library.include_dir.string()};
  if (target.is_host()) {
    // The library's own switch for compilers that are not for Arm: plain C, without CMSIS-Core.
    sources.flags.insert(sources.flags.end(), {"-D__GNUC_PYTHON__", "-D__RESTRICT=__restrict"});
    return sources;
  }
  if (library.core_include_dir.empty()) {
    throw Error(
        fmt::format("there is no CMSIS-Core (cmsis_compiler.h) beside CMSIS-NN in '{}'",
                    library.source_dir.parent_path().string()),
        "put CMSIS-Core's folder next to it, as cmsis_core/Include; it is at github.com/ARM-software/CMSIS_5, CMSIS/Core");
  }
  sources.flags.insert(sources.flags.end(), {"-isystem", library.core_include_dir.string()});
  return sources;
}

}  // namespace mote

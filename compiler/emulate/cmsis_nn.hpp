#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "targets/target.hpp"

namespace mote {

/// CMSIS-NN and CMSIS-Core on this workstation.
struct CmsisNn {
  std::filesystem::path include_dir, source_dir;
  std::filesystem::path core_include_dir;  ///< empty: not found
};

/// CMSIS-NN 4.0.0 in `directory`, or else in the one that MOTE_CMSIS_NN_DIR names: the folder with Include and Source, or the one
/// above it. CMSIS-Core is looked for beside it. Error with what to do when there is none or it is another version.
CmsisNn find_cmsis_nn(const std::string& directory);

/// Source files of a library, and what a compiler must be told for them and for code that includes its headers.
struct LibrarySources {
  std::vector<std::filesystem::path> files;
  std::vector<std::string> flags;
};

/// `files` (relative to the library's Source) for the target. Error when one is missing, or CMSIS-Core for a Cortex-M.
LibrarySources library_sources(const CmsisNn& library, const std::vector<std::string>& files, const Target& target);

}  // namespace mote

#include "emulate/cmsis_nn.hpp"

#include <gtest/gtest.h>

#include "support/error.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

/// A folder that looks like CMSIS-NN with the revision in its header.
struct Folder {
  TemporaryDirectory directory;
  explicit Folder(const std::string& revision) {
    std::filesystem::create_directories(directory.path() / "Include");
    std::filesystem::create_directories(directory.path() / "Source/PoolingFunctions");
    write_file(directory.path() / "Include/arm_nnfunctions.h", " * $Revision:    " + revision + "\n");
    write_file(directory.path() / "Source/PoolingFunctions/arm_max_pool_s8.c", std::string("\n"));
  }
  std::string path() const { return directory.path().string(); }
};

std::string message(auto&& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(CmsisNnFolder, AFolderThatIsNotItIsRefused) {
  const TemporaryDirectory empty;
  EXPECT_NE(message([&] { find_cmsis_nn(empty.path().string()); }).find("is not CMSIS-NN"), std::string::npos);
  EXPECT_NE(message([&] { find_cmsis_nn((empty.path() / "none").string()); }).find("is no directory"), std::string::npos);
}

TEST(CmsisNnFolder, AnotherReleaseIsRefused) {
  EXPECT_NE(message([&] { find_cmsis_nn(Folder("V.16.0.0").path()); }).find("mote calls CMSIS-NN 4.0.0"), std::string::npos);
  const Folder right("V.11.2.0");
  EXPECT_EQ(find_cmsis_nn(right.path()).source_dir, std::filesystem::canonical(right.directory.path()) / "Source");
}

TEST(CmsisNnFolder, AMissingFileAndAMissingCoreAreNamed) {
  const Folder folder("V.11.2.0");
  const CmsisNn library = find_cmsis_nn(folder.path());
  const std::string there = "PoolingFunctions/arm_max_pool_s8.c";
  EXPECT_NE(message([&] {
              library_sources(library, {"PoolingFunctions/arm_avgpool_s8.c"}, find_target("host"));
            }).find("lacks Source/PoolingFunctions/arm_avgpool_s8.c"),
            std::string::npos);
  EXPECT_NE(message([&] { library_sources(library, {there}, find_target("cortex-m4")); }).find("cmsis_compiler.h"),
            std::string::npos);
  EXPECT_EQ(library_sources(library, {there}, find_target("host")).files.size(), 1U);
}

}  // namespace
}  // namespace mote::test

#include "support/files.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "common/errors.hpp"

namespace mote::test {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  const auto bytes = read_file(path);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::string> entries(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) names.push_back(fs::relative(entry.path(), directory).string());
  std::sort(names.begin(), names.end());
  return names;
}

using Names = std::vector<std::string>;

TEST(WriteFiles, MakesDirectoriesAndReplacesWhatWasThere) {
  const TemporaryDirectory directory;
  write_files(directory.path() / "new", {{"a.txt", "one"}, {"mote/b.hpp", "two"}});
  write_files(directory.path() / "new", {{"a.txt", "three"}});
  EXPECT_EQ(content(directory.path() / "new/a.txt"), "three");
  EXPECT_EQ(content(directory.path() / "new/mote/b.hpp"), "two");
  EXPECT_EQ(entries(directory.path()), (Names{"new", "new/a.txt", "new/mote", "new/mote/b.hpp"}));
}

TEST(WriteFiles, ADirectoryInAFilesPlaceLeavesEverythingAsItWas) {
  const TemporaryDirectory directory;
  write_file(directory.path() / "a.txt", "old");
  fs::create_directory(directory.path() / "b.txt");
  const std::string message = error_of([&] { write_files(directory.path(), {{"a.txt", "new"}, {"b.txt", "new"}}); });
  EXPECT_TRUE(contains(message, (directory.path() / "b.txt").string() + ": cannot be written"));
  EXPECT_EQ(entries(directory.path()), (Names{"a.txt", "b.txt"}));
  EXPECT_EQ(content(directory.path() / "a.txt"), "old");
}

TEST(WriteFiles, AFileInADirectorysPlaceLeavesEverythingAsItWas) {
  const TemporaryDirectory directory;
  write_file(directory.path() / "mote", "a file");
  EXPECT_TRUE(contains(error_of([&] { write_files(directory.path(), {{"a.txt", "new"}, {"mote/b.hpp", "new"}}); }), "cannot be"));
  EXPECT_EQ(entries(directory.path()), (Names{"mote"}));
}

TEST(WriteFile, WhereNothingCanBeWrittenIsAnErrorWithARemedy) {
  const std::string message = error_of([] { write_file("/proc/mote/file", "x"); });
  EXPECT_TRUE(contains(message, "/proc/mote/file: cannot be written: "));
  EXPECT_TRUE(contains(message, "\n  check that the directory exists, is writable and has room"));
}

TEST(ReadFile, SaysWhatIsWrong) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(contains(error_of([&] { read_file(directory.path() / "none"); }), "none: cannot be read: No such file or directory"));
  EXPECT_TRUE(contains(error_of([&] { read_file(directory.path()); }), ": is a directory, a file is needed"));
  write_file(directory.path() / "large", std::string(100, 'x'));
  EXPECT_TRUE(contains(error_of([&] { read_file(directory.path() / "large", 99); }), "large: larger than 99 bytes, refused"));
  EXPECT_EQ(read_file(directory.path() / "large", 100).size(), 100U);
}

TEST(TemporaryDirectory, IsGoneWithAllThatIsInIt) {
  fs::path path;
  {
    const TemporaryDirectory directory;
    path = directory.path();
    write_file(path / "file", "x");
    EXPECT_TRUE(fs::exists(path / "file"));
  }
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace mote::test

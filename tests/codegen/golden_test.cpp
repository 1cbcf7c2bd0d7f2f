// What codegen writes for a few small models is kept in tests/golden, so that a change shows in review. MOTE_UPDATE_GOLDEN=1 rewrites it.

#include <cstdlib>

#include <gtest/gtest.h>

#include "codegen/models.hpp"

namespace mote::test {
namespace {

class GoldenLibrary : public testing::TestWithParam<std::string> {};

TEST_P(GoldenLibrary, IsWhatIsKept) {
  const FileSet files = library_of(GetParam());
  for (const char* ending : {".hpp", ".cpp", ".h"}) {
    const std::string name = GetParam() + ending;
    const std::filesystem::path path = golden_directory() / GetParam() / name;
    if (std::getenv("MOTE_UPDATE_GOLDEN") != nullptr) write_files(path.parent_path(), {{name, files.at(name)}});
    const auto kept = read_file(path);
    EXPECT_EQ(files.at(name), std::string(kept.begin(), kept.end())) << path << " differs; MOTE_UPDATE_GOLDEN=1 rewrites it";
  }
}

TEST_P(GoldenLibrary, IsTheSameTwice) { EXPECT_EQ(library_of(GetParam()), library_of(GetParam())); }

TEST_P(GoldenLibrary, CarriesEveryHeaderItIncludes) {
  const FileSet files = library_of(GetParam());
  for (const auto& [name, text] : files) {
    for (std::size_t at = text.find("#include \""); at != std::string::npos; at = text.find("#include \"", at + 1)) {
      const std::size_t begin = at + 10;
      EXPECT_TRUE(files.contains(text.substr(begin, text.find('"', begin) - begin))) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, GoldenLibrary, testing::ValuesIn(kGoldenModels), [](const auto& info) { return info.param; });

TEST(Library, OfTheExampleIsTheSameTwice) { EXPECT_EQ(library_of("activity"), library_of("activity")); }

TEST(Library, NamesOfTensorsAndNodesCannotLeaveTheirComments) {
  GraphBuilder builder("*/ int bad; \\");
  builder.output(builder.node("relu", {builder.input({1, 4})}));
  Graph graph = builder.finish();
  graph.nodes[0].name = "\nint bad = 1; \\";
  graph.tensor(0).name = "\nint bad = 2; \\";
  const FileSet files = generate_library(make_plan(graph, find_target("cortex-m4")), "safe");
  for (const char* file : {"safe.hpp", "safe.cpp", "safe.h"}) {
    EXPECT_EQ(files.at(file).find("\nint bad"), std::string::npos) << file;
    EXPECT_EQ(files.at(file).find("\\\n"), std::string::npos) << file;
  }
  EXPECT_EQ(files.at("safe.h").find("*/ int bad"), std::string::npos);
}

TEST(ModelHash, TellsModelsApartButNotTheirFileNames) {
  Graph graph = model_named("classifier");
  const std::uint64_t hash = model_hash(graph);
  graph.name = "renamed";
  EXPECT_EQ(model_hash(graph), hash);
  graph.tensor(0).quantization.scales[0] *= 2;
  EXPECT_NE(model_hash(graph), hash);
}

}  // namespace
}  // namespace mote::test

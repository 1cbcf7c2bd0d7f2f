#include "codegen/compile_library.hpp"

namespace mote::test {
namespace {

using Case = std::tuple<std::string, Compiler, std::string>;  // model, compiler, optimisation

class GeneratedCode : public testing::TestWithParam<Case> {};

TEST_P(GeneratedCode, CompilesWithoutAWarning) {
  const auto& [model, compiler, level] = GetParam();
  MOTE_NEEDS(compiler.program);
  const TemporaryDirectory directory;
  write_files(directory.path(), library_of(model, compiler.name == "cortex_m0plus" ? "cortex-m0plus" : "cortex-m4"));
  EXPECT_EQ(run_in(directory.path(), concat({{compiler.program}, kStrict, compiler.flags, {level, "-I.", "-c", model + ".cpp", "-o", "model.o"}})), "");
}

INSTANTIATE_TEST_SUITE_P(Each, GeneratedCode,
                         testing::Combine(testing::Values("activity", "classifier", "regression", "stream", "by_frames"),
                                          testing::Values(kGcc, kClang, kCortexM4, kCortexM0plus), testing::Values("-Os", "-O2", "-O3")),
                         [](const auto& info) { return std::get<0>(info.param) + "_" + std::get<1>(info.param).name + "_" + std::get<2>(info.param).substr(1); });

}  // namespace
}  // namespace mote::test

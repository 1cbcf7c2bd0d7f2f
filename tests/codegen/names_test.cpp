#include <cstdlib>

#include <gtest/gtest.h>

#include "codegen/generate.hpp"
#include "codegen/write_header.hpp"
#include "common/errors.hpp"
#include "common/random.hpp"
#include "emulate/process.hpp"

namespace mote::test {
namespace {

TEST(Identifier, KeepsLettersDigitsAndSingleUnderscores) {
  EXPECT_EQ(identifier("kws"), "kws");
  EXPECT_EQ(identifier("kws-v2.int8"), "kws_v2_int8");
  EXPECT_EQ(identifier("a--b__c"), "a_b_c");
  EXPECT_EQ(identifier("_kws_"), "kws_");
  EXPECT_EQ(identifier("_private"), "model_private");
  EXPECT_EQ(identifier("7segments"), "model_7segments");
  EXPECT_EQ(identifier("m\xC3\xBCller"), "m_ller");
  EXPECT_EQ(identifier(""), "model");
  EXPECT_EQ(identifier("__"), "model");
}

TEST(Identifier, IsOneItself) {
  Random random(2);
  for (int round = 0; round < 2000; ++round) {
    const auto bytes = random.bytes(random.below(12));
    const std::string name = identifier({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    ASSERT_EQ(identifier(name), name);
    ASSERT_NO_THROW(require_identifier(name));
  }
}

TEST(RequireIdentifier, SuggestsOne) {
  EXPECT_EQ(error_of([] { require_identifier("my-model"); }), "'my-model' cannot be the name of the library: it becomes a C++ namespace\n  try --name my_model");
  EXPECT_TRUE(contains(error_of([] { require_identifier("decltype"); }), "try --name model_decltype"));
  EXPECT_TRUE(contains(error_of([] { require_identifier("a b\"; exit"); }), "try --name a_b_exit"));
}

// Words a model file may well be called, which mean something already where the generated header is included.
const std::vector<std::string> kTaken{
    "and_eq", "bitand", "bitor", "char16_t", "compl", "const_cast", "decltype", "dynamic_cast", "export", "noexcept", "not_eq", "or_eq", "reinterpret_cast",
    "register", "static_assert", "static_cast", "thread_local", "typeid", "wchar_t", "xor_eq", "restrict", "std", "mote", "main", "double", "int8_t",
    "uint32_t", "uintptr_t", "size_t", "ptrdiff_t", "exp", "expf", "log", "log10", "log2", "sin", "cosf", "tanh", "tanhl", "gamma", "lgamma", "erf", "pow",
    "round", "index", "rindex", "y0", "y1", "jn", "j0f", "strlen", "memcpy", "memset", "strdup", "ffs", "signgam", "fma", "remainder", "drem", "scalb"};

class TakenNames : public testing::TestWithParam<std::string> {};

TEST_P(TakenNames, AsNamespacesTheyAreReplaced) {
  const auto compiler = find_program(GetParam());
  if (!compiler) GTEST_SKIP() << GetParam() << " is not installed";
  const TemporaryDirectory directory;
  std::string text = "#include <math.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n";
  for (const std::string& name : kTaken) text += fmt::format("namespace {} {{ class Model; }}\n", identifier(name));
  write_file(directory.path() / "names.cpp", text);
  const ProcessResult result = run_process({compiler->string(), "-std=c++17", "-fsyntax-only", "names.cpp"}, {.directory = directory.path()});
  EXPECT_TRUE(result.succeeded()) << result.errors;
}

INSTANTIATE_TEST_SUITE_P(Compilers, TakenNames, testing::Values("g++", "clang++", "arm-none-eabi-g++"), [](const auto& info) {
  return info.param == "g++" ? "gcc" : info.param == "clang++" ? "clang" : "arm_gcc";
});

TEST(FloatLiteral, ReadsBackAsTheSameNumber) {
  Random random(1);
  for (int round = 0; round < 100'000; ++round) {
    const std::uint32_t bits = random.bits();
    float value = 0;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const std::string text = float_literal(value);
    ASSERT_EQ(text.back(), 'F');
    ASSERT_NE(text.find_first_of(".e"), std::string::npos) << text << " would be an integer with a suffix it cannot have";
    const float again = std::strtof(text.c_str(), nullptr);
    ASSERT_EQ(std::memcmp(&again, &value, sizeof value), 0) << text;
  }
}

TEST(FloatLiteral, EdgesAndWhatHasNoDigits) {
  EXPECT_EQ(float_literal(0.0F), "0.0F");
  EXPECT_EQ(float_literal(-0.0F), "-0.0F");
  EXPECT_EQ(float_literal(1.0F), "1.0F");
  EXPECT_EQ(float_literal(1e20F), "1.00000002e+20F");
  EXPECT_EQ(float_literal(INFINITY), "HUGE_VALF");
  EXPECT_EQ(float_literal(-INFINITY), "-HUGE_VALF");
  EXPECT_EQ(float_literal(NAN), "NAN");
}

}  // namespace
}  // namespace mote::test

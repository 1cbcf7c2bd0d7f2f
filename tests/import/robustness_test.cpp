// Models that broke other programs: MOTE_SHARED_DIR/models/robustness, if that variable is set.

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "import/try_model.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

std::vector<std::filesystem::path> hard_models() {
  std::vector<std::filesystem::path> paths;
  const char* shared = std::getenv("MOTE_SHARED_DIR");
  if (shared == nullptr) return paths;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(shared) / "models" / "robustness", none)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

class HardModels : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(HardModels, AreRefusedWithAMessageOrEvaluated) {
  std::string message;
  ASSERT_NO_THROW(message = try_model(read_file(GetParam())));
  RecordProperty("outcome", message.empty() ? "evaluated" : message);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(HardModels);
INSTANTIATE_TEST_SUITE_P(Shared, HardModels, testing::ValuesIn(hard_models()), [](const auto& info) {
  std::string name = info.param.stem().string();
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace mote::test

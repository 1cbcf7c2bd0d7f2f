#include <gtest/gtest.h>

#include "common/paths.hpp"
#include "common/random.hpp"
#include "graph/operator.hpp"
#include "import/import.hpp"
#include "ops/evaluate.hpp"
#include "passes/passes.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes model_file() { return read_file(std::string(kSourceDirectory) + "/tests/exports/torch/digits_cnn_dynamic.onnx"); }

/// Takes a file as far as it goes; whether it was refused. Everything but an Error leaves this function.
bool is_refused(const Bytes& file) {
  try {
    Graph graph = import_model(file, "tried", ".onnx");
    run_passes(graph);
    std::int64_t work = total_macs(graph);
    for (const Tensor& tensor : graph.tensors) work += tensor.elements();
    std::vector<mote::Bytes> inputs;
    for (const TensorId id : graph.inputs) inputs.emplace_back(static_cast<std::size_t>(graph.tensor(id).bytes()), 0x3A);
    if (work < 1'000'000) Evaluator(graph).run(inputs);
    return false;
  } catch (const Error&) {
    return true;
  }
}

TEST(DamagedOnnx, TheWholeOneIsSound) { EXPECT_FALSE(is_refused(model_file())); }

TEST(DamagedOnnx, CutAnywhereItIsRefused) {
  const Bytes model = model_file();
  for (std::size_t length = 0; length + 100 < model.size(); length += 101) {
    ASSERT_NO_THROW(EXPECT_TRUE(is_refused({model.begin(), model.begin() + static_cast<std::ptrdiff_t>(length)})) << length);
  }
}

class OnnxFlips : public testing::TestWithParam<std::uint32_t> {};

TEST_P(OnnxFlips, AreRefusedOrStillSound) {
  const Bytes model = model_file();
  Random random(GetParam());
  int refused = 0;
  for (int round = 0; round < 150; ++round) {
    Bytes damaged = model;
    // Most of the file is weights; nodes stand at its beginning, inputs and outputs at its end.
    const auto size = static_cast<std::uint32_t>(model.size());
    const std::uint32_t at = random.one_in(3) ? size - 1 - random.below(400) : random.below(1500);
    damaged[at] = random.one_in(2) ? static_cast<std::uint8_t>(random.bits()) : static_cast<std::uint8_t>(damaged[at] ^ (1U << random.below(8)));
    ASSERT_NO_THROW(refused += is_refused(damaged) ? 1 : 0) << "round " << round << ", byte " << at;
  }
  EXPECT_GT(refused, 15);
}

INSTANTIATE_TEST_SUITE_P(Seeds, OnnxFlips, testing::Range(0U, 4U));

}  // namespace
}  // namespace mote::test

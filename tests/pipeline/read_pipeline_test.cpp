#include "pipeline/read_pipeline.hpp"

#include <numeric>

#include "common/errors.hpp"
#include "common/paths.hpp"
#include "common/random.hpp"
#include "graph/print.hpp"
#include "ops/define.hpp"
#include "ops/evaluate.hpp"
#include "passes/passes.hpp"

namespace mote {
namespace {

using test::contains;
using test::error_of;

constexpr std::string_view kFrames = R"(
[source]
rate = 1000
hop = "4 ms"
[[features]]
op = "frames"
length = 6
step = 4
)";

Graph graph_of(std::string_view text) { return parse_pipeline(text, "here/pipe.toml"); }

/// What output 0 is after each hop.
template <typename T>
std::vector<std::vector<T>> outputs_of(const Graph& graph, const std::vector<std::vector<T>>& hops) {
  std::vector<std::vector<T>> results;
  Evaluator evaluator(graph);
  for (const auto& hop : hops) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(hop.data());
    const Bytes out = evaluator.run({Bytes(bytes, bytes + hop.size() * sizeof(T))})[0];
    const T* values = reinterpret_cast<const T*>(out.data());
    results.emplace_back(values, values + out.size() / sizeof(T));
  }
  return results;
}

TEST(ReadPipeline, FramesOverlapFromHopToHop) {
  const Graph graph = graph_of(kFrames);
  EXPECT_EQ(graph.name, "pipe");
  EXPECT_EQ(graph.tensor(graph.inputs[0]).shape, (Shape{4, 1}));
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (Shape{1, 6}));
  EXPECT_EQ(graph.source->warm_up, 1);
  const auto out = outputs_of<std::int16_t>(graph, {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}});
  EXPECT_EQ(out[0], (std::vector<std::int16_t>{0, 0, 1, 2, 3, 4}));
  EXPECT_EQ(out[2], (std::vector<std::int16_t>{7, 8, 9, 10, 11, 12}));
}

TEST(ReadPipeline, TheGraphWithItsSourceCanBePrintedAndReadBack) {
  const Graph graph = graph_of(std::string("name = \"a b\"\n") + std::string(kFrames));
  const std::string text = print_graph(graph, 1000);
  const Graph again = parse_graph(text, make_operator);
  EXPECT_EQ(print_graph(again, 1000), text);
  EXPECT_EQ(again.source, graph.source);
}

TEST(ReadPipeline, SamplesWithAScaleBecomeRealNumbers) {
  const Graph graph = graph_of("[source]\nrate = 10\nhop = 2\nformat = \"uint8\"\nzero = 128\nscale = 0.5\n[[features]]\nop = \"stack\"\nrows = 4\n");
  const Tensor& input = graph.tensor(graph.inputs[0]);
  EXPECT_EQ(input.type, DataType::kUint8);
  EXPECT_EQ(input.scale(), 0.5F);
  EXPECT_EQ(input.zero_point(), 128);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).shape, (Shape{4, 1}));
}

TEST(ReadPipeline, PeriodsStandForSlowRates) {
  const Graph graph = graph_of("[source]\nperiod = \"5 min\"\nhop = \"1 h\"\nformat = \"float32\"\nstuck = \"2 h\"\nring = \"1 h\"\n");
  EXPECT_EQ(graph.source->hop, 12);
  EXPECT_EQ(graph.source->stuck, 24);
  EXPECT_EQ(graph.source->ring, 16);
  EXPECT_DOUBLE_EQ(graph.source->hop_seconds(), 3600);
}

TEST(ReadPipeline, AStreamedModelWarmsUpUntilItsWindowIsFull) {
  const std::string model = std::string(test::kSourceDirectory) + "/examples/activity/activity.tflite";
  const std::string file = "[source]\nrate = 10\nchannels = 6\nformat = \"float32\"\nhop = 4\n[model]\nfile = \"" + model + "\"\nstream = 2\n";
  EXPECT_EQ(graph_of(file).source->warm_up, 24);  // 100 samples of 4 in each run
}

TEST(ReadPipeline, WhatIsWrongIsSaidWithItsLine) {
  const auto refusal = [](std::string_view text) { return error_of([&] { graph_of(text); }); };
  EXPECT_TRUE(contains(refusal("name = \"x\"\n"), "the section [source] is missing"));
  EXPECT_TRUE(contains(refusal("[source]\nhop = 2\n"), "line 1: [source] rate: is missing"));
  EXPECT_TRUE(contains(refusal("[source]\nrate = 10\nhop = 2\nrng = 3\n"), "line 4: [source] rng: is not known here"));
  EXPECT_TRUE(contains(refusal("[source]\nrate = 10\nhop = 2\n[modl]\n"), "there is no section [modl]"));
  EXPECT_TRUE(contains(refusal("[source]\nrate = 10\nhop = 2\n[features]\nop = \"x\"\n"), "double brackets"));
  EXPECT_TRUE(contains(refusal("[source]\nrate = 10\nhop = 2\n[[features]]\nop = \"x\"\n"), "line 5: [[features]] op: there is no step 'x'"));
  EXPECT_TRUE(contains(refusal("[source]\nrate = 10\nhop = 3\n[[features]]\nop = \"frames\"\nlength = 4\nstep = 2\n"),
                       "a hop of 3 samples is no whole number of steps of 2"));
  EXPECT_TRUE(contains(refusal("[source]\nrate = 10\nhop = 4\nring = 3\n"), "less than a hop"));
  EXPECT_TRUE(contains(refusal("[source]\nrate = 10\nhop = 4\n[model]\nfile = \"missing.tflite\"\n"), "missing.tflite"));
}

TEST(ReadPipeline, DamagedFilesAreRefusedOrRead) {
  const std::string sound = R"(name = "a"
[source]
rate = 16000
channels = 2
format = "float32"
hop = "1 ms"
zero = 1.5
scale = 0.5
range = [-8, 8]
stuck = "1 s"
gap = "ignore"
ring = "20 ms"
[[features]]
op = "frames"
length = "2 ms"
step = "1 ms"
[[features]]
op = "stack"
rows = 3
)";
  EXPECT_NO_THROW(graph_of(sound));
  test::Random random(11);
  int read = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = sound;
    for (std::uint32_t changes = 1 + random.below(3); changes > 0; --changes) {
      const std::uint32_t at = random.below(static_cast<std::uint32_t>(text.size()));
      if (random.one_in(3)) {
        text.erase(at, 1 + random.below(6));
      } else if (random.one_in(2)) {
        text[at] = static_cast<char>('0' + random.below(10));
      } else {
        text.insert(at, 1, static_cast<char>(random.below(256)));
      }
      if (text.empty()) break;
    }
    try {
      verify(graph_of(text));
      ++read;
    } catch (const Error&) {
    }
  }
  EXPECT_GT(read, 30);
}

}  // namespace
}  // namespace mote

#include "pipeline/steps.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/errors.hpp"
#include "common/library_check.hpp"
#include "common/paths.hpp"
#include "common/random.hpp"
#include "common/values.hpp"
#include "pipeline/read_pipeline.hpp"
#include "support/files.hpp"

namespace mote {
namespace {

using test::contains;
using test::error_of;

Graph pipeline(const std::string& steps, const std::string& source = "rate = 16000\nhop = \"20 ms\"") {
  return parse_pipeline("[source]\n" + source + "\n" + steps, "here/pipe.toml");
}

std::string step(const std::string& name, const std::string& options = "") {
  return "[[features]]\nop = \"" + name + "\"\n" + options + "\n";
}

const std::string kFrames = step("frames", "length = 480\nstep = 320");

const Tensor& result(const Graph& graph) { return graph.tensor(graph.outputs[0]); }

std::vector<float> reals(const Tensor& tensor, const Bytes& bytes) {
  std::vector<float> values;
  if (is_float(tensor.type)) return test::values_of<float>(bytes);
  for (const std::int16_t value : test::values_of<std::int16_t>(bytes))
    values.push_back(static_cast<float>(value) * (tensor.quantization.empty() ? 1.0F : tensor.scale()));
  return values;
}

/// What comes out for hops of noise, the last one.
std::vector<float> last_of_noise(const Graph& graph, int hops, std::int32_t loudness) {
  test::Random random(3);
  Evaluator evaluator(graph);
  std::vector<Bytes> out;
  const Tensor& input = graph.tensor(graph.inputs[0]);
  for (int hop = 0; hop < hops; ++hop) {
    std::vector<std::int16_t> samples(static_cast<std::size_t>(input.elements()));
    for (std::int16_t& sample : samples) sample = static_cast<std::int16_t>(random.between(-loudness, loudness));
    out = evaluator.run({test::bytes_of(samples)});
  }
  return reals(result(graph), out[0]);
}

TEST(Steps, GiveWhatTheySay) {
  const std::vector<std::pair<std::string, Shape>> cases{
      {step("preemphasis"), {320, 1}},
      {step("difference", "integers = true"), {320, 1}},
      {step("biquads", "bandpass = [300, 3400]\norder = 3"), {320, 1}},
      {step("biquads", "coefficients = [0.5, 0, 0, -0.5, 0]\nintegers = true"), {320, 1}},
      {step("band_passes", "edges = [300, 800, 800, 3000]"), {320, 2}},
      {step("fir", "lowpass = 2000\ntaps = 40"), {320, 1}},
      {step("fir", "coefficients = [0.25, 0.5, 0.25]\nintegers = true"), {320, 1}},
      {step("decimate", "by = 4\nintegers = true"), {80, 1}},
      {kFrames + step("remove_mean"), {1, 480}},
      {kFrames + step("window", "kind = \"hamming\"\nperiodic = false"), {1, 480}},
      {kFrames + step("power_spectrum", "points = 512"), {1, 257}},
      {kFrames + step("magnitude_spectrum"), {1, 241}},
      {kFrames + step("power_spectrum", "points = 512") + step("mel", "bands = 30\nscale = \"slaney\""), {1, 30}},
      {kFrames + step("log_mel"), {1, 40}},
      {kFrames + step("log_mel", "unit = \"decibels\"\nintegers = false\nremove_mean = true"), {1, 40}},
      {kFrames + step("mfcc", "bands = 26\ncoefficients = 12\nfirst = 1"), {1, 12}},
      {kFrames + step("window", "integers = true") + step("magnitude_spectrum", "points = 512") + step("log"), {1, 257}},
      {kFrames + step("power_spectrum") + step("noise_subtraction") + step("pcen"), {1, 241}},
      {kFrames + step("power_spectrum") +
           step("spectral_features", "values = [\"centroid\", \"flatness\"]\nbands = [0, 1000, 1000, 8000]"),
       {1, 4}},
      {kFrames + step("statistics", "values = [\"rms\", \"peaks\"]"), {1, 2}},
      {kFrames + step("autocorrelation", "lags = 20\nnormalized = true"), {1, 20}},
      {kFrames + step("log_mel") + step("standardize", "mean = 8\ndeviation = 2"), {1, 40}},
      {step("frames", "length = 160") + step("log_mel", "bands = 20") + step("stack", "rows = 10"), {10, 20}},
      {step("decimate", "by = 2") + step("frames", "length = 80") + step("mfcc", "bands = 20"), {2, 13}},
  };
  for (const auto& [text, shape] : cases) {
    const Graph graph = pipeline(text);
    EXPECT_EQ(result(graph).shape, shape) << text;
    for (const float value : last_of_noise(graph, 3, 3000)) EXPECT_TRUE(std::isfinite(value)) << text;
  }
}

TEST(Steps, SeveralChannelsKeepTheirOwnFiltersAndStatistics) {
  const Graph graph = pipeline(step("biquads", "highpass = 1") + step("frames", "length = 100\nstep = 50") +
                                   step("statistics", "values = [\"mean\", \"rms\"]"),
                               "rate = 50\nchannels = 3\nhop = 50");
  EXPECT_EQ(result(graph).shape, (Shape{1, 6}));
}

TEST(Steps, CountTheRunsThatRestOnSamplesThatNeverWere) {
  EXPECT_EQ(pipeline(step("preemphasis")).source->warm_up, 1);
  EXPECT_EQ(pipeline(step("fir", "lowpass = 1000\ntaps = 641")).source->warm_up, 2);
  EXPECT_EQ(pipeline(step("preemphasis") + kFrames).source->warm_up, 2);
  EXPECT_EQ(pipeline(kFrames + step("power_spectrum") + step("pcen", "smoothing = 0.125")).source->warm_up, 9);
  // A level is gone when they are over.
  const Graph graph = pipeline(step("biquads", "highpass = 20\norder = 2") + step("frames", "length = 320") +
                               step("statistics", "values = [\"rms\"]"));
  Evaluator evaluator(graph);
  float rms = 0;
  const Bytes level = test::bytes_of(std::vector<std::int16_t>(320, 10000));
  for (std::int64_t run = 0; run <= graph.source->warm_up; ++run) rms = test::values_of<float>(evaluator.run({level})[0])[0];
  EXPECT_LT(rms, 20);
  EXPECT_GT(graph.source->warm_up, 1);
}

TEST(Steps, IntegersAndFloatsAgree) {
  for (const std::string scale : {"", "\nscale = 3.0517578125e-5"}) {
    const std::string source = "rate = 16000\nhop = 320" + scale;
    for (const std::int32_t loudness : {6, 500, 32767}) {
      const std::vector<float> integers = last_of_noise(pipeline(kFrames + step("log_mel", "floor = 1e-8"), source), 4, loudness);
      const std::vector<float> floats =
          last_of_noise(pipeline(kFrames + step("log_mel", "floor = 1e-8\nintegers = false"), source), 4, loudness);
      ASSERT_EQ(integers.size(), floats.size());
      for (std::size_t i = 0; i < floats.size(); ++i)
        EXPECT_NEAR(integers[i], floats[i], 0.01) << "band " << i << ", loudness " << loudness;
    }
  }
  const std::vector<float> integers = last_of_noise(
      pipeline(step("biquads", "bandpass = [300, 3400]\nintegers = true") + step("decimate", "by = 4\nintegers = true")), 4,
      20000);
  const std::vector<float> floats =
      last_of_noise(pipeline(step("biquads", "bandpass = [300, 3400]") + step("decimate", "by = 4")), 4, 20000);
  for (std::size_t i = 0; i < floats.size(); ++i) EXPECT_NEAR(integers[i], floats[i], 3) << i;
}

TEST(Steps, TheLibraryGivesTheSame) {
  for (const std::string integers : {"true", "false"}) {
    const Graph graph =
        pipeline(step("preemphasis", "integers = " + integers) + kFrames + step("mfcc", "integers = " + integers));
    test::expect_library_equals_reference(graph, test::random_inputs(graph, 1, 3));
  }
}

TEST(Steps, SayWhatTheyCannotTake) {
  const auto error = [](const std::string& steps) { return error_of([&] { pipeline(steps); }); };
  EXPECT_TRUE(contains(error(step("window")), "put it behind `frames`"));
  EXPECT_TRUE(contains(error(kFrames + step("difference")), "filters take samples"));
  EXPECT_TRUE(contains(error(step("biquads", "lowpass = 9000")), "half of the rate, 8000 Hz"));
  EXPECT_TRUE(contains(error(step("biquads")), "needs either a band"));
  EXPECT_TRUE(contains(error(step("biquads", "coefficients = [1, 0, 0, -2.1, 1.1]")), "is not stable"));
  EXPECT_TRUE(contains(error(step("fir", "highpass = 100\ntaps = 8")), "must be odd"));
  EXPECT_TRUE(contains(error(step("decimate", "by = 7")), "no multiple"));
  EXPECT_TRUE(contains(error(kFrames + step("power_spectrum", "integers = true")), "put `log` before it"));
  EXPECT_TRUE(contains(error(kFrames + step("power_spectrum", "integers = true\npoints = 512") + step("stack", "rows = 3")),
                       "put `log` before it"));
  EXPECT_TRUE(contains(error(kFrames + step("statistics", "values = [\"median\"]")), "there is no 'median'"));
  EXPECT_TRUE(contains(error(kFrames + step("log_mel", "high = 9000")), "8000 Hz must hold"));
  EXPECT_TRUE(
      contains(error(kFrames + step("power_spectrum") + step("spectral_features", "bands = [3, 5]")), "no bin lies between"));
  EXPECT_TRUE(contains(error(kFrames + step("standardize", "mean = [1, 2]")), "has 2 values for 480 columns"));
}

/// docs/pipeline_steps.md, which the table makes.
std::string page() {
  std::string text =
      "# Steps of a pipeline's features\n\n"
      "What may stand in `op` of `[[features]]` (docs/pipelines.md), as `mote steps` prints it too. This page is made from the "
      "table in\n"
      "compiler/pipeline/steps.cpp: `MOTE_UPDATE_GOLDEN=1 build/release/tests/mote_tests --gtest_filter=Steps.*Page*` rewrites "
      "it.\n";
  for (const StepKind& kind : all_steps()) {
    text += fmt::format("\n## {}\n\n{}.\n", kind.name, kind.help);
    if (!kind.options.empty()) text += "\n| setting | meaning |\n|---|---|\n";
    for (const StepOption& option : kind.options) text += fmt::format("| `{}` | {} |\n", option.name, option.help);
  }
  return text;
}

TEST(Steps, ThePageListsThem) {
  const auto path = std::filesystem::path(test::kSourceDirectory) / "docs/pipeline_steps.md";
  if (std::getenv("MOTE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << page();
  const std::vector<std::uint8_t> bytes = read_file(path);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), page());
}

}  // namespace
}  // namespace mote

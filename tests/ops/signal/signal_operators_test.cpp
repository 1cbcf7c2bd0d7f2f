// The same bits from the reference, the library on this machine and the library on emulated boards: every signal operator that is
// mote's own.

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/random.hpp"
#include "common/values.hpp"
#include "emulate/run_model.hpp"
#include "ops/signal/signal_graph.hpp"
#include "ops/signal/statistics.hpp"
#include "support/error.hpp"

namespace mote::test {
namespace {

constexpr std::int32_t kSamples = 1200;
const Quantization kSteps = quantized(1.0F / 256.0F);

/// Noise of every loudness, zeros, extremes, single samples and a constant.
std::vector<std::int16_t> signal(Random& random, int kind) {
  std::vector<std::int16_t> samples(kSamples);
  const int top = 1 << random.between(0, 15);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    int value = 0;
    if (kind == 0) value = random.between(-top, top);
    if (kind == 1) value = random.one_in(2) ? INT16_MAX : INT16_MIN;
    if (kind == 2) value = random.one_in(150) ? random.between(-32768, 32767) : 0;
    if (kind == 3) value = 12345 + random.between(-2, 2);
    if (kind == 4) value = static_cast<int>(32767.0 * std::sin(0.3 * static_cast<double>(i)));
    if (kind == 5) value = INT16_MIN;
    samples[i] = static_cast<std::int16_t>(std::clamp(value, -32768, 32767));
  }
  return samples;
}

std::vector<std::int16_t> hann(std::int32_t length) {
  std::vector<std::int16_t> window;
  for (std::int32_t i = 0; i < length; ++i)
    window.push_back(
        static_cast<std::int16_t>(std::lround(32767.0 * (0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * i / length)))));
  return window;
}

template <std::size_t N>
std::vector<std::int32_t> all_of(const std::array<std::string_view, N>&) {
  std::vector<std::int32_t> all(N);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// From samples to cepstra in integers, for transforms of many lengths, and the filters.
Graph integer_graph() {
  SignalGraph g;
  const TensorId samples = g.input({kSamples}, DataType::kInt16);
  struct Transform {
    std::int32_t frame, length;
    bool windowed, remove_mean;
  };
  for (const Transform& t : {Transform{480, 512, true, false},
                             {255, 256, true, true},
                             {50, 50, false, true},
                             {360, 360, true, false},
                             {7, 8, false, false},
                             {5, 6, false, true},
                             {40, 40, true, true},
                             {4, 4, false, false}}) {
    const TensorId frames = g.node("signal_frames", {samples}, {{"length", t.frame}, {"step", std::max(1, t.frame * 2 / 3)}});
    const TensorId window = t.windowed ? g.constant<std::int16_t>({t.frame}, hann(t.frame)) : kNoTensor;
    const auto scaled = g.nodes("signal_block_window", {frames, window}, {{"remove_mean", t.remove_mean}});
    const auto spectrum = g.nodes("signal_block_rfft", scaled, {{"fft_length", t.length}});
    g.outputs(spectrum);
    const auto magnitude = g.nodes("signal_power", spectrum, {{"magnitude", true}});
    g.outputs(magnitude);
    const auto power = g.nodes("signal_power", spectrum, {{"magnitude", false}});
    const Attributes bank{{"fft_length", t.length},
                          {"bands", t.length / 8 + 1},
                          {"slaney", t.windowed},
                          {"unit_area", t.remove_mean},
                          {"low", 20.0F}};
    const auto mel = g.nodes("signal_mel", power, bank);
    g.outputs(mel);
    const TensorId log = g.node("signal_log", mel, {{"factor", 1.0F}, {"unit", 0.25F}, {"floor", 1e-3F}}, kSteps);
    g.output(log);
    g.output(g.node("signal_dct", {log}, {{"coefficients", g.shape(log).back()}}, quantized(1.0F / 128.0F)));
  }
  const TensorId raw = g.node("signal_frames", {samples}, {{"length", 400}, {"step", 400}});
  g.outputs(g.nodes("signal_block_rfft", {raw, g.constant<std::int32_t>({3, 1}, {0, 3, -3})}, {{"fft_length", 512}}));
  const TensorId lowpass =
      g.constant<float>({2, 5}, {0.0675F, 0.1349F, 0.0675F, -1.143F, 0.4128F, 0.98F, -1.96F, 0.98F, -1.9555782F, 0.956544F});
  g.output(g.node("signal_biquads", {samples, lowpass, g.state({1, 3, 2}, DataType::kInt32)}));
  g.output(
      g.node("signal_fir",
             {samples, g.constant<std::int16_t>({4}, {-3000, 20000, 20000, -3000}), g.state({1, kSamples + 3}, DataType::kInt16)},
             {{"decimation", 5}, {"shift", 15}}));
  const TensorId axes = g.node("signal_frames", {samples}, {{"length", 3}, {"step", 3}});
  g.output(g.node("signal_biquads", {axes, lowpass, g.state({3, 3, 2}, DataType::kInt32)}));
  g.output(g.node("signal_fir",
                  {axes, g.constant<std::int16_t>({2}, {16384, -16384}), g.state({3, kSamples / 3 + 1}, DataType::kInt16)},
                  {{"shift", 14}}));
  g.output(g.node("signal_statistics", {axes}, {{"channels", 3}, {"which", all_of(kStatisticNames)}}));
  return g.finish();
}

/// The same in float32, statistics of windows and spectra, and what follows channels over time.
Graph float_graph(std::int32_t frame, std::int32_t length) {
  SignalGraph g;
  const TensorId samples = g.input({kSamples}, DataType::kFloat32);
  const TensorId frames = g.node("signal_frames", {samples}, {{"length", frame}, {"step", 300}});
  const auto spectrum = g.node("signal_rfft", {frames}, {{"fft_length", length}});
  g.output(spectrum);
  const TensorId power = g.node("signal_power", {spectrum});
  const TensorId magnitude = g.node("signal_power", {spectrum}, {{"magnitude", true}});
  const TensorId mel = g.node("signal_mel", {power}, {{"fft_length", length}, {"bands", 20}});
  g.output(g.node("signal_mel", {magnitude}, {{"fft_length", length}, {"bands", 12}, {"slaney", true}, {"unit_area", true}}));
  const TensorId log = g.node("signal_log", {mel}, {{"factor", 4.342945F}, {"unit", 3.0F}});
  g.output(log);
  g.output(g.node("signal_dct", {log}, {{"first", 1}, {"coefficients", 12}}));
  g.output(g.node("signal_dct", {mel}, {{"coefficients", 20}, {"orthonormal", false}}));
  const std::vector<std::int32_t> bands{0, 5, 5, length / 2 + 1};
  g.output(g.node("signal_spectral_features", {power},
                  {{"hertz", 31.25F}, {"which", all_of(kSpectralFeatureNames)}, {"edges", bands}}));
  g.output(g.node("signal_noise_subtraction", {mel, g.state({20}, DataType::kFloat32)}, {{"smoothing", 0.3F}}));
  g.output(g.node("signal_pcen", {mel, g.state({20}, DataType::kFloat32)}, {{"smoothing", 0.3F}}));
  g.output(g.node("signal_statistics", {frames}, {{"which", all_of(kStatisticNames)}}));
  g.output(g.node("signal_autocorrelation", {frames}, {{"lags", 9}}));
  g.output(g.node("signal_autocorrelation", {frames}, {{"lags", 5}, {"normalized", true}}));
  const TensorId axes = g.node("signal_frames", {samples}, {{"length", 3}, {"step", 3}});
  const TensorId sections =
      g.constant<float>({2, 5}, {0.0675F, 0.1349F, 0.0675F, -1.143F, 0.4128F, 0.98F, -1.96F, 0.98F, -1.9555782F, 0.956544F});
  g.output(g.node("signal_biquads", {axes, sections, g.state({3, 2, 2}, DataType::kFloat32)}));
  std::vector<float> taps;
  for (int i = 0; i < 41; ++i) taps.push_back(0.02F * static_cast<float>(20 - std::abs(i - 20)));
  g.output(g.node("signal_fir", {axes, g.constant<float>({41}, taps), g.state({3, kSamples / 3 + 40}, DataType::kFloat32)},
                  {{"decimation", 4}}));
  return g.finish();
}

void expect_the_same_bits(const Graph& graph, const std::string& target, std::size_t count) {
  Random random(7);
  const bool real = is_float(graph.tensor(graph.inputs[0]).type);
  std::vector<Inference> inferences;
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<std::int16_t> samples = signal(random, static_cast<int>(i % 6));
    std::vector<float> values;
    for (const std::int16_t sample : samples)
      values.push_back(static_cast<float>(sample) / 1000.0F + (i == 0 ? random.fraction() : 0.0F));
    inferences.push_back({.inputs = {real ? bytes_of(values) : bytes_of(samples)}, .reset_before = i % 4 == 0});
  }
  const RunResult result = run_model(make_plan(graph, find_target(target)), inferences, false);
  const RunResult expected = run_model(make_plan(graph, find_target("reference")), inferences, false);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < graph.outputs.size(); ++j) {
      const Bytes &a = expected.outputs[i][j], &b = result.outputs[i][j];
      if (a == b) continue;
      const auto at = static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin());
      std::string maker;
      for (const Node& node : graph.nodes)
        if (std::ranges::find(node.outputs, graph.outputs[j]) != node.outputs.end()) maker = node.name;
      ADD_FAILURE() << target << ", inference " << i << ": " << maker << " differs from byte " << at << " of " << a.size()
                    << " on";
    }
  }
}

class SignalOperators : public testing::TestWithParam<const char*> {
 protected:
  void expect(const Graph& graph, std::size_t count) {
    try {
      expect_the_same_bits(graph, GetParam(), count);
    } catch (const ToolMissing& missing) {
      GTEST_SKIP() << missing.what();
    }
  }
};

TEST_P(SignalOperators, IntegersAreTheReferences) { expect(integer_graph(), 9); }
TEST_P(SignalOperators, FloatsAreTheReferences) { expect(float_graph(480, 512), 6); }
TEST_P(SignalOperators, FloatsOfMixedRadixAreTheReferences) { expect(float_graph(299, 300), 2); }

INSTANTIATE_TEST_SUITE_P(Targets, SignalOperators, testing::Values("host", "cortex-m4", "cortex-m55", "cortex-m0plus"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace mote::test

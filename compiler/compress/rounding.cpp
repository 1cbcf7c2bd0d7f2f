#include "compress/rounding.hpp"

#include <algorithm>
#include <cmath>

#include "support/parallel.hpp"

namespace mote {

namespace {

constexpr std::size_t kHeldBack = 5, kBlock = 16;

/// Sums over the patches that are learned from: means, and second moments around them when the bias is free.
struct Moments {
  std::size_t patches = 0;
  std::vector<double> mean, target_mean;  // [taps], [channels]
  std::vector<float> square;              // [taps][taps]
  std::vector<float> cross;               // [channels][taps]
};

bool is_held_back(std::size_t patch) { return patch % kHeldBack == kHeldBack - 1; }

Moments moments_of(const RoundingProblem& problem) {
  const std::size_t taps = problem.taps;
  const std::size_t channels = problem.channels;
  Moments m{0, std::vector<double>(taps, 0.0), std::vector<double>(channels, 0.0), std::vector<float>(taps * taps, 0.0F),
            std::vector<float>(channels * taps, 0.0F)};
  for (std::size_t p = 0; p < problem.patches; ++p) {
    if (is_held_back(p)) continue;
    ++m.patches;
    for (std::size_t t = 0; t < taps; ++t) m.mean[t] += static_cast<double>(problem.activations[p * taps + t]);
    for (std::size_t c = 0; c < channels; ++c) m.target_mean[c] += static_cast<double>(problem.targets[p * channels + c]);
  }
  for (double& value : m.mean) value /= static_cast<double>(m.patches);
  for (double& value : m.target_mean) value /= static_cast<double>(m.patches);
  // Rows of taps are shared out: each thread adds the patches in order.
  parallel_for((taps + kBlock - 1) / kBlock, [&] {
    return [&](std::size_t block) {
      const std::size_t end = std::min(taps, (block + 1) * kBlock);
      for (std::size_t p = 0; p < problem.patches; ++p) {
        if (is_held_back(p)) continue;
        const float* row = &problem.activations[p * taps];
        for (std::size_t t = block * kBlock; t < end; ++t) {
          const float x = row[t];
          if (x == 0.0F) continue;
          float* to = &m.square[t * taps];
          for (std::size_t u = 0; u < taps; ++u) to[u] += x * row[u];
          for (std::size_t c = 0; c < channels; ++c) m.cross[c * taps + t] += x * problem.targets[p * channels + c];
        }
      }
    };
  });
  const double centered = problem.free_bias ? 1.0 : 0.0;
  const auto n = static_cast<double>(m.patches);
  for (std::size_t t = 0; t < taps; ++t)
    for (std::size_t u = 0; u < taps; ++u) {
      float& value = m.square[t * taps + u];
      value = static_cast<float>(static_cast<double>(value) / n - centered * m.mean[t] * m.mean[u]);
    }
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t t = 0; t < taps; ++t) {
      float& value = m.cross[c * taps + t];
      value = static_cast<float>(static_cast<double>(value) / n - centered * m.mean[t] * m.target_mean[c]);
    }
  return m;
}

std::int8_t clamped(double code) { return static_cast<std::int8_t>(std::clamp(code, -127.0, 127.0)); }

/// Flips weights of one channel between the integers around them while that lowers the loss.
void descend(const RoundingProblem& problem, const Moments& m, double damping, std::size_t channel, std::int8_t* codes) {
  constexpr int kMostSweeps = 20;
  const std::size_t taps = problem.taps;
  const float* weights = &problem.weights[channel * taps];
  const auto scale = static_cast<double>(problem.scales[channel]);
  std::vector<double> slope(taps, 0.0);  // half the loss's derivative by each weight
  for (std::size_t t = 0; t < taps; ++t) {
    slope[t] += damping * (scale * codes[t] - static_cast<double>(weights[t])) - static_cast<double>(m.cross[channel * taps + t]);
    const double value = scale * codes[t];
    for (std::size_t u = 0; u < taps; ++u) slope[u] += value * static_cast<double>(m.square[t * taps + u]);
  }
  for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
    bool moved = false;
    for (std::size_t t = 0; t < taps; ++t) {
      const double exact = static_cast<double>(weights[t]) / scale;
      const auto other = clamped(codes[t] > exact ? std::floor(exact) : std::ceil(exact));
      const double step = scale * (other - codes[t]);
      const double change = 2 * step * slope[t] + step * step * (static_cast<double>(m.square[t * taps + t]) + damping);
      if (!(change < 0)) continue;
      codes[t] = other;
      moved = true;
      for (std::size_t u = 0; u < taps; ++u) slope[u] += step * static_cast<double>(m.square[t * taps + u]);
      slope[t] += damping * step;
    }
    if (!moved) break;
  }
}

/// Mean square of a channel's error on the patches held back.
double held_back_error(const RoundingProblem& problem, const Moments& m, std::size_t channel, const std::int8_t* codes) {
  const std::size_t taps = problem.taps;
  const double scale = static_cast<double>(problem.scales[channel]);
  double offset = 0;
  if (problem.free_bias) {
    offset = m.target_mean[channel];
    for (std::size_t t = 0; t < taps; ++t) offset -= scale * codes[t] * m.mean[t];
  }
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t p = kHeldBack - 1; p < problem.patches; p += kHeldBack, ++count) {
    double value = 0;
    for (std::size_t t = 0; t < taps; ++t)
      value += static_cast<double>(codes[t]) * static_cast<double>(problem.activations[p * taps + t]);
    const double error = scale * value + offset - static_cast<double>(problem.targets[p * problem.channels + channel]);
    sum += error * error;
  }
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

}  // namespace

RoundingResult learn_rounding(const RoundingProblem& problem) {
  constexpr double kDamping = 0.01;
  const std::size_t taps = problem.taps;
  const Moments m = moments_of(problem);
  double trace = 0;
  for (std::size_t t = 0; t < taps; ++t) trace += static_cast<double>(m.square[t * taps + t]);
  const double damping = kDamping * trace / static_cast<double>(taps);
  RoundingResult result{std::vector<std::int8_t>(problem.channels * taps), 0, 0};
  std::vector<double> nearest_errors(problem.channels, 0.0);
  std::vector<double> learned_errors(problem.channels, 0.0);
  parallel_for(problem.channels, [&] {
    return [&](std::size_t c) {
      std::int8_t* codes = &result.codes[c * taps];
      const auto scale = static_cast<double>(problem.scales[c]);
      for (std::size_t t = 0; t < taps; ++t)
        codes[t] = clamped(std::round(static_cast<double>(problem.weights[c * taps + t]) / scale));
      const std::vector<std::int8_t> nearest(codes, codes + taps);
      descend(problem, m, damping, c, codes);
      nearest_errors[c] = held_back_error(problem, m, c, nearest.data());
      learned_errors[c] = held_back_error(problem, m, c, codes);
      if (learned_errors[c] < nearest_errors[c]) return;
      std::copy(nearest.begin(), nearest.end(), codes);
      learned_errors[c] = nearest_errors[c];
    };
  });
  for (std::size_t c = 0; c < problem.channels; ++c) {
    result.nearest_error += nearest_errors[c] / static_cast<double>(problem.channels);
    result.learned_error += learned_errors[c] / static_cast<double>(problem.channels);
  }
  return result;
}

}  // namespace mote

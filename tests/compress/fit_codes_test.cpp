#include "compress/fit_codes.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "common/float_graph.hpp"
#include "common/one_core.hpp"
#include "common/random.hpp"

namespace mote::test {
namespace {

constexpr std::size_t kTaps = 24, kChannels = 5, kRows = 400;

/// Taps that go together, so that one can make up for another.
FitProblem problem() {
  Random random(7);
  const std::vector<float> hidden = random_floats(random, kRows * 6), mix = random_floats(random, 6 * kTaps);
  const std::vector<float> noise = random_floats(random, kRows * kTaps);
  FitProblem p{kTaps,
               kChannels,
               std::vector<double>(kTaps * kTaps, 0.0),
               std::vector<double>(kChannels * kTaps, 0.0),
               random_floats(random, kChannels * kTaps),
               {}};
  for (std::size_t r = 0; r < kRows; ++r) {
    std::vector<double> x(kTaps);
    for (std::size_t t = 0; t < kTaps; ++t) {
      x[t] = 0.2 * static_cast<double>(noise[r * kTaps + t]);
      for (std::size_t h = 0; h < 6; ++h) x[t] += static_cast<double>(hidden[r * 6 + h] * mix[h * kTaps + t]);
    }
    for (std::size_t t = 0; t < kTaps; ++t)
      for (std::size_t u = 0; u < kTaps; ++u) p.square[t * kTaps + u] += x[t] * x[u] / kRows;
  }
  for (std::size_t c = 0; c < kChannels; ++c) {
    double largest = 0;
    for (std::size_t t = 0; t < kTaps; ++t) {
      largest = std::max(largest, std::abs(static_cast<double>(p.weights[c * kTaps + t])));
      for (std::size_t u = 0; u < kTaps; ++u)
        p.cross[c * kTaps + u] += static_cast<double>(p.weights[c * kTaps + t]) * p.square[t * kTaps + u];
    }
    p.scales.push_back(static_cast<float>(largest / 7));
  }
  return p;
}

/// Mean square of the error of the sums.
double error(const FitProblem& p, const std::vector<std::int8_t>& codes) {
  double sum = 0;
  for (std::size_t c = 0; c < kChannels; ++c) {
    std::vector<double> off(kTaps);
    for (std::size_t t = 0; t < kTaps; ++t)
      off[t] = static_cast<double>(p.scales[c]) * codes[c * kTaps + t] - static_cast<double>(p.weights[c * kTaps + t]);
    for (std::size_t t = 0; t < kTaps; ++t)
      for (std::size_t u = 0; u < kTaps; ++u) sum += off[t] * off[u] * p.square[t * kTaps + u];
  }
  return sum;
}

/// Each weight alone to the nearest code; the smaller ones to zero where so many must be.
std::vector<std::int8_t> each_alone(const FitProblem& p, const CodeBook& book) {
  std::vector<std::int8_t> codes;
  for (std::size_t i = 0; i < p.weights.size(); ++i)
    codes.push_back(book.nearest(static_cast<double>(p.weights[i] / p.scales[i / kTaps])));
  const auto run = static_cast<std::size_t>(book.form.of);
  for (std::size_t i = 0; run != 0 && i < codes.size(); i += run)
    for (int zeros = 0; zeros < book.form.of - book.form.keep; ++zeros) {
      std::size_t smallest = i;
      for (std::size_t t = i; t < i + run; ++t)
        if (codes[t] != 0 && (codes[smallest] == 0 || std::abs(codes[t]) < std::abs(codes[smallest]))) smallest = t;
      codes[smallest] = 0;
    }
  return codes;
}

TEST(FitCodes, TapsThatDoNotChangeAreFittedInSpiteOfRounding) {
  FitProblem p = problem();
  for (std::size_t i = 0; i < p.square.size(); ++i)
    p.square[i] = i % (kTaps + 1) == 0 ? -1e-9 : 1e-9;  // what is left of large means
  std::fill(p.cross.begin(), p.cross.end(), 0.0);
  const CodeBook book{parse_weight_form("zeros75%"), codes_of_bits(8), p.scales};
  const std::vector<std::int8_t> codes = fit_codes(p, book);
  EXPECT_GE(std::count(codes.begin(), codes.end(), 0), static_cast<std::ptrdiff_t>(codes.size() * 3 / 4));
}

TEST(FitCodes, IsWellBelowEachWeightAlone) {
  const FitProblem p = problem();
  for (const std::string form : {"int4", "int3", "2:4"}) {
    const CodeBook book{parse_weight_form(form), codes_of_bits(parse_weight_form(form).bits), p.scales};
    EXPECT_LT(error(p, fit_codes(p, book)), 0.35 * error(p, each_alone(p, book))) << form;
  }
}

TEST(FitCodes, KeepsToTheForm) {
  const FitProblem p = problem();
  for (const std::string text : {"int2", "1:4", "2:4", "zeros75%", "int4+zeros50%"}) {
    const WeightForm form = parse_weight_form(text);
    const CodeBook book{form, codes_of_bits(form.bits), p.scales};
    const std::vector<std::int8_t> codes = fit_codes(p, book);
    for (const std::int8_t code : codes) EXPECT_EQ(book.nearest(code), code) << text;
    std::size_t zeros = 0;
    for (const std::int8_t code : codes) zeros += code == 0;
    EXPECT_GE(static_cast<double>(zeros), form.zeros * static_cast<double>(codes.size())) << text;
    for (std::size_t i = 0; form.of != 0 && i < codes.size(); i += static_cast<std::size_t>(form.of)) {
      int kept = 0;
      for (std::size_t t = i; t < i + static_cast<std::size_t>(form.of); ++t) kept += codes[t] != 0;
      EXPECT_LE(kept, form.keep) << text;
    }
  }
}

TEST(FitCodes, WeightsThatAreCodesStay) {
  FitProblem p = problem();
  const CodeBook book{{4}, codes_of_bits(4), p.scales};
  std::vector<std::int8_t> codes;
  Random random(3);
  std::fill(p.cross.begin(), p.cross.end(), 0.0);
  for (std::size_t i = 0; i < p.weights.size(); ++i) {
    codes.push_back(static_cast<std::int8_t>(random.between(-7, 7)));
    p.weights[i] = p.scales[i / kTaps] * codes[i];
  }
  for (std::size_t i = 0; i < p.weights.size(); ++i)
    for (std::size_t u = 0; u < kTaps; ++u)
      p.cross[i / kTaps * kTaps + u] += static_cast<double>(p.weights[i]) * p.square[i % kTaps * kTaps + u];
  EXPECT_EQ(fit_codes(p, book), codes);
}

TEST(FitCodes, IsTheSameForAnyNumberOfThreads) {
  const FitProblem p = problem();
  const CodeBook book{parse_weight_form("int3+zeros50%"), codes_of_bits(3), p.scales};
  const std::vector<std::int8_t> codes = fit_codes(p, book);
  const OneCore one;
  EXPECT_EQ(fit_codes(p, book), codes);
}

}  // namespace
}  // namespace mote::test

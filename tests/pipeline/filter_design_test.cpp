#include "pipeline/filter_design.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include <gtest/gtest.h>

namespace mote {
namespace {

double gain(const std::vector<Section2>& sections, double hertz, double rate) {
  const std::complex<double> back = std::polar(1.0, -2 * std::numbers::pi * hertz / rate);
  std::complex<double> result = 1;
  for (const Section2& s : sections)
    result *= (s[0] + s[1] * back + s[2] * back * back) / (1.0 + s[3] * back + s[4] * back * back);
  return std::abs(result);
}

double gain(const std::vector<double>& taps, double hertz, double rate) {
  std::complex<double> result = 0;
  for (std::size_t i = 0; i < taps.size(); ++i)
    result += taps[i] * std::polar(1.0, -2 * std::numbers::pi * hertz / rate * static_cast<double>(i));
  return std::abs(result);
}

TEST(FilterDesign, ButterworthIsOneInTheMiddleAndHalvesThePowerAtItsEdges) {
  for (const PassBand& band : {PassBand{0, 40, 360}, PassBand{0.5, 180, 360}, PassBand{3, 20, 360}, PassBand{300, 3400, 16000}}) {
    for (int order = 1; order <= 8; ++order) {
      const std::vector<Section2> sections = butterworth(band, order);
      const bool both = !band.low_pass() && !band.high_pass();
      EXPECT_EQ(sections.size(), both ? static_cast<std::size_t>(order) : static_cast<std::size_t>(order + 1) / 2);
      for (const Section2& s : sections) EXPECT_TRUE(std::abs(s[4]) < 1 && std::abs(s[3]) < 1 + s[4]) << "not stable";
      const auto warped = [&](double hertz) { return std::tan(std::numbers::pi * hertz / band.rate); };
      const double middle = both ? std::atan(std::sqrt(warped(band.low) * warped(band.high))) * band.rate / std::numbers::pi
                                 : (band.low_pass() ? 0 : band.rate / 2);
      EXPECT_NEAR(gain(sections, middle, band.rate), 1, 1e-6);
      if (!band.low_pass()) {
        EXPECT_NEAR(gain(sections, band.low, band.rate), std::sqrt(0.5), 1e-6) << order;
      }
      if (!band.high_pass()) {
        EXPECT_NEAR(gain(sections, band.high, band.rate), std::sqrt(0.5), 1e-6) << order;
      }
      if (!band.low_pass()) {
        EXPECT_LT(gain(sections, band.low / 4, band.rate), std::pow(0.3, order));
      }
    }
  }
}

TEST(FilterDesign, ButterworthHasTheCoefficientsOfItsTextbookForm) {
  // Order 2, edge at a quarter of the rate: tan = 1, so H = (1 + 2 / z + 1 / z^2) / (2 + sqrt 2 + (2 - sqrt 2) / z^2).
  const std::vector<Section2> sections = butterworth({0, 1, 4}, 2);
  ASSERT_EQ(sections.size(), 1U);
  const double whole = 2 + std::sqrt(2.0);
  const Section2 expected{1 / whole, 2 / whole, 1 / whole, 0, (2 - std::sqrt(2.0)) / whole};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(sections[0][i], expected[i], 1e-12) << i;
}

TEST(FilterDesign, WindowedSincPassesItsBandAndStopsTheRest) {
  const std::vector<double> low = windowed_sinc({0, 1000, 16000}, 101);
  EXPECT_NEAR(gain(low, 0, 16000), 1, 1e-12);
  EXPECT_NEAR(gain(low, 500, 16000), 1, 0.01);
  EXPECT_LT(gain(low, 1500, 16000), 0.005);
  const std::vector<double> high = windowed_sinc({1000, 8000, 16000}, 101);
  EXPECT_NEAR(gain(high, 4000, 16000), 1, 0.01);
  EXPECT_LT(gain(high, 500, 16000), 0.005);
  const std::vector<double> band = windowed_sinc({1000, 3000, 16000}, 101);
  EXPECT_NEAR(gain(band, 2000, 16000), 1, 0.01);
  EXPECT_LT(gain(band, 300, 16000), 0.005);
  EXPECT_LT(gain(band, 3800, 16000), 0.005);
}

}  // namespace
}  // namespace mote

#include "pipeline/filter_design.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

namespace mote {

namespace {

using Complex = std::complex<double>;
using std::numbers::pi;

/// Two poles in the plane of s, of one section; a section of first order has one.
using PolePair = std::vector<Complex>;

/// Of the low-pass with edge 1: pairs, and the real one of an odd order.
std::vector<PolePair> prototype(int order) {
  std::vector<PolePair> pairs;
  for (int k = 0; k < order / 2; ++k) {
    const Complex pole = std::polar(1.0, pi * (2 * k + order + 1) / (2.0 * order));
    pairs.push_back({pole, std::conj(pole)});
  }
  if (order % 2 != 0) pairs.push_back({Complex(-1, 0)});
  return pairs;
}

/// A band-pass has two poles for each of the low-pass: s^2 - pole * width * s + middle^2 = 0.
std::vector<PolePair> to_band(const std::vector<PolePair>& pairs, double from, double to) {
  std::vector<PolePair> result;
  for (const PolePair& pair : pairs) {
    const Complex half = pair[0] * ((to - from) / 2);
    const Complex root = std::sqrt(half * half - from * to);
    if (pair.size() == 1) {
      result.push_back({half + root, half - root});
      continue;
    }
    for (const Complex pole : {half + root, half - root}) result.push_back({pole, std::conj(pole)});
  }
  return result;
}

Section2 section_of(const PolePair& poles, Complex numerator_zero, Complex other_zero, double middle) {
  // Bilinear transform: z = (1 + s) / (1 - s).
  const auto plane_z = [](Complex s) { return (1.0 + s) / (1.0 - s); };
  const Complex first = plane_z(poles[0]);
  const Complex second = poles.size() == 2 ? plane_z(poles[1]) : Complex(0);
  if (poles.size() == 1) other_zero = 0;
  Section2 s{1, -(numerator_zero + other_zero).real(), (numerator_zero * other_zero).real(), -(first + second).real(),
             (first * second).real()};
  const Complex back = std::polar(1.0, -middle);  // 1 / z
  const double gain = std::abs((1.0 + s[1] * back + s[2] * back * back) / (1.0 + s[3] * back + s[4] * back * back));
  for (std::size_t i = 0; i < 3; ++i) s[i] /= gain;
  return s;
}

}  // namespace

std::vector<Section2> butterworth(const PassBand& band, int order) {
  const double from = std::tan(pi * std::max(band.low, 0.0) / band.rate);
  const double to = band.high_pass() ? 0 : std::tan(pi * band.high / band.rate);
  std::vector<Section2> sections;
  if (!band.low_pass() && !band.high_pass()) {
    const double middle = 2 * std::atan(std::sqrt(from * to));
    for (const PolePair& pair : to_band(prototype(order), from, to)) sections.push_back(section_of(pair, 1.0, -1.0, middle));
    return sections;
  }
  for (PolePair pair : prototype(order)) {
    for (Complex& pole : pair) pole = band.high_pass() ? from / pole : pole * to;
    const double zero = band.high_pass() ? 1.0 : -1.0;
    sections.push_back(section_of(pair, zero, zero, band.high_pass() ? pi : 0.0));
  }
  return sections;
}

std::vector<double> windowed_sinc(const PassBand& band, std::int32_t taps) {
  const auto low_pass = [&](double edge) {
    std::vector<double> h;
    double sum = 0;
    for (std::int32_t i = 0; i < taps; ++i) {
      const double t = i - (taps - 1) / 2.0;
      const double x = 2 * edge / band.rate;
      const double sinc = t == 0 ? x : std::sin(pi * x * t) / (pi * t);
      h.push_back(sinc * (taps == 1 ? 1.0 : 0.54 - 0.46 * std::cos(2 * pi * i / (taps - 1))));
      sum += h.back();
    }
    for (double& value : h) value /= sum;
    return h;
  };
  std::vector<double> h(static_cast<std::size_t>(taps), 0.0);
  if (band.high_pass())
    h[static_cast<std::size_t>(taps / 2)] = 1;
  else
    h = low_pass(band.high);
  if (!band.low_pass()) {
    const std::vector<double> below = low_pass(band.low);
    for (std::size_t i = 0; i < h.size(); ++i) h[i] -= below[i];
  }
  return h;
}

}  // namespace mote

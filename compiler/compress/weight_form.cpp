#include "compress/weight_form.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "support/error.hpp"
#include "support/numbers.hpp"

namespace mote {

namespace {

constexpr int kLargestCode = 127;
constexpr std::size_t kAllCodes = 2 * kLargestCode + 1;

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool is_whole(double value, int lowest, int highest) { return value == std::floor(value) && value >= lowest && value <= highest; }

/// One part of a form's name; false when it is none.
bool parse_part(std::string_view part, WeightForm& form) {
  if (take(part, "int")) {
    const auto bits = take_number(part);
    if (!bits || !part.empty() || !is_whole(*bits, 2, 8)) return false;
    form.bits = static_cast<int>(*bits);
    return true;
  }
  if (take(part, "clusters")) {
    const auto count = take_number(part);
    if (!count || !part.empty() || !is_whole(*count, 2, 128)) return false;
    form.clusters = static_cast<int>(*count);
    return true;
  }
  if (take(part, "zeros")) {
    const auto share = take_number(part);
    if (!share || part != "%" || *share >= 100) return false;
    form.zeros = *share / 100;
    return true;
  }
  const auto keep = take_number(part);
  if (!keep || !take(part, ":")) return false;
  const auto of = take_number(part);
  if (!of || !part.empty() || !is_whole(*of, 2, 64) || !is_whole(*keep, 1, static_cast<int>(*of) - 1)) return false;
  form.keep = static_cast<int>(*keep);
  form.of = static_cast<int>(*of);
  return true;
}

/// The squared error of a channel's weights at a scale.
double error_at(const CodeBook& book, const float* weights, const double* importance, std::size_t taps, double scale) {
  double sum = 0;
  for (std::size_t t = 0; t < taps; ++t) {
    const auto weight = static_cast<double>(weights[t]);
    const double error = weight - scale * book.nearest(weight / scale);
    sum += importance[t] * error * error;
  }
  return sum;
}

/// Scales below those that reach the largest weight: what is cut off there can cost less than coarse steps.
void choose_scales(CodeBook& book, const std::vector<float>& weights, const std::vector<double>& importance,
                   const std::vector<float>& plain) {
  constexpr double kLowest = 0.3, kStep = 0.025;
  const std::size_t rows = plain.size();
  const std::size_t columns = weights.size() / rows;
  const double reach = std::min(-static_cast<double>(book.codes.front()), static_cast<double>(book.codes.back()));
  for (std::size_t r = 0; r < rows; ++r) {
    const float* row = &weights[r * columns];
    double largest = 0;
    for (std::size_t t = 0; t < columns; ++t) largest = std::max(largest, std::abs(static_cast<double>(row[t])));
    double best = std::max(largest / reach, static_cast<double>(plain[r]));
    double least = std::numeric_limits<double>::infinity();
    for (double share = 1; share >= kLowest; share -= kStep) {
      const double scale = std::max(share * largest / reach, static_cast<double>(plain[r]));
      const double error = error_at(book, row, &importance[r * columns], columns, scale);
      if (error >= least) continue;
      least = error;
      best = scale;
    }
    book.scales[r] = static_cast<float>(best);
  }
}

/// Sums over a run of neighbouring codes, for the error when one code takes their place.
struct Run {
  double weight = 0, first = 0, second = 0;
};

/// The codes nearest to the mean of weighed runs whose errors are least in all (Wang and Song, "Ckmeans.1d.dp", 2011, on the 255
/// codes).
std::vector<std::int8_t> cluster(const std::array<double, kAllCodes>& weights, std::size_t count, bool keep_zero) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::array<Run, kAllCodes + 1> sums{};
  for (std::size_t i = 0; i < kAllCodes; ++i) {
    const double value = static_cast<double>(i) - kLargestCode;
    sums[i + 1] = {sums[i].weight + weights[i], sums[i].first + weights[i] * value, sums[i].second + weights[i] * value * value};
  }
  const auto code_for = [&](std::size_t begin, std::size_t end) {
    const double weight = sums[end].weight - sums[begin].weight;
    if (!(weight > 0)) return static_cast<double>(begin) - kLargestCode;
    // A run that holds zero stays zero where zeros are to be kept.
    if (keep_zero && begin <= kLargestCode && end > kLargestCode) return 0.0;
    return std::round((sums[end].first - sums[begin].first) / weight);
  };
  const auto error_of = [&](std::size_t begin, std::size_t end) {
    const double code = code_for(begin, end);
    const double weight = sums[end].weight - sums[begin].weight;
    return sums[end].second - sums[begin].second - 2 * code * (sums[end].first - sums[begin].first) + code * code * weight;
  };
  std::vector<std::vector<double>> least(count + 1, std::vector<double>(kAllCodes + 1, kInfinity));
  std::vector<std::vector<std::size_t>> begin_of(count + 1, std::vector<std::size_t>(kAllCodes + 1, 0));
  least[0][0] = 0;
  for (std::size_t k = 1; k <= count; ++k)
    for (std::size_t end = 1; end <= kAllCodes; ++end)
      for (std::size_t begin = 0; begin < end; ++begin) {
        if (least[k - 1][begin] == kInfinity) continue;
        const double error = least[k - 1][begin] + error_of(begin, end);
        if (error >= least[k][end]) continue;
        least[k][end] = error;
        begin_of[k][end] = begin;
      }
  std::vector<std::int8_t> codes;
  std::size_t k = count;
  for (std::size_t end = kAllCodes; k > 0; --k) {
    const std::size_t begin = begin_of[k][end];
    codes.push_back(static_cast<std::int8_t>(code_for(begin, end)));
    end = begin;
  }
  if (keep_zero) codes.push_back(0);
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

}  // namespace

WeightForm parse_weight_form(std::string_view text) {
  WeightForm form;
  std::string_view rest = text;
  while (true) {
    const std::size_t end = rest.find('+');
    if (!parse_part(rest.substr(0, end), form))
      throw Error(fmt::format("'{}' is no form of weights", text),
                  "write int4, clusters16, 2:4, zeros75%, or several with a plus: int4+zeros50%");
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return form;
}

std::string weight_form_name(const WeightForm& form) {
  std::vector<std::string> parts;
  if (form.bits != 8) parts.push_back(fmt::format("int{}", form.bits));
  if (form.clusters != 0) parts.push_back(fmt::format("clusters{}", form.clusters));
  if (form.of != 0) parts.push_back(fmt::format("{}:{}", form.keep, form.of));
  if (form.zeros > 0) parts.push_back(fmt::format("zeros{:g}%", 100 * form.zeros));
  return parts.empty() ? "int8" : fmt::format("{}", fmt::join(parts, "+"));
}

std::vector<std::int8_t> codes_of_bits(int bits) {
  const int highest = (1 << (bits - 1)) - 1;
  std::vector<std::int8_t> codes;
  for (int code = bits == 2 ? -2 : -highest; code <= highest; ++code) codes.push_back(static_cast<std::int8_t>(code));
  return codes;
}

std::int8_t CodeBook::nearest(double steps) const {
  const auto above = std::lower_bound(codes.begin(), codes.end(), steps,
                                      [](std::int8_t code, double value) { return static_cast<double>(code) < value; });
  if (above == codes.begin()) return codes.front();
  if (above == codes.end()) return codes.back();
  return steps - above[-1] < above[0] - steps ? above[-1] : above[0];
}

CodeBook make_code_book(const WeightForm& form, const std::vector<float>& weights, const std::vector<double>& importance,
                        const std::vector<float>& scales) {
  CodeBook book{form, codes_of_bits(form.bits), scales};
  if (form.bits != 8) choose_scales(book, weights, importance, scales);
  if (form.clusters == 0 || static_cast<std::size_t>(form.clusters) >= book.codes.size()) return book;
  std::array<double, kAllCodes> sums{};
  const std::size_t columns = weights.size() / scales.size();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto scale = static_cast<double>(book.scales[i / columns]);
    const int code = book.nearest(static_cast<double>(weights[i]) / scale);
    if (code == 0 && form.is_sparse()) continue;
    sums[static_cast<std::size_t>(code + kLargestCode)] += importance[i] * scale * scale;
  }
  book.codes = cluster(sums, static_cast<std::size_t>(form.clusters - (form.is_sparse() ? 1 : 0)), form.is_sparse());
  return book;
}

}  // namespace mote

#include "compress/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace mote {

namespace {

/// Sums of counts, of values and of squares over bins, so that any stretch costs the same.
struct Moments {
  std::vector<double> count, value, square;

  explicit Moments(const Histogram& histogram) : count(1, 0.0), value(1, 0.0), square(1, 0.0) {
    for (std::size_t i = 0; i < histogram.bins().size(); ++i) {
      const auto n = static_cast<double>(histogram.bins()[i]);
      const double x = histogram.center(i);
      count.push_back(count.back() + n);
      value.push_back(value.back() + n * x);
      square.push_back(square.back() + n * x * x);
    }
  }
  /// The sum of (x - at)^2 over bins [from, to).
  double squares(std::size_t from, std::size_t to, double at) const {
    return (square[to] - square[from]) - 2 * at * (value[to] - value[from]) + at * at * (count[to] - count[from]);
  }
};

std::size_t bin_of(const Histogram& histogram, double value) {
  const double at = (value - static_cast<double>(histogram.span().lowest)) / histogram.width();
  return static_cast<std::size_t>(std::clamp(at, 0.0, static_cast<double>(Histogram::kBins)));
}

/// What a range costs; values outside the histogram's span are taken at the ends of the whole.
double squared_loss(const Histogram& histogram, const Moments& moments, double lowest, double highest, int steps) {
  const double step = (highest - lowest) / steps;
  const std::size_t from = bin_of(histogram, lowest);
  const std::size_t to = std::max(from, bin_of(histogram, highest));
  const double below = static_cast<double>(histogram.whole().lowest) - lowest;
  const double above = static_cast<double>(histogram.whole().highest) - highest;
  return (moments.count[to] - moments.count[from]) * step * step / 12 + moments.squares(0, from, lowest) +
         moments.squares(to, Histogram::kBins, highest) + static_cast<double>(histogram.below()) * below * below +
         static_cast<double>(histogram.above()) * above * above;
}

/// Counts of values by size, in bins up to the larger end of the span.
std::vector<double> sizes_of(const Histogram& histogram, double limit, std::size_t bins) {
  std::vector<double> result(bins, 0.0);
  for (std::size_t i = 0; i < histogram.bins().size(); ++i) {
    const auto at = static_cast<std::size_t>(std::abs(histogram.center(i)) / limit * static_cast<double>(bins));
    result[std::min(at, bins - 1)] += static_cast<double>(histogram.bins()[i]);
  }
  result.back() += static_cast<double>(histogram.below() + histogram.above());
  return result;
}

/// The divergence of the first `kept` bins, outliers added to the last, from the same in `levels` levels.
double divergence(const std::vector<double>& counts, std::size_t kept, std::size_t levels, double outliers) {
  const double total = std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(kept), 0.0);
  if (!(total > 0)) return std::numeric_limits<double>::infinity();
  double result = 0;
  for (std::size_t level = 0; level < levels; ++level) {
    const std::size_t from = level * kept / levels;
    const std::size_t to = (level + 1) * kept / levels;
    double sum = 0;
    std::size_t occupied = 0;
    for (std::size_t i = from; i < to; ++i) {
      sum += counts[i];
      occupied += counts[i] > 0 ? 1 : 0;
    }
    for (std::size_t i = from; i < to; ++i) {
      const double p = (counts[i] + (i + 1 == kept ? outliers : 0.0)) / (total + outliers);
      if (!(p > 0)) continue;
      constexpr double kNearlyNothing = 1e-9;
      const double q = counts[i] > 0 ? sum / static_cast<double>(occupied) / total : kNearlyNothing;
      result += p * std::log(p / q);
    }
  }
  return result;
}

}  // namespace

Histogram::Histogram(ValueRange span, ValueRange whole)
    : span_(span),
      whole_(whole),
      width_((static_cast<double>(span.highest) - static_cast<double>(span.lowest)) / kBins),
      bins_(kBins, 0) {
  if (!(width_ > 0)) width_ = std::numeric_limits<double>::min();
}

void Histogram::add(std::span<const float> values) {
  const double scale = 1.0 / width_;
  for (const float value : values) {
    if (value == 0.0F) {
      ++zeros_;
    } else if (value < span_.lowest) {
      ++below_;
    } else if (value > span_.highest) {
      ++above_;
    } else {
      const auto at = static_cast<std::size_t>((static_cast<double>(value) - static_cast<double>(span_.lowest)) * scale);
      ++bins_[std::min(at, kBins - 1)];
    }
  }
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < kBins; ++i) bins_[i] += other.bins_[i];
  zeros_ += other.zeros_;
  below_ += other.below_;
  above_ += other.above_;
}

std::uint64_t Histogram::total() const { return std::accumulate(bins_.begin(), bins_.end(), zeros_ + below_ + above_); }

ValueRange percentile_range(const Histogram& histogram, double percentile) {
  const double allowed = static_cast<double>(histogram.total()) * (1.0 - percentile / 100.0);
  const auto edge = [&](bool upper) {
    double outside = static_cast<double>(upper ? histogram.above() : histogram.below());
    if (outside > allowed) return static_cast<double>(upper ? histogram.span().highest : histogram.span().lowest);
    std::size_t bin = upper ? Histogram::kBins : 0;
    while (upper ? bin > 0 : bin < Histogram::kBins) {
      outside += static_cast<double>(histogram.bins()[upper ? bin - 1 : bin]);
      if (outside > allowed) break;
      bin = upper ? bin - 1 : bin + 1;
    }
    const double value = static_cast<double>(histogram.span().lowest) + static_cast<double>(bin) * histogram.width();
    // Zeros are in no bin: the end does not go past them.
    return upper ? std::max(value, 0.0) : std::min(value, 0.0);
  };
  const ValueRange whole = histogram.whole();
  return {std::max(static_cast<float>(edge(false)), whole.lowest), std::min(static_cast<float>(edge(true)), whole.highest)};
}

ValueRange least_squares_range(const Histogram& histogram, int steps) {
  constexpr int kShares = 128, kRounds = 4;
  const Moments moments(histogram);
  const double lowest = static_cast<double>(histogram.span().lowest);
  const double highest = static_cast<double>(histogram.span().highest);
  double low = lowest;
  double high = highest;
  const auto best_share = [&](double whole, auto&& loss) {
    double best = whole;
    double least = std::numeric_limits<double>::infinity();
    for (int share = kShares; share > 0; --share) {
      const double candidate = whole * share / kShares;
      const double cost = loss(candidate);
      if (cost < least) {
        least = cost;
        best = candidate;
      }
    }
    return best;
  };
  for (int round = 0; round < kRounds; ++round) {
    if (highest > 0) high = best_share(highest, [&](double end) { return squared_loss(histogram, moments, low, end, steps); });
    if (lowest < 0) low = best_share(lowest, [&](double end) { return squared_loss(histogram, moments, end, high, steps); });
  }
  return {static_cast<float>(low), static_cast<float>(high)};
}

ValueRange least_divergence_range(const Histogram& histogram, int steps) {
  constexpr std::size_t kSizes = 2048;
  const ValueRange span = histogram.span();
  const double limit = std::max(-static_cast<double>(span.lowest), static_cast<double>(span.highest));
  // Values of one sign have all the steps for their sizes, others half of them.
  const bool one_sign = span.lowest == 0.0F || span.highest == 0.0F;
  const auto levels = static_cast<std::size_t>(one_sign ? steps + 1 : (steps + 1) / 2);
  if (levels >= kSizes || !(limit > 0)) return histogram.whole();
  const std::vector<double> counts = sizes_of(histogram, limit, kSizes);
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  double inside = std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(levels), 0.0);
  double least = std::numeric_limits<double>::infinity();
  std::size_t best = kSizes;
  for (std::size_t kept = levels; kept <= kSizes; ++kept) {
    const double cost = divergence(counts, kept, levels, total - inside);
    if (cost < least) {
      least = cost;
      best = kept;
    }
    if (kept < kSizes) inside += counts[kept];
  }
  const double threshold = limit * static_cast<double>(best) / static_cast<double>(kSizes);
  return {static_cast<float>(std::max(static_cast<double>(span.lowest), -threshold)),
          static_cast<float>(std::min(static_cast<double>(span.highest), threshold))};
}

}  // namespace mote

// SIGNAL_STATISTICS: what is known of the values of each channel of windows [..., n] (`channels` 0) or [..., n, channels]: for
// each window, channel by channel, the statistics that `which` lists (statistics.hpp). float32 or integers to float32.

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/signal/reference_math.hpp"
#include "ops/signal/statistics.hpp"

namespace mote {

namespace {

float square(float x) { return rounded_product(x, x); }

/// The values of one channel of a window.
class WindowStatistics {
 public:
  explicit WindowStatistics(std::vector<float> values)
      : values_(std::move(values)), length_(static_cast<float>(values_.size())) {}

  float of(Statistic which) const {
    switch (which) {
      case Statistic::kMean:
        return mean();
      case Statistic::kRms:
        return std::sqrt(energy() / length_);
      case Statistic::kVariance:
        return variance();
      case Statistic::kDeviation:
        return std::sqrt(variance());
      case Statistic::kSkewness: {
        const float third = average([](float d) { return rounded_product(square(d), d); });
        return variance() > 0.0F ? third / rounded_product(variance(), std::sqrt(variance())) : 0.0F;
      }
      case Statistic::kKurtosis: {
        const float fourth = average([](float d) { return square(square(d)); });
        return variance() > 0.0F ? fourth / square(variance()) - 3.0F : 0.0F;
      }
      case Statistic::kMinimum:
        return *std::ranges::min_element(values_);
      case Statistic::kMaximum:
        return *std::ranges::max_element(values_);
      case Statistic::kPeakToPeak:
        return of(Statistic::kMaximum) - of(Statistic::kMinimum);
      case Statistic::kEnergy:
        return energy();
      case Statistic::kMeanSize:
        return sum([](float x) { return std::abs(x); }) / length_;
      case Statistic::kLineLength: {
        std::vector<float> steps;
        for (std::size_t i = 1; i < values_.size(); ++i) steps.push_back(std::abs(values_[i] - values_[i - 1]));
        return blocked_sum(steps);
      }
      case Statistic::kZeroCrossings:
        return crossings(0.0F);
      case Statistic::kMeanCrossings:
        return crossings(mean());
      case Statistic::kPeaks:
        return peaks();
    }
    MOTE_CHECK(false);
  }

 private:
  template <typename Term>
  float sum(Term term) const {
    std::vector<float> terms;
    for (const float value : values_) terms.push_back(term(value));
    return blocked_sum(terms);
  }
  /// Of a power of the distances from the mean.
  template <typename Term>
  float average(Term term) const {
    const float centre = mean();
    return sum([&](float x) { return term(x - centre); }) / length_;
  }
  float mean() const {
    return sum([](float x) { return x; }) / length_;
  }
  float variance() const { return average(square); }
  float energy() const { return sum(square); }
  float crossings(float level) const {
    int count = 0;
    for (std::size_t i = 1; i < values_.size(); ++i) count += (values_[i] >= level) != (values_[i - 1] >= level) ? 1 : 0;
    return static_cast<float>(count);
  }
  float peaks() const {
    const float centre = mean();
    int count = 0;
    for (std::size_t i = 1; i + 1 < values_.size(); ++i)
      count += values_[i] > centre && values_[i] > values_[i - 1] && values_[i] > values_[i + 1] ? 1 : 0;
    return static_cast<float>(count);
  }

  std::vector<float> values_;
  float length_;
};

class SignalStatistics : public OperatorBase<SignalStatistics> {
 public:
  static constexpr std::string_view kName = "signal_statistics";
  static const std::vector<Implementation> kRows;

  std::int32_t channels = 0;
  std::vector<std::int32_t> which;

  template <typename V>
  void fields(V& v) {
    v.visit("channels", channels);
    v.visit("which", which);
  }

  struct Sizes {
    std::int64_t frames = 1, length = 1, channels = 1;
  };
  Sizes sizes(const NodeView& node) const {
    const Shape& shape = node.input(0).shape;
    Sizes n;
    n.channels = std::max(channels, 1);
    n.length = shape[shape.size() - (channels == 0 ? 1 : 2)];
    n.frames = element_count(shape) / (n.length * n.channels);
    return n;
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32, DataType::kInt8, DataType::kUint8, DataType::kInt16});
    require_rank(in, channels == 0 ? 1 : 2, 8);
    require_elements(in);
    if (channels < 0 || (channels > 0 && in.shape.back() != channels))
      throw Error(fmt::format("'{}' is {}, which are no windows of {} channels", in.name, to_string(in.shape), channels));
    if (which.empty()) throw Error("no statistic is asked for");
    for (const std::int32_t one : which)
      if (one < 0 || one >= static_cast<std::int32_t>(kStatisticNames.size()))
        throw Error(fmt::format("there is no statistic {}", one));
    if (in.elements() > (1 << 24)) throw Error(fmt::format("'{}' has more than 2^24 values", in.name));
    Shape shape(in.shape.begin(), in.shape.end() - (channels == 0 ? 1 : 2));
    shape.push_back(std::max(channels, 1) * static_cast<std::int32_t>(which.size()));
    return {{DataType::kFloat32, shape}};
  }
  bool reads_plain_integers(int input) const override { return input == 0; }

  void evaluate(const Evaluation& e) const override {
    switch (e.input(0).type) {
      case DataType::kInt8:
        return evaluate_values<std::int8_t>(e);
      case DataType::kUint8:
        return evaluate_values<std::uint8_t>(e);
      case DataType::kInt16:
        return evaluate_values<std::int16_t>(e);
      default:
        return evaluate_values<float>(e);
    }
  }

 private:
  template <typename T>
  void evaluate_values(const Evaluation& e) const {
    const Sizes n = sizes(e);
    const auto in = e.in<T>(0);
    std::size_t at = 0;
    for (std::int64_t frame = 0; frame < n.frames; ++frame) {
      for (std::int64_t channel = 0; channel < n.channels; ++channel) {
        std::vector<float> values;
        for (std::int64_t i = 0; i < n.length; ++i)
          values.push_back(static_cast<float>(in[static_cast<std::size_t>((frame * n.length + i) * n.channels + channel)]));
        const WindowStatistics window(std::move(values));
        for (const std::int32_t one : which) e.out<float>()[at++] = window.of(static_cast<Statistic>(one));
      }
    }
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SignalStatistics::of(node);
  const SignalStatistics::Sizes n = op.sizes(node);
  KernelCall call("signal/statistics", "signal_statistics");
  call.type("Value", node.input(0).type).set("frames", n.frames).set("length", n.length).set("channels", n.channels);
  call.set("count", static_cast<std::int64_t>(op.which.size())).list("which", {op.which.begin(), op.which.end()});
  return call.value(node, 0, "windows").output();
}

double cycles(const NodeView& node) {
  return 8.0 * static_cast<double>(SignalStatistics::of(node).which.size()) * static_cast<double>(node.input(0).elements());
}

const std::vector<Implementation> SignalStatistics::kRows = {
    {.name = "signal_statistics.direct", .cycles = cycles, .lower = lower, .code_bytes = 600}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalStatistics, signal_statistics)

}  // namespace mote

// SIGNAL_SPECTRAL_FEATURES: what is known of spectra float32 [..., bins] whose values are not negative: the features that `which`
// lists (statistics.hpp), then the sums over bands of bins, given by `edges` as first and last + 1 of each. Bins lie `hertz`
// apart.

#include <algorithm>
#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/signal/reference_math.hpp"
#include "ops/signal/statistics.hpp"

namespace mote {

namespace {

constexpr float kLog2OfE = 1.44269504F;

/// One spectrum, bin by bin.
class Spectrum {
 public:
  explicit Spectrum(std::span<const float> bins) : bins_(bins), total_(sum([](float p, float) { return p; })) {}

  /// Sum of a function of values and places.
  template <typename Term>
  float sum(Term term) const {
    std::vector<float> terms;
    for (std::size_t i = 0; i < bins_.size(); ++i) terms.push_back(term(bins_[i], static_cast<float>(i)));
    return blocked_sum(terms);
  }
  float total() const { return total_; }
  float centroid() const {
    return total_ > 0.0F ? sum([](float p, float place) { return rounded_product(p, place); }) / total_ : 0.0F;
  }
  float bandwidth() const {
    const float centre = centroid();
    const auto spread = [&](float p, float place) { return rounded_product(rounded_product(place - centre, place - centre), p); };
    return total_ > 0.0F ? std::sqrt(sum(spread) / total_) : 0.0F;
  }
  float roll_off(float part) const {
    std::vector<float> below;
    for (const float p : bins_) {
      below.push_back(p);
      if (blocked_sum(below) >= rounded_product(total_, part)) break;
    }
    return static_cast<float>(below.size() - 1);
  }
  float flatness() const {
    const auto count = static_cast<float>(bins_.size());
    const auto bounded = [](float p) { return p > 1e-10F ? p : 1e-10F; };
    const float logarithm = sum([&](float p, float) { return reference_log(bounded(p)); }) / count;
    const float mean = sum([&](float p, float) { return bounded(p); }) / count;
    return reference_power_of_two(rounded_product(logarithm - reference_log(mean), kLog2OfE));
  }
  float entropy() const {
    const auto term = [&](float p, float) {
      const float share = p / total_;
      return share > 0.0F ? rounded_product(share, reference_log(share)) : 0.0F;
    };
    return total_ > 0.0F ? rounded_product(sum(term), -kLog2OfE) : 0.0F;
  }
  std::size_t highest() const {
    std::size_t best = 0;
    for (std::size_t i = 1; i < bins_.size(); ++i)
      if (bins_[i] > bins_[best]) best = i;
    return best;
  }
  float operator[](std::size_t bin) const { return bins_[bin]; }

 private:
  std::span<const float> bins_;
  float total_;
};

class SignalSpectralFeatures : public OperatorBase<SignalSpectralFeatures> {
 public:
  static constexpr std::string_view kName = "signal_spectral_features";
  static const std::vector<Implementation> kRows;

  float hertz = 1.0F, roll_off = 0.85F;
  std::vector<std::int32_t> which, edges;

  template <typename V>
  void fields(V& v) {
    v.visit("hertz", hertz);
    v.visit("roll_off", roll_off);
    v.visit("which", which);
    v.visit("edges", edges);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kFloat32});
    require_rank(in, 1, 8);
    require_elements(in);
    constexpr std::int32_t kMost = INT16_MAX;
    if (in.shape.back() > kMost) throw Error(fmt::format("{} bins are more than {}", in.shape.back(), kMost));
    for (const std::int32_t one : which)
      if (one < 0 || one >= static_cast<std::int32_t>(kSpectralFeatureNames.size()))
        throw Error(fmt::format("there is no spectral feature {}", one));
    if (edges.size() % 2 != 0) throw Error("a band has no last bin");
    for (std::size_t i = 0; i < edges.size(); i += 2) {
      if (edges[i] < 0 || edges[i] >= edges[i + 1] || edges[i + 1] > in.shape.back())
        throw Error(fmt::format("bins {} to {} are no band of {} bins", edges[i], edges[i + 1] - 1, in.shape.back()));
    }
    if (which.empty() && edges.empty()) throw Error("no spectral feature is asked for");
    if (!(hertz > 0 && std::isnormal(hertz) && roll_off > 0 && roll_off <= 1))
      throw Error(fmt::format("bins {} Hz apart and a roll-off of {} are not supported", hertz, roll_off));
    Shape shape = in.shape;
    shape.back() = static_cast<std::int32_t>(which.size() + edges.size() / 2);
    return {{in.type, shape}};
  }

  void evaluate(const Evaluation& e) const override {
    const auto bins = static_cast<std::size_t>(e.input(0).shape.back());
    std::size_t at = 0;
    for (auto in = e.in<float>(0); !in.empty(); in = in.subspan(bins)) {
      const Spectrum spectrum(in.first(bins));
      for (const std::int32_t one : which) e.out<float>()[at++] = feature(spectrum, static_cast<SpectralFeature>(one));
      for (std::size_t i = 0; i < edges.size(); i += 2) {
        const auto first = static_cast<std::size_t>(edges[i]);
        const Spectrum band(in.subspan(first, static_cast<std::size_t>(edges[i + 1]) - first));
        e.out<float>()[at++] = band.total();
      }
    }
  }

 private:
  float feature(const Spectrum& spectrum, SpectralFeature which_one) const {
    switch (which_one) {
      case SpectralFeature::kCentroid:
        return rounded_product(spectrum.centroid(), hertz);
      case SpectralFeature::kBandwidth:
        return rounded_product(spectrum.bandwidth(), hertz);
      case SpectralFeature::kRollOff:
        return rounded_product(spectrum.roll_off(roll_off), hertz);
      case SpectralFeature::kFlatness:
        return spectrum.flatness();
      case SpectralFeature::kEntropy:
        return spectrum.entropy();
      case SpectralFeature::kDominant:
        return rounded_product(static_cast<float>(spectrum.highest()), hertz);
      case SpectralFeature::kPeak:
        return spectrum[spectrum.highest()];
      case SpectralFeature::kTotal:
        return spectrum.total();
    }
    MOTE_CHECK(false);
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SignalSpectralFeatures::of(node);
  const auto [frames, bins] = rows_and_depth(node.input(0).shape);
  KernelCall call("signal/spectral_features", "signal_spectral_features");
  call.set("frames", frames).set("bins", bins).real("hertz", op.hertz).real("roll_off", op.roll_off);
  call.set("count", static_cast<std::int64_t>(op.which.size())).set("bands", static_cast<std::int64_t>(op.edges.size() / 2));
  call.list("which",
            op.which.empty() ? std::vector<std::int64_t>{0} : std::vector<std::int64_t>(op.which.begin(), op.which.end()));
  const std::vector<std::int16_t> edges(op.edges.begin(), op.edges.end());
  return call.value(node, 0, "spectrum").constant("edges", edges.empty() ? std::vector<std::int16_t>{0} : edges).output();
}

double cycles(const NodeView& node) {
  return 20.0 * static_cast<double>(SignalSpectralFeatures::of(node).which.size() + 1) *
         static_cast<double>(node.input(0).elements());
}

const std::vector<Implementation> SignalSpectralFeatures::kRows = {
    {.name = "signal_spectral_features.direct", .cycles = cycles, .lower = lower, .code_bytes = 900}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalSpectralFeatures, signal_spectral_features)

}  // namespace mote

// SIGNAL_RFFT: the spectrum of real samples, [..., n] padded with zeros to fft_length, as fft_length / 2 + 1 pairs (real,
// imaginary). Half as many complex values are transformed, then the two halves of the spectrum are taken apart. Fixed point is
// halved, or divided by the radix, in each step, so that the result is the spectrum over fft_length; sums wrap. Source:
// TensorFlow Lite Micro's SignalRfft, whose rounding is that of KISS FFT 1.3.

#include <algorithm>
#include <cmath>
#include <numbers>

#include "ops/checks.hpp"
#include "ops/custom_options.hpp"
#include "ops/signal/fft_plan.hpp"

namespace mote {

namespace {

/// Numbers with kFractionBits of fraction, or float32.
template <typename Sample>
struct Arithmetic {
  using Wide = std::int64_t;
  static constexpr int kFractionBits = static_cast<int>(sizeof(Sample)) * 8 - 1;
  static constexpr std::int64_t kOne = (std::int64_t{1} << kFractionBits) - 1;

  static Sample wrapped(Wide value) { return static_cast<Sample>(value); }
  static Sample rounded(Wide value) { return wrapped((value + (Wide{1} << (kFractionBits - 1))) >> kFractionBits); }
  static Sample constant(double value) { return static_cast<Sample>(std::floor(0.5 + static_cast<double>(kOne) * value)); }
  static Sample divided(Sample value, int by) { return rounded(Wide{value} * (kOne / by)); }
  /// A sum of int32 wraps before it is halved, one of int16 has room.
  static Sample half(Wide value) { return wrapped((sizeof(Sample) == 4 ? Wide{wrapped(value)} : value) >> 1); }
};

template <>
struct Arithmetic<float> {
  using Wide = float;
  static float wrapped(float value) { return value; }
  static float rounded(float value) { return value; }
  static float constant(double value) { return static_cast<float>(value); }
  static float divided(float value, int) { return value; }
  static float half(float value) { return value * 0.5F; }
};

template <typename Sample>
class ReferenceFft {
 public:
  using Numbers = Arithmetic<Sample>;
  using Wide = typename Numbers::Wide;
  struct Complex {
    Sample real, imaginary;
  };

  static Complex constant(std::complex<double> value) {
    return {Numbers::constant(value.real()), Numbers::constant(value.imag())};
  }
  static Complex sum(Complex a, Complex b) {
    return {Numbers::wrapped(Wide(a.real) + b.real), Numbers::wrapped(Wide(a.imaginary) + b.imaginary)};
  }
  static Complex difference(Complex a, Complex b) {
    return {Numbers::wrapped(Wide(a.real) - b.real), Numbers::wrapped(Wide(a.imaginary) - b.imaginary)};
  }
  static Complex product(Complex a, Complex b) {
    return {Numbers::rounded(Wide(a.real) * b.real - Wide(a.imaginary) * b.imaginary),
            Numbers::rounded(Wide(a.real) * b.imaginary + Wide(a.imaginary) * b.real)};
  }
  static Complex scaled(Complex a, Sample by) {
    return {Numbers::rounded(Wide(a.real) * by), Numbers::rounded(Wide(a.imaginary) * by)};
  }
  static Complex divided(Complex a, int by) { return {Numbers::divided(a.real, by), Numbers::divided(a.imaginary, by)}; }
  /// a times -i.
  static Complex turned(Complex a) { return {a.imaginary, Numbers::wrapped(-Wide(a.real))}; }

  ReferenceFft(const std::vector<FftStage>& stages, std::int32_t length) : stages_(stages), length_(length) {
    for (std::int32_t i = 0; i < length; ++i) twiddles_.push_back(constant(fft_twiddle(i, length)));
  }

  std::vector<Complex> transform(const std::vector<Complex>& in) const { return transform(in, stages_.size()); }

 private:
  /// By the first `depth` stages: transforms of every radix-th value, then their butterflies.
  std::vector<Complex> transform(const std::vector<Complex>& in, std::size_t depth) const {
    if (depth == 0) return in;
    const FftStage& stage = stages_[depth - 1];
    const auto radix = static_cast<std::size_t>(stage.radix);
    const auto size = static_cast<std::size_t>(stage.size);
    std::vector<Complex> out;
    for (std::size_t q = 0; q < radix; ++q) {
      std::vector<Complex> part;
      for (std::size_t i = q; i < in.size(); i += radix) part.push_back(in[i]);
      const std::vector<Complex> done = transform(part, depth - 1);
      out.insert(out.end(), done.begin(), done.end());
    }
    for (std::size_t u = 0; u < size; ++u) {
      std::vector<Complex> x;
      for (std::size_t q = 0; q < radix; ++q) {
        const Complex smaller = divided(out[u + q * size], stage.radix);
        x.push_back(q == 0 ? smaller : product(smaller, twiddle(u * q * static_cast<std::size_t>(stage.blocks))));
      }
      const std::vector<Complex> y = butterfly(x);
      for (std::size_t q = 0; q < radix; ++q) out[u + q * size] = y[q];
    }
    return out;
  }

  Complex twiddle(std::size_t index) const { return twiddles_[index % static_cast<std::size_t>(length_)]; }
  /// The root of unity of a radix: exp(-2 pi i k / radix), as it stands among the twiddles.
  Complex root(std::size_t k, std::size_t radix) const { return twiddle(k * static_cast<std::size_t>(length_) / radix); }

  std::vector<Complex> butterfly(const std::vector<Complex>& x) const {
    switch (x.size()) {
      case 2:
        return {sum(x[0], x[1]), difference(x[0], x[1])};
      case 3:
        return butterfly_3(x);
      case 4: {
        const Complex even = sum(x[0], x[2]);
        const Complex even_less = difference(x[0], x[2]);
        const Complex odd = sum(x[1], x[3]);
        const Complex odd_less = turned(difference(x[1], x[3]));
        return {sum(even, odd), sum(even_less, odd_less), difference(even, odd), difference(even_less, odd_less)};
      }
      default:
        return butterfly_5(x);
    }
  }

  std::vector<Complex> butterfly_3(const std::vector<Complex>& x) const {
    const Complex both = sum(x[1], x[2]);
    const Complex middle = difference(x[0], {Numbers::half(both.real), Numbers::half(both.imaginary)});
    // The root's imaginary part is negative: times i, it goes the other way round.
    const Complex side = turned(scaled(difference(x[1], x[2]), root(1, 3).imaginary));
    return {sum(x[0], both), difference(middle, side), sum(middle, side)};
  }

  std::vector<Complex> butterfly_5(const std::vector<Complex>& x) const {
    const Complex a = root(1, 5);
    const Complex b = root(2, 5);
    const Complex outer = sum(x[1], x[4]);
    const Complex outer_less = difference(x[1], x[4]);
    const Complex inner = sum(x[2], x[3]);
    const Complex inner_less = difference(x[2], x[3]);
    const auto along = [&](Sample first, Sample second) { return sum(sum(x[0], scaled(outer, first)), scaled(inner, second)); };
    const Complex first = along(a.real, b.real);
    const Complex second = along(b.real, a.real);
    const Complex first_side = turned(sum(scaled(outer_less, a.imaginary), scaled(inner_less, b.imaginary)));
    const Complex second_side = turned(difference(scaled(inner_less, a.imaginary), scaled(outer_less, b.imaginary)));
    return {sum(x[0], sum(outer, inner)), difference(first, first_side), sum(second, second_side),
            difference(second, second_side), sum(first, first_side)};
  }

  const std::vector<FftStage>& stages_;
  std::int32_t length_;
  std::vector<Complex> twiddles_;
};

/// exp(-pi i ((k + 1) / length + 1 / 2)): what takes the spectra of even and odd samples apart.
std::complex<double> super_twiddle(std::int32_t k, std::int32_t length) {
  const double phase = -std::numbers::pi * (static_cast<double>(k + 1) / static_cast<double>(length) + 0.5);
  return {std::cos(phase), std::sin(phase)};
}

class SignalRfft : public CustomOperator<SignalRfft> {
 public:
  static constexpr std::string_view kName = "signal_rfft";
  static const std::vector<Implementation> kRows;

  std::int32_t fft_length = 2;

  template <typename V>
  void fields(V& v) {
    v.visit("fft_length", fft_length);
  }

  void write(OptionsWriter& to) const {
    to.set_custom(*this, {{"T", static_cast<std::int32_t>(write_type(to.node().input(0).type))}});
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kInt16, DataType::kInt32, DataType::kFloat32});
    require_rank(in, 1, 8);
    require_fft_length(fft_length, 1 << 15, in.shape);
    Shape shape = in.shape;
    shape.back() = fft_length + 2;
    return {{in.type, shape}};
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kInt16) return evaluate_frames<std::int16_t>(e);
    if (e.input(0).type == DataType::kInt32) return evaluate_frames<std::int32_t>(e);
    evaluate_frames<float>(e);
  }

 private:
  template <typename Sample>
  void evaluate_frames(const Evaluation& e) const {
    using Fft = ReferenceFft<Sample>;
    using Complex = typename Fft::Complex;
    const std::int32_t half = fft_length / 2;
    const auto count = static_cast<std::size_t>(half);
    const auto stages = fft_stages(half);
    const Fft fft(stages, half);
    const auto width = static_cast<std::size_t>(e.input(0).shape.back());
    auto out = e.out<Sample>();
    for (auto in = e.in<Sample>(0); !in.empty(); in = in.subspan(width), out = out.subspan(2 * count + 2)) {
      std::vector<Complex> pairs(count, Complex{});
      for (std::size_t i = 0; i < width; ++i) (i % 2 == 0 ? pairs[i / 2].real : pairs[i / 2].imaginary) = in[i];
      const std::vector<Complex> spectrum = fft.transform(pairs);
      const auto store = [&](std::size_t bin, Sample real, Sample imaginary) {
        out[2 * bin] = real;
        out[2 * bin + 1] = imaginary;
      };
      using Numbers = typename Fft::Numbers;
      using Wide = typename Fft::Wide;
      const Complex constant = Fft::divided(spectrum[0], 2);
      store(0, Numbers::wrapped(Wide(constant.real) + constant.imaginary), Sample{});
      store(count, Numbers::wrapped(Wide(constant.real) - constant.imaginary), Sample{});
      for (std::size_t k = 1; k <= count / 2; ++k) {
        const Complex mirrored{spectrum[count - k].real, Numbers::wrapped(-Wide(spectrum[count - k].imaginary))};
        const Complex a = Fft::divided(spectrum[k], 2);
        const Complex b = Fft::divided(mirrored, 2);
        const Complex even = Fft::sum(a, b);
        const Complex odd =
            Fft::product(Fft::difference(a, b), Fft::constant(super_twiddle(static_cast<std::int32_t>(k) - 1, half)));
        store(k, Numbers::half(Wide(even.real) + odd.real), Numbers::half(Wide(even.imaginary) + odd.imaginary));
        store(count - k, Numbers::half(Wide(even.real) - odd.real), Numbers::half(Wide(odd.imaginary) - even.imaginary));
      }
    }
  }
};

template <typename Sample>
void append(std::vector<Sample>& table, std::complex<double> value) {
  table.push_back(Arithmetic<Sample>::constant(value.real()));
  table.push_back(Arithmetic<Sample>::constant(value.imag()));
}

/// Twiddles in the order of use, without those that are 1: stage by stage, for each position but the first; then those that take
/// the spectrum apart.
template <typename Sample>
void add_tables(KernelCall& call, std::int32_t half) {
  std::vector<Sample> twiddles;
  for (const FftStage& stage : fft_stages(half))
    for (std::int32_t u = 1; u < stage.size; ++u)
      for (std::int32_t q = 1; q < stage.radix; ++q) append(twiddles, fft_twiddle(std::int64_t{u} * q * stage.blocks, half));
  if (twiddles.empty()) append(twiddles, 1.0);
  std::vector<Sample> split;
  for (std::int32_t k = 0; k < half / 2; ++k) append(split, super_twiddle(k, half));
  call.constant("twiddles", twiddles).constant("split", split);
}

KernelCall lower_with(const NodeView& node, std::string_view header, std::string_view function) {
  const std::int32_t length = SignalRfft::of(node).fft_length;
  const std::int32_t half = length / 2;
  const std::int32_t width = node.input(0).shape.back();
  const auto stages = fft_stages(half);
  KernelCall call(header, function);
  call.type("Sample", node.input(0).type).set("half", half).set("width", width).set("frames", node.input(0).elements() / width);
  std::vector<std::int64_t> radices;
  for (const FftStage& stage : stages) radices.push_back(stage.radix);
  call.set("stages", static_cast<std::int64_t>(radices.size())).list("radices", radices);
  const DataType type = node.input(0).type;
  call.value(node, 0, "samples");
  const auto indices = fft_first_indices(stages);
  call.constant("order", std::vector<std::int16_t>(indices.begin(), indices.end()));
  if (type == DataType::kInt16)
    add_tables<std::int16_t>(call, half);
  else if (type == DataType::kInt32)
    add_tables<std::int32_t>(call, half);
  else
    add_tables<float>(call, half);
  return call.output();
}

KernelCall lower(const NodeView& node) { return lower_with(node, "signal/rfft", "signal_rfft"); }

KernelCall lower_pairs(const NodeView& node) { return lower_with(node, "signal/rfft_pairs", "signal_rfft_pairs"); }

/// int16 by radix 4, and 2 in the first pass.
bool fits_pairs(const NodeView& node) {
  const auto stages = fft_stages(SignalRfft::of(node).fft_length / 2);
  return node.input(0).type == DataType::kInt16 && stages[0].radix % 2 == 0 &&
         std::all_of(stages.begin() + 1, stages.end(), [](const FftStage& stage) { return stage.radix == 4; });
}

double butterflies(const NodeView& node) {
  double total = 0;
  for (const FftStage& stage : fft_stages(SignalRfft::of(node).fft_length / 2)) total += stage.radix * stage.size * stage.blocks;
  return total * static_cast<double>(node.output().elements()) / (SignalRfft::of(node).fft_length + 2);
}
double cycles(const NodeView& node) { return 30.0 * butterflies(node); }
double cycles_pairs(const NodeView& node) { return 14.0 * butterflies(node); }

const std::vector<Implementation> SignalRfft::kRows = {
    {.name = "signal_rfft.pairs",
     .isa = Isa::kDsp,
     .applies = fits_pairs,
     .cycles = cycles_pairs,
     .lower = lower_pairs,
     .code_bytes = 700},
    {.name = "signal_rfft.direct", .cycles = cycles, .lower = lower, .code_bytes = 900}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalRfft, signal_rfft)

}  // namespace mote

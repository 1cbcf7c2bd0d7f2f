// SIGNAL_BLOCK_RFFT: the spectrum of real samples in block floating point, int16 [..., n] padded with zeros to `fft_length`, as
// fft_length / 2 + 1 pairs (real, imaginary). Inputs and outputs: int16 and the exponents of their frames. Half as many complex
// values are transformed, then the two halves of the spectrum are taken apart. Before each pass the values are halved as often as
// the largest magnitude asks for so that no result can overflow, so a spectrum keeps 15 bits however loud the signal is.

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "ops/define.hpp"
#include "ops/signal/block_floating.hpp"
#include "ops/signal/fft_plan.hpp"

namespace mote {

namespace {

constexpr int kTwiddleBits = 14;

std::int16_t twiddle_part(double value) { return static_cast<std::int16_t>(std::lround(std::ldexp(value, kTwiddleBits))); }

/// exp(-i phase).
std::complex<double> turned_by(double phase) { return {std::cos(phase), -std::sin(phase)}; }

/// What takes bin k of the spectrum apart: -i exp(-pi i k / half).
std::complex<double> split_twiddle(std::int32_t k, std::int32_t half) {
  return turned_by(std::numbers::pi * (static_cast<double>(k) / static_cast<double>(half) + 0.5));
}

/// A frame of complex numbers with one exponent.
class BlockFrame {
 public:
  struct Complex {
    std::int64_t real = 0, imaginary = 0;
    Complex operator+(Complex b) const { return {real + b.real, imaginary + b.imaginary}; }
    Complex operator*(Complex b) const {
      return {real * b.real - imaginary * b.imaginary, real * b.imaginary + imaginary * b.real};
    }
    Complex conjugate() const { return {real, -imaginary}; }
    Complex shifted(int by) const { return {real >> by, imaginary >> by}; }
    /// Times 2^-by, rounded half up.
    Complex scaled(int by) const {
      const std::int64_t half = by > 0 ? std::int64_t{1} << (by - 1) : 0;
      const auto part = [&](std::int64_t x) { return by >= 0 ? (x + half) >> by : x * (std::int64_t{1} << -by); };
      return {part(real), part(imaginary)};
    }
    static Complex twiddle(std::complex<double> value) { return {twiddle_part(value.real()), twiddle_part(value.imag())}; }
  };

  explicit BlockFrame(std::vector<Complex> values) : values_(std::move(values)) {}
  BlockFrame(std::span<const std::int16_t> samples, std::int32_t exponent, std::int32_t half)
      : values_(static_cast<std::size_t>(half)), half_(half), exponent_(exponent) {
    for (std::size_t i = 0; i < samples.size(); ++i) (i % 2 == 0 ? values_[i / 2].real : values_[i / 2].imaginary) = samples[i];
    scale(shift_for(0, 0));
  }

  void transform() {
    const auto stages = fft_stages(half_);
    std::vector<Complex> ordered;
    const auto radix = stages[0].radix;
    for (const std::int32_t first : fft_first_indices(stages))
      for (std::int32_t q = 0; q < radix; ++q) ordered.push_back(values_[static_cast<std::size_t>(first + q * (half_ / radix))]);
    values_ = std::move(ordered);
    for (const FftStage& stage : stages) pass(stage);
  }

  /// The spectrum of the real samples.
  std::vector<Complex> split() {
    const auto half = static_cast<std::size_t>(half_);
    // Twice each bin, with the twiddles' bits of fraction.
    std::vector<Complex> twice(half + 1);
    const Complex constant = values_[0];
    constexpr std::int64_t kUnit = std::int64_t{2} << kTwiddleBits;
    twice[0] = {(constant.real + constant.imaginary) * kUnit, 0};
    twice[half] = {(constant.real - constant.imaginary) * kUnit, 0};
    for (std::size_t k = half / 2; k >= 1; --k) {
      const Complex a = values_[k];
      const Complex b = values_[half - k].conjugate();
      const Complex even = (a + b) * Complex{std::int64_t{1} << kTwiddleBits, 0};
      const Complex odd = (a + b * Complex{-1, 0}) * Complex::twiddle(split_twiddle(static_cast<std::int32_t>(k), half_));
      twice[half - k] = (even + odd * Complex{-1, 0}).conjugate();
      twice[k] = even + odd;
    }
    bool fits = true;
    for (const Complex& bin : twice) {
      for (const std::int64_t part : {bin.real, bin.imaginary}) {
        const std::int64_t rounded = (part + kUnit / 2) >> (kTwiddleBits + 1);
        fits = fits && rounded >= INT16_MIN && rounded <= INT16_MAX;
      }
    }
    const int shift = fits ? 0 : 1;
    for (Complex& bin : twice) bin = bin.scaled(kTwiddleBits + 1 + shift);
    exponent_ += shift;
    return twice;
  }

  std::int32_t exponent() const { return exponent_; }

 private:
  /// How often values are halved before magnitudes grow by 2^(growth / 2): `room` is added to each squared magnitude.
  int shift_for(int growth, std::int64_t room) const {
    std::uint64_t bits = 0;
    for (const Complex& value : values_)
      bits |= static_cast<std::uint64_t>(value.real * value.real + value.imaginary * value.imaginary + room);
    return (static_cast<int>(std::bit_width(bits)) + growth - 29) >> 1;
  }
  void scale(int shift) {
    for (Complex& value : values_) value = value.scaled(shift);
    exponent_ += shift;
  }

  void pass(const FftStage& stage) {
    constexpr std::int64_t kRoom = 1 << 22;
    const int bits = stage.radix == 4 ? kTwiddleBits : kTwiddleBits - 1;
    const BlockFrame results(sums(stage));
    // What a first pass of radix 4 gives is known, a quarter of it as it is measured; otherwise magnitudes grow by the radix.
    int shift = 0;
    if (stage.size == 1 && stage.radix == 4) {
      BlockFrame quarters = results;
      for (Complex& value : quarters.values_) value = value.shifted(bits + 2);
      shift = quarters.shift_for(4, kRoom);
    } else {
      shift = shift_for(stage.radix == 2 ? 2 : (stage.radix == 5 ? 5 : 4), kRoom);
    }
    shift = std::max(0, shift);
    exponent_ += shift;
    for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = results.values_[i].scaled(bits + shift);
  }

  /// The results of a pass before they are rounded.
  std::vector<Complex> sums(const FftStage& stage) const {
    std::vector<Complex> result(values_.size());
    const std::int32_t radix = stage.radix;
    for (std::int32_t block = 0; block < stage.blocks; ++block) {
      for (std::int32_t u = 0; u < stage.size; ++u) {
        const auto place = [&](std::int32_t q) { return static_cast<std::size_t>((block * radix + q) * stage.size + u); };
        for (std::int32_t k = 0; k < radix; ++k)
          for (std::int32_t q = 0; q < radix; ++q) result[place(k)] = result[place(k)] + term(values_[place(q)], stage, u, k, q);
      }
    }
    return result;
  }

  /// The share of value q of a butterfly in result k. Radix 4 turns by quarters without a product; others cut a bit from each.
  Complex term(Complex value, const FftStage& stage, std::int32_t u, std::int32_t k, std::int32_t q) const {
    const auto root = [&](std::int64_t index) { return Complex::twiddle(fft_twiddle(index % half_, half_)); };
    if (stage.radix != 4) return (value * root(std::int64_t{q} * (u + k * stage.size) * stage.blocks)).shifted(1);
    constexpr std::array<Complex, 4> kQuarters{{{1, 0}, {0, -1}, {-1, 0}, {0, 1}}};
    return value * root(std::int64_t{q} * u * stage.blocks) * kQuarters[static_cast<std::size_t>(q * k % 4)];
  }

  std::vector<Complex> values_;
  std::int32_t half_ = 0, exponent_ = 0;
};

class SignalBlockRfft : public OperatorBase<SignalBlockRfft> {
 public:
  static constexpr std::string_view kName = "signal_block_rfft";
  static const std::vector<Implementation> kRows;

  std::int32_t fft_length = 2;

  template <typename V>
  void fields(V& v) {
    v.visit("fft_length", fft_length);
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    const Tensor& in = node.input(0);
    require_type(in, {DataType::kInt16});
    require_rank(in, 1, 8);
    require_elements(in);
    require_exponents(node, 0, 1);
    require_fft_length(fft_length, 1 << 14, in.shape);
    Shape shape = in.shape;
    shape.back() = fft_length + 2;
    return {{in.type, shape}, type_and_shape(node.input(1))};
  }

  void evaluate(const Evaluation& e) const override {
    const auto width = static_cast<std::size_t>(e.input(0).shape.back());
    auto out = e.out<std::int16_t>();
    std::size_t frame = 0;
    for (auto in = e.in<std::int16_t>(0); !in.empty(); in = in.subspan(width), ++frame) {
      BlockFrame values(in.first(width), e.in<std::int32_t>(1)[frame], fft_length / 2);
      values.transform();
      for (const auto& bin : values.split()) {
        out[0] = static_cast<std::int16_t>(bin.real);
        out[1] = static_cast<std::int16_t>(bin.imaginary);
        out = out.subspan(2);
      }
      e.out<std::int32_t>(1)[frame] = values.exponent();
    }
  }
};

void append(std::vector<std::int16_t>& table, std::complex<double> value) {
  table.push_back(twiddle_part(value.real()));
  table.push_back(twiddle_part(value.imag()));
}

KernelCall lower(const NodeView& node) {
  const std::int32_t half = SignalBlockRfft::of(node).fft_length / 2;
  const std::int32_t width = node.input(0).shape.back();
  const auto stages = fft_stages(half);
  KernelCall call("signal/block_rfft", "signal_block_rfft");
  call.set("half", half).set("width", width).set("frames", node.input(0).elements() / width);
  std::vector<std::int64_t> radices;
  // Twiddles of radix 4 in the order of use, without those that are 1; all roots for other radices.
  std::vector<std::int16_t> twiddles, roots, split;
  for (const FftStage& stage : stages) {
    radices.push_back(stage.radix);
    if (stage.radix != 4) continue;
    for (std::int32_t u = 1; u < stage.size; ++u)
      for (std::int32_t q = 1; q < 4; ++q) append(twiddles, fft_twiddle(std::int64_t{u} * q * stage.blocks, half));
  }
  if (std::ranges::any_of(stages, [](const FftStage& stage) { return stage.radix != 4; }))
    for (std::int32_t k = 0; k < half; ++k) append(roots, fft_twiddle(k, half));
  for (auto* table : {&twiddles, &roots})
    if (table->empty()) append(*table, 1.0);
  for (std::int32_t k = 1; k <= half / 2; ++k) append(split, split_twiddle(k, half));
  call.set("stages", static_cast<std::int64_t>(radices.size())).list("radices", radices);
  const auto order = fft_first_indices(stages);
  call.value(node, 0, "samples")
      .value(node, 1, "exponents")
      .constant("order", std::vector<std::int16_t>(order.begin(), order.end()));
  return call.constant("twiddles", twiddles).constant("roots", roots).constant("split", split).output().output(1);
}

double cycles(const NodeView& node) {
  const double frames = static_cast<double>(rows_and_depth(node.input(0).shape).rows);
  double total = 0;
  for (const FftStage& stage : fft_stages(SignalBlockRfft::of(node).fft_length / 2))
    total += (stage.radix == 4 ? 18.0 : 12.0 * stage.radix) * stage.radix * stage.size * stage.blocks;
  return frames * total;
}

const std::vector<Implementation> SignalBlockRfft::kRows = {
    {.name = "signal_block_rfft.direct", .cycles = cycles, .lower = lower, .code_bytes = 1100}};

}  // namespace

MOTE_DEFINE_OPERATOR(SignalBlockRfft, signal_block_rfft)

}  // namespace mote

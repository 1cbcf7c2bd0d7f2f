#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mote {

/// The structure that a layer's int8 weights are to have, so that they take less flash or work. Whatever the form, the layer
/// stays one of int8 weights, which every tool reads; kernels find the form in the values.
struct WeightForm {
  /// Width of a code: 2 (-2..1), 3 (-3..3), 4 (-7..7), ... 8.
  int bits = 8;
  /// At most so many different codes in the layer, chosen to fit; 0: all that `bits` gives.
  int clusters = 0;
  /// Of every `of` neighbouring taps of an output at most `keep` are not zero; 0: any.
  int keep = 0, of = 0;
  /// At least this share of the weights is zero.
  double zeros = 0;

  bool is_plain() const { return bits == 8 && clusters == 0 && of == 0 && zeros == 0; }
  bool is_sparse() const { return of != 0 || zeros > 0; }
  bool operator==(const WeightForm&) const = default;
};

/// "int8", "int4", "clusters16", "2:4", "zeros75%", and what goes together with a plus: "int4+zeros50%". Error when it is none.
WeightForm parse_weight_form(std::string_view text);
std::string weight_form_name(const WeightForm& form);

/// The codes that a form of so many bits has, from the lowest on.
std::vector<std::int8_t> codes_of_bits(int bits);

/// Real weights as codes: which there are, what 1 is worth in each output channel (or in all), and where zeros must be.
struct CodeBook {
  WeightForm form;
  std::vector<std::int8_t> codes;  ///< rising, with 0 where the form is sparse
  std::vector<float> scales;       ///< one, or one per output channel

  float scale(std::size_t channel) const { return scales[scales.size() == 1 ? 0 : channel]; }
  /// The code nearest to a number of steps.
  std::int8_t nearest(double steps) const;
};

/// Chooses scales and codes for weights [channels][taps] so that the error, each weight's square weighed by `importance`
/// [channels][taps] (the mean square of what it multiplies), is least. `scales`: as for plain int8 weights, one or one per
/// channel; none becomes smaller.
CodeBook make_code_book(const WeightForm& form, const std::vector<float>& weights, const std::vector<double>& importance,
                        const std::vector<float>& scales);

}  // namespace mote

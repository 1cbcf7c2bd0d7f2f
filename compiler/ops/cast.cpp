// CAST: the number as another type, whatever its quantization. float32 to integers drops the fraction; bool is x != 0.
// Source: TensorFlow Lite CAST. What C++ leaves undefined is defined here: out of range saturates, not a number gives 0.

#include <cmath>
#include <limits>

#include "ops/unary.hpp"

namespace mote {

namespace {

/// Stands for bool, whose element is a byte holding 0 or 1.
struct Bool {
  std::uint8_t value;
};

template <typename Out, typename In>
Out cast(In x) {
  if constexpr (std::is_same_v<In, Bool>) {
    return cast<Out>(x.value);
  } else if constexpr (std::is_same_v<Out, Bool>) {
    return {static_cast<std::uint8_t>(x != In{} ? 1 : 0)};
  } else if constexpr (std::is_same_v<In, float> && !std::is_same_v<Out, float>) {
    // The bounds are powers of two, so that float holds them.
    constexpr auto kLowest = static_cast<float>(std::numeric_limits<Out>::min());
    const float beyond = std::ldexp(1.0F, std::numeric_limits<Out>::digits);
    if (std::isnan(x)) return Out{};
    if (x <= kLowest) return std::numeric_limits<Out>::min();
    return x >= beyond ? std::numeric_limits<Out>::max() : static_cast<Out>(x);
  } else {
    return static_cast<Out>(x);
  }
}

/// `body(T{})` with the element type.
template <typename Body>
void with_element(DataType type, Body&& body) {
  switch (type) {
    case DataType::kFloat32:
      return body(float{});
    case DataType::kInt8:
      return body(std::int8_t{});
    case DataType::kInt16:
      return body(std::int16_t{});
    case DataType::kInt32:
      return body(std::int32_t{});
    case DataType::kInt64:
      return body(std::int64_t{});
    case DataType::kUint8:
      return body(std::uint8_t{});
    case DataType::kBool:
      return body(Bool{});
    case DataType::kUint32:
      return body(std::uint32_t{});
    case DataType::kUint64:
      return body(std::uint64_t{});
  }
}

class Cast : public OperatorBase<Cast> {
 public:
  static constexpr std::string_view kName = "cast";
  static const std::vector<Implementation> kRows;

  void write(OptionsWriter& to) const {
    to.set(tflite::CreateCastOptions(to.builder(), write_type(to.node().input(0).type), write_type(to.node().output().type)));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 1, 1);
    return {{node.output().type, node.input(0).shape}};
  }

  /// The same bytes in another word.
  std::vector<Alias> aliases(const NodeView& node) const override {
    const auto wraps = [&](DataType a, DataType b) {
      const DataType from = node.input(0).type;
      const DataType to = node.output().type;
      return (from == a && to == b) || (from == b && to == a);
    };
    const bool same = wraps(DataType::kInt32, DataType::kUint32) || wraps(DataType::kInt64, DataType::kUint64);
    return same ? std::vector{Alias{}} : std::vector<Alias>{};
  }

  void evaluate(const Evaluation& e) const override {
    with_element(e.input(0).type, [&](auto in_example) {
      with_element(e.output().type, [&](auto out_example) {
        using In = decltype(in_example);
        using Out = decltype(out_example);
        const auto* in = reinterpret_cast<const In*>(e.in_bytes(0));
        auto* out = reinterpret_cast<Out*>(e.out_bytes());
        for (std::int64_t i = 0; i < e.output().elements(); ++i) out[i] = cast<Out>(in[i]);
      });
    });
  }
};

KernelCall lower(const NodeView& node) { return finish_unary(describe_unary(node, "quantize", "cast"), node); }

const std::vector<Implementation> Cast::kRows = {{.name = "cast.direct", .cycles = lookup_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Cast, cast)

}  // namespace mote

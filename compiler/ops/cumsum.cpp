// CUMSUM: sums of all values up to each place along an axis; `exclusive`: without the value itself; `reverse`: from the end.
// Source: TensorFlow Lite CUMSUM; int32 and int64 wrap.

#include "ops/arg.hpp"
#include "ops/binary.hpp"

namespace mote {

namespace {

class Cumsum : public OperatorBase<Cumsum> {
 public:
  static constexpr std::string_view kName = "cumsum";
  static const std::vector<Implementation> kRows;

  bool exclusive = false, reverse = false;

  template <typename V>
  void fields(V& v) {
    v.visit("exclusive", exclusive);
    v.visit("reverse", reverse);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::CumsumOptions>(op);
    if (given == nullptr) return;
    exclusive = given->exclusive();
    reverse = given->reverse();
  }
  void write(OptionsWriter& to) const { to.set(tflite::CreateCumsumOptions(to.builder(), exclusive, reverse)); }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    require_type(node.input(0), {DataType::kFloat32, DataType::kInt32, DataType::kInt64});
    require_same_type(node.input(0), node.output());
    require_elements(node.input(0));
    arg_axes(node);
    return {type_and_shape(node.input(0))};
  }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kInt32) return sum<std::int32_t>(e, [](auto a, auto b) { return wrap_add(a, b); });
    if (e.input(0).type == DataType::kInt64) return sum<std::int64_t>(e, [](auto a, auto b) { return wrap_add(a, b); });
    sum<float>(e, std::plus<>());
  }

 private:
  template <typename T, typename Add>
  void sum(const Evaluation& e, Add add) const {
    const ArgAxes n = arg_axes(e);
    const auto in = e.in<T>(0);
    const auto out = e.out<T>();
    for (std::int64_t o = 0; o < n.outer; ++o)
      for (std::int64_t i = 0; i < n.inner; ++i) {
        T total{};
        for (std::int64_t step = 0; step < n.axis; ++step) {
          const std::int64_t at = reverse ? n.axis - 1 - step : step;
          const auto place = static_cast<std::size_t>((o * n.axis + at) * n.inner + i);
          const T next = add(total, in[place]);
          out[place] = exclusive ? total : next;
          total = next;
        }
      }
  }
};

KernelCall lower(const NodeView& node) {
  const ArgAxes n = arg_axes(node);
  KernelCall call("cumsum", "cumsum");
  call.type("Value", node.input(0).type).set("outer", n.outer).set("axis", n.axis).set("inner", n.inner);
  call.flag("exclusive", Cumsum::of(node).exclusive).flag("reverse", Cumsum::of(node).reverse);
  return call.value(node, 0, "values").output().in_place_of({0});
}

const std::vector<Implementation> Cumsum::kRows = {{.name = "cumsum.direct", .cycles = arg_cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(Cumsum, cumsum)

}  // namespace mote

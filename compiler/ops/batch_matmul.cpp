// BATCH_MATMUL: products of matrices, the axes before the last two broadcast. `adj_x`, `adj_y`: the matrix is given transposed.
// Source: TensorFlow Lite BATCH_MATMUL.

#include <algorithm>

#include "ops/broadcast.hpp"
#include "ops/checks.hpp"
#include "ops/define.hpp"
#include "ops/whole_numbers.hpp"

namespace mote {

namespace {

/// rows x depth times depth x columns for each of the batches; how far x and y move along each of these axes.
struct MatrixWalk {
  std::int64_t rows = 1, depth = 1, columns = 1;
  std::int64_t x_row = 1, x_depth = 1, y_depth = 1, y_column = 1;
  std::vector<std::int64_t> batches, x_batches, y_batches;
};

class BatchMatmul : public OperatorBase<BatchMatmul> {
 public:
  static constexpr std::string_view kName = "batch_matmul";
  static constexpr VersionsByType kTfliteVersions{.int8 = 2, .int16 = 3};
  static constexpr std::size_t kBatchRank = 3;
  static const std::vector<Implementation> kRows;

  bool adj_x = false, adj_y = false;

  template <typename V>
  void fields(V& v) {
    v.visit("adj_x", adj_x);
    v.visit("adj_y", adj_y);
  }

  void read(const tflite::Operator& op) {
    const auto* given = options<tflite::BatchMatMulOptions>(op);
    if (given == nullptr) return;
    adj_x = given->adj_x();
    adj_y = given->adj_y();
  }
  void write(OptionsWriter& to) const { to.set(tflite::CreateBatchMatMulOptions(to.builder(), adj_x, adj_y)); }

  /// The two extents of a matrix as it is multiplied, outer one first.
  static std::pair<std::int32_t, std::int32_t> matrix(const Shape& shape, bool transposed) {
    const std::int32_t outer = shape[shape.size() - 2];
    return transposed ? std::pair(shape.back(), outer) : std::pair(outer, shape.back());
  }

  Shape shape(const NodeView& node) const {
    for (int i = 0; i < 2; ++i) require_rank(node.input(i), 2, 8);
    const Shape& x = node.input(0).shape;
    const Shape& y = node.input(1).shape;
    const auto [rows, depth] = matrix(x, adj_x);
    const auto [depth_y, columns] = matrix(y, adj_y);
    if (depth != depth_y) {
      throw Error(
          fmt::format("{} and {} cannot be multiplied: {} columns meet {} rows", to_string(x), to_string(y), depth, depth_y));
    }
    Shape result = Broadcast::shape({x.begin(), x.end() - 2}, {y.begin(), y.end() - 2});
    result.push_back(rows);
    result.push_back(columns);
    return result;
  }

  MatrixWalk walk(const NodeView& node) const {
    const Shape& x = node.input(0).shape;
    const Shape& y = node.input(1).shape;
    const Shape out = shape(node);
    MatrixWalk w;
    w.rows = out[out.size() - 2];
    w.columns = out.back();
    w.depth = matrix(x, adj_x).second;
    (adj_x ? w.x_depth : w.x_row) = x.back();
    (adj_y ? w.y_column : w.y_depth) = y.back();
    const Shape batches(out.begin(), out.end() - 2);
    const auto x_steps = broadcast_steps({x.begin(), x.end() - 2}, batches);
    const auto y_steps = broadcast_steps({y.begin(), y.end() - 2}, batches);
    for (std::size_t i = 0; i < batches.size(); ++i) {
      if (batches[i] == 1) continue;
      w.batches.push_back(batches[i]);
      w.x_batches.push_back(x_steps[i] * w.rows * w.depth);
      w.y_batches.push_back(y_steps[i] * w.depth * w.columns);
    }
    if (w.batches.size() > kBatchRank) {
      throw Error(fmt::format("{} axes before the matrices; {} are supported", w.batches.size(), kBatchRank));
    }
    for (auto* list : {&w.batches, &w.x_batches, &w.y_batches}) {
      list->insert(list->begin(), kBatchRank - list->size(), list == &w.batches ? 1 : 0);
    }
    return w;
  }

  static Multiplier scaling(const NodeView& node) {
    return quantize_multiplier(static_cast<double>(node.input(0).scale()) * static_cast<double>(node.input(1).scale()) /
                               static_cast<double>(node.output().scale()));
  }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    require_type(node.input(0), {DataType::kFloat32, DataType::kInt8, DataType::kInt16});
    require_same_type(node.input(0), node.input(1));
    require_same_type(node.input(0), node.output());
    for (int i = 0; i < 2; ++i) {
      require_elements(node.input(i));
      require_quantized_if_integer(node.input(i));
    }
    require_quantized_if_integer(node.output());
    if (!is_float(node.input(0).type)) scaling(node);
    walk(node);
    return {{node.input(0).type, shape(node)}};
  }

  QuantizationRule quantization(const NodeView&, DataType) const override { return QuantizationRule::measured({0, 1}); }

  std::int64_t macs(const NodeView& node) const override { return node.output().elements() * walk(node).depth; }

  void evaluate(const Evaluation& e) const override {
    if (e.input(0).type == DataType::kInt8) return multiply_scaled<std::int8_t, std::int32_t>(e);
    if (e.input(0).type == DataType::kInt16) return multiply_scaled<std::int16_t, std::int64_t>(e);
    multiply<float>(
        e, [](float sum, float x, float y) { return sum + x * y; }, [](float sum) { return sum; }, 0.0F);
  }

 private:
  template <typename T, typename Sum>
  void multiply_scaled(const Evaluation& e) const {
    const Multiplier by = scaling(e);
    const auto [lowest, highest] = type_range(e.output().type);
    multiply<T>(
        e, [&](Sum sum, T x, T y) { return wrap_add(sum, Sum{x - e.input(0).zero_point()} * (y - e.input(1).zero_point())); },
        [&, lowest = lowest, highest = highest](Sum sum) {
          return static_cast<T>(std::clamp(wrap_add(requantize(sum, by), e.output().zero_point()), lowest, highest));
        },
        Sum{0});
  }

  template <typename T, typename Add, typename Finish, typename Sum>
  void multiply(const Evaluation& e, Add add, Finish finish, Sum zero) const {
    const MatrixWalk w = walk(e);
    T* out = e.out<T>().data();
    for (std::int64_t i = 0; i < w.batches[0]; ++i)
      for (std::int64_t j = 0; j < w.batches[1]; ++j)
        for (std::int64_t k = 0; k < w.batches[2]; ++k) {
          const T* x = e.in<T>(0).data() + i * w.x_batches[0] + j * w.x_batches[1] + k * w.x_batches[2];
          const T* y = e.in<T>(1).data() + i * w.y_batches[0] + j * w.y_batches[1] + k * w.y_batches[2];
          for (std::int64_t row = 0; row < w.rows; ++row)
            for (std::int64_t column = 0; column < w.columns; ++column) {
              Sum sum = zero;
              for (std::int64_t d = 0; d < w.depth; ++d) {
                sum = add(sum, x[row * w.x_row + d * w.x_depth], y[d * w.y_depth + column * w.y_column]);
              }
              *out++ = finish(sum);
            }
        }
  }
};

KernelCall lower(const NodeView& node) {
  const MatrixWalk w = BatchMatmul::of(node).walk(node);
  const DataType type = node.output().type;
  KernelCall call("batch_matmul", "batch_matmul");
  call.type("Value", type).text("using", "Sum", is_float(type) ? "float" : type == DataType::kInt8 ? "int32_t" : "int64_t");
  call.set("rows", w.rows).set("depth", w.depth).set("columns", w.columns);
  call.set("x_row", w.x_row).set("x_depth", w.x_depth).set("y_depth", w.y_depth).set("y_column", w.y_column);
  call.list("batches", w.batches).list("x_batches", w.x_batches).list("y_batches", w.y_batches);
  if (!is_float(type)) {
    const Multiplier by = BatchMatmul::scaling(node);
    const auto [lowest, highest] = type_range(type);
    call.set("x_zero_point", node.input(0).zero_point()).set("y_zero_point", node.input(1).zero_point());
    call.set("multiplier", by.multiplier).set("shift", by.shift).set("output_zero_point", node.output().zero_point());
    call.set("clamp_min", lowest).set("clamp_max", highest);
  }
  call.type("Output", type);
  return call.value(node, 0, "x").value(node, 1, "y").output();
}

double cycles(const NodeView& node) {
  return 6.0 * static_cast<double>(BatchMatmul::of(node).macs(node)) + 30.0 * static_cast<double>(node.output().elements());
}

const std::vector<Implementation> BatchMatmul::kRows = {{.name = "batch_matmul.direct", .cycles = cycles, .lower = lower}};

}  // namespace

MOTE_DEFINE_OPERATOR(BatchMatmul, batch_matmul)

}  // namespace mote

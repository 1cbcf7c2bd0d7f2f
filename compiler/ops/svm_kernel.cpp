// SVM_KERNEL: how alike each row [rows][features] is to each support vector [vectors][features]: their product, or a function of it or of
// their distance. Source: ONNX ai.onnx.ml SVMClassifier, SVMRegressor; LIBSVM.

#include <cmath>

#include "ops/checks.hpp"
#include "ops/define.hpp"

namespace mote {

namespace {

enum class Kind : std::int32_t { kLinear = 0, kPolynomial = 1, kRadial = 2, kSigmoid = 3 };

class SvmKernel : public OperatorBase<SvmKernel> {
 public:
  static constexpr std::string_view kName = "svm_kernel";
  static const std::vector<Implementation> kRows;

  std::int32_t kind = 0;
  float gamma = 0.0F, coef0 = 0.0F, degree = 3.0F;

  template <typename V>
  void fields(V& v) {
    v.visit("kind", kind);
    v.visit("gamma", gamma);
    v.visit("coef0", coef0);
    v.visit("degree", degree);
  }

  std::int64_t rows(const NodeView& node) const { return rows_and_depth(node.input(0).shape).rows; }

  std::vector<TensorType> infer(const NodeView& node) const override {
    require_inputs(node, 2, 2);
    for (const int i : {0, 1}) {
      require_type(node.input(i), {DataType::kFloat32});
      require_rank(node.input(i), 1, 2);
      require_elements(node.input(i));
    }
    require_rank(node.input(1), 2, 2);
    if (node.input(0).shape.back() != node.input(1).shape[1])
      throw Error(fmt::format("rows of {} features meet support vectors of {}", node.input(0).shape.back(), node.input(1).shape[1]));
    if (kind < 0 || kind > 3) throw Error(fmt::format("there is no kernel {}", kind));
    for (const float value : {gamma, coef0, degree}) {
      if (!std::isfinite(value)) throw Error("a parameter of the kernel is not a finite number");
    }
    return {{DataType::kFloat32, {static_cast<std::int32_t>(rows(node)), node.input(1).shape[0]}}};
  }

  std::int64_t macs(const NodeView& node) const override { return rows(node) * node.input(1).elements(); }

  void evaluate(const Evaluation& e) const override {
    const auto in = e.in<float>(0), vectors = e.in<float>(1);
    const auto width = static_cast<std::size_t>(e.input(1).shape[1]);
    std::size_t at = 0;
    for (std::size_t row = 0; row < in.size(); row += width) {
      for (std::size_t v = 0; v < vectors.size(); v += width)
        e.out<float>()[at++] = static_cast<float>(likeness(in.subspan(row, width), vectors.subspan(v, width)));
    }
  }

 private:
  double likeness(std::span<const float> x, std::span<const float> vector) const {
    double product = 0, distance = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto a = static_cast<double>(x[i]), b = static_cast<double>(vector[i]);
      product += a * b;
      distance += (a - b) * (a - b);
    }
    const auto g = static_cast<double>(gamma), c = static_cast<double>(coef0);
    switch (static_cast<Kind>(kind)) {
      case Kind::kPolynomial:
        return std::pow(g * product + c, static_cast<double>(degree));
      case Kind::kRadial:
        return std::exp(-g * distance);
      case Kind::kSigmoid:
        return std::tanh(g * product + c);
      case Kind::kLinear:
        break;
    }
    return product;
  }
};

KernelCall lower(const NodeView& node) {
  const auto& op = SvmKernel::of(node);
  KernelCall call("svm", "svm_kernel");
  call.set("rows", op.rows(node)).set("vectors", node.input(1).shape[0]).set("features", node.input(1).shape[1]);
  const bool whole = op.degree >= 1.0F && op.degree <= 16.0F && op.degree == std::floor(op.degree);
  call.set("kind", op.kind).real("gamma", op.gamma).real("coef0", op.coef0).real("degree", op.degree);
  call.set("whole_degree", whole ? static_cast<std::int64_t>(op.degree) : 0);
  return call.value(node, 0, "values").value(node, 1, "vectors").output();
}

double cycles(const NodeView& node) {
  return 9.0 * static_cast<double>(SvmKernel::of(node).macs(node)) + 120.0 * static_cast<double>(node.output().elements());
}

const std::vector<Implementation> SvmKernel::kRows = {
    {.name = "svm_kernel.direct", .cycles = cycles, .lower = lower, .code_bytes = 200}};

}  // namespace

MOTE_DEFINE_OPERATOR(SvmKernel, svm_kernel)

}  // namespace mote

#include "graph/operator.hpp"

#include "graph/print.hpp"

namespace mote {

const Tensor& NodeView::input(int i) const {
  if (!has_input(i)) throw Error(fmt::format("input {} is missing", i), "the model file is damaged or was cut by hand");
  return graph_.tensor(node_.inputs[static_cast<std::size_t>(i)]);
}

const Tensor& NodeView::output(int i) const {
  if (i >= output_count()) throw Error(fmt::format("output {} is missing", i), "the model file is damaged or was cut by hand");
  return graph_.tensor(node_.outputs[static_cast<std::size_t>(i)]);
}

std::vector<std::int32_t> NodeView::integers(int i, std::string_view meaning) const {
  const Tensor& tensor = input(i);
  if (!tensor.is_constant()) {
    throw Error(fmt::format("the {} ('{}') is computed at run time", meaning, tensor.name),
                "shapes must be known when compiling; export the model with fixed shapes");
  }
  std::vector<std::int32_t> result;
  if (tensor.type == DataType::kInt32) {
    const auto values = tensor.values<std::int32_t>();
    result.assign(values.begin(), values.end());
  } else if (tensor.type == DataType::kInt64) {
    for (const std::int64_t value : tensor.values<std::int64_t>()) {
      if (value < INT32_MIN || value > INT32_MAX) throw Error(fmt::format("the {} holds {}, too large", meaning, value));
      result.push_back(static_cast<std::int32_t>(value));
    }
  } else {
    throw Error(fmt::format("the {} ('{}') is {}, integers are needed", meaning, tensor.name, type_name(tensor.type)));
  }
  return result;
}

bool equal(const Operator& a, const Operator& b) {
  return a.name() == b.name() && print_attributes(a) == print_attributes(b);
}

}  // namespace mote

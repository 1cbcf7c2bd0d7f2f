// What ai.onnx.ml does to features before a model, and to labels behind it.

#include <algorithm>
#include <cmath>
#include <map>

#include "import/onnx/class_labels.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

bool all_are(const std::vector<float>& values, float value) {
  return std::all_of(values.begin(), values.end(), [&](float each) { return each == value; });
}

/// One number for each column, or one for all, as a constant that broadcasts.
TensorId columns(ImportedGraph& graph, const std::vector<float>& values, std::int32_t depth, std::string_view name) {
  if (values.size() != 1 && values.size() != static_cast<std::size_t>(depth))
    throw Error(fmt::format("damaged: {} values of {} for {} columns", values.size(), name, depth));
  return graph.constant<float>({static_cast<std::int32_t>(values.size())}, values);
}

/// A constant list of one value for all of `depth` columns.
std::vector<float> for_all(std::vector<float> values, std::int32_t depth) {
  if (values.size() == 1) values.resize(static_cast<std::size_t>(depth), values[0]);
  return values;
}

}  // namespace

void convert_scaler(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const std::vector<float> offset = node.reals("offset"), scale = node.reals("scale");
  TensorId x = feature_rows(node);
  const std::int32_t depth = graph.shape(x).back();
  if (!offset.empty() && !all_are(offset, 0.0F)) x = graph.add("sub", {x, columns(graph, offset, depth, "offset")});
  if (!scale.empty() && !all_are(scale, 1.0F)) x = graph.add("mul", {x, columns(graph, scale, depth, "scale")});
  node.result(x);
}

void convert_normalizer(NodeReader& node, std::string_view) {
  const std::string norm = node.text("norm", "MAX");
  const std::vector<std::string> norms{"MAX", "L1", "L2"};
  const auto found = std::find(norms.begin(), norms.end(), norm);
  if (found == norms.end()) throw Error(fmt::format("damaged: there is no norm {}", norm));
  node.result(node.graph().add("normalizer", {feature_rows(node)}, {{"norm", static_cast<std::int32_t>(found - norms.begin())}}));
}

void convert_imputer(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  std::vector<float> with = node.reals("imputed_value_floats");
  const bool integers = node.has_attribute("imputed_value_int64s");
  float replaced = node.real("replaced_value_float", std::nanf(""));
  if (integers) {
    for (const std::int64_t value : node.integers("imputed_value_int64s")) with.push_back(static_cast<float>(value));
    replaced = static_cast<float>(node.integer("replaced_value_int64", 0));
  } else {
    node.ignore("replaced_value_int64");
  }
  const TensorId x = feature_rows(node);
  const std::int32_t depth = graph.shape(x).back();
  const TensorId values = columns(graph, for_all(with, depth), depth, "imputed_value");
  const bool nan = std::isnan(replaced);
  node.result(graph.add("imputer", {x, values}, {{"replaces_nan", nan}, {"replaced", nan ? 0.0F : replaced}}));
}

void convert_binarizer(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const TensorId above = graph.add("greater", {feature_rows(node), graph.scalar(node.real("threshold", 0.0F))}, {}, {DataType::kBool, Quantization{}});
  node.result(graph.cast(above, DataType::kFloat32));
}

void convert_feature_vectorizer(NodeReader& node, std::string_view) {
  node.ignore("inputdimensions");
  std::vector<TensorId> parts;
  for (int i = 0; i < node.input_count(); ++i) parts.push_back(feature_rows(node, i));
  node.result(parts.size() == 1 ? parts[0] : node.graph().add("concatenation", parts, {{"axis", 1}}));
}

void convert_array_feature_extractor(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const TensorId indices = graph.cast(node.input(1), DataType::kInt32);
  const auto count = static_cast<std::int32_t>(element_count(graph.shape(indices)));
  const TensorId x = node.input(0);
  // The result has a row for each row of the input, and a lone list counts as one row.
  const TensorId rows = graph.rank(x) == 1 ? graph.reshape(x, {1, graph.shape(x)[0]}) : x;
  if (graph.rank(rows) == 0) throw Error("damaged: its input is a scalar");
  node.result(graph.add("gather", {rows, graph.reshape(indices, {count})}, {{"axis", graph.rank(rows) - 1}}));
}

void convert_zip_map(NodeReader& node, std::string_view) {
  node.ignore("classlabels_int64s");
  node.ignore("classlabels_strings");
  node.result(node.input(0));
}

void convert_label_encoder(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  if (node.has_attribute("keys_strings") || node.has_attribute("classes_strings"))
    throw Error("labels that are text are not supported as input", "cut the model before it, or encode labels outside");
  const bool real_keys = node.has_attribute("keys_floats");
  std::vector<float> keys = node.reals("keys_floats");
  const std::vector<std::int64_t> whole_keys = node.integers("keys_int64s");
  std::vector<float> reals = node.reals("values_floats");
  std::vector<std::int64_t> integers = node.integers("values_int64s");
  float otherwise = node.real("default_float", -0.0F);
  std::int64_t whole_otherwise = node.integer("default_int64", -1);
  node.ignore("default_string");
  std::vector<std::string> names = node.texts("values_strings");
  const bool real_values = !reals.empty();
  if (!names.empty()) {
    // Text becomes its index; what it says goes to the labels.
    for (std::size_t i = 0; i < names.size(); ++i) integers.push_back(static_cast<std::int64_t>(i));
    graph.graph().labels = std::move(names);
  }
  const std::size_t count = real_keys ? keys.size() : whole_keys.size();
  if (count == 0 || count != (real_values ? reals.size() : integers.size())) throw Error("damaged: keys and values are not of equal number");
  std::map<double, std::size_t> order;
  for (std::size_t i = 0; i < count; ++i) {
    const double key = real_keys ? static_cast<double>(keys[i]) : static_cast<double>(whole_keys[i]);
    if (std::isnan(key)) throw Error("a key that is not a number is not supported");
    order[key] = i;
  }
  std::vector<float> sorted_keys, values;
  std::vector<std::int32_t> sorted_whole, whole_values;
  const auto narrow = [](std::int64_t value) {
    if (value < INT32_MIN || value > INT32_MAX) throw Error(fmt::format("label {} does not fit 32 bits", value));
    return static_cast<std::int32_t>(value);
  };
  for (const auto& [key, i] : order) {
    real_keys ? sorted_keys.push_back(keys[i]) : sorted_whole.push_back(narrow(whole_keys[i]));
    real_values ? values.push_back(reals[i]) : whole_values.push_back(narrow(integers[i]));
  }
  const Shape shape{static_cast<std::int32_t>(order.size())};
  const TensorId x = graph.cast(node.input(0), real_keys ? DataType::kFloat32 : DataType::kInt32);
  node.result(graph.add("label_encoder",
                        {x, real_keys ? graph.constant<float>(shape, sorted_keys) : graph.constant<std::int32_t>(shape, sorted_whole),
                         real_values ? graph.constant<float>(shape, values) : graph.constant<std::int32_t>(shape, whole_values),
                         real_values ? graph.constant<float>({1}, {otherwise}) : graph.constant<std::int32_t>({1}, {narrow(whole_otherwise)})},
                        {}, {real_values ? DataType::kFloat32 : DataType::kInt32, Quantization{}}));
}

void convert_one_hot_encoder(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  if (node.has_attribute("cats_strings")) throw Error("categories that are text are not supported", "encode them outside of the model");
  std::vector<float> categories;
  for (const std::int64_t each : node.integers("cats_int64s")) categories.push_back(static_cast<float>(each));
  if (categories.empty()) throw Error("damaged: it has no categories");
  node.ignore("zeros");
  const TensorId in = graph.cast(node.input(0), DataType::kFloat32);
  Shape shape = graph.shape(in);
  shape.push_back(1);
  const TensorId equal = graph.add("equal", {graph.reshape(in, shape), graph.constant<float>({static_cast<std::int32_t>(categories.size())}, categories)}, {},
                                   {DataType::kBool, Quantization{}});
  node.result(graph.cast(equal, DataType::kFloat32));
}

}  // namespace mote

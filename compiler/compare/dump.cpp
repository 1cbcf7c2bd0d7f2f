#include "compare/dump.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

#include <fmt/ranges.h>

#include "data/convert.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// Extents other than 1.
std::vector<std::int64_t> essence(std::vector<std::int64_t> shape) {
  std::erase(shape, 1);
  return shape;
}

/// How a dumped inference of `count` must be reordered into ours: none, or the channels, which come first there, go last.
enum class Order { kSame, kChannelsFirst };

Order order_of(const NpyArray& array, const Tensor& tensor, std::size_t count) {
  std::vector<std::int64_t> given = essence(array.shape);
  if (count > 1 && !given.empty() && given[0] == static_cast<std::int64_t>(count)) given.erase(given.begin());
  const std::vector<std::int64_t> ours = essence({tensor.shape.begin(), tensor.shape.end()});
  std::vector<std::int64_t> channels_first = ours;
  if (!ours.empty()) std::rotate(channels_first.rbegin(), channels_first.rbegin() + 1, channels_first.rend());
  // Where both orders have one shape, the file's order of axes decides.
  const bool moved = tensor.file_axes.size() > 1 && tensor.file_axes[1] == static_cast<std::int32_t>(tensor.shape.size()) - 1;
  if (given == channels_first && (moved || given != ours)) return Order::kChannelsFirst;
  if (given == ours || given.size() == 1) return Order::kSame;
  throw Error(fmt::format("the array has the shape ({}), the model's tensor {} in each of {} inferences", fmt::join(array.shape, ", "),
                          to_string(tensor.shape), count));
}

/// [channels][pixels] to [pixels][channels].
Bytes channels_last(const Bytes& bytes, const Tensor& tensor) {
  const auto channels = static_cast<std::size_t>(tensor.shape.back());
  const std::size_t size = type_bytes(tensor.type);
  const std::size_t pixels = bytes.size() / size / channels;
  Bytes result(bytes.size());
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t p = 0; p < pixels; ++p) std::memcpy(&result[(p * channels + c) * size], &bytes[(c * pixels + p) * size], size);
  return result;
}

/// The array as it stands when its integers are our tensor's; else as float32.
Bytes stored_bytes(const NpyArray& array, Tensor& tensor) {
  const std::string kind = array.descr.substr(1);
  const std::map<DataType, std::string> kinds{{DataType::kFloat32, "f4"}, {DataType::kInt8, "i1"},  {DataType::kInt16, "i2"}, {DataType::kInt32, "i4"},
                                              {DataType::kInt64, "i8"},   {DataType::kUint8, "u1"}, {DataType::kBool, "b1"}, {DataType::kUint32, "u4"},
                                              {DataType::kUint64, "u8"}};
  if (kinds.at(tensor.type) == kind) return array.bytes;
  if (tensor.type == DataType::kInt8 && kind == "u1") {
    Bytes bytes = array.bytes;
    for (std::uint8_t& byte : bytes) byte ^= 0x80;
    return bytes;
  }
  const bool real = kind[0] == 'f';
  if (!real && !is_float(tensor.type) && !tensor.quantization.empty())
    throw Error(fmt::format("the array is {}, the model's tensor {}", array.descr, type_name(tensor.type)),
                "dump the tensor's own values, or real numbers as float32");
  tensor.type = DataType::kFloat32;
  tensor.quantization = {};
  Bytes bytes(static_cast<std::size_t>(array.elements()) * sizeof(float));
  for (std::int64_t i = 0; i < array.elements(); ++i) {
    const auto value = static_cast<float>(number_at(array, i));
    std::memcpy(&bytes[static_cast<std::size_t>(i) * sizeof value], &value, sizeof value);
  }
  return bytes;
}

TensorValues values_of(const NpyArray& array, const TensorValues& ours) {
  const std::size_t count = ours.values.size();
  if (array.elements() != ours.tensor.elements() * static_cast<std::int64_t>(count)) {
    throw Error(fmt::format("the array has the shape ({}), the model's tensor {} in each of {} inferences", fmt::join(array.shape, ", "),
                            to_string(ours.tensor.shape), count),
                "dump as many inferences as the data has samples, or choose them with --samples");
  }
  TensorValues result{ours.tensor, {}};
  const Order order = order_of(array, ours.tensor, count);
  const Bytes whole = stored_bytes(array, result.tensor);
  const auto size = static_cast<std::ptrdiff_t>(result.tensor.bytes());
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(i) * size;
    Bytes each(begin, begin + size);
    result.values.push_back(order == Order::kSame ? std::move(each) : channels_last(each, result.tensor));
  }
  return result;
}

}  // namespace

std::vector<LayerPair> pair_with_dump(const LayerValues& layers, const std::map<std::string, NpyArray>& arrays) {
  std::vector<LayerPair> pairs;
  for (const Node& node : layers.graph.nodes) {
    for (const TensorId id : node.outputs) {
      const TensorValues& ours = layers.tensors.at(id);
      const auto found = arrays.find(ours.tensor.name);
      if (found == arrays.end()) continue;
      with_context(fmt::format("array '{}'", found->first),
                   [&] { pairs.push_back({std::string(node.op->name()), node.name, ours, values_of(found->second, ours), {}}); });
    }
  }
  if (!pairs.empty()) return pairs;
  std::vector<std::string> known;
  for (const auto& [id, values] : layers.tensors) {
    if (known.size() < 8) known.push_back(fmt::format("'{}'", values.tensor.name));
  }
  throw Error("no array is named for a tensor of the model", fmt::format("tensors of the model: {}, ...", fmt::join(known, ", ")));
}

}  // namespace mote

// Operators that pick, repeat and join: Gather, Pad, Split, Expand, Tile, OneHot, DepthToSpace.

#include <algorithm>
#include <numeric>

#include "import/onnx/node_reader.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// Indices that may count from the end, as indices from the front.
TensorId from_the_front(ImportedGraph& graph, TensorId indices, std::int32_t extent) {
  if (!graph.is_constant(indices)) {
    const TensorId zero = graph.constant<std::int32_t>({}, {0});
    const TensorId negative = graph.add("less", {indices, zero}, {}, {DataType::kBool, Quantization{}});
    const TensorId moved = graph.add("add", {indices, graph.constant<std::int32_t>({}, {extent})});
    return graph.add("select_v2", {negative, moved, indices}, {}, {DataType::kInt32, Quantization{}});
  }
  std::vector<std::int32_t> values;
  for (const std::int64_t value : graph.integer_values(indices, "indices")) {
    if (value < -extent || value >= extent) throw Error(fmt::format("damaged: index {} of {}", value, extent));
    values.push_back(static_cast<std::int32_t>(value < 0 ? value + extent : value));
  }
  return graph.constant<std::int32_t>(graph.shape(indices), values);
}

/// One place along an axis, which stays with an extent of 1.
TensorId one_place(ImportedGraph& graph, TensorId data, std::int32_t axis, std::int32_t place) {
  const Shape in = graph.shape(data);
  std::vector<std::int32_t> begin(in.size(), 0), size(in.begin(), in.end());
  begin[static_cast<std::size_t>(axis)] = place;
  size[static_cast<std::size_t>(axis)] = 1;
  return size == in ? data : graph.add("slice", {data, graph.integers(begin), graph.integers(size)});
}

TensorId picked(ImportedGraph& graph, TensorId data, std::int32_t axis, const std::vector<std::int32_t>& places) {
  return graph.add("gather", {data, graph.integers(places)}, {{"axis", axis}});
}

std::int32_t reflected(std::int32_t place, std::int32_t extent) {
  if (extent == 1) return 0;
  const std::int32_t period = 2 * (extent - 1);
  const std::int32_t at = ((place % period) + period) % period;
  return at < extent ? at : period - at;
}

}  // namespace

void convert_gather(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const TensorId data = node.input(0);
  const Shape in = graph.shape(data);
  const std::int32_t axis = node.axis(node.integer("axis", 0), static_cast<int>(in.size()));
  const TensorId indices = from_the_front(graph, node.input(1), in[static_cast<std::size_t>(axis)]);
  const Shape shape = graph.shape(indices);
  if (graph.is_constant(indices) && graph.tensor(indices).elements() == 1) {  // a view
    Shape out = in;
    out.erase(out.begin() + axis);
    out.insert(out.begin() + axis, shape.begin(), shape.end());
    return node.result(graph.reshape(one_place(graph, data, axis, graph.tensor(indices).values<std::int32_t>()[0]), out));
  }
  node.result(graph.add("gather", {data, indices}, {{"axis", axis}}));
}

void convert_gather_nd(NodeReader& node, std::string_view op) {
  node.require("batch_dims", 0);
  if (node.is_constant(1)) {
    for (const std::int64_t value : node.integer_input(1, "indices")) {
      if (value < 0) throw Error("indices that count from the end are not supported");
    }
  }
  node.result(node.graph().add(op, {node.input(0), node.input(1)}));
}

void convert_one_hot(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  const auto depth = graph.type(node.input(1)) == DataType::kFloat32 ? static_cast<std::int64_t>(node.real_scalar(1, "depth"))
                                                                     : node.integer_input(1, "depth").at(0);
  if (depth < 1 || depth > INT16_MAX) throw Error(fmt::format("a depth of {} is not supported", depth));
  const std::int32_t axis = static_cast<std::int32_t>(node.integer("axis", -1));
  const TensorId indices = from_the_front(graph, graph.cast(node.input(0), DataType::kInt32), static_cast<std::int32_t>(depth));
  const TensorId values = node.input(2);
  if (graph.tensor(values).elements() != 2) throw Error("damaged: the values are not two");
  const TensorId off = graph.reshape(one_place(graph, values, 0, 0), {});
  const TensorId on = graph.reshape(one_place(graph, values, 0, 1), {});
  const TensorId places = graph.constant<std::int32_t>({}, {static_cast<std::int32_t>(depth)});
  node.result(graph.add(op, {indices, places, on, off}, {{"axis", axis}}, {graph.type(values), Quantization{}}));
}

namespace {

/// What fills the border of integers with a scale, for the file's number (0 without `value`); kNoTensor where PAD fills in the same.
TensorId quantized_fill(ImportedGraph& graph, TensorId data, TensorId value) {
  const std::int64_t given = value == kNoTensor ? 0 : graph.integer_values(value, "value").at(0);
  const std::int64_t fill = graph.is_lowered(data) ? given - 128 : given;
  const Quantization quantization = graph.tensor(data).quantization;
  if (fill == quantization.zero_point()) return kNoTensor;
  if (graph.type(data) != DataType::kInt8 || fill < INT8_MIN || fill > INT8_MAX)
    throw Error(fmt::format("padding {} with {} is not supported, with the zero point it is", type_name(graph.type(data)), given));
  return graph.constant<std::int8_t>({1}, {static_cast<std::int8_t>(fill)}, quantization);
}

}  // namespace

void convert_pad(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  TensorId data = node.input(0);
  Shape in = graph.shape(data);
  const std::size_t rank = in.size();
  const bool as_inputs = node.opset() >= 11;
  const auto given = as_inputs ? node.integer_input(1, "pads") : node.integers("pads");
  std::vector<std::int64_t> along(rank);
  std::iota(along.begin(), along.end(), 0);
  if (node.has_input(3)) along = node.integer_input(3, "axes");
  if (given.size() != 2 * along.size()) throw Error(fmt::format("damaged: {} pads for {} axes", given.size(), along.size()));
  std::vector<std::int32_t> before(rank, 0), after(rank, 0), begin(rank, 0), size(in.begin(), in.end());
  for (std::size_t i = 0; i < along.size(); ++i) {
    const auto at = static_cast<std::size_t>(node.axis(along[i], static_cast<int>(rank)));
    const std::int64_t first = given[i];
    const std::int64_t last = given[along.size() + i];
    if (std::min(first, last) < -INT16_MAX || std::max(first, last) > INT16_MAX) throw Error(fmt::format("pads of {} and {} are not supported", first, last));
    // Negative pads cut.
    before[at] = static_cast<std::int32_t>(std::max<std::int64_t>(first, 0));
    after[at] = static_cast<std::int32_t>(std::max<std::int64_t>(last, 0));
    begin[at] = static_cast<std::int32_t>(std::max<std::int64_t>(-first, 0));
    size[at] = in[at] - begin[at] - static_cast<std::int32_t>(std::max<std::int64_t>(-last, 0));
    if (size[at] < 1) throw Error(fmt::format("nothing is left along axis {} of {}", at, to_string(in)));
  }
  if (size != in) data = graph.add("slice", {data, graph.integers(begin), graph.integers(size)});
  in = graph.shape(data);
  const std::string mode = node.text("mode", "constant");
  const bool pads = std::any_of(before.begin(), before.end(), [](std::int32_t x) { return x > 0; }) ||
                    std::any_of(after.begin(), after.end(), [](std::int32_t x) { return x > 0; });
  TensorId value = as_inputs ? node.input_or_none(2) : graph.scalar(node.real("value", 0.0F));
  if (!pads) return node.result(data);
  if (mode == "constant") {
    if (value != kNoTensor && graph.tensor(value).elements() != 1) throw Error("damaged: the value is not one number");
    if (!graph.tensor(data).quantization.empty()) value = quantized_fill(graph, data, value);
    std::vector<std::int32_t> amounts;
    for (std::size_t i = 0; i < rank; ++i) amounts.insert(amounts.end(), {before[i], after[i]});
    const TensorId list = graph.constant<std::int32_t>({static_cast<std::int32_t>(rank), 2}, amounts);
    const bool real = value != kNoTensor && graph.type(value) == DataType::kFloat32 && graph.is_constant(value);
    if (value == kNoTensor || (real && graph.real_values(value, "value").at(0) == 0.0F)) return node.result(graph.add("pad", {data, list}));
    return node.result(graph.add("padv2", {data, list, graph.reshape(value, {1})}));
  }
  for (std::size_t i = 0; i < rank; ++i) {
    if (before[i] + after[i] == 0) continue;
    std::vector<std::int32_t> places;
    for (std::int32_t at = -before[i]; at < in[i] + after[i]; ++at) {
      if (mode == "reflect") {
        places.push_back(reflected(at, in[i]));
      } else if (mode == "edge") {
        places.push_back(std::clamp(at, 0, in[i] - 1));
      } else if (mode == "wrap") {
        places.push_back((at % in[i] + in[i]) % in[i]);
      } else {
        throw Error(fmt::format("the mode '{}' is not known", mode));
      }
    }
    data = picked(graph, data, static_cast<std::int32_t>(i), places);
  }
  node.result(data);
}

void convert_split(NodeReader& node, std::string_view) {
  ImportedGraph& graph = node.graph();
  const Shape in = node.shape(0);
  const std::int32_t axis = node.axis(node.integer("axis", 0), static_cast<int>(in.size()));
  const std::int32_t extent = in[static_cast<std::size_t>(axis)];
  const std::int64_t count = node.integer("num_outputs", node.output_count());
  if (count < 1 || count != node.output_count()) throw Error(fmt::format("damaged: {} parts for {} outputs", count, node.output_count()));
  std::vector<std::int32_t> sizes;
  for (const std::int64_t size : node.integers_or_input("split", 1, 13)) {
    if (size < 1 || size > extent) throw Error(fmt::format("a part of {} along an axis of {} is not supported", size, extent));
    sizes.push_back(static_cast<std::int32_t>(size));
  }
  if (sizes.empty()) {  // the last one may be smaller
    const std::int32_t each = (extent + static_cast<std::int32_t>(count) - 1) / static_cast<std::int32_t>(count);
    sizes.assign(static_cast<std::size_t>(count), each);
    sizes.back() = extent - each * (static_cast<std::int32_t>(count) - 1);
  }
  if (sizes.size() != static_cast<std::size_t>(count) || std::accumulate(sizes.begin(), sizes.end(), 0) != extent || sizes.back() < 1)
    throw Error(fmt::format("damaged: parts of {} along an axis of {}", to_string(sizes), extent));
  if (count == 1) return node.result(node.input(0));
  const auto parts = static_cast<std::int32_t>(count);
  const bool equal = std::all_of(sizes.begin(), sizes.end(), [&](std::int32_t size) { return size == sizes[0]; });
  const TensorId along = graph.constant<std::int32_t>({}, {axis});
  const auto made = equal ? graph.add_all("split", {along, node.input(0)}, sizes.size(), {{"num_splits", parts}}, {graph.type(node.input(0)), graph.tensor(node.input(0)).quantization})
                          : graph.add_all("split_v", {node.input(0), graph.integers(sizes), along}, sizes.size(), {{"num_splits", parts}});
  for (int i = 0; i < parts; ++i) node.set_output(i, made[static_cast<std::size_t>(i)]);
}

void convert_expand(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  const Shape in = node.shape(0);
  const auto wanted = node.integer_input(1, "shape");
  std::vector<std::int32_t> shape(std::max(in.size(), wanted.size()), 1);
  std::copy(in.begin(), in.end(), shape.end() - static_cast<std::ptrdiff_t>(in.size()));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::int32_t& extent = shape[shape.size() - wanted.size() + i];
    if (wanted[i] < 1 || wanted[i] > INT32_MAX || (wanted[i] != 1 && extent != 1 && wanted[i] != extent))
      throw Error(fmt::format("{} cannot be widened to an extent of {}", to_string(in), wanted[i]));
    extent = std::max(extent, static_cast<std::int32_t>(wanted[i]));
  }
  node.result(shape == in ? node.input(0) : graph.add(op, {node.input(0), graph.integers(shape)}));
}

void convert_tile(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  std::vector<std::int32_t> repeats;
  for (const std::int64_t each : node.integer_input(1, "repeats")) {
    if (each < 1 || each > INT16_MAX) throw Error(fmt::format("{} repetitions are not supported", each));
    repeats.push_back(static_cast<std::int32_t>(each));
  }
  const bool plain = std::all_of(repeats.begin(), repeats.end(), [](std::int32_t x) { return x == 1; });
  node.result(plain ? node.input(0) : graph.add(op, {node.input(0), graph.integers(repeats)}));
}

void convert_depth_to_space(NodeReader& node, std::string_view op) {
  ImportedGraph& graph = node.graph();
  const auto block = static_cast<std::int32_t>(node.integer("blocksize"));
  const Shape in = node.shape(0);
  if (in.size() != 4 || block < 1 || block > 256) throw Error(fmt::format("blocks of {} in {} are not supported", block, to_string(in)));
  TensorId data = graph.channels_last(node.input(0));
  const std::string mode = node.text("mode", "DCR");
  if (mode == "CRD" && op == "depth_to_space") {  // the block's places stand inside of each channel, not around them
    const std::int32_t places = block * block;
    std::vector<std::int32_t> from;
    for (std::int32_t place = 0; place < places; ++place)
      for (std::int32_t c = 0; c < in[1] / places; ++c) from.push_back(c * places + place);
    data = picked(graph, data, 3, from);
  } else if (mode != "DCR") {
    throw Error(fmt::format("the mode '{}' is not known", mode));
  }
  node.result(graph.channels_first(graph.add(op, {data}, {{"block_size", block}})));
}

}  // namespace mote

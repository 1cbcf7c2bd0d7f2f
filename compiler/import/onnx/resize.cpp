// Resize and Upsample over rows and columns.

#include <cmath>

#include "import/onnx/window_attributes.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// One axis: how places of the result map to the input.
struct Axis {
  std::int32_t in = 1, out = 1;
  float scale = 1;
};

struct Request {
  std::string mode, coordinates, rounding;
  std::vector<Axis> axes;  ///< all of them, in the file's order
};

double place_in(const Request& request, const Axis& axis, std::int32_t i) {
  const double step = 1.0 / static_cast<double>(axis.scale);
  if (request.coordinates == "asymmetric") return i * step;
  if (request.coordinates == "align_corners") return axis.out == 1 ? 0 : static_cast<double>(i) * (axis.in - 1) / (axis.out - 1);
  if (request.coordinates == "pytorch_half_pixel" && axis.out == 1) return 0;
  return (i + 0.5) * step - 0.5;
}

std::vector<std::int32_t> nearest_places(const Request& request, const Axis& axis) {
  std::vector<std::int32_t> result;
  for (std::int32_t i = 0; i < axis.out; ++i) {
    const double place = place_in(request, axis, i);
    double whole = std::floor(place);
    if (request.rounding == "ceil") whole = std::ceil(place);
    if (request.rounding == "round_prefer_floor") whole = std::ceil(place - 0.5);
    if (request.rounding == "round_prefer_ceil") whole = std::floor(place + 0.5);
    result.push_back(std::clamp(static_cast<std::int32_t>(whole), 0, axis.in - 1));
  }
  return result;
}

/// Whether RESIZE_NEAREST_NEIGHBOR without its options picks these places: floor(i * in / out).
bool is_plain(const Axis& axis, const std::vector<std::int32_t>& places) {
  for (std::int32_t i = 0; i < axis.out; ++i) {
    const std::int64_t place = static_cast<std::int64_t>(i) * axis.in / axis.out;
    if (places[static_cast<std::size_t>(i)] != place) return false;
  }
  return true;
}

void resize_nearest(NodeReader& node, const Request& request) {
  ImportedGraph& graph = node.graph();
  const std::size_t rank = request.axes.size();
  bool plain = (rank == 3 || rank == 4) && request.axes[0].in == request.axes[0].out && request.axes[1].in == request.axes[1].out;
  std::vector<std::vector<std::int32_t>> places;
  for (std::size_t i = 0; i < rank; ++i) {
    places.push_back(nearest_places(request, request.axes[i]));
    plain = plain && is_plain(request.axes[i], places[i]);
  }
  TensorId data = node.input(0);
  if (plain) {
    data = with_height(graph, graph.channels_last(data));
    const TensorId size = graph.integers({rank == 4 ? request.axes[2].out : 1, request.axes[rank - 1].out});
    const TensorId made = graph.add("resize_nearest_neighbor", {data, size});
    return node.result(graph.channels_first(without_height(graph, made, static_cast<int>(rank))));
  }
  for (std::size_t i = 0; i < rank; ++i) {
    if (request.axes[i].in == request.axes[i].out && request.axes[i].scale == 1.0F) continue;
    data = graph.add("gather", {data, graph.integers(places[i])}, {{"axis", static_cast<std::int32_t>(i)}});
  }
  node.result(data);
}

void resize_linear(NodeReader& node, const Request& request) {
  ImportedGraph& graph = node.graph();
  const std::size_t rank = request.axes.size();
  if (rank != 3 && rank != 4) throw Error(fmt::format("linear interpolation of {} dimensions is not supported", rank));
  for (std::size_t i = 0; i < rank; ++i) {
    const Axis& axis = request.axes[i];
    if (i < 2 && axis.in != axis.out) throw Error("linear interpolation along batch or channels is not supported");
    // The device computes places from the extents.
    const bool exact = std::abs(axis.scale * static_cast<float>(axis.in) - static_cast<float>(axis.out)) < 1e-3F;
    const bool one = axis.out == 1 && request.coordinates == "pytorch_half_pixel" && axis.in > 1;
    if ((!exact && request.coordinates != "align_corners") || one)
      throw Error(fmt::format("{} resized by {} to {} is not supported; a whole number of pixels must come out", axis.in, axis.scale, axis.out));
  }
  Attributes attributes;
  if (request.coordinates == "align_corners") attributes["align_corners"] = true;
  if (request.coordinates.ends_with("half_pixel")) attributes["half_pixel_centers"] = true;
  const TensorId data = with_height(graph, graph.channels_last(node.input(0)));
  const TensorId size = graph.integers({rank == 4 ? request.axes[2].out : 1, request.axes[rank - 1].out});
  const TensorId made = graph.add("resize_bilinear", {data, size}, attributes);
  node.result(graph.channels_first(without_height(graph, made, static_cast<int>(rank))));
}

Axis axis_of(std::int32_t in, float scale) {
  if (!(scale > 0.0F) || scale > 1024.0F) throw Error(fmt::format("a scale of {} is not supported", scale));
  const auto out = static_cast<std::int32_t>(std::floor(static_cast<double>(in) * static_cast<double>(scale)));
  if (out < 1) throw Error(fmt::format("nothing is left of {} by a scale of {}", in, scale));
  return {in, out, scale};
}

void resize(NodeReader& node, const Request& request) {
  if (request.mode == "nearest") return resize_nearest(node, request);
  if (request.mode == "linear") return resize_linear(node, request);
  throw Error(fmt::format("the mode '{}' is not supported; nearest and linear are", request.mode));
}

}  // namespace

void convert_resize(NodeReader& node, std::string_view) {
  const Shape in = node.shape(0);
  const bool first = node.opset() < 11;
  Request request{node.text("mode", "nearest"), node.text("coordinate_transformation_mode", first ? "asymmetric" : "half_pixel"),
                  node.text("nearest_mode", first ? "floor" : "round_prefer_floor"), {}};
  if (node.text("keep_aspect_ratio_policy", "stretch") != "stretch") throw Error("keeping the aspect ratio is not supported");
  if (node.integer("antialias", 0) != 0) throw Error("antialias is not supported");
  node.require("exclude_outside", 0);
  node.ignore("cubic_coeff_a");
  node.ignore("extrapolation_value");
  const auto known = {"asymmetric", "align_corners", "half_pixel", "pytorch_half_pixel"};
  if (std::find(known.begin(), known.end(), request.coordinates) == known.end())
    throw Error(fmt::format("the coordinates '{}' are not supported", request.coordinates));
  const int scales_at = first ? 1 : 2;
  const auto scales = node.has_input(scales_at) ? node.real_input(scales_at, "scales") : std::vector<float>{};
  std::vector<std::int64_t> along(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) along[i] = static_cast<std::int64_t>(i);
  along = node.integers("axes", along);
  for (const std::int32_t extent : in) request.axes.push_back({extent, extent, 1.0F});
  if (!scales.empty()) {
    if (scales.size() != along.size()) throw Error(fmt::format("damaged: {} scales for {} axes", scales.size(), along.size()));
    for (std::size_t i = 0; i < along.size(); ++i) {
      Axis& axis = request.axes[static_cast<std::size_t>(node.axis(along[i], static_cast<int>(in.size())))];
      axis = axis_of(axis.in, scales[i]);
    }
    return resize(node, request);
  }
  if (!node.has_input(3)) throw Error("damaged: neither scales nor sizes are given");
  const auto sizes = node.integer_input(3, "sizes");
  if (sizes.size() != along.size()) throw Error(fmt::format("damaged: {} sizes for {} axes", sizes.size(), along.size()));
  for (std::size_t i = 0; i < along.size(); ++i) {
    Axis& axis = request.axes[static_cast<std::size_t>(node.axis(along[i], static_cast<int>(in.size())))];
    if (sizes[i] < 1 || sizes[i] > INT16_MAX) throw Error(fmt::format("a size of {} is not supported", sizes[i]));
    axis.out = static_cast<std::int32_t>(sizes[i]);
    axis.scale = static_cast<float>(axis.out) / static_cast<float>(axis.in);
  }
  resize(node, request);
}

void convert_upsample(NodeReader& node, std::string_view) {
  const Shape in = node.shape(0);
  const auto scales = node.opset() < 9 ? node.reals("scales") : node.real_input(1, "scales");
  if (scales.size() != in.size()) throw Error(fmt::format("damaged: {} scales for {}", scales.size(), to_string(in)));
  Request request{node.text("mode", "nearest"), "asymmetric", "floor", {}};
  for (std::size_t i = 0; i < in.size(); ++i) request.axes.push_back(axis_of(in[i], scales[i]));
  resize(node, request);
}

}  // namespace mote

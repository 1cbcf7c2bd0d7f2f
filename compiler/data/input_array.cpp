#include "data/input_array.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <optional>
#include <span>

#include <fmt/ranges.h>

#include "data/convert.hpp"
#include "data/file_order.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

using Extents = std::vector<std::int64_t>;

std::string shape_text(const Extents& shape) { return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x")); }

Extents without_ones(std::span<const std::int64_t> shape) {
  Extents kept;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(kept), [](std::int64_t extent) { return extent != 1; });
  return kept;
}

/// Whether one shape comes from the other by merging and splitting neighbouring axes, each axis of one against several of the other.
bool regroups(const Extents& a, const Extents& b) {
  for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
    if (i == a.size() || j == b.size()) return false;
    std::int64_t left = a[i++];
    std::int64_t right = b[j++];
    int taken_left = 1;
    int taken_right = 1;
    while (left != right) {
      if (left < right ? i == a.size() : j == b.size()) return false;
      if (left < right) {
        left *= a[i++];
        ++taken_left;
      } else {
        right *= b[j++];
        ++taken_right;
      }
    }
    if (taken_left > 1 && taken_right > 1) return false;
  }
  return true;
}

/// The axes behind the first `samples` ones, in an order that gives `wanted`; empty when there is none.
std::vector<std::size_t> axes_for(const Extents& wanted, std::span<const std::int64_t> given, std::size_t samples) {
  std::vector<std::size_t> axes;
  for (const std::int64_t extent : wanted) {
    std::size_t axis = 0;
    while (axis < given.size() && (given[axis] != extent || std::find(axes.begin(), axes.end(), axis + samples) != axes.end())) ++axis;
    if (axis == given.size()) return {};
    axes.push_back(axis + samples);
  }
  for (std::size_t s = samples; s-- > 0;) axes.insert(axes.begin(), s);
  return axes;
}

/// The first axis behind which there is just one sample.
std::optional<std::size_t> samples_axes(const Extents& shape, std::int64_t elements) {
  std::int64_t product = 1;
  std::optional<std::size_t> found;
  for (std::size_t axis = shape.size() + 1; axis-- > 0;) {
    if (product == elements) found = axis;
    if (axis > 0) product *= shape[axis - 1];
    if (product > elements) break;
  }
  return found;
}

[[noreturn]] void refuse_shape(const Extents& shape, const Tensor& tensor) {
  const Shape wanted_shape = file_shape(tensor);
  const Extents wanted(wanted_shape.begin(), wanted_shape.end());
  const std::int64_t count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  const std::string problem =
      fmt::format("the array is {}, the input '{}' takes {}", shape_text(shape), tensor.name, shape_text(wanted));
  if (const auto samples = samples_axes(shape, tensor.elements())) {
    const std::span<const std::int64_t> of_one(shape.begin() + static_cast<std::ptrdiff_t>(*samples), shape.end());
    const auto axes = axes_for(without_ones(wanted), of_one, *samples);
    throw Error(problem + ": the axes stand in another order",
                axes.size() == shape.size() ? fmt::format("bring them into the model's with x.transpose({})", fmt::join(axes, ", "))
                                            : "bring them into the model's order with numpy.transpose before you save the array");
  }
  const Extents last(shape.begin() + (shape.size() > 1 ? 1 : 0), shape.end());
  const std::int64_t each = std::accumulate(last.begin(), last.end(), std::int64_t{1}, std::multiplies<>());
  if (count % tensor.elements() == 0) {
    throw Error(fmt::format("{}: a row has {} values, a sample takes {}", problem, each, tensor.elements()),
                fmt::format("if samples stand one after another: x.reshape({}, {})", count / tensor.elements(), fmt::join(wanted, ", ")));
  }
  throw Error(fmt::format("{}: {} samples of {} values, of {} that a sample takes", problem, shape.size() > 1 ? shape[0] : 1, each,
                          tensor.elements()),
              "cut or pad the samples to the model's input, or give the model that the data is for");
}

void require_shape(const Extents& shape, const Tensor& tensor) {
  const std::int64_t count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  if (count == 0 || shape.size() <= 1) return;  // convert_to counts
  const Extents here(tensor.shape.begin(), tensor.shape.end());
  const Shape in_file = file_shape(tensor);
  std::int64_t product = 1;
  for (std::size_t axis = shape.size() + 1; axis-- > 0;) {
    if (product == tensor.elements()) {
      const Extents of_one = without_ones({shape.begin() + static_cast<std::ptrdiff_t>(axis), shape.end()});
      if (regroups(of_one, without_ones(here)) || regroups(of_one, without_ones(Extents(in_file.begin(), in_file.end())))) return;
    }
    if (axis > 0) product *= shape[axis - 1];
  }
  refuse_shape(shape, tensor);
}

void require_finite(const NpyArray& array, const Tensor& tensor, const DataOptions& options) {
  if (array.descr[1] != 'f') return;
  for (std::int64_t i = 0; i < array.elements(); ++i) {
    const double value = number_at(array, i);
    if (std::isfinite(value) || (std::isnan(value) && options.allow_nan)) continue;
    const std::string place = fmt::format("sample {}, value {} for '{}'", i / tensor.elements(), i % tensor.elements(), tensor.name);
    if (std::isnan(value))
      throw Error(fmt::format("{} is not a number (NaN)", place),
                  "replace or drop what is missing, or give --allow-nan when the model is made for it");
    throw Error(fmt::format("{} is infinite", place), "replace it by a number");
  }
}

double per_channel(const std::vector<double>& values, std::size_t channel, double otherwise) {
  return values.empty() ? otherwise : values[values.size() == 1 ? 0 : channel];
}

/// (value - mean) * scale as float64.
NpyArray rescaled(const NpyArray& array, const Tensor& tensor, const DataOptions& options) {
  const auto channels = static_cast<std::size_t>(tensor.shape.empty() ? 1 : tensor.shape.back());
  for (const auto* list : {&options.mean, &options.scale}) {
    if (list->size() > 1 && list->size() != channels)
      throw Error(fmt::format("{} numbers for the {} channels of '{}'", list->size(), channels, tensor.name),
                  "give --mean and --scale one number, or one for each channel");
  }
  // Values of one channel stand this far apart: in the file's order channels may come first.
  std::size_t stride = 1;
  if (is_in_file_order(array.shape, tensor)) {
    const Shape in_file = file_shape(tensor);
    for (std::size_t axis = in_file.size(); axis-- > 0 && tensor.file_axes[axis] + 1 != static_cast<std::int32_t>(in_file.size());)
      stride *= static_cast<std::size_t>(in_file[axis]);
  }
  NpyArray result{"<f8", array.shape, Bytes(static_cast<std::size_t>(array.elements()) * sizeof(double))};
  for (std::int64_t i = 0; i < array.elements(); ++i) {
    const std::size_t channel = static_cast<std::size_t>(i) / stride % channels;
    const double value = (number_at(array, i) - per_channel(options.mean, channel, 0)) * per_channel(options.scale, channel, 1);
    std::memcpy(&result.bytes[static_cast<std::size_t>(i) * sizeof value], &value, sizeof value);
  }
  return result;
}

}  // namespace

Bytes input_bytes(const NpyArray& array, const Tensor& tensor, const DataOptions& options) {
  require_shape(array.shape, tensor);
  require_finite(array, tensor, options);
  return convert_to(options.rescales() ? rescaled(array, tensor, options) : array, tensor);
}

}  // namespace mote

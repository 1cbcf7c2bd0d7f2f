#include "data/image_input.hpp"

#include <cmath>

#include "data/input_array.hpp"
#include "data/real_range.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

/// One of the usual ways to scale pixels.
struct Scaling {
  double low, high, mean, scale;
  const char* rule;
};
constexpr Scaling kUnit{0, 1, 0, 1 / 255.0, "pixels 0..255 become 0..1"};
constexpr Scaling kScalings[] = {kUnit,
                                 {-1, 1, 127.5, 1 / 127.5, "pixels 0..255 become -1..1"},
                                 {0, 255, 0, 1, "pixels stay 0..255"},
                                 {-128, 127, 128, 1, "pixels 0..255 become -128..127"}};

void set_scaling(ImageInput& input) {
  const Tensor& tensor = input.tensor;
  const auto take = [&](const Scaling& scaling) {
    input.scaling.mean = {scaling.mean};
    input.scaling.scale = {scaling.scale};
    input.rule = scaling.rule;
  };
  if (is_float(tensor.type)) {
    take(kUnit);
    input.rule += " (the usual range; --mean and --scale give another)";
    return;
  }
  if (tensor.type == DataType::kUint8) {
    input.rule = "pixels 0..255 are stored as they are";
    return;
  }
  if (!tensor.quantization.empty() && !tensor.quantization.per_channel()) {
    const RealRange range = real_range(tensor);
    for (const Scaling& each : kScalings) {
      if (range.is(each.low, each.high)) return take(each);
    }
    throw Error(fmt::format("the input '{}' takes numbers from {:.4g} to {:.4g}: how pixels are scaled into that is not known", tensor.name,
                            range.lowest, range.highest),
                "give --mean and --scale: value = (pixel - mean) * scale, pixels are 0 to 255");
  }
  throw Error(fmt::format("the input '{}' is {} without a scale: how pixels become its values is not known", tensor.name, type_name(tensor.type)),
              "use a .npz with the stored values");
}

}  // namespace

ImageInput image_input_of(const Tensor& tensor, const DataOptions& options) {
  ImageInput input;
  input.tensor = tensor;
  input.tensor.file_axes.clear();
  Shape core = tensor.shape;
  if (core.size() > 1 && core[0] == 1) core.erase(core.begin());  // the batch
  if (core.size() == 3 && (core[2] == 1 || core[2] == 3)) {
    input.height = core[0], input.width = core[1], input.channels = core[2];
  } else if (core.size() == 2) {
    input.height = core[0], input.width = core[1], input.channels = 1;
  } else if (core.size() == 1) {
    const int side = static_cast<int>(std::lround(std::sqrt(core[0])));
    if (side * side == core[0] && side > 1) input.height = input.width = side, input.channels = 1;
  }
  if (input.channels == 0)
    throw Error(fmt::format("the input '{}' ({}) takes no image", tensor.name, to_string(tensor.shape)),
                "images are for inputs of height x width x 1 or 3 channels");
  input.scaling = options;
  input.scaling.labels.clear();
  if (options.rescales())
    input.rule = "pixels are scaled by --mean and --scale";
  else
    set_scaling(input);
  return input;
}

Bytes image_bytes(const Image& image, const ImageInput& input) {
  Image fitted = resized(with_channels(image, input.channels), input.width, input.height);
  return input_bytes({"|u1", {input.height, input.width, input.channels}, std::move(fitted.pixels)}, input.tensor, input.scaling);
}

}  // namespace mote

#pragma once

#include <string>

#include "data/data_options.hpp"
#include "data/image.hpp"
#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote {

/// How images become a model's input. The input is height x width x 1 or 3 channels, height x width, or a flat square of grey pixels.
struct ImageInput {
  Tensor tensor;  ///< the input, its axes in the graph's order
  int width = 0, height = 0, channels = 0;
  DataOptions scaling;  ///< of pixels, which are 0 to 255
  std::string rule;     ///< the scaling in words
};

/// With --mean and --scale, pixels are scaled by these. Otherwise by what the input can hold: floating point takes 0 to 1; uint8 the
/// pixels themselves; other integers what their scale and zero point reach, 0 to 1, -1 to 1, 0 to 255 or -128 to 127. Error when the
/// input takes no image, or its range is none of these.
ImageInput image_input_of(const Tensor& tensor, const DataOptions& options);

/// The image in the input's size, channels and scaling.
Bytes image_bytes(const Image& image, const ImageInput& input);

}  // namespace mote

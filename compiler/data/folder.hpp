#pragma once

#include <filesystem>

#include "data/samples.hpp"

namespace mote {

/// A directory with a folder per class, each of images (.png, .jpg, .jpeg, .bmp, .ppm, .pgm) or of sounds (.wav); or, without labels, a
/// directory of such files itself. Files are taken in order of their names, classes as set_answers does with the folders' names.
/// See image_input.hpp and sound_input.hpp for how they become what the model takes. Each file is a case of its own: state is
/// forgotten before it.
Samples samples_from_folder(const std::filesystem::path& path, const Graph& graph, const DataOptions& options);

}  // namespace mote

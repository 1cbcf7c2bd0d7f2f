#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote {

/// What a file gives a model to work on: for each inference the bytes of every input, and what is known about the right answers.
struct Samples {
  std::vector<std::vector<Bytes>> inputs;  ///< [sample][input]
  std::vector<std::int32_t> labels;        ///< one per sample, or none
  std::vector<std::string> class_names;
};

/// Reads samples for the graph's inputs by the file's ending:
/// .npy   one input: an array of its shape, or of many of them one after another (a leading axis);
/// .npz   an array per input, named as the input, or "x0", "x1", ... or "x"; labels in "y", names in "class_names";
/// .csv   one input: a row per sample; a heading row is skipped;
/// .bin   the bytes of all inputs, sample after sample.
/// Values stand in the model file's order of axes and are brought into the graph's (see file_order.hpp).
Samples read_samples(const std::filesystem::path& path, const Graph& graph);

/// The same from a file's bytes and its ending.
Samples parse_samples(std::span<const std::uint8_t> bytes, std::string_view ending, const Graph& graph);

}  // namespace mote

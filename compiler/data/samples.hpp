#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data/data_options.hpp"
#include "graph/graph.hpp"
#include "ops/evaluate.hpp"

namespace mote {

/// What a file gives a model to work on: for each inference the bytes of every input, and what is known about the right answers.
struct Samples {
  std::vector<std::vector<Bytes>> inputs;  ///< [sample][input]
  std::vector<std::int32_t> labels;        ///< index of the right class, one per sample; or none
  std::vector<std::string> class_names;    ///< of the indices above, where known
  std::vector<std::vector<double>> targets = {};  ///< the right numbers, equally many per sample; or none. Whole ones may be labels too
  bool real_targets = false;                      ///< the targets are written with a point, or as floating point: no classes
  std::vector<std::string> sources = {};          ///< the file of each sample, when each has its own
  std::vector<bool> starts_case = {};             ///< before which samples a model forgets its state; empty: before the first only
  std::vector<std::string> notes = {};            ///< what was done to the data, for the user

  bool forgets_before(std::size_t sample) const { return sample == 0 || (!starts_case.empty() && starts_case[sample]); }
};

/// Reads samples for the graph's inputs, by the file's ending:
/// .npy   one input: an array of its shape, or of many of them one after another (a leading axis);
/// .npz   an array per input, named as the input, or "x0", "x1", ... or "x"; answers in "y", names of classes in "class_names",
///        numbers in "case" that change where a new recording begins;
/// .csv   one input: a row per sample; a heading row is skipped. Labels are in a column of their own, see DataOptions;
/// .bin   the bytes of all inputs, sample after sample;
/// a directory of images or sounds: see folder.hpp.
/// Values stand in the model file's order of axes and are brought into the graph's (see file_order.hpp). Values that are not finite
/// are refused, NaN only unless it is allowed.
Samples read_samples(const std::filesystem::path& path, const Graph& graph, const DataOptions& options = {});

/// The same from a file's bytes and its ending.
Samples parse_samples(std::span<const std::uint8_t> bytes, std::string_view ending, const Graph& graph,
                      const DataOptions& options = {});

/// Cuts the values of each input, one after another, into samples; all inputs must give equally many.
std::vector<std::vector<Bytes>> cut_into_samples(const Graph& graph, const std::vector<Bytes>& whole);

/// The graph's input. Error when there are several; `kind` ("a .csv file") holds one.
const Tensor& only_input(const Graph& graph, std::string_view kind);

}  // namespace mote

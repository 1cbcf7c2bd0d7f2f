#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "graph/graph.hpp"
#include "support/error.hpp"

namespace mote {

/// A model that is sound but holds what mote cannot compile: all of it, and what stands in the file.
class UnsupportedModel : public Error {
 public:
  struct Row {
    std::string name, type;
    Shape shape;
  };
  UnsupportedModel(std::vector<std::string> reasons, std::vector<Row> operators);
  const std::vector<std::string>& reasons() const { return reasons_; }
  /// Every operator of the file with its first output's declared type and shape.
  const std::vector<Row>& operators() const { return operators_; }

 private:
  std::vector<std::string> reasons_;
  std::vector<Row> operators_;
};

/// A TensorFlow Lite model (schema version 3) as a verified graph: shapes settled, constant subgraphs folded, batch -1 taken
/// as 1. Every byte is untrusted. Error: what is damaged and where; or everything in the model that is not supported, as one
/// UnsupportedModel.
Graph import_tflite(std::span<const std::uint8_t> bytes, std::string_view name);

/// The same from a file; the graph is named for it.
Graph import_tflite_file(const std::filesystem::path& path);

}  // namespace mote

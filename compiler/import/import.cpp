#include "import/import.hpp"

#include "graph/print.hpp"
#include "import/onnx.hpp"
#include "import/tflite.hpp"
#include "ops/define.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

/// A TensorFlow Lite file carries its identifier in bytes 4 to 7.
bool is_tflite(std::span<const std::uint8_t> bytes) {
  return bytes.size() >= 8 && std::string_view(reinterpret_cast<const char*>(bytes.data()) + 4, 4) == "TFL3";
}

void refuse_lfs_pointer(std::span<const std::uint8_t> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 64));
  if (text.starts_with("version https://git-lfs")) {
    throw Error("this is a Git LFS pointer, not the model itself", "fetch the file's content with: git lfs pull");
  }
}

}  // namespace

Graph import_model(std::span<const std::uint8_t> bytes, std::string_view name, std::string_view ending, const ImportOptions& options) {
  refuse_lfs_pointer(bytes);
  if (!is_tflite(bytes) && ending == ".onnx") return import_onnx(bytes, name, options);
  if (!options.dims.empty()) {
    throw Error(fmt::format("'{}' names an axis, but only ONNX models have symbolic ones", options.dims.begin()->first),
                "leave --dim out");
  }
  if (!is_tflite(bytes) && ending == ".graph") {
    Graph graph = parse_graph({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, make_operator);
    verify(graph);
    return graph;
  }
  return import_tflite(bytes, name);
}

Graph import_model_file(const std::filesystem::path& path, const ImportOptions& options) {
  const std::vector<std::uint8_t> bytes = read_file(path);
  return with_context(path.string(), [&] { return import_model(bytes, path.stem().string(), path.extension().string(), options); });
}

}  // namespace mote

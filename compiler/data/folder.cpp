#include "data/folder.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/ranges.h>

#include "data/image_input.hpp"
#include "data/labels.hpp"
#include "data/sound_input.hpp"
#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

namespace fs = std::filesystem;

enum class Medium { kImage, kSound, kOther };

Medium medium_of(const fs::path& file) {
  std::string ending = file.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  constexpr std::string_view kImages[] = {".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".pgm"};
  if (std::find(std::begin(kImages), std::end(kImages), ending) != std::end(kImages)) return Medium::kImage;
  return ending == ".wav" ? Medium::kSound : Medium::kOther;
}

/// A file with the folder it is in, which is its class.
struct MediaFile {
  fs::path path;
  std::string folder;
};

/// What is in a directory, by name; hidden files are no part of it.
std::vector<fs::path> entries_of(const fs::path& directory) {
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (!entry.path().filename().string().starts_with('.')) entries.push_back(entry.path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

class Collection {
 public:
  explicit Collection(const fs::path& root) {
    for (const fs::path& entry : entries_of(root)) {
      if (!fs::is_directory(entry)) {
        add(entry, "");
        continue;
      }
      const std::size_t before = files_.size();
      for (const fs::path& file : entries_of(entry)) add(file, entry.filename().string());
      if (files_.size() == before)
        throw Error(fmt::format("the folder '{}' holds no images and no sounds", entry.filename().string()), kKnown);
      ++folders_;
    }
    if (files_.empty()) throw Error("there are no images and no sounds in this directory", kKnown);
    if (media_.size() > 1) throw Error("there are images and sounds in this directory", "keep them apart");
    const auto loose = std::find_if(files_.begin(), files_.end(), [](const MediaFile& file) { return file.folder.empty(); });
    if (folders_ > 0 && loose != files_.end())
      throw Error(fmt::format("'{}' is in no folder, so its class is not known", loose->path.filename().string()),
                  "put every file into the folder of its class");
  }

  const std::vector<MediaFile>& files() const { return files_; }
  bool has_classes() const { return folders_ > 0; }
  Medium medium() const { return *media_.begin(); }
  int left_out() const { return left_out_; }

 private:
  static constexpr const char* kKnown = "a folder per class is needed, with .png, .jpg, .bmp, .ppm, .pgm or .wav files";

  void add(const fs::path& file, const std::string& folder) {
    const Medium medium = medium_of(file);
    if (medium == Medium::kOther || fs::is_directory(file)) {
      ++left_out_;
      return;
    }
    media_.insert(medium);
    files_.push_back({file, folder});
  }

  std::vector<MediaFile> files_;
  std::set<Medium> media_;
  int folders_ = 0, left_out_ = 0;
};

void read_images(const Collection& collection, const Tensor& tensor, const DataOptions& options, Samples& samples) {
  const ImageInput input = image_input_of(tensor, options);
  std::int64_t stretched = 0;
  for (const MediaFile& file : collection.files()) {
    with_context(file.path.filename().string(), [&] {
      const Image image = decode_image(read_file(file.path));
      if (image.width != input.width || image.height != input.height) ++stretched;
      samples.inputs.push_back({image_bytes(image, input)});
    });
  }
  samples.notes.push_back(fmt::format("{} images, {}; {}", samples.inputs.size(), input.channels == 1 ? "grey" : "RGB", input.rule));
  if (stretched > 0)
    samples.notes.push_back(fmt::format("{} of them were resized to {}x{} (width x height), sides apart, bilinear with antialiasing", stretched,
                                        input.width, input.height));
}

void read_sounds(const Collection& collection, const Tensor& tensor, const DataOptions& options, Samples& samples) {
  const SoundInput input = sound_input_of(tensor, options);
  const auto wanted = static_cast<std::size_t>(tensor.elements());
  std::optional<int> rate;
  std::int64_t cut = 0;
  std::int64_t padded = 0;
  for (const MediaFile& file : collection.files()) {
    with_context(file.path.filename().string(), [&] {
      const Sound sound = decode_wav(read_file(file.path));
      if (rate.value_or(sound.sample_rate) != sound.sample_rate)
        throw Error(fmt::format("{} samples a second, those before have {}", sound.sample_rate, *rate), "bring all sounds to the model's rate");
      rate = sound.sample_rate;
      cut += sound.samples.size() > wanted ? 1 : 0;
      padded += sound.samples.size() < wanted ? 1 : 0;
      samples.inputs.push_back({sound_bytes(sound, input)});
    });
  }
  samples.notes.push_back(fmt::format("{} sounds of {} Hz, mono; {}. The model must be made for that rate", samples.inputs.size(), *rate, input.rule));
  if (cut + padded > 0)
    samples.notes.push_back(fmt::format("{} of them were cut at the end, {} padded with silence, to {} samples", cut, padded, wanted));
}

}  // namespace

Samples samples_from_folder(const fs::path& path, const Graph& graph, const DataOptions& options) {
  const Tensor& tensor = only_input(graph, "a directory of images or sounds");
  const Collection collection(path);
  Samples samples;
  (collection.medium() == Medium::kImage ? read_images : read_sounds)(collection, tensor, options, samples);
  if (collection.left_out() > 0) samples.notes.push_back(fmt::format("{} files of other kinds were left out", collection.left_out()));
  std::vector<std::string> classes;
  for (const MediaFile& file : collection.files()) {
    samples.sources.push_back((fs::path(file.folder) / file.path.filename()).string());
    classes.push_back(file.folder);
  }
  if (collection.has_classes()) set_answers(samples, classes, graph);
  samples.starts_case.assign(samples.inputs.size(), true);
  return samples;
}

}  // namespace mote

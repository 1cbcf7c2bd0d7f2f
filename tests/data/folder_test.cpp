// Directories with a folder of images or sounds per class.

#include "data/folder.hpp"

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "data/media.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

using Labels = std::vector<std::int32_t>;
using Names = std::vector<std::string>;

Graph model_of(const Shape& shape, DataType type, Quantization quantization = {}) {
  GraphBuilder builder;
  const TensorId in = builder.input(shape, quantization, type);
  builder.output(builder.node("reshape", {in, builder.integers({-1})}, {}, quantization, type));
  return builder.finish();
}

const Graph& grey_model() {
  static const Graph graph = model_of({1, 1, 2, 1}, DataType::kFloat32);
  return graph;
}

/// A directory of files by name.
class Tree {
 public:
  explicit Tree(const FileSet& files) { write_files(directory_.path(), files); }
  Samples samples(const Graph& graph, const DataOptions& options = {}) const { return read_samples(directory_.path(), graph, options); }
  std::string problem(const Graph& graph, const DataOptions& options = {}) const {
    return error_of([&] { samples(graph, options); });
  }

 private:
  TemporaryDirectory directory_;
};

Bytes floats(const std::vector<float>& values) { return array_of<float>("<f4", {static_cast<std::int64_t>(values.size())}, values).bytes; }

TEST(Folder, EachFolderIsAClassInOrderOfNames) {
  const Samples samples = Tree({{"no/b.pgm", pnm(2, 1, {0, 255})}, {"no/a.pgm", pnm(2, 1, {51, 102})}, {"yes/c.pgm", pnm(2, 1, {255, 0})}, {"no/.hidden", "x"}, {"no/notes.txt", "x"}})
                              .samples(grey_model());
  EXPECT_EQ(samples.labels, (Labels{0, 0, 1}));
  EXPECT_EQ(samples.class_names, (Names{"no", "yes"}));
  EXPECT_EQ(samples.sources, (Names{"no/a.pgm", "no/b.pgm", "yes/c.pgm"}));
  EXPECT_EQ(samples.inputs[0][0], floats({0.2F, 0.4F}));
  EXPECT_EQ(samples.inputs[1][0], floats({0, 1}));
  EXPECT_EQ(samples.starts_case, (std::vector<bool>(3, true)));
  ASSERT_EQ(samples.notes.size(), 2U);
  EXPECT_TRUE(contains(samples.notes[0], "3 images, grey; pixels 0..255 become 0..1"));
  EXPECT_EQ(samples.notes[1], "1 files of other kinds were left out");
}

TEST(Folder, FoldersAreMatchedWithTheModelsLabels) {
  Graph graph = grey_model();
  graph.labels = {"yes", "no", "maybe"};
  const Tree tree({{"no/a.pgm", pnm(2, 1, {0, 0})}, {"yes/a.pgm", pnm(2, 1, {0, 0})}});
  EXPECT_EQ(tree.samples(graph).labels, (Labels{1, 0}));
  graph.labels = {"Yes", "no"};
  EXPECT_TRUE(contains(tree.problem(graph), "the model does not know the label yes\n  known are: Yes, no"));
}

TEST(Folder, WithoutFoldersThereAreNoLabels) {
  const Samples samples = Tree({{"a.pgm", pnm(2, 1, {0, 255})}}).samples(grey_model());
  EXPECT_TRUE(samples.labels.empty());
  EXPECT_EQ(samples.inputs.size(), 1U);
}

TEST(Folder, PixelsAreScaledToWhatTheInputHolds) {
  const Tree tree({{"a.pgm", pnm(2, 1, {0, 255})}});
  const auto bytes = [&](DataType type, Quantization quantization) { return tree.samples(model_of({1, 1, 2, 1}, type, quantization)).inputs[0][0]; };
  EXPECT_EQ(bytes(DataType::kUint8, {}), (Bytes{0, 255}));
  EXPECT_EQ(bytes(DataType::kInt8, quantized(1 / 255.0F, -128)), (Bytes{0x80, 0x7F}));
  EXPECT_EQ(bytes(DataType::kInt8, quantized(1, -128)), (Bytes{0x80, 0x7F}));
  EXPECT_EQ(bytes(DataType::kInt8, quantized(1 / 127.5F, 0)), (Bytes{0x81, 0x7F})) << "-1 is a hair above -127.5";
  EXPECT_TRUE(contains(tree.problem(model_of({1, 1, 2, 1}, DataType::kInt8, quantized(0.037F, 3))), "how pixels are scaled into that is not known\n  give --mean and --scale"));
  EXPECT_TRUE(contains(tree.problem(model_of({1, 1, 2, 1}, DataType::kInt8)), "int8 without a scale"));
}

TEST(Folder, OptionsScalePixelsPerChannel) {
  const Tree tree({{"a.ppm", pnm(1, 1, {10, 20, 30})}});
  const Samples samples = tree.samples(model_of({1, 1, 1, 3}, DataType::kFloat32), {.mean = {0, 10, 20}, .scale = {0.5}});
  EXPECT_EQ(samples.inputs[0][0], floats({5, 5, 5}));
}

TEST(Folder, ImagesAreBroughtToTheModelsSizeAndChannels) {
  const Tree tree({{"a.ppm", pnm(2, 2, {10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30})}});
  const Samples samples = tree.samples(model_of({1, 3, 3, 1}, DataType::kUint8));
  EXPECT_EQ(samples.inputs[0][0], Bytes(9, 18));
  EXPECT_TRUE(contains(samples.notes[1], "1 of them were resized to 3x3"));
  EXPECT_EQ(tree.samples(model_of({1, 4}, DataType::kUint8)).inputs[0][0], Bytes(4, 18)) << "a flat square of grey pixels";
  EXPECT_TRUE(contains(tree.problem(model_of({1, 3}, DataType::kUint8)), "(1x3) takes no image"));
}

TEST(Folder, WhatIsWrongIsNamed) {
  const std::string image = pnm(2, 1, {0, 0});
  EXPECT_TRUE(contains(Tree(FileSet{{"readme.txt", "x"}}).problem(grey_model()), "there are no images and no sounds"));
  EXPECT_TRUE(contains(Tree({{"a/x.pgm", image}, {"b/readme.txt", "x"}}).problem(grey_model()), "the folder 'b' holds no images"));
  EXPECT_TRUE(contains(Tree({{"a/x.pgm", image}, {"y.pgm", image}}).problem(grey_model()), "'y.pgm' is in no folder"));
  EXPECT_TRUE(contains(Tree({{"a/x.pgm", image}, {"b/y.wav", wav(8000, 1, {1})}}).problem(grey_model()), "images and sounds"));
  EXPECT_TRUE(contains(Tree(FileSet{{"a/bad.png", "\x89PNG nonsense"}}).problem(grey_model()), "bad.png: damaged PNG image"));
}

TEST(SoundFolder, IsCutOrPaddedToTheModelsSamples) {
  const Graph graph = model_of({1, 2000}, DataType::kFloat32);
  std::vector<int> longer(3000, 16384);
  const Samples samples = Tree({{"hi/a.wav", wav(16000, 1, {-16384})}, {"hi/b.wav", wav(16000, 1, longer)}}).samples(graph);
  std::vector<float> padded(2000, 0.0F);
  padded[0] = -0.5F;
  EXPECT_EQ(samples.inputs[0][0], floats(padded));
  EXPECT_EQ(samples.inputs[1][0], floats(std::vector<float>(2000, 0.5F)));
  ASSERT_EQ(samples.notes.size(), 2U);
  EXPECT_TRUE(contains(samples.notes[0], "2 sounds of 16000 Hz, mono; samples are from -1 to 1"));
  EXPECT_TRUE(contains(samples.notes[1], "1 of them were cut at the end, 1 padded with silence, to 2000 samples"));
}

TEST(SoundFolder, IntegersAreStoredOrScaled) {
  const Tree tree({{"hi/a.wav", wav(16000, 1, {-16384})}});
  const auto first = [&](DataType type, Quantization quantization) { return tree.samples(model_of({1, 2000}, type, quantization)).inputs[0][0]; };
  EXPECT_EQ(first(DataType::kInt16, {})[1], 0xC0);
  EXPECT_EQ(first(DataType::kInt16, quantized(1 / 32768.0F))[1], 0xC0);
  EXPECT_EQ(first(DataType::kInt8, quantized(1 / 128.0F))[0], 0xC0);
  EXPECT_TRUE(contains(tree.problem(model_of({1, 2000}, DataType::kInt8, quantized(0.3F))), "how sound is scaled into that is not known"));
}

TEST(SoundFolder, FeaturesAreNotSamples) {
  const Tree tree({{"hi/a.wav", wav(16000, 1, {1})}});
  EXPECT_TRUE(contains(tree.problem(model_of({1, 49, 10, 1}, DataType::kFloat32)), "(1x49x10x1) takes features, not raw sound\n  compute the features as in training"));
  EXPECT_TRUE(contains(tree.problem(model_of({1, 490}, DataType::kFloat32)), "takes features"));
}

TEST(SoundFolder, RatesMustAgree) {
  const Tree tree({{"hi/a.wav", wav(16000, 1, {1})}, {"hi/b.wav", wav(8000, 1, {1})}});
  EXPECT_TRUE(contains(tree.problem(model_of({1, 2000}, DataType::kFloat32)), "b.wav: 8000 samples a second, those before have 16000"));
}

}  // namespace
}  // namespace mote::test

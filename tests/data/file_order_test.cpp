// Models whose file keeps the axes in another order (ONNX images: channels first).

#include "data/file_order.hpp"

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/graph_builder.hpp"
#include "data/convert.hpp"
#include "data/golden.hpp"
#include "data/predictions.hpp"
#include "data/samples.hpp"

namespace mote::test {
namespace {

/// 1x2x3x2 (height, width, channel) here, 1x2x2x3 (channel, height, width) in its file.
Tensor image(DataType type) {
  Tensor tensor;
  tensor.name = "image";
  tensor.type = type;
  tensor.shape = {1, 2, 3, 2};
  tensor.file_axes = {0, 3, 1, 2};
  return tensor;
}

Graph image_model() {
  GraphBuilder builder;
  builder.output(builder.node("relu", {builder.input({1, 2, 3, 2}, {}, DataType::kFloat32)}, {}, {}, DataType::kFloat32));
  Graph graph = builder.finish();
  graph.tensor(graph.inputs[0]).file_axes = {0, 3, 1, 2};
  graph.tensor(graph.outputs[0]).file_axes = {0, 3, 1, 2};
  return graph;
}

const Bytes kFile{0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15};
const Bytes kHere{0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 15};

TEST(FileOrder, ChannelsFirstBecomeChannelsLastAndBack) {
  const Tensor tensor = image(DataType::kInt8);
  EXPECT_EQ(file_shape(tensor), (Shape{1, 2, 2, 3}));
  EXPECT_EQ(from_file_order(kFile, tensor), kHere);
  EXPECT_EQ(to_file_order(kHere, tensor), kFile);
}

TEST(FileOrder, SeveralSamplesAndWiderElementsMoveWhole) {
  const Tensor tensor = image(DataType::kFloat32);
  std::vector<float> file;
  std::vector<float> here;
  for (const int sample : {100, 200}) {
    for (const std::uint8_t value : kFile) file.push_back(static_cast<float>(sample + value));
    for (const std::uint8_t value : kHere) here.push_back(static_cast<float>(sample + value));
  }
  const Bytes expected = array_of("<f4", {24}, here).bytes;
  EXPECT_EQ(convert_to(array_of("<f4", {2, 2, 2, 3}, file), tensor), expected);
  EXPECT_EQ(convert_to(array_of("<f8", {24}, std::vector<double>(file.begin(), file.end())), tensor), expected) << "flat: the file's order";
  EXPECT_EQ(convert_to(array_of("<f4", {2, 2, 3, 2}, here), tensor), expected) << "the tensor's own shape is taken as it is";
}

TEST(FileOrder, AShapeThatFitsBothIsTheFiles) {
  Tensor tensor = image(DataType::kInt8);
  tensor.shape = {1, 2, 2, 2};
  EXPECT_TRUE(is_in_file_order({5, 2, 2, 2}, tensor));
  tensor.file_axes.clear();
  EXPECT_FALSE(is_in_file_order({5, 2, 2, 2}, tensor));
}

TEST(FileOrder, EveryKindOfFileAndExpectedOutputsAreReordered) {
  const Graph graph = image_model();
  const std::vector<float> file(kFile.begin(), kFile.end());
  const Bytes here = array_of("<f4", {12}, std::vector<float>(kHere.begin(), kHere.end())).bytes;
  const NpyArray array = array_of("<f4", {1, 2, 2, 3}, file);
  EXPECT_EQ(parse_samples(npz_of({{"x", array}}), ".npz", graph).inputs[0][0], here);
  EXPECT_EQ(parse_samples(bytes_of(format_npy(array)), ".npy", graph).inputs[0][0], here);
  EXPECT_EQ(parse_samples(array.bytes, ".bin", graph).inputs[0][0], here);
  EXPECT_EQ(parse_samples(bytes_of("0,1,2,3,4,5,10,11,12,13,14,15"), ".csv", graph).inputs[0][0], here);
  const Golden golden = parse_golden(npz_of({{"a/x0", array}, {"a/y0_ort", array}}), graph, "ort");
  EXPECT_EQ(golden.steps[0].inputs[0], here);
  EXPECT_EQ(golden.steps[0].outputs[0], here);
}

TEST(FileOrder, OutputsAreShownInTheFilesOrder) {
  const Graph graph = image_model();
  const Bytes here = array_of("<f4", {12}, std::vector<float>(kHere.begin(), kHere.end())).bytes;
  EXPECT_EQ(real_values(graph, {here})[0], (std::vector<double>(kFile.begin(), kFile.end())));
  const NpyArray written = parse_npy(bytes_of(outputs_as_npy(graph, {{here}, {here}})));
  EXPECT_EQ(written.shape, (std::vector<std::int64_t>{2, 2, 2, 3}));
  EXPECT_EQ(number_at(written, 12 + 6), 10);
}

}  // namespace
}  // namespace mote::test

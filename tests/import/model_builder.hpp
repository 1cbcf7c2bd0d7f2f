#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tflite_generated.h"

namespace mote::test {

/// Writes .tflite files tensor by tensor, sound ones and others.
class ModelBuilder {
 public:
  struct Quantization {
    std::vector<float> scales;
    std::vector<std::int64_t> zero_points;
    std::int32_t axis = 0;
  };
  struct TensorOptions {
    Quantization quantization{{0.5F}, {0}, 0};
    bool variable = false;
    std::vector<std::int32_t> signature = {};
  };

  std::int32_t tensor(std::vector<std::int32_t> shape, tflite::TensorType type = tflite::TensorType_INT8) { return tensor(std::move(shape), type, TensorOptions()); }

  std::int32_t tensor(const std::vector<std::int32_t>& shape, tflite::TensorType type, const TensorOptions& options, const std::vector<std::uint8_t>& data = {}) {
    const std::string name = "t" + std::to_string(tensors_.size());
    std::uint32_t buffer = 0;
    if (!data.empty()) {
      buffers_.push_back(tflite::CreateBufferDirect(builder_, &data));
      buffer = static_cast<std::uint32_t>(buffers_.size() - 1);
    }
    const Quantization& q = options.quantization;
    const auto quantization = tflite::CreateQuantizationParametersDirect(builder_, nullptr, nullptr, q.scales.empty() ? nullptr : &q.scales,
                                                                         q.zero_points.empty() ? nullptr : &q.zero_points, tflite::QuantizationDetails_NONE, 0, q.axis);
    tensors_.push_back(tflite::CreateTensorDirect(builder_, &shape, type, buffer, name_prefix.empty() ? name.c_str() : (name_prefix + name).c_str(), quantization,
                                                  options.variable, 0, options.signature.empty() ? nullptr : &options.signature));
    return static_cast<std::int32_t>(tensors_.size() - 1);
  }

  std::int32_t constant(const std::vector<std::int32_t>& shape, tflite::TensorType type, const std::vector<std::uint8_t>& data) {
    return tensor(shape, type, TensorOptions(), data);
  }

  void op(tflite::BuiltinOperator code, const std::vector<std::int32_t>& inputs, const std::vector<std::int32_t>& outputs,
          tflite::BuiltinOptions options_type = tflite::BuiltinOptions_NONE, flatbuffers::Offset<void> options = 0) {
    codes_.push_back(tflite::CreateOperatorCodeDirect(builder_, static_cast<std::int8_t>(std::min<std::int32_t>(code, 127)), nullptr, 1, code));
    add_op(inputs, outputs, options_type, options);
  }

  void custom_op(const std::string& name, const std::vector<std::int32_t>& inputs, const std::vector<std::int32_t>& outputs,
                 const std::vector<std::uint8_t>& custom_options = {}) {
    codes_.push_back(tflite::CreateOperatorCodeDirect(builder_, tflite::BuiltinOperator_CUSTOM, name.c_str(), 1, tflite::BuiltinOperator_CUSTOM));
    add_op(inputs, outputs, tflite::BuiltinOptions_NONE, 0, custom_options);
  }

  flatbuffers::FlatBufferBuilder& flat() { return builder_; }

  std::vector<std::uint8_t> finish(const std::vector<std::int32_t>& inputs, const std::vector<std::int32_t>& outputs) {
    const auto subgraph = tflite::CreateSubGraphDirect(builder_, &tensors_, &inputs, &outputs, without_operators ? nullptr : &operators_, "main");
    const std::vector<flatbuffers::Offset<tflite::SubGraph>> subgraphs(subgraph_count, subgraph);
    tflite::FinishModelBuffer(builder_, tflite::CreateModelDirect(builder_, version, &codes_, &subgraphs, "made by a test", &buffers_));
    return {builder_.GetBufferPointer(), builder_.GetBufferPointer() + builder_.GetSize()};
  }

  std::uint32_t version = 3;
  std::size_t subgraph_count = 1;
  bool without_operators = false;
  std::string name_prefix;

 private:
  void add_op(const std::vector<std::int32_t>& inputs, const std::vector<std::int32_t>& outputs, tflite::BuiltinOptions options_type, flatbuffers::Offset<void> options,
              const std::vector<std::uint8_t>& custom_options = {}) {
    operators_.push_back(tflite::CreateOperatorDirect(builder_, static_cast<std::uint32_t>(codes_.size() - 1), &inputs, &outputs, options_type, options,
                                                      custom_options.empty() ? nullptr : &custom_options));
  }

  flatbuffers::FlatBufferBuilder builder_;
  std::vector<flatbuffers::Offset<tflite::Buffer>> buffers_{tflite::CreateBuffer(builder_)};
  std::vector<flatbuffers::Offset<tflite::Tensor>> tensors_;
  std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes_;
  std::vector<flatbuffers::Offset<tflite::Operator>> operators_;
};

}  // namespace mote::test

// REDUCE_MAX over any set of axes: the largest value.
// Source: TensorFlow Lite REDUCE_MAX.

#include "ops/reduce.hpp"

namespace mote {

namespace {

class ReduceMax : public PlainReduceOperator<ReduceMax> {
 public:
  static constexpr std::string_view kName = "reduce_max";
  static constexpr std::initializer_list<DataType> kTypes = {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64};

  template <typename T>
  static T combine(T a, T b) {
    return std::max(a, b);
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(ReduceMax, reduce_max)

}  // namespace mote

// REDUCE_MIN over any set of axes: the smallest value.
// Source: TensorFlow Lite REDUCE_MIN.

#include "ops/reduce.hpp"

namespace mote {

namespace {

class ReduceMin : public PlainReduceOperator<ReduceMin> {
 public:
  static constexpr std::string_view kName = "reduce_min";
  static constexpr std::initializer_list<DataType> kTypes = {DataType::kFloat32, DataType::kInt8, DataType::kInt16, DataType::kInt32, DataType::kInt64};

  template <typename T>
  static T combine(T a, T b) {
    return std::min(a, b);
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(ReduceMin, reduce_min)

}  // namespace mote

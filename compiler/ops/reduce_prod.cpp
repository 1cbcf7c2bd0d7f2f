// REDUCE_PROD over any set of axes: the product; int32 and int64 wrap.
// Source: TensorFlow Lite REDUCE_PROD.

#include "ops/reduce.hpp"

namespace mote {

namespace {

class ReduceProd : public PlainReduceOperator<ReduceProd> {
 public:
  static constexpr std::string_view kName = "reduce_prod";
  static constexpr std::initializer_list<DataType> kTypes = {DataType::kFloat32, DataType::kInt32, DataType::kInt64};

  template <typename T>
  static T combine(T a, T b) {
    if constexpr (std::is_same_v<T, std::int32_t> || std::is_same_v<T, std::int64_t>) {
      return wrap_multiply(a, b);
    } else {
      return static_cast<T>(a * b);
    }
  }
};

}  // namespace

MOTE_DEFINE_OPERATOR(ReduceProd, reduce_prod)

}  // namespace mote

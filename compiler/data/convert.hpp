#pragma once

#include "graph/graph.hpp"
#include "ops/evaluate.hpp"
#include "support/npy.hpp"

namespace mote {

/// An array's elements as the stored values of `tensor`: the same type as they are; floating point into a quantized tensor by its
/// scale and zero point; integers into another integer type when each fits, into float32 as numbers. Error otherwise. Whole
/// multiples of the tensor's elements are converted one after another, and brought from the file's order of axes into the tensor's
/// (see is_in_file_order).
Bytes convert_to(const NpyArray& array, const Tensor& tensor);

/// An array of the tensor's type over bytes; shape as given.
NpyArray to_array(const Tensor& tensor, std::vector<std::int64_t> shape, Bytes bytes);

/// Element `i` of the array as a number; Error for text.
double number_at(const NpyArray& array, std::int64_t i);

/// The strings of an array of type "<U..": NumPy's fixed-width UTF-32.
std::vector<std::string> strings_of(const NpyArray& array);

}  // namespace mote

#pragma once

#include "graph/graph.hpp"

namespace mote {

/// Float operators between DEQUANTIZE and QUANTIZE, as ONNX writes quantized models, become operators on int8 with the scales that
/// stand around them; each says by itself which scales it can have (Operator::quantization), and where its neighbours have others, a
/// QUANTIZE from int8 to int8 stands between. Float layers whose weights a DEQUANTIZE makes of int8 keep them in int8. Constants
/// behind any other DEQUANTIZE become float32. Answers may change by the rounding of a step where operators are fused.
bool fuse_quantized(Graph& graph);

}  // namespace mote

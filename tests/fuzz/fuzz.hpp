#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "graph/print.hpp"
#include "ops/define.hpp"
#include "support/error.hpp"

namespace mote::fuzz {

/// A parser's whole contract: it takes the bytes or throws an Error. Anything else ends the fuzzer.
template <typename Body>
int attempt(Body&& body) {
  try {
    body();
  } catch (const Error&) {
  }
  return 0;
}

inline std::string_view text_of(std::span<const std::uint8_t> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// One quantized input and one output, for parsers that need a model.
inline const Graph& quantized_model() {
  static const Graph graph = parse_graph(R"(graph "quantized"
tensor %0 int8 1x4 "in" scale=[0.5] zero_point=[3]
tensor %1 int8 1x4 "out" scale=[0.5] zero_point=[3]
inputs (%0)
node relu "relu" (%0) -> (%1)
outputs (%1)
)", make_operator);
  return graph;
}

/// An input of each other kind.
inline const Graph& mixed_model() {
  static const Graph graph = parse_graph(R"(graph "mixed"
tensor %0 float32 1x4 "real"
tensor %1 int64 1x2 "wide"
tensor %2 float32 1x4 "out"
inputs (%0 %1)
node relu "relu" (%0) -> (%2)
outputs (%2)
)", make_operator);
  return graph;
}

}  // namespace mote::fuzz

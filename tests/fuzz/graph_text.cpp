// The text form of a graph: what can be read prints to something that reads back the same.

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kNoLimit = std::size_t{1} << 40;
  return mote::fuzz::attempt([&] {
    const mote::Graph graph = mote::parse_graph(mote::fuzz::text_of({data, size}), mote::make_operator);
    const std::string text = mote::print_graph(graph, kNoLimit);
    try {
      MOTE_CHECK(mote::print_graph(mote::parse_graph(text, mote::make_operator), kNoLimit) == text);
    } catch (const mote::Error& error) {
      throw mote::InternalError(error.what(), __FILE__, __LINE__);
    }
  });
}

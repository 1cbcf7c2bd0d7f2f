#include <gtest/gtest.h>

#include "common/errors.hpp"
#include "common/graph_builder.hpp"
#include "common/random_graph.hpp"
#include "graph/print.hpp"

namespace mote::test {
namespace {

constexpr std::string_view kConvolution = R"(graph "two layers"
tensor %0 int8 1x4x4x1 "in" scale=[0.5] zero_point=[3]
tensor %1 int8 2x3x3x1 "weights" scale=[0.1,0.25] zero_point=[0,0] constant=0102030405060708090afffefdfcfbfaf9f8
tensor %2 int32 2 "bias" scale=[0.05,0.125] zero_point=[0,0] constant=01000000ffffffff
tensor %3 int8 1x2x2x2 "convolved" scale=[1] zero_point=[-5]
tensor %4 int8 1x8 "flat" scale=[1] zero_point=[-5]
inputs (%0)
node conv_2d "conv" (%0 %1 %2) -> (%3) padding=same stride_h=2 stride_w=2 dilation_h=1 dilation_w=1 activation=relu
node reshape "reshape" (%3) -> (%4) new_shape=[1,8]
outputs (%4)
)";

TEST(PrintGraph, GivesBackTheTextItWasReadFrom) { EXPECT_EQ(print_graph(graph_of(kConvolution)), kConvolution); }

TEST(PrintGraph, EveryKindOfAttributeAndTensorSurvives) {
  constexpr std::string_view text = R"(graph "kinds"
tensor %0 int8 1x6x6x2 "a \x22quoted\x22 back\x5cslash\x0anew line" scale=[0.5] zero_point=[0]
tensor %1 int8 1x3x3x2 "depthwise" scale=[0.1,0.2] zero_point=[0,0] axis=3 constant=010203040506070809000102030405060708
tensor %2 int8 1x7x5x2 "out" scale=[0.5] zero_point=[-128]
tensor %3 float32 scalar "scalar" constant=0000803f
tensor %4 int8 1x4 "kept" scale=[0.25] zero_point=[1] state lasting
tensor %5 int8 1x70 "flat" scale=[0.5] zero_point=[-128]
tensor %6 int8 1x70 "soft" scale=[0.00390625] zero_point=[-128]
inputs (%0)
node depthwise_conv_2d "" (%0 %1 -) -> (%2) padding=2,1,1,0 stride_h=1 stride_w=1 dilation_h=1 dilation_w=1 activation=relu6
node reshape "r" (%2) -> (%5) new_shape=[-1,70]
node softmax "s" (%5) -> (%6) beta=0.1
outputs (%6 %2)
)";
  EXPECT_EQ(print_graph(graph_of(text)), text);
}

TEST(PrintGraph, RandomGraphsSurvive) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    const std::string text = print_graph(random_graph(seed), 1 << 20);
    ASSERT_EQ(print_graph(graph_of(text), 1 << 20), text);
  }
}

TEST(PrintGraph, LargeConstantsAreShownByLengthAndHash) {
  GraphBuilder builder;
  const TensorId in = builder.input({1, 8});
  builder.output(builder.node("fully_connected", {in, builder.constant<std::int8_t>({16, 8}, std::vector<std::int8_t>(128, 1), quantized(0.1F)), kNoTensor}));
  const std::string text = print_graph(builder.finish());
  EXPECT_TRUE(contains(text, "constant=128_bytes_"));
  EXPECT_TRUE(contains(error_of([&] { graph_of(text); }), "line 3: a constant's bytes are missing or cut"));
}

struct BadText {
  const char* name;
  const char* text;
  const char* message;
};

std::ostream& operator<<(std::ostream& out, const BadText& each) { return out << each.name; }

class ParseErrors : public testing::TestWithParam<BadText> {};

TEST_P(ParseErrors, NameLineAndReason) {
  const std::string message = error_of([] { graph_of(GetParam().text); });
  EXPECT_TRUE(contains(message, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Each, ParseErrors,
    testing::Values(BadText{"unknown_line", "graph \"g\"\n\nnonsense", "line 3: 'nonsense' is not understood"},
                    BadText{"unknown_type", "tensor %0 int7 1 \"x\"", "line 1: 'int7' is no type"},
                    BadText{"empty_extent", "tensor %0 int8 1x0 \"x\"", "'1x0' is no shape"},
                    BadText{"huge_shape", "tensor %0 int8 65536x65536 \"x\"", "'65536x65536' is no shape"},
                    BadText{"broken_extent", "tensor %0 int8 4y \"x\"", "'4y' is no integer"},
                    BadText{"order", "tensor %1 int8 1 \"x\"", "tensors are out of order"},
                    BadText{"open_name", "tensor %0 int8 1 \"x", "closing quote is missing"},
                    BadText{"bad_escape", "tensor %0 int8 1 \"\\n\"", "bad escape"},
                    BadText{"unknown_mark", "tensor %0 int8 1 \"x\" stat", "'stat' is not understood"},
                    BadText{"cut_constant", "tensor %0 int8 2 \"x\" constant=01", "bytes are missing or cut"},
                    BadText{"bad_hex", "tensor %0 int8 2 \"x\" constant=01-1", "'-1' is no"},
                    BadText{"bad_scale", "tensor %0 int8 1 \"x\" scale=0.5", "'0.5' is no list"},
                    BadText{"unknown_operator", "node transmogrify \"n\" () -> ()", "'transmogrify' is no operator"},
                    BadText{"no_arrow", "node relu \"n\" (%0) (%1)", "'->' is missing"},
                    BadText{"open_list", "inputs (%0", "closing bracket is missing"},
                    BadText{"no_tensor", "inputs (0)", "'0' is no tensor"},
                    BadText{"missing_attribute", "tensor %0 int8 1 \"x\" scale=[1] zero_point=[0]\nnode softmax \"n\" (%0) -> (%0)", "line 2: a word is missing"},
                    BadText{"wrong_attribute", "node softmax \"n\" (%0) -> (%0) gamma=1", "attribute 'beta' is missing"},
                    BadText{"bad_activation", "node add \"n\" (%0) -> (%0) activation=gelu", "'gelu' is no activation"},
                    BadText{"bad_padding", "node conv_2d \"n\" (%0) -> (%0) padding=1,2", "'1,2' is no padding"},
                    BadText{"left_over", "node relu \"n\" (%0) -> (%0) beta=1", "'beta=1' is not understood"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace mote::test

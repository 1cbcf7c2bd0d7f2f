#include "report/arena_chart.hpp"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>

#include "common/graph_builder.hpp"
#include "common/random_graph.hpp"
#include "report/svg.hpp"

namespace mote::test {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// Whether every tag is closed, in order, and no text between them needs escaping.
testing::AssertionResult is_well_formed(const std::string& svg) {
  std::vector<std::string> open;
  for (std::size_t at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const std::size_t end = svg.find('>', at);
    if (end == std::string::npos || svg.substr(at + 1, end - at - 1).find('<') != std::string::npos)
      return testing::AssertionFailure() << "a tag that does not end: " << svg.substr(at, 80);
    const std::string tag = svg.substr(at + 1, end - at - 1);
    if (count(tag, "\"") % 2 != 0) return testing::AssertionFailure() << "odd quotes: " << tag;
    const std::string name = tag.substr(0, tag.find_first_of(" /", 1));
    if (tag[0] == '/') {
      if (open.empty() || "/" + open.back() != tag) return testing::AssertionFailure() << tag << " closes nothing";
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
    }
  }
  return open.empty() ? testing::AssertionSuccess() : testing::AssertionFailure() << open.back() << " is never closed";
}

TEST(ArenaChart, HasARectangleWithATooltipForEachBuffer) {
  for (std::uint32_t seed = 900; seed < 930; ++seed) {
    const Plan plan = make_plan(random_graph(seed), find_target("cortex-m4"));
    const std::string svg = arena_svg(plan);
    EXPECT_TRUE(is_well_formed(svg)) << "seed " << seed;
    EXPECT_EQ(count(svg, "<title>"), plan.memory.buffers.size() + plan.regions.size()) << "seed " << seed;
    EXPECT_EQ(svg, arena_svg(plan));
  }
}

Plan small_plan() {
  GraphBuilder builder("small<&>");
  const TensorId x = builder.input({1, 64});
  const TensorId a = builder.node("relu", {x}, {}, quantized(0.5F));
  const TensorId w = builder.constant(Shape{300, 64}, std::vector<std::int8_t>(300 * 64, 3), quantized(0.01F));
  builder.output(builder.node("fully_connected", {a, w}));
  return make_plan(builder.finish(), find_target("cortex-m4"));
}

TEST(ArenaChart, MarksPeakBoundAndBudget) {
  const Plan plan = small_plan();
  const std::string svg = arena_svg(plan, plan.memory.arena_bytes - 20);
  EXPECT_NE(svg.find(fmt::format("arena {}<", plan.memory.arena_bytes)), std::string::npos);
  EXPECT_NE(svg.find(fmt::format("lower bound {}<", plan.memory.lower_bound_bytes)), std::string::npos);
  EXPECT_NE(svg.find(fmt::format("budget {}<", plan.memory.arena_bytes - 20)), std::string::npos);
  const std::string peak = plan.graph.nodes[static_cast<std::size_t>(plan.memory.peak_node)].name;
  EXPECT_NE(svg.find(">" + peak + "<"), std::string::npos);
  EXPECT_NE(svg.find(fmt::format("peak {}<", plan.memory.live_bytes[static_cast<std::size_t>(plan.memory.peak_node)])),
            std::string::npos);
  EXPECT_NE(svg.find("small&lt;&amp;&gt; on cortex-m4"), std::string::npos);
  EXPECT_EQ(arena_svg(plan).find("budget"), std::string::npos);
}

TEST(ArenaChart, ThinsNamesOfManyLayers) {
  GraphBuilder builder("long");
  TensorId x = builder.input({1, 64});
  for (int i = 0; i < 100; ++i) x = builder.node("logistic", {x}, {}, quantized(1.0F / 256, -128));
  builder.output(x);
  const std::string svg = arena_svg(make_plan(builder.finish(), find_target("cortex-m4")));
  EXPECT_LE(count(svg, "rotate(-55"), 100U);
  EXPECT_GE(count(svg, "rotate(-55"), 20U);
  EXPECT_TRUE(is_well_formed(svg));
}

TEST(Svg, TextIsEscapedAndIsUtf8) {
  EXPECT_EQ(escaped("a<b>&\"c\"\n"), "a&lt;b&gt;&amp;&quot;c&quot; ");
  EXPECT_EQ(escaped("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(escaped("caf\xE9 \xFF"), "caf\xEF\xBF\xBD \xEF\xBF\xBD");
  EXPECT_EQ(escaped("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace mote::test

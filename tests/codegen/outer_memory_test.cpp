// Memory outside of the model object: spread over several memories, and one arena for several models.

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "codegen/compile_library.hpp"
#include "codegen/shared_arena.hpp"
#include "common/arena_check.hpp"
#include "common/errors.hpp"
#include "common/random_graph.hpp"
#include "emulate/emulator.hpp"
#include "emulate/run_model.hpp"
#include "memory/outer_memory.hpp"
#include "select/spread.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

Plan plan_of(const Graph& graph, std::string_view target) { return make_plan(graph, find_target(target)); }

/// The memory requests that the plan was made with.
std::vector<NodeMemory> requests(const Plan& plan) {
  std::vector<NodeMemory> list(plan.graph.nodes.size());
  for (std::size_t i = 0; i < list.size(); ++i)
    list[i].aliases = plan.graph.nodes[i].op->aliases(NodeView(plan.graph, plan.graph.nodes[i]));
  for (const Step& step : plan.steps) {
    list[step.node].scratch_bytes = step.call.scratch_bytes;
    list[step.node].in_place = step.call.in_place;
    list[step.node].overlaps = step.call.overlaps;
  }
  return list;
}

/// Half of what is needed in the faster memory, all in the slower.
std::vector<GivenMemory> two_memories(const Plan& plan) {
  return {{"dtcm", std::max<std::int64_t>(plan.memory.arena_bytes / 2, 8), 1}, {"sram", 4 * plan.memory.arena_bytes + 64, 3}};
}

void expect_within_memories(const Plan& plan) {
  for (const PlacedBuffer& buffer : plan.memory.buffers) {
    const bool inside = std::any_of(plan.memory.outer.begin(), plan.memory.outer.end(), [&](const OuterMemory& memory) {
      return buffer.offset >= memory.begin && buffer.offset + buffer.bytes <= memory.begin + memory.bytes;
    });
    ASSERT_TRUE(inside || buffer.offset + buffer.bytes <= plan.memory.own_bytes());
    for (const TensorId id : buffer.tensors) {
      ASSERT_TRUE(!plan.graph.tensor(id).is_state || buffer.offset < plan.memory.own_bytes());
    }
  }
}

TEST(OuterMemory, LosesNothingThatIsStillNeeded) {
  int several = 0;
  for (std::uint32_t seed = 0; seed < 25; ++seed) {
    SCOPED_TRACE(seed);
    const Plan plan = plan_of(random_graph(seed), "cortex-m4");
    Plan out = plan;
    move_out(out.memory, out.graph, "arena");
    ASSERT_EQ(arena_fault(out.graph, requests(out), out.memory, out.regions), "");
    ASSERT_LE(out.memory.outer[0].bytes, plan.memory.arena_bytes);
    expect_within_memories(out);
    Plan spread = plan;
    spread_over(spread, two_memories(plan));
    ASSERT_EQ(arena_fault(spread.graph, requests(spread), spread.memory, spread.regions), "");
    expect_within_memories(spread);
    several += spread.memory.outer.size() > 1 ? 1 : 0;
  }
  EXPECT_GT(several, 10);
}

TEST(OuterMemory, TooSmallIsRefused) {
  Plan plan = plan_of(random_graph(3), "cortex-m4");
  const std::string message = error_of([&] { spread_over(plan, {{"dtcm", 4, 1}, {"sram", 8, 2}}); });
  EXPECT_NE(message.find("does not fit its memories"), std::string::npos) << message;
  EXPECT_TRUE(plan.memory.outer.empty());
}

TEST(GivenMemories, AreReadWithSizesOrFromABoard) {
  const auto two = parse_memories("dtcm=64K,sram=1M");
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].name, "dtcm");
  EXPECT_EQ(two[0].bytes, 64 * 1024);
  EXPECT_EQ(two[1].bytes, 1024 * 1024);
  EXPECT_LT(two[0].access_cost, two[1].access_cost);
  const std::vector<BoardMemory> board{{"dtcm", MemoryKind::kTcm, 65536, {}, 1},
                                       {"sram", MemoryKind::kSram, 262144, {}, 2.5},
                                       {"flash", MemoryKind::kFlash, 1 << 20, {}, {}}};
  const auto known = parse_memories("sram=4096,dtcm", board);
  EXPECT_EQ(known[0].access_cost, 2.5);
  EXPECT_EQ(known[1].bytes, 65536);
  for (const char* wrong :
       {"", "dtcm", "dtcm=", "dtcm=0", "dtcm=9Q", "DTCM=4K", "a__b=4K", "dtcm=4K,", "dtcm=4K,dtcm=8K", "dtcm=99999999999M"}) {
    EXPECT_NE(error_of([&] { parse_memories(wrong); }), "") << wrong;
  }
  EXPECT_NE(error_of([&] { parse_memories("flash", board); }), "");
  EXPECT_NE(error_of([&] { parse_memories("dtcm=65K", board); }), "");
}

/// Runs of the library against the reference.
void expect_reference_outputs(const Plan& plan, std::uint32_t seed) {
  Random random(seed);
  std::vector<Inference> inferences(3);
  for (std::size_t i = 0; i < inferences.size(); ++i) inferences[i] = {random_inputs(plan.graph, random), i == 0, {}};
  Evaluator evaluator(plan.graph);
  const RunResult result = run_model(plan, inferences, false);
  for (std::size_t i = 0; i < inferences.size(); ++i) ASSERT_EQ(result.outputs[i], evaluator.run(inferences[i].inputs));
}

TEST(OuterMemory, GivesTheReferencesBits) {
  for (const char* target : {"host", "cortex-m4"}) {
    SCOPED_TRACE(target);
    Plan plan = plan_of(random_graph(11), target);
    spread_over(plan, two_memories(plan));
    expect_reference_outputs(plan, 11);
  }
}

/// Two libraries that share an arena, as one model: a run runs the first, then the second, then the first again, each time on its
/// inputs.
std::string write_pair(const Plan& a, const Plan& b, bool together) {
  const auto bytes = [](const Plan& plan, const std::vector<TensorId>& ids) {
    std::vector<std::int64_t> list;
    for (const TensorId id : ids) list.push_back(plan.graph.tensor(id).bytes());
    return list;
  };
  std::string inputs, outputs, input_bytes, output_bytes, steps, run_first, run_second;
  const auto add_model = [&](const Plan& plan, std::string_view name, std::string& run) {
    run += fmt::format("    {0}_.attach(arena_.{1}{0});\n", name, together ? "together0." : "");
    const auto in = bytes(plan, plan.graph.inputs), out = bytes(plan, plan.graph.outputs);
    for (std::size_t i = 0; i < in.size(); ++i) {
      inputs += fmt::format("  uint8_t {}_in{}_[{}] = {{}};\n", name, i, in[i]);
      run += fmt::format("    memcpy({0}_.input_data({1}), {0}_in{1}_, {2});\n", name, i, in[i]);
    }
    run += fmt::format("    {}_.run();\n", name);
    for (std::size_t i = 0; i < out.size(); ++i) {
      outputs += fmt::format("  uint8_t {}_out{}_[{}] = {{}};\n", name, i, out[i]);
      run += fmt::format("    memcpy({0}_out{1}_, {0}_.output_data({1}), {2});\n", name, i, out[i]);
    }
  };
  add_model(a, "first", run_first);
  add_model(b, "second", run_second);
  const auto list = [&](std::string_view kind, std::size_t first, std::size_t second) {
    std::string text;
    for (std::size_t i = 0; i < first; ++i) text += fmt::format("first_{}{}_, ", kind, i);
    for (std::size_t i = 0; i < second; ++i) text += fmt::format("second_{}{}_, ", kind, i);
    return text;
  };
  const auto sizes = [&](const std::vector<TensorId>& first, const std::vector<TensorId>& second) {
    auto all = bytes(a, first);
    const auto rest = bytes(b, second);
    all.insert(all.end(), rest.begin(), rest.end());
    return fmt::format("{}", fmt::join(all, ", "));
  };
  return fmt::format(
      "#pragma once\n#include <string.h>\n#include \"arena.hpp\"\n\nnamespace pair {{\n"
      "inline constexpr int kInputCount = {0}, kOutputCount = {1};\n"
      "inline constexpr size_t kInputBytes[] = {{{2}}};\ninline constexpr size_t kOutputBytes[] = {{{3}}};\n"
      "class Model {{\n public:\n"
      "  void* input_data(int i) noexcept {{\n    void* const places[] = {{{4}}};\n    return places[i];\n  }}\n"
      "  const void* output_data(int i) const noexcept {{\n    const void* const places[] = {{{5}}};\n    return places[i];\n  "
      "}}\n"
      "  void run() noexcept {{\n{6}{7}{6}  }}\n"
      "  void reset() noexcept {{\n    first_.reset();\n    second_.reset();\n  }}\n  void restart() noexcept {{}}\n"
      " private:\n{8}{9}  SharedArena arena_ = {{}};\n  first::Model first_;\n  second::Model second_;\n}};\n}}  // namespace "
      "pair\n",
      a.graph.inputs.size() + b.graph.inputs.size(), a.graph.outputs.size() + b.graph.outputs.size(),
      sizes(a.graph.inputs, b.graph.inputs), sizes(a.graph.outputs, b.graph.outputs),
      list("in", a.graph.inputs.size(), b.graph.inputs.size()), list("out", a.graph.outputs.size(), b.graph.outputs.size()),
      run_first, run_second, inputs, outputs);
}

/// A graph of the seed on, one that keeps state or none.
Graph graph_with(std::uint32_t seed, bool state) {
  for (;; ++seed) {
    Graph graph = random_graph(seed);
    if (graph.nodes.size() > 5 &&
        state == std::any_of(graph.tensors.begin(), graph.tensors.end(), [](const Tensor& tensor) { return tensor.is_state; }))
      return graph;
  }
}

std::vector<std::uint8_t> joined(const std::vector<Bytes>& parts) {
  std::vector<std::uint8_t> all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

class SharedArenas : public testing::TestWithParam<std::tuple<std::string, bool>> {};

TEST_P(SharedArenas, GiveWhatTheModelsGiveAlone) {
  const auto& [target, together] = GetParam();
  if (target != "host") MOTE_NEEDS("qemu-system-arm");
  Plan first = plan_of(graph_with(20, false), target), second = plan_of(graph_with(40, true), target);
  move_out(first.memory, first.graph, "arena");
  move_out(second.memory, second.graph, "arena");
  ASSERT_GT(second.memory.own_bytes(), 0);
  std::vector<std::vector<std::string>> groups;
  if (together) groups.push_back({"first", "second"});
  FileSet files = generate_shared({{"first", &first}, {"second", &second}}, groups);
  files["pair.hpp"] = write_pair(first, second, together);
  files["pair.cpp"] = "#include \"pair.hpp\"\n#include \"first.cpp\"\n#include \"second.cpp\"\n";
  const TemporaryDirectory directory;
  write_files(directory.path(), files);

  EmulationJob job;
  job.source_dir = directory.path();
  job.model_name = "pair";
  job.keeps_state = true;
  Random random(1);
  Evaluator alone_first(first.graph), alone_second(second.graph);
  std::vector<Bytes> expected;
  for (int i = 0; i < 4; ++i) {
    const auto a = random_inputs(first.graph, random), b = random_inputs(second.graph, random);
    Bytes given = joined(a), wanted = joined(alone_first.run(a));
    const Bytes more = joined(b), rest = joined(alone_second.run(b));
    given.insert(given.end(), more.begin(), more.end());
    wanted.insert(wanted.end(), rest.begin(), rest.end());
    job.samples.push_back({i == 0, given, {}});
    expected.push_back(wanted);
  }
  for (const Plan* plan : {&first, &second}) {
    for (const TensorId id : plan->graph.inputs)
      job.input_bytes.push_back(static_cast<std::size_t>(plan->graph.tensor(id).bytes()));
    for (const TensorId id : plan->graph.outputs)
      job.output_bytes.push_back(static_cast<std::size_t>(plan->graph.tensor(id).bytes()));
  }
  EXPECT_EQ(emulate(find_target(target), job).outputs, expected);
}

INSTANTIATE_TEST_SUITE_P(Boards, SharedArenas, testing::Combine(testing::Values("host", "cortex-m4"), testing::Bool()),
                         [](const auto& info) {
                           return std::string(std::get<0>(info.param) == "host" ? "host" : "cortex_m4") +
                                  (std::get<1>(info.param) ? "_together" : "_in_turn");
                         });

TEST(SharedArena, IsAsLargeAsWhatIsInItAtOnce) {
  std::vector<Plan> plans;
  for (const std::uint32_t seed : {1U, 2U, 3U}) plans.push_back(plan_of(random_graph(seed), "cortex-m4"));
  std::vector<std::int64_t> bytes;
  for (Plan& plan : plans) {
    move_out(plan.memory, plan.graph, "arena");
    bytes.push_back((plan.memory.outer[0].bytes + 15) / 16 * 16);
  }
  const std::vector<ArenaUser> users{{"a", &plans[0]}, {"b", &plans[1]}, {"c", &plans[2]}};
  EXPECT_EQ(shared_arena_bytes(users, {}), std::max({bytes[0], bytes[1], bytes[2]}));
  EXPECT_EQ(shared_arena_bytes(users, {{"a", "c"}}), std::max(bytes[0] + bytes[2], bytes[1]));
  EXPECT_EQ(shared_arena_bytes(users, {{"a", "b", "c"}}), bytes[0] + bytes[1] + bytes[2]);
  EXPECT_NE(error_of([&] { generate_shared(users, {{"a", "d"}}); }), "");
  EXPECT_NE(error_of([&] { generate_shared(users, {{"a", "b"}, {"b", "c"}}); }), "");
  EXPECT_NE(error_of([&] { generate_shared({{"a", &plans[0]}, {"a", &plans[1]}}, {}); }), "");
}

/// A C firmware with both models in one arena, and every warning that generated code must not raise.
TEST(SharedArena, IsForCToo) {
  MOTE_NEEDS("gcc");
  Plan first = plan_of(graph_with(20, false), "cortex-m0plus"), second = plan_of(graph_with(40, true), "cortex-m0plus");
  move_out(first.memory, first.graph, "arena");
  move_out(second.memory, second.graph, "arena");
  FileSet files = generate_shared({{"first", &first}, {"second", &second}}, {});
  files["main.c"] =
      "#include \"arena.h\"\nstatic shared_arena arena;\nstatic first_model a;\nstatic second_model b;\nint main(void) {\n"
      "  first_attach(&a, &arena.first);\n  second_attach(&b, &arena.second);\n  first_run(&a);\n  second_run(&b);\n"
      "  return first_output0(&a) == 0 || second_output0(&b) == 0;\n}\n";
  files["main.cpp"] =
      "#include \"arena.hpp\"\nstatic SharedArena arena;\nstatic first::Model a(arena.first);\nint main() { a.run(); }\n";
  const TemporaryDirectory directory;
  write_files(directory.path(), files);
  for (const char* file : {"first", "second", "main"})
    ASSERT_EQ(run_in(directory.path(),
                     concat({{"g++"}, kStrict, {"-I.", "-c", std::string(file) + ".cpp", "-o", std::string(file) + ".o"}})),
              "");
  ASSERT_EQ(run_in(directory.path(),
                   {"gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I.", "-c", "main.c", "-o", "c_main.o"}),
            "");
  ASSERT_EQ(run_in(directory.path(), {"g++", "c_main.o", "first.o", "second.o", "-o", "program"}), "");
  EXPECT_EQ(run_in(directory.path(), {(directory.path() / "program").string()}), "");
}

}  // namespace
}  // namespace mote::test

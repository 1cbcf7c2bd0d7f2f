#include "codegen/write_source.hpp"

#include <map>
#include <set>

#include <fmt/ranges.h>

#include "codegen/tables.hpp"
#include "codegen/write_c_header.hpp"
#include "codegen/write_call.hpp"
#include "codegen/write_header.hpp"
#include "codegen/write_rows.hpp"
#include "codegen/write_state.hpp"
#include "support/version.hpp"

namespace mote {

namespace {

/// Descriptors by layer; a layer whose constants another has already is an alias of it.
class Specs {
 public:
  void add(const KernelCall& call, std::size_t layer) {
    const std::string body = spec_text(call);
    const auto [found, is_new] = first_.try_emplace(body, layer);
    text_ +=
        is_new ? fmt::format("struct L{} {{\n{}}};\n", layer, body) : fmt::format("using L{} = L{};\n", layer, found->second);
  }
  const std::string& text() const { return text_; }

 private:
  std::map<std::string, std::size_t> first_;
  std::string text_;
};

}  // namespace

std::string write_source(const Plan& plan, const std::string& name) {
  Tables tables;
  Specs specs;
  std::string run, fed, descriptors;
  std::set<std::string> headers{"kernel"};
  if (lasting_bytes(plan) > 0) headers.insert("lasting");
  std::int64_t stack_scratch = 0;
  for (const Step& step : plan.steps) {
    specs.add(step.call, step.node);
    for (const std::string& header : step.call.headers()) headers.insert(header);
    if (plan.memory.scratch_offsets[step.node] == MemoryPlan::kOnStack)
      stack_scratch = std::max(stack_scratch, step.call.scratch_bytes);
  }
  for (std::size_t i = 0; i < plan.graph.nodes.size(); ++i) {
    if (const RowRegion* region = region_at(plan, i)) {
      headers.insert("rows");
      descriptors += row_descriptors(plan, *region);
      (region->fed ? fed : run) += region->fed ? write_fed_region(plan, *region, tables) : write_region(plan, *region, tables);
      i = region->last_node();
    } else if (const Step* step = plan.step_of(i)) {
      run += "  " + write_call(plan, *step, tables);
    }
  }
  std::string text = fmt::format("// Model '{}', compiled by mote {}. Generated: change the model, not this file.\n",
                                 printable(plan.graph.name), version());
  if (const auto files = plan.library_sources(); !files.empty()) {
    text +=
        "// Calls CMSIS-NN 4.0.0: its Include and CMSIS-Core's must be include directories, and these files of its Source "
        "built:\n";
    for (const std::string& file : files) text += fmt::format("//   {}\n", file);
  }
  text +=
      "#if defined(__GNUC__) && !defined(__clang__)\n"
      "#pragma GCC optimize(\"O2\", \"no-strict-aliasing\")  // the arena holds values of several types, whatever flags the "
      "firmware is built with\n"
      "#elif defined(__clang__)\n"
      "#pragma clang diagnostic ignored \"-Wunused-const-variable\"  // descriptors state more than some kernels ask for\n"
      "#endif\n\n";
  text += fmt::format("#include \"{}.hpp\"\n#include \"{}.h\"\n\n", name, name);
  for (const std::string& header : headers) text += fmt::format("#include \"mote/{}.hpp\"\n", header);
  const bool stateful = has_state(plan.graph);
  const std::string state_functions = define_state_functions(plan, tables);
  text += fmt::format("\nnamespace {} {{\n\nnamespace {{\n\n", name);
  text += tables.text() + "\n" + specs.text() + descriptors + "\n}  // namespace\n\n";
  const std::string scratch = stack_scratch > 0 ? fmt::format("  alignas(8) uint8_t scratch[{}];\n", stack_scratch) : "";
  const std::string begin = (stateful ? "  if (!started_) reset();\n" : "") + scratch;
  if (fed_region(plan) != nullptr) {
    text += fmt::format("bool Model::feed_row(const Input0::Value* row) noexcept {{\n{}{}{}  return true;\n}}\n\n", begin, fed, run);
  } else {
    text += fmt::format("void Model::run() noexcept {{\n{}{}}}\n\n", begin, run);
  }
  text += state_functions;
  text += fmt::format("}}  // namespace {}\n\n", name);
  return text + write_c_functions(plan, name);
}

}  // namespace mote

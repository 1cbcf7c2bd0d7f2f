#include "codegen/write_rows.hpp"

#include <algorithm>

#include "codegen/write_call.hpp"
#include "codegen/write_header.hpp"

namespace mote {

namespace {

std::string descriptor_name(const RowRegion& region, const RowTensor& tensor) { return fmt::format("T{}_{}", region.first_node(), tensor.id); }

/// Names of one region's things in generated code.
class Writer {
 public:
  Writer(const Plan& plan, const RowRegion& region, Tables& tables) : plan_(plan), region_(region), tables_(tables) {}

  /// The body of a loop: the last stage whose inputs have what it needs makes its next rows.
  std::string stages(std::string_view indent) const {
    std::string text;
    for (auto stage = region_.stages.rbegin(); stage != region_.stages.rend(); ++stage) text += write(*stage, indent);
    return text;
  }

  std::string state(std::size_t tensor) const { return region_.fed ? fmt::format("rows_[{}]", tensor) : fmt::format("t{}", region_.tensors[tensor].id); }
  std::string type(std::size_t tensor) const { return descriptor_name(region_, region_.tensors[tensor]); }

  /// Where the tensor's rows pass through, those above it first.
  std::string memory(std::size_t tensor) const {
    const RowTensor& rows = region_.tensors[tensor];
    const std::int64_t offset = plan_.memory.tensor_offsets[static_cast<std::size_t>(rows.id)] - (rows.outer ? rows.above * rows.row_bytes : 0);
    MOTE_CHECK(offset >= 0);
    return fmt::format("at<uint8_t>({})", offset);
  }

  /// The first row that is still read.
  std::string needed(std::size_t tensor) const {
    std::string least;
    for (const RowStage& stage : region_.stages) {
      for (const RowInput& input : stage.inputs) {
        if (input.tensor != tensor) continue;
        least = least.empty() ? next(stage, input) : fmt::format("mote::smaller({}, {})", least, next(stage, input));
      }
    }
    return least.empty() ? fmt::format("{}::all", type(tensor)) : least;
  }

 private:
  std::string next(const RowStage& stage, const RowInput& input) const {
    const std::string repeat = input.repeat == 1 ? "" : fmt::format(", {}", input.repeat);
    return fmt::format("mote::next_row<{}, {}, {}, {}{}>({})", type(input.tensor), type(stage.output), input.stride, input.first, repeat, state(stage.output));
  }

  std::string write(const RowStage& stage, std::string_view indent) const {
    std::string condition, below;
    for (const RowInput& input : stage.inputs) {
      const std::string end = fmt::format("{} + {}", next(stage, input), input.window);
      condition += fmt::format("{}{} <= mote::readable_end<{}>({})", condition.empty() ? "" : " && ", end, type(input.tensor), state(input.tensor));
      if (region_.tensors[input.tensor].below > 0)
        below += fmt::format("{}  mote::show_below<{}>({}, {}, {}, {});\n", indent, type(input.tensor), state(input.tensor), memory(input.tensor), needed(input.tensor), end);
    }
    const auto place = [&](bool is_input, int index) {
      if (!is_input) return row(stage.output, state(stage.output) + ".end");
      const auto found = std::find_if(stage.inputs.begin(), stage.inputs.end(), [&](const RowInput& each) { return each.input == index; });
      MOTE_CHECK(found != stage.inputs.end());
      return row(found->tensor, next(stage, *found));
    };
    return fmt::format(
        "{8}if ({0}) {{\n"
        "{7}"
        "{8}  mote::make_room<{1}, {2}>({3}, {4}, {5});\n"
        "{8}  {6}"
        "{8}  mote::put_rows<{1}, {2}>({3});\n"
        "{8}  continue;\n"
        "{8}}}\n",
        condition, type(stage.output), stage.step, state(stage.output), memory(stage.output), needed(stage.output),
        write_call(plan_, *plan_.step_of(stage.node), tables_, place), below, indent);
  }

  std::string row(std::size_t tensor, const std::string& number) const {
    return fmt::format("mote::row_at<{}, {}>({}, {}, {})", type(tensor), type_in_c(plan_.graph.tensor(region_.tensors[tensor].id).type), state(tensor), memory(tensor), number);
  }

  const Plan& plan_;
  const RowRegion& region_;
  Tables& tables_;
};

bool is_made(const RowRegion& region, std::size_t tensor) {
  return std::any_of(region.stages.begin(), region.stages.end(), [&](const RowStage& stage) { return stage.output == tensor; });
}

std::string span_of(const Plan& plan, const RowRegion& region) {
  return fmt::format("{} to {}", printable(plan.graph.nodes[region.first_node()].name), printable(plan.graph.nodes[region.last_node()].name));
}

}  // namespace

const RowRegion* region_at(const Plan& plan, std::size_t node) {
  const auto found = std::find_if(plan.regions.begin(), plan.regions.end(), [&](const RowRegion& each) { return each.first_node() == node; });
  return found == plan.regions.end() ? nullptr : &*found;
}

const RowRegion* fed_region(const Plan& plan) {
  const auto found = std::find_if(plan.regions.begin(), plan.regions.end(), [](const RowRegion& each) { return each.fed; });
  return found == plan.regions.end() ? nullptr : &*found;
}

std::string row_descriptors(const Plan& plan, const RowRegion& region) {
  std::string text;
  for (const RowTensor& tensor : region.tensors) {
    text += fmt::format("struct {} : mote::RowTensor<{}, {}, {}, {}, {}, {}> {{}};  // {}\n", descriptor_name(region, tensor), tensor.row_bytes, tensor.rows, tensor.above,
                        tensor.below, tensor.held, tensor.outside, printable(plan.graph.tensor(tensor.id).name));
  }
  return text;
}

std::string write_region(const Plan& plan, const RowRegion& region, Tables& tables) {
  const Writer writer(plan, region, tables);
  std::string text = fmt::format("  {{  // {}, by rows\n", span_of(plan, region));
  for (std::size_t t = 0; t < region.tensors.size(); ++t) {
    const bool given = !is_made(region, t);
    const std::string begin = !given              ? fmt::format("no_rows<{}>()", writer.type(t))
                              : t == region.input ? fmt::format("rows_to_take<{}>({})", writer.type(t), writer.memory(t))
                                                  : fmt::format("all_rows<{}>({})", writer.type(t), writer.memory(t));
    text += fmt::format("    mote::RowState {} = mote::{};\n", writer.state(t), begin);
  }
  text += "    for (;;) {\n" + writer.stages("      ");
  return text + fmt::format("      if (!mote::take_rows<{}, {}>({})) break;\n    }}\n  }}\n", writer.type(region.input), region.input_step, writer.state(region.input));
}

std::string write_fed_region(const Plan& plan, const RowRegion& region, Tables& tables) {
  const Writer writer(plan, region, tables);
  std::string text = fmt::format("  // {}, by rows\n  if (fed_ == 0) {{\n", span_of(plan, region));
  for (std::size_t t = 0; t < region.tensors.size(); ++t) {
    text += fmt::format("    {} = mote::no_rows<{}>();\n", writer.state(t), writer.type(t));
  }
  const std::size_t in = region.input;
  text += fmt::format("  }}\n  mote::make_room<{0}, 1>({1}, {2}, {3});\n", writer.type(in), writer.state(in), writer.memory(in), writer.needed(in));
  text += fmt::format("  memcpy(mote::row_at<{0}, uint8_t>({1}, {2}, {1}.end), row, {0}::row_bytes);\n", writer.type(in), writer.state(in), writer.memory(in));
  text += fmt::format("  mote::put_rows<{0}, 1>({1});\n", writer.type(in), writer.state(in));
  text += "  for (;;) {\n" + writer.stages("    ") + "    break;\n  }\n";
  return text + fmt::format("  if (++fed_ < {}::rows) return false;\n  fed_ = 0;\n", writer.type(in));
}

}  // namespace mote

#include "cli/command.hpp"

#include "advise/choices.hpp"
#include "advise/shortage.hpp"
#include "report/arena_chart.hpp"
#include "report/front_report.hpp"
#include "report/memory_map.hpp"
#include "report/shortage_report.hpp"
#include "support/files.hpp"
#include "targets/board.hpp"

namespace mote::cli {

namespace {

struct PlanOptions {
  ModelOptions model;
  SelectionFlags selection;
  TargetFlags target;
  std::string svg;
  bool has_goal = false;  ///< --goal was given
};

/// The model as it would be with other options of the same command.
ModelForms forms_of(const ModelOptions& model, const SelectionFlags& selection) {
  const auto with = [&model](auto change) {
    return [&model, change](auto... arguments) {
      ModelOptions other = model;
      other.print_after.clear();
      change(other, arguments...);
      return load_model(other);
    };
  };
  ModelForms forms;
  if (model.io == "native") forms.integer_io = with([](ModelOptions& other) { other.io = "int8"; });
  if (model.input_type == "native") forms.integer_inputs = with([](ModelOptions& other) { other.input_type = "int8"; });
  if (!model.stream_axis) forms.streamed = with([](ModelOptions& other, int axis) { other.stream_axis = axis; });
  forms.may_feed_rows = !selection.feed_rows;
  return forms;
}

void write_picture(const PlanOptions& options, const Plan& plan, std::optional<std::int64_t> budget_bytes) {
  if (options.svg.empty()) return;
  write_file(options.svg, arena_svg(plan, budget_bytes));
  fmt::print(stderr, "wrote {}\n", options.svg);
}

ExitCode show_shortage(const PlanOptions& options, const Graph& graph, const Target& target, const SelectionOptions& selection) {
  const Shortage shortage = explain_shortage(graph, target, selection, forms_of(options.model, options.selection));
  fmt::print("{}", options.model.json ? json_text(shortage_json(shortage)) : shortage_text(shortage));
  write_picture(options, shortage.nearest, selection.ram_bytes);
  return ExitCode::kCheckFailed;
}

ExitCode show_chosen(const PlanOptions& options, const Plan& plan, const SelectionOptions& selection) {
  if (options.model.json) {
    Json json = plan_json(plan);
    json["front"] = front_json({{plan, ""}});
    json["fits"] = true;
    json["buffers"] = memory_map_json(plan);
    json["stack_scratch_bytes"] = plan.stack_scratch_bytes();
    json["peak"] = peak_json(plan);
    fmt::print("{}", json_text(json));
  } else {
    fmt::print("{}\n{}\n{}", front_text({{plan, ""}}), memory_map_text(plan), peak_text(plan));
  }
  write_picture(options, plan, selection.ram_bytes);
  return ExitCode::kDone;
}

ExitCode show_front(const PlanOptions& options, const Graph& graph, const Target& target, const SelectionOptions& selection) {
  const std::vector<PlanChoice> choices = find_choices(graph, target, selection);
  if (options.model.json) {
    fmt::print("{}", json_text({{"model", graph.name}, {"target", target.name}, {"front", front_json(choices)}}));
  } else {
    fmt::print(
        "{}\nRAM: arena and scratch on the stack, in bytes; cycles and flash are predicted. Each line's options give that plan\n"
        "with `mote compile`; `mote plan` with them shows its memory.\n",
        front_text(choices));
  }
  write_picture(options, choices.front().plan, std::nullopt);
  return ExitCode::kDone;
}

ExitCode plan(const PlanOptions& options) {
  const Target target = chosen_target(options.target);
  const Graph graph = load_model(options.model);
  SelectionOptions selection = selection_options(options.selection, options.model.path);
  const bool has_budget = selection.ram_bytes || selection.flash_bytes || options.has_goal;
  if (!options.target.board.empty()) {
    const Board& board = find_board(options.target.board);
    if (!selection.ram_bytes) selection.ram_bytes = board.ram_bytes;
    if (!selection.flash_bytes) selection.flash_bytes = board.flash_bytes;
  }
  try {
    if (!has_budget) return show_front(options, graph, target, selection);
    return show_chosen(options, make_plan(graph, target, selection), selection);
  } catch (const DoesNotFit&) {
    return show_shortage(options, graph, target, selection);
  }
}

}  // namespace

void add_plan(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "plan",
      "Show what RAM, time and flash there is to choose from; with a budget, where every byte lives, or why it does not fit");
  auto options = std::make_shared<PlanOptions>();
  add_model_options(*command, options->model);
  add_target_options(*command, options->target);
  add_selection_options(*command, options->selection);
  command
      ->add_option(
          "--svg", options->svg,
          "Write a picture of the arena over the layers: of the plan for the budgets, of the one that comes nearest, or without "
          "budgets of the fastest")
      ->type_name("FILE");
  command->callback([&action, options, command] {
    options->has_goal = command->count("--goal") > 0;
    action = [options] { return plan(*options); };
  });
}

}  // namespace mote::cli

#include <filesystem>
#include <map>

#include "cli/command.hpp"

namespace mote::cli {

namespace {

const std::map<std::string, Goal> kGoals = {{"latency", Goal::kLatency}, {"ram", Goal::kRam}, {"flash", Goal::kFlash}};

}  // namespace

void add_selection_options(CLI::App& command, SelectionFlags& flags) {
  command
      .add_option("--kernels", flags.kernels,
                  "mote: its own; cmsis-nn: CMSIS-NN 4.0.0 where it computes the same, which stands beside the generated library")
      ->check(CLI::IsMember({"mote", "cmsis-nn"}))
      ->capture_default_str();
  command
      .add_option("--cmsis-nn", flags.cmsis_nn,
                  "CMSIS-NN's folder, with Include and Source, and CMSIS-Core beside it; MOTE_CMSIS_NN_DIR by default")
      ->type_name("DIR");
  command.add_option("--flash", flags.flash_bytes, "Most bytes of flash for code and tables (code is predicted): 96K, 131072")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("BYTES");
  command
      .add_option("--ram", flags.ram_bytes,
                  "Most bytes of RAM for the arena and scratch on the stack; without it, speed never costs more arena than the "
                  "tensors need")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("BYTES");
  command
      .add_option(
          "--goal", flags.goal,
          "What to spend the rest on within the budgets. latency: the fewest cycles; ram, flash: the least of it that --slowdown "
          "allows. `mote plan` shows what there is to choose from")
      ->check(CLI::IsMember({"latency", "ram", "flash"}))
      ->capture_default_str();
  command
      .add_option("--slowdown", flags.slowdown,
                  "Most cycles that --goal ram and --goal flash may add to those of the fastest plan; 10% by default")
      ->type_name("SHARE");
  command.add_flag("--no-rows", flags.no_rows,
                   "Call every layer once, on whole tensors, even where a few rows at a time would take less RAM");
  command.add_flag(
      "--feed-rows", flags.feed_rows,
      "The program hands over the input row by row (Model::feed_row), so that the whole of it never lies in RAM: for a "
      "camera or a spectrogram. Refused when the model's first layers need more than some rows");
  command
      .add_option(
          "--force", flags.forced,
          "Run a layer as this implementation; * is every layer that can. `mote compile --explain` lists them. Repeatable")
      ->type_name("LAYER=IMPLEMENTATION");
  command
      .add_option("--tuning", flags.tuning_file,
                  "Costs that `mote tune` measured; MODEL.tuning.json beside the model when it is there")
      ->type_name("FILE");
}

SelectionOptions selection_options(const SelectionFlags& flags, const std::string& model_path) {
  SelectionOptions options;
  if (flags.kernels == "cmsis-nn") options.kernels = KernelLibrary::kCmsisNn;
  if (flags.flash_bytes > 0) options.flash_bytes = static_cast<std::int64_t>(flags.flash_bytes);
  if (flags.ram_bytes > 0) options.ram_bytes = static_cast<std::int64_t>(flags.ram_bytes);
  options.goal = kGoals.at(flags.goal);
  if (!flags.slowdown.empty()) {
    if (options.goal == Goal::kLatency)
      throw Error("--slowdown says what --goal ram or --goal flash may cost", "give one of them, or leave --slowdown out");
    options.most_slowdown = 1 + share_of("--slowdown", flags.slowdown);
    if (options.most_slowdown < 1) throw Error(fmt::format("--slowdown {} is below 0", flags.slowdown), "write 10% or 0.1");
  }
  options.by_rows = !flags.no_rows;
  options.feed_rows = flags.feed_rows;
  if (flags.no_rows && flags.feed_rows)
    throw Error("--no-rows and --feed-rows contradict each other", "rows that are handed over are worked on row by row");
  for (const std::string& text : flags.forced) {
    const std::size_t equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
      throw Error(fmt::format("--force {} is not LAYER=IMPLEMENTATION", text), "for example --force conv_2d_4=conv_2d.direct");
    options.forced.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  if (!flags.tuning_file.empty() && !std::filesystem::exists(flags.tuning_file))
    throw Error(fmt::format("there is no tuning file {}", flags.tuning_file), "`mote tune` writes one");
  options.tuning = Tuning::read(flags.tuning_file.empty() ? default_tuning_file(model_path) : flags.tuning_file);
  return options;
}

std::string default_tuning_file(const std::string& model_path) { return model_path + ".tuning.json"; }

}  // namespace mote::cli

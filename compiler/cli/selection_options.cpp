#include <filesystem>

#include "cli/command.hpp"

namespace mote::cli {

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

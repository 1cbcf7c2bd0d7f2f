#include "cli/distill_flags.hpp"

#include "support/interruption.hpp"

namespace mote::cli {

void add_distill_options(CLI::App& command, DistillFlags& flags) {
  DistillOptions& options = flags.options;
  auto* distill =
      command
          .add_option(
              "--distill", options.epochs,
              "Train so many epochs, with weights and activations rounded as they will be, to give the float model's answers "
              "on --data (some hundred samples at least; labels help, but are not needed). Needs LibTorch. Ctrl-C ends it "
              "with the best so far")
          ->check(CLI::Range(1, 100000))
          ->type_name("EPOCHS");
  const auto add = [&](const char* name, auto& value, const char* help) {
    return command.add_option(name, value, help)->needs(distill)->capture_default_str();
  };
  add("--seed", options.seed, "Of the order of samples and their changes: the same seed gives the same model");
  add("--checkpoint", flags.checkpoint, "Written after every epoch; if it is there, training goes on from it")->type_name("FILE");
  add("--batch", options.batch, "Samples per step")->check(CLI::Range(2, 4096));
  add("--optimizer", flags.optimizer, "adam; sgd: descent with momentum")->check(CLI::IsMember({"adam", "sgd"}));
  add("--learning-rate", options.rate, "Of the first epochs; it falls to 0 along a cosine")->check(CLI::PositiveNumber);
  add("--temperature", options.temperature, "At which probabilities of classes are compared")->check(CLI::Range(0.1, 100.0));
  add("--label-share", options.label_share, "Weight of the data's labels beside the float model's answers")
      ->check(CLI::Range(0.0, 1.0));
  add("--shift", options.augmentation.shift, "Images move by up to so many pixels")->check(CLI::Range(0, 64));
  add("--noise", options.augmentation.noise, "Noise for the inputs, as a share of their spread")->check(CLI::Range(0.0, 10.0));
  add("--mix", options.augmentation.mix, "Share of the samples that are mixed with another one")->check(CLI::Range(0.0, 1.0));
  command.add_flag("--flip", options.augmentation.flip, "Mirror half of the images, left to right")->needs(distill);
}

std::string training_text(const DistillFlags& flags) {
  const DistillOptions& o = flags.options;
  const DistillOptions usual;
  std::string text = fmt::format("{} epochs", o.epochs);
  const auto add = [&](std::string_view name, const auto& value, const auto& default_value) {
    if (value != default_value) text += fmt::format(", {} {}", name, value);
  };
  add("seed", o.seed, usual.seed);
  add("batch", o.batch, usual.batch);
  add("optimizer", flags.optimizer, DistillFlags{}.optimizer);
  add("rate", o.rate, usual.rate);
  add("temperature", o.temperature, usual.temperature);
  add("label share", o.label_share, usual.label_share);
  add("shift", o.augmentation.shift, usual.augmentation.shift);
  add("noise", o.augmentation.noise, usual.augmentation.noise);
  add("mix", o.augmentation.mix, usual.augmentation.mix);
  add("flip", o.augmentation.flip, usual.augmentation.flip);
  return text;
}

FineTune fine_tuner(const DistillFlags& flags, const Graph& teacher, const Samples& samples, std::filesystem::path checkpoint,
                    StopRequest stop, ProgressBar& bar, std::optional<DistillResult>& result) {
  DistillOptions how = flags.options;
  how.optimizer = flags.optimizer == "sgd" ? OptimizerKind::kSgd : OptimizerKind::kAdam;
  how.checkpoint = std::move(checkpoint);
  return [&teacher, &samples, &bar, &result, how, stop = std::move(stop)](Graph& prepared, Scheme& scheme) {
    result = distill(
        teacher, prepared, scheme, {samples.inputs, samples.labels}, how,
        [&](std::string_view stage, double fraction) { bar.update(stage, fraction); }, stop);
    prepared = result->graph;
    scheme = result->scheme;
  };
}

void fine_tune_with(const DistillFlags& flags, const Graph& teacher, const Samples& samples, ProgressBar& bar,
                    std::optional<DistillResult>& result, QuantizeOptions& options) {
  if (flags.options.epochs == 0) return;
  options.fine_tune = [&](Graph& prepared, Scheme& scheme) {
    const Interruption interruption;
    fine_tuner(
        flags, teacher, samples, flags.checkpoint, [&] { return interruption.asked(); }, bar, result)(prepared, scheme);
  };
}

}  // namespace mote::cli

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "cli/command.hpp"
#include "compress/quantize.hpp"
#include "data/samples.hpp"
#include "support/progress.hpp"
#include "train/distill.hpp"

namespace mote::cli {

/// Options of every command that can fine-tune (--distill); training is off while `options.epochs` is 0.
struct DistillFlags {
  DistillOptions options{.epochs = 0};
  std::string optimizer = "adam", checkpoint;
};

void add_distill_options(CLI::App& command, DistillFlags& flags);

/// What the flags say about training, in words: "20 epochs, seed 3". Defaults are left out.
std::string training_text(const DistillFlags& flags);

/// Trains with what the flags say, towards `teacher`'s answers on the samples, until `stop` says so. What it did is in `result`
/// afterwards; all arguments must live until then. `checkpoint`: as in DistillOptions.
FineTune fine_tuner(const DistillFlags& flags, const Graph& teacher, const Samples& samples, std::filesystem::path checkpoint,
                    StopRequest stop, ProgressBar& bar, std::optional<DistillResult>& result);

/// Makes `options` fine-tune so if the flags say so. Ctrl-C ends training with the best so far.
void fine_tune_with(const DistillFlags& flags, const Graph& teacher, const Samples& samples, ProgressBar& bar,
                    std::optional<DistillResult>& result, QuantizeOptions& options);

}  // namespace mote::cli

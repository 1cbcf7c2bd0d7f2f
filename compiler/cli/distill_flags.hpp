#pragma once

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

/// Makes `options` fine-tune with what the flags say, if they say so, towards `teacher`'s answers on the samples. What it did is in
/// `result` afterwards; all arguments must live until then. Ctrl-C ends training with the best so far.
void fine_tune_with(const DistillFlags& flags, const Graph& teacher, const Samples& samples, ProgressBar& bar,
                    std::optional<DistillResult>& result, QuantizeOptions& options);

}  // namespace mote::cli

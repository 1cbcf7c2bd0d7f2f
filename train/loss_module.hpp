#pragma once

#include <filesystem>
#include <memory>

#include "train/loss_function.hpp"

namespace mote {

/// The module that is beside the program.
std::filesystem::path default_loss_module();

/// ToolMissing when there is no module: for work that would train only at its end.
void require_loss_module(const std::filesystem::path& module);

/// A loss function of the module, which stays loaded. ToolMissing when there is no module, or the LibTorch that it needs; Error that
/// names the operators which cannot be trained.
std::unique_ptr<LossFunction> make_loss_function(const std::filesystem::path& module, const Program& teacher, const Program& student,
                                                 const Objective& objective);

}  // namespace mote

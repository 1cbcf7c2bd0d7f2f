#include "train/loss_module.hpp"

#include <stdexcept>

#include <dlfcn.h>

#include "support/error.hpp"

namespace mote {

namespace {

constexpr std::string_view kInstall = "apt-get install libtorch-dev, then configure and build mote again";

template <typename Function>
Function symbol(void* module, const char* name) {
  void* found = ::dlsym(module, name);
  if (found == nullptr) throw ToolMissing(fmt::format("a fine-tuning module of this version ('{}' is not in it)", name), kInstall);
  return reinterpret_cast<Function>(found);
}

}  // namespace

std::filesystem::path default_loss_module() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "mote_train_torch.so";
}

void require_loss_module(const std::filesystem::path& module) {
  if (!std::filesystem::exists(module)) throw ToolMissing("LibTorch (for fine-tuning)", kInstall);
}

std::unique_ptr<LossFunction> make_loss_function(const std::filesystem::path& module, const Program& teacher, const Program& student,
                                                 const Objective& objective) {
  require_loss_module(module);
  void* const loaded = ::dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (loaded == nullptr) throw ToolMissing(fmt::format("LibTorch ({})", ::dlerror()), kInstall);
  if (symbol<LossModuleVersion>(loaded, kLossModuleVersionSymbol)() != kLossModuleVersion)
    throw ToolMissing("a fine-tuning module of this version", kInstall);
  const auto make = symbol<MakeLossFunction>(loaded, kMakeLossFunctionSymbol);
  try {
    return std::unique_ptr<LossFunction>(make(teacher, student, objective));
  } catch (const std::invalid_argument& error) {
    throw Error(error.what(), "leave --distill out, or take a model without them");
  }
}

}  // namespace mote

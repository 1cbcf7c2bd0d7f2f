#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "emulate/emulator.hpp"
#include "emulate/cmsis_nn.hpp"

namespace mote {

using Command = std::vector<std::string>;

/// The words of a target's flags.
std::vector<std::string> split_words(std::string_view text);

/// The words of all parts, one after another.
Command concat(std::initializer_list<Command> parts);

/// How generated code is compiled everywhere.
extern const Command kModelFlags;

/// What the runner is told of the model: its header and its namespace.
Command model_definitions(const EmulationJob& job);

/// Compilers for the C files of the library that the generated code calls, if it calls one: `compiler` holds the program and the
/// processor's flags. Each compiles a part of the files.
std::vector<Command> library_commands(const Command& compiler, const LibrarySources& library);
/// The objects these leave in the directory they run in.
Command library_objects(const LibrarySources& library);

/// Runs compilers side by side in `directory`. Error with what the compiler said when one fails.
void run_compilers(const std::vector<Command>& commands, const std::filesystem::path& directory);

}  // namespace mote

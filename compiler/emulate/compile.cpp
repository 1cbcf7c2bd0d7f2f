#include "emulate/compile.hpp"

#include <algorithm>
#include <future>

#include "emulate/process.hpp"
#include "support/error.hpp"

namespace mote {
namespace {

constexpr std::size_t kMessageLines = 12;

std::string first_lines(std::string_view text) {
  std::size_t end = 0;
  for (std::size_t line = 0; line < kMessageLines && end < text.size(); ++line) {
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  }
  return std::string(text.substr(0, end));
}

}  // namespace

const Command kModelFlags = {
    "-std=c++17", "-O2", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-ffunction-sections", "-fdata-sections"};

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (true) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return words;
    text.remove_prefix(begin);
    const std::size_t length = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
}

Command concat(std::initializer_list<Command> parts) {
  Command whole;
  for (const Command& part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

Command model_definitions(const EmulationJob& job) {
  Command definitions = {fmt::format("-DMOTE_MODEL_HEADER=\"{}.hpp\"", job.model_name), fmt::format("-DMOTE_MODEL={}", job.model_name)};
  if (job.fed_by_rows) definitions.emplace_back("-DMOTE_FED_BY_ROWS");
  return definitions;
}

std::vector<Command> library_commands(const Command& compiler, const LibrarySources& library) {
  constexpr std::size_t kParts = 2;
  std::vector<Command> commands;
  for (std::size_t part = 0; part < std::min(kParts, library.files.size()); ++part) {
    commands.push_back(
        concat({compiler, {"-c", "-std=gnu11", "-O3", "-w", "-ffunction-sections", "-fdata-sections"}, library.flags}));
    for (std::size_t i = part; i < library.files.size(); i += kParts) commands.back().push_back(library.files[i].string());
  }
  return commands;
}

Command library_objects(const LibrarySources& library) {
  Command objects;
  for (const std::filesystem::path& file : library.files) objects.push_back(file.stem().string() + ".o");
  return objects;
}

void run_compilers(const std::vector<Command>& commands, const std::filesystem::path& directory) {
  std::vector<std::future<ProcessResult>> results;
  for (const Command& command : commands) {
    results.push_back(std::async(std::launch::async, [&] { return run_process(command, {.directory = directory}); }));
  }
  for (auto& each : results) each.wait();
  for (auto& each : results) {
    const ProcessResult result = each.get();
    if (result.succeeded()) continue;
    throw Error(fmt::format("the generated code does not build ({}):\n{}", result.describe(), first_lines(result.errors)));
  }
}

}  // namespace mote

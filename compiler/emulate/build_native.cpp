#include "emulate/build_native.hpp"

#include "emulate/compile.hpp"
#include "emulate/toolchain.hpp"
#include "support/assets.hpp"
#include "support/error.hpp"

namespace mote {

namespace fs = std::filesystem;

fs::path build_native(const EmulationJob& job, const fs::path& directory) {
  const std::string compiler = find_native_compiler().string();
  for (const char* file :
       {"run_format.h", "runner_io.h", "sample_events.hpp", "watch_host.hpp", "runner_io_stdio.cpp", "runner.cpp"}) {
    write_asset(fmt::format("runtime/{}", file), directory);
  }
  const std::string source_dir = fs::absolute(job.source_dir).string();
  const Command common =
      concat({{compiler}, kModelFlags, this_machine_flags(compiler), job.library.flags, {"-I" + source_dir, "-c"}});
  const Command runner = concat({common, model_definitions(job)});
  std::vector<Command> commands = library_commands({compiler, "-x", "c"}, job.library);
  for (const Command& each : {concat({common, job.cxx_flags, {source_dir + "/" + job.model_name + ".cpp", "-o", "model.o"}}),
                              concat({runner, {"runtime/runner.cpp", "-o", "runner.o"}}),
                              concat({runner, {"runtime/runner_io_stdio.cpp", "-o", "runner_io.o"}})}) {
    commands.push_back(each);
  }
  run_compilers(commands, directory);
  const Command objects = concat({{"model.o", "runner.o", "runner_io.o"}, library_objects(job.library)});
  run_compilers({concat({{compiler}, objects, {"-lm", "-o", "program"}})}, directory);
  return fs::absolute(directory / "program");
}

}  // namespace mote

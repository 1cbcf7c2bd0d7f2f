#include "cli/command.hpp"
#include "support/version.hpp"

namespace {

int code(mote::ExitCode value) { return static_cast<int>(value); }

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"mote turns a trained model into a small C++ library for a microcontroller, and shows what it costs there.",
               "mote"};
  app.set_version_flag("--version", "mote " + std::string(mote::version()));
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
  app.footer("Exit codes: 0 done, 1 a check failed, 2 bad input or usage, 3 a tool is missing.");
  mote::cli::Action action;
  mote::cli::add_inspect(app, action);
  mote::cli::add_compile(app, action);
  mote::cli::add_plan(app, action);
  mote::cli::add_run(app, action);
  mote::cli::add_listen(app, action);
  mote::cli::add_power(app, action);
  mote::cli::add_features(app, action);
  mote::cli::add_fit(app, action);
  mote::cli::add_calibrate(app, action);
  mote::cli::add_evaluate(app, action);
  mote::cli::add_verify(app, action);
  mote::cli::add_tune(app, action);
  mote::cli::add_convert(app, action);
  mote::cli::add_diff(app, action);
  mote::cli::add_quantize(app, action);
  mote::cli::add_compress(app, action);
  mote::cli::add_targets(app, action);
  mote::cli::add_steps(app, action);
  mote::cli::add_operators(app, action);
  try {
    app.parse(argc, argv);
    return code(action());
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : code(mote::ExitCode::kBadInput);
  } catch (const mote::Error& error) {
    fmt::print(stderr, "mote: {}\n", error.what());
    return code(error.exit_code());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "mote: not enough memory for this model\n");
    return code(mote::ExitCode::kBadInput);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mote: {}\n", error.what());
    return code(mote::ExitCode::kInternal);
  }
}

#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace mote {

/// What the `mote` command returns to the shell.
enum class ExitCode : int { kDone = 0, kCheckFailed = 1, kBadInput = 2, kToolMissing = 3, kInternal = 70 };

/// A user's mistake: what is wrong, where in their model or data, and what to do about it. Each level that lets one through
/// may put its own place in front of it with `add_context`.
class Error : public std::runtime_error {
 public:
  explicit Error(std::string what, std::string remedy = "");

  /// The full text: context, what is wrong, and the remedy on a line of its own.
  const char* what() const noexcept override { return text_.c_str(); }
  const std::string& remedy() const { return remedy_; }
  virtual ExitCode exit_code() const { return ExitCode::kBadInput; }
  void add_context(std::string_view place);

 private:
  void compose();
  std::string problem_, remedy_, text_;
};

/// A program that this machine lacks, with the command that installs it.
class ToolMissing : public Error {
 public:
  ToolMissing(std::string_view tool, std::string_view install_command);
  ExitCode exit_code() const override { return ExitCode::kToolMissing; }
};

/// Our own mistake. Never caused by input, however broken.
class InternalError : public std::logic_error {
 public:
  InternalError(std::string_view what, const char* file, int line);
};

#define MOTE_CHECK(condition)                                                                       \
  do {                                                                                              \
    if (!(condition)) throw ::mote::InternalError("check failed: " #condition, __FILE__, __LINE__); \
  } while (false)

/// Runs `body`; an Error that leaves it gets `place` in front.
template <typename Body>
decltype(auto) with_context(std::string_view place, Body&& body) {
  try {
    return body();
  } catch (Error& error) {
    error.add_context(place);
    throw;
  }
}

}  // namespace mote

#include "emulate/process.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/error.hpp"

extern char** environ;

namespace mote {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kCaptureLimitBytes = std::size_t{1} << 20;
constexpr int kTickMilliseconds = 100;
constexpr int kEndMilliseconds = 5;  // between looks for the end of a program that has closed its output

class Pipe {
 public:
  Pipe() {
    if (::pipe(ends_) != 0) throw Error(fmt::format("no pipe can be made: {}", std::strerror(errno)));
    for (int end : ends_) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  bool is_open() const { return ends_[0] >= 0; }
  void close_write_end() { close_end(1); }

  /// Appends what there is to `text`, or closes the pipe at its end.
  void drain(std::string& text) {
    char block[4096];
    const ssize_t count = ::read(ends_[0], block, sizeof block);
    if (count > 0) {
      text.append(block, std::min(static_cast<std::size_t>(count), kCaptureLimitBytes - text.size()));
    } else if (count == 0 || errno != EINTR) {
      close_end(0);
    }
  }

 private:
  void close_end(int which) {
    if (ends_[which] >= 0) ::close(ends_[which]);
    ends_[which] = -1;
  }
  int ends_[2] = {-1, -1};
};

/// A running program, killed when it is left before its end.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  ~Child() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    wait(0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void kill() { ::kill(id_, SIGKILL); }

  /// True once it has ended; `status` is then what waitpid said.
  bool wait(int flags) {
    const pid_t ended = ::waitpid(id_, &status_, flags);
    if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
    id_ = 0;
    return true;
  }
  int status() const { return status_; }

 private:
  pid_t id_;
  int status_ = 0;
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_in_c_locale() {
  std::vector<std::string> variables{"LC_ALL=C"};
  for (char** each = environ; *each != nullptr; ++each) {
    if (!std::string_view(*each).starts_with("LC_ALL=")) variables.emplace_back(*each);
  }
  return variables;
}

pid_t spawn(std::vector<std::string> command, const fs::path& directory, const Pipe& output, const Pipe& errors) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output.write_end(), 1);
  posix_spawn_file_actions_adddup2(&actions, errors.write_end(), 2);
  posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  std::vector<std::string> environment = environment_in_c_locale();
  pid_t id = 0;
  const int failure = ::posix_spawn(&id, command.front().c_str(), &actions, nullptr, pointers_to(command).data(),
                                    pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw Error(fmt::format("{} cannot be started: {}", command.front(), std::strerror(failure)));
  return id;
}

// Between the making of a pipe and its mark as private to this process no other program may be started.
std::mutex g_spawn_mutex;

}  // namespace

std::string ProcessResult::describe() const {
  if (timed_out) return "time ran out";
  if (signal != 0) return fmt::format("signal {} ({})", signal, ::strsignal(signal));
  return fmt::format("exit code {}", exit_code);
}

std::optional<fs::path> find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::string_view directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(directory.size() + 1, rest.size()));
    const fs::path candidate = fs::path(directory) / name;
    std::error_code ignored;
    if (fs::is_regular_file(candidate, ignored) && ::access(candidate.c_str(), X_OK) == 0) return fs::absolute(candidate);
  }
  return std::nullopt;
}

ProcessResult run_process(const std::vector<std::string>& command, const ProcessOptions& options) {
  const Clock::time_point deadline = Clock::now() + options.timeout;
  std::unique_lock lock(g_spawn_mutex);
  Pipe output, errors;
  Child child(spawn(command, options.directory, output, errors));
  lock.unlock();
  output.close_write_end();
  errors.close_write_end();

  ProcessResult result;
  Clock::time_point next_tick = Clock::now();
  for (bool ended = false;;) {
    const bool has_pipes = output.is_open() || errors.is_open();
    if (ended && !has_pipes) break;
    pollfd polled[2] = {{output.read_end(), POLLIN, 0}, {errors.read_end(), POLLIN, 0}};
    const int ready = ::poll(polled, 2, ended ? 0 : has_pipes ? kTickMilliseconds : kEndMilliseconds);
    if (ended && ready <= 0) break;  // a program that it has left behind holds the pipes open
    if (polled[0].revents != 0) output.drain(result.output);
    if (polled[1].revents != 0) errors.drain(result.errors);

    if (!ended && Clock::now() > deadline) {
      result.timed_out = true;
      child.kill();
    }
    if (!ended) ended = child.wait(result.timed_out ? 0 : WNOHANG);
    if (!ended && options.on_tick && Clock::now() >= next_tick) {
      options.on_tick();
      next_tick = Clock::now() + std::chrono::milliseconds(kTickMilliseconds);
    }
  }
  if (WIFEXITED(child.status())) result.exit_code = WEXITSTATUS(child.status());
  if (WIFSIGNALED(child.status())) result.signal = WTERMSIG(child.status());
  return result;
}

double processor_seconds() {
  double seconds = 0;
  for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    MOTE_CHECK(getrusage(who, &usage) == 0);
    for (const timeval& time : {usage.ru_utime, usage.ru_stime}) seconds += static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  }
  return seconds;
}

}  // namespace mote

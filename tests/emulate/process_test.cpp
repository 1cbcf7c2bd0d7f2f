#include "emulate/process.hpp"

#include <csignal>
#include <stdexcept>

#include <gtest/gtest.h>

#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {
namespace {

std::vector<std::string> shell(const std::string& script) { return {"/bin/sh", "-c", script}; }

TEST(Process, CapturesBothOutputsAndTheExitCode) {
  const ProcessResult result = run_process(shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_FALSE(result.succeeded());
  EXPECT_EQ(result.describe(), "exit code 3");
}

TEST(Process, RunsInItsDirectoryInTheCLocaleWithoutInput) {
  const TemporaryDirectory directory;
  const ProcessResult result = run_process(shell("pwd -P; echo $LC_ALL; cat"), {.directory = directory.path()});
  EXPECT_TRUE(result.succeeded());
  EXPECT_EQ(result.output, std::filesystem::canonical(directory.path()).string() + "\nC\n");
}

TEST(Process, TellsOfASignal) {
  const ProcessResult result = run_process(shell("kill -ABRT $$"));
  EXPECT_EQ(result.signal, SIGABRT);
  EXPECT_FALSE(result.succeeded());
}

TEST(Process, EndsWhenTimeIsUp) {
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result = run_process({"/bin/sleep", "30"}, {.timeout = std::chrono::milliseconds(200)});
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.describe(), "time ran out");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(Process, EndsWhenItsOutputIsClosedAndWhenAChildHoldsIt) {
  EXPECT_EQ(run_process(shell("exec >&- 2>&-; sleep 0.2; exit 4")).exit_code, 4);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(run_process(shell("sleep 5 & exit 5")).exit_code, 5);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

TEST(Process, KeepsTheFirstOfALongOutput) {
  const ProcessResult result = run_process(shell("head -c 3000000 /dev/zero"));
  EXPECT_TRUE(result.succeeded());
  EXPECT_EQ(result.output.size(), std::size_t{1} << 20);
}

TEST(Process, AThrowingTickEndsIt) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THROW(run_process({"/bin/sleep", "30"}, {.on_tick = [] { throw std::runtime_error("stop"); }}), std::runtime_error);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST(Process, WhatCannotStartIsAnError) {
  EXPECT_THROW(run_process({"/no/such/program"}), Error);
  EXPECT_FALSE(find_program("no-such-program-anywhere"));
  EXPECT_TRUE(find_program("sh"));
}

}  // namespace
}  // namespace mote

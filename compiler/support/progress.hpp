#pragma once

#include <chrono>
#include <string_view>

namespace mote {

/// A progress bar on stderr: shown only on a terminal and only for what takes longer than a second. Nothing is left behind.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  /// `fraction` of `stage` is done, 0 to 1.
  void update(std::string_view stage, double fraction);

 private:
  std::chrono::steady_clock::time_point start_, last_;
  bool terminal_, shown_ = false;
};

}  // namespace mote

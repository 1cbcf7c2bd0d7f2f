#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace mote {

/// Samples that run one after another, from `begin` to before `end`.
struct Part {
  std::size_t begin = 0, end = 0;
  std::size_t size() const { return end - begin; }
};

/// Cuts `count` samples into `parts` of about equal size, fewer where a part `may_begin` only at some samples.
std::vector<Part> cut_into_parts(std::size_t count, std::size_t parts, const std::function<bool(std::size_t)>& may_begin);

/// Calls `work(i)` for each i below `count`, at most `lanes` at a time, and waits for all. After a call has thrown no other begins;
/// what the first of them threw is thrown.
void run_side_by_side(std::size_t count, std::size_t lanes, const std::function<void(std::size_t)>& work);

/// As many lanes as this machine has cores.
std::size_t lanes_of_this_machine();

}  // namespace mote

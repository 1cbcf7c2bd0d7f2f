#include "emulate/side_by_side.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

namespace mote {

std::vector<Part> cut_into_parts(std::size_t count, std::size_t parts, const std::function<bool(std::size_t)>& may_begin) {
  std::vector<Part> result;
  if (count == 0) return result;
  const std::size_t size = (count + std::max<std::size_t>(parts, 1) - 1) / std::max<std::size_t>(parts, 1);
  for (std::size_t begin = 0; begin < count;) {
    std::size_t end = std::min(begin + size, count);
    while (end < count && !may_begin(end)) ++end;
    result.push_back({begin, end});
    begin = end;
  }
  return result;
}

void run_side_by_side(std::size_t count, std::size_t lanes, const std::function<void(std::size_t)>& work) {
  std::vector<std::exception_ptr> failures(count);
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  const auto take_all = [&] {
    for (std::size_t i = next++; i < count && !failed; i = next++) {
      try {
        work(i);
      } catch (...) {
        failures[i] = std::current_exception();
        failed = true;
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t lane = 1; lane < std::min(lanes, count); ++lane) others.emplace_back(take_all);
    take_all();
  }
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

std::size_t lanes_of_this_machine() { return std::max(1U, std::thread::hardware_concurrency()); }

}  // namespace mote

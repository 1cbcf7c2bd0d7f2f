#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mote {

/// A stretch of a recording in which an event is to come.
struct LabelledEvent {
  std::string file;
  double start_s = 0, end_s = 0;  ///< from the recording's beginning
  std::string name;
};

/// A .csv with the heading file,start_s,end_s,name (in any order; `name` may be missing where there is one kind of event). Error
/// with the line where a time is no number, negative, or an end before its start.
std::vector<LabelledEvent> parse_event_labels(std::string_view text);

}  // namespace mote

#include "data/event_labels.hpp"

#include <algorithm>
#include <cmath>

#include "data/csv.hpp"
#include "support/error.hpp"

namespace mote {

std::vector<LabelledEvent> parse_event_labels(std::string_view text) {
  const CsvTable table = parse_csv(text);
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::find(table.heading.begin(), table.heading.end(), name) - table.heading.begin());
  };
  const std::size_t file = column("file"), start = column("start_s"), end = column("end_s"), name = column("name");
  for (const auto& [at, missing] : {std::pair{file, "file"}, {start, "start_s"}, {end, "end_s"}}) {
    if (at == table.heading.size())
      throw Error(fmt::format("there is no column '{}'", missing), "the first line is: file,start_s,end_s,name");
  }
  std::vector<LabelledEvent> labels;
  for (const CsvRow& row : table.rows) {
    LabelledEvent label;
    label.file = row.cells[file];
    for (const auto& [at, field] : {std::pair{start, &label.start_s}, {end, &label.end_s}}) {
      if (!parse_number(row.cells[at], *field) || !std::isfinite(*field) || *field < 0)
        throw Error(fmt::format("line {}: '{}' is no time in seconds", row.line, row.cells[at]));
    }
    if (label.end_s < label.start_s) throw Error(fmt::format("line {}: the event ends before it starts", row.line));
    if (name < table.heading.size()) label.name = row.cells[name];
    labels.push_back(std::move(label));
  }
  return labels;
}

}  // namespace mote

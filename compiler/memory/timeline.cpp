#include "memory/timeline.hpp"

#include <algorithm>

namespace mote {

Timeline::Timeline(const Graph& graph, const std::vector<RowRegion>& regions)
    : graph_(graph),
      regions_(regions),
      first_(graph.nodes.size(), -1),
      last_(graph.nodes.size(), -1),
      by_rows_(graph.nodes.size(), false),
      region_of_(graph.nodes.size(), -1),
      rows_(graph.tensors.size(), nullptr),
      made_by_(producers(graph)),
      readers_(consumers(graph)),
      is_output_(graph.tensors.size(), false) {
  for (const TensorId id : graph.outputs) is_output_[static_cast<std::size_t>(id)] = true;
  for (std::size_t r = 0; r < regions.size(); ++r) {
    plays_.push_back(play_region(regions[r]));
    for (const RowStage& stage : regions[r].stages) region_of_[stage.node] = static_cast<std::int32_t>(r);
    for (const RowTensor& tensor : regions[r].tensors) rows_[static_cast<std::size_t>(tensor.id)] = &tensor;
  }
  const auto run = [&](std::size_t node) {
    const auto tick = static_cast<std::int32_t>(node_at_.size());
    if (first_[node] < 0) first_[node] = tick;
    last_[node] = tick;
    node_at_.push_back(node);
  };
  begins_.resize(regions.size());
  for (std::size_t i = 0; i < graph.nodes.size();) {
    if (region_of_[i] < 0) {
      run(i++);
      continue;
    }
    const auto r = static_cast<std::size_t>(region_of_[i]);
    begins_[r] = static_cast<std::int32_t>(node_at_.size());
    for (const std::size_t stage : plays_[r].calls) run(regions[r].stages[stage].node);
    for (; i < graph.nodes.size() && region_of_[i] == static_cast<std::int32_t>(r); ++i) by_rows_[i] = true;
  }
}

std::vector<LiveBytes> Timeline::live_in(std::size_t region, TensorId id) const {
  std::vector<LiveBytes> result;
  const RowRegion& rows = regions_[region];
  for (std::size_t t = 0; t < rows.tensors.size(); ++t) {
    if (rows.tensors[t].id != id) continue;
    for (const LiveRows& each : plays_[region].live[t]) {
      result.push_back({begins_[region] + each.call, each.low * rows.tensors[t].row_bytes, each.high * rows.tensors[t].row_bytes});
    }
  }
  return result;
}

Buffer Timeline::life_of(TensorId id) const {
  const auto index = static_cast<std::size_t>(id);
  const Tensor& tensor = graph_.tensor(id);
  const RowTensor* rows = rows_of(id);
  Buffer buffer{.bytes = rows == nullptr ? tensor.bytes() : rows->bytes(),
                .alignment = std::max<std::int64_t>(4, static_cast<std::int64_t>(type_bytes(tensor.type)))};
  const std::int32_t maker = made_by_[index];
  if (maker >= 0) buffer.first = buffer.last = first_[static_cast<std::size_t>(maker)];
  if (maker >= 0) buffer.last = last_[static_cast<std::size_t>(maker)];
  for (const std::int32_t reader : readers_[index]) buffer.last = std::max(buffer.last, last_[static_cast<std::size_t>(reader)]);
  if (is_output_[index] || tensor.is_state) buffer.last = end();
  if (tensor.is_state) buffer.first = 0;
  if (rows == nullptr) return buffer;

  for (std::size_t r = 0; r < regions_.size(); ++r) {
    // Rows that no stage reads come, too, until the last.
    if (!regions_[r].fed || regions_[r].tensors[regions_[r].input].id != id) continue;
    buffer.first = begins_[r];
    buffer.last = begins_[r] + static_cast<std::int32_t>(plays_[r].calls.size()) - 1;
    return buffer;
  }
  const auto add = [&](const LiveBytes& change) {
    if (!buffer.live.empty() && buffer.live.back().tick == change.tick) buffer.live.pop_back();
    if (change.tick <= buffer.last) buffer.live.push_back(change);
  };
  const std::int32_t makes = maker < 0 ? -1 : region_of_[static_cast<std::size_t>(maker)];
  const std::int32_t last_reader = readers_[index].empty() ? -1 : readers_[index].back();
  const std::int32_t ends = is_output_[index] || tensor.is_state || last_reader < 0 ? -1 : region_of_[static_cast<std::size_t>(last_reader)];
  if (makes >= 0) {
    const auto region = static_cast<std::size_t>(makes);
    for (const LiveBytes& change : live_in(region, id)) add(change);
    // Other regions put rows below it.
    if (rows->outer) add({begins_[region] + static_cast<std::int32_t>(plays_[region].calls.size()), 0, buffer.bytes});
  } else if (rows->outer) {
    add({buffer.first, 0, buffer.bytes});
  }
  if (ends >= 0 && ends != makes) {
    for (const LiveBytes& change : live_in(static_cast<std::size_t>(ends), id)) add(change);
  }
  while (!buffer.live.empty() && buffer.live.front().low == buffer.live.front().high) buffer.live.erase(buffer.live.begin());
  if (!buffer.live.empty()) buffer.first = buffer.live.front().tick;
  return buffer;
}

Buffer Timeline::scratch_of(std::size_t node, std::int64_t bytes) const {
  Buffer buffer{.bytes = bytes, .alignment = 8, .first = first_[node], .last = last_[node]};
  if (!by_rows_[node]) return buffer;
  bool lives = false;
  for (std::int32_t tick = buffer.first; tick <= buffer.last; ++tick) {
    const bool runs = node_at(tick) == node;
    if (runs != lives) buffer.live.push_back({tick, 0, runs ? bytes : 0});
    lives = runs;
  }
  return buffer;
}

}  // namespace mote

#include "select/row_search.hpp"

#include <algorithm>
#include <set>

#include "rows/make_region.hpp"

namespace mote {

namespace {

/// How far a region reaches behind the last node that is too large as a whole.
constexpr std::size_t kStagesBehind = 8;
constexpr std::int32_t kMostRows = 8;
constexpr int kSweeps = 2;

/// The most rows at a time that divide the tensor's, up to `most`.
std::int32_t step_up_to(std::int32_t rows, std::int32_t most) {
  std::int32_t step = std::clamp(most, 1, rows);
  while (rows % step != 0) --step;
  return step;
}

/// The fewest cycles with at most that much scratch, and the least scratch otherwise.
std::pair<double, std::int64_t> cheapest(const std::vector<Candidate>& candidates, std::int64_t scratch_limit) {
  std::int64_t least = INT64_MAX;
  for (const Candidate& each : candidates) {
    if (each.call.scratch_bytes <= scratch_limit) return {each.cycles, each.call.scratch_bytes};
    least = std::min(least, each.call.scratch_bytes);
  }
  return {HUGE_VAL, least};
}

}  // namespace

RowSearch::RowSearch(CandidateTable& table, const MemoryPlan& apart, bool fed)
    : table_(table), graph_(table.graph()), apart_(apart), fed_(fed), made_by_(producers(graph_)), readers_(consumers(graph_)) {
  const auto end = static_cast<std::int32_t>(graph_.nodes.size());
  for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
    last_.push_back(graph_.tensors[i].is_state ? end : readers_[i].empty() ? made_by_[i] : readers_[i].back());
  }
  for (const TensorId id : graph_.outputs) last_[static_cast<std::size_t>(id)] = end;
}

std::optional<RowSearch::Found> RowSearch::within(std::int64_t limit) {
  struct Cut {
    double cycles = HUGE_VAL;
    std::size_t previous = 0;
    const Form* form = nullptr;
  };
  const std::size_t count = graph_.nodes.size();
  std::vector<bool> large;  // by node: as a whole and fast it takes too much
  for (std::size_t i = 0; i < count; ++i) large.push_back(!apart_.is_view[i] && bytes_of_node(i, table_.whole(i).front()) > limit);
  std::vector<Cut> cuts(count + 1);
  cuts[0].cycles = 0;
  for (std::size_t first = 0; first < count; ++first) {
    if (cuts[first].cycles == HUGE_VAL) continue;
    const auto reach = [&](std::size_t end, double cycles, const Form* form) {
      if (cuts[first].cycles + cycles < cuts[end].cycles) cuts[end] = {cuts[first].cycles + cycles, first, form};
    };
    const bool must_feed = fed_ && first == 0;
    if (!must_feed) {
      if (const auto cycles = cycles_of_node(first, limit)) reach(first + 1, *cycles, nullptr);
    }
    std::size_t last_large = first;  // where regions from here may have to reach
    for (std::size_t i = first; i < count && table_.rule(i) && i < last_large + kStagesBehind; ++i) last_large = large[i] ? i : last_large;
    bool holds_large = must_feed;
    for (std::size_t end = first + 1; end <= std::min(count, last_large + kStagesBehind) && table_.rule(end - 1); ++end) {
      holds_large = holds_large || large[end - 1];
      if (!holds_large) continue;
      const Form* form = best_form({first, end}, limit);
      if (form == nullptr) continue;
      const auto [excess, cycles] = score(*form, limit);
      if (excess == 0) reach(end, cycles, form);
    }
  }
  if (cuts[count].cycles == HUGE_VAL) return std::nullopt;
  Found found{{}, cuts[count].cycles, std::vector<std::int64_t>(count, INT64_MAX)};
  for (std::size_t at = count; at > 0; at = cuts[at].previous) {
    const Form* form = cuts[at].form;
    if (form == nullptr) continue;
    found.regions.push_back(form->region);
    for (std::size_t s = 0; s < form->stage_bytes.size(); ++s) found.scratch_limits[cuts[at].previous + s] = limit - form->stage_bytes[s];
  }
  std::reverse(found.regions.begin(), found.regions.end());
  agree_on_borders(found.regions);
  return found;
}

void RowSearch::enlarge(const std::vector<RowRegion>& regions, std::int64_t bytes) {
  for (const RowRegion& region : regions) {
    Steps steps;
    for (const RowStage& stage : region.stages) steps.push_back(stage.step);
    const auto found = forms_.find({{region.first_node(), region.last_node() + 1}, steps});
    if (found == forms_.end() || !found->second) continue;
    for (std::int64_t& each : found->second->stage_bytes) each += bytes;
  }
}

bool RowSearch::fits_whole(std::int64_t limit) {
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (!cycles_of_node(i, limit)) return false;
  }
  return true;
}

const RowSearch::Form* RowSearch::best_form(Piece piece, std::int64_t limit) {
  const Form* best = nullptr;
  Score least{INT64_MAX, HUGE_VAL};
  Steps steps;
  const auto attempt = [&](const Steps& tried) {
    const Form* made = form(piece, tried);
    if (made == nullptr) return false;
    const Score reached = score(*made, limit);
    if (reached >= least) return false;
    best = made, least = reached, steps = tried;
    return true;
  };
  for (const Steps& each : first_steps(piece)) attempt(each);
  // What was found for other limits.
  for (auto known = forms_.lower_bound({piece, {}}); known != forms_.end() && known->first.first == piece; ++known) attempt(Steps(known->first.second));
  if (best == nullptr || least.first > limit / 6) return best;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    bool changed = false;
    for (std::size_t s = 0; s < steps.size(); ++s) {
      const std::int32_t rows = rows_of(piece.first + s);
      for (const std::int32_t step : {1, 2, 3, 4, 6, 8}) {
        if (step == steps[s] || step > rows) continue;
        Steps tried = steps;
        tried[s] = step;
        changed |= attempt(tried);
      }
    }
    if (!changed) break;
  }
  return best;
}

const RowSearch::Form* RowSearch::form(Piece piece, const Steps& steps) {
  const auto [found, is_new] = forms_.try_emplace({piece, steps});
  if (is_new) found->second = make_form(piece, steps);
  return found->second ? &*found->second : nullptr;
}

/// Rows at a time that suit each other: some of the last node's, and before it as many as that takes; and about as many everywhere.
std::vector<RowSearch::Steps> RowSearch::first_steps(Piece piece) const {
  const auto [first, end] = piece;
  std::set<Steps> found;
  for (const std::int32_t last : {1, 2, 4}) {
    Steps steps(end - first, 0);
    for (std::size_t i = end; i-- > first;) {
      std::int32_t wanted = 0;
      for (const std::int32_t reader : readers_[static_cast<std::size_t>(graph_.nodes[i].outputs[0])]) {
        const auto at = static_cast<std::size_t>(reader);
        if (at < first || at >= end) continue;
        for (const InputRows& input : table_.rule(at)->inputs) {
          if (graph_.nodes[at].inputs[static_cast<std::size_t>(input.input)] == graph_.nodes[i].outputs[0])
            wanted = std::max(wanted, std::max(steps[at - first] / input.repeat, 1) * input.stride);
        }
      }
      steps[i - first] = step_up_to(rows_of(i), wanted == 0 ? last : wanted);
    }
    found.insert(std::move(steps));
  }
  for (const std::int32_t most : {1, 2, 4, kMostRows}) {
    Steps steps;
    for (std::size_t i = first; i < end; ++i) steps.push_back(step_up_to(rows_of(i), most));
    found.insert(std::move(steps));
  }
  return {found.begin(), found.end()};
}

std::optional<RowSearch::Form> RowSearch::make_form(Piece piece, const Steps& steps) {
  auto made = make_region(graph_, table_.rules(), {piece.first, steps, fed_ && piece.first == 0});
  if (!made) return std::nullopt;
  const RegionPlay& play = made->play;
  Form form{std::move(made->region), std::vector<std::int64_t>(steps.size(), 0), 0};
  std::vector<std::size_t> at(form.region.tensors.size(), 0);
  std::vector<std::int64_t> live(form.region.tensors.size(), 0);
  std::int64_t sum = bytes_beside(piece);
  for (std::size_t t = 0; t < live.size(); ++t) {
    const RowTensor& tensor = form.region.tensors[t];
    const bool given = tensor.outer && made_by_[static_cast<std::size_t>(tensor.id)] < static_cast<std::int32_t>(piece.first);
    const bool stays = given && last_[static_cast<std::size_t>(tensor.id)] >= static_cast<std::int32_t>(piece.end);
    if (!stays) continue;
    sum += tensor.bytes();
    at[t] = SIZE_MAX;
  }
  for (std::size_t c = 0; c < play.calls.size(); ++c) {
    for (std::size_t t = 0; t < live.size(); ++t) {
      while (at[t] < play.live[t].size() && play.live[t][at[t]].call <= static_cast<std::int32_t>(c)) {
        const LiveRows& now = play.live[t][at[t]++];
        sum -= live[t];
        sum += live[t] = (now.high - now.low) * form.region.tensors[t].row_bytes;
      }
    }
    std::int64_t& most = form.stage_bytes[play.calls[c]];
    most = std::max(most, sum);
  }
  for (const std::int64_t bytes : play.moved_bytes) form.moving_cycles += static_cast<double>(bytes);
  return form;
}

std::int64_t RowSearch::bytes_beside(Piece piece) const {
  std::int64_t bytes = 0;
  for (std::size_t i = 0; i < last_.size(); ++i) {
    if (apart_.tensor_offsets[i] < 0 || made_by_[i] >= static_cast<std::int32_t>(piece.first) || last_[i] < static_cast<std::int32_t>(piece.end)) continue;
    const bool touched = std::any_of(readers_[i].begin(), readers_[i].end(), [&](std::int32_t reader) {
      return static_cast<std::size_t>(reader) >= piece.first && static_cast<std::size_t>(reader) < piece.end;
    });
    if (!touched) bytes += graph_.tensors[i].bytes();
  }
  return bytes;
}

RowSearch::Score RowSearch::score(const Form& form, std::int64_t limit) {
  Score sum{0, form.moving_cycles};
  for (std::size_t s = 0; s < form.stage_bytes.size(); ++s) {
    const RowStage& stage = form.region.stages[s];
    const auto& candidates = table_.band(stage.node, stage.step);
    if (candidates.empty()) return {INT64_MAX, HUGE_VAL};
    const auto [cycles, scratch] = cheapest(candidates, limit - form.stage_bytes[s]);
    sum.first = std::max(sum.first, form.stage_bytes[s] + scratch - limit);
    sum.second += cycles == HUGE_VAL ? candidates.front().cycles : cycles;
  }
  return sum;
}

std::optional<double> RowSearch::cycles_of_node(std::size_t node, std::int64_t limit) {
  if (apart_.is_view[node]) return apart_.live_bytes[node] <= limit ? std::optional(0.0) : std::nullopt;
  for (const Candidate& each : table_.whole(node)) {
    if (bytes_of_node(node, each) <= limit) return each.cycles;
  }
  return std::nullopt;
}

std::int64_t RowSearch::bytes_of_node(std::size_t node, const Candidate& candidate) const {
  const Node& each = graph_.nodes[node];
  const std::int64_t out = graph_.tensor(each.outputs[0]).bytes();
  std::int64_t shared = 0;
  const auto share = [&](int input, std::int64_t distance) {
    if (!takes_over(node, input)) return;
    const std::int64_t in = graph_.tensor(each.inputs[static_cast<std::size_t>(input)]).bytes();
    shared = std::max(shared, in + out - std::max(std::max<std::int64_t>(distance, 0) + in, out));
  };
  for (const int input : candidate.call.in_place) {
    if (graph_.tensor(each.inputs[static_cast<std::size_t>(input)]).bytes() >= out) share(input, 0);
  }
  for (const Overlap& overlap : candidate.call.overlaps) share(overlap.input, overlap.bytes);
  return apart_.live_bytes[node] - shared + candidate.call.scratch_bytes;
}

bool RowSearch::takes_over(std::size_t node, int input) const {
  const TensorId id = graph_.nodes[node].inputs[static_cast<std::size_t>(input)];
  return id != kNoTensor && apart_.tensor_offsets[static_cast<std::size_t>(id)] >= 0 && last_[static_cast<std::size_t>(id)] == static_cast<std::int32_t>(node);
}

}  // namespace mote

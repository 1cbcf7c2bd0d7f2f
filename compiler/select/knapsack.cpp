#include "select/knapsack.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mote {

namespace {

/// Nodes whose candidates are the same kernel instances, so that what one pays for code is free for the others.
struct Group {
  std::vector<std::size_t> nodes;
};

std::vector<Group> group_by_instances(const std::vector<Choice>& choices) {
  std::map<std::string, std::size_t> known;
  std::vector<Group> groups;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    std::string key = choices[i].is_view ? "view " : "";
    for (const Candidate& each : *choices[i].candidates) key += each.instance() + "\n";
    const auto [found, is_new] = known.try_emplace(key, groups.size());
    if (is_new) groups.emplace_back();
    groups[found->second].nodes.push_back(i);
  }
  return groups;
}

/// A partial set: cost so far, instances of the current group that are paid for (a bit by candidate), and how it was reached.
struct State {
  std::int64_t flash = 0;
  double cycles = 0;
  std::uint64_t paid = 0;
  std::int32_t previous = -1, candidate = -1;
};

/// Leaves out what another state beats: less or equal in flash and cycles, with at least the same paid for.
std::vector<State> without_beaten(std::vector<State> states) {
  std::sort(states.begin(), states.end(), [](const State& a, const State& b) {
    return a.flash != b.flash ? a.flash < b.flash : a.cycles != b.cycles ? a.cycles < b.cycles : a.paid > b.paid;
  });
  std::vector<State> kept;
  std::map<std::uint64_t, double> fewest;  // by what is paid for: cycles of the last one kept
  for (const State& state : states) {
    const bool beaten = std::any_of(fewest.begin(), fewest.end(), [&](const auto& each) {
      return (each.first & state.paid) == state.paid && each.second <= state.cycles;
    });
    if (beaten) continue;
    fewest[state.paid] = state.cycles;
    kept.push_back(state);
  }
  return kept;
}

class Search {
 public:
  Search(const std::vector<Choice>& choices, std::int64_t limit)
      : choices_(choices), groups_(group_by_instances(choices)), limit_(limit) {}

  /// The best set that uses only these routines, which are paid for already.
  void try_routines(const std::set<std::string_view>& routines, std::int64_t routine_bytes) {
    std::vector<std::vector<State>> layers{{{.flash = routine_bytes}}};
    std::vector<std::size_t> order;
    for (const Group& group : groups_) {
      for (const std::size_t node : group.nodes) {
        layers.push_back(extend(layers.back(), node, routines));
        if (layers.back().empty()) return;
        order.push_back(node);
      }
      for (State& state : layers.back()) state.paid = 0;
    }
    const auto best = std::min_element(layers.back().begin(), layers.back().end(),
                                       [](const State& a, const State& b) { return a.cycles < b.cycles; });
    if (!chosen_.empty() && cycles_ <= best->cycles) return;
    cycles_ = best->cycles;
    chosen_.resize(choices_.size());
    State state = *best;
    for (std::size_t i = order.size(); i > 0; --i) {
      chosen_[order[i - 1]] = static_cast<std::size_t>(state.candidate);
      state = layers[i - 1][static_cast<std::size_t>(state.previous)];
    }
  }

  /// Empty when no set fits.
  const std::vector<std::size_t>& chosen() const { return chosen_; }

 private:
  std::vector<State> extend(const std::vector<State>& states, std::size_t node,
                            const std::set<std::string_view>& routines) const {
    const Choice& choice = choices_[node];
    std::vector<State> next;
    for (std::size_t s = 0; choice.is_view && s < states.size(); ++s) {
      next.push_back(states[s]);
      next.back().previous = static_cast<std::int32_t>(s);
      next.back().candidate = 0;
    }
    if (choice.is_view) return next;
    for (std::size_t s = 0; s < states.size(); ++s) {
      for (std::size_t c = 0; c < choice.candidates->size(); ++c) {
        const Candidate& candidate = (*choice.candidates)[c];
        if (!choice.allowed[c] || (!candidate.routine.empty() && !routines.contains(candidate.routine))) continue;
        const std::uint64_t bit = std::uint64_t{1} << c;
        State state = states[s];
        state.flash += candidate.table_bytes + ((state.paid & bit) != 0 ? 0 : candidate.code_bytes);
        if (state.flash > limit_) continue;
        state.cycles += candidate.cycles;
        state.paid |= bit;
        state.previous = static_cast<std::int32_t>(s);
        state.candidate = static_cast<std::int32_t>(c);
        next.push_back(state);
      }
    }
    return without_beaten(std::move(next));
  }

  const std::vector<Choice>& choices_;
  std::vector<Group> groups_;
  std::int64_t limit_;
  std::vector<std::size_t> chosen_;
  double cycles_ = 0;
};

}  // namespace

std::int64_t flash_of(const std::vector<Choice>& choices, const std::vector<std::size_t>& chosen) {
  std::int64_t bytes = 0;
  std::set<std::string> instances;
  std::set<std::string_view> routines;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].is_view) continue;
    const Candidate& candidate = (*choices[i].candidates)[chosen[i]];
    bytes += candidate.table_bytes;
    if (instances.insert(candidate.instance()).second) bytes += candidate.code_bytes;
    if (!candidate.routine.empty() && routines.insert(candidate.routine).second) bytes += candidate.routine_bytes;
  }
  return bytes;
}

std::optional<std::vector<std::size_t>> fastest_within(const std::vector<Choice>& choices,
                                                       std::optional<std::int64_t> flash_bytes) {
  std::vector<std::size_t> fastest;
  std::map<std::string_view, std::int64_t> routines;
  for (const Choice& choice : choices) {
    const auto first = std::find(choice.allowed.begin(), choice.allowed.end(), true);
    if (first == choice.allowed.end()) return std::nullopt;
    fastest.push_back(static_cast<std::size_t>(first - choice.allowed.begin()));  // candidates are in the order of their cycles
    for (const Candidate& each : *choice.candidates) {
      if (!each.routine.empty()) routines[each.routine] = each.routine_bytes;
    }
  }
  if (!flash_bytes || flash_of(choices, fastest) <= *flash_bytes) return fastest;
  Search search(choices, *flash_bytes);
  MOTE_CHECK(routines.size() < 16);
  for (std::uint32_t subset = 0; subset < std::uint32_t{1} << routines.size(); ++subset) {
    std::set<std::string_view> names;
    std::int64_t bytes = 0;
    std::uint32_t bit = 1;
    for (const auto& [name, size] : routines) {
      if ((subset & bit) != 0) names.insert(name), bytes += size;
      bit <<= 1;
    }
    search.try_routines(names, bytes);
  }
  if (search.chosen().empty()) return std::nullopt;
  return search.chosen();
}

}  // namespace mote

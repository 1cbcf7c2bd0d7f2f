#include "select/candidate.hpp"

#include <algorithm>
#include <set>

#include "support/checked.hpp"

namespace mote {

namespace {

/// Arguments that turn out to be constants become tables.
void pack_constant_inputs(const NodeView& view, KernelCall& call) {
  for (KernelArgument& argument : call.arguments) {
    if (argument.kind != KernelArgument::Kind::kInput || !view.input(argument.index).is_constant()) continue;
    const Tensor& tensor = view.input(argument.index);
    call.constants.push_back({fmt::format("input{}", argument.index), tensor.type, *tensor.data, {}, {}});
    argument = {KernelArgument::Kind::kConstant, static_cast<int>(call.constants.size()) - 1};
  }
}

Candidate make_candidate(const NodeView& view, const Implementation& row, const Target& target, const Tuning& tuning) {
  Candidate made{.implementation = std::string(row.name),
                 .call = row.lower(view),
                 .cycles = row.cycles == nullptr ? 0 : row.cycles(view),
                 .code_bytes = row.code_bytes_of == nullptr ? row.code_bytes : row.code_bytes_of(view),
                 .routine = row.routine,
                 .routine_bytes = row.routine_bytes};
  pack_constant_inputs(view, made.call);
  for (const PackedConstant& constant : made.call.constants) made.table_bytes += static_cast<std::int64_t>(constant.bytes.size());
  if (const auto cycles = tuning.find(target, made.call)) {
    made.cycles = *cycles;
    made.measured = true;
  }
  return made;
}

}  // namespace

std::vector<Candidate> find_candidates(const NodeView& node, const Target& target, KernelLibrary library, const Tuning& tuning) {
  std::vector<Candidate> found;
  for (const Implementation& row : node.node().op->implementations(node)) {
    if (row.library == library && target.has(row.isa) && (row.applies == nullptr || row.applies(node)) &&
        (row.pays == nullptr || row.pays(node)))
      found.push_back(make_candidate(node, row, target, tuning));
  }
  if (found.empty() && library != KernelLibrary::kMote) return find_candidates(node, target, KernelLibrary::kMote, tuning);
  if (found.empty()) throw Error(fmt::format("has no implementation for {}", target.name));
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) { return a.cycles < b.cycles; });
  if (library != KernelLibrary::kMote) found.resize(1, found[0]);
  return found;
}

CandidateTable::CandidateTable(const Graph& graph, const Target& target, KernelLibrary library, const Tuning& tuning, bool all_bands)
    : graph_(graph), target_(target), library_(library), tuning_(tuning), all_bands_(all_bands), whole_(graph.nodes.size()) {
  for (const Node& node : graph.nodes) rules_.push_back(row_rule(graph, node));
}

const std::vector<Candidate>& CandidateTable::whole(std::size_t node) {
  if (!whole_[node]) {
    const Node& each = graph_.nodes[node];
    with_context(fmt::format("{} ('{}')", each.op->name(), each.name),
                 [&] { whole_[node] = find_candidates(NodeView(graph_, each), target_, library_, tuning_); });
  }
  return *whole_[node];
}

const std::vector<Candidate>& CandidateTable::band(std::size_t node, std::int32_t step) {
  const auto [place, is_new] = bands_.try_emplace({node, step});
  std::vector<Candidate>& found = place->second;
  if (!is_new || !rules_[node]) return found;
  // What cannot run the whole cannot run a part, and what is much slower is not wanted: proofs and packing take long.
  constexpr double kMostSlowdown = 1.5;
  std::set<std::string_view> names;
  for (const Candidate& each : whole(node)) names.insert(each.implementation);
  const Graph band = make_band(graph_, graph_.nodes[node], *rules_[node], step);
  const NodeView view(band, band.nodes[0]);
  std::vector<std::pair<double, Implementation>> rows;
  for (const Implementation& row : band.nodes[0].op->implementations(view)) {
    if (names.contains(row.name)) rows.emplace_back(row.cycles == nullptr ? 0 : row.cycles(view), row);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  double fewest = HUGE_VAL;
  const auto calls = static_cast<double>(divide_up(graph_.tensor(graph_.nodes[node].outputs[0]).shape[1], step));
  for (const auto& [cycles, row] : rows) {
    if (cycles > kMostSlowdown * fewest && !all_bands_) break;
    if (row.applies != nullptr && !row.applies(view)) continue;
    fewest = std::min(fewest, cycles);
    found.push_back(make_candidate(view, row, target_, tuning_));
    found.back().cycles = calls * (found.back().cycles + kCyclesPerRowCall);
  }
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) { return a.cycles < b.cycles; });
  return found;
}

}  // namespace mote

#include "select/candidate.hpp"

#include <algorithm>

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
    if (row.library == library && target.has(row.isa) && (row.applies == nullptr || row.applies(node)))
      found.push_back(make_candidate(node, row, target, tuning));
  }
  if (found.empty() && library != KernelLibrary::kMote) return find_candidates(node, target, KernelLibrary::kMote, tuning);
  if (found.empty()) throw Error(fmt::format("has no implementation for {}", target.name));
  std::stable_sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) { return a.cycles < b.cycles; });
  if (library != KernelLibrary::kMote) found.resize(1, found[0]);
  return found;
}

}  // namespace mote

#pragma once

#include <compare>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "memory/plan_memory.hpp"
#include "rows/row_region.hpp"
#include "select/candidate.hpp"

namespace mote {

/// Which nodes run by rows so that a model keeps to a limit of RAM with the fewest cycles: the running order is cut into pieces, each a
/// node as a whole or a region in one of a few forms; the cheapest series of pieces is found by dynamic programming.
class RowSearch {
 public:
  /// What `within` finds.
  struct Found {
    std::vector<RowRegion> regions;
    double cycles = 0;
    /// By node: the most scratch that fits beside what else lives.
    std::vector<std::int64_t> scratch_limits;
  };

  /// `apart`: the memory plan with every node as a whole, without scratch and with a place of its own for every result that is no view.
  /// `fed`: the first piece takes the graph's input row by row.
  RowSearch(CandidateTable& table, const MemoryPlan& apart, bool fed);

  /// Offsets for these regions took so many bytes more than live at once: they count as larger from now on.
  void enlarge(const std::vector<RowRegion>& regions, std::int64_t bytes);
  /// Whether each node fits as a whole in one way or another.
  bool fits_whole(std::int64_t limit);
  /// The cheapest regions in which nothing takes more than `limit` bytes at a time. Nothing when there are none.
  std::optional<Found> within(std::int64_t limit);
 private:
  /// A region and what it takes.
  struct Form {
    RowRegion region;
    std::vector<std::int64_t> stage_bytes;  ///< by stage: the most that lives while it runs, without its scratch
    double moving_cycles = 0;
  };
  using Steps = std::vector<std::int32_t>;
  /// Bytes beyond the limit, then cycles.
  using Score = std::pair<std::int64_t, double>;
  struct Piece {
    std::size_t first = 0, end = 0;
    auto operator<=>(const Piece&) const = default;
  };

  /// The best form of a piece under the limit that a descent over steps finds; null when it cannot run by rows.
  const Form* best_form(Piece piece, std::int64_t limit);
  /// The form with these steps; null when there is none.
  const Form* form(Piece piece, const Steps& steps);
  std::optional<Form> make_form(Piece piece, const Steps& steps);
  std::vector<Steps> first_steps(Piece piece) const;
  std::int32_t rows_of(std::size_t node) const { return graph_.tensor(graph_.nodes[node].outputs[0]).shape[1]; }
  Score score(const Form& form, std::int64_t limit);
  /// Of the candidate with the fewest cycles that fits.
  std::optional<double> cycles_of_node(std::size_t node, std::int64_t limit);
  /// What lives while the node runs as a whole that way.
  std::int64_t bytes_of_node(std::size_t node, const Candidate& candidate) const;
  /// Whether the node is the last to read its input, of which nothing else is made.
  bool takes_over(std::size_t node, int input) const;
  /// Bytes of tensors that live throughout and that no node of the piece touches.
  std::int64_t bytes_beside(Piece piece) const;

  CandidateTable& table_;
  const Graph& graph_;
  const MemoryPlan& apart_;
  bool fed_;
  std::map<std::pair<Piece, Steps>, std::optional<Form>> forms_;
  std::vector<std::int32_t> made_by_;
  std::vector<std::vector<std::int32_t>> readers_;
  std::vector<std::int32_t> last_;  // by tensor: the last node that reads it, the number of nodes for outputs and states
};

}  // namespace mote

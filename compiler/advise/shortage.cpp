#include "advise/shortage.hpp"

#include <algorithm>
#include <cmath>

#include "advise/changed_models.hpp"
#include "graph/operator.hpp"
#include "targets/board.hpp"

namespace mote {

namespace {

constexpr double kAnySlowdown = 1e9;

/// The plan, or nothing when there is none.
std::optional<Plan> try_plan(const Graph& graph, const Target& target, const SelectionOptions& options) {
  try {
    return make_plan(graph, target, options);
  } catch (const Error&) {
    return std::nullopt;
  }
}

class Inquiry {
 public:
  Inquiry(const Graph& graph, const Target& target, const SelectionOptions& options, const ModelForms& forms)
      : graph_(graph), target_(target), options_(options), forms_(forms), of_ram_(ram_is_short()) {}

  Shortage result() {
    const std::int64_t budget = of_ram_ ? options_.ram_bytes.value_or(0) : options_.flash_bytes.value_or(0);
    Shortage shortage{
        of_ram_, budget, make_plan(graph_, target_, unlimited(options_)), least(graph_, target_, options_).value(), {}};
    nearest_ = costs_of(shortage.nearest);
    if (of_ram_) {
      try_ram_remedies(shortage.nearest);
    } else {
      try_flash_remedies(shortage.nearest);
    }
    sort_remedies();
    try_boards();
    shortage.remedies = std::move(found_);
    return shortage;
  }

 private:
  bool ram_is_short() const {
    if (!options_.ram_bytes) return false;
    if (!options_.flash_bytes) return true;
    SelectionOptions flash_alone = options_;
    flash_alone.ram_bytes.reset();
    return try_plan(graph_, target_, flash_alone).has_value();
  }

  /// Without the budget that is short; and of both, when flash alone is too much.
  SelectionOptions unlimited(SelectionOptions options) const {
    options.ram_bytes.reset();
    if (!of_ram_) options.flash_bytes.reset();
    options.goal = Goal::kLatency;
    return options;
  }

  std::optional<Plan> least(const Graph& graph, const Target& target, const SelectionOptions& options) const {
    SelectionOptions wanted = unlimited(options);
    wanted.goal = of_ram_ ? Goal::kRam : Goal::kFlash;
    wanted.most_slowdown = kAnySlowdown;
    return try_plan(graph, target, wanted);
  }

  std::int64_t bytes(const Costs& costs) const { return of_ram_ ? costs.ram_bytes : costs.flash_bytes; }

  /// The fastest plan that keeps to the budgets; where there is none, the one that comes nearest.
  std::optional<Remedy> costs_with(const Graph& graph, const Target& target, const SelectionOptions& options) const {
    Remedy remedy;
    std::optional<Plan> plan = try_plan(graph, target, options);
    remedy.fits = plan.has_value();
    if (!plan) plan = least(graph, target, options);
    if (!plan) return std::nullopt;
    remedy.costs = costs_of(*plan);
    return remedy;
  }

  /// The remedy, if it is one.
  Remedy* attempt(Remedy::By by, std::string what, std::string shown, const Graph& graph, const SelectionOptions& options) {
    std::optional<Remedy> remedy = costs_with(graph, target_, options);
    if (!remedy || (!remedy->fits && bytes(remedy->costs) >= bytes(nearest_))) return nullptr;
    remedy->by = by;
    remedy->what = std::move(what);
    remedy->options = std::move(shown);
    found_.push_back(std::move(*remedy));
    return &found_.back();
  }

  /// As `attempt`, with a graph that may not come about.
  void attempt_form(Remedy::By by, std::string what, std::string shown, const std::function<Graph()>& form) {
    try {
      attempt(by, std::move(what), std::move(shown), form(), options_);
    } catch (const Error&) {
      // The model has no such form.
    }
  }

  void try_options() {
    SelectionOptions other = options_;
    if (!options_.by_rows) {
      other.by_rows = true;
      attempt(Remedy::By::kOptions, "layers may run a few rows at a time", "without --no-rows", graph_, other);
    }
    if (!options_.forced.empty()) {
      other = options_;
      other.forced.clear();
      attempt(Remedy::By::kOptions, "implementations are chosen freely", "without --force", graph_, other);
    }
    if (options_.kernels != KernelLibrary::kMote) {
      other = options_;
      other.kernels = KernelLibrary::kMote;
      attempt(Remedy::By::kOptions, "mote's own kernels", "--kernels mote", graph_, other);
    }
  }

  void try_ram_remedies(const Plan& nearest) {
    try_options();
    if (options_.flash_bytes) {
      SelectionOptions other = options_;
      other.flash_bytes.reset();
      if (Remedy* more = attempt(Remedy::By::kOptions, "more flash", "", graph_, other))
        more->options = fmt::format("--flash {}", more->costs.flash_bytes);
    }
    if (forms_.may_feed_rows && options_.by_rows) {
      SelectionOptions other = options_;
      other.feed_rows = true;
      attempt(Remedy::By::kProgram, "the program hands over the input row by row", "--feed-rows", graph_, other);
    }
    if (forms_.integer_io)
      attempt_form(Remedy::By::kProgram, "the program hands over and gets int8 values", "--io int8", forms_.integer_io);
    if (forms_.integer_inputs)
      attempt_form(Remedy::By::kProgram, "inputs are whole numbers from -128 to 127, handed over as int8", "--input-type int8",
                   forms_.integer_inputs);
    try_streams();
    try_halves(nearest.graph, tensors_at_peak(nearest));
  }

  /// Along the axis of the input that may be time, which none of an image as high as wide is.
  void try_streams() {
    if (!forms_.streamed || graph_.inputs.size() != 1) return;
    const Shape& shape = graph_.tensor(graph_.inputs[0]).shape;
    if (shape.size() < 2 || (shape.size() == 4 && shape[1] == shape[2])) return;
    const int axis = shape[1] == 1 && shape.size() > 3 ? 2 : 1;
    attempt_form(Remedy::By::kProgram, fmt::format("a run for each new frame, if axis {} of the input is time", axis),
                 fmt::format("--stream {}", axis), [&] { return forms_.streamed(axis); });
  }

  /// Those in RAM while the peak's layer runs, the largest first.
  static std::vector<TensorId> tensors_at_peak(const Plan& plan) {
    std::vector<TensorId> found;
    for (const PlacedBuffer& each : plan.memory.buffers) {
      if (each.first <= plan.memory.peak_node && plan.memory.peak_node <= each.last)
        found.insert(found.end(), each.tensors.begin(), each.tensors.end());
    }
    const auto bytes = [&](TensorId id) { return plan.graph.tensor(id).bytes(); };
    std::stable_sort(found.begin(), found.end(), [&](TensorId a, TensorId b) { return bytes(a) > bytes(b); });
    return found;
  }

  void try_halves(const Graph& graph, const std::vector<TensorId>& tensors) {
    if (const std::optional<Graph> half = with_half_of_all_channels(graph))
      attempt(Remedy::By::kTraining, "half of the channels of every layer: mote compress --prune-macs 75%", "", *half, options_);
    constexpr std::size_t kMost = 2;
    const std::vector<std::int32_t> made_by = producers(graph);
    std::vector<Shape> known;  // tied tensors give the same model
    for (const TensorId id : tensors) {
      if (known.size() == kMost) return;
      const std::optional<Graph> half = with_half_channels(graph, id);
      if (!half) continue;
      Shape shapes;
      for (const Tensor& tensor : half->tensors) shapes.insert(shapes.end(), tensor.shape.begin(), tensor.shape.end());
      if (std::find(known.begin(), known.end(), shapes) != known.end()) continue;
      known.push_back(std::move(shapes));
      const Node& maker = graph.nodes[static_cast<std::size_t>(made_by[static_cast<std::size_t>(id)])];
      const std::int32_t channels = graph.tensor(id).shape.back();
      attempt(Remedy::By::kTraining, fmt::format("{} of {}'s {} channels", (channels + 1) / 2, maker.name, channels), "", *half,
              options_);
    }
  }

  void try_flash_remedies(const Plan& nearest) {
    try_options();
    if (options_.ram_bytes) {
      SelectionOptions other = options_;
      other.ram_bytes.reset();
      if (Remedy* more = attempt(Remedy::By::kOptions, "more RAM", "", graph_, other))
        more->options = fmt::format("--ram {}", more->costs.ram_bytes);
    }
    for (const int bits : {4, 2}) {
      if (const std::optional<Graph> narrow = with_narrow_weights(graph_, bits))
        attempt(Remedy::By::kTraining, fmt::format("weights of {} bits: mote compress --weights int{}", bits, bits), "", *narrow,
                options_);
    }
    try_halves(nearest.graph, tensors_by_tables(nearest));
  }

  /// What the layers with the most bytes of tables write and read.
  static std::vector<TensorId> tensors_by_tables(const Plan& plan) {
    std::vector<std::pair<std::int64_t, TensorId>> sizes;
    for (const Step& step : plan.steps) {
      std::int64_t bytes = 0;
      for (const PackedConstant& constant : step.call.constants) bytes += static_cast<std::int64_t>(constant.bytes.size());
      const Node& node = plan.graph.nodes[step.node];
      sizes.emplace_back(bytes, node.outputs[0]);
      if (!node.inputs.empty() && node.inputs[0] != kNoTensor) sizes.emplace_back(bytes, node.inputs[0]);
    }
    std::stable_sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<TensorId> found;
    for (const auto& [bytes, id] : sizes) found.push_back(id);
    return found;
  }

  /// The most saved per cycle added first; what adds none by what it saves.
  void sort_remedies() {
    const auto score = [&](const Remedy& each) {
      const auto saved = static_cast<double>(bytes(nearest_) - bytes(each.costs));
      const double added = each.costs.cycles - nearest_.cycles;
      return added <= 0 ? std::pair(1, saved) : std::pair(0, saved / added);
    };
    std::stable_sort(found_.begin(), found_.end(), [&](const Remedy& a, const Remedy& b) { return score(a) > score(b); });
  }

  /// The smallest boards that the model fits, when it is for one.
  void try_boards() {
    if (target_.board.empty()) return;
    std::vector<const Board*> boards;
    for (const Board& each : all_boards()) boards.push_back(&each);
    const auto size = [&](const Board* each) { return of_ram_ ? each->ram_bytes : each->flash_bytes; };
    std::stable_sort(boards.begin(), boards.end(), [&](const Board* a, const Board* b) { return size(a) < size(b); });
    constexpr std::size_t kMost = 3;
    std::size_t count = 0;
    for (const Board* board : boards) {
      if (count == kMost || board->name == target_.board) continue;
      SelectionOptions other = options_;
      other.ram_bytes = board->ram_bytes;
      other.flash_bytes = board->flash_bytes;
      const std::optional<Plan> plan = try_plan(graph_, board->as_target(), other);
      if (!plan) continue;
      ++count;
      found_.push_back({Remedy::By::kBoard,
                        fmt::format("{}: {} bytes of RAM, {} of flash", board->description, board->ram_bytes, board->flash_bytes),
                        fmt::format("--board {}", board->name), costs_of(*plan), true});
    }
  }

  const Graph& graph_;
  const Target& target_;
  const SelectionOptions& options_;
  const ModelForms& forms_;
  bool of_ram_;
  Costs nearest_;
  std::vector<Remedy> found_;
};

}  // namespace

Costs costs_of(const Plan& plan) { return {plan.ram_bytes(), plan.flash_bytes(), plan.cycles()}; }

Shortage explain_shortage(const Graph& graph, const Target& target, const SelectionOptions& options, const ModelForms& forms) {
  return Inquiry(graph, target, options, forms).result();
}

}  // namespace mote

#include "rows/play_region.hpp"

#include <algorithm>

#include "support/checked.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

class Player {
 public:
  explicit Player(const RowRegion& region) : region_(region), tensors_(region.tensors.size()), readers_(region.tensors.size()), made_(region.tensors.size(), false) {
    for (const RowStage& stage : region.stages) {
      made_[stage.output] = true;
      for (const RowInput& input : stage.inputs) readers_[input.tensor].push_back({&stage, &input});
    }
    for (std::size_t t = 0; t < tensors_.size(); ++t) {
      const RowTensor& tensor = region.tensors[t];
      tensors_[t].end = made_[t] || t == region.input ? tensor.above : tensor.all_rows();
    }
    play_.live.resize(tensors_.size());
    play_.moved_bytes.assign(tensors_.size(), 0);
    play_.slides.assign(tensors_.size(), 0);
    for (const RowTensor& tensor : region.tensors) play_.least_held.push_back(tensor.outer ? tensor.all_rows() : 0);
    play_.aligned.assign(tensors_.size(), true);
  }

  RegionPlay play() {
    while (true) {
      const auto next = std::find_if(region_.stages.rbegin(), region_.stages.rend(), [&](const RowStage& stage) { return ready(stage); });
      if (next != region_.stages.rend()) {
        run(*next);
      } else if (!take_input()) {
        break;
      }
    }
    MOTE_CHECK(finished());
    return std::move(play_);
  }

 private:
  struct State {
    std::int32_t first = 0, end = 0;
  };
  struct Reader {
    const RowStage* stage;
    const RowInput* input;
  };

  std::int32_t made_rows(std::size_t tensor) const { return std::min(tensors_[tensor].end - region_.tensors[tensor].above, region_.tensors[tensor].rows); }

  bool finished() const {
    return std::all_of(region_.stages.begin(), region_.stages.end(),
                       [&](const RowStage& stage) { return made_rows(stage.output) == region_.tensors[stage.output].rows; });
  }

  /// The row at which the stage's next window of this input begins.
  std::int32_t next_row(const RowStage& stage, const RowInput& input) const {
    return made_rows(stage.output) / input.repeat * input.stride + input.first + region_.tensors[input.tensor].above;
  }

  /// The first row that some stage still reads.
  std::int32_t needed(std::size_t tensor) const {
    const RowTensor& rows = region_.tensors[tensor];
    std::int32_t least = rows.all_rows();
    for (const Reader& reader : readers_[tensor]) {
      if (made_rows(reader.stage->output) < region_.tensors[reader.stage->output].rows) least = std::min(least, next_row(*reader.stage, *reader.input));
    }
    return least;
  }

  /// One behind the last row that a stage may read: those below are put there when one asks for them.
  std::int32_t readable(std::size_t tensor) const {
    const RowTensor& rows = region_.tensors[tensor];
    return tensors_[tensor].end == rows.above + rows.rows ? rows.all_rows() : tensors_[tensor].end;
  }

  bool ready(const RowStage& stage) const {
    if (made_rows(stage.output) >= region_.tensors[stage.output].rows) return false;
    return std::all_of(stage.inputs.begin(), stage.inputs.end(), [&](const RowInput& input) { return next_row(stage, input) + input.window <= readable(input.tensor); });
  }

  bool take_input() {
    const RowTensor& tensor = region_.tensors[region_.input];
    State& state = tensors_[region_.input];
    const std::int32_t left = tensor.rows + tensor.above - state.end;
    if (left <= 0) return false;
    const std::int32_t taken = std::min(region_.input_step, left);
    if (region_.fed) make_room(region_.input, taken);
    state.end += taken;
    return true;
  }

  void run(const RowStage& stage) {
    for (const RowInput& input : stage.inputs) {
      if (next_row(stage, input) + input.window > tensors_[input.tensor].end) show_below(input.tensor);
    }
    make_room(stage.output, stage.step);
    for (const RowInput& input : stage.inputs) note_address(input.tensor, next_row(stage, input));
    note_address(stage.output, tensors_[stage.output].end);
    note_live(stage);
    play_.calls.push_back(static_cast<std::size_t>(&stage - region_.stages.data()));
    State& made = tensors_[stage.output];
    made.end = std::min(made.end + stage.step, region_.tensors[stage.output].above + region_.tensors[stage.output].rows);
  }

  void note_address(std::size_t tensor, std::int32_t row) {
    if ((row - tensors_[tensor].first) * region_.tensors[tensor].row_bytes % 4 != 0) play_.aligned[tensor] = false;
  }

  void show_below(std::size_t tensor) {
    make_room(tensor, region_.tensors[tensor].below);
    tensors_[tensor].end = region_.tensors[tensor].all_rows();
  }

  void make_room(std::size_t tensor, std::int32_t count) {
    const RowTensor& rows = region_.tensors[tensor];
    if (rows.outer) return;
    State& state = tensors_[tensor];
    const std::int32_t end = state.end + count;
    const std::int32_t kept_from = std::min(needed(tensor), state.end);
    play_.least_held[tensor] = std::max(play_.least_held[tensor], end - kept_from);
    if (rows.held > 0 && end - state.first <= rows.held) return;
    MOTE_CHECK(rows.held == 0 || end - kept_from <= rows.held);
    if (state.end > kept_from && kept_from > state.first) ++play_.slides[tensor], play_.moved_bytes[tensor] += (state.end - kept_from) * rows.row_bytes;
    state.first = kept_from;
  }

  /// What lives while `running` makes its next rows.
  void note_live(const RowStage& running) {
    const auto call = static_cast<std::int32_t>(play_.calls.size());
    for (std::size_t t = 0; t < tensors_.size(); ++t) {
      LiveRows now = live_rows(t, running.output == t ? running.step : 0);
      now.call = call;
      auto& changes = play_.live[t];
      if (changes.empty() || changes.back().low != now.low || changes.back().high != now.high) changes.push_back(now);
    }
  }

  /// `coming`: rows that are being made.
  LiveRows live_rows(std::size_t tensor, std::int32_t coming) const {
    const RowTensor& rows = region_.tensors[tensor];
    const bool given = rows.outer && !made_[tensor];
    if (given) return {0, needed(tensor), rows.all_rows()};
    const std::int32_t end = tensors_[tensor].end + coming;
    if (tensor == region_.input) return {0, 0, rows.held};  // of which rows come that no stage reads
    if (end == rows.above) return {};                       // nothing has been made
    if (rows.outer) return {0, 0, end};
    return {0, 0, coming > 0 || needed(tensor) < end ? rows.held : 0};
  }

  const RowRegion& region_;
  std::vector<State> tensors_;
  std::vector<std::vector<Reader>> readers_;
  std::vector<bool> made_;
  RegionPlay play_;
};

}  // namespace

RegionPlay play_region(const RowRegion& region) { return Player(region).play(); }

}  // namespace mote

/// Runs a generated model on the samples of `input.bin`. Built with MOTE_MODEL_HEADER ("kws.hpp") and MOTE_MODEL (its namespace),
/// and for a board with MOTE_BOARD.

#include MOTE_MODEL_HEADER

#include "run_format.h"
#include "runner_io.h"
#include "sample_events.hpp"

#ifdef MOTE_BOARD
#include "watch_board.hpp"
#else
#include "watch_host.hpp"
#endif

namespace model = MOTE_MODEL;

// The name is known to board.ld, which counts this object as the model's RAM.
extern "C" {
model::Model mote_model_object;
}

#ifdef MOTE_FED_BY_ROWS
/// The input, which need not lie in the model's memory, and a model that is run by its rows.
struct FedModel {
  void run() noexcept {
    const model::Input0::Value* row = input;
    while (!mote_model_object.feed_row(row)) row += model::Model::kRowElements;
  }
  void* input_data(int) noexcept { return input; }

  model::Input0::Value input[model::Input0::kElements];
};
static FedModel runs;
#else
static model::Model& runs = mote_model_object;
#endif

int main() {
  io_open();
  RunHeader header;
  io_read(&header, sizeof header);
  if (header.magic != MOTE_INPUT_MAGIC) io_fail("input.bin is not an input of this runner");

  give_memory(mote_model_object);
  // Else the first run() would do it, and cost more than those after it.
  mote_model_object.reset();
  Watch watch(header.options);
  for (uint32_t sample = 0; sample < header.sample_count; ++sample) {
    uint32_t flags;
    io_read(&flags, sizeof flags);
    before_sample(mote_model_object, flags);
    for (int i = 0; i < model::kInputCount; ++i) {
      io_read(runs.input_data(i), static_cast<uint32_t>(model::kInputBytes[i]));
    }
    watch.run(runs);
    for (int i = 0; i < model::kOutputCount; ++i) {
      io_write(mote_model_object.output_data(i), static_cast<uint32_t>(model::kOutputBytes[i]));
    }
    behind_sample(mote_model_object, flags);
  }

  static RunTrailer trailer;  // static, because clearing one on the stack would call memset
  trailer.magic = MOTE_OUTPUT_MAGIC;
  trailer.sample_count = header.sample_count;
  watch.fill(trailer);
  io_write(&trailer, sizeof trailer);
  io_close();
  return 0;
}

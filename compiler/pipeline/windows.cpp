#include "pipeline/windows.hpp"

namespace mote {

void build_frames(PipelineBuilder& builder, Section& section) {
  const Shape in = builder.shape();
  if (!builder.are_samples)
    section.fail("op", "frames are cut from samples [hop, channels], and these are no longer", "put it before what works on frames");
  const std::int64_t length = section.required_steps("length", builder.rows_per_second, "samples");
  const std::int64_t step = section.steps("step", builder.rows_per_second, "samples").value_or(length);
  if (step > length) section.fail("step", fmt::format("is longer than a frame of {} samples", length));
  if (in[0] % step != 0)
    section.fail("step", fmt::format("a hop of {} samples is no whole number of steps of {}", in[0], step), "change the source's hop");
  const std::int32_t frames = static_cast<std::int32_t>(in[0] / step);
  keep_window(builder, length - step + in[0], "frames");
  if (length == step && frames == 1) {
    builder.value = builder.graph.reshape(builder.value, in[1] == 1 ? Shape{1, in[0]} : Shape{1, in[0], in[1]});
  } else if (frames == 1) {
    builder.value = builder.graph.reshape(builder.value, in[1] == 1 ? Shape{1, builder.shape()[0]} : Shape{1, builder.shape()[0], in[1]});
  } else {
    builder.value = builder.graph.add("signal_frames", {builder.value},
                                      {{"length", static_cast<std::int32_t>(length)}, {"step", static_cast<std::int32_t>(step)}});
    if (in[1] == 1) builder.value = builder.graph.reshape(builder.value, {frames, static_cast<std::int32_t>(length)});
  }
  builder.rows_per_second /= static_cast<double>(step);
  builder.are_samples = false;
}

void build_stack(PipelineBuilder& builder, Section& section) {
  const std::int64_t rows = section.required_steps("rows", builder.rows_per_second, "rows");
  const std::int32_t fresh = builder.shape()[0];
  if (rows < fresh) section.fail("rows", fmt::format("each run brings {} rows, more than {}", fresh, rows), "make the source's hop shorter");
  keep_window(builder, rows, "stack");
  builder.rows_per_second = builder.runs_per_second();
  builder.are_samples = false;
}

}  // namespace mote

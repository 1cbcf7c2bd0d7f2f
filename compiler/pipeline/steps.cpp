#include "pipeline/steps.hpp"

#include <algorithm>

#include "pipeline/append_model.hpp"
#include "pipeline/windows.hpp"

namespace mote {

const std::vector<StepKind>& all_steps() {
  static const std::vector<StepKind> list{
      {"frames",
       "overlapping frames: [frames, length], or [frames, length, channels] of several channels",
       {{"length", "of a frame, in samples or as a duration"}, {"step", "from frame to frame; the length when missing"}},
       build_frames},
      {"model",
       "a .tflite or .onnx file whose input the value becomes",
       {{"file", "the model"}, {"output", "its output that goes on, by name; the first when missing"},
        {"stream", "an axis: the model takes only new frames along it, and keeps what it needs of those before"}},
       build_model_features},
      {"stack",
       "the last rows, joined to a window: [rows, ...]",
       {{"rows", "how many, or a duration"}},
       build_stack},
  };
  return list;
}

void build_step(PipelineBuilder& builder, Section& section) {
  const std::string name = section.required_text("op");
  const auto& steps = all_steps();
  const auto found = std::find_if(steps.begin(), steps.end(), [&](const StepKind& step) { return step.name == name; });
  if (found == steps.end()) {
    std::vector<std::string_view> names;
    for (const StepKind& step : steps) names.push_back(step.name);
    section.fail("op", fmt::format("there is no step '{}'", name), fmt::format("one of: {}", fmt::join(names, ", ")));
  }
  builder.graph.set_origin(name);
  with_context(fmt::format("line {}: step '{}'", section.place("op").line, name), [&] { found->build(builder, section); });
  section.finish();
}

}  // namespace mote

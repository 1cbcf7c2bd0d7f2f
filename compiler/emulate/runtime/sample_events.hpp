#pragma once

/// What happens to a model before all samples, and before and behind a sample, by the sample's flags. Models without lasting state, lessons
/// or outer memory have no functions for it: then the flags mean nothing.

#include "run_format.h"
#include "runner_io.h"

struct AnyModel {
  template <typename Model>
  AnyModel(Model&) {}
};

/// Memory for a model that has it outside of the object. The name is known to board.ld, which counts it as the model's RAM.
template <typename Model>
auto give_memory(Model& model) -> decltype(model.attach(*static_cast<typename Model::Memories*>(nullptr)), void()) {
  static typename Model::Memories mote_model_memories;
  model.attach(mote_model_memories);
}
inline void give_memory(AnyModel) {}

template <typename Model>
auto through_bytes(Model& model) -> decltype(model.restore(nullptr, Model::kLastingBytes), void()) {
  static uint8_t saved[Model::kLastingBytes];
  model.save(saved);
  model.reset();
  if (!model.restore(saved, sizeof saved)) io_fail("the model refuses what it saved");
}
inline void through_bytes(AnyModel) {}

template <typename Model>
auto teach(Model& model, int32_t label) -> decltype(model.teach(label), void()) {
  if (!model.teach(label)) io_fail("the model refuses a label");
}
inline void teach(AnyModel, int32_t) {}

template <typename Model>
void before_sample(Model& model, uint32_t flags) {
  if ((flags & MOTE_SAMPLE_RESET) != 0) model.reset();
  if ((flags & MOTE_SAMPLE_RESTART) != 0) model.restart();
  if ((flags & MOTE_SAMPLE_RESTORE) != 0) through_bytes(model);
}

template <typename Model>
void behind_sample(Model& model, uint32_t flags) {
  const uint32_t lesson = flags >> MOTE_SAMPLE_TEACH_SHIFT;
  if (lesson != 0) teach(model, static_cast<int32_t>(lesson - 1));
}

#include "train/checkpoint.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <nlohmann/json.hpp>

#include "support/error.hpp"

namespace mote {

namespace {

using nlohmann::json;

constexpr std::string_view kMagic = "mote distillation 1\n";

[[noreturn]] void damaged(std::string_view what) {
  throw Error(fmt::format("this is no checkpoint of training: {}", what), "name another file, or remove this one to begin anew");
}

json sizes_of(const Slots& slots) {
  json sizes = json::array();
  for (const auto& slot : slots) sizes.push_back(slot.size());
  return sizes;
}

void append(std::string& text, const Slots& slots) {
  for (const auto& slot : slots) text.append(reinterpret_cast<const char*>(slot.data()), slot.size() * sizeof(float));
}

/// Takes numbers from the front of `bytes`.
Slots take(std::span<const std::uint8_t>& bytes, const std::vector<std::size_t>& sizes) {
  Slots slots;
  for (const std::size_t size : sizes) {
    if (size > bytes.size() / sizeof(float)) damaged("it ends too early");
    std::vector<float> numbers(size);
    std::memcpy(numbers.data(), bytes.data(), size * sizeof(float));
    if (!std::all_of(numbers.begin(), numbers.end(), [](float x) { return std::isfinite(x); })) damaged("a number is not finite");
    slots.push_back(std::move(numbers));
    bytes = bytes.subspan(size * sizeof(float));
  }
  return slots;
}

}  // namespace

std::string format_checkpoint(const Checkpoint& checkpoint) {
  const TrainingState& state = checkpoint.state;
  json head{{"fingerprint", checkpoint.fingerprint},
            {"epochs", state.epochs_done},
            {"best_epoch", state.best_epoch},
            {"steps", state.optimizer.steps},
            {"slots", sizes_of(state.slots)},
            {"moments", !state.optimizer.first.empty()},
            {"curve", json::array()}};
  for (const EpochLoss& loss : state.curve) head["curve"].push_back({loss.training, loss.held_back});
  std::string text = std::string(kMagic) + head.dump() + "\n";
  append(text, state.slots);
  append(text, state.best);
  append(text, state.optimizer.first);
  append(text, state.optimizer.second);
  return text;
}

Checkpoint parse_checkpoint(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kMagic.size() || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) damaged("its first line is another");
  bytes = bytes.subspan(kMagic.size());
  const auto line_end = std::find(bytes.begin(), bytes.end(), '\n');
  if (line_end == bytes.end()) damaged("its second line has no end");
  const auto line = bytes.first(static_cast<std::size_t>(line_end - bytes.begin()));
  Checkpoint checkpoint;
  TrainingState& state = checkpoint.state;
  std::vector<std::size_t> sizes;
  bool moments = false;
  try {
    const json head = json::parse(line.begin(), line.end());
    checkpoint.fingerprint = head.at("fingerprint").get<std::string>();
    state.epochs_done = head.at("epochs").get<int>();
    state.best_epoch = head.at("best_epoch").get<int>();
    state.optimizer.steps = head.at("steps").get<std::int64_t>();
    sizes = head.at("slots").get<std::vector<std::size_t>>();
    moments = head.at("moments").get<bool>();
    for (const auto& [training, held_back] : head.at("curve").get<std::vector<std::pair<double, double>>>())
      state.curve.push_back({training, held_back});
  } catch (const json::exception& error) {
    damaged(error.what());
  }
  if (state.epochs_done < 0 || state.optimizer.steps < 0 || state.curve.size() != static_cast<std::size_t>(state.epochs_done) + 1 ||
      state.best_epoch < 0 || state.best_epoch > state.epochs_done)
    damaged("its epochs do not fit together");
  bytes = bytes.subspan(line.size() + 1);
  state.slots = take(bytes, sizes);
  state.best = take(bytes, sizes);
  if (moments) {
    state.optimizer.first = take(bytes, sizes);
    state.optimizer.second = take(bytes, sizes);
  }
  if (!bytes.empty()) damaged("something stands behind its end");
  return checkpoint;
}

}  // namespace mote

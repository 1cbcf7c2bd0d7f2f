#include "pipeline/fitted_parameters.hpp"

#include <cmath>
#include <cstring>

#include "support/error.hpp"
#include "support/files.hpp"

namespace mote {

namespace {

template <typename To, typename From>
std::vector<To> converted(const NpyArray& array) {
  std::vector<From> stored(array.bytes.size() / sizeof(From));
  if (!stored.empty()) std::memcpy(stored.data(), array.bytes.data(), stored.size() * sizeof(From));
  return {stored.begin(), stored.end()};
}

template <typename T>
NpyArray to_npy(std::string descr, const Shape& shape, const std::vector<T>& values) {
  NpyArray array{std::move(descr), {shape.begin(), shape.end()}, std::vector<std::uint8_t>(values.size() * sizeof(T))};
  MOTE_CHECK(array.elements() == static_cast<std::int64_t>(values.size()));
  if (!values.empty()) std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

}  // namespace

FittedParameters FittedParameters::read(const std::filesystem::path& path) {
  return with_context(path.string(), [&] { return parse(read_file(path)); });
}

FittedParameters FittedParameters::parse(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 26;
  FittedParameters parameters;
  parameters.arrays_ = parse_npz(bytes, kMostBytes);
  return parameters;
}

const NpyArray& FittedParameters::array(const std::string& name) const {
  const auto found = arrays_.find(name);
  if (found == arrays_.end()) throw Error(fmt::format("the parameters hold no array '{}'", name), "make them with: mote fit");
  return found->second;
}

Shape FittedParameters::shape_of(const NpyArray& array, const std::string& name) {
  Shape shape;
  for (const std::int64_t extent : array.shape) {
    if (extent < 1 || extent > INT32_MAX) throw Error(fmt::format("the array '{}' is empty or too large", name));
    shape.push_back(static_cast<std::int32_t>(extent));
  }
  return shape;
}

std::vector<float> FittedParameters::floats(const std::string& name) const {
  const NpyArray& found = array(name);
  if (found.descr != "<f4" && found.descr != "<f8")
    throw Error(fmt::format("the array '{}' holds {}, not real numbers", name, found.descr));
  return found.descr == "<f4" ? converted<float, float>(found) : converted<float, double>(found);
}

std::vector<std::int32_t> FittedParameters::integers(const std::string& name) const {
  const NpyArray& found = array(name);
  if (found.descr != "<i4") throw Error(fmt::format("the array '{}' holds {}, not int32", name, found.descr));
  return converted<std::int32_t, std::int32_t>(found);
}

float FittedParameters::number(const std::string& name) const {
  const std::vector<float> values = floats(name);
  if (values.size() != 1 || !std::isfinite(values[0])) throw Error(fmt::format("the array '{}' is not one number", name));
  return values[0];
}

std::optional<float> FittedParameters::threshold() const {
  if (!has("threshold")) return std::nullopt;
  return number("threshold");
}

void FittedParameters::set(const std::string& name, const Shape& shape, const std::vector<float>& values) {
  arrays_[name] = to_npy("<f4", shape, values);
}

void FittedParameters::set(const std::string& name, const Shape& shape, const std::vector<std::int32_t>& values) {
  arrays_[name] = to_npy("<i4", shape, values);
}

}  // namespace mote

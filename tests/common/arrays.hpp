#pragma once

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <zip.h>

#include "support/npy.hpp"

namespace mote::test {

template <typename T>
NpyArray array_of(std::string descr, std::vector<std::int64_t> shape, const std::vector<T>& values) {
  NpyArray array{std::move(descr), std::move(shape), std::vector<std::uint8_t>(values.size() * sizeof(T))};
  if (!values.empty()) std::memcpy(array.bytes.data(), values.data(), array.bytes.size());
  return array;
}

/// A zero-dimensional array of text, as numpy.array("...") is.
inline NpyArray text_array(const std::string& text) {
  return array_of("<U" + std::to_string(text.size()), {}, std::vector<std::uint32_t>(text.begin(), text.end()));
}

inline std::vector<std::uint8_t> bytes_of(const std::string& text) { return {text.begin(), text.end()}; }

/// A .npz archive of files with these names and contents.
inline std::vector<std::uint8_t> archive_of(const std::map<std::string, std::string>& files) {
  zip_source_t* buffer = zip_source_buffer_create(nullptr, 0, 0, nullptr);
  zip_source_keep(buffer);
  zip_t* archive = zip_open_from_source(buffer, ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : files) {
    zip_file_add(archive, name.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), ZIP_FL_ENC_UTF_8);
  }
  zip_close(archive);
  zip_stat_t stat;
  zip_source_open(buffer);
  zip_source_stat(buffer, &stat);
  std::vector<std::uint8_t> bytes(stat.size);
  zip_source_read(buffer, bytes.data(), bytes.size());
  zip_source_close(buffer);
  zip_source_free(buffer);
  return bytes;
}

inline std::vector<std::uint8_t> npz_of(const std::map<std::string, NpyArray>& arrays) {
  std::map<std::string, std::string> files;
  for (const auto& [name, array] : arrays) files[name + ".npy"] = format_npy(array);
  return archive_of(files);
}

}  // namespace mote::test

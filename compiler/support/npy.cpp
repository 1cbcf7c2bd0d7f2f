#include "support/npy.hpp"

#include <charconv>
#include <ctime>
#include <cstring>
#include <memory>

#include <zip.h>

#include <fmt/ranges.h>

#include "support/checked.hpp"
#include "support/error.hpp"

namespace mote {

namespace {

constexpr std::size_t kMostInflation = 1100;  // deflate reaches 1032

/// What an archive claims to hold, kept within `limit` bytes in all and within what the file can hold.
class Claims {
 public:
  Claims(std::size_t file_bytes, std::size_t limit_bytes) : file_bytes_(file_bytes), limit_bytes_(limit_bytes) {}

  void add(const std::string& name, std::uint64_t bytes) {
    sum_ += std::min<std::uint64_t>(bytes, limit_bytes_ + 1);
    if (sum_ > limit_bytes_) {
      throw Error(fmt::format("the archive unpacks to more than {} bytes (with array '{}'), refused", limit_bytes_, name),
                  "give fewer samples, or several files");
    }
    if (sum_ / kMostInflation > file_bytes_)
      throw Error(fmt::format("damaged .npz archive: array '{}' claims {} bytes, in a file of {}", name, bytes, file_bytes_));
  }

 private:
  std::uint64_t file_bytes_, limit_bytes_, sum_ = 0;
};

/// The text after `key` in a header such as {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
std::string_view value_after(std::string_view header, std::string_view key) {
  const std::size_t at = header.find(key);
  if (at == std::string_view::npos) throw Error(fmt::format("damaged .npy header: {} is missing", key));
  std::string_view rest = header.substr(at + key.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(": "), rest.size()));
  return rest;
}

std::vector<std::int64_t> parse_shape(std::string_view text) {
  const std::size_t close = text.find(')');
  if (text.empty() || text[0] != '(' || close == std::string_view::npos) throw Error("damaged .npy header: bad shape");
  std::vector<std::int64_t> shape;
  for (std::size_t i = 1; i < close;) {
    if (text[i] == ' ' || text[i] == ',') {
      ++i;
      continue;
    }
    std::int64_t extent = 0;
    const auto [end, code] = std::from_chars(text.data() + i, text.data() + close, extent);
    if (code != std::errc() || extent < 0) throw Error("damaged .npy header: bad shape");
    shape.push_back(extent);
    i = static_cast<std::size_t>(end - text.data());
  }
  return shape;
}

}  // namespace

std::int64_t NpyArray::elements() const {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  return count;
}

std::size_t NpyArray::item_bytes() const {
  std::size_t size = 0;
  if (descr.size() >= 3) std::from_chars(descr.data() + 2, descr.data() + descr.size(), size);
  return descr.size() >= 3 && descr[1] == 'U' ? 4 * size : size;
}

NpyArray parse_npy(std::span<const std::uint8_t> bytes) {
  constexpr std::uint8_t kMagic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
  if (bytes.size() < 12 || std::memcmp(bytes.data(), kMagic, sizeof kMagic) != 0) throw Error("not a .npy array");
  const bool wide = bytes[6] >= 2;
  const std::size_t start = wide ? 12 : 10;
  std::size_t length = bytes[8] | static_cast<std::size_t>(bytes[9]) << 8;
  if (wide) length |= static_cast<std::size_t>(bytes[10]) << 16 | static_cast<std::size_t>(bytes[11]) << 24;
  if (length > bytes.size() - start) throw Error("damaged .npy: the header is cut off");
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + start, length);
  NpyArray array;
  const std::string_view descr = value_after(header, "'descr'");
  if (descr.empty() || descr[0] != '\'') throw Error("this .npy holds records or objects; plain numbers are needed");
  array.descr = descr.substr(1, descr.find('\'', 1) - 1);
  if (array.descr.size() < 3 || array.descr[0] == '>' || array.item_bytes() == 0 || array.item_bytes() > 1 << 16) {
    const bool objects = array.descr.ends_with('O');
    throw Error(fmt::format(".npy type '{}' is not supported", array.descr),
                objects ? "an array of objects is saved where rows differ in length or hold text: make it numbers with astype" : "");
  }
  if (value_after(header, "'fortran_order'").starts_with("True")) {
    throw Error("the array is in Fortran order", "save it with numpy.ascontiguousarray");
  }
  array.shape = parse_shape(value_after(header, "'shape'"));
  std::int64_t size = static_cast<std::int64_t>(array.item_bytes());
  for (const std::int64_t extent : array.shape) {
    const auto product = checked_multiply(size, extent);
    if (!product) throw Error("damaged .npy header: the shape is too large");
    size = *product;
  }
  if (size != static_cast<std::int64_t>(bytes.size() - start - length))
    throw Error("damaged .npy: the data is cut off or too long");
  array.bytes.assign(bytes.begin() + static_cast<std::ptrdiff_t>(start + length), bytes.end());
  return array;
}

std::map<std::string, NpyArray> parse_npz(std::span<const std::uint8_t> bytes, std::size_t limit_bytes) {
  if (bytes.empty()) throw Error("not a .npz archive: the file is empty");
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  std::unique_ptr<zip_t, decltype(&zip_discard)> archive(
      source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error), zip_discard);
  if (!archive) {
    if (source != nullptr) zip_source_free(source);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    throw Error(fmt::format("not a .npz archive, or cut off: {}", reason), "save it again with numpy.savez");
  }
  zip_error_fini(&error);
  std::map<std::string, NpyArray> arrays;
  Claims claims(bytes.size(), limit_bytes);
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
    zip_stat_t stat;
    const auto index = static_cast<zip_uint64_t>(i);
    if (zip_stat_index(archive.get(), index, 0, &stat) != 0 || (stat.valid & ZIP_STAT_SIZE) == 0)
      throw Error("damaged .npz archive");
    std::string name = stat.name == nullptr ? "" : stat.name;
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    claims.add(name, stat.size);
    std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen_index(archive.get(), index, 0), zip_fclose);
    std::vector<std::uint8_t> content(stat.size);
    if (!file || zip_fread(file.get(), content.data(), content.size()) != static_cast<zip_int64_t>(content.size())) {
      throw Error(fmt::format("array '{}' cannot be unpacked: {}", name, zip_strerror(archive.get())));
    }
    arrays[name] = with_context(fmt::format("array '{}'", name), [&] { return parse_npy(content); });
  }
  return arrays;
}

std::string format_npy(const NpyArray& array) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", array.descr,
                                   fmt::join(array.shape, ", "), array.shape.size() == 1 ? "," : "");
  const std::size_t total = (10 + header.size() + 1 + 63) / 64 * 64;
  header.append(total - 10 - header.size() - 1, ' ');
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(header.size() & 0xFF);
  out += static_cast<char>(header.size() >> 8);
  out += header;
  out.append(reinterpret_cast<const char*>(array.bytes.data()), array.bytes.size());
  return out;
}

std::string format_npz(const std::map<std::string, NpyArray>& arrays) {
  constexpr std::time_t kNoTime = 315532800;  // the first day that a .zip can hold
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* whole = zip_source_buffer_create(nullptr, 0, 0, &error);
  MOTE_CHECK(whole != nullptr);
  zip_source_keep(whole);
  zip_t* archive = zip_open_from_source(whole, ZIP_CREATE | ZIP_TRUNCATE, &error);
  MOTE_CHECK(archive != nullptr);
  std::vector<std::string> files;  // must outlive the closing
  files.reserve(arrays.size());
  for (const auto& [name, array] : arrays) {
    files.push_back(format_npy(array));
    zip_source_t* file = zip_source_buffer(archive, files.back().data(), files.back().size(), 0);
    const zip_int64_t index = zip_file_add(archive, (name + ".npy").c_str(), file, ZIP_FL_ENC_UTF_8);
    MOTE_CHECK(index >= 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
    zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), kNoTime, 0);
  }
  MOTE_CHECK(zip_close(archive) == 0);
  zip_stat_t stat;
  MOTE_CHECK(zip_source_open(whole) == 0 && zip_source_stat(whole, &stat) == 0);
  std::string bytes(stat.size, '\0');
  MOTE_CHECK(zip_source_read(whole, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size()));
  zip_source_close(whole);
  zip_source_free(whole);
  return bytes;
}

}  // namespace mote

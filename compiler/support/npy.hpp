#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace mote {

/// A NumPy array as in a .npy file (format 1.0 to 3.0), C order, little endian.
struct NpyArray {
  std::string descr;  ///< "<f4", "|i1", "<U9", ...
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;

  std::int64_t elements() const;
  std::size_t item_bytes() const;
};

/// Errors name what is damaged. Fortran order and objects are refused.
NpyArray parse_npy(std::span<const std::uint8_t> bytes);
/// The arrays of a .npz archive by name, without ".npy". Refused before anything is unpacked: what claims more than `limit_bytes` in all, or
/// more than its compressed bytes can hold.
std::map<std::string, NpyArray> parse_npz(std::span<const std::uint8_t> bytes, std::size_t limit_bytes = std::size_t{1} << 31);
/// The bytes of a .npy file.
std::string format_npy(const NpyArray& array);
/// The bytes of a .npz archive, not compressed: the same arrays give the same bytes.
std::string format_npz(const std::map<std::string, NpyArray>& arrays);

}  // namespace mote

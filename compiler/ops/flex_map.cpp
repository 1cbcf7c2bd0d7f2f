#include "ops/flex_map.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "support/error.hpp"

namespace mote {

namespace {

enum Type : std::uint8_t {
  kInt = 1,
  kUint = 2,
  kFloat = 3,
  kIndirectInt = 6,
  kIndirectUint = 7,
  kIndirectFloat = 8,
  kMap = 9,
  kBool = 26
};

[[noreturn]] void refuse() { throw Error("damaged: its options are no FlexBuffers map"); }

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::map<std::string, FlexNumber, std::less<>> read() const {
    constexpr std::size_t kTail = 2;  // type and width of the root
    if (bytes_.size() < kTail + 1) refuse();
    const std::size_t width = bytes_[bytes_.size() - 1];
    const std::uint8_t packed = bytes_[bytes_.size() - 2];
    if (!std::has_single_bit(width) || width > 8 || bytes_.size() < kTail + width || packed >> 2 != kMap) refuse();
    return read_map(follow(bytes_.size() - kTail - width, width), std::size_t{1} << (packed & 3));
  }

 private:
  std::uint64_t unsigned_at(std::size_t at, std::size_t width) const {
    if (at > bytes_.size() || width > bytes_.size() - at) refuse();
    std::uint64_t value = 0;
    std::memcpy(&value, &bytes_[at], width);
    return value;
  }
  std::int64_t signed_at(std::size_t at, std::size_t width) const {
    const int unused = 64 - 8 * static_cast<int>(width);
    return static_cast<std::int64_t>(unsigned_at(at, width) << unused) >> unused;
  }
  double real_at(std::size_t at, std::size_t width) const {
    const std::uint64_t bits = unsigned_at(at, width);
    if (width == sizeof(double)) return std::bit_cast<double>(bits);
    if (width != sizeof(float)) refuse();
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  /// Where the offset at a place leads: backwards.
  std::size_t follow(std::size_t at, std::size_t width) const {
    const std::uint64_t back = unsigned_at(at, width);
    if (back > at) refuse();
    return at - static_cast<std::size_t>(back);
  }
  std::size_t before(std::size_t at, std::size_t bytes) const {
    if (bytes > at) refuse();
    return at - bytes;
  }

  std::string key_at(std::size_t at) const {
    const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = std::find(begin, bytes_.end(), std::uint8_t{0});
    if (end == bytes_.end()) refuse();
    return {begin, end};
  }

  /// In front of the values: the offset of the keys, the width of their offsets, and how many there are. Behind them: their
  /// types.
  std::map<std::string, FlexNumber, std::less<>> read_map(std::size_t values, std::size_t width) const {
    const std::uint64_t size = unsigned_at(before(values, width), width);
    const std::uint64_t key_width = unsigned_at(before(values, 2 * width), width);
    if (size > bytes_.size() || !std::has_single_bit(key_width) || key_width > 8) refuse();
    const auto count = static_cast<std::size_t>(size);
    const auto step = static_cast<std::size_t>(key_width);
    const std::size_t keys = follow(before(values, 3 * width), width);
    std::map<std::string, FlexNumber, std::less<>> numbers;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string key = key_at(follow(keys + i * step, step));
      read_number(values + i * width, width, static_cast<std::uint8_t>(unsigned_at(values + count * width + i, 1)), numbers, key);
    }
    return numbers;
  }

  void read_number(std::size_t at, std::size_t width, std::uint8_t packed,
                   std::map<std::string, FlexNumber, std::less<>>& numbers, const std::string& key) const {
    const std::size_t own_width = std::size_t{1} << (packed & 3);
    switch (packed >> 2) {
      case kInt:
        numbers[key] = signed_at(at, width);
        break;
      case kUint:
        numbers[key] = static_cast<std::int64_t>(std::min<std::uint64_t>(unsigned_at(at, width), INT64_MAX));
        break;
      case kFloat:
        numbers[key] = real_at(at, width);
        break;
      case kIndirectInt:
        numbers[key] = signed_at(follow(at, width), own_width);
        break;
      case kIndirectUint:
        numbers[key] = static_cast<std::int64_t>(std::min<std::uint64_t>(unsigned_at(follow(at, width), own_width), INT64_MAX));
        break;
      case kIndirectFloat:
        numbers[key] = real_at(follow(at, width), own_width);
        break;
      case kBool:
        numbers[key] = unsigned_at(at, width) != 0;
        break;
      default:
        break;
    }
  }

  std::span<const std::uint8_t> bytes_;
};

/// Everything in words of four bytes.
class Writer {
 public:
  std::vector<std::uint8_t> write(const std::map<std::string, FlexNumber, std::less<>>& numbers) {
    std::vector<std::size_t> keys;
    for (const auto& [key, number] : numbers) {
      keys.push_back(bytes_.size());
      bytes_.insert(bytes_.end(), key.begin(), key.end());
      bytes_.push_back(0);
    }
    align();
    word(static_cast<std::uint32_t>(numbers.size()));
    const std::size_t key_list = bytes_.size();
    for (const std::size_t key : keys) offset(key);
    offset(key_list);
    word(kWidth);
    word(static_cast<std::uint32_t>(numbers.size()));
    const std::size_t values = bytes_.size();
    for (const auto& [key, number] : numbers) word(bits_of(number));
    for (const auto& [key, number] : numbers) bytes_.push_back(packed(type_of_number(number)));
    align();
    offset(values);
    bytes_.push_back(packed(kMap));
    bytes_.push_back(kWidth);
    return std::move(bytes_);
  }

 private:
  static constexpr std::uint8_t kWidth = 4;

  static std::uint8_t packed(Type type) { return static_cast<std::uint8_t>(type << 2 | 2); }
  static Type type_of_number(const FlexNumber& number) {
    return std::holds_alternative<bool>(number) ? kBool : std::holds_alternative<double>(number) ? kFloat : kInt;
  }
  static std::uint32_t bits_of(const FlexNumber& number) {
    if (const auto* real = std::get_if<double>(&number)) return std::bit_cast<std::uint32_t>(static_cast<float>(*real));
    if (const auto* truth = std::get_if<bool>(&number)) return *truth ? 1 : 0;
    return static_cast<std::uint32_t>(std::get<std::int64_t>(number));
  }

  void align() { bytes_.resize((bytes_.size() + kWidth - 1) / kWidth * kWidth, 0); }
  void word(std::uint32_t value) {
    for (int i = 0; i < kWidth; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void offset(std::size_t to) { word(static_cast<std::uint32_t>(bytes_.size() - to)); }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace

std::map<std::string, FlexNumber, std::less<>> read_flex_map(std::span<const std::uint8_t> bytes) { return Reader(bytes).read(); }

std::vector<std::uint8_t> write_flex_map(const std::map<std::string, FlexNumber, std::less<>>& numbers) {
  return Writer().write(numbers);
}

}  // namespace mote

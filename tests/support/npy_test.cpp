#include "support/npy.hpp"

#include <gtest/gtest.h>

#include "common/arrays.hpp"
#include "common/errors.hpp"
#include "common/random.hpp"
#include "support/files.hpp"

namespace mote::test {
namespace {

/// A .npy file with this header line, and `data_bytes` of data.
std::string file_of(const std::string& header, std::size_t data_bytes = 0) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xFF);
  text += static_cast<char>(header.size() >> 8);
  return text + header + std::string(data_bytes, '\1');
}

std::string problem(const std::string& file) {
  return error_of([&] { parse_npy(bytes_of(file)); });
}

TEST(Npy, WhatIsWrittenReadsBack) {
  for (const NpyArray& array : {array_of<float>("<f4", {2, 3}, {1, 2, 3, 4, 5, 6}), array_of<std::int8_t>("|i1", {4}, {-1, 0, 1, 2}),
                                array_of<double>("<f8", {}, {2.5}), array_of<std::int64_t>("<i8", {0, 7}, {}), text_array("héllo")}) {
    const NpyArray again = parse_npy(bytes_of(format_npy(array)));
    EXPECT_EQ(again.descr, array.descr);
    EXPECT_EQ(again.shape, array.shape);
    EXPECT_EQ(again.bytes, array.bytes);
  }
}

TEST(Npy, IsWrittenAsNumPyWritesIt) {
  const std::string text = format_npy(array_of<std::int8_t>("|i1", {3}, {1, 2, 3}));
  EXPECT_EQ(text.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  EXPECT_TRUE(contains(text, "{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }"));
  EXPECT_EQ((text.size() - 3) % 64, 0U);
  EXPECT_EQ(text[text.size() - 4], '\n');
}

TEST(Npy, ReadsTheWiderHeaderOfVersion2) {
  const std::string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }\n";
  std::string text("\x93NUMPY\x02\x00", 8);
  text += static_cast<char>(header.size());
  text += std::string(3, '\0') + header + "abcd";
  EXPECT_EQ(parse_npy(bytes_of(text)).elements(), 2);
}

TEST(Npy, ItemSizes) {
  EXPECT_EQ(parse_npy(bytes_of(file_of("{'descr': '<U5', 'fortran_order': False, 'shape': (1,)}", 20))).item_bytes(), 20U);
  EXPECT_EQ(parse_npy(bytes_of(file_of("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", 8))).item_bytes(), 8U);
}

TEST(Npy, DamagedOnesAreRefused) {
  EXPECT_EQ(problem(""), "not a .npy array");
  EXPECT_EQ(problem("PK\x03\x04 something else"), "not a .npy array");
  EXPECT_EQ(problem(std::string("\x93NUMPY\x01\x00\xFF\xFF{'descr'", 18)), "damaged .npy: the header is cut off");
  EXPECT_EQ(problem(file_of("{'fortran_order': False, 'shape': (1,)}", 4)), "damaged .npy header: 'descr' is missing");
  EXPECT_EQ(problem(file_of("{'descr': '<f4', 'shape': (1,)}", 4)), "damaged .npy header: 'fortran_order' is missing");
  EXPECT_EQ(problem(file_of("{'descr': '<f4', 'fortran_order': False}", 4)), "damaged .npy header: 'shape' is missing");
  for (const char* shape : {"3", "(3", "(x,)", "(-1,)", "(99999999999999999999,)", ""}) {
    EXPECT_EQ(problem(file_of(std::string("{'descr': '<f4', 'fortran_order': False, 'shape': ") + shape, 4)), "damaged .npy header: bad shape") << shape;
  }
  for (const std::size_t length : {3, 5, 0}) {
    EXPECT_EQ(problem(file_of("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", length)), "damaged .npy: the data is cut off or too long");
  }
}

TEST(Npy, ShapesThatOverflowAreRefused) {
  for (const char* shape : {"(4611686018427387904, 4, 0)", "(4611686018427387904, 4)", "(9223372036854775807, 9223372036854775807)"}) {
    EXPECT_EQ(problem(file_of(std::string("{'descr': '<f4', 'fortran_order': False, 'shape': ") + shape + "}")), "damaged .npy header: the shape is too large") << shape;
  }
}

TEST(Npy, TypesThatAreNoPlainNumbersAreRefused) {
  EXPECT_EQ(problem(file_of("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", 4)),
            "this .npy holds records or objects; plain numbers are needed");
  EXPECT_EQ(problem(file_of("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", 4)), ".npy type '>f4' is not supported");
  EXPECT_TRUE(contains(problem(file_of("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", 8)), ".npy type '|O' is not supported\n  an array of objects is saved where rows differ"));
  EXPECT_EQ(problem(file_of("{'descr': '<U0', 'fortran_order': False, 'shape': (1,)}", 0)), ".npy type '<U0' is not supported");
}

TEST(Npy, FortranOrderIsRefusedWithTheRemedy) {
  EXPECT_EQ(problem(file_of("{'descr': '<f4', 'fortran_order': True, 'shape': (1,)}", 4)),
            "the array is in Fortran order\n  save it with numpy.ascontiguousarray");
}

TEST(Npz, GivesArraysByName) {
  const auto arrays = parse_npz(npz_of({{"x", array_of<float>("<f4", {2}, {1, 2})}, {"case/y0", array_of<std::int8_t>("|i1", {1}, {7})}}));
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays.at("x").elements(), 2);
  EXPECT_EQ(arrays.at("case/y0").bytes, (std::vector<std::uint8_t>{7}));
}

TEST(Npz, AnArrayThatIsDamagedIsNamed) {
  const auto bytes = archive_of({{"good.npy", format_npy(text_array("x"))}, {"bad.npy", "nonsense"}});
  EXPECT_EQ(error_of([&] { parse_npz(bytes); }), "array 'bad': not a .npy array");
}

TEST(Npz, WhatIsNoArchiveIsRefused) {
  EXPECT_TRUE(contains(error_of([] { parse_npz(bytes_of("no zip at all")); }), "not a .npz archive"));
  EXPECT_TRUE(contains(error_of([] { parse_npz({}); }), "not a .npz archive"));
}

// The archive's directory may say anything; memory is not taken on its word.
TEST(Npz, AnArrayThatClaimsMoreThanTheFileCanHoldIsRefused) {
  auto bytes = npz_of({{"x", array_of<std::int8_t>("|i1", {3}, {1, 2, 3})}});
  const std::string text(bytes.begin(), bytes.end());
  const std::size_t entry = text.find("PK\x01\x02");
  ASSERT_NE(entry, std::string::npos);
  bytes[entry + 24 + 3] = 0x20;  // 512 MiB uncompressed
  EXPECT_THROW(parse_npz(bytes), Error);
}

// A zip bomb: a small file that unpacks to a great deal, in one array or in many.
TEST(Npz, WhatUnpacksToMoreThanTheLimitIsRefusedBeforeItIsUnpacked) {
  const NpyArray zeros = array_of<std::int8_t>("|i1", {100000}, std::vector<std::int8_t>(100000, 0));
  const auto bomb = npz_of({{"a", zeros}, {"b", zeros}, {"c", zeros}});
  EXPECT_LT(bomb.size(), 2000U);
  EXPECT_EQ(parse_npz(bomb).size(), 3U);
  EXPECT_TRUE(contains(error_of([&] { parse_npz(bomb, 250000); }), "the archive unpacks to more than 250000 bytes (with array 'c'), refused"));
  EXPECT_TRUE(contains(error_of([&] { parse_npz(bomb, 50000); }), "(with array 'a')"));
}

TEST(Npz, OneThatIsCutOffIsRefused) {
  auto bytes = npz_of({{"x", array_of<std::int8_t>("|i1", {3}, {1, 2, 3})}});
  bytes.resize(bytes.size() - 10);
  EXPECT_TRUE(contains(error_of([&] { parse_npz(bytes); }), "not a .npz archive, or cut off"));
}

TEST(Npz, DamagedArchivesAreRefusedOrReadWhole) {
  const auto sound = npz_of({{"x", array_of<float>("<f4", {200}, std::vector<float>(200, 0.25F))}, {"y", array_of<std::int32_t>("<i4", {3}, {1, 2, 3})}});
  Random random(5);
  for (int round = 0; round < 2000; ++round) {
    auto bytes = sound;
    const std::uint32_t at = random.below(static_cast<std::uint32_t>(bytes.size()));
    if (random.one_in(4)) {
      bytes.resize(at);
    } else {
      bytes[at] ^= static_cast<std::uint8_t>(1U << random.below(8));
    }
    try {
      for (const auto& [name, array] : parse_npz(bytes)) EXPECT_EQ(array.bytes.size(), static_cast<std::size_t>(array.elements()) * array.item_bytes());
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace mote::test

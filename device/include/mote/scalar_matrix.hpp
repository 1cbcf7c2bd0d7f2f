#pragma once

#include "mote/fixed_point.hpp"

namespace mote {

// Matrix products of int8 on cores without SIMD, two products per multiplication. A column's word holds two values,
// x0 + 65536 * x1, a row's word their weights the other way round, w1 + 65536 * w0: the upper half of the product is
// x0 * w0 + x1 * w1, as long as x0 * w1 in the lower half and the upper half stay within 16 bits. So products are summed in
// groups whose weights' sizes sum to at most 255. Where a group's weights are larger, mote makes some smaller and lists what is
// missing as corrections.
//
// A sum becomes an output by gemmlowp's two roundings, from four words per row: bias, multiplier, offset (half of 2^shift and the
// output's zero point times 2^shift; plus 2^15), shift with the number of the row's corrections times 256.

/// How a call walks over rows.
struct ScalarMatrix {
  int32_t groups;  ///< per row, at least 1
};

/// A weight's missing part: for value `index` of the column.
struct ScalarCorrection {
  int16_t index, weight;
};

/// Rows whose sums are kept at a time.
constexpr int32_t kScalarRows = 8;

#if defined(__thumb__) && defined(__GNUC__) && !defined(__ARM_BIG_ENDIAN)
#define MOTE_THUMB 1
#if defined(__clang__)
#define MOTE_THUMB_ASSEMBLY __attribute__((naked, noinline))
#else
#define MOTE_THUMB_ASSEMBLY __attribute__((naked, noinline, noipa))
#endif
#else
#define MOTE_THUMB 0
#endif

/// Two values of a column.
MOTE_INLINE uint32_t scalar_pair(int32_t x0, int32_t x1) { return static_cast<uint32_t>(x0) + (static_cast<uint32_t>(x1) << 16); }

MOTE_INLINE int32_t value_of_pair(uint32_t pair, int32_t which) {
  const auto low = static_cast<int16_t>(pair & 0xFFFFU);
  return which == 0 ? low : static_cast<int16_t>((pair - static_cast<uint32_t>(static_cast<int32_t>(low))) >> 16);
}

#if MOTE_THUMB

// Arguments: columns, rows, sums, end of sums, and on the stack the groups per row. r0 columns, r1 rows, r8 and r9 sums, r10 half
// of 65536, r11 end of the columns. Eight groups are unrolled and entered in the middle.
// Stack: 0 columns, 4 entry, 8 sums, 12 end of sums.
#define MOTE_SCALAR_ENTRY(COLUMN_BYTES, CODE_BYTES, BEFORE) \
  "  .syntax unified\n"                                     \
  "  push {r4-r7,lr}\n"                                     \
  "  mov r4,r8\n"                                           \
  "  mov r5,r9\n"                                           \
  "  mov r6,r10\n"                                          \
  "  mov r7,r11\n"                                          \
  "  push {r4-r7}\n"                                        \
  "  ldr r4,[sp,#36]\n"                                     \
  "  sub sp,#16\n"                                          \
  "  str r0,[sp]\n"                                         \
  "  str r2,[sp,#8]\n"                                      \
  "  str r3,[sp,#12]\n"                                     \
  "  movs r5,#" COLUMN_BYTES                                \
  "\n"                                                      \
  "  muls r5,r4\n"                                          \
  "  adds r5,r5,r0\n"                                       \
  "  mov r11,r5\n"                                          \
  "  rsbs r4,r4,#0\n"                                       \
  "  movs r6,#7\n"                                          \
  "  ands r4,r6\n"                                          \
  "  movs r5,#" CODE_BYTES                                  \
  "\n"                                                      \
  "  muls r5,r4\n"                                          \
  "  adr r6,3f\n"                                           \
  "  adds r5,r5,r6\n"                                       \
  "  adds r5,#1\n"                                          \
  "  str r5,[sp,#4]\n"                                      \
  "  movs r4,#128\n"                                        \
  "  lsls r4,r4,#8\n"                                       \
  "  mov r10,r4\n" BEFORE                                   \
  "2:\n"                                                    \
  "  ldr r0,[sp]\n"                                         \
  "  ldr r3,[sp,#4]\n"                                      \
  "  movs r2,#0\n"                                          \
  "  mov r8,r2\n"                                           \
  "  mov r9,r2\n"                                           \
  "  bx r3\n"                                               \
  "  .p2align 2\n"                                          \
  "3:\n"                                                    \
  "  .rept 8\n"

#define MOTE_SCALAR_BEGIN(COLUMN_BYTES, CODE_BYTES) MOTE_SCALAR_ENTRY(COLUMN_BYTES, CODE_BYTES, "")
// r7 is the mask of both halves' lowest bits.
#define MOTE_SCALAR_BEGIN_MASK(COLUMN_BYTES, CODE_BYTES, MASK) \
  MOTE_SCALAR_ENTRY(COLUMN_BYTES, CODE_BYTES, "  movs r7,#" MASK "\n  lsls r4,r7,#16\n  orrs r7,r4\n")
#define MOTE_SCALAR_BEGIN_BYTES(COLUMN_BYTES, CODE_BYTES) MOTE_SCALAR_BEGIN_MASK(COLUMN_BYTES, CODE_BYTES, "255")

#define MOTE_SCALAR_NEXT \
  "  .endr\n"            \
  "  cmp r0,r11\n"       \
  "  beq 4f\n"           \
  "  b 3b\n"             \
  "4:\n"                 \
  "  ldr r2,[sp,#8]\n"   \
  "  ldr r3,[sp,#12]\n"  \
  "  mov r4,r8\n"

#define MOTE_SCALAR_END \
  "  str r2,[sp,#8]\n"  \
  "  cmp r2,r3\n"       \
  "  beq 5f\n"          \
  "  b 2b\n"            \
  "5:\n"                \
  "  add sp,#16\n"      \
  "  pop {r4-r7}\n"     \
  "  mov r8,r4\n"       \
  "  mov r9,r5\n"       \
  "  mov r10,r6\n"      \
  "  mov r11,r7\n"      \
  "  pop {r4-r7,pc}\n"

#define MOTE_SCALAR_TWO_SUMS MOTE_SCALAR_NEXT "  mov r5,r9\n  stm r2!,{r4,r5}\n" MOTE_SCALAR_END
#define MOTE_SCALAR_ONE_SUM MOTE_SCALAR_NEXT "  stm r2!,{r4}\n" MOTE_SCALAR_END

#define MOTE_SCALAR_FLUSH_TWO \
  "  add r4,r10\n"            \
  "  add r5,r10\n"            \
  "  asrs r4,r4,#16\n"        \
  "  asrs r5,r5,#16\n"        \
  "  add r8,r4\n"             \
  "  add r9,r5\n"
#define MOTE_SCALAR_FLUSH_ONE \
  "  add r4,r10\n"            \
  "  asrs r4,r4,#16\n"        \
  "  add r8,r4\n"

// r4, r5 += or = products with one word; two words begin a group.
#define MOTE_SCALAR_STEP(W) \
  "  ldm r0!,{r2,r3}\n"     \
  "  muls r2," W            \
  "\n"                      \
  "  muls r3," W            \
  "\n"                      \
  "  add r4,r2\n"           \
  "  add r5,r3\n"
#define MOTE_SCALAR_FIRST_STEPS \
  "  ldm r1!,{r6,r7}\n"         \
  "  ldm r0!,{r2-r5}\n"         \
  "  muls r2,r6\n"              \
  "  muls r3,r6\n"              \
  "  muls r4,r7\n"              \
  "  muls r5,r7\n"              \
  "  add r4,r2\n"               \
  "  add r5,r3\n"

/// Sums of products of rows with two columns whose words alternate: two per row.
template <int32_t kSteps>
MOTE_THUMB_ASSEMBLY void sum_two_columns(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t);

template <>
MOTE_THUMB_ASSEMBLY inline void sum_two_columns<1>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN(
      "8", "20") "  ldm r1!,{r6}\n"
                 "  ldm r0!,{r4,r5}\n"
                 "  muls r4,r6\n"
                 "  muls r5,r6\n" MOTE_SCALAR_FLUSH_TWO MOTE_SCALAR_TWO_SUMS);
}
template <>
MOTE_THUMB_ASSEMBLY inline void sum_two_columns<2>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN("16", "28") MOTE_SCALAR_FIRST_STEPS MOTE_SCALAR_FLUSH_TWO MOTE_SCALAR_TWO_SUMS);
}
template <>
MOTE_THUMB_ASSEMBLY inline void sum_two_columns<3>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN("24", "40") MOTE_SCALAR_FIRST_STEPS "  ldm r1!,{r6}\n" MOTE_SCALAR_STEP("r6")
                       MOTE_SCALAR_FLUSH_TWO MOTE_SCALAR_TWO_SUMS);
}
template <>
MOTE_THUMB_ASSEMBLY inline void sum_two_columns<4>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN("32", "50") MOTE_SCALAR_FIRST_STEPS "  ldm r1!,{r6,r7}\n" MOTE_SCALAR_STEP("r6")
                       MOTE_SCALAR_STEP("r7") MOTE_SCALAR_FLUSH_TWO MOTE_SCALAR_TWO_SUMS);
}

/// Sums of products of rows with one column: one per row.
template <int32_t kSteps>
MOTE_THUMB_ASSEMBLY void sum_column(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t);

template <>
MOTE_THUMB_ASSEMBLY inline void sum_column<1>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN(
      "4", "12") "  ldm r1!,{r6}\n"
                 "  ldm r0!,{r4}\n"
                 "  muls r4,r6\n" MOTE_SCALAR_FLUSH_ONE MOTE_SCALAR_ONE_SUM);
}
template <>
MOTE_THUMB_ASSEMBLY inline void sum_column<2>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN(
      "8", "16") "  ldm r1!,{r6,r7}\n"
                 "  ldm r0!,{r4,r5}\n"
                 "  muls r4,r6\n"
                 "  muls r5,r7\n"
                 "  add r4,r5\n" MOTE_SCALAR_FLUSH_ONE MOTE_SCALAR_ONE_SUM);
}
template <>
MOTE_THUMB_ASSEMBLY inline void sum_column<3>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN(
      "12", "20") "  ldm r1!,{r5-r7}\n"
                  "  ldm r0!,{r2-r4}\n"
                  "  muls r2,r5\n"
                  "  muls r3,r6\n"
                  "  muls r4,r7\n"
                  "  add r4,r2\n"
                  "  add r4,r3\n" MOTE_SCALAR_FLUSH_ONE MOTE_SCALAR_ONE_SUM);
}
template <>
MOTE_THUMB_ASSEMBLY inline void sum_column<4>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN(
      "16", "26") "  ldm r1!,{r6,r7}\n"
                  "  ldm r0!,{r2-r5}\n"
                  "  muls r2,r6\n"
                  "  muls r3,r7\n"
                  "  ldm r1!,{r6,r7}\n"
                  "  muls r4,r6\n"
                  "  muls r5,r7\n"
                  "  add r4,r2\n"
                  "  add r4,r3\n"
                  "  add r4,r5\n" MOTE_SCALAR_FLUSH_ONE MOTE_SCALAR_ONE_SUM);
}

/// Sums of products of rows of bytes with one column: a group is one word of weights plus 128 (two: kSteps 4), in bytes 0 to 3
/// weights 1, 3, 0, 2; in the column its pairs stand behind the first word of the group, which is 2^15 - 0x00800080 times the sum
/// of the pairs. Lanes may overflow on the way, the sum does not.
template <int32_t kSteps>
MOTE_THUMB_ASSEMBLY void sum_column_by_bytes(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t);

#define MOTE_SCALAR_UNPACK(W) \
  "  movs r6,r7\n"            \
  "  ands r6," W              \
  "\n"                        \
  "  lsrs " W "," W           \
  ",#8\n"                     \
  "  ands " W ",r7\n"

template <>
MOTE_THUMB_ASSEMBLY inline void sum_column_by_bytes<2>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN_BYTES(
      "12",
      "24") "  ldm r1!,{r5}\n"
            "  ldm r0!,{r2,r3,r4}\n" MOTE_SCALAR_UNPACK(
                "r5") "  muls r6,r3\n"
                      "  muls r5,r4\n"
                      "  adds r2,r2,r6\n"
                      "  adds r2,r2,r5\n"
                      "  asrs r2,r2,#16\n"
                      "  add r8,r2\n" MOTE_SCALAR_ONE_SUM);
}
template <>
MOTE_THUMB_ASSEMBLY inline void sum_column_by_bytes<4>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN_BYTES("20", "44") "  ldm r1!,{r5}\n"
                                                 "  ldm r0!,{r2,r3,r4}\n" MOTE_SCALAR_UNPACK("r5")
                   "  muls r6,r3\n"
                   "  muls r5,r4\n"
                   "  adds r2,r2,r6\n"
                   "  adds r2,r2,r5\n"
                   "  ldm r1!,{r5}\n"
                   "  ldm r0!,{r3,r4}\n" MOTE_SCALAR_UNPACK("r5")
                   "  muls r6,r3\n"
                   "  muls r5,r4\n"
                   "  adds r2,r2,r6\n"
                   "  adds r2,r2,r5\n"
                   "  asrs r2,r2,#16\n"
                   "  add r8,r2\n" MOTE_SCALAR_ONE_SUM);
}

/// The same for weights that are 4-bit codes plus a number for all: a group is one word of four pairs of codes, of which pair i
/// has that of its second value 4 * i above bit 0 and that of its first value 4 * i above bit 16. In the column the first word of
/// a group is 2^15 + 0x00010001 times the number times the sum of the group's pairs.
MOTE_THUMB_ASSEMBLY inline void sum_column_by_codes(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(MOTE_SCALAR_BEGIN_MASK(
      "20", "46", "15") "  ldm r1!,{r5}\n"
                        "  ldm r0!,{r2,r3,r4}\n"
                        "  movs r6,r7\n"
                        "  ands r6,r5\n"
                        "  muls r3,r6\n"
                        "  adds r2,r2,r3\n"
                        "  lsrs r5,r5,#4\n"
                        "  movs r6,r7\n"
                        "  ands r6,r5\n"
                        "  muls r4,r6\n"
                        "  adds r2,r2,r4\n"
                        "  ldm r0!,{r3,r4}\n"
                        "  lsrs r5,r5,#4\n"
                        "  movs r6,r7\n"
                        "  ands r6,r5\n"
                        "  muls r3,r6\n"
                        "  adds r2,r2,r3\n"
                        "  lsrs r5,r5,#4\n"
                        "  ands r5,r7\n"
                        "  muls r4,r5\n"
                        "  adds r2,r2,r4\n"
                        "  asrs r2,r2,#16\n"
                        "  add r8,r2\n" MOTE_SCALAR_ONE_SUM);
}

/// Sums of products of rows with four columns, of whose groups the words for columns 0 and 1 stand before those for 2 and 3: as
/// sum_two_columns, those of columns 2 and 3 in a second array behind 2 * kScalarRows sums.
template <int32_t kSteps>
MOTE_THUMB_ASSEMBLY void sum_four_columns(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t);

// r0 columns, r1 rows, r8 to r11 sums, r12 half of 65536, lr end of the columns. Eight groups as above.
// Stack: 0 columns, 4 entry, 8 sums, 12 end of sums.
#define MOTE_SCALAR_HALF_GROUP(A, B) \
  "  ldm r0!,{r2-r5}\n"              \
  "  muls r2,r6\n"                   \
  "  muls r3,r6\n"                   \
  "  muls r4,r7\n"                   \
  "  muls r5,r7\n"                   \
  "  add r2,r4\n"                    \
  "  add r3,r5\n"                    \
  "  add r2,r12\n"                   \
  "  add r3,r12\n"                   \
  "  asrs r2,r2,#16\n"               \
  "  asrs r3,r3,#16\n"               \
  "  add " A                         \
  ",r2\n"                            \
  "  add " B ",r3\n"

template <>
MOTE_THUMB_ASSEMBLY inline void sum_four_columns<2>(const uint32_t*, const int32_t*, int32_t*, const int32_t*, int32_t) {
  __asm__ volatile(
      "  .syntax unified\n"
      "  push {r4-r7,lr}\n"
      "  mov r4,r8\n"
      "  mov r5,r9\n"
      "  mov r6,r10\n"
      "  mov r7,r11\n"
      "  push {r4-r7}\n"
      "  ldr r4,[sp,#36]\n"
      "  sub sp,#16\n"
      "  str r0,[sp]\n"
      "  str r2,[sp,#8]\n"
      "  str r3,[sp,#12]\n"
      "  lsls r5,r4,#5\n"
      "  adds r5,r5,r0\n"
      "  mov lr,r5\n"
      "  rsbs r4,r4,#0\n"
      "  movs r6,#7\n"
      "  ands r4,r6\n"
      "  movs r5,#54\n"
      "  muls r5,r4\n"
      "  adr r6,3f\n"
      "  adds r5,r5,r6\n"
      "  adds r5,#1\n"
      "  str r5,[sp,#4]\n"
      "  movs r4,#128\n"
      "  lsls r4,r4,#8\n"
      "  mov r12,r4\n"
      "2:\n"
      "  ldr r0,[sp]\n"
      "  ldr r3,[sp,#4]\n"
      "  movs r2,#0\n"
      "  mov r8,r2\n"
      "  mov r9,r2\n"
      "  mov r10,r2\n"
      "  mov r11,r2\n"
      "  bx r3\n"
      "  .p2align 2\n"
      "3:\n"
      "  .rept 8\n"
      "  ldm r1!,{r6,r7}\n" MOTE_SCALAR_HALF_GROUP("r8", "r9") MOTE_SCALAR_HALF_GROUP("r10", "r11")
      "  .endr\n"
      "  cmp r0,lr\n"
      "  beq 4f\n"
      "  b 3b\n"
      "4:\n"
      "  ldr r2,[sp,#8]\n"
      "  ldr r3,[sp,#12]\n"
      "  mov r4,r8\n"
      "  mov r5,r9\n"
      "  mov r6,r10\n"
      "  mov r7,r11\n"
      "  str r6,[r2,#64]\n"
      "  str r7,[r2,#68]\n"
      "  stm r2!,{r4,r5}\n"
      "  str r2,[sp,#8]\n"
      "  cmp r2,r3\n"
      "  beq 5f\n"
      "  b 2b\n"
      "5:\n"
      "  add sp,#16\n"
      "  pop {r4-r7}\n"
      "  mov r8,r4\n"
      "  mov r9,r5\n"
      "  mov r10,r6\n"
      "  mov r11,r7\n"
      "  pop {r4-r7,pc}\n");
}

#undef MOTE_SCALAR_HALF_GROUP
#undef MOTE_SCALAR_UNPACK
#undef MOTE_SCALAR_ENTRY
#undef MOTE_SCALAR_BEGIN
#undef MOTE_SCALAR_BEGIN_BYTES
#undef MOTE_SCALAR_BEGIN_MASK
#undef MOTE_SCALAR_NEXT
#undef MOTE_SCALAR_END
#undef MOTE_SCALAR_TWO_SUMS
#undef MOTE_SCALAR_ONE_SUM
#undef MOTE_SCALAR_FLUSH_TWO
#undef MOTE_SCALAR_FLUSH_ONE
#undef MOTE_SCALAR_STEP
#undef MOTE_SCALAR_FIRST_STEPS

#else

/// Sums of kRows rows, `words` apart, with kColumns columns of which groups are kGroup words apart.
template <int32_t kSteps, int32_t kColumns, int32_t kRows, int32_t kGroup>
MOTE_INLINE void sum_tile(const uint32_t* columns, const int32_t* weights, int32_t words, int32_t* sums, int32_t groups) {
  int32_t total[kRows * kColumns];
#pragma GCC unroll 16
  for (int32_t i = 0; i < kRows * kColumns; ++i) total[i] = 0;
  const uint32_t* end = columns + groups * kGroup;
#pragma GCC unroll 1
  for (; columns != end; columns += kGroup, weights += kSteps) {
    uint32_t group[kRows * kColumns];
#pragma GCC unroll 4
    for (int32_t s = 0; s < kSteps; ++s) {
#pragma GCC unroll 4
      for (int32_t r = 0; r < kRows; ++r) {
        const auto weight = static_cast<uint32_t>(weights[r * words + s]);
#pragma GCC unroll 2
        for (int32_t c = 0; c < kColumns; ++c) {
          uint32_t& sum = group[r * kColumns + c];
          sum = (s == 0 ? 0x8000U : sum) + columns[s * kColumns + c] * weight;
          MOTE_HOLD(sum);  // else GCC forms all products of a group before it sums them, and spills
        }
      }
    }
#pragma GCC unroll 16
    for (int32_t i = 0; i < kRows * kColumns; ++i) total[i] += static_cast<int32_t>(group[i]) >> 16;
  }
#pragma GCC unroll 16
  for (int32_t i = 0; i < kRows * kColumns; ++i) sums[i] = total[i];
}

template <int32_t kSteps, int32_t kColumns, int32_t kGroup = kSteps* kColumns>
MOTE_INLINE void sum_rows(const uint32_t* columns, const int32_t* row, int32_t* sums, const int32_t* end, int32_t groups) {
  const int32_t words = groups * kSteps;
  for (; end - sums >= 4 * kColumns; sums += 4 * kColumns, row += 4 * words) {
    sum_tile<kSteps, kColumns, 4, kGroup>(columns, row, words, sums, groups);
  }
  for (; sums != end; sums += kColumns, row += words) {
    sum_tile<kSteps, kColumns, 1, kGroup>(columns, row, words, sums, groups);
  }
}

template <int32_t kSteps>
MOTE_INLINE void sum_two_columns(const uint32_t* columns, const int32_t* rows, int32_t* sums, const int32_t* end,
                                 int32_t groups) {
  sum_rows<kSteps, 2>(columns, rows, sums, end, groups);
}
template <int32_t kSteps>
MOTE_INLINE void sum_four_columns(const uint32_t* columns, const int32_t* rows, int32_t* sums, const int32_t* end,
                                  int32_t groups) {
  constexpr int32_t kSecond = 2 * kScalarRows;
  sum_rows<kSteps, 2, 4 * kSteps>(columns, rows, sums, end, groups);
  sum_rows<kSteps, 2, 4 * kSteps>(columns + 2 * kSteps, rows, sums + kSecond, end + kSecond, groups);
}
template <int32_t kSteps>
MOTE_INLINE void sum_column(const uint32_t* column, const int32_t* rows, int32_t* sums, const int32_t* end, int32_t groups) {
  sum_rows<kSteps, 1>(column, rows, sums, end, groups);
}

template <int32_t kSteps>
inline void sum_column_by_bytes(const uint32_t* column, const int32_t* rows, int32_t* sums, const int32_t* end, int32_t groups) {
  constexpr uint32_t kMask = 0x00FF00FFU;
  for (; sums != end; ++sums) {
    int32_t total = 0;
    const uint32_t* x = column;
    for (int32_t g = 0; g < groups; ++g) {
      uint32_t group = *x++;
#pragma GCC unroll 2
      for (int32_t s = 0; s < kSteps; s += 2, x += 2) {
        const auto weights = static_cast<uint32_t>(*rows++);
        group += x[0] * (weights & kMask) + x[1] * ((weights >> 8) & kMask);
      }
      total += static_cast<int32_t>(group) >> 16;
    }
    *sums = total;
  }
}

inline void sum_column_by_codes(const uint32_t* column, const int32_t* rows, int32_t* sums, const int32_t* end, int32_t groups) {
  constexpr uint32_t kMask = 0x000F000FU;
  for (; sums != end; ++sums) {
    int32_t total = 0;
    const uint32_t* x = column;
    for (int32_t g = 0; g < groups; ++g) {
      uint32_t group = *x++;
      const auto codes = static_cast<uint32_t>(*rows++);
#pragma GCC unroll 4
      for (int32_t i = 0; i < 4; ++i) group += *x++ * (codes >> (4 * i) & kMask);
      total += static_cast<int32_t>(group) >> 16;
    }
    *sums = total;
  }
}

#endif

/// What brings a row's sum to its output, before the clamp. `sum` is below 2^30 in size, the multiplier not negative.
MOTE_INLINE int32_t scale_sum(int32_t sum, const int32_t* scaling) {
#if MOTE_THUMB && !defined(__thumb2__)
  // The doubling high product from halves; the middle stays in 32 bits because 2^30 is taken off and added again behind the
  // shift.
  const int32_t a1 = sum >> 16;
  const auto a0 = static_cast<int32_t>(static_cast<uint16_t>(sum));
  const int32_t b1 = scaling[1] >> 16;
  const auto b0 = static_cast<int32_t>(static_cast<uint16_t>(scaling[1]));
  const auto low = static_cast<int32_t>((static_cast<uint32_t>(a0) * static_cast<uint32_t>(b0)) >> 16);
  const int32_t middle = a0 * b1 + low + (0x4000 - (1 << 30)) + a1 * b0;
  const int32_t scaled = 2 * a1 * b1 + (middle >> 15);
#else
  const int32_t scaled = doubling_high_multiply(sum, scaling[1]) - 0x8000;
#endif
  return wrap_add(wrap_add(scaled, scaling[2]), sum >> 31) >> (scaling[3] & 31);
}

}  // namespace mote

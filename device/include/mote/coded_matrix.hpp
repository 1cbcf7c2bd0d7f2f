#pragma once

#include "mote/packed_matrix.hpp"

namespace mote {

// Matrices of int8 weights of which each row has few values in equal steps, base + step * code with codes of kBits bits: codes
// are multiplied as they lie, a pair of them masked out of a word by one instruction, and the sum of the column makes up for the
// bases.
//
// The matrix is cut into blocks of four rows; each is a run of words:
//   4 * chunks         of each chunk of 16 / kBits column words a word of each row: the codes of the chunk's i-th word stand
//   kBits * i
//                      above bits 0 (of its lower value) and 16
//   4 * 4              per row: bias, multiplier, offset, and shift + 256 * base + 65536 * step, each in a byte of its own
// A sum becomes an output by multiplier, offset and shift as in packed_matrix.hpp.

/// How a call walks over a matrix.
struct CodedMatrix {
  int32_t chunks;        ///< of a column, at least 1
  int32_t matrix_bytes;  ///< of the blocks to run over
  int32_t column_sum;    ///< of the values of the column
};

/// Words of a column in a chunk.
template <int32_t kBits>
constexpr int32_t kCodedChunk = 16 / kBits;

/// Words of a block.
constexpr int32_t coded_block_words(int32_t chunks) { return 4 * chunks + 16; }

#if MOTE_DSP

// r0-r3 the column, r4-r7 sums, r8 codes, r9 a pair of them, r10 the column's end, r11 the mask, r12 the column, lr the matrix.
// On the stack: 0 column, 4 end of matrix, 8 sum of the column, 12 out, 16 whether chunks are an odd number.
#define MOTE_CODED_BEGIN(LOG_CHUNK_BYTES) \
  "  .syntax unified\n"                   \
  "  push {r4-r11,lr}\n"                  \
  "  sub sp,sp,#20\n"                     \
  "  ldr r4,[r3]\n"                       \
  "  ldr r5,[r3,#4]\n"                    \
  "  ldr r6,[r3,#8]\n"                    \
  "  add r5,r5,r1\n"                      \
  "  add r10,r0,r4,lsl #" LOG_CHUNK_BYTES \
  "\n"                                    \
  "  str r0,[sp]\n"                       \
  "  str r5,[sp,#4]\n"                    \
  "  str r6,[sp,#8]\n"                    \
  "  str r2,[sp,#12]\n"                   \
  "  and r4,r4,#1\n"                      \
  "  str r4,[sp,#16]\n"                   \
  "  mov lr,r1\n"

#define MOTE_CODED_BLOCK(MASK) \
  "2:\n"                       \
  "  ldr r12,[sp]\n"           \
  "  mov r11,#" MASK           \
  "\n"                         \
  "  mov r4,#0\n"              \
  "  mov r5,#0\n"              \
  "  mov r6,#0\n"              \
  "  mov r7,#0\n"

// Adds the products of four words of the column with the codes at ADDRESS, which stand at the shifts A to D.
#define MOTE_CODED_ROW(SUM, ADDRESS, A, B, C, D) \
  "  ldr r8," ADDRESS                            \
  "\n"                                           \
  "  and r9,r11,r8,lsr #" A                      \
  "\n"                                           \
  "  smlad " SUM ",r9,r0," SUM                   \
  "\n"                                           \
  "  and r9,r11,r8,lsr #" B                      \
  "\n"                                           \
  "  smlad " SUM ",r9,r1," SUM                   \
  "\n"                                           \
  "  and r9,r11,r8,lsr #" C                      \
  "\n"                                           \
  "  smlad " SUM ",r9,r2," SUM                   \
  "\n"                                           \
  "  and r9,r11,r8,lsr #" D                      \
  "\n"                                           \
  "  smlad " SUM ",r9,r3," SUM "\n"

#define MOTE_CODED_END                  \
  "  ldr r11,[sp,#12]\n"                \
  "  ldr r12,[sp,#8]\n"                 \
  "  .macro mote_coded_finish sum,at\n" \
  "  ldr r0,[lr],#4\n"                  \
  "  ldr r1,[lr],#4\n"                  \
  "  ldr r2,[lr],#4\n"                  \
  "  ldr r3,[lr],#4\n"                  \
  "  sxtb r8,r3,ror #16\n"              \
  "  sxtb r9,r3,ror #8\n"               \
  "  mla \\sum,\\sum,r8,r0\n"           \
  "  mla \\sum,r12,r9,\\sum\n"          \
  "  lsl \\sum,\\sum,#1\n"              \
  "  smmlar r1,\\sum,r1,r2\n"           \
  "  add r1,r1,\\sum,asr #31\n"         \
  "  asr r1,r1,r3\n"                    \
  "  ssat r1,#8,r1\n"                   \
  "  strb r1,[r11,#\\at]\n"             \
  "  .endm\n"                           \
  "  mote_coded_finish r4,0\n"          \
  "  mote_coded_finish r5,1\n"          \
  "  mote_coded_finish r6,2\n"          \
  "  mote_coded_finish r7,3\n"          \
  "  .purgem mote_coded_finish\n"       \
  "  ldr r2,[sp,#4]\n"                  \
  "  add r11,r11,#4\n"                  \
  "  str r11,[sp,#12]\n"                \
  "  cmp lr,r2\n"

#define MOTE_CODED_RETURN \
  "  bne 2b\n"            \
  "  add sp,sp,#20\n"     \
  "  pop {r4-r11,pc}\n"

template <int32_t kBits>
MOTE_ASSEMBLY void multiply_coded(const uint32_t*, const int32_t*, int8_t*, const CodedMatrix*);

/// Outputs of a matrix for one column.
template <>
MOTE_ASSEMBLY inline void multiply_coded<4>(const uint32_t*, const int32_t*, int8_t*, const CodedMatrix*) {
  // Two chunks are unrolled; an odd number of them is entered in the middle.
#define MOTE_CODED_CHUNK                                                                                        \
  "  ldm r12!,{r0-r3}\n" MOTE_CODED_ROW("r4", "[lr],#4", "0", "4", "8", "12")                                   \
      MOTE_CODED_ROW("r5", "[lr],#4", "0", "4", "8", "12") MOTE_CODED_ROW("r6", "[lr],#4", "0", "4", "8", "12") \
          MOTE_CODED_ROW("r7", "[lr],#4", "0", "4", "8", "12")
  __asm__ volatile(MOTE_CODED_BEGIN("4") MOTE_CODED_BLOCK(
      "0x000F000F") "  ldr r0,[sp,#16]\n"
                    "  cmp r0,#0\n"
                    "  bne 4f\n"
                    "3:\n" MOTE_CODED_CHUNK "4:\n" MOTE_CODED_CHUNK
                    "  cmp r12,r10\n"
                    "  bne 3b\n" MOTE_CODED_END MOTE_CODED_RETURN);
#undef MOTE_CODED_CHUNK
}

template <>
MOTE_ASSEMBLY inline void multiply_coded<2>(const uint32_t*, const int32_t*, int8_t*, const CodedMatrix*) {
  __asm__ volatile(MOTE_CODED_BEGIN("5") MOTE_CODED_BLOCK("0x00030003") "3:\n"
                                                                       "  ldm r12!,{r0-r3}\n"
                   MOTE_CODED_ROW("r4", "[lr]", "0", "2", "4", "6") MOTE_CODED_ROW("r5", "[lr,#4]", "0", "2", "4", "6")
                   MOTE_CODED_ROW("r6", "[lr,#8]", "0", "2", "4", "6") MOTE_CODED_ROW("r7", "[lr,#12]", "0", "2", "4", "6")
                   "  ldm r12!,{r0-r3}\n" MOTE_CODED_ROW("r4", "[lr],#4", "8", "10", "12", "14")
                   MOTE_CODED_ROW("r5", "[lr],#4", "8", "10", "12", "14") MOTE_CODED_ROW("r6", "[lr],#4", "8", "10", "12", "14")
                   MOTE_CODED_ROW("r7", "[lr],#4", "8", "10", "12", "14") "  cmp r12,r10\n"
                                                                          "  bne 3b\n" MOTE_CODED_END MOTE_CODED_RETURN);
}

#undef MOTE_CODED_BEGIN
#undef MOTE_CODED_BLOCK
#undef MOTE_CODED_ROW
#undef MOTE_CODED_END
#undef MOTE_CODED_RETURN

#else

/// Outputs of a matrix for one column.
template <int32_t kBits>
inline void multiply_coded(const uint32_t* column, const int32_t* matrix, int8_t* out, const CodedMatrix* shape) {
  constexpr uint32_t kMask = ((1U << kBits) - 1) * 0x00010001U;
  const int32_t* end = matrix + shape->matrix_bytes / 4;
  for (; matrix != end; out += 4) {
    int32_t sums[4] = {};
    const uint32_t* values = column;
    for (int32_t chunk = 0; chunk < shape->chunks; ++chunk, values += kCodedChunk<kBits>) {
      for (int row = 0; row < 4; ++row) {
        const auto codes = static_cast<uint32_t>(*matrix++);
        for (int32_t i = 0; i < kCodedChunk<kBits>; ++i)
          sums[row] = multiply_add_pairs(codes >> (kBits * i) & kMask, values[i], sums[row]);
      }
    }
    for (int row = 0; row < 4; ++row, matrix += 4) {
      const auto base = static_cast<int8_t>(matrix[3] >> 8 & 0xFF);
      const auto step = static_cast<int8_t>(matrix[3] >> 16 & 0xFF);
      const int32_t sum = wrap_add(wrap_add(matrix[0], wrap_multiply(sums[row], step)), wrap_multiply(shape->column_sum, base));
      const int32_t doubled = shift_left(sum, 1);
      const int32_t scaled = wrap_add(multiply_high_add(doubled, matrix[1], matrix[2]), doubled >> 31) >> (matrix[3] & 0xFF);
      out[row] = static_cast<int8_t>(clamp<int32_t>(scaled, -128, 127));
    }
  }
}

#endif

/// FULLY_CONNECTED, int8: four units at a time, `chunks` chunks in a column. Scratch: a column.
template <typename L>
MOTE_KERNEL void fully_connected_coded(const int8_t* in, const int32_t* MOTE_RESTRICT matrix, int8_t* out,
                                       uint8_t* MOTE_RESTRICT scratch) {
  constexpr int32_t kFilled = window_steps(1, L::depth);
  constexpr int32_t kSteps = L::chunks * kCodedChunk<L::bits>;
  constexpr int32_t kWholeBlocks = L::units / 4;
  constexpr int32_t kRest = L::units % 4;
  constexpr int32_t kBlock = coded_block_words(L::chunks);
  uint32_t* column = reinterpret_cast<uint32_t*>(scratch);
  int8_t* to = out;
  for (int32_t row = 0; row < L::rows; ++row, in += L::depth, to += L::units) {
    widen_window<1, L::depth, 1>([&](int32_t) { return in; }, column);
    for (int32_t i = kFilled; i < kSteps; ++i) column[i] = 0;
    int32_t sum = 0;
    for (int32_t i = 0; i < kFilled; ++i) sum = multiply_add_pairs(column[i], 0x00010001U, sum);
    if constexpr (kWholeBlocks > 0) {
      const CodedMatrix whole = {L::chunks, kWholeBlocks * kBlock * 4, sum};
      multiply_coded<L::bits>(column, matrix, to, &whole);
    }
    if constexpr (kRest > 0) {
      const CodedMatrix last_block = {L::chunks, kBlock * 4, sum};
      int8_t last[4];
      multiply_coded<L::bits>(column, matrix + kWholeBlocks * kBlock, last, &last_block);
      for (int32_t i = 0; i < kRest; ++i) to[kWholeBlocks * 4 + i] = last[i];
    }
  }
  if constexpr (L::clamp_min > -128 || L::clamp_max < 127) clamp_bytes(out, L::rows * L::units, L::clamp_min, L::clamp_max);
}

}  // namespace mote

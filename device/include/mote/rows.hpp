#pragma once

#include "mote/kernel.hpp"

namespace mote {

// Layers that run a few rows at a time: rows of a tensor pass through memory that holds only some of them. Rows are counted from the
// first of those above the tensor, which windows read at the border; then the tensor's own, then those below.

/// Which rows lie in memory: from `first`, at its beginning, to before `end`.
struct RowState {
  int16_t first, end;
};

/// A tensor's rows. `Held`: for how many there is memory; all of them: none ever moves. `Outside`: the byte of rows above and below.
template <int32_t RowBytes, int32_t Rows, int32_t Above, int32_t Below, int32_t Held, int32_t Outside>
struct RowTensor {
  static constexpr int32_t row_bytes = RowBytes, rows = Rows, above = Above, below = Below, held = Held, outside = Outside;
  static constexpr int32_t own_end = Above + Rows, all = Above + Rows + Below;
  static_assert(Held > 0 && Held <= all && all <= INT16_MAX, "memory for some rows");
};

#if defined(__GNUC__) || defined(__clang__)
typedef uint32_t __attribute__((may_alias)) RowWord;
#endif

/// Moves bytes down in memory.
MOTE_FUNCTION void slide_rows(uint8_t* to, const uint8_t* from, uint32_t bytes) {
#if defined(__GNUC__) || defined(__clang__)
  if (((reinterpret_cast<uintptr_t>(to) | reinterpret_cast<uintptr_t>(from)) & 3U) == 0) {
    RowWord* words = reinterpret_cast<RowWord*>(to);
    const RowWord* next = reinterpret_cast<const RowWord*>(from);
    for (; bytes >= 16; bytes -= 16, words += 4, next += 4) {
      const uint32_t a = next[0], b = next[1], c = next[2], d = next[3];
      words[0] = a, words[1] = b, words[2] = c, words[3] = d;
    }
    to = reinterpret_cast<uint8_t*>(words);
    from = reinterpret_cast<const uint8_t*>(next);
  }
#endif
  for (; bytes > 0; --bytes) *to++ = *from++;
}

MOTE_FUNCTION void fill_rows(uint8_t* to, int32_t value, uint32_t bytes) { memset(to, value, bytes); }

/// Where a row lies.
template <class T, typename Value>
MOTE_INLINE Value* row_at(RowState state, uint8_t* memory, int32_t row) {
  return reinterpret_cast<Value*>(memory + (row - state.first) * T::row_bytes);
}

/// The row of In from which the next rows of Out are made, of which `Repeat` come from each; all of them when Out is complete.
template <class In, class Out, int32_t Stride, int32_t First, int32_t Repeat = 1>
MOTE_INLINE int32_t next_row(RowState out) {
  const int32_t made = out.end - Out::above;
  return made < Out::rows ? made / Repeat * Stride + First + In::above : In::all;
}

/// A tensor none of whose own rows is there.
template <class T>
MOTE_INLINE RowState no_rows() {
  return {0, T::above};
}

/// A tensor whose rows are in memory already: what is above is put before them, and none counts as there.
template <class T>
MOTE_INLINE RowState rows_to_take(uint8_t* memory) {
  if constexpr (T::above > 0) fill_rows(memory, T::outside, T::above * T::row_bytes);
  return {0, T::above};
}

/// The same, all of them there.
template <class T>
MOTE_INLINE RowState all_rows(uint8_t* memory) {
  rows_to_take<T>(memory);
  return {0, T::own_end};
}

/// `Count` more of the rows in memory are there, or what is left; false when all are already.
template <class T, int32_t Count>
MOTE_INLINE bool take_rows(RowState& state) {
  if (state.end >= T::own_end) return false;
  state.end = static_cast<int16_t>(smaller<int32_t>(state.end + Count, T::own_end));
  return true;
}

/// One behind the last row that a stage may read: those below are put there when one asks for them.
template <class T>
MOTE_INLINE int32_t readable_end(RowState state) {
  return T::below > 0 && state.end == T::own_end ? T::all : state.end;
}

/// Memory for `Count` rows at the end, of which some may lie below the tensor. Rows before `needed` may go.
template <class T, int32_t Count>
MOTE_INLINE void make_room(RowState& state, uint8_t* memory, int32_t needed) {
  if constexpr (T::above > 0) {
    if (state.end == T::above) fill_rows(memory, T::outside, T::above * T::row_bytes);
  }
  if constexpr (T::held < T::all) {
    if (state.end + Count - state.first <= T::held) return;
    const int32_t from = smaller<int32_t>(needed, state.end);
    slide_rows(memory, memory + (from - state.first) * T::row_bytes, static_cast<uint32_t>((state.end - from) * T::row_bytes));
    state.first = static_cast<int16_t>(from);
  }
  (void)needed;
}

/// `Count` rows have been made at the end; those that lie below the tensor mean nothing.
template <class T, int32_t Count>
MOTE_INLINE void put_rows(RowState& state) {
  state.end = static_cast<int16_t>(smaller<int32_t>(state.end + Count, T::own_end));
}

/// Puts what is below the tensor behind it, if a window that ends before `end` reads that.
template <class T>
MOTE_INLINE void show_below(RowState& state, uint8_t* memory, int32_t needed, int32_t end) {
  if constexpr (T::below > 0) {
    if (end <= state.end) return;
    make_room<T, T::below>(state, memory, needed);
    fill_rows(row_at<T, uint8_t>(state, memory, T::own_end), T::outside, T::below * T::row_bytes);
    state.end = T::all;
  }
  (void)needed;
  (void)end;
}

}  // namespace mote

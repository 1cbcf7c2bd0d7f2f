#include "emulate/plugin/thumb_timing.hpp"

#include <initializer_list>

#include <gtest/gtest.h>

#include "targets/target.hpp"

namespace mote {
namespace {

ThumbInstruction instruction(std::uint32_t bits) { return {bits, bits > 0xFFFF}; }

/// Cycles of the last of a straight line of instructions.
unsigned cycles(std::initializer_list<std::uint32_t> line) {
  static const ThumbCosts costs = parse_thumb_costs(find_target("cortex-m4").timing).value();
  ThumbTiming timing(costs);
  unsigned last = 0;
  for (const std::uint32_t bits : line) last = timing.issue(instruction(bits));
  return last;
}

TEST(ThumbInstruction, ReadsBothWidths) {
  const std::uint8_t narrow[] = {0x70, 0x47};  // bx lr
  EXPECT_EQ(read_thumb(narrow).bits, 0x4770u);
  EXPECT_EQ(read_thumb(narrow).bytes(), 2u);
  const std::uint8_t wide[] = {0x22, 0xFB, 0x03, 0xF1};
  EXPECT_EQ(read_thumb(wide).bits, 0xFB22F103u);
  EXPECT_EQ(read_thumb(wide).bytes(), 4u);
  EXPECT_FALSE(is_wide_thumb(0xE7FE));  // b .
  EXPECT_TRUE(is_wide_thumb(0xE8BD));   // pop.w
}

struct Case {
  const char* text;
  std::uint32_t bits;
  unsigned cycles;
};

class SingleInstruction : public testing::TestWithParam<Case> {};

TEST_P(SingleInstruction, TakesItsCycles) { EXPECT_EQ(cycles({GetParam().bits}), GetParam().cycles) << GetParam().text; }

// Encodings as arm-none-eabi-as gives them.
INSTANTIATE_TEST_SUITE_P(
    M4, SingleInstruction,
    testing::Values(Case{"movs r0, #1", 0x2001, 1}, Case{"adds r0, r1, r2", 0x1888, 1}, Case{"muls r0, r1", 0x4348, 1},
                    Case{"mla r0, r1, r2, r3", 0xFB013002, 1}, Case{"smlad r0, r1, r2, r3", 0xFB213002, 1},
                    Case{"smlald r0, r1, r2, r3", 0xFBC201C3, 1}, Case{"smull r0, r1, r2, r3", 0xFB820103, 1},
                    Case{"smmul r0, r1, r2", 0xFB51F002, 1}, Case{"sxtb16 r0, r1", 0xFA2FF081, 1},
                    Case{"ssat r0, #8, r1", 0xF3010007, 1}, Case{"pkhbt r0, r1, r2, lsl #16", 0xEAC14002, 1},
                    Case{"movw r0, #4660", 0xF2412034, 1}, Case{"it eq", 0xBF08, 1}, Case{"nop", 0xBF00, 1},
                    Case{"sdiv r0, r1, r2", 0xFB91F0F2, 6}, Case{"udiv r0, r1, r2", 0xFBB1F0F2, 6},
                    Case{"b .", 0xE7FE, 1}, Case{"beq.w .", 0xF43FAFFE, 1}, Case{"bl .", 0xF7FFFFFE, 1}, Case{"bx lr", 0x4770, 1},
                    Case{"cbz r0, .+4", 0xB100, 1}, Case{"tbb [pc, r0]", 0xE8DFF000, 2},
                    Case{"mrs r0, primask", 0xF3EF8010, 2}, Case{"dsb", 0xF3BF8F4F, 2}));

INSTANTIATE_TEST_SUITE_P(
    M4Memory, SingleInstruction,
    testing::Values(Case{"ldr r0, [r1]", 0x6808, 2}, Case{"ldr r0, [pc, #4]", 0x4801, 2}, Case{"ldr r0, [sp, #4]", 0x9801, 2},
                    Case{"ldrsb r0, [r1, r2]", 0x5688, 2}, Case{"ldrb.w r0, [r1], #1", 0xF8110B01, 2},
                    Case{"ldrsh.w r0, [r1, #256]", 0xF9B10100, 2}, Case{"pld [r1]", 0xF891F000, 1},
                    Case{"str r0, [r1]", 0x6008, 1}, Case{"str r0, [r1, r2]", 0x5088, 2}, Case{"strb r0, [r1, r2]", 0x5488, 2},
                    Case{"strb.w r0, [r1], #1", 0xF8010B01, 1}, Case{"str.w r0, [r1, r2, lsl #2]", 0xF8410022, 2},
                    Case{"ldrd r0, r1, [r2]", 0xE9D20100, 3}, Case{"ldrd r0, r1, [r2], #8", 0xE8F20102, 3},
                    Case{"strd r0, r1, [r2]", 0xE9C20100, 3}, Case{"ldrex r0, [r1]", 0xE8510F00, 2},
                    Case{"push {r4, lr}", 0xB510, 3}, Case{"pop {r4, r5, pc}", 0xBD30, 4},
                    Case{"ldmia r0!, {r1, r2, r3}", 0xC80E, 4},
                    Case{"push.w {r4-r11, lr}", 0xE92D4FF0, 10}, Case{"ldmia.w r0, {r1-r8}", 0xE89001FE, 9}));

INSTANTIATE_TEST_SUITE_P(
    M4Float, SingleInstruction,
    testing::Values(Case{"vadd.f32 s0, s1, s2", 0xEE300A81, 1}, Case{"vmul.f32 s0, s1, s2", 0xEE200A81, 1},
                    Case{"vmla.f32 s0, s1, s2", 0xEE000A81, 3}, Case{"vnmls.f32 s0, s1, s2", 0xEE100A81, 3},
                    Case{"vfma.f32 s0, s1, s2", 0xEEA00A81, 3}, Case{"vfnms.f32 s0, s1, s2", 0xEE900A81, 3},
                    Case{"vdiv.f32 s0, s1, s2", 0xEE800A81, 14}, Case{"vsqrt.f32 s0, s1", 0xEEB10AE0, 14},
                    Case{"vabs.f32 s0, s1", 0xEEB00AE0, 1}, Case{"vcvt.s32.f32 s0, s1", 0xEEBD0AE0, 1},
                    Case{"vmov r0, s0", 0xEE100A10, 1}, Case{"vmov r0, r1, s0, s1", 0xEC510A10, 2},
                    Case{"vmrs APSR_nzcv, fpscr", 0xEEF1FA10, 1}, Case{"vldr s0, [r0]", 0xED900A00, 2},
                    Case{"vldr d0, [r0]", 0xED900B00, 3}, Case{"vstr s0, [r0]", 0xED800A00, 2},
                    Case{"vldmia r0!, {s0-s3}", 0xECB00A04, 5}, Case{"vpush {d8}", 0xED2D8B02, 3}));

TEST(ThumbTiming, LoadBehindLoadPipelines) {
  EXPECT_EQ(cycles({0x6808, 0x6851}), 1u);          // ldr r0, [r1]; ldr r1, [r2, #4]
  EXPECT_EQ(cycles({0x6808, 0x6802}), 2u);          // ldr r0, [r1]; ldr r2, [r0]: its address waits
  EXPECT_EQ(cycles({0x6808, 0x5898}), 1u);          // ldr r0, [r1]; ldr r0, [r3, r2]
  EXPECT_EQ(cycles({0x6808, 0x5818}), 2u);          // ldr r0, [r1]; ldr r0, [r3, r0]
  EXPECT_EQ(cycles({0x6808, 0x1888, 0x6851}), 2u);  // an add between them
  EXPECT_EQ(cycles({0xF8D18000, 0x6851}), 1u);      // ldr.w r8, [r1]; ldr r1, [r2, #4]
  EXPECT_EQ(cycles({0x6808, 0x6851, 0x6893}), 1u);  // a chain of three
  EXPECT_EQ(cycles({0xE9D20100, 0x6851}), 2u);      // not behind ldrd
  EXPECT_EQ(cycles({0xF8D1D000, 0x9801}), 2u);      // ldr sp, [r1]; ldr r0, [sp, #4]
}

TEST(ThumbTiming, StoreBehindLoadPipelines) {
  EXPECT_EQ(cycles({0x6808, 0x5098}), 1u);  // ldr r0, [r1]; str r0, [r3, r2]: the datum may be the loaded one
  EXPECT_EQ(cycles({0x6808, 0x5081}), 2u);  // ldr r0, [r1]; str r1, [r0, r2]
  EXPECT_EQ(cycles({0x6808, 0x6010}), 1u);  // str r0, [r2] takes 1 anyhow
  EXPECT_EQ(cycles({0x5098, 0x6851}), 2u);  // nothing pipelines behind a store
}

/// Cycles of one instruction on another core.
unsigned cycles_on(const char* target, std::uint32_t bits) {
  const ThumbCosts costs = parse_thumb_costs(find_target(target).timing).value();
  return ThumbTiming(costs).issue(instruction(bits));
}

TEST(ThumbTiming, CortexM0plusHasItsManualsCycles) {
  EXPECT_EQ(cycles_on("cortex-m0plus", 0x4348), 1U);      // muls r0, r1
  EXPECT_EQ(cycles_on("cortex-m0plus", 0x6808), 2U);      // ldr r0, [r1]
  EXPECT_EQ(cycles_on("cortex-m0plus", 0x6008), 2U);      // str r0, [r1]
  EXPECT_EQ(cycles_on("cortex-m0plus", 0x5488), 2U);      // strb r0, [r1, r2]
  EXPECT_EQ(cycles_on("cortex-m0plus", 0xC903), 3U);      // ldm r1!, {r0, r1}
  EXPECT_EQ(cycles_on("cortex-m0plus", 0xB570), 5U);      // push {r4-r6, lr}
  EXPECT_EQ(cycles_on("cortex-m0plus", 0xBC70), 4U);      // pop {r4-r6}
  EXPECT_EQ(cycles_on("cortex-m0plus", 0xBD70), 6U);      // pop {r4-r6, pc}, and 1 for the branch
  EXPECT_EQ(cycles_on("cortex-m0plus", 0xF7FFFFFE), 2U);  // bl, and 1 for the branch
}

TEST(ThumbTiming, CortexM3MultipliesSlowerThanTheM4) {
  EXPECT_EQ(cycles_on("cortex-m3", 0xFB01F002), 1U);  // mul r0, r1, r2
  EXPECT_EQ(cycles_on("cortex-m3", 0xFB013002), 2U);  // mla r0, r1, r2, r3
  EXPECT_EQ(cycles_on("cortex-m3", 0xFB820103), 4U);  // smull r0, r1, r2, r3
  EXPECT_EQ(cycles_on("cortex-m3", 0xFBC20103), 6U);  // smlal r0, r1, r2, r3
}

TEST(ThumbTiming, CostsNameEveryKind) {
  EXPECT_FALSE(parse_thumb_costs("load:2"));
  EXPECT_FALSE(parse_thumb_costs(find_target("cortex-m4").timing + "+turbo:1"));
  EXPECT_FALSE(parse_thumb_costs("load=2"));
}

}  // namespace
}  // namespace mote

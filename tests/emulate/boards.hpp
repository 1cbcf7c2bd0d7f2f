#pragma once

#include "targets/target.hpp"

namespace mote::test {

inline const Target& host() { return find_target("host"); }
inline const Target& cortex_m0plus() { return find_target("cortex-m0plus"); }
inline const Target& cortex_m3() { return find_target("cortex-m3"); }
inline const Target& cortex_m4() { return find_target("cortex-m4"); }
inline const Target& cortex_m7() { return find_target("cortex-m7"); }
inline const Target& cortex_m33() { return find_target("cortex-m33"); }
inline const Target& rv32imc() { return find_target("rv32imc"); }
inline const Target& cortex_m55() { return find_target("cortex-m55"); }

}  // namespace mote::test

#!/bin/bash
# check_against_counter.sh COUNTER_DIR [LIBRARY_DIR NAME]
# Runs a program on every emulated board under mote's plugin and under an independent one (COUNTER_DIR/cplug.c, which takes begin= and
# end= and prints "IV n insns N ... cyc_P2 N" for each window) and compares: instructions on every board, cycles on the Cortex-M4.
# The program is a generated library (namespace NAME), or counter_model beside this script.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
emulate=$here/../../compiler/emulate
counter=${1:?COUNTER_DIR is needed}
library=$(cd "${2:-$here/counter_model}" && pwd)
name=${3:-mixed}
samples=4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

g++ -std=c++20 -O2 -shared -fPIC "$emulate"/plugin/*.cpp -o "$work/mote.so"
gcc -O2 -w -shared -fPIC "$counter/cplug.c" -o "$work/counter.so"

address() { arm-none-eabi-nm firmware.elf | awk -v name="$1" '$3 == name { print $1; exit }'; }
# Costs of the Cortex-M4 for every board, which the other counter knows.
costs() { python3 -c 'import json, sys; print("+".join(f"{k}:{v}" for k, v in json.load(open(sys.argv[1]))["timing"].items()))' "$emulate/../targets/data/cortex-m4.json"; }
even() { printf %x $((0x$1 & ~1)); }

build() { # CPU_FLAGS: firmware.elf in the working directory, as compiler/emulate/build_firmware.cpp builds it
  local flags="$1 -ffunction-sections -fdata-sections"
  local runner="-Os -ffreestanding -fno-tree-loop-distribute-patterns -DMOTE_BOARD"
  local cxx="-std=c++17 -O2 -fno-exceptions -fno-rtti -fno-threadsafe-statics -I$library"
  arm-none-eabi-g++ $flags $cxx -c "$library/$name.cpp" -o model.o
  arm-none-eabi-g++ $flags $cxx $runner "-DMOTE_MODEL_HEADER=\"$name.hpp\"" "-DMOTE_MODEL=$name" \
    -c "$emulate/runtime/runner.cpp" -o runner_main.o
  for source in startup semihosting runner_io_board board_timer; do
    arm-none-eabi-gcc $flags $runner -c "$emulate/runtime/$source.c" -o "runner_$source.o"
  done
  arm-none-eabi-g++ $1 -nostartfiles -nostdlib -Wl,--gc-sections -T "$emulate/runtime/board.ld" model.o runner_*.o \
    -Wl,--start-group -lm -lc -lgcc -Wl,--end-group -o firmware.elf
}

make_input() { # input.bin: header, then samples of pseudo-random bytes
  local sizes
  sizes=$(printf '#include "%s.hpp"\n#include <stdio.h>\nint main() { size_t n = 0; for (size_t b : %s::kInputBytes) n += b; printf("%%zu", n); }\n' \
    "$name" "$name" | g++ -std=c++17 -x c++ -I"$library" - -o sizes && ./sizes)
  python3 - "$sizes" "$samples" <<'PY'
import random, struct, sys
size, samples = map(int, sys.argv[1:])
rng = random.Random(7)
with open("input.bin", "wb") as out:
    out.write(struct.pack("<III", 0x494D4F4D, samples, 0))
    for _ in range(samples):
        out.write(struct.pack("<I", 1) + rng.randbytes(size))
PY
}

failures=0
check() { # BOARD MACHINE CPU_FLAGS MEMORY
  mkdir "$work/$1" && cd "$work/$1"
  printf '%s\nmote_stack_bytes = 0x10000;\n' "$4" > memory.ld
  build "$3" && make_input
  local qemu="qemu-system-arm -M $2 -display none -monitor none -serial none -semihosting-config enable=on,target=native -kernel firmware.elf"
  local run run_bytes
  read -r run run_bytes < <(arm-none-eabi-nm -S firmware.elf | awk -v name="_ZN${#name}${name}5Model3runEv" '$4 == name { print $1, $2 }')
  local begin end
  begin=$(even "$(address mote_begin)") end=$(even "$(address mote_end)")
  run=$(even "$run")
  $qemu -plugin "$work/mote.so,begin=$begin,end=$end,run=$run-$(printf %x $((0x$run + 0x$run_bytes))),runner=$(address mote_runner_begin)-$(address mote_runner_end),timing=$(costs),out=profile.json"
  $qemu -plugin "$work/counter.so,begin=0x$begin,end=0x$end" 2> counter.txt
  python3 - "$1" "$samples" <<'PY' || failures=$((failures + 1))
import json, sys
board, samples = sys.argv[1], int(sys.argv[2])
ours = json.load(open("profile.json"))
theirs = [line.split() for line in open("counter.txt") if line.startswith("IV")]
first = {key: ours["first"][key] + ours["overhead"][key] for key in ("instructions", "cycles")}
whole = ours["sum"]["instructions"] + samples * ours["overhead"]["instructions"]
same = (ours["windows"] == len(theirs) == samples and first["instructions"] == int(theirs[0][3])
        and whole == sum(int(line[3]) for line in theirs))
text = f"{board:14} instructions {first['instructions']:>11} / {theirs[0][3]:>11}"
if board == "cortex-m4":
    same = same and first["cycles"] == int(theirs[0][-1])
    text += f"   cycles {first['cycles']:>11} / {theirs[0][-1]:>11}"
print(text, "  equal" if same else "  DIFFERENT")
sys.exit(not same)
PY
}

mps2='MEMORY { FLASH (rx) : ORIGIN = 0, LENGTH = 4M RAM (rwx) : ORIGIN = 0x20000000, LENGTH = 4M } REGION_ALIAS("VECTORS", FLASH)'
an505='MEMORY { FLASH (rx) : ORIGIN = 0x10000000, LENGTH = 4M RAM (rwx) : ORIGIN = 0x38000000, LENGTH = 4M } REGION_ALIAS("VECTORS", FLASH)'
an547='MEMORY { VECTORS (rx) : ORIGIN = 0x10000000, LENGTH = 512K FLASH (rx) : ORIGIN = 0x11000000, LENGTH = 2M RAM (rwx) : ORIGIN = 0x30000000, LENGTH = 512K }'
check cortex-m0plus mps2-an385 "-mcpu=cortex-m0plus -mthumb" "$mps2"
check cortex-m3 mps2-an385 "-mcpu=cortex-m3 -mthumb" "$mps2"
check cortex-m4 mps2-an386 "-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16" "$mps2"
check cortex-m7 mps2-an500 "-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-d16" "$mps2"
check cortex-m33 mps2-an505 "-mcpu=cortex-m33 -mthumb -mfloat-abi=hard -mfpu=fpv5-sp-d16" "$an505"
check cortex-m55 mps3-an547 "-mcpu=cortex-m55 -mthumb -mfloat-abi=hard" "$an547"
exit $((failures > 0))

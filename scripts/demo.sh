#!/usr/bin/env bash
# The main job, from a fresh Debian 12: installs what is missing, builds mote, compiles the activity classifier for a Cortex-M4 and runs its 40
# test windows on the emulated board.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n[%s/4] %s\n' "$1" "$2"; }
model=examples/activity/activity.tflite
target=${1:-cortex-m4}

step 1 "packages from Debian"
scripts/install_dependencies.sh

step 2 "building mote"
[[ -f build/release/build.ninja ]] || cmake --preset release -DMOTE_TESTS=OFF
cmake --build --preset release --target mote

step 3 "compiling $model for $target"
build/release/bin/mote compile "$model" -t "$target" -o build/demo/activity

step 4 "running 40 real test windows on the emulated board"
build/release/bin/mote run "$model" -t "$target" -i examples/activity/test_windows.npz
printf '\nThe library is in build/demo/activity; examples/activity/README.md tells about the model.\n'

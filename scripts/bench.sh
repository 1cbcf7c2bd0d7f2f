#!/usr/bin/env bash
# Measures real models on every emulated core and writes docs/benchmarks.md and docs/benchmarks.json; with --check it only compares with them.
# Models and baselines are looked for in ../shared, or in the directory that MOTE_SHARED_DIR names.
set -euo pipefail
cd "$(dirname "$0")/.."
shared=${MOTE_SHARED_DIR:-../shared}
[[ -d $shared/models/full ]] || { echo "there are no models in $shared: set MOTE_SHARED_DIR" >&2; exit 2; }
scripts/install_dependencies.sh --tests
cmake --preset release >/dev/null
cmake --build --preset release --target mote
exec python3 bench/make_benchmarks.py build/release/bin/mote "$shared" "$@"

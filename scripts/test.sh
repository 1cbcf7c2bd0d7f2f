#!/usr/bin/env bash
# All the tests, from a fresh Debian 12: installs what is missing, builds, and runs unit tests, models and comparisons with TensorFlow Lite Micro.
# Models of others are looked for in ../shared, or in the directory that MOTE_SHARED_DIR names; what is not there is left out and counted.
set -uo pipefail
cd "$(dirname "$0")/.."

shared=$(realpath -m "${MOTE_SHARED_DIR:-../shared}")
if [[ -d $shared ]]; then export MOTE_SHARED_DIR=$shared; else unset MOTE_SHARED_DIR; fi
mote=build/release/bin/mote
work=build/test
passed=0 failed=0 skipped=0
started=$SECONDS

step() { printf '\n=== %s (%d s)\n' "$1" $((SECONDS - started)); }
stop() { printf '\n%s\n%d passed, %d failed, %d skipped\n' "$1" "$passed" $((failed + 1)) "$skipped"; exit 1; }
# Runs a part that ends with "N passed, N failed, N skipped", and adds its numbers up.
part() {
  local log=$work/part.log
  "$@" 2>&1 | tee "$log"
  local line
  line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
  if [[ -z "$line" ]]; then
    echo "this part ended without a result: $*"
    failed=$((failed + 1))
    return
  fi
  read -r p _ f _ s _ <<<"${line//,/}"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}
unit_tests() {
  ctest --test-dir build/release --output-on-failure -j2 >"$work/ctest.log" 2>&1
  grep -vE '^ *Start |^ *[0-9]+/[0-9]+ Test .* Passed ' "$work/ctest.log"
  awk '/tests? passed, .* failed out of/ { total = $NF; bad = $4 } /\(Skipped\)|\*\*\*Skipped/ { s++ }
       END { if (!total) bad = 1; printf "%d passed, %d failed, %d skipped\n", total ? total - bad - s / 2 : 0, bad, s / 2 }' "$work/ctest.log"
}
differential() {
  local python=$work/venv/bin/python
  if [[ ! -x $python ]] || ! $python -c 'import tflite_micro, ai_edge_litert, numpy, flatbuffers' 2>/dev/null; then
    python3 -m venv "$work/venv" && "$work/venv/bin/pip" -q install -r tests/differential/requirements.txt
  fi
  if ! $python -c 'import tflite_micro' 2>/dev/null; then
    echo "PyPI's tflite-micro cannot be installed: the comparison with random cases is left out"
    echo "0 passed, 0 failed, 1 skipped"
    return
  fi
  $python tests/differential/make_cases.py "$work/cases" && python3 tests/models/run_cases.py "$mote" "$work/cases"
}

benchmarks() {
  if [[ -d ${MOTE_SHARED_DIR:-}/models/full ]]; then
    python3 bench/make_benchmarks.py "$mote" "$MOTE_SHARED_DIR" --check
  else
    echo "the models are not there: their instructions are not compared"
    echo "0 passed, 0 failed, 1 skipped"
  fi
}
written() {
  local python=$work/venv/bin/python
  if [[ ! -x $python ]] || ! $python -c 'import tflite_micro, ai_edge_litert' 2>/dev/null; then
    echo "PyPI's tflite-micro and ai-edge-litert are not there: files that mote writes are not run by others"
    echo "0 passed, 0 failed, 1 skipped"
    return
  fi
  $python tests/models/run_written.py "$mote" "$work/cases" "$shared"
}
# A script of bench that measures with models and data of others, and needs NumPy.
promised() {
  local python=$work/venv/bin/python
  if [[ -d ${MOTE_SHARED_DIR:-}/models/full && -x $python ]] && $python -c 'import numpy' 2>/dev/null; then
    $python "bench/$1" "$mote" "$MOTE_SHARED_DIR" --check
  else
    echo "the models or NumPy are not there: $1 is left out"
    echo "0 passed, 0 failed, 1 skipped"
  fi
}
# A script that needs NumPy.
with_numpy() {
  local python=$work/venv/bin/python
  if [[ -x $python ]] && $python -c 'import numpy' 2>/dev/null; then
    $python "$@"
  else
    echo "NumPy is not there: $1 is left out"
    echo "0 passed, 0 failed, 1 skipped"
  fi
}
with_cmsis_nn() {
  local python=$work/venv/bin/python
  if [[ -x $python ]]; then
    $python -c 'import importlib.util as u, sys; sys.exit(u.find_spec("bakenn") is None)' ||
      "$work/venv/bin/pip" -q install --no-deps -r tests/models/cmsis_nn_requirements.txt
  else
    python=python3
  fi
  $python tests/models/run_cmsis_nn.py "$mote" "${MOTE_CMSIS_NN_DIR:-}" "$work/cases" "$shared"
}

mkdir -p "$work"
step "packages from Debian"
scripts/install_dependencies.sh --tests || stop "the packages could not be installed"
step "build"
cmake --preset release -DMOTE_TESTS=ON >"$work/configure.log" 2>&1 || { cat "$work/configure.log"; stop "configuring failed"; }
cmake --build --preset release || stop "the build failed"
step "unit tests"
part unit_tests
step "random cases of every operator against TensorFlow Lite Micro"
part differential
step "written .tflite files on TensorFlow Lite Micro and LiteRT"
part written
step "signal operators against float64, on 1,000 random signals"
part with_numpy tests/signal/check_signal.py "$mote"
step "features from Python"
part with_numpy tests/python/check_features.py "$mote"
step "models"
part "$([[ -x $work/venv/bin/python ]] && echo "$work/venv/bin/python" || echo python3)" tests/models/run_models.py "$mote" "$shared"
part python3 tests/models/run_stream.py "$mote" "$shared"
part python3 tests/models/run_onnx.py "$mote" "$shared"
step "quantized models against what is promised, and TensorFlow Lite Micro"
part promised make_quantization.py
step "compressed models against what is promised"
part promised make_compression.py
step "budgets, to the byte on the emulated board"
part promised make_budgets.py
step "RAM of models against what is promised"
part promised make_memory.py
step "exports of PyTorch, Keras, scikit-learn, XGBoost and LightGBM"
part python3 tests/models/run_exports.py "$mote"
step "examples, on emulated boards"
part with_numpy examples/run.py --mote "$mote"
step "CMSIS-NN's kernels"
part with_cmsis_nn
step "instructions against docs/benchmarks.json, and the promised cycles"
part benchmarks
step "classical models beside emlearn"
part python3 bench/make_classical.py "$mote" --check

printf '\n'
((skipped == 0)) || echo "$skipped were left out: what they need is not on this machine (the lines above say what)"
echo "all of it took $((SECONDS - started)) s"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))

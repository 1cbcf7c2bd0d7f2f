#!/bin/sh
# Runs every fuzz target for SECONDS: run.sh SECONDS [BUILD_DIR] [CORPUS_DIR]. Findings stay in the corpus directory; any makes it fail.
set -u
here=$(cd "$(dirname "$0")" && pwd)
seconds=${1:?usage: run.sh SECONDS [BUILD_DIR] [CORPUS_DIR]}
build=$(cd "${2:-$here/../../build/fuzz}" && pwd) || exit 2
corpus=${3:-$build/corpus}
mkdir -p "$corpus" && corpus=$(cd "$corpus" && pwd) || exit 2
python3 "$here/seed_corpus.py" "$corpus" || exit 2

failed=""
for target in tflite checkpoint dump event_labels fitted golden graph_text journal media npy onnx pipeline samples tuning; do
  mkdir -p "$corpus/$target" "$corpus/findings"
  echo "== $target"
  "$build/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=65536 -print_final_stats=1 \
    -artifact_prefix="$corpus/findings/$target-" "$corpus/$target" 2>"$corpus/$target.log" || failed="$failed $target"
  grep -E "stat::number_of_executed_units|ERROR|SUMMARY|runtime error" "$corpus/$target.log"
done
[ -z "$failed" ] || { echo "findings in:$failed (see $corpus/findings)"; exit 1; }

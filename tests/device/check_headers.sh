#!/bin/sh
# Every device header compiles alone and without a warning: check_headers.sh INCLUDE_DIR COMPILER [FLAGS...]. Exit code 77: no such compiler.
include=$1
compiler=$2
shift 2
command -v "$compiler" >/dev/null || { echo "$compiler is not installed"; exit 77; }
status=0
for header in $(cd "$include" && find mote -name '*.hpp' | sort); do
  # Needs CMSIS-NN's headers; tests/models/run_cmsis_nn.py builds it.
  [ "$header" = mote/cmsis_nn.hpp ] && continue
  echo "#include \"$header\"" |
    "$compiler" "$@" -std=c++17 -Wall -Wextra -Wconversion -Wpedantic -Werror -fsyntax-only -I"$include" -x c++ - || { echo "$header does not compile alone"; status=1; }
done
exit $status

#!/bin/sh
# A kernel used rightly compiles; used wrongly (MOTE_WRONG) it does not, and the compiler says the sentence in the file's "// error:" line.
# check.sh INCLUDE_DIR FILE COMPILER [FLAGS...]. Exit code 77: no such compiler.
include=$1
file=$2
compiler=$3
shift 3
command -v "$compiler" >/dev/null || { echo "$compiler is not installed"; exit 77; }
sentence=$(sed -n 's|^// error: ||p' "$file")
[ -n "$sentence" ] || { echo "$file has no line '// error: ...'"; exit 1; }
build() { "$compiler" -std=c++17 -fsyntax-only -I"$include" "$@" "$file" 2>&1; }

messages=$(build "$@") || { echo "used rightly it must compile:"; echo "$messages"; exit 1; }
if messages=$(build -DMOTE_WRONG "$@"); then
  echo "used wrongly it must not compile"
  exit 1
fi
case $messages in
  *"$sentence"*) ;;
  *) echo "the compiler must say: $sentence"; echo "it says:"; echo "$messages"; exit 1 ;;
esac

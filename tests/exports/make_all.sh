#!/usr/bin/env bash
# Makes every export again: environments in build/exports, then models and expected outputs beside this script. Needs Debian's python3-torch,
# python3-venv and dataset-fashion-mnist, and Python 3.11 with access to PyPI (1.5 GB of packages). About fifteen minutes on two cores.
set -euo pipefail
cd "$(dirname "$0")"
environments=../../build/exports
mkdir -p "$environments"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

# environment NAME OPTION...: its Python, made on first use. aeon is there for the data files in it; nothing of it is imported.
environment() {
  local home=$environments/venv-$1
  if [[ ! -e $home/ready ]]; then
    /usr/bin/python3 -m venv "${@:2}" "$home" >&2
    "$home/bin/pip" -q install -r "requirements_$1.txt" >&2
    "$home/bin/pip" -q install --no-deps aeon==1.6.0 >&2
    touch "$home/ready"
  fi
  echo "$home/bin/python"
}

sklearn=$(environment sklearn)
"$sklearn" make_sklearn.py
"$sklearn" make_boosters.py
"$sklearn" make_recurrent.py
torch=$(environment torch --system-site-packages)
"$torch" make_torch.py
"$torch" make_fashion.py
"$sklearn" make_functions.py
keras=$(environment keras)
"$keras" make_keras.py
TF_USE_LEGACY_KERAS=1 "$keras" make_keras.py

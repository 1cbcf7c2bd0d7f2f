#!/usr/bin/env bash
# Installs from Debian what building and emulating Arm boards need, and nothing that is there already. With --tests what the tests need as well,
# the RISC-V board among it. Usage: install_dependencies.sh [--tests]
set -euo pipefail

packages=(g++ cmake ninja-build pkg-config
  flatbuffers-compiler libflatbuffers-dev libcli11-dev libfmt-dev nlohmann-json3-dev libzip-dev libxxhash-dev libonnx-dev libprotobuf-dev
  libpng-dev libturbojpeg0-dev libsndfile1-dev libtomlplusplus-dev
  gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm)
if [[ "${1:-}" == --tests ]]; then
  packages+=(libgtest-dev libbenchmark-dev clang python3 python3-venv gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf qemu-system-misc)
fi

missing=()
for package in "${packages[@]}"; do
  [[ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" == "install ok installed" ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  echo "all ${#packages[@]} packages are installed"
  exit 0
fi
echo "installing ${#missing[@]} packages: ${missing[*]}"
as_root=()
if ((EUID != 0)); then as_root=(sudo); fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -q update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"

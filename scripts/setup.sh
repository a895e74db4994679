# shellcheck shell=bash disable=SC2034  # the lists are used by name
# Shared by demo.sh and test.sh: sees that the tools they need are there. To be sourced by bash.
#
#   mote_setup demo|test
#
# On Debian and Ubuntu, packages that are missing are installed by name. On other systems nothing is
# installed: what is missing is listed, and the script ends with 1. Optional tools that cannot be had
# are named, and what depends on them is left out.

# One entry: package[|alternative...][@command]. It is there if one of the packages is installed, or
# if the command exists (installed in another way).
mote_packages_demo=(
  cmake@cmake ninja-build@ninja g++@g++
  clang@clang lld@wasm-ld wabt@wat2wasm
  wasi-libc "libclang-rt-14-dev-wasm32|libclang-rt-dev-wasm32"
  libcli11-dev nlohmann-json3-dev libgtest-dev
)
mote_packages_test=("${mote_packages_demo[@]}"
  "libclang-rt-14-dev|libclang-rt-dev" clang-format@clang-format
  python3@python3 pkg-config@pkg-config
)
# What is left out without them is said by CMake ("example ... is not built") and by test.sh.
mote_packages_optional_demo=(
  gcc-arm-none-eabi@arm-none-eabi-g++ picolibc-arm-none-eabi qemu-system-arm@qemu-system-arm
)
mote_packages_optional_test=(
  clang-22@clang++-22 lld-22@wasm-ld-22 libclang-rt-22-dev
  rustc libstd-rust-dev-wasm32
  nodejs@node npm@npm binaryen@wasm-opt doxygen@doxygen cppcheck@cppcheck arduino-builder
  g++-s390x-linux-gnu@s390x-linux-gnu-g++ qemu-user@qemu-s390x googletest
  gcc-arm-none-eabi@arm-none-eabi-g++ picolibc-arm-none-eabi qemu-system-arm@qemu-system-arm
  gcc-riscv64-unknown-elf@riscv64-unknown-elf-g++ picolibc-riscv64-unknown-elf
  qemu-system-misc@qemu-system-riscv32
)
mote_assemblyscript=assemblyscript@0.28.20

mote_is_there() {  # entry
  local command="" package
  [[ $1 == *@* ]] && command=${1##*@}
  if [[ -n $command ]] && command -v "$command" >/dev/null; then return 0; fi
  for package in $(tr '|' ' ' <<<"${1%@*}"); do
    if [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == *"ok installed" ]]; then
      return 0
    fi
  done
  return 1
}

mote_available() {  # entry: prints the first of its packages that apt can install
  local package
  for package in $(tr '|' ' ' <<<"${1%@*}"); do
    if [[ $(apt-cache policy "$package") =~ "Candidate: "[^\(] ]]; then
      echo "$package"
      return 0
    fi
  done
  return 1
}

mote_setup_apt() {  # demo|test
  local -n required=mote_packages_$1 optional=mote_packages_optional_$1
  local entry package missing=() wanted=() install=() absent=() root=()
  for entry in "${required[@]}"; do mote_is_there "$entry" || missing+=("$entry"); done
  for entry in ${optional[@]+"${optional[@]}"}; do
    mote_is_there "$entry" || wanted+=("$entry")
  done
  if [[ ${#missing[@]} -eq 0 && ${#wanted[@]} -eq 0 ]]; then return 0; fi

  if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      [[ ${#missing[@]} -eq 0 ]] && { mote_say_optional "${wanted[@]}"; return 0; }
      echo "Missing, and neither root nor sudo to install it: ${missing[*]%@*}" >&2
      exit 1
    fi
    root=(sudo)
  fi
  echo "Installing what is missing: ${missing[*]%@*} ${wanted[*]%@*}"
  "${root[@]}" apt-get update -q || echo "apt-get update failed; going on with the lists there are" >&2
  for entry in ${missing[@]+"${missing[@]}"}; do
    if package=$(mote_available "$entry"); then install+=("$package"); else absent+=("$entry"); fi
  done
  if [[ ${#absent[@]} -ne 0 ]]; then
    echo "Required, but not in this distribution: ${absent[*]%@*}" >&2
    exit 1
  fi
  if [[ ${#install[@]} -ne 0 ]]; then
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -y -q --no-install-recommends "${install[@]}"
  fi
  # One by one: what cannot be installed must not keep the others away.
  absent=()
  for entry in ${wanted[@]+"${wanted[@]}"}; do
    if ! package=$(mote_available "$entry") ||
      ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$package"; then
      absent+=("$entry")
    fi
  done
  mote_say_optional ${absent[@]+"${absent[@]}"}
}

mote_say_optional() {  # entries
  local entry
  for entry in "$@"; do
    echo "**** OPTIONAL AND NOT THERE: ${entry%@*}. What needs it is left out." >&2
  done
}

mote_setup_other() {  # demo|test
  local -n entries=mote_packages_$1
  local entry command missing=()
  for entry in "${entries[@]}"; do
    [[ $entry == *@* ]] || continue
    command=${entry##*@}
    command -v "$command" >/dev/null || missing+=("$command")
  done
  if [[ ${#missing[@]} -ne 0 ]]; then
    {
      echo "No apt-get on this system: install these yourself, then run this again."
      printf '  command %s\n' "${missing[@]}"
      echo "Needed as well: CLI11, nlohmann-json and GoogleTest with their CMake files, wasi-libc,"
      echo "and clang's compiler-rt builtins for wasm32."
    } >&2
    exit 1
  fi
}

# The AssemblyScript compiler, for one example.
mote_setup_assemblyscript() {
  if [[ -x build/npm/node_modules/.bin/asc ]]; then return 0; fi
  if ! command -v npm >/dev/null ||
    ! npm install --silent --no-audit --no-fund --prefix build/npm "$mote_assemblyscript"; then
    mote_say_optional "assemblyscript (npm)"
  fi
}

mote_check_cmake() {
  local version
  version=$(cmake --version | sed -n 's/^cmake version \([0-9.]*\).*/\1/p')
  if [[ $(printf '%s\n' 3.25 "$version" | sort -V | head -n 1) != 3.25 ]]; then
    echo "CMake 3.25 or later is needed; this is $version." >&2
    exit 1
  fi
}

mote_setup() {  # demo|test
  if command -v apt-get >/dev/null; then mote_setup_apt "$1"; else mote_setup_other "$1"; fi
  mote_check_cmake
  if [[ $1 == test ]]; then mote_setup_assemblyscript; fi
}

#!/usr/bin/env bash
# The official suite and the unit tests on other machines, by Debian's cross compilers and qemu's user
# mode: big-endian, 32-bit Arm, AArch64, RISC-V 64. The last line is "N passed, N failed, N skipped".
#
#   test/machines.sh [--suite-only] DIGEST [PRESET...]
#
# --suite-only leaves the unit tests out, which takes less time.
# DIGEST is the official suite as mote-digest writes it; preset release leaves one at
# build/release/suite.digest.
set -euo pipefail
cd "$(dirname "$0")/.."

suite_only=0
if [[ ${1:-} == --suite-only ]]; then
  suite_only=1
  shift
fi
readonly digest=${1:?which digest of the official suite?}
shift
presets=("$@")
if [[ ${#presets[@]} -eq 0 ]]; then presets=(s390x s390x-compact armhf aarch64 riscv64); fi
passed=0
failed=0
skipped=0

add() {  # passed, failed, skipped
  passed=$((passed + $1))
  failed=$((failed + $2))
  skipped=$((skipped + $3))
}

# The sum of a run of GoogleTest, whose log is $1 and whose exit code was $2.
add_unit_tests() {
  local ok bad left
  ok=$(sed -nE 's/^\[  PASSED  \] ([0-9]+) tests?\.$/\1/p' "$1")
  bad=$(sed -nE 's/^\[  FAILED  \] ([0-9]+) tests?, listed below:$/\1/p' "$1")
  left=$(sed -nE 's/^\[  SKIPPED \] ([0-9]+) tests?, listed below:$/\1/p' "$1")
  if [[ -z $ok || ($2 -ne 0 && -z $bad) ]]; then bad=1; fi
  if [[ -n $bad ]]; then grep -E '^\[  FAILED  \]|Failure' -A 8 "$1" || tail -n 20 "$1"; fi
  echo "$1: ${ok:-0} passed, ${bad:-0} failed, ${left:-0} skipped"
  add "${ok:-0}" "${bad:-0}" "${left:-0}"
}

test_machine() {  # preset
  local folder=build/$1 machine emulator code line numbers program targets=(mote_play)
  if [[ $suite_only -eq 0 ]]; then targets+=(mote_tests mote_memory_tests); fi
  machine=$(cmake --preset "$1" -N | sed -nE 's/.*MOTE_MACHINE="(.*)"/\1/p')
  emulator=qemu-${machine%%-*}
  if ! command -v "$machine-g++" >/dev/null || ! command -v "$emulator" >/dev/null ||
    [[ ! -d /usr/src/googletest ]]; then
    echo "**** $1 IS NOT TESTED: it needs $machine-g++, $emulator and /usr/src/googletest"
    add 0 0 1
    return
  fi
  if ! { cmake --preset "$1" >"$folder.log" 2>&1 && cmake --build --preset "$1" --target "${targets[@]}" >>"$folder.log" 2>&1; }; then
    tail -n 30 "$folder.log"
    add 0 1 0
    return
  fi
  for program in "${targets[@]}"; do
    if [[ $program == mote_play ]]; then continue; fi
    code=0
    "$emulator" "$folder/test/$program" >"$folder/$program.log" 2>&1 || code=$?
    add_unit_tests "$folder/$program.log" "$code"
  done
  if [[ ! -s $digest ]]; then
    echo "**** THE OFFICIAL SUITE IS NOT TESTED ON $1: there is no $digest"
    add 0 0 1
    return
  fi
  code=0
  "$emulator" "$folder/mote-play" "$digest" >"$folder/suite.log" 2>&1 || code=$?
  grep -E '^FAILED| skipped \(.*\)$' "$folder/suite.log" || true
  line=$(tail -n 1 "$folder/suite.log")
  if [[ ! $line =~ ^[0-9]+\ passed,\ [0-9]+\ failed,\ [0-9]+\ skipped$ ]]; then
    tail -n 20 "$folder/suite.log"
    echo "$1: the suite ended without a result (exit code $code)"
    add 0 1 0
    return
  fi
  echo "$1: the official suite: $line"
  read -r -a numbers <<<"$(tr -cd '0-9 ' <<<"$line")"
  add "${numbers[@]}"
}

mkdir -p build
for preset in "${presets[@]}"; do test_machine "$preset"; done
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]

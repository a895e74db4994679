#!/usr/bin/env bash
# Compiles the core and WASI with each feature switch of config.hpp the other way round, as for a
# microcontroller: each one off in the standard profile, and each one that only the standard profile has on in
# the tiny one. Nothing is linked. The last line is "N passed, N failed, N skipped".
#
#   test/switches.sh [COMPILER]
set -euo pipefail
cd "$(dirname "$0")/.."
compiler=${1:-g++}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

cmake -DOUTPUT="$out/mote_engine_sources.hpp" -DFILES=src/interp/engine.cpp -P cmake/engine_sources.cmake
mapfile -t sources < <(sed -nE 's/^ +([a-z_]+\/[a-z_0-9]+\.cpp)\)?$/\1/p' cmake/sources.cmake |
  grep -v engine_fused | sed "s:^:$PWD/src/:")
options=(-std=c++17 -O0 -c -Wall -Wextra -Wshadow -Wimplicit-fallthrough -Wnon-virtual-dtor -Werror
  -fno-exceptions -fno-rtti "-I$PWD/include" "-I$PWD/src" "-I$out"
  -DMOTE_ENCODING=1 -DMOTE_DISPATCH=3 -DMOTE_HANDLERS=1)

config=include/mote/config.hpp
changes=()
while read -r switch; do
  change="-DMOTE_PROFILE=2 -D$switch=0"
  # Without floats there is nothing to convert.
  if [[ $switch == MOTE_FEATURE_FLOATS ]]; then change+=" -DMOTE_FEATURE_SATURATING_CONVERSION=0"; fi
  changes+=("$change")
done < <(sed -nE 's/^#ifndef (MOTE_(FEATURE_\w+|CODE_OFFSETS|MEMORY_WINDOW))$/\1/p' $config)
while read -r switch; do changes+=("-DMOTE_PROFILE=1 -D$switch=1"); done < \
  <(sed -nE 's/^#define (MOTE_\w+) MOTE_IN_STANDARD_PROFILE$/\1/p' $config)
if [[ ${#changes[@]} -lt 2 || ${#sources[@]} -lt 2 ]]; then
  echo "FAILED: no switches in $config, or no sources in cmake/sources.cmake"
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi

compile() {  # number, change
  local change
  read -r -a change <<<"$2"
  mkdir "$out/$1"
  (cd "$out/$1" && "$compiler" "${options[@]}" "${change[@]}" "${sources[@]}") >"$out/$1.log" 2>&1 ||
    echo "$2" >"$out/$1.failed"
  rm -r "${out:?}/$1"
}
running=0
for i in "${!changes[@]}"; do
  compile "$i" "${changes[i]}" &
  running=$((running + 1))
  if [[ $running -ge $(nproc) ]]; then
    wait -n
    running=$((running - 1))
  fi
done
wait

failed=0
for i in "${!changes[@]}"; do
  if [[ ! -e $out/$i.failed ]]; then continue; fi
  failed=$((failed + 1))
  echo "FAILED: ${changes[i]}"
  head -n 20 "$out/$i.log"
done
echo "$((${#changes[@]} - failed)) passed, $failed failed, 0 skipped"
[[ $failed -eq 0 ]]

#!/usr/bin/env bash
# Measures which lines and branches of the core the tests reach, with clang's source-based coverage:
# the unit tests, the refused requests, the official suite whole and in pieces, and the replays of the
# fuzz targets. Wide and compact code are measured apart and reported apart.
#
#   scripts/coverage.sh [wide|compact]...
#
# Leaves build/coverage-*/report.txt, and html/ for reading what is not reached. Ends with 0 only if
# all that it ran passed, the core is reached as far as it has to be, and the lines that are not are those of
# test/coverage/missing.txt, where each has its reason.
set -euo pipefail
cd "$(dirname "$0")/.."

encodings=("$@")
if [[ ${#encodings[@]} -eq 0 ]]; then encodings=(wide compact); fi
version=$(clang++ --version | sed -nE '1s/.*version ([0-9]+).*/\1/p')
tool() { if command -v "$1-$version" >/dev/null; then "$1-$version" "${@:2}"; else "$@"; fi; }

measure() {  # encoding
  local folder=build/coverage-$1 data programs program corpus objects=()
  cmake -G Ninja -S . -B "$folder" -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=Debug \
    -DCMAKE_CXX_FLAGS_DEBUG="-O1" -DMOTE_ENCODING="$1" -DMOTE_BUILD_EXAMPLES=OFF \
    -DMOTE_BUILD_TOOLS=OFF -DMOTE_BUILD_REPLAYS=ON \
    -DCMAKE_CXX_FLAGS="-DMOTE_FUSED=0 -fprofile-instr-generate -fcoverage-mapping"
  programs=(mote_tests mote_memory_tests mote_spec mote_damage mote_outcomes mote_fuzz)
  cmake --build "$folder" --target "${programs[@]}"
  data=$folder/spec-data
  corpus=$folder/corpus
  rm -rf "$folder/raw"
  test/fuzz/make_corpus.py "$corpus" "$data" "$folder/test"
  export LLVM_PROFILE_FILE=$PWD/$folder/raw/%p.profraw
  "$folder/test/mote_tests" --gtest_brief=1
  "$folder/test/mote_memory_tests" --gtest_brief=1
  "$folder/mote-spec" --data "$data" | tail -n 1
  "$folder/mote-spec" --data "$data" --feed random | tail -n 1
  "$folder/mote-damage" --data "$data" --one-in 100 | tail -n 1
  for program in load run image; do "$folder/replay-$program" --runs 5000 "$corpus"; done
  for program in host wasi; do "$folder/replay-$program" --runs 5000; done
  unset LLVM_PROFILE_FILE
  tool llvm-profdata merge -sparse "$folder"/raw/*.profraw -o "$folder/all.profdata"
  for program in test/mote_memory_tests mote-spec replay-load replay-run replay-image replay-host replay-wasi; do
    objects+=(-object "$folder/$program")
  done
  tool llvm-cov report "$folder/test/mote_tests" "${objects[@]}" -instr-profile="$folder/all.profdata" \
    -show-branch-summary -show-region-summary=0 "$PWD/src" "$PWD/include" >"$folder/report.txt"
  tool llvm-cov show "$folder/test/mote_tests" "${objects[@]}" -instr-profile="$folder/all.profdata" \
    -format=html -show-branches=count -output-dir="$folder/html" \
    "$PWD/src" "$PWD/include" >/dev/null
  tool llvm-cov export "$folder/test/mote_tests" "${objects[@]}" -instr-profile="$folder/all.profdata" \
    -format=lcov "$PWD/src" >"$folder/all.lcov"
  cat "$folder/report.txt"
  awk -v encoding="$1" '/^(base|interp|loader|runtime|src\/(base|interp|loader|runtime))\// {
      lines += $5; missed_lines += $6; branches += $8; missed_branches += $9 }
    END { printf "core, %s code: %d lines, %.2f %% reached; %d branches, %.2f %% reached\n", encoding, lines,
          100 * (lines - missed_lines) / lines, branches, 100 * (branches - missed_branches) / branches
          exit missed_lines > 0.05 * lines || missed_branches > 0.10 * branches }' "$folder/report.txt"
  test/coverage/missing.py "$folder/all.lcov" "$1"
}

for encoding in "${encodings[@]}"; do measure "$encoding"; done

#!/usr/bin/env bash
# Static analysis: clang-tidy (checks and what is left out in .clang-tidy) and cppcheck. Both must find
# nothing. The last line is "N passed, N failed, N skipped", counted in what is listed here.
#
#   scripts/analyze.sh [WHAT]...
#
#   cppcheck       core, interfaces for C, WASI, ports, command; half a minute
#   cppcheck-arm   the core as a Cortex-M has it: 32 bits, compact code, the small handlers
#   tidy-wide      the same files as cppcheck, as they are built for a 64-bit Linux
#   tidy-compact   loader, engine and runtime with compact code, the fast handlers and computed goto
#   tidy-small     the same with compact code, the small handlers, profile tiny, switch
#   tidy-tests     unit tests, fuzz targets, the runner of the suite: fewer checks (test/.clang-tidy)
#
# Without arguments: all of them; tidy takes minutes, the last two above all. It configures build/analysis
# for its compile commands; files that this would not build are named, and not looked at: MOTE_TIDY_BUILD
# names another folder of a build, MOTE_CLANG_TIDY another clang-tidy.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly build=${MOTE_TIDY_BUILD:-build/analysis}
readonly tidy=${MOTE_CLANG_TIDY:-clang-tidy}
parts=("$@")
if [[ ${#parts[@]} -eq 0 ]]; then
  parts=(cppcheck cppcheck-arm tidy-wide tidy-compact tidy-small tidy-tests)
fi
passed=0
failed=0
skipped=0

# The handlers are templates that several files instantiate: one of those files is enough.
sources() { find "$@" -name '*.cpp' ! -name 'engine_fused_*' | sort; }
core() { sources src/base src/loader src/interp src/runtime; }
product() { sources src port/linux port/ram-disk tools; }

# Left out: members that a state beside them guards are uninitialized on purpose (valgrind and the
# sanitizers watch them); the store's memory is placed in the embedder's buffer; shifts of negative
# numbers are arithmetic with all compilers that Mote supports; wasm.h converts pointers to integers
# on machines of 32 and 64 bits only; a check that this version of cppcheck gives up on.
run_cppcheck() {  # options...
  cppcheck --quiet --error-exitcode=1 --std=c++17 --language=c++ --inline-suppr -j "$(nproc)" \
    --enable=warning,performance,portability --suppress=missingIncludeSystem \
    --suppress='*:*.def' --suppress=uninitMemberVar --suppress=noDestructor:src/runtime/store.cpp \
    --suppress=shiftTooManyBitsSigned:src/base/reader.cpp --suppress=missingReturn:include/wasm.h \
    --suppress=cppcheckError -I include -I src \
    -DMOTE_FUSED=0 -D__GNUC__=12 '-DMOTE_ENGINE_SOURCES="analysis"' \
    -D__BYTE_ORDER__=1 -D__ORDER_LITTLE_ENDIAN__=1 -D__ORDER_BIG_ENDIAN__=2 "$@"
}

# Whether the compile commands are there. Of an older tree they would be wrong, so they are made anew.
have_commands() {
  if [[ -z ${MOTE_TIDY_BUILD:-} ]]; then
    cmake --preset release-clang -B "$build" -DMOTE_BUILD_REPLAYS=ON >/dev/null || return 1
  fi
  [[ -e $build/compile_commands.json ]]
}

# Those of the files on standard input that are built; the others are named.
built() {
  local file
  while read -r file; do
    if grep -q "\"file\": \"$PWD/$file\"" "$build/compile_commands.json"; then
      echo "$file"
    else
      echo "not built there: $file" >&2
    fi
  done
}

# Files on standard input; options for the compiler as arguments.
run_tidy() {
  local options=() each
  for each in "$@" '-DMOTE_ENGINE_SOURCES="analysis"'; do options+=("--extra-arg=$each"); done
  built | xargs -n 1 -P "$(nproc)" "$tidy" --quiet -p "$build" --warnings-as-errors='*' "${options[@]}" \
    2>/dev/null
}

run_part() {
  case $1 in
    # shellcheck disable=SC2046
    cppcheck) run_cppcheck -D__SIZEOF_POINTER__=8 -DUINTPTR_MAX=UINT64_MAX $(product) ;;
    # shellcheck disable=SC2046
    cppcheck-arm)
      run_cppcheck --platform=arm32-wchar_t4 -D__SIZEOF_POINTER__=4 -D__ARM_ARCH=7 -DMOTE_PROFILE=1 \
        -DMOTE_HANDLERS=1 $(core)
      ;;
    tidy-wide) product | run_tidy ;;
    tidy-compact) core | run_tidy -DMOTE_ENCODING=1 -DMOTE_HANDLERS=2 -DMOTE_DISPATCH=2 ;;
    tidy-small)
      core | run_tidy -UMOTE_PROFILE -DMOTE_PROFILE=1 -DMOTE_ENCODING=1 -DMOTE_HANDLERS=1 -DMOTE_DISPATCH=3
      ;;
    tidy-tests) sources test spec-tests | grep -v '^test/\(boards\|package\)/' | run_tidy -Isrc ;;
    *) echo "analyze.sh: there is no $1" >&2 && return 1 ;;
  esac
}

for part in "${parts[@]}"; do
  tool=cppcheck
  if [[ $part == tidy-* ]]; then tool=$tidy; fi
  if ! command -v "$tool" >/dev/null; then
    echo "**** NO $part: $tool is absent"
    skipped=$((skipped + 1))
  elif [[ $part == tidy-* ]] && ! have_commands; then
    echo "**** NO $part: no compile commands in $build"
    skipped=$((skipped + 1))
  elif run_part "$part"; then
    passed=$((passed + 1))
  else
    echo "FAILED: $part"
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]

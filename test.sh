#!/usr/bin/env bash
# All tests: formatting, and for each build of Mote the unit tests, the example guests and the
# official test suite, fed whole, byte by byte, in random pieces and as a digest; firmware on emulated
# boards, the official suite among it; its size and the instructions it executes. The last line is
# "N passed, N failed, N skipped"; each build and way of feeding counts. Then other engines, and the
# suite on a big-endian machine. Ends with 0 only if nothing failed.
#
#   MOTE_SPEC_TESTS    the folder with the official suite (see spec-tests)
#   MOTE_WASI_TESTSUITE  the folder with the public suite of WASI (see test/wasi)
#   MOTE_CLANG         the compiler of preset release-clang instead of clang++
#   MOTE_TEST_PRESETS  the presets to test instead of all
#   MOTE_BOARD_PRESETS the presets for microcontrollers to test instead of all
set -euo pipefail
cd "$(dirname "$0")"
source scripts/setup.sh

readonly presets=${MOTE_TEST_PRESETS:-release release-clang release-clang22 asan compact-switch compact-goto}
readonly board_presets=${MOTE_BOARD_PRESETS-cortex-m0 cortex-m3 cortex-m4f cortex-m4f-small cortex-m4f-standard cortex-m33 rv32}
readonly summary='[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped'
passed=0
failed=0
skipped=0
failures=()
skips=()

pass() { passed=$((passed + 1)); }
fail() {  # what
  failed=$((failed + 1))
  failures+=("$1")
  echo "FAILED: $1"
}
skip() {  # what and why
  skipped=$((skipped + 1))
  skips+=("$1")
}

# ---- Checks of the sources ------------------------------------------------------------------

check_format() {
  local files
  mapfile -t files < <(find include src port tools test spec-tests examples bench \
    -name '*.cpp' -o -name '*.hpp' -o -name '*.c' -o -name '*.h')
  if clang-format --dry-run -Werror "${files[@]}" 2>build/format.log; then
    pass
  else
    grep -E ' error: ' build/format.log | cut -d: -f1 | sort | uniq -c || cat build/format.log
    fail "formatting (details in build/format.log; clang-format -i mends it)"
  fi
}

# Everything in the public headers has a text that Doxygen takes without a warning.
check_docs() {
  if ! command -v doxygen >/dev/null; then
    echo "**** THE REFERENCE IS NOT CHECKED: there is no doxygen"
    skip "reference of the public headers: there is no doxygen"
  elif cmake -DDOXYGEN=doxygen -DSOURCE=. -DOUTPUT=build/docs -P docs/doxygen.cmake \
    2>build/docs.log; then
    pass
  else
    cat build/docs.log
    fail "the reference of the public headers (docs/doxygen.cmake)"
  fi
}

# Every promise of SECURITY.md (an item of the lists in its two sections about them) names a test, and
# every unit test, fuzz target, program and script that it names exists.
check_security() {
  local name promise wrong=()
  while read -r promise; do
    if [[ ! $promise =~ \`([A-Z][A-Za-z]+\.[A-Z]|fuzz_|mote-damage|test/) ]]; then
      wrong+=("no test behind '${promise:0:60}'")
    fi
  done < <(sed -n '/^## What shall hold/,/^## What is not promised/p' SECURITY.md |
    awk '/^- /{if (item) print item; item = $0; next} /^  /{if (item) item = item " " $0; next}
         {if (item) print item; item = ""} END {if (item) print item}')
  while read -r name; do
    grep -qrE "TEST\(${name%.*}, ${name#*.}\)" test --include='*.cpp' || wrong+=("no test $name")
  done < <(grep -oE '`[A-Z][A-Za-z]+\.[A-Z][A-Za-z0-9]+`' SECURITY.md | tr -d '`' | sort -u)
  while read -r name; do
    [[ -e test/fuzz/$name.cpp ]] || wrong+=("no fuzz target $name")
  done < <(grep -oE '`fuzz_[a-z]+`' SECURITY.md | tr -d '`' | sort -u)
  while read -r name; do
    [[ -e $name ]] || wrong+=("no $name")
  done < <(grep -oE '`(test|spec-tests|docs)/[A-Za-z_/.-]+`' SECURITY.md | tr -d '`' | sort -u)
  if [[ ${#wrong[@]} -eq 0 ]]; then
    pass
  else
    fail "SECURITY.md: $(printf '%s; ' "${wrong[@]}")"
  fi
}

# The core, as a microcontroller has it. scripts/analyze.sh has the parts that take long.
check_analysis() {
  local code=0
  scripts/analyze.sh cppcheck-arm tidy-small >build/analysis.log 2>&1 || code=$?
  if [[ $code -ne 0 ]]; then cat build/analysis.log; fi
  count_script "static analysis of the core" build/analysis.log "$code"
}

# ---- One preset -----------------------------------------------------------------------------

build() {  # preset
  local arguments=(-DMOTE_BUILD_TESTS=ON -DMOTE_BUILD_TOOLS=ON -DMOTE_BUILD_EXAMPLES=ON)
  if [[ $1 == release-clang && -n ${MOTE_CLANG:-} ]]; then
    arguments+=("-DCMAKE_CXX_COMPILER=$MOTE_CLANG")
  fi
  mkdir -p "build/$1"
  cmake --preset "$1" "${arguments[@]}" 2>&1 | tee "build/$1/configure.log" &&
    cmake --build --preset "$1"
}

# One line for each test in CTest's JUnit file: status, name, and why it was skipped.
outcomes_of() {  # file
  awk -F '"' '
    /<testcase /  { name = $2; status = $8 }
    /<skipped /   { reason = $2 }
    /<system-out>/ { sub(/.*<system-out>/, ""); sub(/<\/system-out>.*/, ""); output = $0 }
    /<\/testcase>/ { print status "\037" name "\037" reason "\037" output; reason = output = "" }' "$1"
}

# Unit tests and guests, by CTest. What did not run is skipped only if the test itself said so.
run_ctest() {  # preset
  local results=$PWD/build/$1/ctest.xml code=0 before=$failed status name reason output
  rm -f "$results"
  ctest --preset "$1" -E '^(spec-(whole|bytes|random)|docs$)' --no-tests=error --timeout 300 --output-junit "$results" || code=$?
  if [[ ! -s $results ]]; then
    fail "$1: ctest did not run (exit code $code)"
    return
  fi
  while IFS=$'\037' read -r status name reason output; do
    case $status:$reason in
      run:*) pass ;;
      notrun:SKIP_*) skip "$1: $name: ${output:-$reason}" ;;
      disabled:*) skip "$1: $name: disabled" ;;
      *) fail "$1: $name${reason:+: $reason}" ;;
    esac
  done < <(outcomes_of "$results")
  if [[ $code -ne 0 && $failed -eq $before ]]; then fail "$1: ctest ended with $code"; fi
}

# Guests that were not built, for want of a compiler.
count_guests_left_out() {  # preset
  local line
  while read -r line; do skip "$1: $line"; done < \
    <(sed -nE 's/^-- (example .* is not built: .*)/\1/p' "build/$1/configure.log")
}

# The official suite and the documents: their own counts instead of CTest's.
run_suite() {  # preset, test
  local log=build/$1/$2.log code=0 line
  ctest --preset "$1" -R "^$2\$" -V --no-tests=error --timeout 900 >"$log" 2>&1 || code=$?
  line=$(grep -E "^[0-9]+: $summary\$" "$log" | tail -n 1 | sed 's/^[0-9]*: //') || true
  if [[ -z $line ]]; then
    tail -n 30 "$log"
    fail "$1: $2 ended without a result (exit code $code)"
    return
  fi
  echo "$1: $2: $line"
  local numbers
  read -r -a numbers <<<"$(tr -cd '0-9 ' <<<"$line")"
  passed=$((passed + numbers[0]))
  failed=$((failed + numbers[1]))
  skipped=$((skipped + numbers[2]))
  if [[ ${numbers[1]} -ne 0 ]]; then
    grep -E "^[0-9]+: FAILED" "$log" || true
    failures+=("$1: $2: ${numbers[1]} failed, see $log")
  elif [[ $code -ne 0 ]] && ! grep -qE "SUITE IS ABSENT|NO QEMU" "$log"; then
    fail "$1: $2 ended with $code"
  fi
  if grep -q "SUITE IS ABSENT" "$log"; then
    echo "**** THE OFFICIAL TEST SUITE IS ABSENT: set MOTE_SPEC_TESTS to its folder"
    skips+=("$1: $2: the official test suite is absent")
  elif grep -q "NO QEMU" "$log"; then
    skips+=("$1: $2: $(sed -nE 's/.*(NO QEMU.*)/\1/p' "$log" | head -n 1)")
  elif [[ ${numbers[2]} -ne 0 ]]; then
    skips+=("$1: $2: ${numbers[2]} ($(reasons "$log"))")
  fi
}

# "reason n, reason n": the suite's reasons for skipping, summed over the classes of assertions.
reasons() {  # log
  sed -nE 's/^([0-9]+: )?.* skipped \((.*)\)$/\2/p' "$1" | sed 's/, /\n/g' |
    awk '{ n = $NF; sub(/: [0-9]+$/, ""); sum[$0] += n }
         END { for (reason in sum) printf "%s %d\n", reason, sum[reason] }' |
    sort | paste -s -d ',' | sed 's/,/, /g'
}

test_preset() {  # preset
  printf '\n== %s\n' "$1"
  if ! build "$1"; then
    fail "$1 does not build"
    return
  fi
  run_ctest "$1"
  count_guests_left_out "$1"
  local test
  for test in spec-whole spec-bytes spec-random spec-digest; do run_suite "$1" $test; done
  if [[ $1 == release ]]; then run_suite release docs; fi  # README.md and docs/, as written
}

# ---- Microcontrollers -----------------------------------------------------------------------

# Firmware for each processor, run on emulated boards. What does not fit its board is skipped, with
# the figures.
test_boards() {
  local preset compiler suites test
  for preset in $board_presets; do
    printf '\n== %s\n' "$preset"
    case $preset in
      rv32) compiler=riscv64-unknown-elf-g++ ;;
      *) compiler=arm-none-eabi-g++ ;;
    esac
    if ! command -v "$compiler" >/dev/null; then
      echo "**** NO FIRMWARE FOR $preset IS TESTED: there is no $compiler"
      skip "preset $preset: there is no $compiler"
    elif ! { cmake --preset "$preset" && cmake --build --preset "$preset"; }; then
      fail "$preset does not build"
    else
      run_ctest "$preset"
      # The official suite, from the digest that preset release has left.
      mapfile -t suites < \
        <(ctest --preset "$preset" -N -R '^spec-' | sed -nE 's/^ *Test +#[0-9]+: (spec-.*)$/\1/p')
      if [[ ${#suites[@]} -eq 0 ]]; then fail "$preset: the official suite is not among the tests"; fi
      for test in "${suites[@]}"; do run_suite "$preset" "$test"; done
      if cmake --build --preset "$preset" --target mote_sizes >"build/$preset/sizes.log" 2>&1; then
        pass
        # Named after the processor, which several presets can have in common.
        grep -E '^[a-z0-9-]+ [a-z_]+ [0-9]+' "build/$preset/sizes.log"
      else
        cat "build/$preset/sizes.log"
        fail "$preset: the sizes of the firmware"
      fi
    fi
  done
}

# ---- Sizes and instruction counts -----------------------------------------------------------

# Flash, RAM and instructions executed, of every microcontroller that can be built here, against
# bench/results/mcu.tsv. Each metric counts.
test_footprint() {
  local log=build/check_results.log code=0 line numbers targets=() preset
  # The M4 without its floating-point unit is not measured: the M3 is the same for Mote.
  for preset in $board_presets; do
    if [[ $preset != cortex-m4 ]]; then targets+=("$preset"); fi
  done
  if [[ ${#targets[@]} -eq 0 ]]; then
    skip "sizes and instruction counts: no preset for microcontrollers is chosen"
    return
  fi
  printf '\n== Sizes and instruction counts on microcontrollers\n'
  if python3 bench/check_results_test.py >build/check_results_test.log 2>&1; then
    pass
  else
    cat build/check_results_test.log
    fail "bench/check_results_test.py"
  fi
  bench/check_results.py "${targets[@]}" 2>&1 | tee "$log" || code=$?
  line=$(tail -n 1 "$log")
  if [[ ! $line =~ ^$summary$ ]]; then
    fail "bench/check_results.py ended without a result (exit code $code)"
    return
  fi
  read -r -a numbers <<<"$(tr -cd '0-9 ' <<<"$line")"
  passed=$((passed + numbers[0]))
  failed=$((failed + numbers[1]))
  skipped=$((skipped + numbers[2]))
  while read -r line; do failures+=("${line#FAILED: }"); done < <(grep '^FAILED: ' "$log")
  while read -r line; do skips+=("${line#skipped: }"); done < <(grep '^skipped: ' "$log")
  if [[ $code -ne 0 && ${numbers[1]} -eq 0 ]]; then fail "bench/check_results.py ended with $code"; fi
}

# ---- Other engines, other machines ----------------------------------------------------------

# What a script prints as its last line, counted.
count_script() {  # what, log, exit code
  local line numbers
  line=$(tail -n 1 "$2")
  if [[ ! $line =~ ^$summary$ ]]; then
    tail -n 20 "$2"
    fail "$1 ended without a result (exit code $3)"
    return
  fi
  echo "$1: $line"
  read -r -a numbers <<<"$(tr -cd '0-9 ' <<<"$line")"
  passed=$((passed + numbers[0]))
  failed=$((failed + numbers[1]))
  skipped=$((skipped + numbers[2]))
  if [[ ${numbers[1]} -ne 0 || $3 -ne 0 ]]; then failures+=("$1: see $2"); fi
  if [[ $3 -ne 0 && ${numbers[1]} -eq 0 ]]; then failed=$((failed + 1)); fi
  if [[ ${numbers[2]} -ne 0 ]]; then
    # Either lines that say what is missing, or the suite's counts of each reason.
    line=$({ grep -E 'absent|ends for|\*\*\*\*' "$2" || true; } | sort -u | paste -s -d ' ')
    skips+=("$1: ${numbers[2]} (${line:-$(reasons "$2")})")
  fi
}

# Every build against V8 and wabt on a few random modules, and against V8 on those of the official suite,
# each as it is; test/differential/README.md has more.
test_differential() {
  local preset builds=() suite="" code
  printf '\n== Other engines\n'
  for preset in $presets; do
    if [[ -x build/$preset/mote-outcomes ]]; then builds+=(--outcomes "build/$preset/mote-outcomes"); fi
    if [[ -d build/$preset/spec-data ]]; then suite=build/$preset/spec-data; fi
  done
  if [[ ${#builds[@]} -eq 0 ]]; then
    skip "other engines: no build has mote-outcomes"
    return
  fi
  code=0
  test/differential/run.py "${builds[@]}" --count 100 --keep build >build/differential-own.log 2>&1 || code=$?
  count_script "own random modules" build/differential-own.log "$code"
  code=0
  test/differential/run.py "${builds[@]}" --count 40 --source binaryen --keep build \
    >build/differential-binaryen.log 2>&1 || code=$?
  count_script "binaryen's random modules" build/differential-binaryen.log "$code"
  if [[ -z $suite ]]; then return; fi  # said elsewhere
  code=0
  test/differential/run.py "${builds[@]}" --count 10000 --source "$suite" --keep build \
    >build/differential-suite.log 2>&1 || code=$?
  count_script "modules of the official suite" build/differential-suite.log "$code"
}

# The official suite on a big-endian machine; test/machines.sh knows more machines and tests.
test_machines() {
  local digest=build/release/suite.digest code=0
  printf '\n== Other machines\n'
  test/machines.sh --suite-only "$digest" s390x >build/machines.log 2>&1 || code=$?
  count_script "big-endian (s390x)" build/machines.log "$code"
}

# Each feature switch the other way round compiles: test/switches.sh.
test_switches() {
  local code=0
  printf '\n== Feature switches\n'
  test/switches.sh >build/switches.log 2>&1 || code=$?
  if [[ $code -ne 0 ]]; then grep -A 20 '^FAILED' build/switches.log || true; fi
  count_script "feature switches" build/switches.log "$code"
}

# ---- All ------------------------------------------------------------------------------------

# Whatever ends the script early is a failure, and the last line says so.
finished=0
trap '[[ $finished -eq 1 ]] || { echo "FAILED: ended before all was tested";
  echo "$passed passed, $((failed + 1)) failed, $skipped skipped"; }' EXIT

mote_setup test
mkdir -p build
check_format
check_docs
check_security
check_analysis
for preset in $presets; do
  if [[ $preset == release-clang22 ]] && ! command -v clang++-22 >/dev/null; then
    skip "preset release-clang22: there is no clang++-22"
    continue
  fi
  test_preset "$preset"
done
if [[ " $presets " == *" release "* ]]; then test_switches; fi
test_boards
test_footprint
test_differential
if [[ " $presets " == *" release "* ]]; then test_machines; fi

printf '\n== Result\n'
if [[ ${#skips[@]} -ne 0 ]]; then printf 'skipped: %s\n' "${skips[@]}"; fi
if [[ ${#failures[@]} -ne 0 ]]; then printf 'FAILED: %s\n' "${failures[@]}"; fi
status=0
if [[ $failed -ne 0 ]]; then status=1; fi
finished=1
echo "$passed passed, $failed failed, $skipped skipped"
exit $status

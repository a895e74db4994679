#!/usr/bin/env bash
# Static analysis of the core, WASI and the command: clang-tidy (.clang-tidy) and cppcheck. Prints what
# they find, which is not nothing yet: test.sh does not run it. The last line is "N passed, N failed, N skipped", counted in tools. Needs a configured
# preset release-clang.
#
#   scripts/analyze.sh [clang-tidy|cppcheck]...
set -euo pipefail
cd "$(dirname "$0")/.."

readonly build=build/release-clang
tools=("$@")
if [[ ${#tools[@]} -eq 0 ]]; then tools=(cppcheck clang-tidy); fi
passed=0
failed=0
skipped=0

# The handlers are templates that several files instantiate: one of those files is enough.
sources() { find src port/linux tools -name '*.cpp' ! -name 'engine_fused_*' | sort; }

run_clang-tidy() {
  sources | xargs -n 1 -P "$(nproc)" clang-tidy --quiet -p "$build" --warnings-as-errors='*' 2>/dev/null
}

# Suppressed: members that a state beside them guards are left uninitialized on purpose (valgrind and
# the sanitizers watch them); the store's memory is placed in the embedder's buffer; shifts of negative
# numbers are arithmetic with all compilers that Mote supports.
run_cppcheck() {
  cppcheck --quiet --error-exitcode=1 --std=c++17 --language=c++ --inline-suppr -j "$(nproc)" \
    --enable=warning,performance,portability --suppress=missingIncludeSystem \
    --suppress='*:*.def' --suppress=uninitMemberVar --suppress=noDestructor:src/runtime/store.cpp \
    --suppress=shiftTooManyBitsSigned:src/base/reader.cpp -I include -I src -DMOTE_FUSED=0 -D__SIZEOF_POINTER__=8 -D__GNUC__=12 \
    -D__BYTE_ORDER__=1 -D__ORDER_LITTLE_ENDIAN__=1 -D__ORDER_BIG_ENDIAN__=2 \
    $(sources)
}

for tool in "${tools[@]}"; do
  if ! command -v "$tool" >/dev/null; then
    echo "**** $tool IS ABSENT"
    skipped=$((skipped + 1))
  elif "run_$tool"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]

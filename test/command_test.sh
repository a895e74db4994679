#!/usr/bin/env bash
# Tests of the mote command: command_test.sh MOTE FOLDER-WITH-WASM CASE. Exit code 0: passed.
set -euo pipefail

mote=$1
wasm=$2

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# expect EXIT-CODE OUTPUT COMMAND...: what the command prints on both streams, and how it ends.
expect() {
  local want_code=$1 want=$2 code=0 output
  shift 2
  output=$("$@" 2>&1) || code=$?
  [[ $code == "$want_code" ]] || fail "$*: exit code $code instead of $want_code: $output"
  [[ $output == $want ]] || fail "$*: printed '$output' instead of '$want'"
}

# No control characters but the ends of lines.
expect_plain() {
  local output
  output=$("$@" 2>&1) || true
  [[ -n $output ]] || fail "$*: printed nothing"
  if LC_ALL=C grep -q -P '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' <<<"$output"; then
    fail "$*: printed control characters"
  fi
}

run=("$mote" run --invoke)
module=$wasm/command.wasm

case $3 in
  output)
    for command in "run --invoke f32 $module 1" "validate $module" "inspect $module" "--help"; do
      # shellcheck disable=SC2086
      code=0 && message=$("$mote" $command 2>&1 >/dev/full) || code=$?
      [[ $code == 74 ]] || fail "$command > /dev/full: exit code $code"
      [[ $message == "mote: cannot write"* ]] || fail "$command > /dev/full: '$message'"
    done
    ;;
  names)
    expect_plain "$mote" inspect "$module"
    expect_plain "$mote" inspect --json "$module"
    expect_plain "$mote" inspect "$wasm/unlinkable.wasm"
    expect_plain "${run[@]}" fail "$module"
    expect_plain "$mote" run "$wasm/unlinkable.wasm"
    expect 2 '*unknown import "a\\00b" "\\1b\[31m": the module wants func () -> ()' \
      "$mote" run "$wasm/unlinkable.wasm"
    [[ $("$mote" inspect "$module") == *'  e\1b]0;title\07\0a\c2\85\"\\  func () -> ()'* ]] ||
      fail "inspect does not escape names"
    ;;
  floats)
    expect 0 'f32:nan' "${run[@]}" f32 "$module" nan
    expect 0 'f32:-nan' "${run[@]}" f32 "$module" -nan
    expect 0 'f32:nan:0x200001' "${run[@]}" f32 "$module" nan:0x200001
    expect 0 'f64:-nan:0xfffffffffffff' "${run[@]}" f64 "$module" -nan:0xfffffffffffff
    expect 0 'f64:nan' "${run[@]}" f64 "$module" nan:0x8000000000000
    for wrong in nan:0x0 nan:0x800000 nan:0x nan:1 'nan(0x1)' nano 1e39 -1e39; do
      expect 64 '*is no f32' "${run[@]}" f32 "$module" "$wrong"
    done
    expect 64 '*is no f64' "${run[@]}" f64 "$module" 1e999
    expect 0 'f32:inf' "${run[@]}" f32 "$module" inf
    expect 0 'f64:-inf' "${run[@]}" f64 "$module" -inf
    expect 0 'f64:0' "${run[@]}" f64 "$module" 1e-999
    ;;
  exit-codes)
    expect 0 '' "${run[@]}" exit "$module" 0
    expect 7 '' "${run[@]}" exit "$module" 7
    expect 255 '*exit code 256 is reported as 255' "${run[@]}" exit "$module" 256
    expect 1 '' "${run[@]}" exit "$module" 257
    ;;
  memory)
    [[ $("$mote" inspect "$module") =~ 'linear memory        196608' ]] || fail "no linear memory"
    [[ $("$mote" inspect --json "$module") == *'"linear_memory_declared": 196608'* ]] ||
      fail "no linear memory in JSON"
    ;;
  *) fail "no case $3" ;;
esac

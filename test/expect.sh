# What the tests of the command share; sourced by them.
# shellcheck shell=bash

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# expect EXIT-CODE OUTPUT COMMAND...: what the command prints on both streams, which may be a pattern,
# and how it ends.
expect() {
  local want_code=$1 want=$2 code=0 output
  shift 2
  output=$("$@" 2>&1) || code=$?
  [[ $code == "$want_code" ]] || fail "${*:1:8}: exit code $code instead of $want_code: $output"
  # shellcheck disable=SC2053
  [[ $output == $want ]] || fail "${*:1:8}: printed '$output' instead of '$want'"
}

#!/usr/bin/env bash
# Gets the official WebAssembly test suite and converts it to the scripts that mote-spec runs.
#
#   spec-tests/get-suite.sh OUT [FROM [REVISION]]
#
#   OUT       folder for the scripts; made if needed, what it holds is kept
#   FROM      what to clone: default https://github.com/WebAssembly/testsuite; a local clone will do
#   REVISION  branch, tag or commit: default HEAD
#
# Needs git and wast2json (Debian: apt-get install git wabt). A file that wast2json refuses, because
# it does not know the proposal yet, is left out, listed, and counted on the last line.
# Ends with 0 if at least one file was converted. Then: build/release/mote-spec --data OUT
set -euo pipefail

if [[ $# -lt 1 || $# -gt 3 || $1 == -* ]]; then
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"
  exit 64
fi
for command in git wast2json; do
  if ! command -v $command >/dev/null; then
    echo "$command is missing. On Debian: apt-get install git wabt" >&2
    exit 1
  fi
done

mkdir -p "$1"
out=$(cd "$1" && pwd)
from=${2:-https://github.com/WebAssembly/testsuite}
revision=${3:-HEAD}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone --quiet --no-checkout "$from" "$work/suite"
git -C "$work/suite" checkout --quiet --detach "$revision"
echo "suite: $from at $(git -C "$work/suite" rev-parse --short HEAD), $(wast2json --version | sed 's/^/wabt /')"

# Files of the same name exist in several folders (proposals/...): the folders are kept.
converted=0
left_out=()
while IFS= read -r -d '' file; do
  name=${file#"$work/suite/"}
  name=${name%.wast}
  rm -rf "$work/one"
  mkdir "$work/one"
  # Aborts and endless loops of the converter are refusals, too.
  if (ulimit -c 0 && timeout 60 wast2json --enable-all "$file" -o "$work/one/$(basename "$name").json") \
    >"$work/log" 2>&1; then
    mkdir -p "$out/$(dirname "$name")"
    cp "$work"/one/* "$out/$(dirname "$name")/"
    converted=$((converted + 1))
  else
    left_out+=("$name: $(head -n 1 "$work/log" | sed "s|$work/suite/||" | cut -c 1-120)")
  fi
done < <(find "$work/suite" -name '*.wast' -print0 | sort -z)

if [[ ${#left_out[@]} -ne 0 ]]; then printf 'left out: %s\n' "${left_out[@]}"; fi
echo "$converted files converted, ${#left_out[@]} left out"
[[ $converted -ne 0 ]]

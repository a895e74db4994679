#!/usr/bin/env bash
# Tests of mote run with directories: programs_test.sh MOTE FOLDER-WITH-GUESTS CASE. Exit code 0:
# passed.
set -euo pipefail

mote=$1
guests=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

source "$(dirname "$0")/../expect.sh"

case $3 in
  files)
    mkdir "$scratch/root"
    for name in "$scratch/root::/" "$scratch/root::."; do
      expect 0 "hello
first line: line X
size: 8898
entries: 123, from 000- to sub
done" "$mote" run --dir "$name" --env GREETING=hello "$guests/files.wasm"
      [[ -z $(ls -A "$scratch/root") ]] || fail "left something behind: $(ls -A "$scratch/root")"
    done
    ;;
  escape)
    mkdir -p "$scratch/inside/a/b" "$scratch/outside/below" "$scratch/other"
    echo secret >"$scratch/outside/secret"
    ln "$scratch/outside/secret" "$scratch/outside/second"
    ln -s "$scratch/outside" "$scratch/inside/absolute"
    ln -s ../outside "$scratch/inside/up"
    ln -s .. "$scratch/inside/parent"
    ln -s ../up "$scratch/inside/a/again"
    ln -s a/b "$scratch/inside/to_b"
    ln -s / "$scratch/inside/root"
    ln -s /proc/self/cwd "$scratch/inside/cwd"
    paths=()
    for base in .. ../ ../../.. a/../.. a/b/../../.. absolute up parent root cwd a/again \
      to_b/../../.. "$scratch" a/b/../../up /../.. ./.. a/./b/.././../.. /proc/self/root \
      ../inside "$(printf '../%.0s' {1..30})"; do
      paths+=("$base" "$base/outside" "$base/outside/secret" "$base/secret" "$base/below/../secret"
        "$base/etc/passwd" "$base/../outside/secret")
    done
    before=$(cd "$scratch/outside" && find . -printf '%p %s %n %T@ %l\n' | sort && cat secret)
    for name in / . /data; do
      mapfile -t attacks < <(printf '%s\n' "${paths[@]}"; printf "/data/%s\n" "${paths[@]}")
      # With the other names, libc takes what begins with "/" for its own.
      [[ $name != /data ]] || attacks+=(/etc /etc/passwd //etc /../etc /./etc)
      expect 0 "${#attacks[@]} paths tried, reached 0" \
        "$mote" run --dir "$scratch/other::/other" --dir "$scratch/inside::$name" \
        "$guests/escape.wasm" "$name" "${attacks[@]}"
    done
    after=$(cd "$scratch/outside" && find . -printf '%p %s %n %T@ %l\n' | sort && cat secret)
    [[ $after == "$before" ]] || fail "something changed outside: $after"
    [[ $(ls "$scratch") == "inside"*"other"*"outside" ]] || fail "something is new outside"
    # The attacks are real: with the directory above, they succeed.
    code=0
    "$mote" run --dir "$scratch::/" "$guests/escape.wasm" . outside/secret >/dev/null || code=$?
    [[ $code -gt 3 ]] || fail "the attacks reach nothing even when they may: $code"
    ;;
  options)
    run=("$mote" run)
    expect 64 "mote: --dir $scratch/missing: No such file or directory" \
      "${run[@]}" --dir "$scratch/missing" "$guests/files.wasm"
    expect 64 "mote: --dir $guests/files.wasm: Not a directory" \
      "${run[@]}" --dir "$guests/files.wasm::/x" "$guests/files.wasm"
    for wrong in ::/ "$scratch::" ::; do
      expect 64 "mote: --dir $wrong: takes HOST or HOST::GUEST, neither of them empty" \
        "${run[@]}" --dir "$wrong" "$guests/files.wasm"
    done
    for wrong in NAME =value =; do
      expect 64 "mote: --env takes NAME=value, not \"$wrong\"
Run mote --help for how to use it." "${run[@]}" --env "$wrong" "$guests/files.wasm"
    done
    # The guest has neither the caller's environment nor its current directory.
    expect 1 "no greeting
line 25: file != NULL: Capabilities insufficient" \
      env GREETING=outer "${run[@]}" "$guests/files.wasm"
    ;;
  *) fail "no case $3" ;;
esac

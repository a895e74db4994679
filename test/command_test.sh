#!/usr/bin/env bash
# Tests of the mote command: command_test.sh MOTE FOLDER-WITH-WASM CASE. Exit code 0: passed.
set -euo pipefail

mote=$1
wasm=$2

source "$(dirname "$0")/expect.sh"

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
  trace)
    traced=("$mote" run --trace --invoke)
    module=$wasm/trace.wasm
    from() { echo ", from function $1 \"$2\" at byte offset $(($3)) ($3)"; }
    expect 0 "gpio: pin 7 = 4294967295
call env.gpio_write(i32:7, i32:-1)$(from 4 devices 0xf9)" "${traced[@]}" devices "$module"
    expect 0 "call wasi_snapshot_preview1.fd_seek(i32:99, i64:-5000000000, i32:0, i32:16) -> i32:8$(from 5 seek 0x10b)
i32:8" "${traced[@]}" seek "$module"
    expect 3 "call env.log(i32:65536, i32:1) -> trap: out of bounds memory access$(from 6 outside 0x116)
mote: *" "${traced[@]}" outside "$module"
    expect 5 "call wasi_snapshot_preview1.proc_exit(i32:5) -> exit 5$(from 10 leave 0x13d)" \
      "${traced[@]}" leave "$module"
    # The innermost frame, through a table, and none.
    expect 0 "gpio: pin 1 = 2
call env.gpio_write(i32:1, i32:2)$(from 7 inner 0x11f)
gpio: pin 3 = 4
call env.gpio_write(i32:3, i32:4)$(from 8 nested 0x12a)" "${traced[@]}" nested "$module"
    expect 0 "gpio: pin 5 = 6
call env.gpio_write(i32:5, i32:6)$(from 9 indirect 0x135)" "${traced[@]}" indirect "$module"
    expect 0 "gpio: pin 8 = 9
call env.gpio_write(i32:8, i32:9)" "${traced[@]}" direct "$module" 8 9
    expect 0 'gpio: pin 7 = 4294967295' "${run[@]}" devices "$module"
    ;;
  images)
    # What needs the module says so. Where code is wide and cannot be saved, the magic number does.
    image=$wasm/command.image
    "$mote" save "$wasm/guest.wasm" -o "$image" 2>/dev/null ||
      printf '\0mot\1\0\0\0%56s' "" >"$image"
    needs='*: an image of saved code: this needs the module'
    expect 2 "$needs" "$mote" disasm "$image"
    expect 2 "$needs" "$mote" where "$image" 10
    expect 2 "$needs" "$mote" run --debug-info --invoke fib "$image" 1
    expect 2 "$needs" "$mote" run --profile --invoke fib "$image" 1
    [[ $("$mote" save "$image" -o "$image.2" 2>&1) == *image* && ! -e $image.2 ]] || fail "save takes an image"
    code=0 && message=$("$mote" inspect --ram 64K "$image" 2>&1) || code=$?
    [[ $code == 2 && $message == *image* ]] || [[ $message == *"no model of a device"* ]] || fail "inspect --ram: $code $message"
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
  progress)
    erased=$'\r\x1b[K'
    for command in "validate" "inspect" "run --invoke gpio"; do
      # shellcheck disable=SC2086
      shown=$("$mote" $command --progress always "$module" 2>&1 >/dev/null) || true
      [[ $shown == "${erased}mote: $module: loading: 0.0 of 0.0 MB (100 %)$erased"* ]] ||
        fail "$command --progress always: '$shown'"
    done
    # Not where stderr is no terminal, and not if it was not wanted.
    expect 0 "$module: valid" "$mote" validate "$module"
    expect 0 "$module: valid" "$mote" validate --progress never "$module"
    expect 0 "$module: valid" "$mote" validate --progress always --quiet "$module"
    expect 64 '*--progress takes auto, always or never*' "$mote" validate --progress x "$module"
    # What goes wrong is said behind the line that is gone.
    head -c 40 "$module" >"$wasm/command.cut.wasm"
    expect 2 "*$erased*mote: *unexpected end*" "$mote" validate --progress always "$wasm/command.cut.wasm"
    ;;
  fit)
    fits=("$mote" inspect "$wasm/window.wasm")
    expect 0 'Yes: *fits 65,536 bytes of RAM and 262,144 of flash.*' "${fits[@]}" --ram 64K --flash 256KiB
    expect 5 'No: *does not fit 65,536 bytes of RAM and 16,384 of flash.*bytes of flash are missing*' \
      "${fits[@]}" --ram 64K --flash 16K
    expect 5 'No: *bytes of RAM are missing*What you can change*' "${fits[@]}" --ram 1K --module flash
    # What the tiny profile does not have.
    standard=("$mote" inspect "$wasm/snapshot.wasm" --ram 128K --flash 256K)
    expect 0 'Yes: *cortex-m4f-standard, standard profile*the tiny profile does not have reference-types, which it needs*' \
      "${standard[@]}"
    expect 5 '*No: the tiny profile does not have reference-types*--target cortex-m4f-standard*' \
      "${standard[@]}" --target cortex-m4f
    # A guest is initialized before what is asked for, as by `mote run`.
    expect 0 '*after calling _initialize, value*' "$mote" inspect "$wasm/initialize.wasm" --ram 64K --invoke value
    # WASI takes flash.
    expect 0 '*VM  *WASI  *measured*module*' "$mote" inspect "$wasm/c_wasi.wasm" --ram 128K --flash 256K
    expect 0 '*WASI  *WASI files  *and so does the file port*' \
      "$mote" inspect "$wasm/wasi/raw.wasm" --ram 128K --flash 256K
    # A guest that ends badly without files has some, on a disk that is empty again in each trial.
    expect 0 '*WASI files *8 descriptors*after calling must write; its files were on an empty disk*' \
      "$mote" inspect "$wasm/c_files.wasm" --ram 128K --flash 256K --invoke 'must write'
    # The sum of the parts is the sum that is compared.
    "${fits[@]}" --ram 64K --flash 256K --json --svg "$wasm/window.svg" >"$wasm/window.json"
    python3 - "$wasm/window.json" "$wasm/window.svg" <<'END' || fail "the picture or its numbers"
import json, sys, xml.dom.minidom
fit = json.load(open(sys.argv[1]))
assert fit["fits"] and len(fit["choices"]) == 9
for plan in fit["choices"]:
    assert plan["ram"] == sum(plan["ram_parts"].values())
    assert plan["flash"] == sum(plan["flash_parts"].values())
    assert plan["fits"] == (plan["ram"] <= 65536 and plan["flash"] <= 262144)
saved, flash = (next(p for p in fit["choices"] if p["module"] == way) for way in ("saved", "flash"))
assert saved["ram_parts"]["module code"] == 0 and flash["ram_parts"]["module code"] > 0
picture = xml.dom.minidom.parse(sys.argv[2])
assert len(picture.getElementsByTagName("rect")) > 10
END
    if "${fits[@]}" --ram 64K --ascii | LC_ALL=C grep -qP '[\x80-\xff]'; then fail "--ascii is not ASCII"; fi
    expect 64 '*--ram takes a number of bytes*' "${fits[@]}" --ram 64X
    expect 64 '*--flash takes a number of bytes*' "${fits[@]}" --ram 64K --flash -1
    expect 64 '*--flash requires --ram*' "${fits[@]}" --flash 64K
    expect 64 '*exports no function "nothing"*' "${fits[@]}" --ram 64K --invoke nothing
    expect 64 '*--target takes one of: *cortex-m4f*' "${fits[@]}" --ram 64K --target z80
    # What no device has is refused, or does not fit.
    expect 64 '*--stack: 16 MB at most*' "${fits[@]}" --ram 5G --stack 16385K
    expect 0 'Yes: *fits 5,368,709,120 bytes of RAM.*' "${fits[@]}" --ram 5G --stack 16M
    expect 5 'No: *of RAM are missing*' "${fits[@]}" --ram 1
    expect 64 '*--module takes flash, saved or stream*' "${fits[@]}" --ram 64K --module disk
    ;;
  interrupt)
    folder=$(mktemp -d)
    guest=
    trap 'rm -rf "$folder"; [[ -z $guest ]] || kill -KILL "$guest" 2>/dev/null || true' EXIT
    mkfifo "$folder/in"
    exec 5<>"$folder/in"  # open to write, so that the input has no end
    # interrupted FUNCTION MESSAGE [COMMAND...]: SIGINT when the guest has written its first line; the
    # command reads what follows.
    interrupted() {
      local function=$1 message=$2 code=0 line
      shift 2
      rm -f "$folder/out"  # the last one may still have its reader
      mkfifo "$folder/out"
      "$mote" run --invoke "$function" "$wasm/interrupt.wasm" <&5 >"$folder/out" 2>"$folder/err" &
      guest=$!
      exec 6<"$folder/out"
      read -r line <&6
      [[ $line == hello ]] || fail "$function: wrote '$line'"
      if [[ $# != 0 ]]; then "$@" <&6 >/dev/null & fi
      kill -INT "$guest"
      wait "$guest" || code=$?
      guest=
      exec 6<&-
      [[ $code == 130 ]] || fail "$function: exit code $code"
      # shellcheck disable=SC2053
      [[ $(<"$folder/err") == $message ]] || fail "$function: printed '$(<"$folder/err")'"
    }
    interrupted spin '*interrupted*"spin"*'
    # Where it is, if it does not wait by then.
    interrupted write '*interrupted*' cat
    interrupted write '*interrupted*'  # nobody reads
    interrupted read '*interrupted*'
    interrupted sleep '*interrupted*'
    ;;
  *) fail "no case $3" ;;
esac

#!/usr/bin/env bash
# Builds Mote, runs an app in its sandbox, shows what it costs, and stops three hostile guests.
# Ends with 0 only if everything went as expected.
set -euo pipefail
cd "$(dirname "$0")"
source scripts/setup.sh

readonly out=build/demo
readonly mote=build/release/mote
failures=0

title() { printf '\n== %s\n' "$1"; }

# Runs a command, shows it and the first lines of what it prints, and checks how it went.
expect() {  # exit code, text that must be printed, command...
  local code=$1 text=$2 actual=0 output
  shift 2
  printf '$ %s\n' "$*"
  output=$(timeout 60 "$@" 2>&1) || actual=$?
  head -n 20 <<<"$output" | sed 's/^/  /'
  if [[ $(wc -l <<<"$output") -gt 20 ]]; then echo "  ..."; fi
  if [[ $actual -ne $code ]]; then
    printf '  NOT AS EXPECTED: exit code %s instead of %s\n' "$actual" "$code"
    failures=$((failures + 1))
  elif [[ $output != *"$text"* ]]; then
    printf '  NOT AS EXPECTED: "%s" is missing\n' "$text"
    failures=$((failures + 1))
  else
    printf '  exit code %s, as expected\n' "$actual"
  fi
}

# Freestanding C. Linked without -O: clang would run wasm-opt, if there is one, which drops the names
# of functions.
compile() {  # source, name
  clang --target=wasm32 -O1 -c "$1" -o "$out/$2.o"
  clang --target=wasm32 -nostdlib -Wl,--no-entry,--stack-first,-z,stack-size=1024 "$out/$2.o" \
    -o "$out/$2.wasm"
}

mote_setup demo

title "Building Mote"
cmake --preset release
cmake --build --preset release --target mote_command
mkdir -p "$out"

title "An app in the sandbox: C, two host functions, 16 KiB of RAM in all"
compile examples/c/blink.c blink
expect 0 "i32:42" $mote run --invoke add $out/blink.wasm 2 40
expect 0 "hello from the sandbox" $mote run --memory 16K --stack 512 --invoke init $out/blink.wasm
expect 0 "gpio: pin 13 = 1" \
  $mote run --memory 16K --stack 512 --report --invoke loop $out/blink.wasm 2

title "What it needs, before it is flashed"
expect 0 "RAM needed" $mote inspect $out/blink.wasm

title "Hostile guest 1: an endless loop runs out of fuel"
compile examples/hostile/endless_loop.c endless_loop
expect 4 "out of fuel" $mote run --fuel 1000000 --invoke run $out/endless_loop.wasm

title "Hostile guest 2: a store out of bounds traps, and the backtrace says where"
compile examples/hostile/out_of_bounds.c out_of_bounds
expect 3 '"overrun"' $mote run --invoke run $out/out_of_bounds.wasm

title "Hostile guest 3: endless recursion ends at the guest's own stack"
compile examples/hostile/endless_recursion.c endless_recursion
expect 3 "call stack exhausted" $mote run --stack 4K --invoke run $out/endless_recursion.wasm

title "A WASI program: printf, malloc, qsort, arguments, exit code"
clang --target=wasm32-wasi -Os -Wl,--strip-all,--stack-first,-z,stack-size=4096 \
  examples/c/hello_wasi.c -o $out/hello_wasi.wasm
expect 0 "pi is about 3.14159" $mote run $out/hello_wasi.wasm
expect 3 "argument 2: two" $mote run $out/hello_wasi.wasm one two

title "The same app on a board with 64 KB of flash and 8 KB of RAM (LM3S811, emulated)"
if command -v arm-none-eabi-g++ >/dev/null && command -v qemu-system-arm >/dev/null; then
  cmake --preset cortex-m3
  cmake --build --preset cortex-m3 --target lm3s811evb-blink
  # The firmware ends with what it used: flash, fixed RAM, the store, the native stack; in bytes.
  expect 0 "arena_peak" qemu-system-arm -M lm3s811evb -nographic -monitor none -serial none \
    -semihosting-config enable=on,target=native -kernel build/cortex-m3/test/boards/lm3s811evb-blink.elf
else
  echo "**** LEFT OUT: it needs gcc-arm-none-eabi, picolibc-arm-none-eabi and qemu-system-arm."
fi

printf '\n'
if [[ $failures -ne 0 ]]; then
  echo "$failures steps did not go as expected."
  exit 1
fi
echo "All went as expected."

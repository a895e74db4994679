#!/usr/bin/env python3
# Guests with debug information, for tests: made of divide.c by clang with DWARF 4 and 5, and of divide.rs by
# rustc.
"""Usage: modules.py FOLDER [--corpus]

Writes the modules there and prints which, and why others are not. Ends with 0 if it made none, too. As a
corpus: only modules below 64 KB, and nothing else.
"""

import os
import pathlib
import shutil
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parent
# Debian's. Others on the path may lack the target.
RUSTC = "/usr/bin/rustc"
RUST_TARGET = "wasm32-unknown-unknown"
LARGEST_IN_CORPUS = 64 * 1024
RUST_LIBRARY = "/usr/lib/rustlib/" + RUST_TARGET


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


def compile_with(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit("%s\n%s" % (" ".join(command), result.stdout + result.stderr))


def make(folder):
    """The modules that could be made in the folder, and reasons for those that could not."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("divide*.wasm"):
        old.unlink()
    for source in SOURCES.glob("divide.*"):
        shutil.copy(source, folder)
    made, reasons = [], []
    clang, linker = find("clang", "clang-14"), find("wasm-ld", "wasm-ld-14")
    if clang is None or linker is None:
        reasons.append("modules of C, for want of clang or wasm-ld")
    else:
        for version in 4, 5:
            module = folder / ("divide%d.wasm" % version)
            # Linked apart: the driver would run wasm-opt, which may drop debug information.
            compile_with([clang, "--target=wasm32", "-gdwarf-%d" % version, "-O1",
                          "-fno-inline-functions", "-c", "divide.c", "-o", "divide.o"], folder)
            compile_with([linker, "--no-entry", "divide.o", "-o", str(module)], folder)
            made.append(module)
    if not os.path.exists(RUSTC) or not os.path.isdir(RUST_LIBRARY):
        reasons.append("modules of Rust, for want of rustc with %s in /usr" % RUST_TARGET)
    else:
        module = folder / "divide_rust.wasm"
        compile_with([RUSTC, "--edition", "2021", "--target", RUST_TARGET, "-g", "-O", "--crate-type",
                      "cdylib", "-C", "panic=abort", "divide.rs", "-o", str(module)], folder)
        made.append(module)
    return made, reasons


def main():
    made, reasons = make(pathlib.Path(sys.argv[1]))
    for module in made:
        print("%s: %d bytes" % (module, module.stat().st_size))
    for reason in reasons:
        print("skipped: " + reason)
    if "--corpus" in sys.argv[2:]:
        for file in pathlib.Path(sys.argv[1]).iterdir():
            if file.suffix != ".wasm" or file.stat().st_size >= LARGEST_IN_CORPUS:
                file.unlink()


if __name__ == "__main__":
    main()

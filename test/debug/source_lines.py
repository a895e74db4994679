#!/usr/bin/env python3
# Source lines of guests: what the command says about modules that clang made.
"""Usage: source_lines.py MOTE DAMAGE FOLDER

Compiles divide.c with DWARF 4 and 5, compares a backtrace with what it should be, the place of every
byte of the code with llvm-symbolizer, and reads damaged debug information (DAMAGE). Prints what is
skipped because a tool is not there; SKIPPED if clang or wasm-ld is not.
"""

import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).parent / "divide.c"
BACKTRACE = [
    r'#0 function 0 "helper" at byte offset \d+ \(0x[0-9a-f]+\): '
    r"divide.c:2:\d+ \(inlined divide\), called at divide.c:3:\d+",
    r'#1 function 1 "middle" at byte offset \d+ \(0x[0-9a-f]+\): divide.c:7:12',
    r'#2 function 2 "outer" at byte offset \d+ \(0x[0-9a-f]+\): divide.c:11:\d+',
]


def find(*names):
    return next((path for path in map(shutil.which, names) if path), None)


def run(command, code=0, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != code:
        sys.exit("%s: exit code %d\n%s" % (" ".join(map(str, command)), result.returncode,
                                           result.stdout + result.stderr))
    return result


def code_section(module):
    data = module.read_bytes()
    at = 8
    while True:
        section, at, size, shift = data[at], at + 1, 0, 0
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if section == 10:
            return at, size
        at += size


def places(mote, module, begin, size):
    """What the command says about each byte, by address, without the names of functions."""
    offsets = [str(begin + i) for i in range(1, size)]
    # Bytes between bodies are refused, and the others are told all the same.
    output = subprocess.run([mote, "where", module] + offsets, capture_output=True, text=True).stdout
    found = {}
    for line in output.splitlines():
        match = re.fullmatch(r'byte offset (\d+) \(\w+\): function \d+(?: "[^"]*")?(?:: (.*))?', line)
        text = re.sub(r" \(inlined [^)]*\)", "", match[2] or "")
        found[int(match[1]) - begin] = text.split(", called at ") if text else []
    return found


def symbolized(symbolizer, module, addresses, folder):
    output = run([symbolizer, "--obj=%s" % module] + [hex(each) for each in addresses]).stdout
    for address, block in zip(addresses, output.strip().split("\n\n")):
        wanted = []
        for line in block.splitlines()[1::2]:
            name, number, column = line.replace(str(folder) + "/", "").rsplit(":", 2)
            if name == "??":
                continue
            # Without a line, the command shows no column.
            known = [] if number == "0" else [number] if column == "0" else [number, column]
            wanted.append(":".join([name] + known))
        yield address, wanted


def main():
    mote, damage, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    clang, linker = find("clang", "clang-14"), find("wasm-ld", "wasm-ld-14")
    symbolizer = find("llvm-symbolizer", "llvm-symbolizer-14")
    if clang is None or linker is None:
        print("SKIPPED: source lines, for want of clang or wasm-ld")
        return
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE, folder)
    skipped = 0
    for version in 4, 5:
        module = folder / ("divide%d.wasm" % version)
        # Linked apart: the driver would run wasm-opt, which may drop debug information.
        run([clang, "--target=wasm32", "-gdwarf-%d" % version, "-O1", "-fno-inline-functions", "-c",
             "divide.c", "-o", "divide.o"], cwd=folder)
        run([linker, "--no-entry", "divide.o", "-o", module], cwd=folder)
        errors = run([mote, "run", "--debug-info", "--invoke", "outer", module, "7"], 3).stderr
        frames = [line.strip() for line in errors.splitlines()[1:]]
        if len(frames) != 3 or not all(map(re.fullmatch, BACKTRACE, frames)):
            sys.exit("DWARF %d: the backtrace is\n%s" % (version, errors))
        plain = run([mote, "run", "--invoke", "outer", module, "7"], 3).stderr
        if ".c:" in plain:
            sys.exit("source lines although nobody asked: " + plain)
        found = places(mote, module, *code_section(module))
        if len(found) < 50:
            sys.exit("DWARF %d: only %d bytes of code" % (version, len(found)))
        if symbolizer is None:
            skipped += 1
        else:
            for address, wanted in symbolized(symbolizer, module, list(found), folder):
                if found[address] != wanted:
                    sys.exit("DWARF %d, 0x%x: %s, not %s" % (version, address, found[address], wanted))
        print("DWARF %d: %d bytes; %s" % (version, len(found), run([damage, module, "4000"]).stdout.strip()))
    if skipped:
        print("%d comparisons SKIPPED for want of llvm-symbolizer" % skipped)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# Source lines of guests: what the command says about modules that clang made.
"""Usage: source_lines.py MOTE DAMAGE FOLDER

For modules that modules.py makes: compares a backtrace with what it should be, the place of every byte of
the code with llvm-symbolizer, and reads damaged debug information (DAMAGE). Prints what is skipped because a
tool is not there; SKIPPED if no module can be made.
"""

import pathlib
import re
import subprocess
import sys

import modules

# What a run of each language's guest prints: its argument, the first frames by number, what no other may be.
C_BACKTRACE = [
    r'#0 function 0 "helper" at byte offset \d+ \(0x[0-9a-f]+\): '
    r"divide.c:2:\d+ \(inlined divide\), called at divide.c:3:\d+",
    r'#1 function 1 "middle" at byte offset \d+ \(0x[0-9a-f]+\): divide.c:7:12',
    r'#2 function 2 "outer" at byte offset \d+ \(0x[0-9a-f]+\): divide.c:11:\d+',
]
# The panic comes first: its handler in the guest, and what the library calls before.
RUST_BACKTRACE = [
    r'#0 function \d+ "rust_begin_unwind" at .*, called at divide.rs:6:5',
    r'#\d+ function \d+ "\S*panicking\S*" at byte offset \d+ \(0x[0-9a-f]+\): library/core/src/panicking.rs:\d+:\d+',
    r'#\d+ function \d+ "\S*helper\S*" at byte offset \d+ \(0x[0-9a-f]+\): '
    r"divide.rs:11:5 \(inlined divide\), called at divide.rs:16:\d+",
    r'#\d+ function \d+ "\S*middle\S*" at .*, called at divide.rs:21:5',
    r'#\d+ function \d+ "outer" at byte offset \d+ \(0x[0-9a-f]+\): divide.rs:27:\d+',
]
# Where Debian's library was compiled. The command leaves out where a compiler ran.
LIBRARY = re.compile(r"^/usr/src/rustc-[^/]*/")


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
        # Names of Rust have parentheses, too.
        texts = match[2].split(", called at ") if match[2] else []
        found[int(match[1]) - begin] = [LIBRARY.sub("", re.sub(r" \(inlined .*\)", "", each))
                                        for each in texts]
    return found


def symbolized(symbolizer, module, addresses, folder):
    output = run([symbolizer, "--obj=%s" % module] + [hex(each) for each in addresses]).stdout
    for address, block in zip(addresses, output.strip().split("\n\n")):
        wanted = []
        for line in block.splitlines()[1::2]:
            line = LIBRARY.sub("", line.replace(str(folder) + "/", ""))
            name, number, column = line.rsplit(":", 2)
            if name == "??":
                continue
            # Without a line, the command shows no column.
            known = [] if number == "0" else [number] if column == "0" else [number, column]
            wanted.append(":".join([name] + known))
        yield address, wanted


def check_backtrace(mote, module, argument, wanted):
    errors = run([mote, "run", "--debug-info", "--invoke", "outer", module, argument], 3).stderr
    frames = iter(line.strip() for line in errors.splitlines()[1:])
    # In this order; C has no others.
    if not all(any(re.fullmatch(each, frame) for frame in frames) for each in wanted):
        sys.exit("%s: the backtrace is\n%s" % (module, errors))
    if wanted is C_BACKTRACE and errors.count("\n") != 1 + len(wanted):
        sys.exit("%s: more frames\n%s" % (module, errors))
    plain = run([mote, "run", "--invoke", "outer", module, argument], 3).stderr
    if re.search(r"\.(c|rs):", plain):
        sys.exit("source lines although nobody asked: " + plain)


def main():
    mote, damage, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).resolve()
    made, reasons = modules.make(folder)
    if not made:
        print("SKIPPED: source lines: " + "; ".join(reasons))
        return
    symbolizer = modules.find("llvm-symbolizer", "llvm-symbolizer-14")
    if symbolizer is None:
        reasons.append("the comparison, for want of llvm-symbolizer")
    for module in made:
        is_rust = "rust" in module.name
        check_backtrace(mote, module, "4" if is_rust else "7", RUST_BACKTRACE if is_rust else C_BACKTRACE)
        found = places(mote, module, *code_section(module))
        if len(found) < 50:
            sys.exit("%s: only %d bytes of code" % (module, len(found)))
        if symbolizer is not None:
            for address, wanted in symbolized(symbolizer, module, list(found), folder):
                if found[address] != wanted:
                    sys.exit("%s, 0x%x: %s, not %s" % (module, address, found[address], wanted))
        # That of a library is so large that damage seldom hits what somebody asks for.
        damaged = "not damaged" if is_rust else run([damage, module, "4000"]).stdout.strip()
        print("%s: %d bytes; %s" % (module.name, len(found), damaged))
    for reason in reasons:
        print("skipped: " + reason)


if __name__ == "__main__":
    main()

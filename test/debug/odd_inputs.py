#!/usr/bin/env python3
"""Odd files, and modules with odd names and sections, to every command that takes a module.

    odd_inputs.py MOTE WORK

Whatever it is, the command ends by itself, with an exit code that --help lists, says why if it fails, and
writes nothing that could command a terminal. Modules with debug information (modules.py) are cut and changed; which
of them cannot be made is printed.
"""

import random
import re
import resource
import subprocess
import sys
from pathlib import Path

import modules

MOTE = str(Path(sys.argv[1]).resolve())
WORK = Path(sys.argv[2])
DOCUMENTED = {0, 2, 3, 4, 5, 64, 74}
CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]")
HEADER = b"\0asm\x01\0\0\0"


def leb(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def vector(items):
    return leb(len(items)) + b"".join(items)


def name(text):
    text = text if isinstance(text, bytes) else text.encode()
    return leb(len(text)) + text


def section(number, contents):
    return bytes([number]) + leb(len(contents)) + contents


def custom(title, contents):
    return section(0, name(title) + contents)


def module(functions=1, export=b"f", import_names=None, customs=b"", body=b"\x41\x01\x1a\x0b"):
    """Functions () -> (); each exported, the first as `export`, the others with a number behind."""
    imports = b""
    count = 0
    if import_names:
        imports = section(2, vector([name(a) + name(b) + b"\0\0" for a, b in import_names]))
        count = len(import_names)
    out = HEADER + section(1, vector([b"\x60\0\0"])) + imports
    out += section(3, vector([b"\0"] * functions))
    exports = [name(export + (str(i).encode() if i else b"")) + b"\0" + leb(count + i) for i in range(functions)]
    out += section(7, vector(exports))
    code = leb(len(body) + 1) + b"\0" + body
    return out + section(10, vector([code] * functions)) + customs


def names(functions, own=None):
    part = b""
    if own is not None:
        part += b"\0" + leb(len(name(own))) + name(own)
    body = vector([leb(index) + name(text) for index, text in functions])
    return custom("name", part + b"\x01" + leb(len(body)) + body)


# Escape sequences, ends of lines, quotes, what is no end of a string, the other way round.
WILD = "a\x1b[31mred\x1b[0m\r\nb\x00c\"d\\e\x07\x7f\x9b31m\u202e\u2028%s%n"


def odd_modules():
    yield "none", HEADER
    yield "no-functions", HEADER + section(1, b"\0") + section(3, b"\0") + section(10, b"\0")
    yield "wild-names", module(2, WILD.encode(), [(WILD, WILD)], names([(0, WILD), (1, WILD)], WILD))
    yield "empty-names", module(1, b"", None, names([(0, "")], ""))
    yield "long-names", module(1, b"x" * 50000, None, names([(0, "y" * 200000)], "z" * 200000))
    yield "many-names", module(3000, b"f", None, names([(i, "function number %d" % i) for i in range(3000)]))
    yield "names-of-nobody", module(1, b"f", None, names([(7, "seven"), (0xFFFFFFFF, "last")]))
    yield "names-cut", module(1, b"f", None, custom("name", b"\x01\x20\x01\0\x7fabc"))
    yield "names-huge-count", module(1, b"f", None, custom("name", b"\x01\x05" + leb(0xFFFFFFFF)))
    yield "names-random", module(1, b"f", None, custom("name", random.randbytes(3000)))
    yield "names-twice", module(1, b"f", None, names([(0, "one")]) + names([(0, "two")]))
    yield "start-missing", module(1, b"_start", [("wasi_snapshot_preview1", "proc_exit")])
    yield "traps", module(1, b"_start", None, names([(0, WILD)]), b"\x00\x0b")
    yield "recursion", module(1, b"_start", None, names([(0, WILD)]), b"\x10\x00\x0b")
    yield "deep", module(1, b"_start", None, b"", b"\x02\x40" * 3000 + b"\x0b" * 3001)
    for part in ("info", "abbrev", "line"):
        yield f"dwarf-empty-{part}", module(1, b"_start", None, custom(".debug_" + part, b""), b"\x00\x0b")
    everything = b"".join(custom(".debug_" + part, random.randbytes(500))
                          for part in ("info", "abbrev", "line", "str", "ranges"))
    yield "dwarf-random", module(1, b"_start", None, everything, b"\x00\x0b")
    yield "custom-without-name", HEADER + section(0, b"")


def damaged(path):
    """Cut and changed where the debug information is, which lies behind the code."""
    whole = path.read_bytes()
    begin = whole.find(b".debug_")
    for i in range(3):
        at = random.randrange(begin, len(whole))
        yield f"{path.stem}-cut-{i}", whole[:at]
        changed = bytearray(whole)
        for _ in range(1 + i):
            changed[random.randrange(begin + 20, len(whole))] = random.randrange(256)
        yield f"{path.stem}-changed-{i}", bytes(changed)


COMMANDS = [
    ["run"],
    ["run", "--debug-info"],
    ["run", "--profile"],
    ["run", "--trace"],
    ["run", "--profile", "--debug-info", "--trace", "--report"],
    ["validate"],
    ["inspect"],
    ["inspect", "--json"],
    ["disasm"],
    ["disasm", "--function", "0"],
    ["disasm", "--function", WILD.replace("\0", "")],
    ["save", "-o", "image"],
    ["where"],
]
THOROUGH = ("empty", "text", "none", "no-functions", "wild-names", "long-names", "folder")
# For the others these will do.
FEW = [COMMANDS[1], COMMANDS[4], COMMANDS[8], COMMANDS[12]]


def limit():
    """What does not end is ended, with a signal; computing, not waiting, counts."""
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))


def run(file, command):
    arguments = [MOTE, *command, file] + (["20", "0xFFFFFFFF", "0"] if command == ["where"] else [])
    if command[0] == "run":
        arguments[2:2] = ["--fuel", "10000", "--memory", "16M"]
    shown = " ".join(repr(str(each)) for each in arguments[1:])
    result = subprocess.run(arguments, cwd=WORK, stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=limit)
    out, err = result.stdout, result.stderr
    problem = None
    if result.returncode not in DOCUMENTED:
        problem = f"exit code {result.returncode}"
    elif result.returncode != 0 and not err:
        problem = f"exit code {result.returncode}, and nothing on stderr"
    elif CONTROL.search(out) or CONTROL.search(err):
        problem = "control characters in the output"
    if problem:
        sys.exit(f"odd inputs: {shown}: {problem}\n{(out + err)[-2000:]!r}")
    return result


def main():
    random.seed(5)
    WORK.mkdir(parents=True, exist_ok=True)
    files = {"empty": b"", "text": b"not a module\n", "four": HEADER[:4], "version-2": b"\0asm\x02\0\0\0",
             "component": b"\0asm\x0d\0\x01\0", "random": random.randbytes(5000)}
    done = 0
    for title, contents in [*files.items(), *odd_modules()]:
        file = WORK / (title + ".wasm")
        file.write_bytes(contents)
        for command in COMMANDS if title in THOROUGH else FEW:
            result = run(file, command)
            if title in files and result.returncode == 0:
                sys.exit(f"odd inputs: {command[0]} takes {title}")
            if title == "wild-names" and command in (["inspect"], ["disasm"]) and result.returncode != 0:
                sys.exit(f"odd inputs: {command[0]} refuses {title}")
            if command == ["disasm"] and title == "no-functions" and not result.stderr:
                sys.exit("odd inputs: disasm does not say that there are no functions")
            done += 1
    folder = WORK / "folder"
    folder.mkdir(exist_ok=True)
    for path in folder, WORK / "missing", Path("/dev/null"), Path("/dev/zero"), WORK / ("long" * 100):
        for command in COMMANDS if path.name in THOROUGH else FEW:
            if run(path, command).returncode == 0:
                sys.exit(f"odd inputs: {command[0]} takes {path}")
            done += 1
    made, reasons = modules.make(WORK / "debug")
    for path in made:
        for title, contents in damaged(path):
            file = WORK / (title + ".wasm")
            file.write_bytes(contents)
            for command in FEW:
                run(file, command)
                done += 1
    print(f"odd inputs: {done} calls" + "".join(f"; without {reason}" for reason in reasons))


main()

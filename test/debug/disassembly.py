#!/usr/bin/env python3
# mote disasm: that nothing is missing in what it shows.
"""Usage: disassembly.py MOTE TEXT FOLDER...

For the modules of the folders and those below: each instruction stands there once, in order, at the offset
that wasm-objdump gives; each unit of the engine's code belongs to one instruction (which the command checks
itself); positions rise; branches go to labels that exist. Then functions by name, and damaged modules.
TEXT: what the command prints about function "many" of profile.wasm in this build, if there is such a file.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

MOST = 20  # modules of one folder; the largest ones
DAMAGED = 25
FUNCTION = re.compile(r"function (\d+)(?: \"(.*?)\")?: \(.*\) -> \(.*\), "
                      r"(?:imported from .*|(\d+) locals, frame of \d+ slots, code of (\d+) units of \d bytes)")
LINE = re.compile(r"  (?:([0-9a-f]{6})  ( *)(\S.*?))? *(?:(L\d+):)? +(\d+) ([ +]) ([A-Z]\w+)((?: .*)?)")
WASM = re.compile(r"  ([0-9a-f]{6})  ( *)(\S.*)")


def fail(*what):
    sys.exit("FAILED: " + " ".join(map(str, what)))


def run(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, errors="replace")
    return result.returncode, result.stdout, result.stderr


def disassembled(module, text):
    """The instructions of the module, by function; checks the engine's on the way."""
    functions, engine_count = {}, 0
    for block in text.split("\n\n") if text else []:
        lines = block.rstrip("\n").split("\n")
        head = FUNCTION.fullmatch(lines[0])
        if head is None:
            fail(module, "no function:", lines[0])
        if head[4] is None:
            continue
        wasm = functions.setdefault(int(head[1]), [])
        last, was_joined, labels, wanted = -1, False, set(), set()
        for line in lines[1:]:
            if line.startswith("        ; "):
                continue
            match = LINE.fullmatch(line)
            plain = None if match else WASM.fullmatch(line)
            if match is None and plain is None:
                fail(module, "a line that is none:", repr(line))
            offset, text_of = (match[1], match[3]) if match else (plain[1], plain[3])
            if offset is not None:
                wasm.append((int(offset, 16), text_of.split()[0]))
            if match is None:
                continue
            position = int(match[5])
            # The second half of a fused instruction may have no operands: it takes no room.
            is_after = position > last or (position == last and was_joined)
            if not is_after or position >= int(head[4]) or (last < 0 and position != 0):
                fail(module, "position", position, "after", last, "in", lines[0])
            last, was_joined = position, match[6] == "+"
            engine_count += 1
            if match[4]:
                labels.add(match[4])
            wanted.update(re.findall(r"\bL\d+\b", match[8]))
        if labels != wanted:
            fail(module, lines[0], "labels", sorted(labels), "but branches to", sorted(wanted))
    return functions, engine_count


def objdumped(module):
    code, text, errors = run("wasm-objdump", "-d", module)
    if code != 0:
        return None
    functions, wasm, is_begun = {}, None, True
    for line in text.splitlines():
        head = re.match(r"[0-9a-f]{6} func\[(\d+)\]", line)
        match = re.match(r" ([0-9a-f]{6}):(?: [0-9a-f]{2})+ *\| *(\S+)", line)
        if head:
            wasm = functions.setdefault(int(head[1]), [])
        elif match and not match[2].startswith("local["):
            wasm.append((int(match[1], 16), match[2]))
    return functions


def compare(mote, module):
    """Instructions of the module and of the engine; None if another tool does not know the module."""
    code, text, errors = run(mote, "disasm", module)
    if code != 0:
        # What does not load is refused with the same words.
        if code != 2 or errors != run(mote, "validate", module)[2]:
            fail(module, "exit code", code, errors)
        return None
    found, engine_count = disassembled(module, text)
    wanted = objdumped(module)
    if wanted is None:
        return None
    for function, wasm in wanted.items():
        # wabt writes long instructions on several lines, and 64-bit conversions by their old names.
        if [each[0] for each in found.get(function, [])] != [each[0] for each in wasm]:
            fail(module, "function", function, "offsets", found.get(function), "not", wasm)
        for (offset, ours), (_, theirs) in zip(found[function], wasm):
            if ours != theirs:
                fail(module, "function", function, hex(offset), ours, "not", theirs)
    if set(found) != set(wanted):
        fail(module, "functions", set(found) ^ set(wanted))
    return sum(map(len, found.values())), engine_count


def damage(mote, module, folder, runs):
    """Modules with a byte changed, or cut: never a crash."""
    data, refused = module.read_bytes(), 0
    state = 1
    for _ in range(runs):
        state = (state * 48271) % 0x7FFFFFFF
        at = state % len(data)
        changed = bytearray(data)
        changed[at] = (state >> 8) & 0xFF
        if state % 5 == 0:
            changed = changed[:at]
        path = folder / "damaged.wasm"
        path.write_bytes(changed)
        code, _, errors = run(mote, "disasm", path)
        if code not in (0, 2) or (code == 2) != errors.startswith("mote: "):
            fail("damaged", module, "at", at, "exit code", code, errors)
        refused += code == 2
    if refused == 0 or refused == runs:
        fail("of", runs, "damaged modules", refused, "were refused")
    return refused


def check_functions(mote, module):
    by_index = run(mote, "disasm", "--function", "7", module)
    by_name = run(mote, "disasm", "--function", "inner", module)
    if by_index != by_name or by_name[0] != 0 or 'function 7 "inner"' not in by_name[1]:
        fail("one function by index and name", by_index, by_name)
    if run(mote, "disasm", "--function", "2", module)[1].count("\n") != 1:
        fail("an imported function is one line")
    for wrong in "11", "nothing", "-1":
        code, text, errors = run(mote, "disasm", "--function=" + wrong, module)
        if code != 64 or text or "there is no function" not in errors:
            fail("function", wrong, code, text, errors)


def check_depth(mote, folder):
    """Blocks that nest deeply are not written ever further to the right."""
    depth, path = 3000, folder / "deep.wasm"
    source = folder / "deep.wat"
    source.write_text("(module (func " + "block " * depth + "end " * depth + "))")
    if run("wat2wasm", source, "-o", path)[0] != 0:
        fail("wat2wasm does not take", source)
    code, text, errors = run(mote, "disasm", path)
    if code != 0 or len(disassembled(path, text)[0][0]) != 2 * depth + 1 or len(text) > 600 * depth:
        fail("deep blocks:", len(text), "bytes of text, exit code", code, errors)


def main():
    mote, text, *folders = sys.argv[1], *map(pathlib.Path, sys.argv[2:])
    try:
        run("wasm-objdump", "--version")
    except FileNotFoundError:
        print("SKIPPED: the disassembly is not compared, for want of wasm-objdump (package wabt)")
        return
    totals = [0, 0]
    modules = compared = 0
    for folder in folders:
        found = sorted(folder.rglob("*.wasm"), key=lambda path: (-path.stat().st_size, path))
        for module in [each for each in found if each.stat().st_size < 200000][:MOST]:
            modules += 1
            counts = compare(mote, module)
            if counts is None:
                continue
            compared += 1
            totals = [a + b for a, b in zip(totals, counts)]
    if compared < 10 or totals[1] < 500 or totals[1] >= totals[0]:
        fail("only", compared, "modules compared,", totals)
    check_functions(mote, folders[0] / "trace.wasm")
    if text.exists():
        shown = run(mote, "disasm", "--function", "many", folders[0] / "profile.wasm")
        if shown != (0, text.read_text(), ""):
            fail("not", text.name, *shown)
    with tempfile.TemporaryDirectory() as folder:
        check_depth(mote, pathlib.Path(folder))
        refused = damage(mote, folders[0] / "trace.wasm", pathlib.Path(folder), DAMAGED)
    print("%d of %d modules compared: %d instructions, %d of the engine; %d damaged, %d refused"
          % (compared, modules, *totals, DAMAGED, refused))


if __name__ == "__main__":
    main()

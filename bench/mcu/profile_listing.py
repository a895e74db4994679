"""Shows a profile of counter.c: functions by instructions executed, who called what how often, then
the disassembly of what was executed."""

import re
import subprocess

CALL = re.compile(r"^(?:blx?|jal|jalr|call|b|b\.n|b\.w|j|tail)\s.*<(.*)>$")
CALLS_SHOWN = 40


def read_profile(path):
    with open(path) as lines:
        return {int(a, 16): int(n) for a, n in (line.split() for line in lines)}


def functions_of(target, elf):
    """The disassembly as a list of (function, [(address, text)])."""
    listing = subprocess.run(
        [target.tools + "objdump", "-dC", "--no-show-raw-insn", str(elf)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    functions = []
    for line in listing.splitlines():
        header = re.fullmatch(r"[0-9a-f]+ <(.*)>:", line)
        instruction = re.match(r"\s*([0-9a-f]+):\t(.*)", line)
        if header:
            functions.append((header.group(1), []))
        elif instruction and functions:
            functions[-1][1].append((int(instruction.group(1), 16), instruction.group(2)))
    return functions


def show_calls(executed, counts):
    """Direct calls and jumps to the beginning of another function."""
    calls = {}
    names = {name for _, name, _ in executed}
    for _, caller, used in executed:
        for address, text in used:
            call = CALL.match(text)
            if call and call.group(1) in names and call.group(1) != caller:
                edge = (caller, call.group(1))
                calls[edge] = calls.get(edge, 0) + counts[address]
    print("\nmost frequent calls")
    for (caller, callee), n in sorted(calls.items(), key=lambda item: -item[1])[:CALLS_SHOWN]:
        print(f"{n:12d}  {caller} -> {callee}")


def show(target, elf, path):
    counts = read_profile(path)
    total = sum(counts.values()) or 1
    executed = []
    for name, instructions in functions_of(target, elf):
        used = [(address, text) for address, text in instructions if address in counts]
        sum_of = sum(counts[address] for address, _ in used)
        if sum_of:
            executed.append((sum_of, name, used))
    executed.sort(key=lambda entry: -entry[0])
    for sum_of, name, _ in executed:
        print(f"{sum_of:12d} {100 * sum_of / total:5.1f} %  {name}")
    show_calls(executed, counts)
    for sum_of, name, used in executed:
        print(f"\n{name}: {sum_of}")
        previous = None
        for address, text in used:
            if previous is not None and address - previous > 4:
                print()
            print(f"{counts[address]:12d}  {address:8x}  {text}")
            previous = address

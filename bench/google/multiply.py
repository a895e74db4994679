#!/usr/bin/env python3
# Makes a large module from a real one: multiply.py IN.wasm OUT.wasm MEGABYTES
"""Repeats all functions of a module until the result has about the size asked for.

The copies are valid, because they refer to the same types, globals and functions as the originals;
nobody calls them, so the large module runs as the small one does. Loading it is real work: code as
a compiler makes it, just more of it. Custom sections are left out.
"""

import sys

kFunctionSection, kCodeSection = 3, 10


def read_leb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def leb(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def sections_of(module):
    """(id, payload) of each section; custom sections are dropped."""
    if module[:8] != b"\0asm\1\0\0\0":
        raise ValueError("not a WebAssembly module")
    at, sections = 8, []
    while at < len(module):
        number = module[at]
        size, at = read_leb(module, at + 1)
        if number != 0:
            sections.append((number, module[at:at + size]))
        at += size
    return sections


def multiply(module, size):
    sections = sections_of(module)
    code = next(len(payload) for number, payload in sections if number == kCodeSection)
    times = max(1, round((size - len(module)) / code) + 1)
    out = bytearray(module[:8])
    for number, payload in sections:
        if number in (kFunctionSection, kCodeSection):
            count, at = read_leb(payload, 0)
            payload = leb(count * times) + payload[at:] * times
        out += bytes([number]) + leb(len(payload)) + payload
    return bytes(out)


def main(argv):
    if len(argv) != 4:
        print(f"usage: {argv[0]} IN.wasm OUT.wasm MEGABYTES", file=sys.stderr)
        return 64
    with open(argv[1], "rb") as file:
        module = multiply(file.read(), float(argv[3]) * 1e6)
    with open(argv[2], "wb") as file:
        file.write(module)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))

"""Reads the map file of GNU ld: which object or archive takes how much flash and RAM."""

import re
from collections import defaultdict

FLASH = (".text", ".rodata", ".data", ".sdata", ".init", ".fini", ".ARM.ex", ".eh_frame", ".vectors")
FLASH += (".isr_vector", ".srodata", ".gcc_except_table", ".ctors", ".dtors", ".preinit")
RAM = (".data", ".sdata", ".bss", ".sbss", "COMMON", ".noinit")

# "<section> <address> <size> <file>"; a long name of a section stands on a line of its own.
OUTPUT = re.compile(r"^(\.\S+|/DISCARD/|COMMON)(\s+0x[0-9a-f]+\s+0x[0-9a-f]+.*)?$")
INPUT = re.compile(r"^ (\S+)?\s+0x([0-9a-f]+)\s+0x([0-9a-f]+)\s+(\S.*)$")
NAME = re.compile(r"^ (\S+)$")


def parse(path):
    """{file: [bytes of flash, bytes of RAM]} of everything that was linked."""
    sizes = defaultdict(lambda: [0, 0])
    output = None
    linked = False
    pending = False
    with open(path, errors="replace") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("Linker script and memory map"):
                linked = True
            if not linked:
                continue
            header = OUTPUT.match(line)
            if header:
                output = header.group(1)
                continue
            if NAME.match(line):
                pending = True
                continue
            match = INPUT.match(line)
            if not match:
                pending = False
                continue
            name, _, size, file = match.groups()
            # Only sections have a file; symbols and assignments look similar but have no size.
            if name is None and not pending:
                continue
            pending = False
            if file.startswith(("=", "(")) or name == "*fill*":
                continue
            if output is not None and output.startswith(FLASH):
                sizes[file][0] += int(size, 16)
            if output is not None and output.startswith(RAM):
                sizes[file][1] += int(size, 16)
    return dict(sizes)


def library_of(file):
    """The file name of an archive, or of an object outside of one."""
    return re.sub(r"\(.*\)$", "", file).split("/")[-1]


LIBRARIES = re.compile(r"^lib(c|c_nano|g|g_nano|m|gcc|nosys|stdc\+\+|supc\+\+|semihost|crt0.*)\.a$")


def totals(sizes, belongs):
    """[flash, RAM] of the files for which belongs(file) holds."""
    chosen = [size for file, size in sizes.items() if belongs(file)]
    return [sum(size[0] for size in chosen), sum(size[1] for size in chosen)]


def is_library(file):
    """Whether the file is of the C library, the math library, or the compiler."""
    return LIBRARIES.match(library_of(file)) is not None

#!/usr/bin/env python3
"""What each compile-time switch costs or saves: flash of the engine in the hello firmware, with what it
needs of libraries (flash_vm_libraries of run.py), with one thing changed at a time.

    bench/footprint/switches.py [TARGET]     # cortex-m3 unless given; builds Mote 14 times

Prints a table in Markdown. Leaves the target's build folder as its preset has it.
"""

import os
import sys
from pathlib import Path

import linker_map
import run as footprint

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "mcu"))
import targets  # noqa: E402

# What is changed: definitions for the compiler, options for CMake, and what to say about it.
CHANGES = [
    (["MOTE_FEATURE_FLOATS=0", "MOTE_FEATURE_SATURATING_CONVERSION=0"], [], ""),
    (["MOTE_FEATURE_SATURATING_CONVERSION=0"], [], ""),
    (["MOTE_FEATURE_SIGN_EXTENSION=0"], [], ""),
    (["MOTE_FEATURE_MULTI_VALUE=0"], [], ""),
    (["MOTE_FEATURE_BULK_MEMORY=0"], [], ""),
    (["MOTE_CODE_OFFSETS=0"], [], ": traps name no place"),
    (["MOTE_FEATURE_REFERENCE_TYPES=1"], [], ""),
    (["MOTE_FEATURE_EXTENDED_CONST=1"], [], ""),
    (["MOTE_FEATURE_CUSTOM_PAGE_SIZES=1"], [], ""),
    (["MOTE_FEATURE_QUOTAS=1"], [], ""),
    (["MOTE_FEATURE_MULTI_MEMORY=1"], [], ""),
    ([], ["-DMOTE_PROFILE=standard"], ": all of them"),
    ([], ["-DMOTE_HANDLERS=fast"], ""),
]


def flash(target, definitions, options):
    os.environ["CXXFLAGS"] = " ".join(f"-D{definition}" for definition in definitions)
    os.environ["MOTE_BENCH_CMAKE"] = " ".join(options)
    targets.build(target, "mote_bench_footprint_hello")
    sizes = linker_map.parse(footprint.firmware_of(target, "hello").with_suffix(".map"))
    vm = linker_map.totals(sizes, lambda file: linker_map.library_of(file) == "libmote.a")
    return vm[0] + linker_map.totals(sizes, linker_map.is_library)[0]


def main():
    preset = sys.argv[1] if len(sys.argv) > 1 else "cortex-m3"
    target = next((target for target in targets.TARGETS if target.preset == preset), None)
    if target is None:
        print(__doc__, file=sys.stderr)
        return 64
    reason = targets.missing(target)
    if reason:
        print(f"{preset}: {reason}", file=sys.stderr)
        return 1
    try:
        before = flash(target, [], [])
        print(f"| changed | flash, bytes | difference |\n|---|---|---|\n| nothing | {before:,} | |")
        for definitions, options, remark in CHANGES:
            bytes_ = flash(target, definitions, options)
            what = ", ".join(f"`{change}`" for change in definitions + options)
            print(f"| {what}{remark} | {bytes_:,} | {bytes_ - before:+,} |", flush=True)
        flash(target, [], [])
    except targets.Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Exact counts of guest instructions on emulated microcontrollers.

    bench/mcu/run.py [TARGET...]

Builds the firmware of count.cpp for each target and a QEMU plugin for the host (counter.c), runs
both and prints "target metric value", with the budget where there is one. The metrics are
instructions_load_X (validation and translation), instructions_X (running it), and
instructions_native_X (the same C source as native code). Counts repeat exactly.

    bench/mcu/run.py --profile REGION TARGET

also writes how often each instruction of region REGION ("fib", "load_sieve", ...) was executed, and
prints the disassembly of what was, most often executed function first.
"""

import argparse
import signal
import subprocess
import sys
from pathlib import Path

import profile_listing
import targets

FLAGS = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O2", "-Wall", "-Wextra", "-Werror"]
FLAGS += ["-shared", "-fPIC", "-fvisibility=hidden"]


def build_plugin():
    source = Path(__file__).with_name("counter.c")
    plugin = targets.ROOT / "build" / "bench" / "libcounter.so"
    plugin.parent.mkdir(parents=True, exist_ok=True)
    command = [targets.host_compiler(), *FLAGS, str(source), "-o", str(plugin)]
    subprocess.run(command, check=True)
    return plugin


def count(target, elf, profile=None):
    """A list of (region, count) in the order of running. `profile`: (number of a region, file)."""
    symbols = targets.symbols(target, elf)
    with targets.temporary_directory() as directory:
        counts_file = Path(directory) / "counts"
        arguments = [
            str(build_plugin()),
            f"begin={symbols['mote_bench_begin']:#x}",
            f"end={symbols['mote_bench_end']:#x}",
            f"out={counts_file}",
        ]
        if profile is not None:
            arguments += [f"region={profile[0]}", f"profile={profile[1]}"]
        output = targets.run_firmware(target, elf, ["-plugin", ",".join(arguments)])
        lines = counts_file.read_text().split()
    regions = [line[7:] for line in output.splitlines() if line.startswith("region ")]
    if not lines or lines[-1] != "end" or len(lines) - 1 != len(regions):
        raise targets.Failure(f"{len(regions)} regions, but counts {lines}")
    return list(zip(regions, map(int, lines)))


def elf_of(target):
    return target.build_dir / "bench" / "mcu" / "mote_bench_count.elf"


def measure(target):
    targets.build(target, "mote_bench_count")
    targets.show(target.preset, "toolchain", targets.toolchain(target))
    for region, value in count(target, elf_of(target)):
        targets.show(target.preset, f"instructions_{region}", value)


def show_profile(target, region):
    targets.build(target, "mote_bench_count")
    regions = [name for name, _ in count(target, elf_of(target))]
    if region not in regions:
        raise targets.Failure(f"no region {region}; there are {', '.join(regions)}")
    profile = target.build_dir / "bench" / f"profile-{region}"
    count(target, elf_of(target), (regions.index(region), profile))
    print(f"# {profile}")
    profile_listing.show(target, elf_of(target), profile)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    targets.add_arguments(parser)
    parser.add_argument("--profile", metavar="REGION")
    arguments = parser.parse_args()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a profile is long: "| head" is no error
    wanted = measure
    if arguments.profile:
        wanted = lambda target: show_profile(target, arguments.profile)  # noqa: E731
    return targets.measure_all(arguments.targets, wanted, targets.missing_for_plugin)


if __name__ == "__main__":
    sys.exit(main())

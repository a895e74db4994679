#!/usr/bin/env python3
# What each technique of the engine is worth: counts instructions with one taken out after the other.
"""Builds Mote without one technique after the other, and compares each with Mote as it is.

    bench/techniques/run.py --workloads build/release/workloads > table.md
    bench/techniques/run.py --check

A technique is taken out by patches beside this file, applied to a copy of the sources, or by
options of CMake. A patch that does not apply any more is an error (exit code 1): --check applies
all of them and builds nothing. What is built and copied is in build/techniques.

The table has what bench/compare/compare.py measures, relative to Mote as it is: instructions (with
the Nth part of each workload's iterations, --divide; --count says what counts them), or with
--time, user time. A process is counted whole; what it takes to start and to load is not taken off.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = ROOT / "build" / "techniques"
SOURCES = FOLDER / "source"

LOCALS = "locals-are-copied"
CONSTANTS = "constants-are-copied"
RETARGETING = "results-are-not-retargeted"
SLOTS = "results-go-to-slots-too"
ACCUMULATOR = "no-source-is-the-accumulator"
APART = "comparisons-and-branches-apart"
THIRD = "no-third-instructions"
PAIRS = "no-pairs"
CONVENTION = "usual-calling-convention"

# Name, text, patches, options of CMake. Without options of its own a technique is built in the
# folder of the engine as it is, so that only what a patch touches is compiled again.
TECHNIQUES = [
    ("locals", "`local.get` is a copy to its home", [LOCALS], []),
    ("constants", "constants are copied to their homes", [CONSTANTS], []),
    ("retargeting", "no retargeting of results", [RETARGETING], []),
    ("slots", "results always go to a slot, too", [SLOTS], []),
    ("accumulator", "no accumulator as a source", [ACCUMULATOR], []),
    ("apart", "comparison and branch apart", [APART], []),
    ("third", "pairs, but no third instructions", [THIRD], []),
    ("pairs", "no pairs", [PAIRS], []),
    ("accumulator-pairs", "no accumulator, no pairs", [ACCUMULATOR, PAIRS], []),
    (
        "none",
        "none of them",
        [LOCALS, CONSTANTS, RETARGETING, SLOTS, ACCUMULATOR, APART, PAIRS],
        [],
    ),
    ("not-fused", "`-DMOTE_FUSED=0`", [], ["-DCMAKE_CXX_FLAGS=-DMOTE_FUSED=0"]),
    (
        "convention",
        "the same, the usual calling convention",
        [CONVENTION],
        ["-DCMAKE_CXX_FLAGS=-DMOTE_FUSED=0"],
    ),
    ("goto", "`-DMOTE_DISPATCH=goto`", [], ["-DMOTE_DISPATCH=goto"]),
    ("switch", "`-DMOTE_DISPATCH=switch`", [], ["-DMOTE_DISPATCH=switch"]),
    ("compact", "`-DMOTE_ENCODING=compact`", [], ["-DMOTE_ENCODING=compact"]),
    (
        "compact-switch",
        "`-DMOTE_ENCODING=compact -DMOTE_DISPATCH=switch`",
        [],
        ["-DMOTE_ENCODING=compact", "-DMOTE_DISPATCH=switch"],
    ),
]
AS_IT_IS = "as-it-is"


class Failure(Exception):
    pass


def run(command, **more):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more
    )
    if result.returncode != 0:
        tail = "\n".join(result.stdout.splitlines()[-30:])
        raise Failure(f"{' '.join(map(str, command))} ended with {result.returncode}\n{tail}")


def copy_sources():
    if SOURCES.exists():
        shutil.rmtree(SOURCES)
    skipped = shutil.ignore_patterns(".git", "build", "__pycache__", "node_modules")
    shutil.copytree(ROOT, SOURCES, ignore=skipped, symlinks=True)


def patched_files(patch):
    lines = (HERE / f"{patch}.patch").read_text().splitlines()
    return [line[6:] for line in lines if line.startswith("+++ b/")]


def apply(patches):
    """Applies patches to the copy, exactly: lines may have moved, but not changed."""
    for patch in patches:
        file = HERE / f"{patch}.patch"
        try:
            exactly = ["--fuzz=0", "--force", "--no-backup-if-mismatch"]
            run(["patch", "-p1", *exactly, "-i", file], cwd=SOURCES)
        except Failure as failure:
            raise Failure(f"{file.name} does not apply any more: mend it\n{failure}") from None


def restore(patches):
    for name in {name for patch in patches for name in patched_files(patch)}:
        shutil.copyfile(ROOT / name, SOURCES / name)
        os.utime(SOURCES / name)  # or the build would keep what the patched file made


def build(name, patches, options, compiler, jobs):
    """The mote command without a technique."""
    folder = FOLDER / (name if options else AS_IT_IS)
    print(f"building {name}", file=sys.stderr, flush=True)
    apply(patches)
    try:
        run(
            ["cmake", "-S", SOURCES, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
            + [f"-DCMAKE_CXX_COMPILER={compiler}", "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG"]
            + ["-DMOTE_BUILD_TESTS=OFF", "-DMOTE_BUILD_EXAMPLES=OFF", "-DMOTE_WERROR=OFF"]
            + ["-DMOTE_BUILD_DEVICE_MODEL=OFF", *options]
        )
        run(["cmake", "--build", folder, "--target", "mote_command", "-j", str(jobs)])
    finally:
        restore(patches)
    result = FOLDER / f"mote-{name}"
    shutil.copy2(folder / "mote", result)
    return result


def check():
    for name, _, patches, _ in TECHNIQUES:
        apply(patches)
        restore(patches)
        print(f"{name}: {len(patches)} patches apply")


def measure(commands, options):
    """What compare.py says of the commands, (name, path)."""
    report = FOLDER / "report.json"
    command = [sys.executable, ROOT / "bench" / "compare" / "compare.py"]
    command += [f"--mote={name}={path}" for name, path in commands]
    command += ["--baseline", AS_IT_IS, "--json", report, "--workloads", *options.workloads]
    if options.time:
        command += ["--runs", str(options.time), "--divide", str(options.divide)]
    else:
        command += ["--runs", "1", "--instructions", options.count]
        command += ["--divide", str(options.divide)]
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        raise Failure("compare.py failed")
    return json.loads(report.read_text())


def print_tables(report, chosen):
    workloads = report["workloads"]
    ratios = {
        name: {w["workload"]: w["engines"][name]["ratio"] for w in workloads}
        for name, *_ in chosen
    }
    print(f"{report['measure']}, {len(workloads)} workloads\n")
    print("| taken out | mean | least | most |\n|---|---|---|---|")
    for name, text, *_ in chosen:
        column = ratios[name]
        least = min(column, key=column.get)
        most = max(column, key=column.get)
        print(
            f"| {text} | {statistics.geometric_mean(column.values()):.2f} "
            f"| {least} {column[least]:.2f} | {most} {column[most]:.2f} |"
        )
    names = [name for name, *_ in chosen]
    print(f"\n| workload | {' | '.join(names)} |")
    print("|---" * (len(names) + 1) + "|")
    for w in workloads:
        cells = " | ".join(f"{ratios[name][w['workload']]:.2f}" for name in names)
        print(f"| {w['workload']} | {cells} |")


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--workloads", nargs="+", default=["build/release/workloads"])
    parser.add_argument("--compiler", default="clang++-22")
    parser.add_argument("--divide", type=int, default=20, metavar="N")
    parser.add_argument("--count", choices=["auto", "perf", "callgrind", "qemu"], default="qemu")
    parser.add_argument("--time", type=int, metavar="ROUNDS", help="user time, that many rounds")
    parser.add_argument(
        "--only", action="append", metavar="NAME", choices=[name for name, *_ in TECHNIQUES]
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--built", action="store_true", help="measure what was built before")
    parser.add_argument("--check", action="store_true", help="only whether the patches apply")
    return parser.parse_args()


def main():
    options = parse_options()
    chosen = [entry for entry in TECHNIQUES if not options.only or entry[0] in options.only]
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        if options.check:
            copy_sources()
            check()
            return 0
        names = [AS_IT_IS] + [name for name, *_ in chosen]
        if options.built:
            commands = [(name, FOLDER / f"mote-{name}") for name in names]
        else:
            copy_sources()
            more = (options.compiler, options.jobs)
            commands = [(AS_IT_IS, build(AS_IT_IS, [], [], *more))]
            for name, _, patches, cmake in chosen:
                commands.append((name, build(name, patches, cmake, *more)))
        print_tables(measure(commands, options), chosen)
    except Failure as failure:
        print(f"run.py: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# Compares Mote with V8 (node) on random modules from generate.py.
"""Usage: run.py --mote build/release/mote [--seed N] [--count N] [--keep DIR]

Every export of every module runs in a new instance, in both. Compared are the results (which
contain the globals and a hash of the memory) bit for bit, or the kind of the trap. A module that
differs is kept, and named with its seed: generate.py makes the same module from the same seed.

The last line is "N passed, N failed, N skipped", counted in exports. Exit code 1 if any failed.
"""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays clean
from generate import generate  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 100

# Part of a message of Mote or of V8, and what both call it here.
TRAPS = [
    ("unreachable", "unreachable"),
    ("divide by zero", "division by zero"),
    ("remainder by zero", "division by zero"),
    ("integer overflow", "overflow"),
    ("invalid conversion to integer", "overflow"),
    ("divide result unrepresentable", "overflow"),
    ("float unrepresentable in integer range", "overflow"),
    ("out of bounds memory access", "memory bounds"),
    ("memory access out of bounds", "memory bounds"),
    ("out of bounds table access", "table bounds"),
    ("undefined element", "table bounds"),
    ("table index is out of bounds", "table bounds"),
    ("uninitialized element", "wrong function"),
    ("indirect call type mismatch", "wrong function"),
    ("null function or function signature mismatch", "wrong function"),
    ("call stack exhausted", "stack"),
    ("Maximum call stack size exceeded", "stack"),
]


def kind_of_trap(message):
    for part, kind in TRAPS:
        if part in message:
            return "trap: " + kind
    return "unknown: " + message.strip()


def run_oracle(node, files):
    """For each file, {export: [results] or the kind of trap}."""
    done = subprocess.run([node, os.path.join(HERE, "oracle.js")], input="\n".join(files),
                          capture_output=True, text=True, check=True)
    outcomes = []
    for line in done.stdout.splitlines():
        outcome = json.loads(line)
        outcomes.append({export: each if isinstance(each, list) else kind_of_trap(each)
                         for export, each in outcome.items()})
    if len(outcomes) != len(files):
        raise RuntimeError("node gave up: " + done.stderr)
    return outcomes


def run_mote(mote, file, export):
    try:
        done = subprocess.run([mote, "run", "--invoke", export, file], capture_output=True,
                              text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return "hang"
    if done.returncode == 0:
        return [line.partition(":")[2] for line in done.stdout.splitlines()]
    if done.returncode == 3:
        return kind_of_trap(done.stderr.splitlines()[0])
    return "exit code %d: %s" % (done.returncode, done.stderr.strip())


def main():
    parser = argparse.ArgumentParser(description="Compares Mote with V8 on random modules.")
    parser.add_argument("--mote", required=True, help="the mote command")
    parser.add_argument("--node", default="node", help="node, for V8")
    parser.add_argument("--seed", type=int, default=1, help="of the first module")
    parser.add_argument("--count", type=int, default=200, help="how many modules")
    parser.add_argument("--keep", default=".", help="where modules that differ are put")
    options = parser.parse_args()
    if shutil.which(options.node) is None:
        print("node is absent: NOTHING WAS COMPARED")
        print("0 passed, 0 failed, %d skipped" % options.count)
        return 0

    passed = failed = 0
    kinds = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for first in range(options.seed, options.seed + options.count, BATCH):
            seeds = range(first, min(first + BATCH, options.seed + options.count))
            files = [os.path.join(folder, "%d.wasm" % seed) for seed in seeds]
            for seed, file in zip(seeds, files):
                with open(file, "wb") as out:
                    out.write(generate(seed))
            for seed, file, wanted in zip(seeds, files, run_oracle(options.node, files)):
                for export, expected in wanted.items():
                    actual = run_mote(options.mote, file, export)
                    if actual == expected:
                        passed += 1
                        kinds[expected if isinstance(expected, str) else "results"] += 1
                        continue
                    failed += 1
                    kept = os.path.join(options.keep, "differs-%d.wasm" % seed)
                    shutil.copy(file, kept)
                    print("seed %d, %s: V8 %s, Mote %s; see %s" %
                          (seed, export, expected, actual, kept))
                os.remove(file)
    print("%d modules of %s, seeds %d to %d, each export in V8 and in Mote; alike were:" %
          (options.count, "generate.py", options.seed, options.seed + options.count - 1))
    for kind, count in sorted(kinds.items()):
        print("  %-24s %d" % (kind, count))
    print("%d passed, %d failed, 0 skipped" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

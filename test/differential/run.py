#!/usr/bin/env python3
# Compares builds of Mote with V8 (node) and wabt's interpreter on random modules.
"""Usage: run.py --outcomes build/release/mote-outcomes [--outcomes ...] [--seed N] [--count N]
              [--source own|binaryen|FOLDER] [--keep DIR]

Modules come from generate.py (own), from Debian's binaryen: wasm-opt -ttf (binaryen), or from a folder:
all files *.wasm below it, --seed being the number of the first and --count how many at most. Of the own
ones, every export runs in a new instance; those that import nothing also run in wabt's interpreter, all
exports in one instance; each fourth module runs in Mote once more with pages of one byte, and has to
do what V8 does with pages of 64 KiB. Of binaryen's, all exports without parameters run one after the
other in one instance, and what they log counts, too. Of a folder's, whether they load and can be
instantiated, and each of the first 512 exports, with zeros, in a new instance: imported functions return
zeros, and what does not end soon is left out. Compared are results bit for bit, but that NaN is
NaN, or the kind of a trap. A module that differs is kept and named with its seed: the same seed makes
the same module again, if V8 has the same features.

--outcomes takes a command: "qemu-s390x build/s390x/mote-outcomes" is one.

The last line is "N passed, N failed, N skipped", counted in outcomes compared. Exit code 1 if any failed.
"""

import argparse
import collections
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # the source tree stays clean
from generate import generate  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 100
TTF = ["--mvp-features", "--enable-sign-ext", "--enable-nontrapping-float-to-int",
       "--enable-bulk-memory", "--enable-multivalue", "--enable-mutable-globals", "--denan"]

# Part of a message of Mote, V8 or wabt, and what all call it here.
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
    ("memory.copy out of bounds", "memory bounds"),
    ("memory.fill out of bounds", "memory bounds"),
    ("memory.init out of bounds", "memory bounds"),
    ("data segment", "memory bounds"),
    ("out of bounds table access", "table bounds"),
    ("table.init out of bounds", "table bounds"),
    ("table.copy out of bounds", "table bounds"),
    ("table.fill out of bounds", "table bounds"),
    ("element segment out of bounds", "table bounds"),
    ("out of bounds (offset", "table bounds"),
    ("undefined element", "table bounds"),
    ("undefined table index", "table bounds"),
    ("table index is out of bounds", "table bounds"),
    ("uninitialized element", "wrong function"),
    ("uninitialized table element", "wrong function"),
    ("indirect call type mismatch", "wrong function"),
    ("indirect call signature mismatch", "wrong function"),
    ("null function or function signature mismatch", "wrong function"),
    ("function signature mismatch", "wrong function"),
    ("call stack exhausted", "stack"),
    ("Maximum call stack size exceeded", "stack"),
]


def kind_of_trap(message):
    for part, kind in TRAPS:
        if part in message:
            return "trap: " + kind
    return "unknown: " + message.strip()


# ---- Values -----------------------------------------------------------------------------------

def for_v8(value):
    """What V8 shows for a value of Mote: it does not tell types."""
    kind, _, bits = value.partition(":")
    if bits == "nan" or kind not in ("i32", "f32"):
        return bits
    if kind == "i32":
        number = float(struct.unpack("<i", struct.pack("<I", int(bits)))[0])
    else:
        number = struct.unpack("<f", struct.pack("<I", int(bits)))[0]
    return str(struct.unpack("<Q", struct.pack("<d", number))[0])


def for_wabt(value):
    """What wasm-interp prints for it: floats are rounded to six places."""
    kind, _, bits = value.partition(":")
    if kind not in ("f32", "f64"):
        return value
    if bits == "nan":
        return kind + ":nan"
    wide = kind == "f64"
    number = struct.unpack("<d" if wide else "<f", struct.pack("<Q" if wide else "<I", int(bits)))[0]
    return "%s:%f" % (kind, number)


def convert(event, convert_value):
    """An event with its values as another engine writes them, and a trap as its kind."""
    name, traps, message = event.partition(" traps: ")
    if traps:
        return name + " traps: " + kind_of_trap(message)
    head, arrow, values = event.rpartition(" => ")
    if not arrow:
        head, arrow, values = event.rpartition(" ")
    return head + arrow + ", ".join(convert_value(each) for each in values.split(", ") if each)


# ---- Engines ----------------------------------------------------------------------------------

def ask(command, mode, files):
    command = shlex.split(command) + [mode]
    done = subprocess.run(command, input="\n".join(files) + "\n", capture_output=True, text=True,
                          timeout=3600)
    lines = done.stdout.split("\n")[:-1]  # names may hold what splitlines() takes for an end
    if len(lines) != len(files):
        raise RuntimeError("%s gave up at %s: %s" %
                           (command, files[min(len(lines), len(files) - 1)], done.stderr[-2000:]))
    return [json.loads(line) for line in lines]


class V8:
    """node, with what older ones have behind switches, by the optimizing compiler."""

    # The baseline compiler, Liftoff, of V8 11.3 gets some modules wrong.
    SWITCHES = ("experimental-wasm-extended-const", "experimental-wasm-multi-memory", "no-liftoff")

    def __init__(self, node):
        known = subprocess.run([node, "--v8-options"], capture_output=True, text=True).stdout
        self.command = shlex.join([node] + ["--" + each for each in self.SWITCHES
                                   if each.replace("no-", "") in known] +
                                  [os.path.join(HERE, "oracle.js")])
        self.features = ask(self.command, "features", [""])[0]

    def ask(self, mode, files):
        return ask(self.command, mode, files)


def ask_wabt(file):
    """What it calls and returns; None: there is no instance."""
    done = subprocess.run(["wasm-interp", "--run-all-exports", "--dummy-import-func",
                           "--enable-extended-const", "--enable-multi-memory", file],
                          capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        return None
    events = []
    for line in done.stdout.splitlines():
        called = re.match(r"called host fuzzing-support\.(log-\w+)\((.*)\) =>", line)
        if called:
            events.append("%s %s" % (called[1], called[2].replace(":-nan", ":nan")))
            continue
        name, _, outcome = line.partition("() =>")
        outcome = outcome.strip()
        if outcome.startswith("error: "):
            events.append("%s traps: %s" % (name, kind_of_trap(outcome[7:])))
        else:
            events.append("%s => %s" % (name, outcome.replace(":-nan", ":nan")))
    return events


# ---- Comparing --------------------------------------------------------------------------------

STACKS = "the stack of only one engine ended"


class Tally:
    def __init__(self, keep):
        self.passed = self.failed = self.skipped = 0
        self.reasons = collections.Counter()  # for what was skipped
        self.kinds = collections.Counter()
        self.keep = keep

    def skip(self, reason):
        self.skipped += 1
        self.reasons[reason] += 1

    def compare(self, what, file, seed, expected, actual, kind):
        if expected == actual:
            self.passed += 1
            self.kinds[kind] += 1
            return
        self.failed += 1
        kept = os.path.join(self.keep, "differs-%s" % os.path.basename(file))
        shutil.copy(file, kept)
        print("seed %d, %s: expected %s, found %s; see %s" % (seed, what, expected, actual, kept))


def compare_outcome(tally, what, file, seed, expected, actual, kind="results"):
    """What V8 and Mote got: a list of results, or the text of a trap."""
    expected = expected if isinstance(expected, list) else kind_of_trap(str(expected))
    actual = [for_v8(each) for each in actual] if isinstance(actual, list) else kind_of_trap(str(actual))
    if expected != actual and "trap: stack" in (expected, actual):
        tally.skip(STACKS)
        return
    tally.compare(what, file, seed, expected, actual, expected if isinstance(expected, str) else kind)


def compare_exports(tally, what, seeds, files, wanted, found):
    for seed, file, theirs, ours in zip(seeds, files, wanted, found):
        for export in sorted(set(theirs) | set(ours)):
            compare_outcome(tally, "%s in %s" % (export, what), file, seed, theirs.get(export),
                            ours.get(export))


def compare_own(tally, options, seeds, files):
    v8 = options.v8.ask("exports", files)
    wabt = [ask_wabt(file) if options.wabt and "imports" not in file else None for file in files]
    alone = [i for i, each in enumerate(wabt) if each is not None]
    # The same modules with pages of one byte.
    small = []
    for i, seed in enumerate(seeds):
        if seed % 4 == 0:
            small.append((i, files[i].replace(".wasm", "-bytes.wasm")))
            with open(small[-1][1], "wb") as out:
                out.write(generate(seed, options.v8.features, True))
    for outcomes in options.outcomes:
        compare_exports(tally, outcomes, seeds, files, v8, ask(outcomes, "exports", files))
        if small:
            compare_exports(tally, outcomes + " with pages of one byte", [seeds[i] for i, _ in small],
                            [file for _, file in small], [v8[i] for i, _ in small],
                            ask(outcomes, "exports", [file for _, file in small]))
        if alone:
            events = ask(outcomes, "events", [files[i] for i in alone])
            for i, each in zip(alone, events):
                compare_events(tally, outcomes + " and wabt", files[i], seeds[i], wabt[i],
                               [convert(event, for_wabt) for event in each])


def compare_events(tally, what, file, seed, expected, actual):
    """Up to where the stack ends for one of them: stacks differ."""
    for one, other in zip(expected + ["nothing"], actual + ["nothing"]):
        if one.endswith("trap: stack") or other.endswith("trap: stack"):
            tally.skip(STACKS)
            return
        if one == other == "nothing":
            return
        tally.compare(what, file, seed, one, other,
                      one.partition(" traps: ")[2] or ("logged" if one.startswith("log-") else "results"))
        if one != other:
            return


def compare_binaryen(tally, options, seeds, files):
    v8 = options.v8.ask("fresh-events", files)
    wabt = [ask_wabt(file) for file in files] if options.wabt else [None] * len(files)
    for outcomes in options.outcomes:
        fresh = ask(outcomes, "fresh-events", files)
        plain = ask(outcomes, "events", files)
        for i, file in enumerate(files):
            compare_events(tally, outcomes + " and V8", file, seeds[i],
                           [convert(each, lambda value: value) for each in v8[i]],
                           [convert(each, for_v8) for each in fresh[i]])
            if wabt[i] is not None:
                compare_events(tally, outcomes + " and wabt", file, seeds[i],
                               wabt[i], [convert(each, for_wabt) for each in plain[i]])


# What an engine says of a module that asks for more than it has, or wants to give.
LIMITS = {"Mote": ("this build does not have", "than this engine allows", "more than 65535 stack slots",
                   "nested too deeply", "out of memory", "memory quota"),
          "V8": ("exceeds internal limit", "larger than implementation limit", "Out of memory",
                 "could not allocate", "At most one memory", "memory limits flags 0x8",
                 "memory limits flags 0x9")}


def limited(engine, outcome):
    return isinstance(outcome, str) and any(each in outcome for each in LIMITS[engine])


def share_a_name(imports):
    return len({(each[0], each[1]) for each in imports}) < len(imports)


def compare_any(tally, options, seeds, files):
    told = ask(options.outcomes[0], "any", files)
    v8 = options.v8.ask("any", ["%s\t%s" % (file, json.dumps(each)) for file, each in zip(files, told)])
    for i, outcomes in enumerate(options.outcomes):
        what = "%s and V8" % outcomes
        for seed, file, theirs, ours in zip(seeds, files, v8, ask(outcomes, "any", files) if i else told):
            if limited("Mote", ours.get("error")):
                tally.skip("refused for " + ours["error"].rpartition(": ")[2])
            elif limited("V8", theirs.get("error")):
                tally.skip("refused by V8 for what it has not")
            elif share_a_name(ours.get("imports", [])):
                tally.skip("imports that share a name")
            elif "error" in ours or "error" in theirs:
                tally.compare(what, file, seed, *("refused" if "error" in each else "loads"
                                                  for each in (theirs, ours)), "refused")
            else:
                compare_any_module(tally, what, seed, file, theirs, ours)


def compare_any_module(tally, what, seed, file, theirs, ours):
    pairs = [("instance", theirs["instance"], ours["instance"])]
    if ours["instance"] == []:
        pairs += [(name, theirs["exports"].get(name), outcome)
                  for name, (_, outcome) in ours["exports"].items()]
    for name, expected, actual in pairs:
        if actual == "hang":
            tally.skip("takes too much fuel")
            continue
        if actual == "not called":
            tally.skip("exports after the first 512")
            continue
        if limited("Mote", actual) or limited("V8", expected):
            tally.skip("memory that only one of them has")
            continue
        compare_outcome(tally, "%s in %s" % (name, what), file, seed, expected, actual,
                        "instances" if name == "instance" else "results")


# ---- Where modules come from -------------------------------------------------------------------

class Source:
    """What makes a module of each seed, in a folder."""

    def __init__(self, options):
        self.count = options.count


class Own(Source):
    """Modules of generate.py."""

    name = "own"
    needs = ["wasm-interp"]
    compare = staticmethod(compare_own)

    def file(self, seed, folder, features):
        """The module of `seed`; None: none is made of it."""
        module = generate(seed, features)
        kind = "-imports" if b"\x04host" in module else ""
        file = os.path.join(folder, "own-%d%s.wasm" % (seed, kind))
        with open(file, "wb") as out:
            out.write(module)
        return file


class Binaryen(Source):
    """Modules of wasm-opt -ttf."""

    name = "binaryen"
    needs = ["wasm-interp", "wasm-opt"]
    compare = staticmethod(compare_binaryen)

    def file(self, seed, folder, _):
        rng = random.Random(seed)
        source = os.path.join(folder, "random.bin")
        file = os.path.join(folder, "binaryen-%d.wasm" % seed)
        with open(source, "wb") as out:
            out.write(rng.randbytes(rng.choice([500, 1500, 4000, 8000])))
        passes = rng.choice([[], ["-O1"], ["-O3"], ["--flatten"]])
        done = subprocess.run(["wasm-opt", "-ttf", source, *TTF, *passes, "-o", file],
                              capture_output=True, text=True, timeout=120)
        return file if done.returncode == 0 else None


class Folder:
    """All modules below a folder, as they are; seeds are their numbers, from 1."""

    needs = []
    compare = staticmethod(compare_any)

    def __init__(self, options):
        self.name = options.source
        self.found = sorted(str(each) for each in pathlib.Path(self.name).rglob("*.wasm"))
        self.count = max(0, min(options.count, len(self.found) - options.seed + 1))
        if not self.count:
            sys.exit("no modules in %s" % self.name)

    def file(self, seed, _folder, _features):
        return self.found[seed - 1]


SOURCES = {each.name: each for each in (Own, Binaryen)}


def compare_batch(tally, options, source, first, count):
    """How many modules were compared."""
    with tempfile.TemporaryDirectory() as folder:
        seeds, files = [], []
        for seed in range(first, first + count):
            file = source.file(seed, folder, options.v8.features)
            if file is None:
                tally.skip("no module is made of this seed")
                continue
            seeds.append(seed)
            files.append(file)
        if files:
            source.compare(tally, options, seeds, files)
        return len(files)


def main():
    parser = argparse.ArgumentParser(description="Compares Mote with other engines.")
    parser.add_argument("--outcomes", required=True, action="append", help="mote-outcomes of a build")
    parser.add_argument("--node", default="node", help="node, for V8")
    parser.add_argument("--no-wabt", dest="wabt", action="store_false", help="leave wasm-interp out")
    parser.add_argument("--source", default="own", help="own, binaryen, or a folder of modules")
    parser.add_argument("--seed", type=int, default=1, help="of the first module")
    parser.add_argument("--count", type=int, default=200, help="how many modules")
    parser.add_argument("--keep", default=".", help="where modules that differ are put")
    options = parser.parse_args()
    source = SOURCES.get(options.source, Folder)(options)
    for command in [options.node] + source.needs:
        if shutil.which(command) is None and (options.wabt or command != "wasm-interp"):
            print("%s is absent: NOTHING WAS COMPARED" % command)
            print("0 passed, 0 failed, 1 skipped")
            return 0

    options.v8 = V8(options.node)
    tally = Tally(options.keep)
    end = options.seed + source.count
    modules = sum(compare_batch(tally, options, source, first, min(BATCH, end - first))
                  for first in range(options.seed, end, BATCH))
    print("%d modules (%s), seeds %d to %d, %d build%s of Mote, V8 with %s; alike were:" %
          (modules, source.name, options.seed, end - 1,
           len(options.outcomes), "" if len(options.outcomes) == 1 else "s",
           " and ".join(options.v8.features) or "no more than it has to"))
    for kind, count in sorted(tally.kinds.items()):
        print("  %-24s %d" % (kind, count))
    if tally.reasons:
        reasons = sorted(tally.reasons.items())
        print("outcomes skipped (%s)" % ", ".join("%s: %d" % reason for reason in reasons))
    print("%d passed, %d failed, %d skipped" % (tally.passed, tally.failed, tally.skipped))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())

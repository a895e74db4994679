#!/usr/bin/env python3
"""Compares the sizes and instruction counts on microcontrollers with results/mcu.tsv.

    bench/check_results.py [TARGET...]            measures and compares
    bench/check_results.py --update [TARGET...]   measures and rewrites the table
    bench/check_results.py --fresh FILE...        takes output of mcu/run.py and footprint/run.py

A value that grew by more than 2 % fails, and so does a metric that vanished or that the table does
not have. What got smaller passes; --update keeps it that way. Metrics are skipped, and counted, when
a target cannot be built here, or when the compilers or the C library differ from the table's (its
metric "toolchain"): other compilers give other numbers. The last line is
"N passed, N failed, N skipped"; the exit code is 0 only if nothing failed.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TABLE = HERE / "results" / "mcu.tsv"
RUNS = [HERE / "mcu" / "run.py", HERE / "footprint" / "run.py"]
TOLERANCE = 0.02
HEADER = """\
# Sizes (bytes) and instruction counts of Mote on microcontrollers, one target, metric and value a
# line. Written by bench/check_results.py --update; bench/README.md says what the metrics are.
"""


class Results:
    """Values by target and metric, and the targets that could not be measured, with the reason."""

    def __init__(self):
        self.values = {}
        self.skipped = {}
        self.failed = {}

    def add(self, text):
        for line in text.splitlines():
            note = re.fullmatch(r"# (skipped|failed) (\S+): (.*)", line)
            if note:
                kind, target, reason = note.groups()
                (self.skipped if kind == "skipped" else self.failed)[target] = reason
                continue
            fields = line.split("#")[0].split()
            if not fields:
                continue
            if len(fields) != 3:
                raise ValueError(f"not 'target metric value': {line}")
            target, metric, value = fields
            old = self.values.setdefault(target, {}).get(metric, value)
            if old != value:
                raise ValueError(f"{target} {metric} is {old} and {value}")
            self.values[target][metric] = value


class Verdict:
    """What the comparison found: lines to print and the three counts."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.lines = []

    def fail(self, text, count=1):
        self.failed += count
        self.lines.append(f"FAILED: {text}")

    def skip(self, text, count):
        self.skipped += count
        self.lines.append(f"skipped: {text}: {count} metrics")

    def summary(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def metrics(values):
    return {metric: value for metric, value in values.items() if metric != "toolchain"}


def compare_values(verdict, name, old_text, new_text):
    old, new = float(old_text), float(new_text)
    percent = f"{100 * (new - old) / old:+.2f} %" if old else "from nothing"
    if new > old * (1 + TOLERANCE):
        verdict.fail(f"{name} grew: {old_text} -> {new_text} ({percent})")
        return
    verdict.passed += 1
    if new < old * (1 - TOLERANCE):
        verdict.lines.append(f"smaller: {name}: {old_text} -> {new_text} ({percent})")


def compare(table, fresh, targets):
    verdict = Verdict()
    for target in targets:
        old, new = table.values.get(target, {}), fresh.values.get(target, {})
        if target in fresh.failed:
            verdict.fail(f"{target}: {fresh.failed[target]}")
            continue
        if target in fresh.skipped:
            verdict.skip(f"{target}: {fresh.skipped[target]}", max(len(metrics(old)), 1))
            continue
        if not old:
            verdict.fail(f"{target} is not in the table (--update adds it)")
            continue
        if not new:
            verdict.fail(f"{target} was not measured")
            continue
        if old.get("toolchain") != new.get("toolchain"):
            reason = f"{new.get('toolchain')} instead of {old.get('toolchain')}"
            verdict.skip(f"{target}: {reason}", len(metrics(old)))
            continue
        for metric in sorted(metrics(old).keys() | metrics(new).keys()):
            name = f"{target} {metric}"
            if metric not in new:
                verdict.fail(f"{name} vanished (was {old[metric]})")
            elif metric not in old:
                verdict.fail(f"{name} is not in the table (is {new[metric]}; --update adds it)")
            else:
                compare_values(verdict, name, old[metric], new[metric])
    return verdict


def table_text(values):
    lines = [
        f"{target}\t{metric}\t{value}\n"
        for target, of_target in sorted(values.items())
        for metric, value in sorted(of_target.items())
    ]
    return HEADER + "".join(lines)


def measure(targets):
    """Runs both measurements; their output is shown and returned. False: one could not be run."""
    text, ran = "", True
    for run in RUNS:
        process = subprocess.Popen(
            [sys.executable, str(run), *targets], stdout=subprocess.PIPE, text=True
        )
        for line in process.stdout:
            print(line, end="", flush=True)
            text += line
        code = process.wait()
        if code != 0 and "\n# failed" not in "\n" + text:
            print(f"{run} ended with {code}", file=sys.stderr)
            ran = False
    return text, ran


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--fresh", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--table", type=Path, default=TABLE)
    arguments = parser.parse_args()

    fresh, table, ran = Results(), Results(), True
    if arguments.fresh:
        text = "".join(file.read_text() for file in arguments.fresh)
    else:
        text, ran = measure(arguments.targets)
    fresh.add(text)
    if arguments.table.exists():
        table.add(arguments.table.read_text())

    if arguments.update:
        if fresh.failed or not ran:
            print("not updated: a measurement failed")
            return 1
        table.values.update(fresh.values)
        arguments.table.parent.mkdir(parents=True, exist_ok=True)
        arguments.table.write_text(table_text(table.values))
        for target, reason in fresh.skipped.items():
            print(f"not updated: {target}: {reason}")
        return 0

    known = {*table.values, *fresh.values, *fresh.skipped, *fresh.failed}
    verdict = compare(table, fresh, arguments.targets or sorted(known))
    if not ran:
        verdict.fail("a measurement could not be run")
    print("\n".join([*verdict.lines, verdict.summary()]))
    return 1 if verdict.failed else 0


if __name__ == "__main__":
    sys.exit(main())

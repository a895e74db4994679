#!/usr/bin/env python3
# Runs the same .wasm files in Mote and in other engines' commands, and compares time or instructions.
"""Compares Mote with other WebAssembly engines, as whole processes.

  compare.py --mote build/release/mote --engine wasm3='wasm3 {}' --engine iwasm='iwasm {}'

Every round runs all engines once, one after the other, on the same file (A B A B ...), so that a
slow moment of the machine meets all of them. A ratio is taken within a round; the table has the
median of the rounds and, in brackets, the smallest and the largest. All ratios are relative to the
baseline: the first --engine, or --baseline. Below 1 is faster. Nothing is subtracted: a figure is a
whole process, from its start to its end, with loading.

Outputs and exit codes of all engines must agree; if they do not, that is an error (exit code 1).
"""

import argparse
import json
import math
import os
import pathlib
import platform
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import chart

kDisagreement = 1
kUsage = 64


class Engine:
    """One command line that runs a .wasm file."""

    def __init__(self, name, command):
        self.name = name
        self.words = shlex.split(command)
        if "{}" not in self.words:
            raise ValueError(f"engine {name}: no {{}} in its command, {command!r}")

    def command(self, wasm, arguments):
        return [str(wasm) if word == "{}" else word for word in self.words] + arguments


class Outcome:
    """What one run printed and cost."""

    def __init__(self, exit_code, output, cost, peak_kib, message):
        self.exit_code = exit_code
        self.output = output
        self.cost = cost
        self.peak_kib = peak_kib
        self.message = message  # standard error; only shown, never compared


def run_process(command, timeout):
    """Runs a command; its Outcome without a cost, and user, system and wall time in seconds."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as message:
        start = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=message)
        # wait4 has no timeout of its own: a watchdog of the standard library ends the process.
        watchdog = None
        if timeout:
            import threading

            watchdog = threading.Timer(timeout, process.kill)
            watchdog.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if watchdog:
            watchdog.cancel()
        output.seek(0)
        message.seek(0)
        outcome = Outcome(process.returncode, output.read(), None, usage.ru_maxrss,
                          message.read().decode(errors="replace"))
    return outcome, usage.ru_utime, usage.ru_stime, wall


class TimeMeter:
    """Measures seconds of one kind: user, cpu (user and system) or wall."""

    unit = "s"

    def __init__(self, kind):
        self.kind = kind

    def describe(self):
        return {"user": "user time", "cpu": "user and system time", "wall": "wall time"}[self.kind]

    def measure(self, command, timeout):
        outcome, user, system, wall = run_process(command, timeout)
        outcome.cost = {"user": user, "cpu": user + system, "wall": wall}[self.kind]
        return outcome


class PerfMeter:
    """Counts user-mode instructions with perf."""

    unit = "M"

    def describe(self):
        return "instructions (perf stat)"

    @staticmethod
    def available():
        if not shutil.which("perf"):
            return False
        probe = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "true"],
                               capture_output=True, text=True)
        return probe.returncode == 0 and bool(re.search(r"^\d+,", probe.stderr, re.M))

    def measure(self, command, timeout):
        with tempfile.NamedTemporaryFile("r") as report:
            outcome, _, _, _ = run_process(
                ["perf", "stat", "-x,", "-e", "instructions:u", "-o", report.name, "--"] + command,
                timeout)
            match = re.search(r"^(\d+),", report.read(), re.M)
        if match:
            outcome.cost = int(match.group(1)) / 1e6
        return outcome


class CallgrindMeter:
    """Counts instructions with valgrind's callgrind; about 50 times slower than running."""

    unit = "M"

    def describe(self):
        return "instructions (callgrind)"

    @staticmethod
    def available():
        return shutil.which("valgrind") is not None

    def measure(self, command, timeout):
        with tempfile.NamedTemporaryFile("r") as log:
            outcome, _, _, _ = run_process(
                ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
                 f"--log-file={log.name}"] + command, timeout)
            match = re.search(r"Collected : (\d+)", log.read())
        if match:
            outcome.cost = int(match.group(1)) / 1e6
        return outcome


class QemuMeter:
    """Counts instructions with QEMU's emulation of a process and a plugin of our own (counter.c):
    several times faster than callgrind. QEMU before version 9, with plugins."""

    unit = "M"

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.plugin = pathlib.Path(self.folder.name) / "counter.so"
        here = pathlib.Path(__file__).resolve().parent
        subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-O2", "-shared", "-fPIC",
                        f"-I{here.parent / 'mcu'}", here / "counter.c", "-o", self.plugin],
                       check=True)

    def describe(self):
        return "instructions (QEMU)"

    @staticmethod
    def available():
        emulator = f"qemu-{platform.machine()}"
        if not shutil.which(emulator):
            return False
        text = subprocess.run([emulator, "--version"], capture_output=True, text=True).stdout
        version = re.search(r"version (\d+)", text)
        return version is not None and int(version.group(1)) < 9

    def measure(self, command, timeout):
        with tempfile.NamedTemporaryFile("r") as report:
            outcome, _, _, _ = run_process(
                [f"qemu-{platform.machine()}", "-plugin", f"{self.plugin},out={report.name}",
                 shutil.which(command[0]) or command[0]] + command[1:], timeout)
            count = report.read()
        if count:
            outcome.cost = int(count) / 1e6
        return outcome


def instruction_meter(choice):
    meters = {"perf": PerfMeter, "callgrind": CallgrindMeter, "qemu": QemuMeter}
    for name, meter in meters.items():
        if choice in ("auto", name) and meter.available():
            return meter()
    raise ValueError("--instructions needs a working perf stat, valgrind or qemu")


def find_workloads(places):
    files = []
    for place in places:
        path = pathlib.Path(place)
        if path.is_dir():
            files += sorted(path.glob("*.wasm"))
        elif path.is_file():
            files.append(path)
        else:
            raise ValueError(f"no such workload: {place}")
    if not files:
        raise ValueError("no .wasm files in " + ", ".join(map(str, places)))
    return files


def disagreement(wasm, engines, outcomes, ignored):
    """Text that says how outcomes differ from the first engine's, or None."""
    def relevant(output):
        return re.sub(ignored.encode(), b"", output, flags=re.M) if ignored else output

    first = outcomes[0]
    for engine, outcome in zip(engines, outcomes):
        if (outcome.exit_code != first.exit_code
                or relevant(outcome.output) != relevant(first.output)):
            lines = [f"{wasm.name}: {engines[0].name} and {engine.name} disagree"]
            for e, o in ((engines[0], first), (engine, outcome)):
                text = o.output.decode(errors="replace").strip()
                lines.append(f"  {e.name}: exit code {o.exit_code}, output {text[:200]!r}")
                if o.message.strip():
                    lines.append(f"    standard error: {o.message.strip()[:300]!r}")
            return "\n".join(lines)
    return None


def compare_workload(wasm, engines, baseline, meter, options):
    """Runs one workload in all engines; its record, or an error text."""
    arguments = [f"/{options.divide}"] if options.divide > 1 else []
    arguments += options.argument
    costs = {engine.name: [] for engine in engines}
    peaks = {engine.name: 0 for engine in engines}
    for _ in range(options.runs):
        outcomes = [meter.measure(engine.command(wasm, arguments), options.timeout)
                    for engine in engines]
        text = disagreement(wasm, engines, outcomes, options.ignore)
        if text:
            return None, text
        if outcomes[0].exit_code != 0 and not options.any_exit_code:
            return None, (f"{wasm.name}: exit code {outcomes[0].exit_code} in every engine"
                          f" (--any-exit-code accepts it)")
        for engine, outcome in zip(engines, outcomes):
            if outcome.cost is None:
                return None, f"{wasm.name}: {engine.name}: {meter.describe()} reported nothing"
            costs[engine.name].append(max(outcome.cost, 1e-6))
            peaks[engine.name] = max(peaks[engine.name], outcome.peak_kib)
    record = {"workload": wasm.stem, "output": outcomes[0].output.decode(errors="replace"),
              "exit_code": outcomes[0].exit_code, "engines": {}}
    for engine in engines:
        ratios = [cost / base for cost, base in zip(costs[engine.name], costs[baseline])]
        record["engines"][engine.name] = {
            "costs": costs[engine.name], "median": statistics.median(costs[engine.name]),
            "ratio": statistics.median(ratios), "ratio_min": min(ratios),
            "ratio_max": max(ratios), "peak_kib": peaks[engine.name]}
    return record, None


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))


def print_row(name, base, cells):
    print(f"{name:<22}{base:>10}" + "".join(f"{cell:>24}" for cell in cells), flush=True)


def print_record(record, baseline, others):
    cells = []
    for name in others:
        e = record["engines"][name]
        cells.append(f"{e['ratio']:.3f} ({e['ratio_min']:.2f}-{e['ratio_max']:.2f})")
    print_row(record["workload"], f"{record['engines'][baseline]['median']:.3f}", cells)


def parse_engines(options):
    engines = []
    for i, text in enumerate(options.mote):
        name, equals, path = text.rpartition("=")
        if not equals:
            name = "mote" if i == 0 else f"mote{i + 1}"
        engines.append(Engine(name, f"{shlex.quote(path)} run {{}}"))
    for text in options.engine:
        name, equals, command = text.partition("=")
        if not equals:
            raise ValueError(f"--engine wants NAME=COMMAND, got {text!r}")
        engines.append(Engine(name, command))
    names = [engine.name for engine in engines]
    if len(engines) < 2:
        raise ValueError("nothing to compare: give --mote and at least one --engine")
    if len(set(names)) != len(names):
        raise ValueError("two engines have the same name")
    baseline = options.baseline or names[min(len(options.mote), len(names) - 1)]
    if baseline not in names:
        raise ValueError(f"--baseline {baseline}: no such engine")
    return engines, baseline


def parse_options(argv):
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mote", action="append", default=[], metavar="[NAME=]PATH",
                        help="a mote command; may be given several times, with names")
    parser.add_argument("--engine", action="append", default=[], metavar="NAME=COMMAND",
                        help="a command line in which {} stands for the .wasm file")
    parser.add_argument("--baseline", metavar="NAME", help="whose cost is 1 (first --engine)")
    parser.add_argument("--workloads", nargs="+", metavar="PLACE",
                        default=["build/workloads"], help="files, or folders of .wasm files")
    parser.add_argument("--runs", type=int, default=5, help="rounds (5)")
    parser.add_argument("--divide", type=int, default=1, metavar="N",
                        help="run the Nth part of each workload's iterations")
    parser.add_argument("--argument", action="append", default=[], help="passed to the guests")
    parser.add_argument("--ignore", metavar="REGEX",
                        help="parts of the output that may differ, such as measured times")
    parser.add_argument("--timeout", type=float, default=120, help="seconds for one run (120)")
    parser.add_argument("--any-exit-code", action="store_true",
                        help="accept a workload that fails in the same way everywhere")
    measure = parser.add_mutually_exclusive_group()
    measure.add_argument("--user-time", dest="measure", action="store_const", const="user",
                         default="user", help="seconds in user mode (the default)")
    measure.add_argument("--cpu-time", dest="measure", action="store_const", const="cpu",
                         help="seconds in user mode and in the kernel")
    measure.add_argument("--wall-time", dest="measure", action="store_const", const="wall",
                         help="seconds on the clock")
    measure.add_argument("--instructions", nargs="?", const="auto",
                         choices=["auto", "perf", "callgrind", "qemu"],
                         help="count instructions instead: these ratios repeat")
    parser.add_argument("--json", metavar="OUT", help="write all figures")
    parser.add_argument("--chart", metavar="OUT", help="write a chart: .svg, or .png (matplotlib)")
    options = parser.parse_args(argv)
    if options.runs < 1 or options.divide < 1:
        raise ValueError("--runs and --divide start at 1")
    return options


def compare(options):
    engines, baseline = parse_engines(options)
    meter = (instruction_meter(options.instructions) if options.instructions
             else TimeMeter(options.measure))
    if options.chart:
        chart.check(options.chart)
    workloads = find_workloads(options.workloads)
    others = [engine.name for engine in engines if engine.name != baseline]

    print(f"{meter.describe()} relative to {baseline}, {options.runs} rounds, median (min-max)")
    print_row("workload", f"{baseline} {meter.unit}", others)
    records, errors = [], []
    for wasm in workloads:
        record, error = compare_workload(wasm, engines, baseline, meter, options)
        if error:
            errors.append(error)
            print(error, flush=True)
            continue
        records.append(record)
        print_record(record, baseline, others)
    means = {name: geometric_mean([r["engines"][name]["ratio"] for r in records])
             for name in others} if records else {}
    if records:
        print_row("geometric mean", f"of {len(records)}", [f"{means[n]:.3f}" for n in others])

    report = {"measure": meter.describe(), "unit": meter.unit, "baseline": baseline,
              "rounds": options.runs, "divide": options.divide, "machine": platform.machine(),
              "system": platform.system(), "processors": os.cpu_count(),
              "geometric_mean": means, "workloads": records, "errors": errors}
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(report, indent=1) + "\n")
    if options.chart and records:
        chart.write(report, others, options.chart)
    if errors:
        print(f"{len(errors)} of {len(workloads)} workloads are in error")
        return kDisagreement
    return 0


def main(argv):
    try:
        return compare(parse_options(argv))
    except (ValueError, FileNotFoundError) as problem:
        print(f"compare.py: {problem}", file=sys.stderr)
        return kUsage


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

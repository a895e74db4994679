#!/usr/bin/env python3
"""Flash and RAM of Mote, and of other engines where you have built them, on microcontrollers.

    bench/footprint/run.py [--peer NAME:TARGET:FILE[:PATTERN]]... [TARGET...]

Builds and runs the firmware of footprint.cpp in QEMU and prints "target metric value", with the
budget where there is one:

    flash_vm                bytes of code and constants of the engine that the hello firmware links
    flash_vm_libraries      the same with what it pulls in of libc, libm and libgcc
    flash_firmware          the whole hello firmware, port and module included
    flash_wasi              what WASI adds to that firmware: its functions, what they need of the
                            port and of libraries
    flash_wasi_files        what files add to WASI, without the file port
    static_vm               bytes of .data and .bss of the engine
    static_firmware         of the whole firmware
    stack_load, stack_run   native stack, most of all modules, below the caller of Mote
    X_arena                 the smallest buffer with which module X loads and runs, guest stack and
                            touched linear memory included
    X_load_peak             the most that loading takes of it
    X_guest_stack           the smallest guest stack
    X_ram                   all RAM: X_arena, static_firmware, and the native stack from its start
    X_code_per_wasm_byte    translated code in RAM for each byte of function bodies, with the map
                            for the offsets of traps
    X_code_per_wasm_byte_without_map

Modules: add, hello (unmodified, one page of 64 KiB), medium (2.5 KB) and coremark_class (7 KB).

A peer is an ELF file with its linker map beside it (app.elf and app.map) or an archive, built by you
for TARGET. PATTERN is a regular expression for the names of its objects or archives in the map;
for wasm3 and wamr it is known. With --run-peers an ELF is also run; lines "name value" that it
prints become metrics. Peers can also be given in MOTE_BENCH_PEERS, separated by spaces.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

import linker_map

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "mcu"))
import targets  # noqa: E402

MODULES = ["add", "hello", "medium", "coremark_class"]
PEER_PATTERNS = {
    "wasm3": r"(lib)?(m3|wasm3)(_\w+)?\.(c\.)?(a|o|obj)$|^(bind|code|compile|core|env|exec|function"
    r"|info|module|parse|validate)\.o$",
    "wamr": r"^lib(iwasm|vmlib)\.a$|^(wasm|bh|ems|invokeNative)\w*\.(c\.|s\.)?(o|obj)$",
}


def firmware_of(target, module):
    return target.build_dir / "bench" / "footprint" / f"mote_bench_footprint_{module}.elf"


def flash(target):
    """Flash and static RAM, from the map of the hello firmware."""
    elf = firmware_of(target, "hello")
    sizes = linker_map.parse(elf.with_suffix(".map"))
    vm = linker_map.totals(sizes, lambda file: linker_map.library_of(file) == "libmote.a")
    libraries = linker_map.totals(sizes, linker_map.is_library)
    if vm[0] == 0:
        raise targets.Failure(f"{elf.with_suffix('.map')} names nothing of libmote.a")
    symbols = targets.symbols(target, elf)
    # What the map says must be what the linker wrote, alignment aside.
    everything = linker_map.totals(sizes, lambda file: True)[0]
    if not 0.99 * symbols["mote_flash_used"] <= everything <= symbols["mote_flash_used"]:
        raise targets.Failure(f"{everything} bytes in the map, not {symbols['mote_flash_used']}")
    static = symbols["mote_bss_end"] - symbols["mote_data_begin"]
    return [
        ("flash_vm", vm[0]),
        ("flash_vm_libraries", vm[0] + libraries[0]),
        ("flash_firmware", symbols["mote_flash_used"]),
        ("static_vm", vm[1]),
        ("static_firmware", static),
    ]


def flash_of_wasi(target):
    """What WASI, and its files, add to the flash of the hello firmware."""

    def used(firmware):
        elf = firmware_of(target, firmware)
        disk = linker_map.totals(
            linker_map.parse(elf.with_suffix(".map")),
            lambda file: linker_map.library_of(file) == "libmote_ram_disk.a",
        )[0]
        return targets.symbols(target, elf)["mote_flash_used"] - disk

    hello, wasi, files = used("hello"), used("hello_wasi"), used("hello_wasi_files")
    return [("flash_wasi", wasi - hello), ("flash_wasi_files", files - wasi)]


def ram(target, module, static):
    found = targets.metrics_of(targets.run_firmware(target, firmware_of(target, module)))
    code, offset_map = found["code_bytes"], found["offset_map_bytes"]
    metrics = [
        (f"{module}_arena", found["arena"]),
        (f"{module}_load_peak", found["load_peak"]),
        (f"{module}_guest_stack", found["guest_stack"]),
        (f"{module}_ram", found["arena"] + static + found["stack_whole"]),
        (f"{module}_code_per_wasm_byte", code / found["function_bytes"]),
        (f"{module}_code_per_wasm_byte_without_map", (code - offset_map) / found["function_bytes"]),
    ]
    return found["stack_load"], found["stack_run"], metrics


def measure(target, peers, run_peers):
    targets.build(target, "mote_bench_footprint")
    targets.show(target.preset, "toolchain", targets.toolchain(target))
    metrics = flash(target) + flash_of_wasi(target)
    static = dict(metrics)["static_firmware"]
    stack_load = stack_run = 0
    of_modules = []
    for module in MODULES:
        load, run, more = ram(target, module, static)
        stack_load, stack_run = max(load, stack_load), max(run, stack_run)
        of_modules += more
    metrics += [("stack_load", stack_load), ("stack_run", stack_run), *of_modules]
    for metric, value in metrics:
        targets.show(target.preset, metric, value)
    for peer in peers:
        if peer.target == target.preset:
            peer.show(target, run_peers)


class Peer:
    def __init__(self, text):
        fields = text.split(":", 3)
        if len(fields) < 3:
            raise ValueError(f"{text}: expected NAME:TARGET:FILE[:PATTERN]")
        self.name, self.target, file = fields[:3]
        self.file = Path(file)
        pattern = fields[3] if len(fields) == 4 else PEER_PATTERNS.get(self.name)
        if pattern is None and self.file.suffix != ".a":
            raise ValueError(f"{text}: a pattern is needed for {self.name}")
        self.pattern = re.compile(pattern or "")

    def show(self, target, run):
        if self.file.suffix == ".a":
            metrics = self.of_archive(target)
        else:
            metrics = self.of_map()
            if run:
                output = targets.run_firmware(target, self.file)
                metrics += sorted(targets.metrics_of(output).items())
        for metric, value in metrics:
            targets.show(target.preset, f"{self.name}_{metric}", value, budgets=False)

    def of_map(self):
        map_file = self.file.with_suffix(".map")
        sizes = linker_map.parse(map_file)
        vm = linker_map.totals(
            sizes,
            lambda file: not linker_map.is_library(file)
            and (
                self.pattern.search(linker_map.library_of(file))
                or self.pattern.search(file.split("/")[-1])
            ),
        )
        if vm[0] == 0:
            raise targets.Failure(f"{map_file} names nothing that matches {self.pattern.pattern}")
        libraries = linker_map.totals(sizes, linker_map.is_library)
        return [
            ("flash_vm", vm[0]),
            ("flash_vm_libraries", vm[0] + libraries[0]),
            ("static_vm", vm[1]),
        ]

    def of_archive(self, target):
        """All members, used or not."""
        listing = subprocess.run(
            [target.tools + "size", "-t", str(self.file)], capture_output=True, text=True, check=True
        ).stdout
        text, data, bss = map(int, listing.splitlines()[-1].split()[:3])
        return [("archive_flash", text + data), ("archive_static", data + bss)]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    targets.add_arguments(parser)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME:TARGET:FILE[:PATTERN]")
    parser.add_argument("--run-peers", action="store_true")
    arguments = parser.parse_args()
    try:
        peers = [Peer(p) for p in arguments.peer + os.environ.get("MOTE_BENCH_PEERS", "").split()]
    except (ValueError, re.error) as error:
        parser.error(str(error))
    return targets.measure_all(
        arguments.targets, lambda target: measure(target, peers, arguments.run_peers)
    )


if __name__ == "__main__":
    sys.exit(main())

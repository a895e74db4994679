"""The microcontrollers that are measured: presets, boards, compilers; building and running firmware.

Shared by bench/mcu/run.py and bench/footprint/run.py.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT = 600  # seconds for one firmware; a run takes seconds


class Target:
    def __init__(self, preset, qemu, machine, tools):
        self.preset = preset
        self.qemu = qemu
        self.machine = machine
        self.tools = tools  # prefix of compiler and binutils

    @property
    def build_dir(self):
        return ROOT / "build" / self.preset


# Machine: the one that bench/guests/CMakeLists.txt links the firmware for.
TARGETS = [
    Target("cortex-m0", "qemu-system-arm", "mps2-an385", "arm-none-eabi-"),
    Target("cortex-m3", "qemu-system-arm", "mps2-an385", "arm-none-eabi-"),
    Target("cortex-m4f", "qemu-system-arm", "mps2-an386", "arm-none-eabi-"),
    Target("cortex-m4f-small", "qemu-system-arm", "mps2-an386", "arm-none-eabi-"),
    Target("cortex-m4f-standard", "qemu-system-arm", "mps2-an386", "arm-none-eabi-"),
    Target("cortex-m33", "qemu-system-arm", "mps2-an505", "arm-none-eabi-"),
    Target("rv32", "qemu-system-riscv32", "virt", "riscv64-unknown-elf-"),
]

# What the design sets as budgets, for the target it names.
BUDGETS = {
    # The fast set of handlers, and the small one.
    ("cortex-m4f", "flash_vm"): 64 * 1024,
    ("cortex-m4f-small", "flash_vm"): 32 * 1024,
    ("cortex-m4f-small", "flash_vm_libraries"): 40 * 1024,
    ("cortex-m4f-small", "hello_ram"): 2048,
    ("cortex-m4f-small", "stack_run"): 400,
    ("cortex-m4f", "hello_ram"): 2048,
    ("cortex-m4f", "coremark_class_code_per_wasm_byte"): 2.0,
    ("cortex-m4f", "stack_run"): 400,
    ("cortex-m4f", "instructions_fib"): 1_800_000,
    ("cortex-m4f", "instructions_sieve"): 1_500_000,
    ("cortex-m4f", "instructions_crc32"): 1_600_000,
    ("cortex-m4f", "instructions_matmul"): 1_300_000,
    ("cortex-m4f", "instructions_load_coremark_class"): 900_000,
}


class Failure(Exception):
    pass


def first_line(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[0]


def find(names):
    return next((name for name in names if shutil.which(name)), None)


def missing(target):
    """Why the target cannot be measured here, or None."""
    needed = [target.tools + "g++", target.qemu, "cmake", "ninja"]
    absent = [name for name in needed if not shutil.which(name)]
    if not find(["clang-14", "clang"]):
        absent.append("clang")
    if not find(["wasm-ld-14", "wasm-ld"]):
        absent.append("wasm-ld")
    return "there is no " + ", ".join(absent) if absent else None


def missing_for_plugin(target):
    """Why instructions cannot be counted here although the target can be built, or None."""
    if not shutil.which(host_compiler()):
        return "there is no C compiler for the host"
    version = re.search(r"version (\d+)\.(\d+)", first_line([target.qemu, "--version"]))
    if version and int(version.group(1)) >= 9:
        return f"{target.qemu} {version.group(1)}.{version.group(2)} refuses the plugin (7.2 does not)"
    return None


def package_version(package):
    if not shutil.which("dpkg-query"):
        return "?"
    result = subprocess.run(
        ["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True
    )
    return result.stdout.strip() or "?"


def toolchain(target):
    """One word that names everything outside the project that numbers depend on."""
    gcc = first_line([target.tools + "gcc", "-dumpfullversion"])
    clang = re.search(r"version (\S+)", first_line([find(["clang-14", "clang"]), "--version"]))
    cache = (target.build_dir / "CMakeCache.txt").read_text()
    libc = re.search(r"^MOTE_LIBC_SPECS:\w+=(\w+)", cache, re.MULTILINE)
    family = "arm-none-eabi" if target.tools.startswith("arm") else "riscv64-unknown-elf"
    name = libc.group(1) if libc else "picolibc"
    package = {"picolibc": f"picolibc-{family}", "nano": f"libnewlib-{family}"}.get(name, name)
    return f"gcc-{gcc},{package}-{package_version(package)},guests-clang-{clang.group(1)}"


def run_tool(command, log):
    """Runs a build step; its output goes to the file `log` and is shown if the step fails."""
    with open(log, "a") as out:
        code = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT).returncode
    if code != 0:
        tail = Path(log).read_text().splitlines()[-30:]
        raise Failure(f"{' '.join(map(str, command))} ended with {code}\n" + "\n".join(tail))


def build(target, cmake_target):
    target.build_dir.mkdir(parents=True, exist_ok=True)
    log = target.build_dir / f"{cmake_target}.log"
    log.write_text("")
    # Fresh: nothing is left over from how the folder was configured before.
    options = os.environ.get("MOTE_BENCH_CMAKE", "").split()
    run_tool(
        ["cmake", "--fresh", "--preset", target.preset, "-DMOTE_BUILD_BENCH=ON", *options], log
    )
    run_tool(["cmake", "--build", "--preset", target.preset, "--target", cmake_target], log)


def run_firmware(target, elf, extra=()):
    """Runs firmware in QEMU and returns what it printed. Raises Failure unless it exits with 0."""
    command = [target.qemu, "-M", target.machine, "-nographic", "-monitor", "none"]
    command += ["-serial", "none", "-semihosting-config", "enable=on,target=native"]
    if target.machine == "virt":
        command += ["-bios", "none"]
    command += [*extra, "-kernel", str(elf)]
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT,
        )
    except subprocess.TimeoutExpired as error:
        raise Failure(f"{elf} did not end within {TIMEOUT} s") from error
    output = result.stdout.decode(errors="replace")
    if result.returncode != 0:
        raise Failure(f"{elf} ended with {result.returncode}:\n{output}")
    return output


def metrics_of(output):
    """The lines "name number" of a firmware's output."""
    found = {}
    for line in output.splitlines():
        match = re.fullmatch(r"(\w+) (\d+)", line)
        if match:
            found[match.group(1)] = int(match.group(2))
    return found


def symbols(target, elf):
    """Names and values of the symbols of an ELF file."""
    listing = subprocess.run(
        [target.tools + "nm", str(elf)], capture_output=True, text=True, check=True
    ).stdout
    found = {}
    for line in listing.splitlines():
        fields = line.split()
        if len(fields) == 3:
            found[fields[2]] = int(fields[0], 16)
    return found


def show(target_name, metric, value, budgets=True, out=sys.stdout):
    """Prints "target metric value", and what the value should be at most."""
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    budget = BUDGETS.get((target_name, metric)) if budgets else None
    note = ""
    if budget is not None:
        note = f"  # budget {budget}: {'met' if value <= budget else 'NOT MET'}"
    print(f"{target_name} {metric} {text}{note}", file=out, flush=True)


def add_arguments(parser):
    parser.add_argument(
        "targets",
        nargs="*",
        metavar="TARGET",
        help="one of " + ", ".join(t.preset for t in TARGETS) + "; all by default",
    )


def measure_all(names, measure, missing_more=lambda target: None):
    """Calls measure(target) for the named targets, unless something is missing for it. Returns the
    exit code: 1 if one failed."""
    known = {target.preset: target for target in TARGETS}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"unknown target: {', '.join(unknown)}", file=sys.stderr)
        return 2
    failed = False
    for target in [known[name] for name in names] or TARGETS:
        reason = missing(target) or missing_more(target)
        if reason:
            print(f"# skipped {target.preset}: {reason}", flush=True)
            continue
        try:
            measure(target)
        except (Failure, subprocess.CalledProcessError, OSError) as error:
            print(f"# failed {target.preset}: {str(error).splitlines()[0]}", flush=True)
            print(error, file=sys.stderr)
            failed = True
    return 1 if failed else 0


def temporary_directory():
    return tempfile.TemporaryDirectory(prefix="mote-bench-")


def host_compiler():
    return os.environ.get("CC") or find(["cc", "gcc", "clang"]) or "cc"

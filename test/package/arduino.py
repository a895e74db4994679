#!/usr/bin/env python3
"""Makes the library for Arduino and has it compiled, with its example, by arduino-builder (what the IDE 1.8 runs)
for a platform that stands in for a board's: this machine. The example is run.

    arduino.py WORK CMAKE CXX

Where there is no arduino-builder, the same is done as it does it: all that lies in src/ is compiled, with src/ as
the only folder for headers. With arm-none-eabi-g++, the library is also compiled for a Cortex-M4F, for which flags
would matter that a library for Arduino cannot set.
"""

import re
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
HARDWARE = HERE / "arduino/hardware"
CATEGORIES = {"Display", "Communication", "Signal Input/Output", "Sensors", "Device Control", "Timing",
              "Data Storage", "Data Processing", "Other"}
BLINK = "digitalWrite 13 1\ndelay 500\ndigitalWrite 13 0\ndelay 500\n"
EXPECTED = "begin 115200\npinMode 13 1\n" + 2 * BLINK


def check(holds, text):
    if not holds:
        sys.exit(f"arduino: {text}")


def run(*command, **more):
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, **more)
    check(result.returncode == 0, f"{command} ended with {result.returncode}:\n{result.stdout}")
    return result.stdout


def check_layout(library):
    """What the specification of libraries, revision 2.2, asks for."""
    lines = [line.split("=", 1) for line in (library / "library.properties").read_text().splitlines() if line]
    check(all(len(line) == 2 for line in lines), "library.properties has a line without =")
    properties = dict(lines)
    for name in ("name", "version", "author", "maintainer", "sentence", "paragraph", "category", "url",
                 "architectures"):
        check(properties.get(name), f"library.properties has no {name}")
    check(properties["name"] == library.name, "the folder and the library have different names")
    check(properties["category"] in CATEGORIES, "there is no such category")
    version = re.search(r"project\(mote VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    check(properties["version"] == version, f"library.properties does not say version {version}")
    for header in properties["includes"].split(","):
        check((library / "src" / header).is_file(), f"src/{header} is missing")
    text = (ROOT / "cmake/sources.cmake").read_text()
    wanted = {name for part in re.findall(r"^set\(MOTE_\w+_SOURCES\n(.*?)\)", text, re.S | re.M)
              for name in part.split()}
    found = {str(file.relative_to(library / "src")) for file in library.rglob("*")
             if file.suffix in (".c", ".cpp", ".cc", ".S")}
    check(found == wanted, f"other files than cmake/sources.cmake: {sorted(found ^ wanted)}")
    with zipfile.ZipFile(library.parent / "Mote.zip") as archive:
        packed = {name for name in archive.namelist() if not name.endswith("/")}
    lie_there = {f"Mote/{file.relative_to(library)}" for file in library.rglob("*") if file.is_file()}
    check(packed == lie_there, f"Mote.zip has other files: {sorted(packed ^ lie_there)}")
    return sorted(found)


def build_as_arduino_does(library, files, work, compiler):
    """Returns the program."""
    core = HARDWARE / "mote/standin/cores/standin"
    flags = ["-c", "-O0", "-std=gnu++17", "-ffunction-sections", "-fdata-sections", "-fno-exceptions", "-fno-rtti",
             "-fno-threadsafe-statics", "-w", "-DMOTE_ENCODING=1", "-DMOTE_DISPATCH=2", "-DMOTE_HANDLERS=1",
             f"-I{core}", f"-I{library / 'src'}"]
    sketch = library / "examples/Blink/Blink.ino"
    main = work / "Blink.ino.cpp"
    main.write_text(f'#include <Arduino.h>\n#line 1 "{sketch}"\n{sketch.read_text()}')
    sources = [main, core / "main.cpp"] + [library / "src" / file for file in files]
    objects = [work / f"{number}.o" for number in range(len(sources))]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: run(compiler, *flags, f"-I{sketch.parent}", pair[0], "-o", pair[1]),
                      zip(sources, objects)))
    archive = work / "Mote.a"
    archive.unlink(missing_ok=True)
    run("ar", "rcs", archive, *objects[2:])
    run(compiler, "-Wl,--gc-sections", "-o", work / "Blink", *objects[:2], archive)
    return work / "Blink"


def build_with_arduino(library, work, compiler):
    """Returns the program."""
    run("arduino-builder", "-compile", "-hardware", "/usr/share/arduino-builder", "-hardware", HARDWARE,
        "-tools", "/usr/bin", "-libraries", library.parent, "-fqbn", "mote:standin:host", "-build-path", work,
        f"-prefs=compiler.cxx={compiler}", library / "examples/Blink/Blink.ino")
    return work / "Blink.ino.elf"


def check_arm(library, files, work):
    source = library / "src"
    flags = ["-std=gnu++17", "-Os", "-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard",
             "-fno-exceptions", "-fno-rtti", "-w", "--specs=picolibc.specs", f"-I{source}"]
    # Where a product and a sum in one expression could become one operation, which WebAssembly does not have.
    arithmetic = [file for file in files if file.startswith("interp/")]
    rest = [source / file for file in files if file not in arithmetic]
    run("arm-none-eabi-g++", *flags, "-fsyntax-only", *rest)
    for file in arithmetic:
        run("arm-none-eabi-g++", *flags, "-c", source / file, "-o", work / "arm.o")
        fused = re.findall(r"\bvf?n?m[al][as]?\.f\w+.*|\bvfn?m[as].*",
                           run("arm-none-eabi-objdump", "-d", work / "arm.o"))
        check(not fused, f"{file} has fused operations: {fused[:3]}")


def main():
    work, cmake, compiler = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    shutil.rmtree(work, ignore_errors=True)
    build = work / "build"
    build.mkdir(parents=True)
    run(cmake, f"-DOUTPUT={work}/libraries", "-P", ROOT / "packaging/arduino/export.cmake")
    library = work / "libraries/Mote"
    files = check_layout(library)
    if shutil.which("arduino-builder"):
        how = "arduino-builder"
        program = build_with_arduino(library, build, compiler)
    else:
        how = "no arduino-builder: compiled as it does"
        program = build_as_arduino_does(library, files, build, compiler)
    printed = run(program)
    check(printed == EXPECTED, f"the example does something else:\n{printed}")
    if shutil.which("arm-none-eabi-g++"):
        check_arm(library, files, build)
        how += ", and for Cortex-M4F"
    print(f"arduino: {len(files)} files ({how})")


main()

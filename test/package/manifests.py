#!/usr/bin/env python3
"""Checks the manifests of package managers against each other and against cmake/sources.cmake.

    manifests.py [--compile CXX WORK]

With --compile, what library.json names is compiled with its flags, and a program that uses it is run.
"""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def check(holds, text):
    if not holds:
        sys.exit(f"manifests: {text}")


def cmake_sources():
    text = (ROOT / "cmake/sources.cmake").read_text()
    lists = re.findall(r"^set\(MOTE_\w+_SOURCES\n(.*?)\)", text, re.S | re.M)
    check(len(lists) == 2, "cmake/sources.cmake has other lists than expected")
    return sorted(name for part in lists for name in part.split())


def main():
    version = re.search(r"project\(mote VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
    library = json.loads((ROOT / "library.json").read_text())
    port = json.loads((ROOT / "packaging/vcpkg/ports/mote/vcpkg.json").read_text())
    conan = ast.parse((ROOT / "conanfile.py").read_text())
    fields = {
        node.targets[0].id: node.value.value
        for node in ast.walk(conan)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
    }
    component = re.search(r'^version: "(.*)"', (ROOT / "idf_component.yml").read_text(), re.M)[1]
    arduino = (ROOT / "packaging/arduino/library.properties").read_text()
    versions = {
        "library.properties": re.search(r"^version=(.*)", arduino, re.M)[1],
        "library.json": library["version"],
        "vcpkg.json": port["version"],
        "conanfile.py": fields.get("version"),
        "idf_component.yml": component,
    }
    for name, found in versions.items():
        check(found == version, f"{name} says version {found}, CMakeLists.txt {version}")

    # PlatformIO compiles what is below src/ but for what the filter leaves out.
    left_out = re.findall(r"-<(.*?)>", " ".join(library["build"]["srcFilter"]))
    files = sorted(
        str(file.relative_to(ROOT / "src"))
        for file in (ROOT / "src").rglob("*.cpp")
        if not any(str(file.relative_to(ROOT / "src")).startswith(part) for part in left_out)
    )
    check(files == cmake_sources(), "library.json compiles other files than cmake/sources.cmake: "
          f"{sorted(set(files) ^ set(cmake_sources()))}")
    check((ROOT / "include" / library["headers"]).is_file(), "library.json names a missing header")

    if len(sys.argv) > 1:
        compiler, work = sys.argv[2], Path(sys.argv[3])
        work.mkdir(parents=True, exist_ok=True)
        # A small engine: that of microcontrollers.
        flags = library["build"]["flags"] + ["-O1", "-Iinclude", "-DMOTE_ENCODING=1",
                                             "-DMOTE_DISPATCH=2", "-DMOTE_HANDLERS=1"]
        program = work / "plain"
        subprocess.run([compiler, *flags, *(f"src/{file}" for file in files),
                        "test/package/main.cpp", "-o", program], cwd=ROOT, check=True)
        subprocess.run([program], check=True)
    print(f"manifests: {len(files)} files, version {version}")


main()

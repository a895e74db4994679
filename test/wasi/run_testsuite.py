#!/usr/bin/env python3
"""Runs the public conformance suite for WASI preview 1 with the mote command.

    run_testsuite.py MOTE [FOLDER]

FOLDER, or the variable MOTE_WASI_TESTSUITE, is a checkout of github.com/WebAssembly/wasi-testsuite,
branch prod/testsuite-base, which has the tests as .wasm files. Each is run in a fresh copy of the
folder that it asks for. The last line is "N passed, N failed, N skipped"; ends with 0 only if nothing
failed and something passed. Without a folder, says that it is skipped.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile


def read_specification(wasm):
    """What the test wants: in the older form of the suite, or as a list of operations."""
    path = wasm.with_suffix(".json")
    given = json.loads(path.read_text()) if path.exists() else {}
    want = {"args": [], "env": {}, "root": None, "dirs": [], "exit_code": 0, "stdout": None}
    for operation in given.get("operations", []):
        kind = operation.get("type", "run")
        if kind == "run":
            want.update({k: operation[k] for k in ("args", "env", "root") if k in operation})
        elif kind == "wait":
            want["exit_code"] = operation.get("exit_code", 0)
        elif kind == "read" and operation.get("id", "stdout") == "stdout":
            want["stdout"] = operation.get("payload")
        else:
            return None
    want.update({k: v for k, v in given.items() if k in want})
    return want


def run_test(mote, wasm, want):
    """Returns what is wrong, or an empty string."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [mote, "run"]
        for folder in ([want["root"]] if want["root"] else []) + want["dirs"]:
            copy = pathlib.Path(scratch) / folder
            shutil.copytree(wasm.parent / folder, copy, symlinks=True)
            guest = "/" if folder == want["root"] else folder
            command += ["--dir", f"{copy}::{guest}"]
        for name, value in want["env"].items():
            command += ["--env", f"{name}={value}"]
        command += [str(wasm)] + want["args"]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return "does not end"
    output = done.stdout.decode(errors="replace")
    if done.returncode != want["exit_code"]:
        errors = done.stderr.decode(errors="replace").strip()
        return f"exit code {done.returncode} instead of {want['exit_code']}: {errors}"
    if want["stdout"] is not None and output != want["stdout"]:
        return f"printed {output!r} instead of {want['stdout']!r}"
    return ""


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    mote = sys.argv[1]
    where = sys.argv[2] if len(sys.argv) == 3 else os.environ.get("MOTE_WASI_TESTSUITE", "")
    if not where:
        print("SKIPPED: the WASI test suite is absent: set MOTE_WASI_TESTSUITE to its folder")
        return
    folder = pathlib.Path(where)
    passed = failed = skipped = 0
    for wasm in sorted(folder.glob("tests/*/testsuite/wasm32-wasip1/*.wasm")):
        name = f"{wasm.parts[-4]}/{wasm.stem}"
        want = read_specification(wasm)
        if want is None:
            skipped += 1
            print(f"skipped: {name}: asks for an operation that this does not know")
            continue
        wrong = run_test(mote, wasm, want)
        if wrong:
            failed += 1
            print(f"FAILED: {name}: {wrong}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


main()

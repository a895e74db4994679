#!/usr/bin/env python3
"""Tests run_docs.py with documents of its own: what passes, what fails, what is skipped."""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import run_docs

# What is tried: a document, and what the last line must be.
DOCUMENTS = {
    "commands, files and outputs": (
        "<!-- file a.txt -->\n```c\none\n```\n<!-- run -->\n```sh\ncat a.txt; cd /\n```\n"
        "<!-- output -->\n```\none\n```\n<!-- run -->\n```sh\npwd\n```\n<!-- output -->\n```\n/\n```\n",
        "5 passed, 0 failed, 0 skipped",
    ),
    "an output that differs": (
        "<!-- run -->\n```sh\necho 1\n```\n<!-- output -->\n```\n2\n```\n",
        "1 passed, 1 failed, 0 skipped",
    ),
    "an exit code that differs": ("<!-- run, exit 3 -->\n```sh\nexit 4\n```\n", "0 passed, 1 failed, 0 skipped"),
    "an exit code as said": ("<!-- run, exit 3 -->\n```sh\nexit 3\n```\n", "1 passed, 0 failed, 0 skipped"),
    "a block that nothing is said about": ("```sh\ntrue\n```\n", "0 passed, 1 failed, 0 skipped"),
    "text": ("```text\na drawing\n```\n", "0 passed, 0 failed, 0 skipped"),
    "a comment with text in between": ("<!-- run -->\nText.\n```sh\ntrue\n```\n", "0 passed, 1 failed, 0 skipped"),
    "not run, with a reason": ("<!-- not run: no board -->\n```sh\nfalse\n```\n", "0 passed, 0 failed, 1 skipped"),
    "not run, without a reason": ("<!-- not run -->\n```sh\nfalse\n```\n", "0 passed, 1 failed, 0 skipped"),
    "what follows a failure": (
        "<!-- run -->\n```sh\nfalse\n```\n<!-- run -->\n```sh\ntrue\n```\n",
        "0 passed, 1 failed, 1 skipped",
    ),
    "a tool that is absent": (
        "<!-- needs: no-such-tool -->\n<!-- run -->\n```sh\nno-such-tool\n```\n<!-- output -->\n```\nx\n```\n",
        "0 passed, 0 failed, 2 skipped",
    ),
    "a package that setup.sh does not know": (
        "<!-- packages -->\n```sh\nsudo apt-get install no-such-package\n```\n",
        "0 passed, 1 failed, 0 skipped",
    ),
    "not a part of the file": (
        "<!-- from examples/embed/main.cpp -->\n```cpp\nint nothing;\n```\n",
        "0 passed, 1 failed, 0 skipped",
    ),
}


def main():
    failed = 0
    for what, holds in (
        ("any lines", run_docs.matches(["a", "...", "d"], ["a", "b", "c", "d"], False)),
        ("numbers that are near", run_docs.matches(["n  100"], ["n 109"], True)),
        ("numbers that are far", not run_docs.matches(["n 100"], ["n 120"], True)),
        ("exact numbers", not run_docs.matches(["n 100"], ["n 101"], False)),
        ("other words", not run_docs.matches(["n 100"], ["m 100"], True)),
    ):
        if not holds:
            failed += 1
            print(f"FAILED: {what}")
    with tempfile.TemporaryDirectory() as folder:
        build = Path(folder) / "build"
        build.mkdir()
        (build / "mote").touch()
        document = Path(folder) / "document.md"
        for what, (text, expected) in DOCUMENTS.items():
            document.write_text(text)
            command = [sys.executable, str(run_docs.ROOT / "test/docs/run_docs.py"), "--mote", str(build)]
            done = subprocess.run(command + [str(document)], capture_output=True, text=True)
            last = done.stdout.splitlines()[-1]
            if last != expected or (done.returncode == 0) != (" 0 failed" in expected):
                failed += 1
                print(f"FAILED: {what}: {last} instead of {expected}, exit code {done.returncode}")
    print(f"{failed} failed")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

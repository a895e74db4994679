#!/usr/bin/env python3
"""Runs the code blocks of the documents as written, and compares what they print with what the
documents say that they print.

    test/docs/run_docs.py [--mote BUILD] [--keep FOLDER] [--update] [-v] [DOCUMENT...]

BUILD is a complete build of Mote (build/release). Documents: README.md and docs/, but for docs/design/,
unless some are named. Each one gets a fresh folder, which is also HOME, and in it a folder "mote" that
looks like the source tree with build/release in it. Its blocks run in order, as typed into one shell.

A comment before a block says what it is:

    <!-- run -->  <!-- run, exit 3 -->     commands
    <!-- output -->                        what the commands before have printed; a line "..." is any lines
    <!-- output, about -->                 the same; numbers may differ by a tenth, spaces do not count
    <!-- file NAME -->                     becomes a file
    <!-- from PATH -->                     is part of a file of the project
    <!-- packages -->                      installs, by names that scripts/setup.sh has: skipped
    <!-- not run: why -->                  skipped

and in between, not seen by readers:

    <!-- prepare (newline) commands -->    commands
    <!-- needs: NAME... -->                what follows is skipped if a command or a path is absent

A block without such a line fails, unless its language is "text". --update writes what was printed into the
documents. The last line is "N passed, N failed, N skipped", counted in blocks.
"""

import argparse
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MARK = re.compile(r"<!--\s*(run|output|file|from|packages|not run|prepare|needs)\b(.*?)-->\s*$", re.S)
FENCE = re.compile(r"^```(\S*)")
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
TIMEOUT = 600  # seconds for a block

# What a block is: its line in the document, what the comment says, its language and its text.
Block = collections.namedtuple("Block", "line kind detail language text first last")


def blocks_of(lines):
    """The blocks and hidden commands of a document, in order. `first` and `last` delimit the text."""
    mark = None
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("<!--"):
            end = at
            while "-->" not in lines[end] and end + 1 < len(lines):
                end += 1
            match = MARK.match("\n".join(lines[at : end + 1]))
            at = end + 1
            if match is None:
                continue
            kind, detail = match.group(1), match.group(2)
            if kind in ("prepare", "needs"):
                yield Block(end + 1, kind, detail.lstrip(":"), "", detail.strip() + "\n", 0, 0)
            else:
                mark = (kind, detail.strip(" ,:\n"))
            continue
        fence = FENCE.match(line)
        if fence is None:
            if line.strip():
                mark = None
            at += 1
            continue
        first = at + 1
        last = first
        while last < len(lines) and not lines[last].startswith("```"):
            last += 1
        kind, detail = mark or ("", "")
        text = "".join(part + "\n" for part in lines[first:last])
        yield Block(first, kind, detail, fence.group(1), text, first, last)
        mark = None
        at = last + 1


def same_line(expected, actual, about):
    if expected == actual:
        return True
    if not about or NUMBER.sub("#", expected) != NUMBER.sub("#", actual):
        return False
    pairs = zip(NUMBER.findall(expected), NUMBER.findall(actual))
    values = [(float(a.replace(",", "")), float(b.replace(",", ""))) for a, b in pairs]
    return all(abs(a - b) <= 0.1 * max(a, b) for a, b in values)


def matches(expected, actual, about):
    """Whether the lines are those expected, where "..." stands for any lines, even none. With
    `about`, numbers may differ by a tenth, and so may the spaces that align them."""
    if about:
        expected = [" ".join(line.split()) for line in expected]
        actual = [" ".join(line.split()) for line in actual]
    if not expected:
        return not actual
    if expected[0] == "...":
        return any(matches(expected[1:], actual[skipped:], about) for skipped in range(len(actual) + 1))
    return bool(actual) and same_line(expected[0], actual[0], about) and matches(expected[1:], actual[1:], about)


def lines_of(text):
    return [line.rstrip() for line in text.rstrip().splitlines()]


class Shell:
    """Runs commands in one folder after the other as one shell would: the folder and the exported
    variables stay."""

    def __init__(self, folder, build):
        self.folder = folder
        self.state = folder / ".state"
        tree = folder / "mote"
        (tree / "build").mkdir(parents=True)
        for entry in ROOT.iterdir():
            if entry.name not in (".git", "build"):
                (tree / entry.name).symlink_to(entry)
        (tree / "build/release").symlink_to(build)
        if (ROOT / "build/npm").exists():
            (tree / "build/npm").symlink_to(ROOT / "build/npm")
        # A clean environment, as on a system that has Debian's packages and no others.
        self.environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "NPM_CONFIG_UPDATE_NOTIFIER": "false",
        }
        for name, value in os.environ.items():
            if name.startswith("CCACHE_") or name.endswith("_COMPILER_LAUNCHER"):
                self.environment[name] = value
        self.environment.setdefault("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))

    def run(self, commands):
        """Exit code and what was printed."""
        script = (
            f'[[ -e "{self.state}" ]] && source "{self.state}"\n'
            f'trap \'{{ export -p; printf "cd %q\\n" "$PWD"; }} >"{self.state}"\' EXIT\n'
            f"set -eo pipefail\n{commands}"
        )
        try:
            done = subprocess.run(
                ["bash", "-c", script],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT,
            )
        except subprocess.TimeoutExpired as error:
            return -1, (error.stdout or b"").decode(errors="replace") + f"\n(stopped after {TIMEOUT} s)\n"
        return done.returncode, done.stdout.decode(errors="replace")

    def place(self):
        """The folder that the commands have gone to."""
        _, where = self.run("pwd")
        return Path(where.strip())

    def lacks(self, name):
        if name.startswith("/"):
            return not Path(name).exists()
        if name.startswith("mote/"):
            return not (self.folder / name).exists()
        return shutil.which(name, path=self.environment["PATH"]) is None


class Document:
    def __init__(self, path, options):
        self.path = path
        self.name = os.path.relpath(path, ROOT)
        self.options = options
        self.lines = path.read_text().splitlines()
        self.passed = 0
        self.failed = 0
        self.skips = collections.Counter()
        self.updates = []  # (first, last, lines), from the top
        self.printed = None  # by the commands before; None: they did not run
        self.absent = ""

    def fail(self, block, why):
        self.failed += 1
        print(f"FAILED: {self.name}:{block.line}: {why}")

    def skip(self, why):
        self.skips[why.replace(",", ";").replace(":", ";")] += 1

    def run(self, shell):
        broken = False
        for block in blocks_of(self.lines):
            if block.kind == "" and block.language == "text":
                continue
            if broken:
                self.skip("a block before it failed")
                continue
            if self.options.verbose:
                print(f"{self.name}:{block.line}: {block.kind} {block.detail}".rstrip(), flush=True)
            before = self.failed
            self.take(shell, block)
            broken = self.failed != before and block.kind in ("run", "prepare", "file")

    def take(self, shell, block):
        kind = block.kind
        if kind == "":
            self.fail(block, f"nothing says whether this block ({block.language or 'no language'}) is run")
        elif kind == "needs":
            self.absent = ", ".join(name for name in block.detail.split() if shell.lacks(name))
        elif kind == "not run":
            self.printed = None
            if block.detail:
                self.skip(block.detail)
            else:
                self.fail(block, "not run, and no reason given")
        elif kind == "packages":
            self.check_packages(block)
        elif kind == "from":
            self.check_part(block)
        elif self.absent:
            self.printed = None
            if kind != "prepare":
                self.skip(f"{self.absent} is absent")
        elif kind == "file":
            (shell.place() / block.detail).parent.mkdir(parents=True, exist_ok=True)
            (shell.place() / block.detail).write_text(block.text)
            self.passed += 1
        elif kind == "output":
            self.compare(block)
        else:
            self.execute(shell, block)

    def execute(self, shell, block):
        wanted = re.fullmatch(r"exit (\d+)", block.detail)
        if block.kind == "run" and block.detail and not wanted:
            self.fail(block, f'"run, {block.detail}" means nothing')
            return
        code, self.printed = shell.run(block.text)
        if code != (int(wanted.group(1)) if wanted and block.kind == "run" else 0):
            self.fail(block, f"ended with {code}")
            print("".join("    " + line + "\n" for line in lines_of(self.printed)[-40:]), end="")
            self.printed = None
        elif block.kind == "run":
            self.passed += 1

    def compare(self, block):
        if self.printed is None:
            self.skip("the commands before it are not run")
            return
        expected, actual = lines_of(block.text), lines_of(self.printed)
        if block.detail not in ("", "about"):
            self.fail(block, f'"output, {block.detail}" means nothing')
        elif matches(expected, actual, block.detail == "about"):
            self.passed += 1
        elif self.options.update:
            self.updates.append((block.first, block.last, actual))
            self.passed += 1
            print(f"updated: {self.name}:{block.line}")
        else:
            self.fail(block, "the commands before it print something else:")
            print("".join("    " + line + "\n" for line in actual), end="")

    def check_packages(self, block):
        known = set(re.findall(r"[a-z0-9][a-z0-9.+-]+", (ROOT / "scripts/setup.sh").read_text()))
        words = " ".join(re.sub(r"#.*", "", block.text).replace("\\\n", " ").split())
        names = [word for word in re.sub(r".*? install ", "", words).split() if not word.startswith("-")]
        unknown = [name for name in names if name not in known]
        if unknown or not names:
            self.fail(block, "scripts/setup.sh does not install " + (" ".join(unknown) or "this"))
        else:
            self.skip("installs packages; the tests install the same by name")

    def check_part(self, block):
        source = (ROOT / block.detail).read_text()
        if block.text and "\n" + block.text in "\n" + source:
            self.passed += 1
        else:
            self.fail(block, f"is not part of {block.detail}")

    def write_updates(self):
        for first, last, lines in reversed(self.updates):
            self.lines[first:last] = lines
        if self.updates:
            self.path.write_text("".join(line + "\n" for line in self.lines))


def all_documents():
    documents = [ROOT / "README.md"] + sorted((ROOT / "docs").rglob("*.md"))
    return [path for path in documents if ROOT / "docs/design" not in path.parents]


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mote", type=Path, default=ROOT / "build/release", metavar="BUILD")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the documents' folders in it")
    parser.add_argument("--update", action="store_true", help="write what was printed into the documents")
    parser.add_argument("-v", "--verbose", action="store_true", help="say what is run")
    parser.add_argument("documents", nargs="*", type=Path, metavar="DOCUMENT")
    options = parser.parse_args()
    build = options.mote.resolve()
    if not (build / "mote").exists():
        print(f"There is no complete build of Mote in {options.mote}: run cmake --preset release first.")
        print("0 passed, 1 failed, 0 skipped")
        return 1

    work = options.keep.resolve() if options.keep else Path(tempfile.mkdtemp(prefix="mote-docs-"))
    passed = failed = skipped = 0
    try:
        for path in [path.resolve() for path in options.documents] or all_documents():
            document = Document(path, options)
            folder = work / re.sub(r"[^A-Za-z0-9]+", "-", document.name.removesuffix(".md"))
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            document.run(Shell(folder, build))
            document.write_updates()
            skips = sum(document.skips.values())
            reasons = ", ".join(f"{why}: {count}" for why, count in sorted(document.skips.items()))
            print(
                f"{document.name}: {document.passed} passed, {document.failed} failed, {skips} skipped"
                + (f" ({reasons})" if reasons else ""),
                flush=True,
            )
            passed += document.passed
            failed += document.failed
            skipped += skips
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 0 if failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# Looks into the compiled engine: whether its handlers jump to one another, instead of calling.
"""tail_calls.py ARCHIVE: disassembles it with objdump.

clang promises tail calls (musttail), gcc 12 does not: a handler that calls the next one instead of
jumping to it works in a short program and overflows the native stack in a long one. So no handler
may contain an indirect call, which is what such a dispatch would be, nor call a function of the
dispatch; and no fused handler may call anything but memset, because saving registers around a call
is what pairs are there to avoid.

Exit code 77: there are no handlers that are functions, or no objdump (skipped).
"""

import re
import shutil
import subprocess
import sys

kSkipped = 77
# Mangled: the length of a name stands before it.
FUNCTION = re.compile(r"^[0-9a-f]+ <(\S*?\d(handler|fused)_[A-Z]\w*?)>:$")
ANY_FUNCTION = re.compile(r"^[0-9a-f]+ <")
CALL = re.compile(r"\tcallq?\s+(.*)$")
RELOCATION = re.compile(r"R_X86_64_\w+\t(\S+?)(?:[-+]0x[0-9a-f]+)?$")
DISPATCH = re.compile(r"\d(handler|fused|newer|on_trap|on_touch|on_check|on_second)_?")


def calls_of(archive):
    """(kind, function, what is called) of each call in a handler, and the number of handlers."""
    command = ["objdump", "-dr", "--no-show-raw-insn", archive]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    found, handlers = [], {"handler": 0, "fused": 0}
    function = kind = pending = None
    for line in process.stdout:
        line = line.rstrip("\n")
        if ANY_FUNCTION.match(line):
            match = FUNCTION.match(line)
            function, kind = (match.group(1), match.group(2)) if match else (None, None)
            if match:
                handlers[kind] += 1
            pending = None
            continue
        if function is None:
            continue
        call = CALL.search(line)
        if call:
            pending = len(found)
            # Without a relocation the name stands behind the address.
            name = re.search(r"<([^>@+]+)", call.group(1))
            found.append([kind, function, name.group(1) if name else call.group(1)])
            continue
        relocation = RELOCATION.search(line)
        if relocation and pending is not None:
            found[pending][2] = relocation.group(1)
        pending = None
    if process.wait() != 0:
        raise SystemExit(f"objdump failed for {archive}")
    return found, handlers


def is_wrong(kind, called):
    if called.startswith("*") or DISPATCH.search(called):
        return True
    return kind == "fused" and called != "memset"


def main():
    if not shutil.which("objdump"):
        print("skipped: there is no objdump")
        return kSkipped
    found, handlers = calls_of(sys.argv[1])
    if handlers["handler"] == 0:
        print("skipped: the handlers of this build are not functions")
        return kSkipped
    wrong = [(function, called) for kind, function, called in found if is_wrong(kind, called)]
    for function, called in wrong[:20]:
        print(f"{function} calls {called}")
    print(
        f"{handlers['handler']} handlers and {handlers['fused']} fused ones, "
        f"{len(found)} calls, {len(wrong)} of them wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

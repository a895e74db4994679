#!/usr/bin/env python3
# mote run --profile: that its numbers are right.
"""Usage: profile.py MOTE profile.wasm FOLDER yes|no

Numbers that are known otherwise: calls from the fuel that a run takes, turns of loops from arguments. In
builds that cannot profile ("no"), that the command says so.
"""

import pathlib
import re
import subprocess
import sys

ROW = re.compile(r" *(\d+) +([\d.]+) % +(\d+) +([\d.]+) % +(\d+)  function (\d+)(?: \"(.*)\")?")
PLACE = re.compile(r" *(\d+) +([\d.]+) %   function (\d+)(?: \"(.*)\")? at byte offset (\d+) \(\w+\): (.*)")


def fail(*what):
    sys.exit("FAILED: " + " ".join(map(str, what)))


def run(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


class Profile:
    def __init__(self, mote, module, folder, arguments, options=(), code=0):
        stacks = folder / "stacks.txt"
        end, self.output, errors = run(mote, "run", "--profile", "--profile-stacks", stacks, *options,
                                       "--invoke", arguments[0], module, *arguments[1:])
        if end != code:
            fail(arguments, "exit code", end, errors)
        self.errors = errors
        self.steps = int(re.search(r"^profile: (\d+) steps", errors, re.M)[1])
        rows = [ROW.fullmatch(line) for line in errors.splitlines()]
        self.functions = {row[7]: (int(row[1]), int(row[3]), int(row[5])) for row in rows if row}
        places = [PLACE.fullmatch(line) for line in errors.splitlines()]
        self.places = [(place[4], int(place[1]), place[6]) for place in places if place]
        lines = [line.rsplit(" ", 1) for line in stacks.read_text().splitlines()]
        self.stacks = {path: int(steps) for path, steps in lines}
        # The sums. Small guests have no more functions and instructions than are shown.
        sums = [sum(row[0] for row in self.functions.values()), sum(self.stacks.values())]
        if sums != [self.steps] * 2 or sum(each[1] for each in self.places) != self.steps:
            fail(arguments, "sums", sums, "of", self.steps, errors)
        for name, (own, with_callees, _) in self.functions.items():
            paths = [steps for path, steps in self.stacks.items() if name in path.split(";")]
            if sum(paths) != with_callees or with_callees < own:
                fail(arguments, name, "with callees", with_callees, "but", self.stacks)

    def calls(self, name):
        return self.functions[name][2]

    def most(self, function, text):
        return max(steps for name, steps, what in self.places if name == function and text in what)


def main():
    mote, module, folder, can_profile = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4]
    folder.mkdir(parents=True, exist_ok=True)
    if can_profile == "no":
        code, output, errors = run(mote, "run", "--profile", "--invoke", "fib", module, "5")
        if code != 64 or output or "not possible in this build" not in errors:
            fail("a profile in this build:", code, output, errors)
        print("this build cannot profile, and says so")
        return

    fib = Profile(mote, module, folder, ["fib", "15"])
    # Each call takes one of the fuel, and there is no loop.
    calls = fib.calls("fib")
    enough = run(mote, "run", "--fuel", calls, "--invoke", "fib", module, "15")
    less = run(mote, "run", "--fuel", calls - 2, "--invoke", "fib", module, "15")
    if (enough[0], less[0]) != (0, 4) or calls != 1973 or fib.output != "i32:610\n":
        fail("calls of fib", calls, enough, less)
    if fib.calls("begin") != 1 or fib.functions["fib"][1] + fib.functions["begin"][0] != fib.steps:
        fail("a function that calls itself", fib.errors)
    if "fib;fib;fib" not in fib.stacks or max(path.count(";") for path in fib.stacks) != 14:
        fail("who called whom", fib.stacks)

    # Stores that wait for memory count once.
    touch = Profile(mote, module, folder, ["touch", "1000"])
    if touch.most("touch", "i32.store") != 1000 or touch.calls("touch") != 1:
        fail("stores", touch.errors)

    # Through a table; a function that is called by another and by the first.
    many = Profile(mote, module, folder, ["many", "1000"])
    if (many.calls("leaf"), many.calls("twice")) != (1500, 500):
        fail("calls through a table", many.errors)
    if many.stacks["many;leaf"] * 2 != many.stacks["many;twice;leaf"]:
        fail("who called whom", many.stacks)
    plain = run(mote, "run", "--invoke", "many", module, "1000")
    if plain != (0, many.output, ""):
        fail("without a profile", plain)

    # The profile comes after what the guest printed, whatever its end.
    trap = Profile(mote, module, folder, ["trap"], code=3)
    if trap.calls("touch") != 1 or trap.output != "gpio: pin 1 = 1\n":
        fail("a trap", trap.output, trap.errors)
    fuel = Profile(mote, module, folder, ["touch", "1000"], ["--fuel", "100"], 4)
    if not 95 <= fuel.most("touch", "i32.store") <= 105:
        fail("out of fuel", fuel.errors)
    if Profile(mote, module, folder, ["once"]).calls("once") != 1:
        fail("an empty function")
    code, _, errors = run(mote, "run", "--profile-stacks", folder / "no/file", "--invoke", "once", module)
    if code != 74 or "cannot write" not in errors:
        fail("stacks that cannot be written", code, errors)
    print("fib: %d steps in %d calls" % (fib.steps, calls))


if __name__ == "__main__":
    main()

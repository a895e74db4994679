#!/usr/bin/env python3
"""docs/doxygen.cmake finds what is missing in the reference: a copy of the headers without some texts is
refused, with each of them named; and without changes it is not.

    reference_test.py SOURCE CMAKE DOXYGEN
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

# File, text, what it becomes, what is then complained about.
WITHOUT_TEXT = [
    ("mote/store.hpp", "  // the buffer as given", "", "Member total "),
    ("mote/config.hpp", "  // pointer-sized cells", "", "Member MOTE_ENCODING_WIDE "),
    ("mote/mote.h", "/* As an f64. */\n", "", "Member mote_as_f64("),
    ("mote/mote.h", "/* No limit of time. */\n", "", "Member MOTE_NO_DEADLINE "),
    ("mote/mote.h", " /* what now() gets */", "", "mote_run_limits is not documented"),
    ("mote/module.hpp", "  // Sizes and counts, see ModuleInfo.\n", "", "Member info("),
    ("mote/mote_wasi.h", "  /* how many names it has */", "", "Member links "),
    ("wasm.h", " /* which member of `of` counts */", "", "Member kind (variable) of struct wasm_val_t "),
    ("wasm.h", "/* elements */", "", "Member size (variable) of struct wasm_extern_vec_t "),
]
WITHOUT_FACTS = [
    ("mote/instance.hpp", "Calls take constant time and no memory where nothing else is said.", "",
     "memory_size does not say what it costs"),
    ("mote/image.hpp", "Fails like feed(), and", "And", "finish does not say how it fails (Error)"),
    ("mote/extern.hpp", "Whether it names anything.", "To be called.", "exists does not say how it fails (bool)"),
    ("mote/mote.h", "never NULL.", "", "mote_host_instance does not say how it fails (mote_instance*)"),
    ("wasm.h", "Constant time where nothing else is said.", "",
     "wasm_extern_kind does not say what it costs"),
    ("wasm.h", "whether both refer", "both refer", "wasm_func_same does not say how it fails (bool)"),
    ("wasm.h", "4.5.4; 7.1 module_instantiate", "", "wasm.h does not name module_instantiate"),
]


def check(source, cmake, doxygen, changes):
    """The output of the check of a copy with these changes, and its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "source"
        for part in ("include", "docs"):
            shutil.copytree(source / part, copy / part)
        for name, text, instead, _ in changes:
            path = copy / "include" / name
            before = path.read_text()
            if text not in before:
                sys.exit(f"{name} has no {text!r}: change this test, too")
            path.write_text(before.replace(text, instead))
        run = subprocess.run([cmake, f"-DDOXYGEN={doxygen}", f"-DSOURCE={copy}", f"-DOUTPUT={folder}/out",
                              "-P", copy / "docs/doxygen.cmake"], capture_output=True, text=True)
        return run.stdout + run.stderr, run.returncode


def main():
    source, cmake, doxygen = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    failures = 0
    output, code = check(source, cmake, doxygen, [])
    if code != 0:
        failures += 1
        print(f"the reference is not complete:\n{output}")
    for changes in (WITHOUT_TEXT, WITHOUT_FACTS):
        output, code = check(source, cmake, doxygen, changes)
        for name, text, _, complaint in changes:
            if code == 0 or complaint not in output:
                failures += 1
                print(f"without {text!r} in {name}: no complaint {complaint!r} (exit code {code})")
    print(f"{len(WITHOUT_TEXT) + len(WITHOUT_FACTS)} texts taken away, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

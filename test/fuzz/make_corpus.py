#!/usr/bin/env python3
# Makes a corpus for the fuzz targets load, run and image.
"""Usage: make_corpus.py OUT FOLDER...

Each module in the folders (the official suite, test/wat as built) that is below 4 KB becomes an input:
three bytes of choices and the module. Nothing of it is committed.
"""

import hashlib
import pathlib
import sys

LARGEST = 4096


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for folder in sys.argv[2:]:
        for file in sorted(pathlib.Path(folder).rglob("*.wasm")):
            data = file.read_bytes()
            if len(data) > LARGEST:
                continue
            name = hashlib.sha256(data).hexdigest()
            choices = bytes.fromhex(name[:6])
            (out / name[:16]).write_bytes(choices + data)
            count += 1
    print("%d inputs in %s" % (len(list(out.iterdir())), out))
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())

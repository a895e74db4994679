#!/usr/bin/env python3
"""include/wasm.h as Doxygen shall see it: wasm_h_filter.py FILE

Many of its functions come from macros that declare what types have in common, and others share a comment with
their group. This writes each declaration out, with the comments that are about it: its own (directly before it),
that of the macro it comes from, and that of its group, which is one with an empty line behind it. Numbers of lines
are those of what is written.
"""

import re
import sys

DECLARE = re.compile(r"(WASM_DECLARE_\w+)\((.*)\)$")


def read_macros(lines):
    """Name: (parameters, lines of the body, comment)."""
    macros, comment, i = {}, "", 0
    while i < len(lines):
        if lines[i].startswith("/* "):
            comment, i = take_comment(lines, i)
            continue
        found = re.match(r"#define (WASM_DECLARE_\w+)\(([^)]*)\)", lines[i])
        if found:
            body = []
            while lines[i].rstrip().endswith("\\"):
                i += 1
                body.append(lines[i].rstrip("\\ "))
            macros[found[1]] = ([p.strip() for p in found[2].split(",")], body, comment)
        i += 1
    return macros


def take_comment(lines, i):
    """The text of the comment that begins in line i, and the line behind it."""
    text = []
    while True:
        text.append(re.sub(r"^(/\* | \* | \*$)|\*/$", "", lines[i]).strip())
        i += 1
        if lines[i - 1].endswith("*/"):
            return "\n".join(text).strip(), i


def expand(macros, line):
    """(declaration, comment) of all that WASM_DECLARE_... declares."""
    name, arguments = DECLARE.match(line).groups()
    parameters, body, comment = macros[name]
    text = "\n".join(body)
    for parameter, argument in zip(parameters, [a.strip() for a in arguments.split(",")]):
        text = re.sub(rf"\s*##{parameter}##\s*", argument, text)
        text = re.sub(rf"##{parameter}\b", argument, text)
        text = re.sub(rf"\b{parameter}\b(?!_)", argument, text)
    declarations = r"\s*(WASM_DECLARE_\w+\([^)]*\)|typedef struct \w+ \{.*?\} \w+;|[^;]+;)"
    for part in re.findall(declarations, text, re.S):
        if part.startswith("WASM_DECLARE_"):
            yield from expand(macros, part)
        else:
            yield part, comment


def document(out, *comments):
    text = "\n\n".join(comment for comment in comments if comment)
    if text:
        out.append(f"/** {text} */")


def with_trailing(line):
    """A comment behind a field or an enumerator is about that."""
    return re.sub(r"^( +.*[,;}]) */\* (?!own)", r"\1 /**< ", line)


def ends(lines, i):
    """The line in which the declaration that begins in line i ends."""
    depth = 0
    while True:
        code = re.sub(r"/\*.*?\*/", "", lines[i])
        depth += code.count("{") - code.count("}")
        if depth == 0 and (code.rstrip().endswith(";") or code.rstrip() == "}" or
                           re.search(r"\{.*\}\s*$", code)) or code == "":
            return i
        i += 1


def main():
    lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
    macros = read_macros(lines)
    out, group, own, i = [], "", "", 0
    comment, i = take_comment(lines, 0)
    document(out, "@file\n" + comment)
    while i < len(lines):
        line = lines[i]
        if line.startswith("/* ----"):
            group, own, i = "", "", i + 1
        elif line.startswith("/* "):
            own, i = take_comment(lines, i)
            if lines[i] == "":
                group, own = own, ""
        elif DECLARE.match(line):
            for declaration, comment in expand(macros, line):
                document(out, comment, own, group)
                out += map(with_trailing, declaration.split("\n"))
            own, i = "", i + 1
        elif line.startswith(("WASM_API_EXTERN", "typedef", "static", "enum")):
            document(out, own, group)
            own, last = "", ends(lines, i)
            out += map(with_trailing, lines[i:last + 1])
            i = last + 1
        elif line.startswith("#define"):
            document(out, own, group)
            own = ""
            while line.endswith("\\"):
                out.append(line)
                i += 1
                line = lines[i]
            out.append(line)
            i += 1
        else:
            out.append(line)
            i += 1
    print("\n".join(out))


if __name__ == "__main__":
    main()

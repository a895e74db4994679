#!/usr/bin/env python3
"""Whether each public function says what it costs and how it fails.

    check_reference.py XML INCLUDE     the folders of Doxygen's XML, and of the headers

Says nothing about whether that is true. The rules:
- Cost: the comment says "cost" or "constant", or the class or the header has a rule for all that say
  nothing ("... constant time ... where ...").
- Failure, by the type of the result: an error code needs "fail" (or the codes that mean success); a bool
  needs "whether" or "false"; a pointer "NULL", "null" or "never", or such a rule for all in the header; a view
  "empty", '""' or "as given"; a constructor or a function without a result needs none, as it cannot tell.
- The operations of the specification's appendix on embedding (7.1) are each named by the C++ API, the C API
  and wasm.h, or are in the list below.
- wasm.h, where functions share comments, is read as wasm_h_filter.py writes it.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree

DEFAULT_COST = re.compile(r"constant time\b[^.]*\b(where|while|unless|for which)\b", re.I)
DEFAULT_NULL = re.compile(r"that return a pointer return NULL when", re.I)
OWN_COST = re.compile(r"\bcosts?\b|\bconstant\b", re.I)
ERROR = re.compile(r"\b(Error|ErrorCode|mote_error_code|mote_errno|Errno|LoadState)$")
NEEDS = [
    (ERROR, re.compile(r"\bfails?\b|\bReturns kOk\b|\bReturns kSuccess\b|\bkFailed\b|\bWhy\b", re.I)),
    (re.compile(r"\bbool$"), re.compile(r"\bwhether\b|\bfalse\b", re.I)),
    (re.compile(r"\*$"), re.compile(r"\bnull\b|\bnever\b|\bcannot fail\b", re.I)),
    (re.compile(r"\b(Span<.*>|Bytes|MutableBytes|StringView|mote_string|mote_bytes)$"),
     re.compile(r"\bempty\b|\"\"|\bas given\b|\bnever\b", re.I)),
]
EMBEDDING = """store_init module_decode module_validate module_instantiate module_imports module_exports
instance_export func_alloc func_type func_invoke table_alloc table_type table_read table_write table_size
table_grow mem_alloc mem_type mem_read mem_write mem_size mem_grow global_alloc global_type global_read
global_write""".split()  # not module_parse: Mote has no text format


def text_of(element):
    """The comment of a member, a class or a file."""
    parts = []
    for name in ("briefdescription", "detaileddescription"):
        found = element.find(name)
        if found is not None:
            parts.append(" ".join(found.itertext()))
    return re.sub(r"\s+", " ", " ".join(parts))


def type_of(member):
    found = member.find("type")
    text = "" if found is None else "".join(found.itertext())
    text = re.sub(r"\s+", " ", text).replace(" *", "*").strip()
    return re.sub(r"^(WASM_API_EXTERN |static |constexpr |inline |friend |const )+", "", text)


def members(folder):
    """(member, class or file, text of its header) of all public functions, each once."""
    compounds = []
    for path in sorted(folder.glob("*.xml")):
        compounds += xml.etree.ElementTree.parse(path).getroot().findall("compounddef")
    headers = {c.find("location").get("file"): text_of(c)
               for c in compounds if c.get("kind") == "file" and c.find("location") is not None}
    seen = set()
    for compound in compounds:
        if compound.get("kind") not in ("class", "struct", "namespace", "file"):
            continue
        for member in compound.iter("memberdef"):
            if member.get("kind") not in ("function", "friend") or member.get("prot") != "public":
                continue
            if "=delete" in (member.findtext("argsstring") or "") or member.get("id") in seen:
                continue
            seen.add(member.get("id"))
            yield member, compound, headers.get(member.find("location").get("file"), "")


def complaints_about(member, compound, header):
    text = text_of(member)
    rules = header if compound.get("kind") == "file" else text_of(compound) + " " + header
    if not OWN_COST.search(text) and not DEFAULT_COST.search(rules):
        yield "does not say what it costs"
    result = type_of(member)
    for kind, needed in NEEDS:
        if kind.search(result) and not needed.search(text) and not (
                result.endswith("*") and DEFAULT_NULL.search(rules)):
            yield f"does not say how it fails ({result})"
        if kind.search(result):
            break


def main():
    folder, include = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    problems, count = [], 0
    for member, compound, header in members(folder):
        count += 1
        where = member.find("location")
        for complaint in complaints_about(member, compound, header):
            problems.append(f"{where.get('file')}:{where.get('line')}: {member.findtext('name')} {complaint}")
    wasm_h = (include / "wasm.h").read_text()
    apis = {"the C++ API": "".join(p.read_text() for p in sorted((include / "mote").glob("*.hpp"))),
            "the C API": "".join(p.read_text() for p in sorted((include / "mote").glob("mote*.h"))),
            "wasm.h": wasm_h}
    for name, text in apis.items():
        problems += [f"{name} does not name {operation} (7.1)" for operation in EMBEDDING
                     if not re.search(rf"\b{operation}\b", text)]
    print("\n".join(problems))
    print(f"{count} functions, {len(problems)} problems")
    return 1 if problems or count < 600 else 0


if __name__ == "__main__":
    sys.exit(main())

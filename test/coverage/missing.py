#!/usr/bin/env python3
"""Compares the lines of the core that no test reaches with the list of those that are known.

  test/coverage/missing.py LCOV CODE [--list FILE] [--write]

LCOV is what `llvm-cov export -format=lcov` wrote, CODE is wide or compact. The list (missing.txt beside
this) names each line by file, function and text, so it survives edits elsewhere, and says why nothing
reaches it. Fails if a line is missing that is not in the list, or if one in the list is reached or gone.
With --write the list is brought up to date for CODE: lines that are new get no reason, and the check
fails until somebody has written one. scripts/coverage.sh runs this.
"""
import argparse
import collections
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORE = ('src/base/', 'src/interp/', 'src/loader/', 'src/runtime/')
CODES = ('compact', 'wide')
UNKNOWN = '?'

HEAD = '''\
# Lines of the core that the tests which scripts/coverage.sh runs do not reach, and why. Checked by
# missing.py, which also says how to bring this up to date. A block is a function:
#
#   in FILE: FUNCTION
#   why REASON              of the lines that follow, up to the next reason
#       LINE                in both measurements
#   c   LINE                in compact code only (without the fused handlers, as both)
#   w   LINE                in wide code only
'''


def simplify(name):
    """The name of a function without types, namespaces and template arguments."""
    name = name.replace('(anonymous namespace)', '').replace('operator()', 'lambda')
    name = name.replace('operator<', 'operator-less')
    depth, out = 0, ''
    for c in name:
        if c == '<':
            depth += 1
        elif c == '>' and depth:
            depth -= 1
        elif depth == 0:
            if c == '(':
                break
            out += c
    out = out.split(' ')[-1]
    return re.sub(r'^(?:mote|detail|::)+|(?<=::)::', '', out).lstrip(':')


def demangle(names):
    names = sorted(names)
    found = subprocess.run(['c++filt'], input='\n'.join(names), capture_output=True, text=True,
                           check=True).stdout.split('\n')
    return {name: simplify(each) for name, each in zip(names, found)}


def is_code(line):
    """Not closing braces, comments and directives, to which llvm-cov gives the count of what is around."""
    return line.rstrip(' \\') not in ('', '}', '};') and not line.startswith(('#', '//'))


def missing_lines(lcov):
    """{(file, function, text): number of such lines}, in the order of the sources."""
    files = {}
    for line in open(lcov, encoding='utf-8'):
        kind, _, rest = line.strip().partition(':')
        if kind == 'SF':
            path = (ROOT / rest).resolve().relative_to(ROOT).as_posix()
            current = files.setdefault(path, ([], {})) if path.startswith(CORE) and not path.endswith('.def') else ([], {})
        elif kind == 'FN':
            first, name = rest.split(',', 1)
            current[0].append((int(first), name.split(':')[-1]))
        elif kind == 'DA':
            number, count = rest.split(',')[:2]
            current[1][int(number)] = max(int(count), current[1].get(int(number), 0))
    plain = demangle({name for functions, _ in files.values() for _, name in functions})
    missing = collections.OrderedDict()
    for path, (functions, counts) in sorted(files.items()):
        text = (ROOT / path).read_text(encoding='utf-8').split('\n')
        starts = sorted({(first, plain[name]) for first, name in functions
                         if 'lambda' not in plain[name]})
        for number, count in sorted(counts.items()):
            if count:
                continue
            function = [name for first, name in starts if first <= number]
            key = (path, function[-1] if function else '', text[number - 1].strip())
            if function and is_code(key[2]):
                missing[key] = missing.get(key, 0) + 1
    return missing


def read_list(path):
    """{key: {code: count}}, {key: reason}, both in the list's order."""
    counts, reasons = collections.OrderedDict(), {}
    where = reason = None
    for line in path.read_text(encoding='utf-8').split('\n') if path.exists() else []:
        if not line or line.startswith('#'):
            continue
        mark, rest = line[:4].strip(), line[4:].strip()
        if line.startswith('in '):
            where = tuple(line[3:].split(': ', 1))
        elif mark == 'why':
            reason = rest
        else:
            key = (*where, rest)
            each = counts.setdefault(key, dict.fromkeys(CODES, 0))
            for code in CODES:
                if mark in ('', code[0]):
                    each[code] += 1
            reasons[key] = reason
    return counts, reasons


def write_list(path, counts, reasons):
    out, where, reason = [HEAD], None, None
    for key, each in counts.items():
        if key[:2] != where:
            where, reason = key[:2], None
            out.append(f'\nin {where[0]}: {where[1]}\n')
        if reasons.get(key, UNKNOWN) != reason:
            reason = reasons.get(key, UNKNOWN)
            out.append(f'why {reason}\n')
        both = min(each.values())
        for mark, count in [('', both)] + [(code[0], each[code] - both) for code in CODES]:
            out += [f'{mark:4}{key[2]}\n'] * count
    path.write_text(''.join(out), encoding='utf-8')


def updated(old, found, code):
    """The list with what was found for `code`, what belongs together together, in the sources' order."""
    def place(key):
        text = (ROOT / key[0]).read_text(encoding='utf-8').split('\n')
        stripped = [line.strip() for line in text]
        return stripped.index(key[2]) if key[2] in stripped else len(text)
    merged = {}
    for key in [*found, *old]:
        each = dict(old.get(key, dict.fromkeys(CODES, 0)))
        each[code] = found.get(key, 0)
        if any(each.values()):
            merged[key] = each
    functions = {}
    for key in sorted(merged, key=lambda key: (key[0], place(key))):
        functions.setdefault(key[:2], []).append(key)
    return collections.OrderedDict((key, merged[key]) for keys in functions.values() for key in keys)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('lcov')
    parser.add_argument('code', choices=CODES)
    parser.add_argument('--list', type=pathlib.Path, default=pathlib.Path(__file__).with_name('missing.txt'))
    parser.add_argument('--write', action='store_true')
    options = parser.parse_args()
    found = missing_lines(options.lcov)
    counts, reasons = read_list(options.list)
    if options.write:
        counts = updated(counts, found, options.code)
        write_list(options.list, counts, reasons)
    wrong = 0
    for key in list(found) + [key for key in counts if key not in found]:
        listed = counts.get(key, {}).get(options.code, 0)
        if found.get(key, 0) != listed:
            what = 'not in the list' if found.get(key, 0) > listed else 'in the list, but reached or gone'
            print(f'{key[0]}: {key[1]}: {what}: {key[2]}')
            wrong += 1
        elif listed and reasons.get(key, UNKNOWN) == UNKNOWN:
            print(f'{key[0]}: {key[1]}: no reason: {key[2]}')
            wrong += 1
    print(f'{options.code}: {sum(found.values())} lines of the core are not reached, '
          f'{wrong} of them differ from {options.list.name} or have no reason there')
    return wrong != 0


if __name__ == '__main__':
    sys.exit(main())

# Generates random, valid, terminating modules that aim at what a one-pass translator gets wrong.
"""A module has a few functions of random type, which call each other and what the host gives, and
one export t0, t1, ... per function of its own. An export takes nothing: it calls its function with
fixed arguments and returns the results, and a hash of globals, tables and memories, all as i64.

The code of functions is made by functions.py. Each module has some of the properties in Program's
constructor, by its seed. The names of imports tell what the host has to give, so that oracle.js and
mote-outcomes need no list: "memory0 1 3", "table1 112 4 10" (element type and limits), "global0 126
1 42" (type, mutable, bits).

Every loop and every function pays from a global; when that is empty the function returns; but for
export `endless`, which ends when the stack does. NaN bits are canonicalized where they could be
seen: before stores, reinterpretation, the sign operand of copysign, and in what an export returns;
but for those that only travel (Patterns.move_bits). At its end a function mixes its locals into a
global.
"""

import random

from functions import Function
from opcodes import FLOAT_EQUAL, INTERESTING, NAN, NUMBERS
from storage import HASHED_BYTES
from wasm_encoder import (EXTERNREF, F32, F64, FUNCREF, I32, I64, Module, constant,
                          expressions_segment, functions_segment, limits, table_type, unsigned)

STEPS = 400  # loop iterations and calls that one export may make

# What hosts have, in module "host"; oracle.js and outcomes.cpp say what each does.
HOST_FUNCTIONS = {
    "mix32": ([I32], [I32]),
    "mix64": ([I64, I32], [I64]),
    "mixed": ([F32, F64], [F64]),
    "single": ([F64], [F32]),
    "many": ([I32, I64, I32, F64, F32, I64, I32], [I64]),
    "note": ([], []),
    "grow": ([], [I32]),
    "poke": ([I32, I32], []),
    "bump": ([], []),
    "again": ([I32], [I32]),
    "object": ([I32], [EXTERNREF]),
    "number": ([EXTERNREF], [I32]),
}


class Table:
    def __init__(self, index, element, minimum):
        self.index = index
        self.element = element
        self.minimum = minimum


class Program:
    """One module. Everything follows from the seed, and from what the oracle can do.

    `byte_pages`: the same module, but that its own memories have pages of one byte. It behaves the
    same in all that it shows.
    """

    def __init__(self, seed, features, byte_pages=False):
        rng = random.Random(seed)
        self.module = Module()
        self.features = features
        plain = rng.random() < 0.3
        self.has_imports = not plain and rng.random() < 0.5
        self.has_references = not plain and rng.random() < 0.4
        self.has_many_tables = self.has_references or (not plain and rng.random() < 0.3)
        self.has_segments = not plain and rng.random() < 0.6
        self.has_start = not plain and rng.random() < 0.15
        self.has_endless = not plain and rng.random() < 0.05
        self.many_locals = not plain and rng.random() < 0.15
        self.large_switches = not plain and rng.random() < 0.1
        self.expressions = not plain and "extended-const" in features and rng.random() < 0.5
        many_memories = not plain and "multi-memory" in features and rng.random() < 0.4
        count = rng.randint(1, 5)
        self.signatures = []
        self.host_functions = {}
        if self.has_imports:
            self._import_functions(rng)
        self.first_own = len(self.signatures)
        # (i32) -> (i32): called by the host.
        self.again = self.first_own if "again" in self.host_functions else None
        if self.again is not None:
            self.signatures.append(((I32,), (I32,)))
        while len(self.signatures) < self.first_own + count:
            self.signatures.append((self._types(rng, [0, 1, 2, 3, 5, 20]),
                                    self._types(rng, [0, 1, 1, 2, 4, 18])))
        self.long_function = None
        if not plain and rng.random() < 0.02:
            self.long_function = rng.randrange(self.first_own, len(self.signatures))
        for signature in self.signatures:
            self.module.type_index(*signature)
            if rng.random() < 0.2:
                self.module.types.append((tuple(signature[0]), tuple(signature[1])))
        self._make_memories(rng, many_memories, byte_pages)
        self._make_tables(rng)
        self._make_globals(rng)
        self._make_segments(rng)
        types = [self.module.type_index(*each) for each in self.signatures]
        self.functions_before_exports = len(self.signatures)
        for index in range(self.first_own, len(self.signatures)):
            function = Function(rng, self, index)
            code = function.make()
            self.module.functions.append((types[index], function.local_types, code))
        for index in range(self.first_own, len(self.signatures)):
            self._export(rng, index)
        self._finish(rng)

    # ---- What code asks for

    def type_index(self, rng, parameters, results):
        """One of the indices of the type: there may be several."""
        first = self.module.type_index(parameters, results)
        same = [i for i, each in enumerate(self.module.types) if each == self.module.types[first]]
        return rng.choice(same)

    def global_of(self, rng, value_type):
        """One that can be set."""
        return rng.choice(self.globals[value_type])

    def any_global_of(self, rng, value_type):
        return rng.choice(self.globals[value_type] + self.constant_globals[value_type])

    def some_memory(self, rng):
        """(index, pages that it has at least)"""
        memory = 0 if rng.random() < 0.7 else rng.randrange(len(self.memory_pages))
        return memory, self.memory_pages[memory]

    def can_grow(self, memory):
        return self.memory_pages[memory] < 100

    # ---- Parts

    def _types(self, rng, counts):
        types = [rng.choice(NUMBERS) for _ in range(rng.choice(counts))]
        if self.has_references:
            types = [rng.choice((FUNCREF, EXTERNREF)) if rng.random() < 0.15 else each
                     for each in types]
        return tuple(types)

    def _import_functions(self, rng):
        names = [each for each in HOST_FUNCTIONS if rng.random() < 0.6]
        if self.has_references:
            names += [each for each in ("object", "number") if each not in names]
        rng.shuffle(names)
        for name in names:
            parameters, results = HOST_FUNCTIONS[name]
            typeidx = self.module.type_index(parameters, results)
            self.module.imports.append(("host", name, 0, unsigned(typeidx)))
            self.host_functions[name] = len(self.signatures)
            self.signatures.append((tuple(parameters), tuple(results)))

    @property
    def object_function(self):
        return self.host_functions.get("object")

    @property
    def number_function(self):
        return self.host_functions.get("number")

    def _make_memories(self, rng, many, byte_pages):
        count = rng.choice([2, 2, 3]) if many else 1
        self.memory_pages = []
        self.page_size_log2 = []
        for index in range(count):
            imported = self.has_imports and index < 2 and rng.random() < 0.4 and \
                len(self.module.memories) == 0
            pages = rng.choice([1, 1, 1, 2])
            most = pages + 2
            self.memory_pages.append(pages)
            one = byte_pages and not imported
            self.page_size_log2.append(0 if one else 16)
            if imported:
                self.module.imports.append(("host", "memory%d %d %d" % (index, pages, most), 2,
                                            limits(pages, most)))
            elif one:
                self.module.memories.append((pages << 16, most << 16, 0))
            else:
                self.module.memories.append((pages, most, 16))

    def _make_tables(self, rng):
        self.tables = []
        count = rng.choice([2, 3, 4]) if self.has_many_tables else 1
        for index in range(count):
            element = FUNCREF
            minimum = len(self.signatures) + 2
            maximum = minimum
            if index > 0:
                element = rng.choice((FUNCREF, EXTERNREF))
                minimum = rng.randint(1, 9)
                maximum = rng.choice([minimum, minimum + 3, minimum + 40])
            imported = self.has_imports and rng.random() < 0.3 and not self.module.tables
            if imported:
                self.module.imports.append(
                    ("host", "table%d %d %d %d" % (index, element, minimum, maximum), 1,
                     table_type(element, minimum, maximum)))
            else:
                self.module.tables.append((element, minimum, maximum))
            self.tables.append(Table(index, element, minimum))

    def _make_globals(self, rng):
        self.globals = {each: [] for each in NUMBERS + (FUNCREF, EXTERNREF)}
        self.constant_globals = {each: [] for each in self.globals}
        index = 0
        imported = []  # (index, type) of those that constant expressions may name
        if self.has_imports:
            for _ in range(rng.choice([0, 2, 5])):
                value_type = rng.choice(NUMBERS)
                mutable = rng.randrange(2)
                bits = rng.choice(INTERESTING[value_type])
                if value_type in NAN and rng.random() < 0.5:
                    bits = 0
                self.module.imports.append(
                    ("host", "global%d %d %d %d" % (index, value_type, mutable, bits), 3,
                     bytes([value_type, mutable])))
                if mutable:
                    self.globals[value_type].append(index)
                else:
                    self.constant_globals[value_type].append(index)
                    imported.append((index, value_type))
                index += 1
        for value_type in NUMBERS:
            for number in range(3):
                mutable = 0 if number == 2 else 1
                expression = self._expression(rng, value_type, imported)
                self.module.globals.append((value_type, mutable, expression))
                (self.globals if mutable else self.constant_globals)[value_type].append(index)
                index += 1
        self.steps_global = index
        self.module.globals.append((I32, 1, constant(I32, STEPS)))
        self.trace_global = index + 1
        self.module.globals.append((I64, 1, constant(I64, 0)))
        index += 2
        if self.has_references:
            for value_type in (FUNCREF, EXTERNREF):
                expression = bytes([0xD0, value_type])
                if value_type == FUNCREF and rng.random() < 0.5:
                    expression = b"\xd2" + unsigned(rng.randrange(len(self.signatures)))
                self.module.globals.append((value_type, 1, expression))
                self.globals[value_type].append(index)
                index += 1

    def _expression(self, rng, value_type, imported, depth=0):
        """A constant expression (3.3.10), with arithmetic where the oracle has it."""
        candidates = [i for i, each in imported if each == value_type]
        if value_type in (I32, I64) and self.expressions and depth < 4 and rng.random() < 0.6:
            codes = (0x6A, 0x6B, 0x6C) if value_type == I32 else (0x7C, 0x7D, 0x7E)
            return (self._expression(rng, value_type, imported, depth + 1) +
                    self._expression(rng, value_type, imported, depth + 1) +
                    bytes([rng.choice(codes)]))
        if candidates and rng.random() < 0.5:
            return b"\x23" + unsigned(rng.choice(candidates))
        return constant(value_type, rng.choice(INTERESTING[value_type]))

    def _offset(self, rng, value):
        """A constant expression of the value."""
        if not self.expressions or rng.random() < 0.5:
            return constant(I32, value)
        kind = rng.randrange(3)
        other = rng.getrandbits(32)
        if kind == 0:
            return constant(I32, other) + constant(I32, (value - other) & 0xFFFFFFFF) + b"\x6a"
        if kind == 1:
            return constant(I32, (value + other) & 0xFFFFFFFF) + constant(I32, other) + b"\x6b"
        return constant(I32, value) + constant(I32, 1) + b"\x6c"

    def _make_segments(self, rng):
        module = self.module
        everything = list(range(len(self.signatures)))
        # (number, element type, size, whether it is active)
        self.element_segments = [(0, FUNCREF, len(everything), True)]
        module.elements.append(functions_segment(0, self._offset(rng, 0), everything))
        # (number, size, whether it is active)
        self.data_segments = [(0, 64, True), (1, 8, False)]
        module.data.append((0, self._offset(rng, 16), bytes(rng.randrange(256) for _ in range(64))))
        module.data.append((0, None, b"passive!"))
        if not self.has_segments:
            return
        for _ in range(rng.randint(1, 4)):
            number = len(module.elements)
            table = rng.choice(self.tables)
            size = rng.randint(0, 6)
            active = rng.random() < 0.4
            at = rng.randint(0, table.minimum)
            if active:
                size = min(size, table.minimum - at)
                if table.index == 0:
                    size = 0
                if rng.random() < 0.01:
                    size += 100  # out of bounds: there is no instance
            offset = self._offset(rng, at) if active else None
            chosen = [rng.choice(everything) for _ in range(size)]
            if table.element == FUNCREF and rng.random() < 0.5:
                module.elements.append(functions_segment(table.index, offset, chosen))
            else:
                null = bytes([0xD0, table.element])
                expressions = [b"\xd2" + unsigned(each)
                               if table.element == FUNCREF and rng.random() < 0.7 else null
                               for each in chosen]
                module.elements.append(
                    expressions_segment(table.index, offset, table.element, expressions))
            self.element_segments.append((number, table.element, size, active))
        if rng.random() < 0.3:
            self.element_segments.append((len(module.elements), FUNCREF, 0, True))
            module.elements.append(functions_segment(0, "declared", everything))
        for _ in range(rng.randint(1, 4)):
            number = len(module.data)
            memory, pages = self.some_memory(rng)
            content = bytes(rng.randrange(256) for _ in range(rng.choice([0, 1, 20, 300])))
            active = rng.random() < 0.5
            at = rng.choice([0, 100, 4000, pages * 65536 - len(content)])
            if rng.random() < 0.01:
                at += 100000000
            module.data.append((memory, self._offset(rng, at) if active else None, content))
            self.data_segments.append((number, len(content), active))

    # ---- Exports

    def _add_function(self, parameters, results, local_types, code):
        """Its index."""
        typeidx = self.module.type_index(parameters, results)
        self.module.functions.append((typeidx, local_types, bytes(code) + b"\x0b"))
        return self.first_own + len(self.module.functions) - 1

    def _as_i64(self, push, value_type, scratch):
        if value_type == I32:
            return push + b"\xad"
        if value_type == I64:
            return push
        if value_type == EXTERNREF and self.number_function is not None:
            return push + b"\x10" + unsigned(self.number_function) + b"\xad"
        if value_type in (FUNCREF, EXTERNREF):
            return push + b"\xd1\xad"
        local = unsigned(scratch[value_type])
        canonical = (push + b"\x22" + local + constant(value_type, NAN[value_type]) +
                     b"\x20" + local + b"\x20" + local + FLOAT_EQUAL[value_type] + b"\x1b")
        return canonical + (b"\xbc\xad" if value_type == F32 else b"\xbd")

    def _export(self, rng, index):
        """() -> (one i64 per result, one for the globals and memories)."""
        parameters, results = self.signatures[index]
        code = bytearray(constant(I32, STEPS) + b"\x24" + unsigned(self.steps_global))
        local_types = list(results) + [F32, F64, I64, I32]
        scratch = {F32: len(results), F64: len(results) + 1}
        total, at = len(results) + 2, len(results) + 3
        for value_type in parameters:
            if value_type in (FUNCREF, EXTERNREF):
                code += bytes([0xD0, value_type])
            else:
                code += constant(value_type, rng.choice(INTERESTING[value_type]))
        code += b"\x10" + unsigned(index)
        for local in range(len(results) - 1, -1, -1):
            code += b"\x21" + unsigned(local)
        for local, value_type in enumerate(results):
            code += self._as_i64(b"\x20" + unsigned(local), value_type, scratch)
        mix = constant(I64, 0x100000001B3) + b"\x7e\x21" + unsigned(total)
        get_total = b"\x20" + unsigned(total)
        for value_type in self.globals:
            for number in self.globals[value_type]:
                code += get_total + self._as_i64(b"\x23" + unsigned(number), value_type, scratch)
                code += b"\x85" + mix
        for table in self.tables:
            code += get_total + b"\xfc\x10" + unsigned(table.index) + b"\xad\x85" + mix
            for entry in range(table.minimum):
                get = constant(I32, entry) + b"\x25" + unsigned(table.index)
                code += get_total + self._as_i64(get, table.element, scratch) + b"\x85" + mix
        code += get_total + b"\x23" + unsigned(self.trace_global) + b"\x85" + mix
        at_local = unsigned(at)
        for memory in range(len(self.memory_pages)):
            load = b"\x29" + (b"\x03\x00" if memory == 0 else b"\x43" + unsigned(memory) + b"\x00")
            code += constant(I32, 0) + b"\x21" + at_local
            code += (b"\x03\x40" + get_total + b"\x20" + at_local + load + b"\x85" + mix + b"\x20" +
                     at_local + constant(I32, 8) + b"\x6a\x22" + at_local +
                     constant(I32, HASHED_BYTES) + b"\x49\x0d\x00\x0b")
        code += get_total
        number = self._add_function([], [I64] * (len(results) + 1), local_types, code)
        self.module.exports.append(("t%d" % (index - self.first_own), 0, number))

    def _finish(self, rng):
        if self.again is not None:
            self.module.exports.append(("again", 0, self.again))
        if self.has_imports:
            self.module.exports.append(("memory", 2, 0))
        if self.has_start:
            # Calls a function, so that it can trap, too.
            index = rng.randrange(self.first_own, self.functions_before_exports)
            parameters, results = self.signatures[index]
            code = b"".join(bytes([0xD0, each]) if each in (FUNCREF, EXTERNREF)
                            else constant(each, rng.choice(INTERESTING[each]))
                            for each in parameters)
            code += b"\x10" + unsigned(index) + b"\x1a" * len(results)
            self.module.start = self._add_function([], [], [], code)
        if self.has_endless:
            self._make_endless(rng)

    def _make_endless(self, rng):
        """A function that calls itself, directly or through a table, until the stack ends."""
        value_type = rng.choice(NUMBERS)
        locals_count = rng.choice([0, 0, 3, 50])
        index = self.first_own + len(self.module.functions)
        typeidx = unsigned(self.module.type_index([value_type], [value_type]))
        code = b"\x20\x00" * rng.choice([1, 2, 20])
        drops = len(code) // 2 - 1
        if rng.random() < 0.5:
            code += b"\x10" + unsigned(index)
        else:
            code = (constant(I32, 0) + b"\xd2" + unsigned(index) + b"\x26\x00" + code +
                    constant(I32, 0) + b"\x11" + typeidx + b"\x00")
            self.module.elements.append(functions_segment(0, "declared", [index]))
        code += (b"\x21\x00" + b"\x1a" * drops + b"\x20\x00")
        self._add_function([value_type], [value_type], [I64] * locals_count, code)
        code = constant(value_type, 1) + b"\x10" + unsigned(index) + b"\x1a"
        self.module.exports.append(("endless", 0, self._add_function([], [], [], code)))


def generate(seed, features=(), byte_pages=False):
    return Program(seed, features, byte_pages).module.binary()

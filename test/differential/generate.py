# Generates random, valid, terminating modules that aim at what a one-pass translator gets wrong.
"""A module has a few functions of random type, which call each other, and one export t0, t1, ...
per function. An export takes nothing: it calls its function with fixed arguments and returns the
results, the globals and a hash of the memory, all as i64.

Code is made as a random walk over instructions on a stack of types, not from expression trees, so
that operands wait on the stack across sets of the locals they name, blocks with parameters,
branches that take values along, and calls; also more operands than a translator would keep track
of. A few patterns are made on purpose, as chance meets them too seldom: loops that go round
(straight_loop), tables of branches whose labels lie at different heights (switch), and locals that
are set right before and read right after the border of a block (change_local).

Every loop and every function pays from a global; when that is empty the function returns. NaN bits
are canonicalized where they could be seen: before stores, reinterpretation, the sign operand of
copysign, and in what an export returns. At its end a function mixes its locals into a global.
"""

import random
import struct

from opcodes import (BINARY, COMPARE, CONVERT, COPYSIGN, DIVISION, FLOAT_EQUAL, INTERESTING, LOADS,
                     NAN, OR, REINTERPRET, STORES, TEST, TO_I64, UNARY)
from wasm_encoder import (EMPTY_BLOCK, F32, F64, FUNCREF, I32, I64, Module, constant, signed,
                          unsigned)

NUMBERS = (I32, I64, F32, F64)
STEPS = 400  # loop iterations and calls that one export may make
MEMORY_PAGES = 1
HASHED_BYTES = 4096
MASK = HASHED_BYTES - 1


class Label:
    """A block in the making, seen from a branch."""

    def __init__(self, types, height, is_loop=False):
        self.types = types  # what a branch takes along
        self.height = height  # of the stack below the block
        self.is_loop = is_loop


class Function:
    """Makes the code of one function."""

    def __init__(self, rng, program, index):
        self.rng = rng
        self.program = program
        self.parameters, self.results = program.signatures[index]
        count = rng.choice([0, 1, 3, 6, 12])
        self.local_types = [rng.choice(NUMBERS) for _ in range(count)]
        if rng.random() < 0.2:
            self.local_types.append(FUNCREF)
        # One scratch local per float type, to canonicalize NaN.
        self.all_locals = list(self.parameters) + self.local_types
        self.scratch = {F32: len(self.all_locals), F64: len(self.all_locals) + 1}
        self.local_types += [F32, F64]
        self.code = bytearray()
        self.stack = []
        self.labels = []
        self.recent = None  # the local that was set last
        self.budget = rng.choice([15, 40, 80, 150])
        self.flavour = rng.choice(["mixed", "mixed", "control", "deep", "integer"])

    # ---- Parts

    def emit(self, *parts):
        for part in parts:
            self.code += bytes([part]) if isinstance(part, int) else part

    def any_type(self):
        if self.flavour == "integer":
            return self.rng.choice((I32, I32, I64))
        return self.rng.choice(NUMBERS)

    def constant_bits(self, value_type):
        rng = self.rng
        if value_type == FUNCREF:
            return 0
        if rng.random() < 0.5:
            return rng.choice(INTERESTING[value_type])
        if value_type in (I32, I64):
            return rng.getrandbits(rng.choice([3, 8, 16, 32 if value_type == I32 else 64]))
        # Small floats are more telling than random bits.
        value = float(rng.randint(-100, 100)) / rng.choice([1, 2, 3, 8])
        return struct.unpack("<I" if value_type == F32 else "<Q",
                             struct.pack("<f" if value_type == F32 else "<d", value))[0]

    def locals_of(self, value_type):
        return [i for i, each in enumerate(self.all_locals) if each == value_type]

    def push(self, value_type):
        """Makes a value of the type, mostly one that needs no code."""
        rng = self.rng
        chance = rng.random()
        candidates = self.locals_of(value_type)
        if chance < 0.55 and candidates:
            local = rng.choice(candidates)
            if self.recent in candidates and rng.random() < 0.4:
                local = self.recent
            self.emit(0x20, unsigned(local))
        elif chance < 0.75 or value_type == FUNCREF:
            if value_type == FUNCREF and rng.random() < 0.6:
                self.emit(0xD2, unsigned(rng.randrange(len(self.program.signatures))))
            else:
                self.emit(constant(value_type, self.constant_bits(value_type)))
        elif chance < 0.85:
            self.emit(0x23, unsigned(self.program.global_of(rng, value_type)))
        elif chance < 0.92 and value_type in COMPARE:
            self.push(value_type)
            self.emit(rng.choice(UNARY[value_type]))
            self.stack.pop()
        else:
            self.address()
            self.stack.pop()
            self.memarg(rng.choice([each for each in LOADS if each[0] == value_type]))
        self.stack.append(value_type)

    def need(self, *types):
        """Puts values of these types on top of the stack, taking those that are there."""
        here = 0
        for count in range(len(types), 0, -1):
            if self.available() >= count and self.stack[-count:] == list(types[:count]):
                here = count
                break
        for value_type in types[here:]:
            self.push(value_type)

    def available(self):
        return len(self.stack) - (self.labels[-1].height if self.labels else 0)

    def take(self, count):
        del self.stack[len(self.stack) - count:]

    def address(self):
        """An address, mostly within the hashed bytes, sometimes anywhere."""
        rng = self.rng
        if rng.random() < 0.3:
            self.emit(constant(I32, rng.randrange(HASHED_BYTES)))
        else:
            self.emit_plain_i32()
            if rng.random() < 0.995:
                self.emit(constant(I32, MASK), 0x71)
        self.stack.append(I32)

    def emit_plain_i32(self):
        candidates = self.locals_of(I32)
        if candidates and self.rng.random() < 0.8:
            self.emit(0x20, unsigned(self.rng.choice(candidates)))
        else:
            self.emit(constant(I32, self.constant_bits(I32)))

    def memarg(self, instruction):
        rng = self.rng
        _, code, align = instruction
        offset = rng.choice([0, 0, 0, 1, 4, 100, 40000])
        if rng.random() < 0.005:
            offset = rng.choice([65530, 0xFFFFFFFF])
        self.emit(code, unsigned(rng.randint(0, align)), unsigned(offset))

    def canonicalize(self, value_type):
        if value_type not in NAN:
            return
        local = unsigned(self.scratch[value_type])
        self.emit(0x22, local, constant(value_type, NAN[value_type]), 0x20, local, 0x20, local,
                  FLOAT_EQUAL[value_type], 0x1B)

    def pay(self):
        """Takes one step from the global. When none is left, returns from the function."""
        steps = unsigned(self.program.steps_global)
        self.emit(0x23, steps, 0x45, 0x04, EMPTY_BLOCK)
        for value_type in self.results:
            self.emit(constant(value_type, self.constant_bits(value_type)))
        self.emit(0x0F, 0x0B, 0x23, steps, constant(I32, 1), 0x6B, 0x24, steps)

    # ---- Instructions

    def arithmetic(self):
        rng = self.rng
        value_type = self.any_type()
        if self.available() and rng.random() < 0.7 and self.stack[-1] in NUMBERS:
            value_type = self.stack[-1]
        kind = rng.random()
        if kind < 0.15:
            self.need(value_type)
            self.emit(rng.choice(UNARY[value_type]))
        elif kind < 0.6:
            self.need(value_type, value_type)
            if value_type in DIVISION and rng.random() < 0.08:
                code = rng.choice(DIVISION[value_type])
                # Mostly a divisor that is not zero.
                if rng.random() < 0.8:
                    self.emit(constant(value_type, rng.choice([1, 3, 10, 0x80])), OR[value_type])
            else:
                code = rng.choice(BINARY[value_type])
            if code in COPYSIGN:
                self.canonicalize(value_type)
            self.emit(code)
            self.take(1)
        elif kind < 0.8:
            self.need(value_type, value_type)
            self.emit(rng.choice(COMPARE[value_type]))
            self.take(2)
            self.stack.append(I32)
        elif kind < 0.87 and value_type in TEST:
            self.need(value_type)
            self.emit(TEST[value_type])
            self.take(1)
            self.stack.append(I32)
        else:
            choices = [each for each in CONVERT if each[0] == value_type]
            operand, result, code, can_trap = rng.choice(choices)
            if can_trap and rng.random() < 0.9:
                return
            self.need(operand)
            if code in REINTERPRET:
                self.canonicalize(operand)
            self.emit(code)
            self.take(1)
            self.stack.append(result)

    def set_local(self):
        rng = self.rng
        if not self.all_locals:
            return
        index = rng.randrange(len(self.all_locals))
        if self.available() and rng.random() < 0.7 and self.locals_of(self.stack[-1]):
            index = rng.choice(self.locals_of(self.stack[-1]))
        self.need(self.all_locals[index])
        self.recent = index
        if rng.random() < 0.5:
            self.emit(0x22, unsigned(index))
        else:
            self.emit(0x21, unsigned(index))
            self.take(1)

    def change_local(self):
        """Local = op(the local set last, or another): leaves a local in the accumulator."""
        rng = self.rng
        numeric = [i for i, each in enumerate(self.all_locals) if each in NUMBERS]
        if not numeric:
            return
        source = self.recent if self.recent in numeric else rng.choice(numeric)
        value_type = self.all_locals[source]
        self.recent = rng.choice([i for i in numeric if self.all_locals[i] == value_type])
        self.emit(0x20, unsigned(source), constant(value_type, self.constant_bits(value_type)),
                  rng.choice(BINARY[value_type][:3]), 0x21, unsigned(self.recent))

    def set_global(self):
        value_type = self.any_type()
        self.need(value_type)
        self.emit(0x24, unsigned(self.program.global_of(self.rng, value_type)))
        self.take(1)

    def push_some(self):
        for _ in range(self.rng.choice([1, 1, 2, 3, 5] + ([20] if self.flavour == "deep" else []))):
            value_type = FUNCREF if self.rng.random() < 0.03 else self.any_type()
            self.push(value_type)

    def drop(self):
        if self.available():
            self.emit(0x1A)
            self.take(1)

    def select(self):
        value_type = self.any_type()
        if self.rng.random() < 0.1:
            value_type = FUNCREF
        self.need(value_type, value_type, I32)
        if value_type == FUNCREF or self.rng.random() < 0.2:
            self.emit(0x1C, 1, value_type)
        else:
            self.emit(0x1B)
        self.take(3)
        self.stack.append(value_type)

    def memory(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.4:
            self.address()
            load = rng.choice(LOADS)
            self.memarg(load)
            self.take(1)
            self.stack.append(load[0])
        elif kind < 0.85:
            store = rng.choice(STORES)
            self.address()
            self.push(store[0])
            if rng.random() < 0.4 and store[0] in BINARY:
                self.push(store[0])
                code = rng.choice(BINARY[store[0]][:6])
                self.emit(code)
                self.take(1)
            self.canonicalize(store[0])
            self.memarg(store)
            self.take(2)
        elif kind < 0.88:
            self.emit(0x3F, 0)
            self.stack.append(I32)
        elif kind < 0.9:
            self.emit(constant(I32, rng.choice([0, 1, 2, 100])), 0x40, 0)
            self.stack.append(I32)
        elif kind < 0.94:
            self.address()
            self.push(I32)
            self.emit(constant(I32, rng.choice([0, 1, 7, 300])), b"\xfc\x0b\x00")
            self.take(2)
        elif kind < 0.97:
            self.address()
            self.address()
            self.emit(constant(I32, rng.choice([0, 1, 9, 500])), b"\xfc\x0a\x00\x00")
            self.take(2)
        else:
            self.address()
            self.emit(constant(I32, rng.randint(0, 8)), constant(I32, rng.randint(0, 8)),
                      b"\xfc\x08", unsigned(1), 0)
            self.take(1)

    def references(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.4:
            self.need(FUNCREF)
            self.emit(0xD1)
            self.take(1)
            self.stack.append(I32)
        elif kind < 0.6:
            self.emit(constant(I32, rng.randrange(self.program.table_size + 1)), 0x25, 0)
            self.stack.append(FUNCREF)
        elif kind < 0.8:
            self.emit(constant(I32, rng.randrange(self.program.table_size)))
            self.stack.append(I32)
            self.push(FUNCREF)
            self.emit(0x26, 0)
            self.take(2)
        elif kind < 0.9:
            self.emit(b"\xfc\x10\x00")
            self.stack.append(I32)
        else:
            self.emit(constant(I32, rng.randrange(4)))
            self.stack.append(I32)
            self.push(FUNCREF)
            self.emit(constant(I32, rng.randrange(4)), b"\xfc\x11\x00")
            self.take(2)

    # ---- Control

    def block(self, depth):
        rng = self.rng
        kind = rng.choice([0x02, 0x02, 0x03, 0x04])
        if kind == 0x04:
            self.need(I32)
            if rng.random() < 0.5:
                self.arithmetic()
                self.need(I32)
            self.take(1)
        parameters = []
        if self.available() and rng.random() < 0.4:
            parameters = self.stack[len(self.stack) - rng.randint(1, min(3, self.available())):]
        results = [self.any_type() for _ in range(rng.choice([0, 0, 1, 1, 1, 2, 3]))]
        if kind == 0x04 and rng.random() < 0.3:
            results = list(parameters)
        elif rng.random() < 0.3:
            # The same as around it: a br_table can then name both.
            results = list(rng.choice(self.labels).types)
            if len(results) < 2 and rng.random() < 0.5:
                results = [self.any_type() for _ in range(rng.choice([2, 2, 3, 5]))]
        if not parameters and not results:
            block_type = bytes([EMPTY_BLOCK])
        elif not parameters and len(results) == 1:
            block_type = bytes(results)
        else:
            block_type = signed(self.program.module.type_index(parameters, results))
        if rng.random() < 0.3:
            self.change_local()
        self.emit(kind, block_type)
        height = len(self.stack) - len(parameters)
        self.labels.append(Label(parameters if kind == 0x03 else results, height, kind == 0x03))
        if kind == 0x03:
            # What comes first is reached from two sides.
            if rng.random() < 0.5:
                self.change_local()
            self.pay()
        self.sequence(depth + 1, results)
        if kind == 0x04 and (results != parameters or rng.random() < 0.6):
            self.emit(0x05)
            self.stack = self.stack[:height] + list(parameters)
            self.sequence(depth + 1, results)
        self.emit(0x0B)
        self.labels.pop()
        self.stack = self.stack[:height] + list(results)

    def straight_loop(self):
        """A loop without other branches, so that it really goes round."""
        rng = self.rng
        types = [self.any_type() for _ in range(rng.choice([0, 0, 0, 1, 2]))]
        self.need(*types)
        if rng.random() < 0.6:
            self.change_local()
        self.emit(0x03, signed(self.program.module.type_index(types, types)))
        height = len(self.stack) - len(types)
        self.labels.append(Label(types, height, True))
        if rng.random() < 0.7:
            self.change_local()
        self.pay()
        for _ in range(rng.randint(0, 5)):
            rng.choice([self.arithmetic, self.arithmetic, self.set_local, self.change_local,
                        self.select, self.memory, self.push_some])()
        self.settle(types)
        self.condition(True)
        self.emit(0x0D, 0)
        self.take(1)
        self.emit(0x0B)
        self.labels.pop()

    def switch(self):
        """Nested blocks of one type and a br_table that reaches all of them."""
        rng = self.rng
        types = [self.any_type() for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 5]))]
        if rng.random() < 0.3:
            types = list(self.results)
        if types and rng.random() < 0.5:
            types = [types[0]] * len(types)
        block_type = signed(self.program.module.type_index([], types))
        count = rng.randint(2, 4)
        for _ in range(count):
            self.emit(0x02, block_type)
            self.labels.append(Label(types, len(self.stack)))
            for _ in range(rng.choice([0, 1, 1, 2])):
                self.push(self.any_type())
        for value_type in types:
            self.push(value_type)
        self.push(I32)
        self.emit(constant(I32, 7), 0x71)
        same = [i for i, each in enumerate(reversed(self.labels)) if each.types == types]
        targets = [rng.choice(same) for _ in range(rng.randint(2, 8))]
        self.emit(0x0E, unsigned(len(targets) - 1), *[unsigned(each) for each in targets])
        for number in range(count):
            height = self.labels[-1].height
            if number > 0:
                for _ in range(rng.choice([0, 1, 2])):
                    self.arithmetic()
                self.settle(types)
            self.emit(0x0B)
            self.labels.pop()
            self.stack = self.stack[:height] + list(types)

    def branch(self):
        """A branch; afterwards the code may be dead. Returns whether it is."""
        rng = self.rng
        kind = rng.random()
        index = rng.randrange(len(self.labels))
        # Labels with the same types can stand in one br_table.
        shared = [i for i, each in enumerate(reversed(self.labels))
                  if sum(other.types == each.types for other in self.labels) > 1]
        if shared and rng.random() < 0.3:
            index = rng.choice(shared)
            kind = rng.uniform(0.5, 0.95)
        label = self.labels[len(self.labels) - 1 - index]
        if kind < 0.6:
            self.need(*label.types)
            self.condition(label.is_loop)
            self.emit(0x0D, unsigned(index))
            self.take(1)
            return False
        if label.is_loop and rng.random() < 0.8:
            return False  # would go on until no step is left, and nothing would be seen of it
        if kind < 0.75:
            self.need(*label.types)
            self.emit(0x0C, unsigned(index))
            return True
        if kind < 0.95:
            same = [i for i in range(len(self.labels))
                    if self.labels[len(self.labels) - 1 - i].types == label.types]
            for _ in range(rng.choice([0, 0, 1, 2])):
                self.push(self.any_type())  # below what is taken along: no label is in place
            self.need(*label.types)
            self.push(I32)
            if rng.random() < 0.7:
                self.emit(constant(I32, 3), 0x71)
            targets = [rng.choice(same) for _ in range(rng.randint(1, 5))]
            self.emit(0x0E, unsigned(len(targets) - 1), *[unsigned(each) for each in targets])
            return True
        if kind < 0.98:
            self.need(*self.results)
            self.emit(0x0F)
            return True
        if rng.random() < 0.8:
            return False
        self.emit(0x00)
        return True

    def condition(self, is_loop=False):
        """An i32; for a loop mostly one that ends it after a few rounds."""
        rng = self.rng
        kind = rng.random()
        if is_loop and rng.random() < 0.85:
            self.emit(0x23, unsigned(self.program.steps_global), constant(I32, 3), 0x71)
            if kind < 0.5:
                self.emit(constant(I32, rng.choice([0, 1, 2])), rng.choice([0x47, 0x4A, 0x4B]))
            self.stack.append(I32)
        elif kind < 0.4:
            self.push(I32)
        elif kind < 0.8:
            value_type = self.any_type()
            self.push(value_type)
            self.push(value_type)
            self.emit(rng.choice(COMPARE[value_type]))
            self.take(2)
            self.stack.append(I32)
        else:
            value_type = rng.choice((I32, I64))
            self.push(value_type)
            self.emit(TEST[value_type])
            self.take(1)
            self.stack.append(I32)

    def dead_code(self):
        """Instructions on a stack that has whatever is asked for (3.3.7)."""
        rng = self.rng
        self.stack = self.stack[:self.labels[-1].height]
        for _ in range(rng.choice([0, 0, 1, 3])):
            kind = rng.randrange(7)
            value_type = rng.choice(NUMBERS)
            if kind == 0:
                self.emit(rng.choice(BINARY[value_type]))
            elif kind == 1:
                self.emit(0x1A)
                continue
            elif kind == 2:
                self.emit(0x1B)
                # The type is unknown: use it up.
                self.emit(0x1A)
                continue
            elif kind == 3 and self.locals_of(value_type):
                self.emit(0x22, unsigned(rng.choice(self.locals_of(value_type))))
            elif kind == 4:
                self.push(value_type)
                self.take(1)
            elif kind == 5:
                index = rng.randrange(len(self.labels))
                self.emit(constant(I32, 1), 0x0D, unsigned(index))
                for _ in self.labels[len(self.labels) - 1 - index].types:
                    self.emit(0x1A)
                continue
            else:
                self.emit(0x02, EMPTY_BLOCK, 0x0B)
                continue
            self.emit(0x1A)

    def call(self):
        rng = self.rng
        index = rng.randrange(len(self.program.signatures))
        parameters, results = self.program.signatures[index]
        if rng.random() < 0.6:
            self.need(*parameters)
            self.emit(0x10, unsigned(index))
        else:
            # Mostly an entry of the right type.
            entry = index if rng.random() < 0.95 else rng.randrange(self.program.table_size + 2)
            candidates = self.locals_of(I32)
            local = rng.choice(candidates) if candidates and rng.random() < 0.5 else None
            if local is not None:
                self.emit(constant(I32, entry), 0x21, unsigned(local))
            self.need(*parameters)
            if local is not None:
                self.emit(0x20, unsigned(local))
            elif rng.random() < 0.5:
                self.emit(constant(I32, entry))
            else:
                self.emit_plain_i32()
                self.emit(constant(I32, 0), 0x71, constant(I32, entry), 0x6A)
            self.emit(0x11, unsigned(self.program.module.type_index(parameters, results)), 0)
        self.take(len(parameters))
        self.stack += results

    def sequence(self, depth, results):
        """Instructions up to the end of a block that leaves `results`."""
        rng = self.rng
        count = rng.randint(1, 12 if depth < 3 else 5)
        if rng.random() < 0.3:
            self.change_local()
        if rng.random() < 0.3:
            self.push(self.any_type())
            if rng.random() < 0.5:
                self.arithmetic()
        for _ in range(count):
            if self.budget <= 0:
                break
            self.budget -= 1
            kind = rng.random()
            if self.flavour == "control" and rng.random() < 0.4:
                kind = rng.choice([0.8, 0.9, 0.95])
            if kind < 0.2:
                self.push_some()
            elif kind < 0.45:
                self.arithmetic()
            elif kind < 0.6:
                self.set_local()
            elif kind < 0.63:
                self.set_global()
            elif kind < 0.66:
                self.drop()
            elif kind < 0.70:
                self.select()
            elif kind < 0.77:
                self.memory()
            elif kind < 0.79:
                self.references()
            elif kind < 0.86:
                if depth < 6:
                    self.block(depth)
            elif kind < 0.875:
                self.switch()
            elif kind < 0.89:
                self.straight_loop()
            elif kind < 0.95:
                if self.branch():
                    self.dead_code()
                    if rng.random() < 0.5:
                        # The end follows: what it needs is there by itself.
                        return
            else:
                self.call()
        if not self.labels[-1].types and rng.random() < (0.8 if self.labels[-1].is_loop else 0.2):
            self.condition(self.labels[-1].is_loop)
            self.emit(0x0D, unsigned(0))
            self.take(1)
        self.settle(results)
        if rng.random() < 0.3:
            self.change_local()

    def settle(self, results):
        """Makes the operands of the block exactly `results`."""
        rng = self.rng
        height = self.labels[-1].height
        while (len(self.stack) - height > len(results) or
               self.stack[height:] != list(results[:len(self.stack) - height])):
            value_type = self.stack[-1]
            candidates = self.locals_of(value_type)
            if candidates and rng.random() < 0.5:
                self.recent = rng.choice(candidates)
                self.emit(0x21, unsigned(self.recent))
            elif value_type in NUMBERS and rng.random() < 0.4:
                self.emit(0x24, unsigned(self.program.global_of(rng, value_type)))
            else:
                self.emit(0x1A)
            self.take(1)
        for value_type in results[len(self.stack) - height:]:
            self.push(value_type)

    def make(self):
        self.pay()
        self.labels = [Label(self.results, 0)]
        self.sequence(0, self.results)
        while self.rng.random() < 0.7 and self.budget > 0 and self.stack == list(self.results):
            self.sequence(0, self.results)
            if self.stack != list(self.results):
                break
        self.trace_locals()
        self.emit(0x0B)
        return bytes(self.code)

    def trace_locals(self):
        """Mixes all locals into a global, so that a wrong one is seen."""
        trace = unsigned(self.program.trace_global)
        for local, value_type in enumerate(self.all_locals):
            if value_type not in NUMBERS:
                continue
            self.emit(0x23, trace, constant(I64, 0x100000001B3), 0x7E, 0x20, unsigned(local))
            self.canonicalize(value_type)
            self.emit(TO_I64[value_type], 0x85, 0x24, trace)


class Program:
    """One module. Everything follows from the seed."""

    def __init__(self, seed):
        rng = random.Random(seed)
        self.module = Module()
        count = rng.randint(1, 5)
        self.signatures = [(self._types(rng, [0, 1, 2, 3, 5, 20]),
                            self._types(rng, [0, 1, 1, 2, 4, 18])) for _ in range(count)]
        self.table_size = count + 2
        self.module.memory = (MEMORY_PAGES, MEMORY_PAGES + 2)
        self.module.table = (self.table_size, self.table_size)
        self.globals = {value_type: [] for value_type in NUMBERS}
        for value_type in NUMBERS:
            for _ in range(2):
                self.globals[value_type].append(len(self.module.globals))
                self.module.globals.append((value_type, 1, rng.choice(INTERESTING[value_type])))
        self.steps_global = len(self.module.globals)
        self.module.globals.append((I32, 1, STEPS))
        self.trace_global = len(self.module.globals)
        self.module.globals.append((I64, 1, 0))
        self.module.elements.append((constant(I32, 0), list(range(count))))
        self.module.data.append((constant(I32, 16), bytes(rng.randrange(256) for _ in range(64))))
        self.module.data.append((None, b"passive!"))
        types = [self.module.type_index(*each) for each in self.signatures]
        for index in range(count):
            function = Function(rng, self, index)
            code = function.make()
            self.module.functions.append((types[index], function.local_types, code))
        for index in range(count):
            self._export(rng, index)

    @staticmethod
    def _types(rng, counts):
        return [rng.choice(NUMBERS) for _ in range(rng.choice(counts))]

    def global_of(self, rng, value_type):
        return rng.choice(self.globals[value_type])

    def _export(self, rng, index):
        """() -> (one i64 per result, one for the globals, one for the memory)."""
        parameters, results = self.signatures[index]
        code = bytearray()
        local_types = list(results) + [F32, F64, I64, I32]
        scratch = {F32: len(results), F64: len(results) + 1}
        total, at = len(results) + 2, len(results) + 3
        for value_type in parameters:
            code += constant(value_type, rng.choice(INTERESTING[value_type]))
        code += b"\x10" + unsigned(index)
        for local in range(len(results) - 1, -1, -1):
            code += b"\x21" + unsigned(local)

        def as_i64(push, value_type):
            if value_type == I32:
                return push + b"\xad"
            if value_type == I64:
                return push
            local = unsigned(scratch[value_type])
            canonical = (push + b"\x22" + local + constant(value_type, NAN[value_type]) +
                         b"\x20" + local + b"\x20" + local + FLOAT_EQUAL[value_type] + b"\x1b")
            return canonical + (b"\xbc\xad" if value_type == F32 else b"\xbd")

        for local, value_type in enumerate(results):
            code += as_i64(b"\x20" + unsigned(local), value_type)
        mix = constant(I64, 0x100000001B3) + b"\x7e\x21" + unsigned(total)
        for value_type in NUMBERS:
            for number in self.globals[value_type]:
                code += (b"\x20" + unsigned(total) +
                         as_i64(b"\x23" + unsigned(number), value_type) + b"\x85" + mix)
        code += (b"\x20" + unsigned(total) + b"\x23" + unsigned(self.trace_global) + b"\x21" +
                 unsigned(total))
        at_local = unsigned(at)
        code += (b"\x03\x40\x20" + unsigned(total) + b"\x20" + at_local + b"\x29\x03\x00\x85" +
                 mix + b"\x20" + at_local + constant(I32, 8) + b"\x6a\x22" + at_local +
                 constant(I32, HASHED_BYTES) + b"\x49\x0d\x00\x0b")
        code += b"\x20" + unsigned(total) + b"\x0b"
        typeidx = self.module.type_index([], [I64] * (len(results) + 2))
        self.module.exports.append(("t%d" % index, 0, len(self.module.functions)))
        self.module.functions.append((typeidx, local_types, bytes(code)))


def generate(seed):
    return Program(seed).module.binary()

# The code of one random function, for generate.py.
"""Code is made as a random walk over instructions on a stack of types, not from expression trees,
so that operands wait on the stack across sets of the locals they name, blocks with parameters,
branches that take values along, and calls; also more operands than a translator would keep track
of. What chance meets too seldom is made on purpose: patterns.py, places.py.
"""

import struct

from opcodes import (BINARY, COMPARE, CONVERT, COPYSIGN, DIVISION, FLOAT_EQUAL, INTERESTING, LOADS,
                     NAN, NUMBERS, OR, REINTERPRET, TEST, TO_I64, UNARY)
from patterns import Patterns
from places import Places
from storage import Storage
from wasm_encoder import (EMPTY_BLOCK, EXTERNREF, F32, F64, FUNCREF, I32, I64, constant, signed,
                          unsigned)

REFERENCES = (FUNCREF, EXTERNREF)


class Label:
    """A block in the making, seen from a branch."""

    def __init__(self, types, height, is_loop=False):
        self.types = types  # what a branch takes along
        self.height = height  # of the stack below the block
        self.is_loop = is_loop


class Function(Patterns, Places, Storage):
    """Makes the code of one function."""

    def __init__(self, rng, program, index):
        self.rng = rng
        self.program = program
        self.parameters, self.results = program.signatures[index]
        count = rng.choice([0, 1, 3, 6, 12])
        if program.many_locals and rng.random() < 0.5:
            count = rng.choice([60, 70, 130, 300])
        self.local_types = [rng.choice(NUMBERS) for _ in range(count)]
        if count > 12:
            self.local_types.sort(key=lambda each: (each, rng.random() < 0.1))
        if rng.random() < (0.6 if program.has_references else 0.2):
            self.local_types += [FUNCREF, EXTERNREF]
        # One scratch local per float type, to canonicalize NaN.
        self.all_locals = list(self.parameters) + self.local_types
        self.scratch = {F32: len(self.all_locals), F64: len(self.all_locals) + 1}
        self.local_types += [F32, F64]
        self.code = bytearray()
        self.stack = []
        self.labels = []
        self.recent = None  # the local that was set last
        self.budget = rng.choice([15, 40, 80, 150])
        self.flavour = rng.choice(["mixed", "mixed", "control", "deep", "integer", "accumulator",
                                   "places", "places", "places"])
        self.large_switches = program.large_switches
        if program.long_function == index:
            self.budget = 3000  # more than 32 KiB of code

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
        if value_type in REFERENCES:
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
        elif value_type in REFERENCES:
            self.push_reference(value_type)
        elif chance < 0.75:
            self.emit(constant(value_type, self.constant_bits(value_type)))
        elif chance < 0.85:
            self.emit(0x23, unsigned(self.program.any_global_of(rng, value_type)))
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

    def emit_plain_i32(self):
        candidates = self.locals_of(I32)
        if candidates and self.rng.random() < 0.8:
            self.emit(0x20, unsigned(self.rng.choice(candidates)))
        else:
            self.emit(constant(I32, self.constant_bits(I32)))

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
            self.need(value_type)
            self.convert(value_type)

    def convert(self, value_type):
        """The top operand to another type. Its type afterwards."""
        rng = self.rng
        choices = [each for each in CONVERT if each[0] == value_type]
        operand, result, code, can_trap = rng.choice(choices)
        if can_trap and rng.random() < 0.95:
            return value_type
        if code in REINTERPRET:
            self.canonicalize(operand)
        self.emit(code)
        self.take(1)
        self.stack.append(result)
        return result

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

    def set_global(self):
        value_type = self.any_type()
        self.need(value_type)
        self.emit(0x24, unsigned(self.program.global_of(self.rng, value_type)))
        self.take(1)

    def push_some(self):
        for _ in range(self.rng.choice([1, 1, 2, 3, 5] + ([20] if self.flavour == "deep" else []))):
            value_type = self.any_type()
            if self.rng.random() < 0.03:
                value_type = self.rng.choice(REFERENCES)
            self.push(value_type)

    def drop(self):
        if self.available():
            self.emit(0x1A)
            self.take(1)

    def select(self):
        value_type = self.any_type()
        if self.rng.random() < 0.1:
            value_type = self.rng.choice(REFERENCES)
        self.need(value_type, value_type, I32)
        if value_type in REFERENCES or self.rng.random() < 0.2:
            self.emit(0x1C, 1, value_type)
        else:
            self.emit(0x1B)
        self.take(3)
        self.stack.append(value_type)

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
            block_type = signed(self.program.type_index(rng, parameters, results))
        if rng.random() < 0.3:
            self.change_local()
        self.emit(kind, block_type)
        height = self.label(parameters if kind == 0x03 else results, len(parameters), kind == 0x03)
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

    def label(self, types, parameters=0, is_loop=False):
        """A block begins that takes so many operands. The height of the stack below it."""
        self.labels.append(Label(list(types), len(self.stack) - parameters, is_loop))
        return self.labels[-1].height

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

    def condition_code(self):
        """An i32, for an instruction that takes it at once."""
        self.condition()
        self.take(1)

    def mix(self):
        """Takes the top operand, a number, into the trace."""
        value_type = self.stack[-1]
        trace = unsigned(self.program.trace_global)
        self.canonicalize(value_type)
        self.emit(TO_I64[value_type], 0x23, trace, constant(I64, 0x100000001B3), 0x7E, 0x85, 0x24,
                  trace)
        self.take(1)

    def dead_code(self):
        """Instructions on a stack that has whatever is asked for (3.3.7)."""
        rng = self.rng
        self.stack = self.stack[:self.labels[-1].height]
        if rng.random() < 0.15:
            # Whatever there is; at the end the stack has to be empty again.
            for _ in range(rng.randint(1, 4)):
                rng.choice([self.chain, self.memory, self.call, self.overwrite_waiting, self.switch,
                            self.value_over_label, self.select, self.push_some])()
            self.settle([])
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

    def call(self, index=None):
        rng = self.rng
        if index is None:
            index = rng.randrange(len(self.program.signatures))
        parameters, results = self.program.signatures[index]
        if rng.random() < 0.6:
            self.need(*parameters)
            self.emit(0x10, unsigned(index))
        else:
            # Mostly an entry of the right type.
            entry = index
            if rng.random() >= 0.98:
                entry = rng.randrange(self.program.tables[0].minimum + 2)
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
            self.emit(0x11, unsigned(self.program.type_index(rng, parameters, results)), 0)
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
            if rng.random() < (0.5 if self.flavour == "places" else 0.03):
                self.budget -= 3
                self.placed()
                continue
            if rng.random() < (0.4 if self.flavour == "accumulator" else 0.12):
                rng.choice([self.chain, self.chain, self.overwrite_waiting, self.overwrite_waiting,
                            self.value_over_label, self.value_over_label, self.drop_result,
                            self.swap_locals])()
                continue
            if rng.random() < 0.03:
                rng.choice([self.move_bits, self.truncate_edge, self.edge_access, self.edge_access,
                            self.grow_and_use, self.call_under_load, self.refresh_and_call])()
                continue
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
            elif kind < (0.81 if self.program.has_references else 0.78):
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
                self.mix()
                continue
            elif value_type in NUMBERS and rng.random() < 0.3:
                self.emit(0x24, unsigned(self.program.global_of(rng, value_type)))
            else:
                self.emit(0x1A)
            self.take(1)
        for value_type in results[len(self.stack) - height:]:
            self.push(value_type)

    def make(self):
        if self.flavour == "places" or self.rng.random() < 0.5:
            self.initialize_locals()
        self.pay()
        self.labels = [Label(self.results, 0)]
        self.sequence(0, self.results)
        while (self.budget > 0 and self.stack == list(self.results) and
               (self.rng.random() < 0.7 or self.budget > 200)):
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

# Sequences that generate.py makes on purpose, because chance meets them too seldom.
"""Each is a method of the class Function in functions.py, which this is a base of. They aim at what
the translator of Mote keeps in mind between instructions: operands that are only names of locals or
constants, a result that waits for its destination, what is in an accumulator, and pairs of
instructions that become one.
"""

from opcodes import (BINARY, COMPARE, DIVISION, LOADS, NAN_BITS, NUMBERS, PLAIN_BINARY,
                     REINTERPRETED, STORES, TEST, TRUNCATE, UNARY, WIDTH)
from wasm_encoder import EMPTY_BLOCK, F32, F64, FUNCREF, I32, I64, constant, signed, unsigned


class Patterns:
    """Needs what Function has."""

    # ---- Locals that wait as operands

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

    def overwrite_waiting(self):
        """Reads of a local wait on the stack while it is set, by set or tee, once or more."""
        rng = self.rng
        numeric = [i for i, each in enumerate(self.all_locals) if each in NUMBERS]
        if not numeric:
            return
        local = rng.choice(numeric)
        value_type = self.all_locals[local]
        get = bytes([0x20]) + unsigned(local)
        for _ in range(rng.choice([1, 1, 2, 3, 9])):
            self.emit(get)
            self.stack.append(value_type)
            if rng.random() < 0.3:
                self.push(self.any_type())
        for _ in range(rng.choice([1, 1, 2])):
            kind = rng.random()
            if kind < 0.35:
                self.push(value_type)
                self.emit(get, rng.choice(PLAIN_BINARY[value_type]))
            elif kind < 0.55:
                self.emit(get)
                self.stack.append(value_type)
            elif kind < 0.8:
                self.push(value_type)
            else:
                self.emit(get, get, rng.choice(PLAIN_BINARY[value_type]))
                self.stack.append(value_type)
            if rng.random() < 0.4:
                self.emit(0x22, unsigned(local))
                if rng.random() < 0.5:
                    self.emit(get, rng.choice(PLAIN_BINARY[value_type]))
            else:
                self.emit(0x21, unsigned(local))
                self.take(1)
        self.recent = local
        for _ in range(rng.randint(0, 3)):
            self.arithmetic()

    def swap_locals(self):
        """Two or more locals change places, straight or through a block."""
        rng = self.rng
        value_type = self.any_type()
        candidates = self.locals_of(value_type)
        if len(candidates) < 2:
            return
        chosen = rng.sample(candidates, min(len(candidates), rng.choice([2, 2, 3, 5])))
        types = [value_type] * len(chosen)
        kind = rng.random()
        if kind < 0.3:
            self.emit(0x02, signed(self.program.type_index(rng, [], types)))
        for local in chosen:
            self.emit(0x20, unsigned(local))
        if 0.3 <= kind < 0.5:
            self.emit(0x02, signed(self.program.type_index(rng, types, types)))
        if kind < 0.5:
            if rng.random() < 0.3:
                self.condition_code()
                self.emit(0x0D, 0)
            self.emit(0x0B)
        order = chosen[:]
        rng.shuffle(order)
        for local in order:
            self.emit(0x21, unsigned(local))

    # ---- Results and accumulators

    def chain(self):
        """Instructions each of which takes the result of the one before: pairs and triples."""
        rng = self.rng
        value_type = self.any_type()
        self.push(value_type)
        for _ in range(rng.randint(2, 9)):
            kind = rng.random()
            if kind < 0.5:
                second = rng.random()
                candidates = self.locals_of(value_type)
                if candidates and rng.random() < 0.2:
                    self.emit(0x22, unsigned(rng.choice(candidates)),
                              0x20, unsigned(rng.choice(candidates)))
                elif second < 0.45 and candidates:
                    self.emit(0x20, unsigned(rng.choice(candidates)))
                elif second < 0.9:
                    self.emit(constant(value_type, self.constant_bits(value_type)))
                else:
                    self.emit(0x23, unsigned(self.program.global_of(rng, value_type)))
                self.emit(rng.choice(PLAIN_BINARY[value_type]))
            elif kind < 0.6:
                self.emit(rng.choice(UNARY[value_type]))
            elif kind < 0.7 and value_type == I32:
                load = rng.choice(LOADS)
                if rng.random() < 0.9:
                    self.emit(constant(I32, 0xFFF), 0x71)
                self.memarg(load)
                value_type = load[0]
                self.stack[-1] = value_type
            elif kind < 0.8:
                local = self.locals_of(value_type)
                if local:
                    self.recent = rng.choice(local)
                    self.emit(0x22, unsigned(self.recent))
            elif kind < 0.87:
                self.emit(constant(value_type, self.constant_bits(value_type)),
                          rng.choice(COMPARE[value_type]))
                value_type = I32
                self.stack[-1] = I32
            elif kind < 0.93 and value_type in TEST:
                self.emit(TEST[value_type])
                value_type = I32
                self.stack[-1] = I32
            else:
                value_type = self.convert(value_type)
        if value_type == I32 and rng.random() < 0.3 and self.labels and not self.labels[-1].is_loop:
            types = self.labels[-1].types
            if not types:
                self.emit(0x0D, 0)
                self.take(1)
                return
        candidates = self.locals_of(value_type)
        if candidates and rng.random() < 0.5:
            self.recent = rng.choice(candidates)
            self.emit(0x21, unsigned(self.recent))
            self.take(1)

    def value_over_label(self):
        """A value is made, ways meet, and it is used at once behind that."""
        rng = self.rng
        value_type = self.any_type()
        single = bytes([value_type])
        kind = rng.randrange(5)
        if kind == 0:  # the result of a block that is left in two ways
            self.emit(0x02, single)
            self.label([value_type])
            self.make_value(value_type)
            self.condition_code()
            self.emit(0x0D, 0)
            self.make_value_from(value_type)
        elif kind == 1:  # of both arms
            self.condition_code()
            self.emit(0x04, single)
            self.label([value_type])
            self.make_value(value_type)
            self.emit(0x05)
            self.take(1)
            self.make_value(value_type)
        elif kind == 2:  # passed into a loop
            self.make_value(value_type)
            self.emit(0x03, signed(self.program.type_index(rng, [value_type], [value_type])))
            self.label([value_type], 1, True)
            self.make_value_from(value_type)
        elif kind == 3:  # passed through an if without else
            self.make_value(value_type)
            self.condition_code()
            self.emit(0x04, signed(self.program.type_index(rng, [value_type], [value_type])))
            self.label([value_type], 1)
            self.make_value_from(value_type)
        else:  # below a block that it does not belong to
            self.make_value(value_type)
            self.emit(0x02, EMPTY_BLOCK)
            self.label([])
            if rng.random() < 0.5:
                self.condition_code()
                self.emit(0x0D, 0)
            self.change_local()
        self.emit(0x0B)
        self.labels.pop()
        candidates = self.locals_of(value_type)
        if rng.random() < 0.6:
            self.make_value_from(value_type)
        if candidates and rng.random() < 0.6:
            self.recent = rng.choice(candidates)
            self.emit(0x22, unsigned(self.recent))

    def make_value(self, value_type):
        """A value that takes code: what it leaves in the accumulator can be taken from there."""
        self.push(value_type)
        self.make_value_from(value_type)

    def make_value_from(self, value_type):
        candidates = self.locals_of(value_type)
        if candidates and self.rng.random() < 0.5:
            self.emit(0x20, unsigned(self.rng.choice(candidates)))
        else:
            self.emit(constant(value_type, self.constant_bits(value_type)))
        self.emit(self.rng.choice(PLAIN_BINARY[value_type]))

    def drop_result(self):
        """A result that nobody wants; what made it may have to be done all the same."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.5:
            self.make_value(self.any_type())
        elif kind < 0.6:
            value_type = rng.choice((I32, I64))
            self.push(value_type)
            self.emit(constant(value_type, rng.choice([1, 2, 7] if rng.random() < 0.95 else [0])),
                      rng.choice(DIVISION[value_type][1::2]))
        elif kind < 0.8:
            load = rng.choice(LOADS)
            self.address()
            self.memarg(load)
            self.stack[-1] = load[0]
        else:
            value_type = self.any_type()
            self.push(value_type)
            candidates = self.locals_of(value_type)
            if candidates:
                self.recent = rng.choice(candidates)
                self.emit(0x22, unsigned(self.recent))
        self.emit(0x1A)
        self.take(1)

    def move_bits(self):
        """NaN bits travel through locals, globals, blocks and select, and stay (4.3.3)."""
        rng = self.rng
        value_type = rng.choice((F32, F64))
        candidates = self.locals_of(value_type)
        self.address()
        self.emit(constant(value_type, rng.choice(NAN_BITS[value_type])))
        for _ in range(rng.randint(1, 4)):
            kind = rng.randrange(5)
            if kind == 0 and candidates:
                local = unsigned(rng.choice(candidates))
                self.emit(0x21, local, 0x20, local)
            elif kind == 1 and candidates:
                self.emit(0x22, unsigned(rng.choice(candidates)))
            elif kind == 2:
                cell = unsigned(self.program.global_of(rng, value_type))
                self.emit(0x24, cell, 0x23, cell)
            elif kind == 3:
                both = signed(self.program.type_index(rng, [value_type], [value_type]))
                self.emit(0x02, both, 0x0B)
            else:
                self.emit(constant(value_type, rng.choice(NAN_BITS[value_type])))
                self.condition_code()
                self.emit(0x1B)
        if rng.random() < 0.5:
            integer, code = REINTERPRETED[value_type]
            self.emit(code)
            value_type = integer
        self.memarg([each for each in STORES if each[0] == value_type][0])
        self.take(1)

    def truncate_edge(self):
        """Conversions of numbers next to where they end (4.3.2), with a trap or saturating."""
        rng = self.rng
        operand, result, saturating, trapping, bits, inside = rng.choice(TRUNCATE)
        self.emit(constant(operand, rng.choice(bits if rng.random() < 0.9 else inside)))
        candidates = self.locals_of(operand)
        if candidates and rng.random() < 0.5:
            local = unsigned(rng.choice(candidates))
            self.emit(0x21, local, 0x20, local)
        if rng.random() < 0.05:
            self.emit(trapping)
        else:
            self.emit(saturating)
        self.stack.append(result)

    # ---- Memory

    def edge_access(self):
        """The last bytes of a memory, reached by an address and an offset; seldom one too far."""
        rng = self.rng
        memory, pages = self.program.some_memory(rng)
        store = rng.random() < 0.4
        instruction = rng.choice(STORES if store else LOADS)
        width = WIDTH[instruction[1]]
        end = pages * 65536
        beyond = 0
        if rng.random() < 0.06:
            beyond = rng.choice([1, width, 3, 0x10000, 0x7FFF0000, 0xFFFE0000])
        at = end - width - rng.choice([0, 0, 0, 1, 7]) + beyond
        offset = rng.choice([0, at, at // 2, min(at, 0xFFFF), min(at, 0x10000), min(at, 7)])
        address = at - offset
        if address > 0xFFFFFFFF or offset > 0xFFFFFFFF:
            return
        candidates = self.locals_of(I32)
        kind = rng.random()
        if kind < 0.3 or not candidates:
            self.emit(constant(I32, address))
        elif kind < 0.6:
            local = unsigned(rng.choice(candidates))
            self.emit(constant(I32, address), 0x21, local, 0x20, local)
        else:
            part = rng.randrange(address + 1)
            local = unsigned(rng.choice(candidates))
            self.emit(constant(I32, part), 0x21, local, 0x20, local,
                      constant(I32, address - part), 0x6A)
        self.stack.append(I32)
        if store:
            self.push(instruction[0])
            self.canonicalize(instruction[0])
        self.memarg(instruction, memory, offset)
        self.take(2 if store else 1)
        if not store:
            self.stack.append(instruction[0])

    def grow_and_use(self):
        """memory.grow, then the first and last bytes of what is new, if it came."""
        rng = self.rng
        memory, _ = self.program.some_memory(rng)
        if not self.program.can_grow(memory):
            return
        candidates = self.locals_of(I32)
        if not candidates:
            return
        before = rng.choice(candidates)
        self.recent = before
        self.grow(memory, rng.choice([0, 1, 1, 1, 2, 100, 0xFFFF, 0x10000]))
        self.emit(0x22, unsigned(before), constant(I32, 0), 0x48, 0x45, 0x04, EMPTY_BLOCK)
        self.size(memory)
        self.emit(constant(I32, 16), 0x74, constant(I32, 8), 0x6B,
                  constant(I64, rng.getrandbits(64)),
                  0x37, self.memarg_bytes(rng.randint(0, 3), memory, 0))
        self.size(memory)
        self.emit(constant(I32, 16), 0x74, constant(I32, 1), 0x6B,
                  0x2D, self.memarg_bytes(0, memory, 0), 0x21, unsigned(before), 0x0B)

    # ---- Control

    def straight_loop(self):
        """A loop without other branches, so that it really goes round."""
        rng = self.rng
        types = [self.any_type() for _ in range(rng.choice([0, 0, 0, 1, 2]))]
        self.need(*types)
        if rng.random() < 0.6:
            self.change_local()
        self.emit(0x03, signed(self.program.type_index(rng, types, types)))
        self.label(types, len(types), True)
        if rng.random() < 0.7:
            self.change_local()
        self.pay()
        for _ in range(rng.randint(0, 5)):
            rng.choice([self.arithmetic, self.arithmetic, self.set_local, self.change_local,
                        self.chain, self.overwrite_waiting, self.select, self.memory,
                        self.push_some])()
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
        if types and rng.random() < 0.5 and types[0] in NUMBERS:
            types = [types[0]] * len(types)
        block_type = signed(self.program.type_index(rng, [], types))
        large = self.large_switches and rng.random() < 0.3
        count = rng.choice([20, 60]) if large else rng.randint(2, 4)
        for _ in range(count):
            self.emit(0x02, block_type)
            self.label(types)
            for _ in range(0 if large else rng.choice([0, 1, 1, 2])):
                self.push(self.any_type())
        for value_type in types:
            self.push(value_type)
        self.push(I32)
        targets_count = rng.choice([30, 300, 3000]) if large else rng.randint(2, 8)
        if rng.random() < 0.9:
            self.emit(constant(I32, 0xFFF if large else 7), 0x71)
        same = [i for i, each in enumerate(reversed(self.labels)) if each.types == types]
        targets = [rng.choice(same) for _ in range(targets_count)]
        self.emit(0x0E, unsigned(len(targets) - 1), *[unsigned(each) for each in targets])
        for number in range(count):
            height = self.labels[-1].height
            if number > 0:
                for _ in range(rng.choice([0, 1] if large else [0, 1, 2])):
                    self.arithmetic()
                self.settle(types)
            self.emit(0x0B)
            self.labels.pop()
            self.stack = self.stack[:height] + list(types)

    def call_under_load(self):
        """A call with many operands below its arguments; all of them are used afterwards."""
        rng = self.rng
        below = [self.any_type() for _ in range(rng.choice([9, 17, 18, 33, 60]))]
        for value_type in below:
            self.push(value_type)
        # Best one without arguments: its result is one operand more.
        bare = [i for i, each in enumerate(self.program.signatures) if not each[0]]
        self.call(rng.choice(bare) if bare and rng.random() < 0.7 else None)
        while len(self.stack) - self.labels[-1].height > rng.choice([0, 0, 5]):
            if self.stack[-1] in NUMBERS:
                self.mix()
            else:
                self.emit(0x1A)
                self.take(1)

    def refresh_and_call(self):
        """Puts a function into a table and calls it from there."""
        rng = self.rng
        tables = [each for each in self.program.tables if each.element == FUNCREF]
        table = rng.choice(tables)
        entry = rng.randrange(table.minimum)
        index = rng.randrange(len(self.program.signatures))
        self.emit(constant(I32, entry), 0xD2, unsigned(index), 0x26, unsigned(table.index))
        parameters, results = self.program.signatures[index]
        self.need(*parameters)
        self.emit(constant(I32, entry), 0x11,
                  unsigned(self.program.type_index(rng, parameters, results)),
                  unsigned(table.index))
        self.take(len(parameters))
        self.stack += results

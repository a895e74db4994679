# Operands in every place that a translator may keep them, for generate.py.
"""Methods of the class Function in functions.py, which this is a base of.

A one-pass translator does not write each operand: it knows some as the name of a local or as a
constant, others are in their slot, in the accumulator, or the result of an instruction that waits.
Whatever takes operands, and whatever many of them wait below while ways part, is made here with
operands in all of these places, each as likely as the others; and everything that waited is used
afterwards, so that a wrong value is seen.
"""

from opcodes import COMPARE, LOADS, NUMBERS, PLAIN_BINARY, STORES, TEST, UNARY
from wasm_encoder import EXTERNREF, F32, F64, FUNCREF, I32, I64, constant, signed, unsigned

REFERENCES = (FUNCREF, EXTERNREF)
# (result, operand, code) of conversions that a following instruction may be joined with.
WIDEN = {I64: [(I32, b"\xac"), (I32, b"\xad")], I32: [(I64, b"\xa7")],
         F32: [(I32, b"\xb2"), (F64, b"\xb6")], F64: [(I32, b"\xb7"), (F32, b"\xbb")]}


class Places:
    """Needs what Function has."""

    # ---- Operands

    def initialize_locals(self):
        """No two locals alike: taking one for another is seen."""
        rng = self.rng
        for local in range(len(self.parameters), min(len(self.all_locals), 24)):
            value_type = self.all_locals[local]
            if value_type in NUMBERS and rng.random() < 0.8:
                self.emit(constant(value_type, self.telling_bits(value_type)), 0x21,
                          unsigned(local))

    def telling_bits(self, value_type):
        """Of a constant that hardly equals another one, and is no NaN."""
        rng = self.rng
        if rng.random() < 0.2:
            return self.constant_bits(value_type)
        if value_type in (I32, I64):
            return rng.getrandbits(rng.choice([7, 14, 31] + ([40, 63] if value_type == I64 else [])))
        mantissa = rng.getrandbits(23 if value_type == F32 else 52)
        exponent = rng.randint(-3, 12)
        return ((127 + exponent) << 23 | mantissa) if value_type == F32 \
            else ((1023 + exponent) << 52 | mantissa)

    def place(self, value_type):
        """Makes a value of the type in some place: nothing of what waits is taken for it."""
        rng = self.rng
        candidates = self.locals_of(value_type)
        kind = rng.randrange(11)
        if value_type in REFERENCES:
            self.push(value_type)
            return
        if kind <= 2 and candidates:
            local = self.recent if self.recent in candidates and rng.random() < 0.4 \
                else rng.choice(candidates)
            self.emit(0x20, unsigned(local))
        elif kind <= 5:
            self.emit(constant(value_type, self.telling_bits(value_type)))
        elif kind == 6:
            self.make_value(value_type)
            return
        elif kind == 7:
            self.emit(0x23, unsigned(self.program.any_global_of(rng, value_type)))
        elif kind == 8 and candidates:
            self.make_value(value_type)
            self.recent = rng.choice(candidates)
            self.emit(0x22, unsigned(self.recent))
            return
        elif kind == 9:
            self.place_of_select(value_type)
            return
        else:
            self.place_of_code(value_type)
            return
        self.stack.append(value_type)

    def place_of_select(self, value_type):
        self.leaf(value_type)
        self.leaf(value_type)
        self.bool_operand()
        self.take(1)
        if self.rng.random() < 0.8:
            self.emit(0x1B)
        else:
            self.emit(0x1C, 1, value_type)
        self.take(1)

    def leaf(self, value_type):
        """A local, a constant or a result."""
        rng = self.rng
        candidates = self.locals_of(value_type)
        kind = rng.randrange(5)
        if kind < 2 and candidates:
            self.emit(0x20, unsigned(rng.choice(candidates)))
        elif kind < 4:
            self.emit(constant(value_type, self.telling_bits(value_type)))
        else:
            self.make_value(value_type)
            return
        self.stack.append(value_type)

    def place_of_code(self, value_type):
        """A value from an instruction that is not arithmetic on two operands."""
        rng = self.rng
        kind = rng.randrange(5)
        if kind == 0:
            operand, code = rng.choice(WIDEN[value_type])
            self.leaf(operand)
            self.emit(code)
            self.stack[-1] = value_type
        elif kind == 1:
            self.leaf(value_type)
            self.emit(rng.choice(UNARY[value_type]))
        elif kind == 2 and value_type == I32:
            self.bool_operand()
        elif kind == 3 and value_type == I32:
            self.size(self.program.some_memory(rng)[0])
            self.stack.append(I32)
        else:
            self.address()
            self.memarg(rng.choice([each for each in LOADS if each[0] == value_type]))
            self.stack[-1] = value_type

    def bool_operand(self):
        """An i32 for a branch or select, often from a comparison that can be joined with it."""
        rng = self.rng
        kind = rng.randrange(8)
        if kind < 4:
            value_type = rng.choice(NUMBERS)
            self.leaf(value_type)
            self.leaf(value_type)
            self.emit(rng.choice(COMPARE[value_type]))
            self.take(2)
            self.stack.append(I32)
            if rng.random() < 0.2:
                self.emit(TEST[I32])
        elif kind < 6:
            value_type = rng.choice((I32, I64))
            self.leaf(value_type)
            self.emit(TEST[value_type])
            self.stack[-1] = I32
        else:
            self.leaf(I32)
            if rng.random() < 0.5:
                self.emit(constant(I32, 1), 0x71)

    def places(self, types):
        for value_type in types:
            self.place(value_type)

    def some_types(self, counts):
        return [self.rng.choice(NUMBERS) for _ in range(self.rng.choice(counts))]

    def many_types(self):
        """Of what a label takes: from nothing to more than a translator keeps track of."""
        return self.some_types([0, 1, 1, 1, 2, 3, 4, 5, 5, 6, 7, 9, 17, 20])

    def use_down_to(self, height):
        """Uses all operands above the height, top to bottom."""
        rng = self.rng
        while len(self.stack) > height:
            value_type = self.stack[-1]
            if value_type in REFERENCES:
                self.emit(0xD1)
                self.stack[-1] = I32
                continue
            if len(self.stack) > height + 1 and self.stack[-2] == value_type and rng.random() < 0.3:
                self.emit(rng.choice(PLAIN_BINARY[value_type]))
                self.take(1)
            else:
                self.mix()

    def set_some_local(self):
        """While operands wait."""
        rng = self.rng
        numeric = [i for i, each in enumerate(self.all_locals) if each in NUMBERS]
        if not numeric:
            return
        local = rng.choice(numeric)
        self.place(self.all_locals[local])
        self.recent = local
        self.emit(0x21, unsigned(local))
        self.take(1)

    # ---- Labels

    def label_type(self, parameters, results):
        return signed(self.program.type_index(self.rng, parameters, results))

    def branch_operand(self, is_loop):
        """The condition of a branch, which takes it; one to a loop ends after a few rounds."""
        if is_loop:
            self.condition(True)
        else:
            self.bool_operand()
        self.take(1)

    def conditional_branches(self):
        """Branches with many values out of nested blocks and to loops, and what waits below them."""
        rng = self.rng
        outside = len(self.stack)
        self.places(self.some_types([0, 0, 1, 3, 12]))
        types = self.many_types()
        is_loop = rng.random() < 0.3
        if is_loop:
            self.places(types)
            self.emit(0x03, self.label_type(types, types))
            height = self.label(types, len(types), True)
            self.pay()
            if rng.random() < 0.5:
                self.use_down_to(height)
        else:
            self.emit(0x02, self.label_type([], types))
            height = self.label(types)
        # All blocks around that take the same: the nearest most often.
        depths = [i for i, each in enumerate(reversed(self.labels))
                  if each.types == types and (i == 0 or not each.is_loop)]
        for _ in range(rng.choice([1, 1, 2])):
            below = rng.choice([0, 0, 1, 2, 3, 6, 18])
            self.places([rng.choice(NUMBERS) for _ in range(below)])
            if rng.random() < 0.2:
                self.set_some_local()
            self.places(types)
            self.branch_operand(is_loop)
            self.emit(0x0D, unsigned(rng.choice(depths) if rng.random() < 0.3 else 0))
            if rng.random() < 0.2:
                self.set_some_local()
            if rng.random() < 0.8:
                self.use_down_to(height + rng.choice([0, 0, 1]))
        if self.stack[height:] != types:
            self.use_down_to(height)
            self.places(types)
        self.emit(0x0B)
        self.labels.pop()
        self.use_down_to(outside + (rng.random() < 0.2 and len(self.stack) > outside))

    def leave_function(self):
        """A conditional branch to the function's own label, which returns many or one."""
        rng = self.rng
        outside = len(self.stack)
        self.places(self.some_types([0, 1, 2, 5]))
        height = len(self.stack)
        if not all(each in NUMBERS for each in self.results):
            self.use_down_to(outside)
            return
        self.places(self.results)
        self.condition(True)  # hardly ever taken
        self.emit(constant(I32, 3), 0x46)
        self.take(1)
        self.emit(0x0D, unsigned(len(self.labels) - 1))
        self.use_down_to(height if rng.random() < 0.5 else outside)
        self.use_down_to(outside)

    def two_arms(self):
        """An if with parameters and results in all numbers, with or without the other arm."""
        rng = self.rng
        outside = len(self.stack)
        self.places(self.some_types([0, 0, 1, 2, 10]))
        parameters = self.some_types([0, 0, 1, 2, 3, 5, 9, 17])
        results = rng.choice([parameters, self.many_types()])
        self.places(parameters)
        self.bool_operand()
        self.take(1)
        self.emit(0x04, self.label_type(parameters, results))
        height = self.label(results, len(parameters))
        for arm in range(2):
            if arm == 1:
                if results == parameters and rng.random() < 0.4:
                    self.stack = self.stack[:height] + list(results)
                    break
                self.emit(0x05)
                self.stack = self.stack[:height] + list(parameters)
            if rng.random() < 0.4:
                self.set_some_local()
            if rng.random() < 0.15:
                self.emit(0x00 if rng.random() < 0.02 else 0x01)
            if self.stack[height:] != results or rng.random() < 0.5:
                self.use_down_to(height)
                self.places(results)
            if rng.random() < 0.15:
                self.emit(0x0C, 0)
                self.stack = self.stack[:height]
                self.dead_labels()
        self.emit(0x0B)
        self.labels.pop()
        self.stack = self.stack[:height] + list(results)
        if rng.random() < 0.3:
            self.set_some_local()
        self.use_down_to(outside + (rng.random() < 0.2 and len(self.stack) > outside))

    def pass_through(self):
        """A block or loop with many parameters, which are used, permuted, and go round once more."""
        rng = self.rng
        outside = len(self.stack)
        self.places(self.some_types([0, 0, 1, 10]))
        types = self.some_types([1, 2, 3, 4, 5, 8, 17])
        self.places(types)
        if rng.random() < 0.3:
            self.set_some_local()
        is_loop = rng.random() < 0.5
        self.emit(0x03 if is_loop else 0x02, self.label_type(types, types))
        height = self.label(types, len(types), is_loop)
        if is_loop:
            self.pay()
        for index in range(rng.choice([0, 1, len(types)])):
            # Something else than what came in, on top of it.
            self.place(types[-1])
            self.emit(rng.choice(PLAIN_BINARY[types[-1]]))
            self.take(1)
            if index == 0 and rng.random() < 0.5:
                self.set_some_local()
        if rng.random() < 0.7:
            # Not where the label expects them: they have to move.
            self.places(types)
        self.branch_operand(is_loop)
        self.emit(0x0D, 0)
        if len(self.stack) > height + len(types):
            self.use_down_to(height)
            self.places(types)
        self.emit(0x0B)
        self.labels.pop()
        self.use_down_to(outside)

    def table_of_labels(self):
        """A br_table to labels with many values at several heights, and to the function itself."""
        rng = self.rng
        outside = len(self.stack)
        types = self.many_types()
        if rng.random() < 0.3:
            types = [each for each in self.results]
            if not all(each in NUMBERS for each in types):
                return
        count = rng.randint(1, 4)
        # All of one type: where one label wants a value, another finds one.
        alike = [rng.choice(NUMBERS)]
        is_alike = rng.random() < 0.5
        if is_alike:
            types = alike * rng.choice([1, 2, 2, 3, 4])
        block_type = self.label_type([], types)
        for _ in range(count):
            self.emit(0x02, block_type)
            self.label(types)
            self.places(alike * rng.choice([0, 1, 1, 2]) if is_alike
                        else self.some_types([0, 0, 1, 3, 17]))
        self.places(types)
        if rng.random() < 0.5:
            self.emit(0x23, unsigned(self.program.steps_global))
            self.stack.append(I32)
        else:
            self.place(I32)
        if rng.random() < 0.9:
            self.emit(constant(I32, 7), 0x71)
        self.take(1)
        mine = [i for i, each in enumerate(reversed(self.labels))
                if each.types == types and i < count]
        if list(self.results) == types and rng.random() < 0.3:
            mine.append(len(self.labels) - 1)
        targets = [rng.choice(mine) for _ in range(rng.randint(1, 9))]
        self.emit(0x0E, unsigned(len(targets) - 1), *[unsigned(each) for each in targets])
        self.stack = self.stack[:self.labels[-1].height]
        if rng.random() < 0.3:
            self.dead_labels()
        for number in range(count):
            height = self.labels[-1].height
            if number > 0:
                # What came, and what waited below it.
                self.use_down_to(height)
                self.places(types)
            self.emit(0x0B)
            self.labels.pop()
            self.stack = self.stack[:height] + list(types)
        self.use_down_to(outside)

    def dead_labels(self):
        """Blocks, branches and calls in code that cannot be reached; the stack ends empty."""
        rng = self.rng
        for _ in range(rng.choice([0, 1, 2])):
            types = self.some_types([0, 1, 2, 6, 17])
            kind = rng.randrange(6)
            if kind == 0:  # operands that are not there
                self.emit(0x02, self.label_type(types, types), 0x0B)
            elif kind == 1:  # dead in itself, alive for nobody
                self.emit(0x02, self.label_type([], types), 0x00, 0x41, 0, 0x0D, 0, 0x0B)
            elif kind == 2:  # some are there, the others not
                for value_type in types[len(types) // 2:]:
                    self.emit(constant(value_type, 1))
                self.emit(0x41, 1, 0x04, self.label_type(types, types), 0x05, 0x0B)
            elif kind == 3:
                for value_type in types[1:]:
                    self.emit(constant(value_type, 1))
                self.emit(0x03, self.label_type(types, types), 0x41, 1, 0x0D, 0, 0x0B)
            elif kind == 4:
                self.emit(0x02, self.label_type([], types), 0x02, self.label_type([], types), 0x00,
                          0x0E, 1, 0, 1, 0x0B, 0x0B)
            else:
                index = rng.randrange(len(self.program.signatures))
                types = self.program.signatures[index][1]
                self.emit(0x10, unsigned(index))
            for _ in types:
                self.emit(0x1A)

    # ---- What takes operands

    def call_from_places(self):
        """A call with arguments in all places, others below, and an index in any place."""
        rng = self.rng
        outside = len(self.stack)
        self.places(self.some_types([0, 1, 3, 15]))
        index = rng.randrange(len(self.program.signatures))
        parameters, results = self.program.signatures[index]
        self.places(parameters)
        if rng.random() < 0.5:
            self.emit(0x10, unsigned(index))
        else:
            candidates = self.locals_of(I32)
            kind = rng.randrange(4)
            if kind == 0 and candidates:
                local = unsigned(rng.choice(candidates))
                self.emit(constant(I32, index), 0x22, local)
            elif kind == 1 and candidates:
                local = unsigned(rng.choice(candidates))
                self.emit(constant(I32, index), 0x21, local, 0x20, local)
            elif kind == 2:
                self.emit(constant(I32, index))
            else:
                self.emit_plain_i32()
                self.emit(constant(I32, 0), 0x71, constant(I32, index), 0x72)
            self.emit(0x11, unsigned(self.program.type_index(rng, parameters, results)), 0)
        self.take(len(parameters))
        self.stack += results
        if rng.random() < 0.5:
            self.set_some_local()
        self.use_down_to(outside + (rng.random() < 0.2 and len(self.stack) > outside))

    def small_address(self):
        """In any place; it and a small offset stay within a page."""
        rng = self.rng
        candidates = self.locals_of(I32)
        kind = rng.randrange(5)
        if kind < 2:
            self.emit(constant(I32, rng.choice([0, 8, 4000, 20000])))
        elif kind == 2 and candidates:
            self.recent = rng.choice(candidates)
            self.emit(constant(I32, rng.randrange(4096)), 0x21, unsigned(self.recent),
                      0x20, unsigned(self.recent))
        elif kind == 3 and candidates:
            self.emit(constant(I32, rng.randrange(4096)), 0x22, unsigned(rng.choice(candidates)))
        else:
            self.leaf(I32)
            self.take(1)
            self.emit(constant(I32, 0xFFF), 0x71)
            if rng.random() < 0.4:
                self.emit(constant(I32, rng.choice([1, 8, 0x100])), 0x6A)
        self.stack.append(I32)

    def store_and_load(self):
        """With address and value in all places; some of it twice, over what waits."""
        rng = self.rng
        outside = len(self.stack)
        self.places(self.some_types([0, 0, 1, 4]))
        for _ in range(rng.choice([1, 2, 3])):
            store = rng.choice(STORES)
            memory = self.program.some_memory(rng)[0]
            offset = rng.choice([0, 0, 1, 4, 100, 4000, 20000, 40000])
            self.small_address()
            self.place(store[0])
            self.canonicalize(store[0])
            self.memarg(store, memory, offset)
            self.take(2)
            self.small_address()
            load = rng.choice(LOADS)
            self.memarg(load, memory, offset)
            self.stack[-1] = load[0]
        self.use_down_to(outside)

    def result_to_all(self):
        """A result of any kind is taken at once, by whatever takes one."""
        rng = self.rng
        value_type = rng.choice(NUMBERS)
        outside = len(self.stack)
        self.places(self.some_types([0, 1, 2]))
        kind = rng.randrange(7)
        candidates = self.locals_of(value_type)
        if kind == 0 and candidates:
            # Reads of the local may wait, of which the result may have one.
            self.recent = rng.choice(candidates)
            if rng.random() < 0.5:
                self.emit(0x20, unsigned(self.recent))
                self.stack.append(value_type)
            self.place(value_type)
            self.emit(0x21, unsigned(self.recent))
            self.take(1)
        elif kind == 1 and candidates:
            self.recent = rng.choice(candidates)
            self.place(value_type)
            self.emit(0x22, unsigned(self.recent), 0x22, unsigned(rng.choice(candidates)))
        elif kind == 2:
            self.place(value_type)
            self.emit(0x24, unsigned(self.program.global_of(rng, value_type)))
            self.take(1)
        elif kind == 3:
            self.place(value_type)
            self.emit(0x1A)
            self.take(1)
        elif kind == 4:
            self.place(I32)
            self.emit(0x04, 0x40)
            self.label([])
            self.take(1)
            self.labels[-1].height -= 1
            self.set_some_local()
            self.emit(0x0B)
            self.labels.pop()
        elif kind == 5:
            self.place(value_type)
            self.place(value_type)
            self.emit(rng.choice(COMPARE[value_type]))
            self.take(2)
            self.stack.append(I32)
        else:
            self.place(value_type)
            self.place(value_type)
            self.emit(rng.choice(PLAIN_BINARY[value_type]))
            self.take(1)
        self.use_down_to(outside)

    def edge_of_window(self):
        """Many operands wait, and something happens that concerns the lowest or all of them."""
        rng = self.rng
        outside = len(self.stack)
        count = rng.choice([7, 8, 9, 14, 15, 16, 17, 18, 24, 33])
        if rng.random() < 0.3:
            value_type = rng.choice(NUMBERS)
            self.places([value_type] * count)
        else:
            self.places([rng.choice(NUMBERS) for _ in range(count)])
        for _ in range(rng.choice([1, 2, 3])):
            rng.choice([self.set_some_local, self.set_some_local, self.call_from_places,
                        self.result_to_all, self.pass_through, self.store_and_load,
                        lambda: self.place(rng.choice(NUMBERS)),
                        lambda: self.use_down_to(max(outside, len(self.stack) - 3))])()
        self.use_down_to(outside)

    def placed(self):
        """One of all these."""
        self.rng.choice([self.conditional_branches, self.conditional_branches, self.leave_function,
                         self.two_arms, self.pass_through, self.table_of_labels,
                         self.call_from_places, self.store_and_load, self.result_to_all,
                         self.result_to_all, self.edge_of_window])()

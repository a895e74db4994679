# Instructions on memories, tables, segments and references, for generate.py.
"""Methods of the class Function in functions.py, which this is a base of."""

from opcodes import BINARY, LOADS, STORES
from wasm_encoder import EXTERNREF, FUNCREF, I32, constant, unsigned

HASHED_BYTES = 4096
MASK = HASHED_BYTES - 1


class Storage:
    """Needs what Function has."""

    # ---- Memories

    def address(self):
        """An address, mostly within the hashed bytes, sometimes anywhere."""
        rng = self.rng
        if rng.random() < 0.3:
            self.emit(constant(I32, rng.randrange(HASHED_BYTES)))
        else:
            self.emit_plain_i32()
            if rng.random() < 0.997:
                self.emit(constant(I32, MASK), 0x71)
        self.stack.append(I32)

    def memarg_bytes(self, align, memory, offset):
        if memory == 0:
            return unsigned(align) + unsigned(offset)
        return unsigned(align | 0x40) + unsigned(memory) + unsigned(offset)

    def memarg(self, instruction, memory=None, offset=None):
        rng = self.rng
        _, code, align = instruction
        if memory is None:
            memory = self.program.some_memory(rng)[0]
        if offset is None:
            offset = rng.choice([0, 0, 0, 1, 4, 100, 40000])
            if rng.random() < 0.003:
                offset = rng.choice([65530, 0xFFFFFFFF])
        self.emit(code, self.memarg_bytes(rng.randint(0, align), memory, offset))

    def size(self, memory):
        """memory.size in pages of 64 KiB, whatever the page size."""
        self.emit(0x3F, unsigned(memory))
        if self.program.page_size_log2[memory] != 16:
            self.emit(constant(I32, 16), 0x76)

    def grow(self, memory, pages):
        """memory.grow by pages of 64 KiB, whatever the page size: the same comes of both."""
        if self.program.page_size_log2[memory] == 16:
            self.emit(constant(I32, pages), 0x40, unsigned(memory))
        else:
            self.emit(constant(I32, min(pages, 0xFFFF) << 16), 0x40, unsigned(memory),
                      constant(I32, 16), 0x75)

    def length(self):
        """Of a bulk instruction."""
        self.emit(constant(I32, self.rng.choice([0, 1, 7, 64, 300])))

    def memory(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.4:
            self.address()
            load = rng.choice(LOADS)
            self.memarg(load)
            self.take(1)
            self.stack.append(load[0])
        elif kind < 0.83:
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
        elif kind < 0.86:
            self.size(self.program.some_memory(rng)[0])
            self.stack.append(I32)
        elif kind < 0.88:
            memory = self.program.some_memory(rng)[0]
            if self.program.can_grow(memory):
                self.grow(memory, rng.choice([0, 1, 2, 100, 0x10000]))
                self.stack.append(I32)
        else:
            self.bulk_memory()

    def bulk_memory(self):
        rng = self.rng
        kind = rng.random()
        memory = self.program.some_memory(rng)[0]
        if kind < 0.35:
            self.address()
            self.push(I32)
            self.length()
            self.emit(b"\xfc\x0b", unsigned(memory))
            self.take(2)
        elif kind < 0.7:
            source = memory if rng.random() < 0.5 else self.program.some_memory(rng)[0]
            self.address()
            self.address()
            self.length()
            self.emit(b"\xfc\x0a", unsigned(memory), unsigned(source))
            self.take(2)
        else:
            segment, size, active = rng.choice(self.program.data_segments)
            self.address()
            if active or rng.random() < 0.1:
                size = 0  # dropped, or perhaps dropped: only nothing can be taken
            source = rng.randint(0, size)
            length = rng.randint(0, size - source)
            if rng.random() < 0.01:
                length += 1000
            self.emit(constant(I32, source), constant(I32, length),
                      b"\xfc\x08", unsigned(segment), unsigned(memory))
            self.take(1)
            if rng.random() < 0.05:
                self.emit(b"\xfc\x09", unsigned(segment))

    # ---- Tables and references

    def push_reference(self, value_type):
        """A reference that takes an instruction."""
        rng = self.rng
        if value_type == FUNCREF:
            if rng.random() < 0.6:
                self.emit(0xD2, unsigned(rng.randrange(len(self.program.signatures))))
            else:
                self.emit(0xD0, FUNCREF)
        elif self.program.object_function is not None and rng.random() < 0.7:
            self.emit(constant(I32, rng.randrange(6)), 0x10,
                      unsigned(self.program.object_function))
        else:
            self.emit(0xD0, EXTERNREF)

    def entry(self, table):
        """An index into the table; hardly ever one that is out of bounds."""
        last = table.minimum if self.rng.random() < 0.02 else table.minimum - 1
        self.emit(constant(I32, self.rng.randint(0, last)))

    def references(self):
        rng = self.rng
        # What is called indirectly lies in table 0, which changes seldom.
        table = rng.choice(self.program.tables[1:] or self.program.tables)
        if rng.random() < 0.1:
            table = self.program.tables[0]
        number = unsigned(table.index)
        kind = rng.random()
        if kind < 0.2:
            self.need(rng.choice((FUNCREF, EXTERNREF)))
            self.emit(0xD1)
            self.take(1)
            self.stack.append(I32)
        elif kind < 0.35:
            self.entry(table)
            self.emit(0x25, number)
            self.stack.append(table.element)
        elif kind < 0.5:
            self.entry(table)
            self.stack.append(I32)
            self.push(table.element)
            self.emit(0x26, number)
            self.take(2)
        elif kind < 0.56:
            self.emit(b"\xfc\x10", number)
            self.stack.append(I32)
        elif kind < 0.64:
            self.push(table.element)
            self.emit(constant(I32, rng.choice([0, 1, 2, 50, 0xFFFFFFFF])), b"\xfc\x0f", number)
            self.take(1)
            self.stack.append(I32)
        elif kind < 0.74:
            first = rng.randint(0, table.minimum)
            self.emit(constant(I32, first))
            self.stack.append(I32)
            self.push(table.element)
            self.emit(constant(I32, rng.randint(0, table.minimum - first) +
                               (rng.random() < 0.02)), b"\xfc\x11", number)
            self.take(2)
        elif kind < 0.84:
            same = [each for each in self.program.tables if each.element == table.element]
            source = rng.choice(same)
            to, at = rng.randint(0, table.minimum), rng.randint(0, source.minimum)
            most = min(table.minimum - to, source.minimum - at) + (rng.random() < 0.02)
            self.emit(constant(I32, to), constant(I32, at), constant(I32, rng.randint(0, most)),
                      b"\xfc\x0e", number, unsigned(source.index))
        elif kind < 0.94:
            self.table_init(table)
        elif self.program.number_function is not None:
            self.need(EXTERNREF)
            self.emit(0x10, unsigned(self.program.number_function))
            self.take(1)
            self.stack.append(I32)

    def table_init(self, table):
        rng = self.rng
        segments = [each for each in self.program.element_segments if each[1] == table.element]
        if not segments:
            return
        segment, _, size, active = rng.choice(segments)
        if active or rng.random() < 0.1:
            size = 0
        to, at = rng.randint(0, table.minimum), rng.randint(0, size)
        most = min(table.minimum - to, size - at) + (rng.random() < 0.02)
        self.emit(constant(I32, to), constant(I32, at), constant(I32, rng.randint(0, most)),
                  b"\xfc\x0c", unsigned(segment), unsigned(table.index))
        if rng.random() < 0.05:
            self.emit(b"\xfc\x0d", unsigned(segment))

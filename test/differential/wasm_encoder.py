# Writes WebAssembly binaries: just what the generator of random modules needs.
"""Numbers, sections and a module builder. Opcodes are in generate.py, where they are used."""

import struct

I32, I64, F32, F64, FUNCREF, EXTERNREF = 0x7F, 0x7E, 0x7D, 0x7C, 0x70, 0x6F
EMPTY_BLOCK = 0x40


def unsigned(value):
    """LEB128 (5.2.2)."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if value == 0:
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def signed(value):
    """Signed LEB128 (5.2.2)."""
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if (value == 0 and byte & 0x40 == 0) or (value == -1 and byte & 0x40 != 0):
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def constant(value_type, bits):
    """The instruction that pushes a constant, given by its bits."""
    if value_type == I32:
        return b"\x41" + signed(bits - (1 << 32) if bits >> 31 else bits)
    if value_type == I64:
        return b"\x42" + signed(bits - (1 << 64) if bits >> 63 else bits)
    if value_type == F32:
        return b"\x43" + struct.pack("<I", bits)
    if value_type == F64:
        return b"\x44" + struct.pack("<Q", bits)
    return b"\xd0" + bytes([value_type])


def vector(items):
    return unsigned(len(items)) + b"".join(items)


def name(text):
    data = text.encode()
    return unsigned(len(data)) + data


class Module:
    """Collects the parts of a module; binary() puts them together."""

    def __init__(self):
        self.types = []
        self.imports = []  # (module, name, kind, description)
        self.functions = []  # (typeidx, local types, code)
        self.tables = []  # (element type, minimum, maximum or None)
        self.memories = []  # (minimum, maximum or None, page size log2)
        self.globals = []  # (type, is mutable, constant expression)
        self.exports = []  # (name, kind, index)
        self.start = None
        self.elements = []  # bytes each: see the functions below
        self.data = []  # (memory, constant expression, bytes); an expression of None: passive

    def type_index(self, parameters, results):
        signature = (tuple(parameters), tuple(results))
        if signature not in self.types:
            self.types.append(signature)
        return self.types.index(signature)

    @staticmethod
    def _section(identifier, content):
        return bytes([identifier]) + unsigned(len(content)) + content

    @staticmethod
    def _body(local_types, code):
        groups = []
        for value_type in local_types:
            if groups and groups[-1][1] == value_type:
                groups[-1][0] += 1
            else:
                groups.append([1, value_type])
        content = vector([unsigned(count) + bytes([each]) for count, each in groups]) + code
        return unsigned(len(content)) + content

    @staticmethod
    def _segment(memory, offset, content):
        if offset is None:
            begin = b"\x01"
        elif memory == 0:
            begin = b"\x00" + offset + b"\x0b"
        else:
            begin = b"\x02" + unsigned(memory) + offset + b"\x0b"
        return begin + unsigned(len(content)) + content

    def binary(self):
        types = [b"\x60" + vector([bytes([each]) for each in parameters]) +
                 vector([bytes([each]) for each in results])
                 for parameters, results in self.types]
        out = b"\0asm\1\0\0\0" + self._section(1, vector(types))
        if self.imports:
            out += self._section(2, vector([name(module) + name(field) + bytes([kind]) + description
                                            for module, field, kind, description in self.imports]))
        out += self._section(3, vector([unsigned(each[0]) for each in self.functions]))
        if self.tables:
            out += self._section(4, vector([table_type(*each) for each in self.tables]))
        if self.memories:
            out += self._section(5, vector([limits(*each) for each in self.memories]))
        out += self._section(6, vector([bytes([each, mutable]) + expression + b"\x0b"
                                        for each, mutable, expression in self.globals]))
        out += self._section(7, vector([name(text) + bytes([kind]) + unsigned(index)
                                        for text, kind, index in self.exports]))
        if self.start is not None:
            out += self._section(8, unsigned(self.start))
        if self.elements:
            out += self._section(9, vector(self.elements))
        if self.data:
            out += self._section(12, unsigned(len(self.data)))
        out += self._section(10, vector([self._body(local_types, code)
                                         for _, local_types, code in self.functions]))
        if self.data:
            out += self._section(11, vector([self._segment(*each) for each in self.data]))
        return out


def limits(minimum, maximum=None, page_size_log2=16):
    """Of a memory or table (5.3.8); another page size is the custom-page-sizes proposal."""
    flags = (0 if maximum is None else 1) | (0 if page_size_log2 == 16 else 8)
    return (bytes([flags]) + unsigned(minimum) + (b"" if maximum is None else unsigned(maximum)) +
            (b"" if page_size_log2 == 16 else unsigned(page_size_log2)))


def table_type(element, minimum, maximum=None):
    return bytes([element]) + limits(minimum, maximum)


def functions_segment(table, offset, funcidxs):
    """Element segment of funcrefs; an offset of None: passive, "declared": declarative."""
    items = vector([unsigned(each) for each in funcidxs])
    if offset is None:
        return b"\x01\x00" + items
    if offset == "declared":
        return b"\x03\x00" + items
    if table == 0:
        return b"\x00" + offset + b"\x0b" + items
    return b"\x02" + unsigned(table) + offset + b"\x0b\x00" + items


def expressions_segment(table, offset, element, expressions):
    """Element segment of expressions; an offset of None: passive."""
    items = vector([each + b"\x0b" for each in expressions])
    if offset is None:
        return b"\x05" + bytes([element]) + items
    if table == 0 and element == FUNCREF:
        return b"\x04" + offset + b"\x0b" + items
    return b"\x06" + unsigned(table) + offset + b"\x0b" + bytes([element]) + items

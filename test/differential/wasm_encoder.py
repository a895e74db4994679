# Writes WebAssembly binaries: just what the generator of random modules needs.
"""Numbers, sections and a module builder. Opcodes are in generate.py, where they are used."""

import struct

I32, I64, F32, F64, FUNCREF = 0x7F, 0x7E, 0x7D, 0x7C, 0x70
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
        self.functions = []  # (typeidx, local types, code)
        self.globals = []  # (type, is mutable, bits)
        self.exports = []  # (name, kind, index)
        self.elements = []  # (code of the offset, funcidxs); an offset of None: passive
        self.data = []  # (code of the offset, bytes); an offset of None: passive
        self.table = None  # (minimum, maximum)
        self.memory = None  # (minimum, maximum)

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

    def binary(self):
        types = [b"\x60" + vector([bytes([each]) for each in parameters]) +
                 vector([bytes([each]) for each in results])
                 for parameters, results in self.types]
        out = b"\0asm\1\0\0\0" + self._section(1, vector(types))
        out += self._section(3, vector([unsigned(each[0]) for each in self.functions]))
        if self.table is not None:
            limits = b"\x70\x01" + unsigned(self.table[0]) + unsigned(self.table[1])
            out += self._section(4, vector([limits]))
        if self.memory is not None:
            limits = b"\x01" + unsigned(self.memory[0]) + unsigned(self.memory[1])
            out += self._section(5, vector([limits]))
        out += self._section(6, vector([bytes([each, mutable]) + constant(each, bits) + b"\x0b"
                                        for each, mutable, bits in self.globals]))
        out += self._section(7, vector([name(text) + bytes([kind]) + unsigned(index)
                                        for text, kind, index in self.exports]))
        if self.elements:
            out += self._section(9, vector([
                (b"\x01\x00" if offset is None else b"\x00" + offset + b"\x0b") +
                vector([unsigned(each) for each in items]) for offset, items in self.elements]))
        if self.data:
            out += self._section(12, unsigned(len(self.data)))
        out += self._section(10, vector([self._body(local_types, code)
                                         for _, local_types, code in self.functions]))
        if self.data:
            out += self._section(11, vector([
                (b"\x01" if offset is None else b"\x00" + offset + b"\x0b") +
                unsigned(len(content)) + content for offset, content in self.data]))
        return out

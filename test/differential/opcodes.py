# The instructions that generate.py chooses from, and constants that are telling.
"""Opcodes as in the binary format (5.4), by operand type."""

import struct

from wasm_encoder import F32, F64, I32, I64

NUMBERS = (I32, I64, F32, F64)

# Unary and binary instructions that keep the type, comparisons.
UNARY = {
    I32: [0x67, 0x68, 0x69, 0xC0, 0xC1],
    I64: [0x79, 0x7A, 0x7B, 0xC2, 0xC3, 0xC4],
    F32: [0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90, 0x91],
    F64: [0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F],
}
BINARY = {
    I32: [0x6A, 0x6B, 0x6C, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78],
    I64: [0x7C, 0x7D, 0x7E, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A],
    F32: [0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98],
    F64: [0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6],
}
DIVISION = {I32: [0x6D, 0x6E, 0x6F, 0x70], I64: [0x7F, 0x80, 0x81, 0x82]}
COMPARE = {
    I32: list(range(0x46, 0x50)),
    I64: list(range(0x51, 0x5B)),
    F32: list(range(0x5B, 0x61)),
    F64: list(range(0x61, 0x67)),
}
TEST = {I32: 0x45, I64: 0x50}
COPYSIGN = (0x98, 0xA6)
PLAIN_BINARY = {value_type: [each for each in codes if each not in COPYSIGN]
                for value_type, codes in BINARY.items()}
# (operand, result, code, can trap)
CONVERT = [
    (I64, I32, b"\xa7", False), (I32, I64, b"\xac", False), (I32, I64, b"\xad", False),
    (F32, I32, b"\xa8", True), (F32, I32, b"\xa9", True), (F64, I32, b"\xaa", True),
    (F64, I32, b"\xab", True), (F32, I64, b"\xae", True), (F32, I64, b"\xaf", True),
    (F64, I64, b"\xb0", True), (F64, I64, b"\xb1", True), (I32, F32, b"\xb2", False),
    (I32, F32, b"\xb3", False), (I64, F32, b"\xb4", False), (I64, F32, b"\xb5", False),
    (F64, F32, b"\xb6", False), (I32, F64, b"\xb7", False), (I32, F64, b"\xb8", False),
    (I64, F64, b"\xb9", False), (I64, F64, b"\xba", False), (F32, F64, b"\xbb", False),
    (F32, I32, b"\xbc", False), (F64, I64, b"\xbd", False), (I32, F32, b"\xbe", False),
    (I64, F64, b"\xbf", False), (F32, I32, b"\xfc\x00", False), (F32, I32, b"\xfc\x01", False),
    (F64, I32, b"\xfc\x02", False), (F64, I32, b"\xfc\x03", False),
    (F32, I64, b"\xfc\x04", False), (F32, I64, b"\xfc\x05", False),
    (F64, I64, b"\xfc\x06", False), (F64, I64, b"\xfc\x07", False),
]
REINTERPRET = (b"\xbc", b"\xbd")
REINTERPRETED = {F32: (I32, b"\xbc"), F64: (I64, b"\xbd")}
# (type, opcode, largest alignment)
LOADS = [(I32, 0x28, 2), (I64, 0x29, 3), (F32, 0x2A, 2), (F64, 0x2B, 3), (I32, 0x2C, 0),
         (I32, 0x2D, 0), (I32, 0x2E, 1), (I32, 0x2F, 1), (I64, 0x30, 0), (I64, 0x31, 0),
         (I64, 0x32, 1), (I64, 0x33, 1), (I64, 0x34, 2), (I64, 0x35, 2)]
STORES = [(I32, 0x36, 2), (I64, 0x37, 3), (F32, 0x38, 2), (F64, 0x39, 3), (I32, 0x3A, 0),
          (I32, 0x3B, 1), (I64, 0x3C, 0), (I64, 0x3D, 1), (I64, 0x3E, 2)]
# Bytes that a load or store accesses, by opcode.
WIDTH = {0x28: 4, 0x29: 8, 0x2A: 4, 0x2B: 8, 0x2C: 1, 0x2D: 1, 0x2E: 2, 0x2F: 2, 0x30: 1, 0x31: 1,
         0x32: 2, 0x33: 2, 0x34: 4, 0x35: 4, 0x36: 4, 0x37: 8, 0x38: 4, 0x39: 8, 0x3A: 1, 0x3B: 2,
         0x3C: 1, 0x3D: 2, 0x3E: 4}

INTERESTING = {
    I32: [0, 1, 2, 7, 31, 32, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF,
          0x80000000, 0xFFFFFFFF, 0xFFFFFFFE],
    I64: [0, 1, 2, 63, 64, 0x7F, 0x80, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000,
          0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF],
    F32: [0, 0x80000000, 0x3F800000, 0xBF800000, 0x3F000000, 0x7F800000, 0xFF800000, 0x7FC00000,
          0x4F000000, 0xCF000000, 0x4F800000, 0x5F000000, 0x00000001, 0x7F7FFFFF, 0x40200000],
    F64: [0, 1 << 63, 0x3FF0000000000000, 0xBFF0000000000000, 0x3FE0000000000000,
          0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 0x41E0000000000000,
          0xC1E0000000000000, 0x41F0000000000000, 0x43E0000000000000, 1, 0x7FEFFFFFFFFFFFFF,
          0x4004000000000000],
}
NAN = {F32: 0x7FC00000, F64: 0x7FF8000000000000}
FLOAT_EQUAL = {F32: b"\x5b", F64: b"\x61"}
TO_I64 = {I32: b"\xad", I64: b"", F32: b"\xbc\xad", F64: b"\xbd"}  # of what was canonicalized
# NaNs: canonical, with other payloads, signalling, negative.
NAN_BITS = {F32: [0x7FC00000, 0xFFC00000, 0x7F800001, 0x7FA00000, 0xFFBFFFFF, 0x7FFFFFFF],
            F64: [0x7FF8000000000000, 0xFFF8000000000000, 0x7FF0000000000001, 0x7FF4000000000000,
                  0xFFF7FFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF]}
OR = {I32: b"\x72", I64: b"\x84"}


def _bits(value_type, value):
    plain, packed = ("<I", "<f") if value_type == F32 else ("<Q", "<d")
    return struct.unpack(plain, struct.pack(packed, value))[0]


def _truncations():
    """(operand, result, saturating, trapping, bits next to the limits, bits inside) of each."""
    out = []
    codes = [(F32, I32, 0xA8, 0), (F64, I32, 0xAA, 2), (F32, I64, 0xAE, 4), (F64, I64, 0xB0, 6)]
    for operand, result, trapping, saturating in codes:
        for is_unsigned in (0, 1):
            size = 32 if result == I32 else 64
            lowest = 0 if is_unsigned else -(1 << (size - 1))
            beyond = 1 << (size if is_unsigned else size - 1)
            inside = [_bits(operand, each) for each in (0.0, -0.0, 1.5, 2.0, -0.9)]
            edges = []
            for limit in (float(lowest), float(beyond)):
                bits = _bits(operand, limit)
                edges += [each for each in (bits - 1, bits, bits + 1) if each >= 0]
            near = (-1.0, -0.99, -1.01, lowest - 0.9, lowest - 1.1, float("inf"), -float("inf"))
            edges += [_bits(operand, each) for each in near]
            out.append((operand, result, bytes([0xFC, saturating + is_unsigned]),
                        bytes([trapping + is_unsigned]), edges + NAN_BITS[operand][:4], inside))
    return out


TRUNCATE = _truncations()

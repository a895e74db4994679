#!/usr/bin/env python3
"""Tests of the comparison in check_results.py and of the reader of linker maps."""

import sys
import tempfile
import unittest
from pathlib import Path

import check_results

sys.path.insert(0, str(Path(__file__).resolve().parent / "footprint"))
import linker_map  # noqa: E402

TABLE = """\
m4 toolchain gcc-12
m4 fib 1000
m4 flash 200
m4 static 0
"""


def verdict_of(fresh_text, table_text=TABLE, targets=("m4",)):
    table, fresh = check_results.Results(), check_results.Results()
    table.add(table_text)
    fresh.add(fresh_text)
    return check_results.compare(table, fresh, targets)


class Comparison(unittest.TestCase):
    def counts(self, verdict):
        return verdict.passed, verdict.failed, verdict.skipped

    def test_the_same_values_pass(self):
        self.assertEqual(self.counts(verdict_of(TABLE)), (3, 0, 0))

    def test_growth_up_to_two_percent_passes(self):
        self.assertEqual(self.counts(verdict_of(TABLE.replace("1000", "1020"))), (3, 0, 0))

    def test_more_growth_fails_and_tells_old_new_and_percent(self):
        verdict = verdict_of(TABLE.replace("1000", "1021"))
        self.assertEqual(self.counts(verdict), (2, 1, 0))
        self.assertIn("m4 fib grew: 1000 -> 1021 (+2.10 %)", verdict.lines[0])

    def test_growth_from_zero_fails(self):
        self.assertEqual(self.counts(verdict_of(TABLE.replace("static 0", "static 1"))), (2, 1, 0))

    def test_shrinking_passes_and_is_told(self):
        verdict = verdict_of(TABLE.replace("1000", "500"))
        self.assertEqual(self.counts(verdict), (3, 0, 0))
        self.assertIn("smaller: m4 fib: 1000 -> 500", verdict.lines[0])

    def test_a_vanished_metric_fails(self):
        self.assertEqual(self.counts(verdict_of(TABLE.replace("m4 fib 1000\n", ""))), (2, 1, 0))

    def test_a_new_metric_fails(self):
        self.assertEqual(self.counts(verdict_of(TABLE + "m4 sieve 1\n")), (3, 1, 0))

    def test_a_target_that_is_not_in_the_table_fails(self):
        fresh = TABLE + TABLE.replace("m4", "m0")
        self.assertEqual(self.counts(verdict_of(fresh, targets=("m0", "m4"))), (3, 1, 0))

    def test_another_toolchain_is_skipped(self):
        self.assertEqual(self.counts(verdict_of(TABLE.replace("gcc-12", "gcc-13"))), (0, 0, 3))

    def test_a_target_that_cannot_be_built_is_skipped(self):
        self.assertEqual(self.counts(verdict_of("# skipped m4: there is no gcc\n")), (0, 0, 3))

    def test_a_failed_measurement_fails(self):
        self.assertEqual(self.counts(verdict_of(TABLE + "# failed m4: it crashed\n")), (0, 1, 0))

    def test_a_target_without_result_fails(self):
        self.assertEqual(self.counts(verdict_of("")), (0, 1, 0))

    def test_the_table_reads_back_as_written(self):
        values = {"m4": {"fib": "1000", "toolchain": "gcc-12"}}
        again = check_results.Results()
        again.add(check_results.table_text(values))
        self.assertEqual(again.values, values)

    def test_contradicting_values_are_refused(self):
        with self.assertRaises(ValueError):
            check_results.Results().add("m4 fib 1\nm4 fib 2\n")


MAP = """\
Discarded input sections

 .text.unused   0x00000000       0x99 src/libmote.a(engine.cpp.obj)

Linker script and memory map

.text           0x00000000       0x40
 *(.text .text.*)
 .text.short    0x00000000       0x10 src/libmote.a(engine.cpp.obj)
                0x00000000                first_symbol
 *fill*         0x00000010        0x2 
 .text.a_name_that_needs_a_line_of_its_own
                0x00000012        0x8 src/libmote.a(loader.cpp.obj)
 .text.memcpy   0x0000001a        0x6 /usr/lib/libc.a(memcpy.o)
 .rodata.str1.1
                0x00000020        0x4 app.o
                                 0x44 (size before relaxing)

.data           0x20000000        0x4 load address 0x00000040
 .data.x        0x20000000        0x4 src/libmote.a(engine.cpp.obj)

.bss            0x20000004        0x8
 .bss.y         0x20000004        0x8 src/libmote.a(engine.cpp.obj)

.ARM.attributes
                0x00000000       0x30
 .ARM.attributes
                0x00000000       0x20 src/libmote.a(engine.cpp.obj)
"""


class LinkerMap(unittest.TestCase):
    def test_sizes_are_those_of_what_was_linked(self):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "app.map"
            path.write_text(MAP)
            sizes = linker_map.parse(path)
        self.assertEqual(
            sizes,
            {
                "src/libmote.a(engine.cpp.obj)": [0x14, 0xC],
                "src/libmote.a(loader.cpp.obj)": [8, 0],
                "/usr/lib/libc.a(memcpy.o)": [6, 0],
                "app.o": [4, 0],
            },
        )
        vm = linker_map.totals(sizes, lambda file: linker_map.library_of(file) == "libmote.a")
        self.assertEqual(vm, [0x1C, 0xC])
        self.assertEqual(linker_map.totals(sizes, linker_map.is_library), [6, 0])


if __name__ == "__main__":
    unittest.main()

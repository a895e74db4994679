#!/usr/bin/env python3
# Tests of compare.py with engines that are small shell commands.

import contextlib
import io
import json
import pathlib
import shutil
import tempfile
import unittest

import compare


class CompareTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("one", "two"):
            (self.folder / f"{name}.wasm").write_text("some bytes")

    def run_compare(self, *arguments):
        output, message = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(message):
            code = compare.main(["--workloads", str(self.folder), "--runs", "2", *arguments])
        return code, output.getvalue() + message.getvalue()

    @unittest.skipUnless(compare.QemuMeter.available(), "no QEMU that takes the plugin")
    def test_instructions_counted_by_qemu_are_the_same_in_every_round(self):
        report = self.folder / "report.json"
        code, text = self.run_compare("--engine", "a=cat {}", "--engine", "b=cat -u {}",
                                      "--instructions", "qemu", "--json", str(report))
        self.assertEqual(code, 0, text)
        for workload in json.loads(report.read_text())["workloads"]:
            costs = workload["engines"]["a"]["costs"]
            self.assertGreater(costs[0], 0.01)
            self.assertAlmostEqual(costs[0], costs[1], delta=0.01 * costs[0])

    def test_engines_that_agree_are_compared_on_all_workloads(self):
        report = self.folder / "report.json"
        chart = self.folder / "chart.svg"
        code, text = self.run_compare("--engine", "a=cat {}", "--engine", "b=cat {}",
                                      "--json", str(report), "--chart", str(chart))
        self.assertEqual(code, 0, text)
        figures = json.loads(report.read_text())
        self.assertEqual([w["workload"] for w in figures["workloads"]], ["one", "two"])
        self.assertEqual(figures["baseline"], "a")
        self.assertEqual(len(figures["workloads"][0]["engines"]["b"]["costs"]), 2)
        self.assertIn("geometric mean", text)
        self.assertIn("<svg", chart.read_text())

    def test_different_output_is_an_error(self):
        code, text = self.run_compare("--engine", "a=cat {}", "--engine", "b=wc -c {}")
        self.assertEqual(code, compare.kDisagreement)
        self.assertIn("a and b disagree", text)

    def test_parts_of_the_output_can_be_ignored(self):
        engines = ("--engine", "a=sh -c 'echo sum 7; echo time 1' {}",
                   "--engine", "b=sh -c 'echo sum 7; echo time 2' {}")
        self.assertEqual(self.run_compare(*engines)[0], compare.kDisagreement)
        self.assertEqual(self.run_compare(*engines, "--ignore", "^time.*$")[0], 0)

    def test_different_exit_code_is_an_error(self):
        code, text = self.run_compare("--engine", "a=true {}", "--engine", "b=false {}")
        self.assertEqual(code, compare.kDisagreement)
        self.assertIn("exit code 1", text)

    def test_failure_everywhere_is_an_error_unless_accepted(self):
        engines = ("--engine", "a=false {}", "--engine", "b=false {}")
        self.assertEqual(self.run_compare(*engines)[0], compare.kDisagreement)
        self.assertEqual(self.run_compare(*engines, "--any-exit-code")[0], 0)

    def test_an_engine_that_hangs_is_ended(self):
        code, text = self.run_compare("--engine", "a=cat {}", "--timeout", "0.2",
                                      "--engine", "b=sh -c 'exec sleep 30' {}")
        self.assertEqual(code, compare.kDisagreement, text)

    def test_wrong_usage_has_its_own_exit_code(self):
        for arguments in (["--engine", "a=cat {}"], ["--engine", "a=cat", "--engine", "b=cat {}"],
                          ["--engine", "a=cat {}", "--engine", "a=cat {}"],
                          ["--engine", "a=cat {}", "--engine", "b=cat {}", "--baseline", "c"],
                          ["--engine", "a=cat {}", "--engine", "b=cat {}", "--chart", "x.gif"]):
            self.assertEqual(self.run_compare(*arguments)[0], compare.kUsage, arguments)

    def test_the_mean_is_geometric(self):
        self.assertAlmostEqual(compare.geometric_mean([0.5, 2.0]), 1.0)
        self.assertAlmostEqual(compare.geometric_mean([1, 8]), 2 * 2 ** 0.5)


if __name__ == "__main__":
    unittest.main()

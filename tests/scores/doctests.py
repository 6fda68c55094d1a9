#!/usr/bin/env python3
"""Counts PySpark's own docstrings whose examples all pass: LOCHAN_REMOTE=sc://... tests/scores/doctests.py

The examples come from the installed client; a few depend on the order of rows, so the number varies by two:
record the lowest of several runs. Output must match in order; a docstring with one wrong
example has failed. The number must not be lower than the one in tests/scores.json; --record writes a
higher one. The last line is `N passed, N failed`: whether the score held.
"""
import argparse
import doctest
import importlib
import json
import logging
import os
import pathlib
import sys
import tempfile

from pyspark.sql import SparkSession

SCORES = pathlib.Path(__file__).resolve().parent.parent / "scores.json"
MODULES = ["column", "functions.builtin", "dataframe", "catalog", "readwriter", "group", "window", "types",
           "conf", "tvf"]
MATCHING = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


def passes(test: doctest.DocTest) -> bool:
    runner = doctest.DocTestRunner(optionflags=MATCHING, verbose=False)
    return runner.run(test, out=lambda text: None).failed == 0


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--record", action="store_true", help="write a higher score into scores.json")
    options = arguments.parse_args()
    logging.disable(logging.CRITICAL)  # the client logs expected errors

    spark = SparkSession.builder.remote(os.environ["LOCHAN_REMOTE"]).getOrCreate()
    passed, total = 0, 0
    with tempfile.TemporaryDirectory(prefix="doctests-") as folder:
        os.chdir(folder)  # some examples write files into the working folder
        for name in MODULES:
            module = importlib.import_module(f"pyspark.sql.{name}")
            tests = [test for test in doctest.DocTestFinder().find(module, globs={**vars(module), "spark": spark})
                     if test.examples]
            good = sum(map(passes, tests))
            print(f"{name}: {good} of {len(tests)}", flush=True)
            passed, total = passed + good, total + len(tests)
        os.chdir("/")

    scores = json.loads(SCORES.read_text())
    recorded = scores.get("doctests", {"passed": 0, "of": total})
    print(f"docstrings: {passed} of {total}; recorded: {recorded['passed']} of {recorded['of']}")
    held = total == recorded["of"] and passed >= recorded["passed"]
    if options.record and held:
        scores["doctests"] = {"passed": passed, "of": total}
        SCORES.write_text(json.dumps(scores, indent=2) + "\n")
    print("1 passed, 0 failed" if held else "0 passed, 1 failed")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

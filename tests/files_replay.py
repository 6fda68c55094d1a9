#!/usr/bin/env python3
"""Replays tests/files/*.test against LOCHAN_REMOTE: each case is one test.

Schema, rows, errors and written files must be those of a real Spark; see oracle/data_file.py for the format.
tests/files/known_differences.txt names the cases in which Lochan is not like Spark yet; they run too, and one that
starts to pass fails until its line is gone. `python tests/files_replay.py` prints what differs.
"""
import functools
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "oracle"))

import data_file  # noqa: E402
from test_file import Answer  # noqa: E402

FOLDER = HERE / "files"
KNOWN = FOLDER / "known_differences.txt"
FILES = {path.name: data_file.read(path) for path in sorted(FOLDER.glob("*.test"))}


def known_differences() -> dict[str, str]:
    """`file: case` to the reason."""
    lines = KNOWN.read_text().splitlines() if KNOWN.exists() else []
    return dict(line.split(" | ", 1) for line in lines if line and not line.startswith("#"))


@functools.cache
def answers(name: str) -> dict[str, Answer]:
    return {case.name: answer for case, answer in data_file.ask_file(os.environ["LOCHAN_REMOTE"], FILES[name])}


def difference(name: str, case: data_file.DataCase) -> str:
    """Empty when the server answers as Spark did."""
    answer = answers(name).get(case.name, Answer(error="not asked"))
    expected, actual = (a.lines(case.ordered) for a in (case.answer, answer))
    if expected == actual:
        return ""
    return "\n".join([*case.lines, "Spark:", *expected, "Lochan:", *actual])


def parameters():
    known = known_differences()
    for name, file in FILES.items():
        for case in file.cases:
            where = f"{name}: {case.name}"
            marks = [pytest.mark.xfail(strict=True, reason=known[where])] if where in known else []
            yield pytest.param(name, case, id=where, marks=marks)


@pytest.mark.parametrize(("name", "case"), list(parameters()))
def test_case(name, case):
    if found := difference(name, case):
        pytest.fail(found, pytrace=False)


def test_every_case_is_recorded():
    missing = [f"{name}: {case.name}" for name, file in FILES.items() for case in file.cases if not case.answer]
    assert missing == [], "run tests/oracle/record"


def test_known_differences_are_cases():
    cases = {f"{name}: {case.name}" for name, file in FILES.items() for case in file.cases}
    assert sorted(set(known_differences()) - cases) == []


def main() -> None:
    known = known_differences()
    total = differing = 0
    for name, file in FILES.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        for case in file.cases:
            total += 1
            if found := difference(name, case):
                differing += 1
                print(f"==== {name}: {case.name}{' (known)' if f'{name}: {case.name}' in known else ''}\n{found}\n")
    print(f"{total} cases, {total - differing} as Spark")


if __name__ == "__main__":
    main()

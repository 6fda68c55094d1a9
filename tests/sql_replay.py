"""Replays tests/sql/**/*.test against LOCHAN_REMOTE: each case is one test.

Types, rows and errors (condition, SQLSTATE, parameters) must be those that a real Spark gave; see
oracle/test_file.py for the format. tests/sql/known_differences.txt names the cases in which Lochan is
not like Spark yet. They run too, count as neither passed nor failed, and one that starts to pass fails
until its line is gone: `python tests/sql_replay.py --shrink` removes such lines. One whose reason starts
with `crash` ends the server, so it is not asked with the others.
"""
import argparse
import functools
import json
import os
import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "oracle"))

import test_file  # noqa: E402
from ask import ask_file  # noqa: E402

SQL = HERE / "sql"
KNOWN = SQL / "known_differences.txt"
SCORES = HERE / "scores.json"
FILES = {str(path.relative_to(SQL)): test_file.read(path) for path in sorted(SQL.rglob("*.test"))}


def known_differences() -> dict[str, str]:
    """`file:case` to the reason."""
    lines = KNOWN.read_text().splitlines() if KNOWN.exists() else []
    return dict(line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))


@functools.cache
def answers(name: str) -> dict[str, test_file.Answer]:
    """What the server says to the cases of a file, all at once: they may need each other."""
    remote = os.environ["LOCHAN_REMOTE"]
    crashes = {where for where, why in known_differences().items() if why.startswith("crash")}
    return {case.name: answer for case, answer in
            ask_file(remote, FILES[name], lambda case: f"{name}:{case.name}" not in crashes)}


def difference(name: str, case: test_file.Case) -> str:
    """Empty when the server answers as Spark did."""
    answer = answers(name).get(case.name, test_file.Answer(error="not asked"))
    expected, actual = (a.lines(case.ordered) for a in (case.answer, answer))
    if expected == actual:
        return ""
    return "\n".join([case.statement, "Spark:", *expected, "Lochan:", *actual])


def reason(case: test_file.Case, answer: test_file.Answer) -> str:
    """One line for known_differences.txt."""
    expected = case.answer
    if answer.error and answer.error != expected.error:
        instead = f"instead of {expected.error.split()[0]}" if expected.error else "instead of rows"
        return f"{answer.error.split()[0]} {instead} {json.dumps(answer.parameters)[:100]}"
    if expected.error and not answer.error:
        return f"rows instead of {expected.error.split()[0]}"
    if expected.error:
        return "other parameters of the error"
    return "other types" if answer.types != expected.types else "other rows"


def parameters():
    known = known_differences()
    for name, file in FILES.items():
        for case in file.cases:
            where = f"{name}:{case.name}"
            marks = [pytest.mark.xfail(strict=True, reason=known[where])] if where in known else []
            yield pytest.param(name, case, id=where, marks=marks)


@pytest.mark.parametrize(("name", "case"), list(parameters()))
def test_case(name, case):
    if found := difference(name, case):
        pytest.fail(found, pytrace=False)


def test_every_case_is_recorded():
    missing = [f"{name}:{case.name}" for name, file in FILES.items() for case in file.cases
               if not case.name or not case.answer or not file.spark]
    assert missing == [], "run tests/oracle/record"


def test_scores_only_rise():
    scores, known = json.loads(SCORES.read_text()), known_differences()
    cases = {f"{name}:{case.name}" for name, file in FILES.items() for case in file.cases}
    assert sorted(set(known) - cases) == [], "known differences of no case"
    assert len(cases) >= scores["sql_cases"], "cases were removed"
    assert len(known) <= scores["known_differences"], "more known differences than before"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--shrink", action="store_true", help="remove known differences that passed")
    arguments.add_argument("--grow", action="store_true",
                           help="add differences of cases that are new in this change")
    options = arguments.parse_args()

    known, differing = known_differences(), {}
    for name, file in FILES.items():
        for case in file.cases:
            if difference(name, case):
                where = f"{name}:{case.name}"
                answer = answers(name).get(case.name, test_file.Answer(error="not asked"))
                differing[where] = known.get(where) or reason(case, answer)
    total = sum(len(file.cases) for file in FILES.values())
    kept = {w: r for w, r in differing.items()
            if options.grow or w in known} if options.shrink or options.grow else known
    if not options.shrink and options.grow:
        kept = {**known, **kept}
    if options.shrink or options.grow:
        head = [line for line in KNOWN.read_text().splitlines() if line.startswith("#")]
        KNOWN.write_text("\n".join(head + [f"{w} {r}" for w, r in kept.items()]) + "\n")
        scores = json.loads(SCORES.read_text())
        scores.update(sql_cases=total, known_differences=len(kept))
        SCORES.write_text(json.dumps(scores, indent=2) + "\n")
    print(f"{total} cases, {total - len(differing)} as Spark, {len(kept)} known differences,"
          f" {len(set(differing) - set(kept))} others:")
    for where in differing:
        if where not in kept:
            print(where, differing[where])


if __name__ == "__main__":
    main()

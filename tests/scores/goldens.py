#!/usr/bin/env python3
"""Replays Spark's golden SQL files: LOCHAN_REMOTE=sc://... tests/scores/goldens.py [--record] [TEXT...]

The files are those of Spark's own SQLQueryTestSuite, in the pinned test jar (`tools/setup goldens` unpacks
it), without the folders that need user functions in Python, Scala or Java. Two scores are counted:

  queries  statements that select rows and must succeed: schema and rows equal
  errors   statements that must fail: the error condition equal

Each statement of a file counts, whatever became of the ones before it; one that was not asked, or took
longer than a minute, has failed. As in Spark's suite the order of rows is not compared. The scores must not
be lower than in tests/scores.json; --record writes higher ones. TEXT: only files with it in their names,
to look at; --show prints what differs. The last line is `N passed, N failed`: how many scores held.
"""
import argparse
import collections
import json
import logging
import os
import pathlib
import re
import signal
import sys
import time
from dataclasses import dataclass

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from hive_text import hive_row

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDENS = pathlib.Path(os.environ.get("LOCHAN_DEPS", ROOT / ".deps")) / "goldens"
RESULTS, INPUTS = GOLDENS / "sql-tests/results", GOLDENS / "sql-tests/inputs"
SCORES = ROOT / "tests/scores.json"
USER_FUNCTIONS = ("udf/", "udaf/", "udtf/")
ZONE = "America/Los_Angeles"
SECONDS = 60  # for one statement

ONEK = ("unique1 int, unique2 int, two int, four int, ten int, twenty int, hundred int, thousand int,"
        " twothousand int, fivethous int, tenthous int, odd int, even int, stringu1 string,"
        " stringu2 string, string4 string")
# What Spark's suite has in its database before the first file: name, schema, file of values or a query.
TABLES = [
    ("testdata", None, "SELECT CAST(id AS INT) AS key, CAST(id AS STRING) AS value FROM range(1, 101)"),
    ("arraydata", None, "SELECT * FROM VALUES (array(1, 2, 3), array(array(1, 2, 3))),"
                        " (array(2, 3, 4), array(array(2, 3, 4))) AS t(arraycol, nestedarraycol)"),
    ("mapdata", None, "SELECT * FROM VALUES (map(1, 'a1', 2, 'b1', 3, 'c1', 4, 'd1', 5, 'e1')),"
                      " (map(1, 'a2', 2, 'b2', 3, 'c2', 4, 'd2')), (map(1, 'a3', 2, 'b3', 3, 'c3')),"
                      " (map(1, 'a4', 2, 'b4')), (map(1, 'a5')) AS t(mapcol)"),
    ("aggtest", "a int, b float", "agg.data"),
    ("onek", ONEK, "onek.data"),
    ("tenk1", ONEK, "tenk.data"),
]


@dataclass
class Statement:
    text: str
    schema: str
    output: str

    @property
    def condition(self) -> str | None:
        """The error condition that must come; "" if the error has none; None if it must succeed."""
        if not re.match(r"(org\.apache\.|java\.|[\w.]*Exception)", self.output):
            return None
        found = re.search(r'"(?:errorClass|condition)" : "([^"]+)"', self.output)
        return found[1] if found else ""

    @property
    def selects_rows(self) -> bool:
        bare = re.sub(r"--[^\n]*|/\*.*?\*/", "", self.text, flags=re.S)
        return bool(re.match(r"\s*(\(|select|with|values|from|table)", bare, re.I))


def read(path: pathlib.Path) -> list[Statement]:
    sections = re.split(r"^-- !query$\n", path.read_text(encoding="utf8"), flags=re.M)[1:]
    parts = (re.match(r"(.*?)\n-- !query schema\n(.*?)\n-- !query output\n(.*)", s, re.S) for s in sections)
    return [Statement(text, schema, output.rstrip("\n")) for text, schema, output in
            (part.groups() for part in parts if part)]


def settings(name: str) -> dict[str, str]:
    """The configuration of a file: its folder's, then what its input sets."""
    found = {"spark.sql.session.timeZone": ZONE,
             "spark.sql.ansi.enabled": str(not name.startswith("nonansi/")).lower()}
    if name.startswith("timestampNTZ/"):
        found["spark.sql.timestampType"] = "TIMESTAMP_NTZ"
    source = INPUTS / name.removesuffix(".out")
    if source.exists():
        for line in re.findall(r"^--SET (.*)$", source.read_text(encoding="utf8"), re.M):
            found.update(pair.strip().split("=", 1) for pair in line.split(",") if "=" in pair)
    return found


def new_session(configuration: dict[str, str]) -> SparkSession:
    spark = SparkSession.builder.remote(os.environ["LOCHAN_REMOTE"]).create()
    for key, value in configuration.items():
        try:
            spark.conf.set(key, value)
        except PySparkException:
            pass  # a configuration of Spark's that cannot be set here: its statements show it
    return spark


def make_tables() -> None:
    spark = new_session({})
    for name, schema, source in TABLES:
        frame = (spark.read.csv(f"file:{GOLDENS}/test-data/postgresql/{source}", schema=schema, sep="\t")
                 if schema else spark.sql(source))
        frame.write.format("parquet").mode("overwrite").saveAsTable(name)
    spark.stop()


def clean(spark: SparkSession) -> None:
    """Drops what a file left behind."""
    kept = {name for name, _, _ in TABLES}
    spark.sql("USE default")
    for row in spark.sql("SHOW SCHEMAS").collect():
        if row[0] != "default":
            spark.sql(f"DROP SCHEMA IF EXISTS `{row[0]}` CASCADE")
    for row in spark.sql("SHOW VIEWS IN default").collect():
        if not row.isTemporary:
            spark.sql(f"DROP VIEW IF EXISTS default.`{row.viewName}`")
    for row in spark.sql("SHOW TABLES IN default").collect():
        if not row.isTemporary and row.tableName not in kept:
            spark.sql(f"DROP TABLE IF EXISTS default.`{row.tableName}`")


class TooLong(Exception):
    pass


def give_up(*_):
    raise TooLong


def difference(spark: SparkSession, statement: Statement) -> str:
    """Empty when the answer is the expected one."""
    signal.alarm(SECONDS)
    try:
        frame = spark.sql(statement.text)
        schema, rows = frame.schema, frame.collect()
    except PySparkException as error:
        condition = error.getCondition()
        if statement.condition is None:
            return f"{condition} instead of rows: {str(error).splitlines()[0][:150]}"
        same = condition is not None and condition == statement.condition
        return "" if same else f"{condition} instead of {statement.condition}"
    except Exception as error:  # what the client itself cannot do
        return f"{type(error).__name__}: {str(error)[:150]}"
    finally:
        signal.alarm(0)
    if statement.condition is not None:
        return f"rows instead of {statement.condition or 'an error'}"
    if schema.simpleString() != statement.schema:
        return f"schema {schema.simpleString()[:150]} instead of {statement.schema[:150]}"

    def lines(text: str) -> list[str]:
        return sorted(line.rstrip() for line in text.strip("\n").split("\n"))

    got = lines("\n".join(hive_row(row, schema) for row in rows))
    want = lines(statement.output)
    return "" if got == want else f"rows {got[:3]} instead of {want[:3]}"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--record", action="store_true", help="write higher scores into scores.json")
    arguments.add_argument("--show", action="store_true", help="print each difference")
    arguments.add_argument("files", nargs="*", metavar="TEXT", help="only files with this text in their names")
    options = arguments.parse_args()
    if not RESULTS.exists():
        sys.exit("No golden files: run `tools/setup goldens` first.")
    logging.disable(logging.CRITICAL)  # the client logs expected errors
    os.environ["TZ"] = ZONE  # the client's, in which it shows timestamps
    time.tzset()
    signal.signal(signal.SIGALRM, give_up)

    make_tables()
    names = [name for name in (str(p.relative_to(RESULTS)) for p in sorted(RESULTS.rglob("*.sql.out")))
             if not name.startswith(USER_FUNCTIONS)]
    passed, total = collections.Counter(), collections.Counter()
    for name in names:
        if options.files and not any(text in name for text in options.files):
            continue
        good, of = collections.Counter(), collections.Counter()
        spark = new_session(settings(name))
        for statement in read(RESULTS / name):
            kind = ("errors" if statement.condition is not None else
                    "queries" if statement.selects_rows else "others")
            differs = difference(spark, statement)
            of[kind] += 1
            good[kind] += not differs
            if differs and options.show:
                print(f"  {kind}: {statement.text[:150]!r}: {differs}")
        clean(spark)
        spark.stop()
        passed, total = passed + good, total + of
        print(f"{name}: " + ", ".join(f"{good[k]} of {of[k]} {k}" for k in of), flush=True)

    scores = json.loads(SCORES.read_text())
    held = 0
    for kind in ("queries", "errors"):
        floor = scores.get("goldens", {}).get(kind, {"passed": 0, "of": total[kind]})
        print(f"{kind}: {passed[kind]} of {total[kind]}; recorded: {floor['passed']} of {floor['of']}")
        held += total[kind] == floor["of"] and passed[kind] >= floor["passed"]
    if options.files:
        return 0
    if options.record and held == 2:
        scores["goldens"] = {k: {"passed": passed[k], "of": total[k]} for k in ("queries", "errors")}
        SCORES.write_text(json.dumps(scores, indent=2) + "\n")
    print(f"{held} passed, {2 - held} failed")
    return 0 if held == 2 else 1


if __name__ == "__main__":
    sys.exit(main())

"""The table of functions is whole, its examples run, and the pages made from tables are those of today."""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/oracle"))

import test_file  # noqa: E402

SYNTAX = {"case", "cast"}  # Spark lists them; the grammar knows them as CASE WHEN and CAST(x AS type)
RAISES = {"raise_error"}  # the example is there to show an error


def load_tool(name: str):
    loader = importlib.machinery.SourceFileLoader(name, str(ROOT / "tools" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


reference = load_tool("reference")


@pytest.fixture(scope="module")
def functions() -> list[dict]:
    said = subprocess.run([os.environ["LOCHAN_SERVER"], "reference"], check=True, capture_output=True, text=True)
    return json.loads(said.stdout)["functions"]


def names(rows: list[dict]) -> set[str]:
    return {name for row in rows for name in [row["name"], *row.get("aliases", [])]}


def test_every_function_of_spark_is_a_row(functions):
    recorded = test_file.read(ROOT / "tests/sql/functions/all.test").cases[0].answer.rows
    assert len(recorded) > 500
    assert sorted(set(recorded) - names(functions) - SYNTAX) == []


def test_a_missing_function_says_why(functions):
    assert [row["name"] for row in functions if row.get("missing") == ""] == []


def test_every_function_has_words_and_an_example(functions):
    here = [row for row in functions if "missing" not in row]
    assert [row["name"] for row in here if not row["doc"]] == []
    assert [row["name"] for row in here if not row["example"]] == []


def test_every_example_runs(functions):
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
    spark = SparkSession.builder.remote(os.environ["LOCHAN_REMOTE"]).create()
    wrong = []
    for row in functions:
        if example := row.get("example"):
            try:
                spark.sql(example).show()  # the client collects no calendar intervals
                if row["name"] in RAISES:
                    wrong.append(f"{row['name']}: no error")
            except PySparkException as error:
                if row["name"] not in RAISES:
                    wrong.append(f"{row['name']}: {example}: {str(error)[:200]}")
    spark.stop()
    assert wrong == []


def test_reference_pages_are_of_today():
    from server import Server
    with Server(os.environ["LOCHAN_SERVER"]) as server:  # it runs every kind of statement and command
        made = reference.pages(server.binary, server.address)
    assert reference.out_of_date(made) == [], "run `make docs`"

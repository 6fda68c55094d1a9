"""TPC-H's 22 queries on Delta tables of scale 0.01: the rows are those that a real Spark answered (bench/record)."""
import os
import pathlib
import sys

import pytest
from pyspark.sql import SparkSession

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import tpch

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")
SCALE = 0.01


@pytest.fixture(scope="module")
def queries():
    connection = tpch.connect()
    tpch.make_data(connection, SCALE)
    return tpch.queries(connection)


@pytest.fixture(scope="module")
def spark(queries):
    session = SparkSession.builder.remote(REMOTE).create()
    for table in tpch.TABLES:
        path = tpch.FOLDER / f"tpch-{SCALE:g}" / table
        session.read.format("delta").load(str(path)).createOrReplaceTempView(table)
    yield session
    session.stop()


@pytest.mark.parametrize("number", range(1, 23))
def test_rows_are_those_of_spark(spark, queries, number):
    frame = spark.sql(queries[number - 1])
    recorded = tpch.recorded_file(SCALE, number).read_text().splitlines()
    assert tpch.difference(recorded, queries[number - 1], tpch.lines(frame.schema, frame.toArrow())) == ""

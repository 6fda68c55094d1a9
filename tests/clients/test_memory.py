"""The server's memory: large results, slow readers, spilling, what cannot spill, sessions that go.

    LOCHAN_SERVER=build/release/bin/lochan pytest tests/clients/test_memory.py -m heavy

Each test has a server of its own. A sanitizer's memory is no measure: only a release build is asked.
"""
import os
import pathlib
import sys
import time

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession, functions as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from server import Server, peak_mb, resident_mb

SERVER = os.environ.get("LOCHAN_SERVER")
pytestmark = [pytest.mark.heavy, pytest.mark.skipif(not SERVER or "release" not in SERVER,
                                                    reason="LOCHAN_SERVER names no release build")]
STREAMING_MB = 500  # what a server that only passes rows on may take


def batches(frame):
    """What toLocalIterator() reads, before Python makes rows of it, which takes minutes."""
    client = frame.sparkSession.client
    for item in client.to_table_as_iterator(frame._plan.to_proto(client), {}):
        if hasattr(item, "num_rows"):
            yield item


def wide(spark, rows):
    return spark.range(rows).select("id", *(F.concat(F.lit("x" * 100), F.col("id")).alias(f"s{i}") for i in range(8)))


@pytest.fixture
def server():
    with Server(SERVER) as server:
        yield server
    assert server.status == 0, server.last_log


@pytest.fixture
def spark(server):
    session = SparkSession.builder.remote(server.address).create()
    yield session
    session.stop()


def test_a_hundred_million_rows_pass_through(server, spark):
    rows = 0
    for batch in batches(spark.range(100_000_000)):
        assert batch.column(0)[0].as_py() == rows
        rows += batch.num_rows
    assert rows == 100_000_000
    assert peak_mb(server.process.pid) < STREAMING_MB


def test_wide_rows_pass_through(server, spark):
    rows = 0
    for batch in batches(wide(spark, 5_000_000)):
        rows += batch.num_rows
    assert rows == 5_000_000
    assert peak_mb(server.process.pid) < STREAMING_MB


def test_rows_of_megabytes_pass_through(server, spark):
    frame = spark.range(2_000).select("id", F.repeat(F.col("id").cast("string"), F.lit(300_000)).alias("s"))
    rows = 0
    for batch in batches(frame):
        assert batch.column(1)[0].as_py() == str(batch.column(0)[0].as_py()) * 300_000
        rows += batch.num_rows
    assert rows == 2_000


def test_a_slow_reader_holds_the_engine_back(server, spark):
    stream = batches(wide(spark, 100_000_000))
    for _ in range(40):
        next(stream)
        time.sleep(0.25)
    assert peak_mb(server.process.pid) < STREAMING_MB
    spark.interruptAll()


@pytest.mark.parametrize("value", [
    "repeat('x', 1000000)",  # a constant
    "repeat(CAST(id % 10 AS STRING), 1000000)",
    "repeat(CAST(id % 10 AS STRING), 100000)",
    "array_repeat(id, 125000)",
    "named_struct('a', id, 'b', split(repeat('a,', 250000), ','))",
    "(SELECT max(repeat(CAST(r.id AS STRING), 1000000)) FROM range(10) r)",
])
def test_wide_rows_that_nobody_reads_stay_few(server, spark, value):
    stream = batches(spark.sql(f"SELECT id, {value} AS v FROM range(1000000)"))
    next(stream)
    for _ in range(10):
        time.sleep(0.5)
        assert peak_mb(server.process.pid) < STREAMING_MB
    spark.interruptAll()


@pytest.fixture
def small_server(tmp_path):
    """A server with 1 GB for queries and a place to spill to."""
    with Server(SERVER, ["--memory-limit", "1GB", "--spill-directory", str(tmp_path / "spill")]) as server:
        yield server
    assert server.status == 0, server.last_log


def test_a_sort_larger_than_memory_spills(small_server):
    spark = SparkSession.builder.remote(small_server.address).create()
    rows = 16_000_000  # of 256 bytes and more: 4 GB, which no compression makes much smaller
    text = F.concat(*(F.sha2((F.col("id") + i).cast("string"), 512) for i in range(2)))
    frame = spark.range(rows).select(F.xxhash64("id").alias("h"), text.alias("s"))
    seen, last = 0, -2**63
    for batch in batches(frame.orderBy("h")):
        values = batch.column(0).to_numpy()
        assert (values[1:] >= values[:-1]).all() and values[0] >= last
        last = values[-1]
        seen += batch.num_rows
    assert seen == rows
    assert peak_mb(small_server.process.pid) < 2_000


@pytest.mark.parametrize("query", [
    "SELECT size(collect_list(id)) FROM range(300000000)",
    "SELECT size(sequence(0L, 400000000L))",
    "SELECT sum(size(sequence(0, 400000000 + id))) FROM range(2)",
    "SELECT max(length(repeat('x', 1500000000 + CAST(id AS INT)))) FROM range(2)",
    "SELECT sum(size(array_repeat(id, 300000000))) FROM range(2)",
    "SELECT sum(size(split(repeat('a,', 200000000 + CAST(id AS INT)), ','))) FROM range(1)",
])
def test_what_cannot_spill_is_an_error(small_server, query):
    spark = SparkSession.builder.remote(small_server.address).create()
    with pytest.raises(PySparkException) as caught:
        spark.sql(query).collect()
    assert caught.value.getCondition() == "OUT_OF_MEMORY"
    assert spark.range(5).count() == 5
    assert peak_mb(small_server.process.pid) < 3_000


def test_sessions_give_their_memory_back(server):
    def open_and_close(number):
        for _ in range(number):
            spark = SparkSession.builder.remote(server.address).create()
            spark.createDataFrame([(i, "x" * 100) for i in range(100)], "a INT, b STRING").createTempView("v")
            assert spark.sql("SELECT count(*) FROM v").collect()[0][0] == 100
            spark.stop()

    open_and_close(300)
    before = resident_mb(server.process.pid)
    open_and_close(2_000)
    assert resident_mb(server.process.pid) < before + 50

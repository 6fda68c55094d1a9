"""A write that fails leaves what was there, file by file, and nothing else: each format, each save mode, partitions or not.

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_atomic_writes.py
"""
import hashlib
import itertools
import os
import pathlib
import threading
import time

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession, functions as F

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")
FORMATS = ["csv", "json", "parquet", "text", "delta"]
FAILING_ROW = 1_000_000

# Save mode, and whether rows are there before.
CASES = [("error", False), ("ignore", False), ("append", False), ("append", True), ("overwrite", False), ("overwrite", True)]


@pytest.fixture(scope="module")
def spark():
    session = SparkSession.builder.remote(REMOTE).create()
    yield session
    session.stop()


def tree(folder):
    """Every name below `folder`, hidden ones too, and what is in the files; None if there is no folder."""
    if not folder.exists():
        return None
    return {str(path.relative_to(folder)): hashlib.md5(path.read_bytes()).hexdigest() if path.is_file() else "folder"
            for path in folder.rglob("*")}


def old_rows(spark):
    return spark.range(100).select(F.col("id").cast("string").alias("value"), (F.col("id") % 4).cast("int").alias("p"))


def partitioning(partitioned):
    return ["p"] if partitioned else []


def prepare(spark, tmp_path, form, there, partitioned):
    tmp_path.chmod(0o777)
    folder = tmp_path / "data"
    if there:
        frame = old_rows(spark) if partitioned else old_rows(spark).drop("p")
        frame.write.format(form).partitionBy(*partitioning(partitioned)).save(str(folder))
    return folder, tree(folder)


@pytest.mark.parametrize("partitioned", [False, True], ids=["plain", "partitioned"])
@pytest.mark.parametrize("mode, there", CASES, ids=[f"{mode}-{'there' if there else 'new'}" for mode, there in CASES])
@pytest.mark.parametrize("form", FORMATS)
def test_a_row_that_fails(spark, tmp_path, form, mode, there, partitioned):
    folder, before = prepare(spark, tmp_path, form, there, partitioned)
    frame = spark.range(FAILING_ROW + 10).select((F.lit(7) / (F.col("id") - FAILING_ROW)).cast("string").alias("value"),
                                                 (F.col("id") % 4).cast("int").alias("p"))
    frame = frame if partitioned else frame.drop("p")
    with pytest.raises(PySparkException) as error:
        frame.write.format(form).mode(mode).partitionBy(*partitioning(partitioned)).save(str(folder))
    assert error.value.getCondition() == "DIVIDE_BY_ZERO"
    assert tree(folder) == before
    if there:
        assert spark.read.format(form).load(str(folder)).count() == 100


@pytest.mark.parametrize("mode, there", [("error", False), ("append", True), ("overwrite", True)])
@pytest.mark.parametrize("form, partitioned", list(itertools.product(FORMATS, [False, True])))
def test_a_write_that_is_cancelled(spark, tmp_path, form, partitioned, mode, there):
    session = SparkSession.builder.remote(REMOTE).create()
    folder, before = prepare(session, tmp_path, form, there, partitioned)
    frame = session.range(10**10).select(F.sha2(F.col("id").cast("string"), 256).alias("value"),
                                         (F.col("id") % 4).cast("int").alias("p"))
    frame = frame if partitioned else frame.drop("p")
    errors = []

    def write():
        try:
            frame.write.format(form).mode(mode).partitionBy(*partitioning(partitioned)).save(str(folder))
        except PySparkException as error:
            errors.append(error)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    deadline = time.monotonic() + 30
    while tree_size(folder) <= len(before or ()) and time.monotonic() < deadline:
        time.sleep(0.01)  # until files grow somewhere below
    session.interruptAll()
    writer.join(60)
    assert not writer.is_alive() and errors, "the write went on"
    assert tree(folder) == before
    session.stop()


def tree_size(folder):
    return sum(len(folders) + len(files) for _, folders, files in os.walk(folder))

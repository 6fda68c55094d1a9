"""Delta tables that Spark wrote, against the rows that Spark read from them, which pyarrow reads here.

    LOCHAN_DELTA_TABLES=folder-of-archives LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_delta_tables.py

Each archive holds `delta`, the table, and `expected`, Parquet files with its rows; tables without those must be refused.
"""
import math
import os
import pathlib
import subprocess

import pyarrow.parquet
import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")
TABLES = os.environ.get("LOCHAN_DELTA_TABLES")
NAMES = sorted(path.name.removesuffix(".tar.zst") for path in pathlib.Path(TABLES).glob("*.tar.zst")) if TABLES else []

# Tables without files of expected rows: the condition that refuses them, or None where all files were removed again.
WITHOUT_ROWS = {
    "canonicalized-paths-normal-b": None,
    "canonicalized-paths-special-b": None,
    "deltalog-commit-info": "DELTA_LOG_CORRUPT",  # its metaData has no schema
    "deltalog-invalid-protocol-version": "DELTA_INVALID_PROTOCOL_VERSION",
    "deltalog-state-reconstruction-from-checkpoint-missing-protocol": "DELTA_LOG_CORRUPT",
    "deltalog-state-reconstruction-without-protocol": "DELTA_STATE_RECOVER_ERROR",
    "no-delta-log-folder": "DELTA_PATH_DOES_NOT_EXIST",
    "versions-not-contiguous": "DELTA_VERSIONS_NOT_CONTIGUOUS",
}

pytestmark = pytest.mark.skipif(not TABLES, reason="LOCHAN_DELTA_TABLES names no archives")


@pytest.fixture(scope="module")
def spark():
    session = SparkSession.builder.remote(REMOTE).create()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    yield session
    session.stop()


def plain(value):
    """A cell that compares: maps and structs by their parts, NaN equal to itself, instants without a zone."""
    if isinstance(value, dict):
        return ("struct", tuple((name, plain(item)) for name, item in value.items()))
    if isinstance(value, list):
        return ("list", tuple(plain(item) for item in value))
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    if hasattr(value, "tzinfo") and value.tzinfo is not None:
        return value.replace(tzinfo=None) if value.utcoffset().total_seconds() == 0 else value
    return value


def rows(table):
    names = sorted(table.column_names)
    cells = [table[name].to_pylist() for name in names]
    return names, sorted((tuple(plain(cell) for cell in row) for row in zip(*cells)), key=repr)


def unpacked(name, tmp_path):
    tmp_path.chmod(0o777)
    subprocess.run(["tar", "--zstd", "-xf", f"{TABLES}/{name}.tar.zst", "-C", tmp_path], check=True)
    return tmp_path / name


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_those_that_spark_read(spark, tmp_path, name):
    folder = unpacked(name, tmp_path)
    table = spark.read.format("delta").load(str(folder / "delta"))
    if not (folder / "expected").exists():
        if WITHOUT_ROWS[name] is None:
            assert table.collect() == []
            return
        with pytest.raises(PySparkException) as error:
            table.collect()
        assert error.value.getCondition() == WITHOUT_ROWS[name]
        return
    files = sorted(path for path in (folder / "expected").glob("*.parquet") if not path.name.startswith("."))
    expected = pyarrow.concat_tables([pyarrow.parquet.ParquetFile(path).read() for path in files])
    assert rows(table.toArrow()) == rows(expected)
    assert table.count() == expected.num_rows

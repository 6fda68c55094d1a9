"""The folders of partitions, as Spark 4.1 and Delta 4.4 name them (recorded from them; Parquet's and Delta's are the same).

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_partition_folders.py
"""
import datetime
import os

import deltalake
import pytest
from pyspark.sql import SparkSession

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")
VALUES = [chr(code) for code in range(1, 128)] + [
    "a b", " a", "a ", "\u00e9", "\u65e5\u672c", ".", "..", "a+b", "a%20b", "", None, "x\u0085y", "~", "\u00a0"]
FOLDERS = {  # what stands behind "v="
    ' ', ' a', '!', '$', '%01', '%02', '%03', '%04', '%05', '%06', '%07', '%08', '%09', '%0A', '%0B', '%0C', '%0D',
    '%0E', '%0F', '%10', '%11', '%12', '%13', '%14', '%15', '%16', '%17', '%18', '%19', '%1A', '%1B', '%1C', '%1D',
    '%1E', '%1F', '%22', '%23', '%25', '%27', '%2A', '%2F', '%3A', '%3D', '%3F', '%5B', '%5C', '%5D', '%5E', '%7B',
    '%7F', '&', '(', ')', '+', ',', '-', '.', '..', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ';', '<', '>',
    '@', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U',
    'V', 'W', 'X', 'Y', 'Z', '_', '__HIVE_DEFAULT_PARTITION__', '`', 'a', 'a ', 'a b', 'a%2520b', 'a+b', 'b', 'c',
    'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x',
    'x\x85y', 'y', 'z', '|', '}', '~', '\xa0', '\xe9', '\u65e5\u672c',
}


@pytest.fixture(scope="module")
def spark():
    session = SparkSession.builder.remote(REMOTE).create()
    session.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    yield session
    session.stop()


@pytest.fixture
def folder(tmp_path):
    tmp_path.chmod(0o777)
    return str(tmp_path / "data")


@pytest.mark.parametrize("form", ["parquet", "delta", "csv", "json", "text"])
def test_values_of_every_character(spark, folder, form):
    frame = spark.createDataFrame([(str(number), value) for number, value in enumerate(VALUES)], "i STRING, v STRING")
    frame.write.format(form).partitionBy("v").save(folder)
    assert {name[2:] for name in os.listdir(folder) if name.startswith("v=")} == FOLDERS
    schema = "value STRING, v STRING" if form == "text" else "i STRING, v STRING"
    read = (spark.read if form == "delta" else spark.read.schema(schema)).format(form).load(folder)
    found = {int(row[0]): row[1] for row in read.collect()}
    assert found == {number: value or None for number, value in enumerate(VALUES)}
    if form == "delta":
        table = deltalake.DeltaTable(folder).to_pyarrow_table()
        assert dict(zip(map(int, table["i"].to_pylist()), table["v"].to_pylist())) == found


@pytest.mark.parametrize("form", ["parquet", "csv", "json"])
def test_names_and_types(spark, folder, form):
    at = datetime.datetime(2024, 1, 2, 3, 4, 5, 678000)
    row = (1, "x", datetime.date(2024, 1, 2), at, 1.5, True)
    frame = spark.createDataFrame([row], "i INT, `p q%/=` STRING, d DATE, t TIMESTAMP, f DOUBLE, b BOOLEAN")
    frame = frame.selectExpr("*", "cast(1.10 AS DECIMAL(10,2)) AS g", "timestamp_ntz'2024-01-02 03:04:05' AS n")
    frame.write.format(form).partitionBy(*frame.columns[1:]).save(folder)
    local = at.astimezone()  # the client reads a naive time in its own zone
    tokyo = local.astimezone(datetime.timezone(datetime.timedelta(hours=9))).strftime("%Y-%m-%d %H%%3A%M%%3A%S.678")
    [path] = [os.path.relpath(root, folder) for root, folders, _ in os.walk(folder) if not folders]
    assert path == f"p q%25%2F%3D=x/d=2024-01-02/t={tokyo}/f=1.5/b=true/g=1.10/n=2024-01-02 03%3A04%3A05"
    assert spark.read.schema(frame.schema).format(form).load(folder).collect() == frame.collect()


@pytest.mark.parametrize("form", ["parquet", "csv", "json", "delta"])
@pytest.mark.parametrize("by_option", [True, False])
def test_a_dynamic_overwrite_replaces_the_partitions_of_its_rows(spark, folder, form, by_option):
    """The rows are those of Spark 4.2."""
    spark.range(6).selectExpr("id", "id % 2 p", "id % 3 q").write.format(form).partitionBy("p", "q").save(folder)
    writer = spark.sql("SELECT 99L id, 1L p, 0L q").write.format(form).partitionBy("p", "q").mode("overwrite")
    if by_option:
        writer = writer.option("partitionOverwriteMode", "dynamic")
    else:
        spark.conf.set("spark.sql.sources.partitionOverwriteMode", "dynamic")
    try:
        writer.save(folder)
    finally:
        spark.conf.unset("spark.sql.sources.partitionOverwriteMode")
    rows = spark.read.format(form).schema("id bigint, p bigint, q bigint").load(folder) if form in ("csv", "json") else (
        spark.read.format(form).load(folder))
    found = sorted((int(row.id), int(row.p), int(row.q)) for row in rows.collect())
    assert found == [(0, 0, 0), (1, 1, 1), (2, 0, 2), (4, 0, 1), (5, 1, 2), (99, 1, 0)]

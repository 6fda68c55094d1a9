"""What writers refuse and how they split files, through the unmodified client. Expected values are those of Spark 4.2, and
of Delta 4.4 for Delta's tables.

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_writers.py
"""
import json
import math
import os
import pathlib

import deltalake
import grpc
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")


@pytest.fixture(scope="module")
def spark():
    session = SparkSession.builder.remote(REMOTE).create()
    session.sql("CREATE DATABASE IF NOT EXISTS writers")
    session.sql("USE writers")
    yield session
    session.sql("USE default")
    session.sql("DROP DATABASE writers CASCADE")
    session.stop()


@pytest.fixture
def folder(tmp_path):
    tmp_path.chmod(0o777)
    return str(tmp_path / "data")


def error_of(action):
    with pytest.raises(PySparkException) as error:
        action()
    return error.value.getCondition(), error.value.getMessageParameters()


def test_a_frame_without_columns(spark, folder):
    frame = spark.range(1).drop("id")
    for form, name in [("parquet", "Parquet"), ("csv", "CSV"), ("json", "JSON"), ("text", "Text")]:
        for mode in ["append", "overwrite", "error", "ignore"]:
            assert error_of(lambda: frame.write.format(form).mode(mode).save(folder)) == (
                "EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE", {"format": name})
    assert error_of(lambda: frame.write.format("delta").save(folder)) == ("DELTA_EMPTY_DATA", {})
    frame.write.format("noop").mode("overwrite").save()
    assert not os.path.exists(folder)


@pytest.mark.parametrize("form, other, existing, specified", [
    ("parquet", "csv", "ParquetDataSourceV2", "CSVDataSourceV2"), ("csv", "json", "CSVDataSourceV2", "JsonDataSourceV2"),
    ("parquet", "delta", "ParquetDataSourceV2", "DeltaDataSource"), ("delta", "parquet", "DeltaDataSource", "ParquetDataSourceV2")])
def test_an_append_in_another_format_than_the_table(spark, form, other, existing, specified):
    table = f"{form}_{other}"
    spark.range(2).write.format(form).saveAsTable(table)
    assert error_of(lambda: spark.range(2).write.format(other).mode("append").saveAsTable(table)) == (
        "_LEGACY_ERROR_TEMP_1159",
        {"tableName": f"spark_catalog.writers.{table}", "existingProvider": existing, "specifiedProvider": specified})
    spark.range(2).write.format(form).mode("append").saveAsTable(table)
    assert spark.table(table).count() == 4


def test_an_append_of_other_columns_than_the_table(spark):
    frame = spark.range(2)
    frame.write.format("parquet").saveAsTable("columns")

    def append(*columns, by=()):
        rows = frame.selectExpr(*columns).write.format("parquet").mode("append").partitionBy(*by)
        return error_of(lambda: rows.saveAsTable("columns"))
    name = "spark_catalog.writers.columns"
    assert append("id AS a", "id AS b") == ("_LEGACY_ERROR_TEMP_1161", {
        "tableName": name, "existingTableSchema": "struct<id:bigint>", "querySchema": "struct<a:bigint,b:bigint>"})
    assert append("id AS a") == ("_LEGACY_ERROR_TEMP_1162", {"col": "id", "inputColumns": "a"})
    assert append("id", by=["id"]) == ("_LEGACY_ERROR_TEMP_1163", {
        "tableName": name, "specifiedPartCols": "id", "existingPartCols": ""})
    assert append("'x' AS id") == ("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST", {
        "tableName": "`spark_catalog`.`writers`.`columns`", "colName": "`id`", "srcType": '"STRING"', "targetType": '"BIGINT"'})


def test_files_are_not_written_into_a_delta_table(spark, folder):
    spark.range(3).write.format("delta").save(folder)
    before = sorted(os.listdir(folder))
    for form in ["parquet", "csv", "json"]:
        for mode in ["append", "overwrite"]:
            condition, _ = error_of(lambda: spark.range(1).write.format(form).mode(mode).save(folder))
            assert condition == "DELTA_CANNOT_WRITE_INTO_TABLE_AS_FILES"
    assert sorted(os.listdir(folder)) == before


@pytest.mark.parametrize("form, name", [("parquet", "Parquet"), ("csv", "CSV"), ("json", "JSON")])
def test_a_table_without_a_schema_over_no_files(spark, tmp_path, form, name):
    tmp_path.chmod(0o777)
    for path in [tmp_path, tmp_path / "missing"]:
        expected = ("UNABLE_TO_INFER_SCHEMA", {"format": name})
        assert error_of(lambda: spark.sql(f"CREATE TABLE nothing USING {form} LOCATION '{path}'")) == expected
        assert error_of(lambda: spark.catalog.createTable("nothing", path=str(path), source=form)) == expected
    assert not spark.catalog.tableExists("nothing") and list(tmp_path.iterdir()) == []


def test_files_of_a_delta_table_have_so_many_rows(spark, folder):
    spark.range(10).coalesce(1).write.format("delta").option("maxRecordsPerFile", 3).save(folder)
    assert len(list(pathlib.Path(folder).glob("*.parquet"))) == 4
    spark.conf.set("spark.sql.files.maxRecordsPerFile", 5)
    try:
        spark.range(10, 20).coalesce(1).write.format("delta").mode("append").save(folder)
    finally:
        spark.conf.unset("spark.sql.files.maxRecordsPerFile")
    assert len(list(pathlib.Path(folder).glob("*.parquet"))) == 6
    assert sorted(row.id for row in spark.read.format("delta").load(folder).collect()) == list(range(20))


@pytest.mark.parametrize("form", ["parquet", "csv", "json"])
def test_all_rows_are_in_files_of_so_many_rows(spark, folder, form):
    frame = spark.range(100_000).selectExpr("id", "id % 3 AS p").repartition(4)
    frame.write.format(form).option("maxRecordsPerFile", 10_000).partitionBy("p").save(folder)
    rows = spark.read.format(form).schema("id BIGINT, p BIGINT").load(folder)
    assert rows.selectExpr("count(*)", "count(DISTINCT id)", "sum(id)").first() == (100_000, 100_000, 4_999_950_000)
    for path in pathlib.Path(folder).rglob(f"part-*{form}"):
        assert spark.read.format(form).schema("id BIGINT").load(str(path)).count() <= 10_000


def test_a_value_out_of_range_for_rows_of_a_file(spark, folder):
    condition, _ = error_of(lambda: spark.range(1).write.option("maxRecordsPerFile", "many").parquet(folder))
    assert condition == "INVALID_OPTION_VALUE"


def test_negative_zeros_of_sorted_rows_are_written(spark, folder):
    spark.sql("SELECT * FROM VALUES (1, -0.0D), (2, 0.0D), (3, -1.0D) AS t(id, x)").orderBy("x").write.parquet(folder)
    signs = {row.id: math.copysign(1, row.x) for row in spark.read.parquet(folder).collect()}
    assert signs == {1: -1, 2: 1, 3: -1}


def test_replace_where_on_a_column_of_the_data_is_refused(spark, folder):
    spark.sql("SELECT * FROM VALUES (1, 'a'), (2, 'b') AS t(id, p)").write.format("delta").partitionBy("p").save(folder)
    for condition in ["id = 2", "p = 'b' AND id = 2", "length(p) = 1 AND id > 0"]:
        rows = spark.sql("SELECT 2 AS id, 'b' AS p").write.format("delta").mode("overwrite").option("replaceWhere", condition)
        assert error_of(lambda: rows.save(folder))[0] == "UNSUPPORTED_FEATURE.NOT_YET"
    rows = spark.sql("SELECT 3 AS id, 'b' AS p").write.format("delta").mode("overwrite").option("replaceWhere", "p = 'b'")
    rows.save(folder)
    assert sorted(spark.read.format("delta").load(folder).collect()) == [(1, "a"), (3, "b")]


@pytest.fixture
def database(spark, tmp_path):
    """A database whose tables lie in this folder."""
    tmp_path.chmod(0o777)
    spark.sql(f"CREATE DATABASE visible LOCATION '{tmp_path}'")
    yield tmp_path
    spark.sql("DROP DATABASE visible CASCADE")


def provider(spark, table):
    return {row[0]: row[1] for row in spark.sql(f"DESCRIBE EXTENDED {table}").collect()}["Provider"]


def test_an_overwrite_in_another_format_changes_the_table(spark, database):
    for rows, form in enumerate(["parquet", "json", "delta", "delta", "csv", "delta"], 1):
        spark.range(rows).write.format(form).mode("overwrite").saveAsTable("visible.reborn")
        assert (provider(spark, "visible.reborn"), spark.table("visible.reborn").count()) == (form, rows)
        assert len(list(database.iterdir())) == 1  # what was replaced is gone
    spark.sql("CREATE OR REPLACE TABLE visible.reborn USING parquet AS SELECT 'x' AS a")
    assert [tuple(row) for row in spark.table("visible.reborn").collect()] == [("x",)]
    assert provider(spark, "visible.reborn") == "parquet"
    assert len(list(database.iterdir())) == 1
    spark.sql("DROP TABLE visible.reborn")
    assert list(database.iterdir()) == []


def test_a_failed_overwrite_in_another_format_changes_nothing(spark, database):
    spark.range(3).write.format("delta").saveAsTable("visible.kept")
    files = sorted(database.rglob("*"))
    failing = spark.range(9).selectExpr("id", "assert_true(id < 5)").write.format("json").mode("overwrite")
    assert error_of(lambda: failing.saveAsTable("visible.kept"))[0] == "USER_RAISED_EXCEPTION"
    assert provider(spark, "visible.kept") == "delta"
    assert spark.table("visible.kept").count() == 3
    assert sorted(database.rglob("*")) == files


def test_a_table_keeps_the_options_of_its_writer(spark):
    writer = spark.range(2).selectExpr("id", "id + 1 AS p").write.format("csv")
    writer.option("header", True).option("sep", "|").saveAsTable("dressed")
    assert sorted(map(tuple, spark.table("dressed").collect())) == [(0, 1), (1, 2)]
    spark.range(5, 6).write.format("csv").mode("overwrite").saveAsTable("dressed")
    assert [tuple(row) for row in spark.table("dressed").collect()] == [(5,)]
    assert spark.table("dressed").schema[0].nullable
    spark.sql("DROP TABLE dressed")


@pytest.mark.parametrize("form", ["parquet", "json"])
def test_two_columns_of_one_name_are_not_written(spark, folder, form):
    frame = spark.range(1).selectExpr("id", "id AS ID")
    assert error_of(lambda: frame.write.format(form).save(folder)) == ("COLUMN_ALREADY_EXISTS", {"columnName": "`id`"})
    assert not pathlib.Path(folder).exists()


def test_a_file_is_copied_to_the_file_system(spark, tmp_path, folder):
    source = tmp_path / "source.csv"
    for text in ["a,b\n1,2\n", "a,b\n" + "3,4\n" * 100_000]:  # the second one comes in chunks, over the first
        source.write_text(text)
        for destination in [folder + "/copied.csv", "/mnt/copied.csv"]:
            spark.copyFromLocalToFs(str(source), destination)
            assert spark.read.text(destination).count() == text.count("\n")
        assert (tmp_path / "data/copied.csv").read_text() == text
    with pytest.raises(grpc.RpcError, match="STORAGE_IO_ERROR"):  # the client leaves errors of uploads as they are
        spark.copyFromLocalToFs(str(source), folder)  # a folder


def test_codecs_of_delta_files(spark, folder):
    def suffixes(**options):
        spark.range(3).write.format("delta").mode("overwrite").options(**options).save(folder)
        return {os.path.basename(uri).split(".", 1)[1] for uri in deltalake.DeltaTable(folder).file_uris()}

    assert suffixes() == {"snappy.parquet"}
    assert suffixes(compression="none") == suffixes(compression="UNCOMPRESSED") == {"parquet"}
    assert suffixes(compression="gzip") == {"gz.parquet"}
    assert suffixes(compression="zstd") == {"zstd.parquet"}
    condition, parameters = error_of(lambda: suffixes(compression="nonsense"))
    assert condition == "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION" and parameters["codecName"] == "nonsense"
    spark.conf.set("spark.sql.parquet.compression.codec", "zstd")
    try:
        assert suffixes() == {"zstd.parquet"}
    finally:
        spark.conf.unset("spark.sql.parquet.compression.codec")
    assert spark.read.format("delta").load(folder).count() == 3


def test_insert_into_refuses_partitions_and_views(spark):
    spark.range(1).write.format("parquet").saveAsTable("target")
    spark.sql("CREATE VIEW looking AS SELECT 1L AS id")
    frame = spark.range(1)
    assert error_of(lambda: frame.write.partitionBy("id").insertInto("target")) == (
        "PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO", {"tableName": "target"})
    assert error_of(lambda: frame.write.insertInto("looking")) == (
        "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE",
        {"viewName": "`spark_catalog`.`writers`.`looking`", "operation": "INSERT"})


@pytest.mark.parametrize("statement, static, dynamic", [
    ("PARTITION (p = 1, q = 1) SELECT 9", {2, 3, 4, 9}, {2, 3, 4, 9}),
    ("PARTITION (p = '1', q) SELECT 9, 2", {3, 4, 9}, {1, 3, 4, 9}),
    ("PARTITION (p = 1, q) SELECT 9, 2 WHERE false", {3, 4}, {1, 2, 3, 4}),
    ("PARTITION (p = NULL, q = 1) SELECT 9", {1, 2, 3, 4, 9}, {1, 2, 3, 4, 9}),
    ("PARTITION (p = 1) (q, id) SELECT 7, 9", {3, 4, 9}, {1, 2, 3, 4, 9}),
    ("PARTITION (q = 1) SELECT 9, 3", {2, 4, 9}, {1, 2, 3, 4, 9}),
    ("PARTITION (p, q) SELECT 9, 1, 2", {9}, {1, 3, 4, 9}),
    ("SELECT 9, 1, 2", {9}, {1, 3, 4, 9}),
])
def test_insert_overwrite_of_a_delta_table(spark, statement, static, dynamic):
    for mode, expected in [("static", static), ("dynamic", dynamic)]:
        spark.sql("CREATE OR REPLACE TABLE parted (id INT, p INT, q INT) USING delta PARTITIONED BY (p, q)")
        spark.sql("INSERT INTO parted VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 2, 2)")
        spark.conf.set("spark.sql.sources.partitionOverwriteMode", mode)
        spark.sql(f"INSERT OVERWRITE parted {statement}")
        spark.conf.unset("spark.sql.sources.partitionOverwriteMode")
        assert {row.id for row in spark.table("parted").collect()} == expected, mode


def test_a_partition_clause_with_other_columns(spark):
    spark.sql("CREATE OR REPLACE TABLE parted (id INT, p INT) USING delta PARTITIONED BY (p)")
    insert = "INSERT OVERWRITE parted PARTITION"
    assert error_of(lambda: spark.sql(f"{insert} (id = 1) SELECT 9")) == (
        "NON_PARTITION_COLUMN", {"columnName": "`id`"})
    assert error_of(lambda: spark.sql(f"{insert} (nope = 1) SELECT 9"))[0] == "NON_PARTITION_COLUMN"
    assert error_of(lambda: spark.sql(f"{insert} (p = 1, p = 2) SELECT 9")) == (
        "DUPLICATE_KEY", {"keyColumn": "`p`"})


def test_fields_of_structs_are_written_by_name(spark):
    spark.sql("CREATE TABLE nested (id INT, s STRUCT<a: INT, b: INT>, l ARRAY<STRUCT<x: INT, y: INT>>) USING parquet")
    rows = "SELECT array(named_struct('y', 2, 'x', 1)) AS l, named_struct('b', 20, 'A', 10) AS s, {} AS id"
    spark.sql(rows.format(1)).write.format("parquet").mode("append").saveAsTable("nested")
    spark.sql("INSERT INTO nested BY NAME " + rows.format(2))
    spark.sql("INSERT INTO nested BY NAME SELECT if(true, NULL, named_struct('b', 20, 'a', 10)) AS s, 3 AS id, NULL AS l")
    found = spark.table("nested").selectExpr("id", "s.a", "s.b", "l[0].x", "l[0].y").orderBy("id").collect()
    assert [tuple(row) for row in found] == [(1, 10, 20, 1, 2), (2, 10, 20, 1, 2), (3, None, None, None, None)]
    strange = spark.sql("SELECT 1 AS id, named_struct('c', 20, 'a', 10) AS s, NULL AS l").write.format("parquet")
    assert error_of(lambda: strange.mode("append").saveAsTable("nested")) == (
        "INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA",
        {"tableName": "`spark_catalog`.`writers`.`nested`", "colName": "`s`.`b`"})


def test_fields_of_structs_are_appended_to_a_delta_table_by_name(spark, folder):
    spark.sql("SELECT named_struct('a', 1, 'b', 2) AS s").write.format("delta").save(folder)
    spark.sql("SELECT named_struct('b', 20, 'a', 10) AS s").write.format("delta").mode("append").save(folder)
    rows = spark.read.format("delta").load(folder).selectExpr("s.a", "s.b").collect()
    assert sorted(map(tuple, rows)) == [(1, 2), (10, 20)]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_table_of_files_is_no_target_of_write_to(spark, form):
    spark.sql(f"CREATE TABLE v1_{form} (a INT) USING {form}")
    writer = spark.sql("SELECT 1 AS a").writeTo(f"v1_{form}")
    for write in (writer.append, writer.overwritePartitions, lambda: writer.overwrite(F.lit(True))):
        assert error_of(write) == ("_LEGACY_ERROR_TEMP_1012", {"identifier": f"`spark_catalog`.`writers`.`v1_{form}`"})
    assert spark.table(f"v1_{form}").count() == 0
    spark.sql("SELECT 1 AS a").writeTo(f"v1_new_{form}").using(form).create()
    assert spark.table(f"v1_new_{form}").count() == 1


def test_bytes_that_name_no_folder_of_a_delta_table(spark, folder):
    """Delta's log is JSON, in which a partition's value must be UTF-8."""
    rows = "SELECT 1 AS a, {} AS p"
    spark.sql(rows.format("X'41420A'")).write.format("delta").partitionBy("p").save(folder)
    for value in ["X'00FF'", "X'C328'"]:
        append = spark.sql(rows.format(value)).write.format("delta").mode("append")
        assert error_of(lambda: append.save(folder))[0] == "INVALID_UTF8_STRING"
    assert [tuple(row) for row in spark.read.format("delta").load(folder).collect()] == [(1, b"AB\n")]


@pytest.mark.parametrize("form", ["parquet", "csv", "json", "text"])
def test_a_row_that_raises_leaves_nothing(spark, folder, form):
    rows = spark.sql("SELECT IF(id = 7, raise_error('boo'), 'x') AS a FROM range(10)")
    assert error_of(lambda: rows.write.format(form).save(folder)) == ("USER_RAISED_EXCEPTION", {"errorMessage": "boo"})
    assert not os.path.exists(folder) or os.listdir(folder) == []


def test_an_error_without_a_type_is_raised(spark, folder):
    for rows in ["SELECT raise_error('boo') AS a, 1 AS b", "SELECT raise_error('boo') AS a"]:
        assert error_of(lambda: spark.sql(rows).write.parquet(folder)) == (
            "USER_RAISED_EXCEPTION", {"errorMessage": "boo"})


@pytest.mark.parametrize("form", ["parquet", "delta"])
def test_texts_that_are_no_utf8_are_written_as_they_are(spark, folder, form):
    rows = "SELECT 1 AS i, CAST(X'61FF62' AS STRING) AS s, array(CAST(X'FE' AS STRING)) AS a UNION ALL SELECT 2, 'zz', array('y')"
    spark.sql(rows).coalesce(1).write.format(form).save(folder)
    (file,) = pathlib.Path(folder).glob("*.parquet")
    table = pq.read_table(file, schema=pa.schema([("i", pa.int32()), ("s", pa.binary()), ("a", pa.list_(pa.binary()))]))
    assert table.to_pydict() == {"i": [1, 2], "s": [b"a\xffb", b"zz"], "a": [[b"\xfe"], [b"y"]]}
    assert spark.read.format(form).load(folder).select(F.sum("i")).first()[0] == 3
    if form == "delta":
        (log,) = (pathlib.Path(folder) / "_delta_log").glob("*.json")
        (added,) = [a["add"] for a in map(json.loads, log.read_text().splitlines()) if "add" in a]
        statistics = json.loads(added["stats"])
        assert (statistics["minValues"], statistics["maxValues"]) == ({"i": 1}, {"i": 2})
        assert statistics["nullCount"]["s"] == 0


def test_texts_that_are_no_utf8_are_shown_as_java_decodes_them(spark):
    shown = spark.sql("SELECT CAST(X'61FF62' AS STRING) AS s")._show_string(20, True, False)
    assert shown == "+---+\n|  s|\n+---+\n|a\ufffdb|\n+---+\n"

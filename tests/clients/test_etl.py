"""Reading and writing files and tables, as ETL jobs do it with the unmodified client.

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_etl.py

What concerns Spark alone was checked against Spark 4.2.0, which passes everything but the tests of Delta tables (it has
no Delta); those compare with delta-rs and pyarrow. Client and server share the file system.
"""
import datetime
import decimal
import json
import os
import uuid

import deltalake
import pandas
import pytest
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import Row, SparkSession, functions as F

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")
SCHEMA = "id INT, name STRING, price DECIMAL(8,2), day DATE, at TIMESTAMP, ok BOOLEAN, ratio DOUBLE"
AT = datetime.datetime(2024, 2, 29, 12, 30, 15)
ROWS = [(1, "kettle", decimal.Decimal("39.90"), datetime.date(2024, 2, 29), AT, True, 0.5),
        (2, 'desk "lamp", red', decimal.Decimal("-1.05"), datetime.date(1969, 12, 31), AT, False, -1e10),
        (3, None, None, None, None, None, None)]


@pytest.fixture(scope="module")
def spark():
    session = SparkSession.builder.remote(REMOTE).create()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    yield session
    session.stop()


@pytest.fixture
def sample(spark):
    return spark.createDataFrame(ROWS, SCHEMA)


@pytest.fixture
def folder(tmp_path):
    tmp_path.chmod(0o777)
    return str(tmp_path / "data")


@pytest.fixture
def database(spark):
    name = f"etl_{uuid.uuid4().hex[:8]}"
    spark.sql(f"CREATE DATABASE {name}")
    spark.sql(f"USE {name}")
    yield name
    spark.sql("USE default")
    spark.sql(f"DROP DATABASE {name} CASCADE")


def rows(frame, *order):
    return [tuple(row) for row in frame.orderBy(*order or frame.columns).collect()]


def ids(frame):
    return [row.id for row in frame.select("id").orderBy("id").collect()]


def condition(error):
    return error.value.getCondition()


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_rows_come_back_as_they_were_written(sample, spark, folder, form):
    sample.write.format(form).save(folder)
    assert rows(spark.read.schema(SCHEMA).format(form).load(folder), "id") == ROWS
    assert os.path.exists(f"{folder}/_SUCCESS")


def test_parquet_keeps_its_schema(sample, spark, folder):
    sample.write.parquet(folder)
    assert spark.read.parquet(folder).schema == sample.schema
    files = [name for name in os.listdir(folder) if name.startswith("part-")]
    assert files and all(name.endswith(".snappy.parquet") for name in files)


def test_csv_with_a_header_and_no_schema_gives_strings(sample, spark, folder):
    sample.select("id", "name", "price").write.option("header", True).csv(folder)
    read = spark.read.option("header", True).csv(folder)
    assert [field.dataType.simpleString() for field in read.schema] == ["string"] * 3
    assert rows(read, "id") == [("1", "kettle", "39.90"), ("2", 'desk "lamp", red', "-1.05"), ("3", None, None)]
    assert rows(read.filter("id > 1").select("id")) == [("2",), ("3",)]


def test_csv_infers_a_schema(spark, folder, tmp_path):
    (tmp_path / "data").write_text("a,b,c,d,e\n1,1.5,x,true,2024-01-31\n2,NA,y,false,2024-02-01\n")
    read = spark.read.csv(folder, header=True, inferSchema=True, nullValue="NA")
    assert read.dtypes == [("a", "int"), ("b", "double"), ("c", "string"), ("d", "boolean"), ("e", "date")]
    assert rows(read)[1] == (2, None, "y", False, datetime.date(2024, 2, 1))


def test_csv_takes_separators_and_quotes(spark, folder, tmp_path):
    (tmp_path / "data").write_text("1;'a;b'\n2;'it\\'s'\n")
    assert rows(spark.read.csv(folder, sep=";", quote="'", schema="i INT, s STRING")) == [(1, "a;b"), (2, "it's")]


def test_csv_modes_for_malformed_lines(spark, folder, tmp_path):
    (tmp_path / "data").write_text("1,a\nx,b\n3,c\n")
    read = spark.read.schema("i INT, s STRING")
    assert rows(read.csv(folder), "s") == [(1, "a"), (None, "b"), (3, "c")]
    assert rows(read.option("mode", "DROPMALFORMED").csv(folder), "s") == [(1, "a"), (3, "c")]
    with pytest.raises(PySparkException):
        read.option("mode", "FAILFAST").csv(folder).collect()


def test_json_infers_a_schema_with_columns_in_order_of_names(spark, folder, tmp_path):
    (tmp_path / "data").write_text('{"b": 1, "a": {"y": [1, 2], "x": "s"}}\n{"b": 2.5}\n')
    read = spark.read.json(folder)
    assert read.schema.simpleString() == "struct<a:struct<x:string,y:array<bigint>>,b:double>"
    assert sorted(read.collect(), key=lambda row: row.b) == [Row(a=Row(x="s", y=[1, 2]), b=1.0), Row(a=None, b=2.5)]


def test_json_leaves_out_nulls(sample, folder):
    sample.select("id", "name").coalesce(1).write.json(folder)
    [file] = [name for name in os.listdir(folder) if name.endswith(".json")]
    with open(f"{folder}/{file}") as lines:
        assert [json.loads(line) for line in lines] == [
            {"id": 1, "name": "kettle"}, {"id": 2, "name": 'desk "lamp", red'}, {"id": 3}]


def test_text_is_one_column_of_lines(spark, folder):
    lines = spark.createDataFrame([("one",), ("",), ("three, 3",)], "value STRING")
    lines.write.text(folder)
    read = spark.read.text(folder)
    assert read.columns == ["value"]
    assert rows(read) == [("",), ("one",), ("three, 3",)]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_save_modes(spark, folder, form):
    def write(numbers, mode):
        frame = spark.createDataFrame([(number,) for number in numbers], "id INT")
        frame.write.format(form).mode(mode).save(folder)
        return ids(spark.read.schema("id INT").format(form).load(folder))

    assert write([1, 2], "error") == [1, 2]
    with pytest.raises(AnalysisException) as error:
        write([3], "error")
    assert condition(error) == "PATH_ALREADY_EXISTS"
    assert write([3], "ignore") == [1, 2]
    assert write([3], "append") == [1, 2, 3]
    assert write([4], "overwrite") == [4]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_partitions_are_folders_whose_values_come_last(spark, folder, form):
    frame = spark.createDataFrame([(1, "ab", 10), (2, None, 20), (3, "c/d", 10)], "id INT, kind STRING, size INT")
    frame.write.format(form).partitionBy("size", "kind").save(folder)
    assert sorted(os.listdir(f"{folder}/size=10")) == ["kind=ab", "kind=c%2Fd"]
    assert os.listdir(f"{folder}/size=20") == ["kind=__HIVE_DEFAULT_PARTITION__"]
    read = spark.read.schema("id INT, size INT, kind STRING").format(form).load(folder)
    assert rows(read, "id") == [(1, 10, "ab"), (2, 20, None), (3, 10, "c/d")]
    assert ids(read.filter("size = 10")) == [1, 3]


def test_types_of_partition_values_are_inferred(spark, folder):
    frame = spark.createDataFrame([(1, 7, "x", datetime.date(2024, 1, 2))], "id INT, n INT, s STRING, d DATE")
    frame.write.partitionBy("n", "s", "d").json(folder)
    assert spark.read.json(folder).dtypes == [("id", "bigint"), ("n", "int"), ("s", "string"), ("d", "date")]


def test_a_failed_write_leaves_what_was_there(spark, folder):
    spark.range(3).write.parquet(folder)
    with pytest.raises(PySparkException) as error:
        spark.range(1000).select((F.lit(1) / (F.col("id") - 999)).alias("x")).write.mode("append").parquet(folder)
    assert condition(error) == "DIVIDE_BY_ZERO"
    assert ids(spark.read.parquet(folder)) == [0, 1, 2]


# --- Delta ---------------------------------------------------------------------------------------


@pytest.fixture
def months(spark):
    return spark.range(120).select("id", (F.col("id") % 12 + 1).cast("int").alias("month"),
                                   F.concat(F.lit("n"), F.col("id").cast("string")).alias("name"))


def delta_ids(folder, **which):
    return sorted(deltalake.DeltaTable(folder, **which).to_pyarrow_table()["id"].to_pylist())


def test_delta_types_and_values_as_delta_rs_reads_them(sample, spark, folder):
    sample.write.format("delta").save(folder)
    assert spark.read.format("delta").load(folder).schema == sample.schema
    assert rows(spark.read.format("delta").load(folder), "id") == ROWS
    table = deltalake.DeltaTable(folder)
    assert [(field.name, field.type.type) for field in table.schema().fields] == [
        ("id", "integer"), ("name", "string"), ("price", "decimal(8,2)"), ("day", "date"), ("at", "timestamp"),
        ("ok", "boolean"), ("ratio", "double")]
    read = sorted(table.to_pyarrow_table().to_pylist(), key=lambda row: row["id"])
    utc = AT.replace(tzinfo=datetime.timezone.utc)
    assert [tuple(row.values()) for row in read] == [
        tuple(utc if value == AT else value for value in row) for row in ROWS]


def test_delta_save_modes_and_history(spark, months, folder):
    months.filter("id < 60").write.format("delta").save(folder)
    with pytest.raises(AnalysisException) as error:
        months.write.format("delta").save(folder)
    assert condition(error) == "DELTA_PATH_EXISTS"
    months.write.format("delta").mode("ignore").save(folder)
    assert deltalake.DeltaTable(folder).version() == 0
    months.filter("id >= 60").write.format("delta").mode("append").save(folder)
    months.filter("id < 5").write.format("delta").mode("overwrite").save(folder)
    assert [delta_ids(folder, version=version) for version in range(3)] == [
        list(range(60)), list(range(120)), list(range(5))]
    assert [(commit["operation"], commit["operationParameters"]["mode"])
            for commit in reversed(deltalake.DeltaTable(folder).history())] == [
        ("WRITE", "ErrorIfExists"), ("WRITE", "Append"), ("WRITE", "Overwrite")]
    history = spark.sql(f"DESCRIBE HISTORY delta.`{folder}`").orderBy("version").collect()
    assert [(commit.version, commit.operation) for commit in history] == [(n, "WRITE") for n in range(3)]
    assert [commit.operationMetrics["numOutputRows"] for commit in history] == ["60", "60", "5"]


def test_delta_time_travel(spark, months, folder):
    for last in [10, 20, 30]:
        months.filter(f"id < {last}").write.format("delta").mode("overwrite").save(folder)
    read = [spark.read.format("delta").option("versionAsOf", version).load(folder).count() for version in range(3)]
    assert read == [10, 20, 30]
    assert spark.sql(f"SELECT count(*) FROM delta.`{folder}` VERSION AS OF 1").first()[0] == 20


@pytest.fixture
def travels(spark, folder):
    for value in (1, 2):
        spark.range(value, value + 1).write.format("delta").mode("append").save(folder)
    return folder


@pytest.mark.parametrize(
    ("travel", "condition"),
    [
        ("TIMESTAMP AS OF current_timestamp() - INTERVAL 1 DAY", "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION"),
        ("TIMESTAMP AS OF current_date() + 1", "DELTA_TIMESTAMP_GREATER_THAN_COMMIT"),
        ("TIMESTAMP AS OF DATE '2200-01-01'", "DELTA_TIMESTAMP_GREATER_THAN_COMMIT"),
        ("TIMESTAMP AS OF TIMESTAMP_NTZ '2200-01-01 00:00:00'", "DELTA_TIMESTAMP_GREATER_THAN_COMMIT"),
        ("TIMESTAMP AS OF concat('2020', '-01-01')", "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION"),
        ("TIMESTAMP AS OF (SELECT max(id) FROM range(3))", "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION"),
        ("TIMESTAMP AS OF 1.5", "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION"),
        ("TIMESTAMP AS OF 'x'", "INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT"),
        ("TIMESTAMP AS OF CAST(NULL AS TIMESTAMP)", "INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT"),
        ("TIMESTAMP AS OF true", "INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT"),
        ("TIMESTAMP AS OF rand()", "INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.NON_DETERMINISTIC"),
        ("TIMESTAMP AS OF sum(1)", "INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.UNEVALUABLE"),
        ("TIMESTAMP AS OF id", "_LEGACY_ERROR_TEMP_0056"),
        ("VERSION AS OF 9", "DELTA_VERSION_NOT_FOUND"),
        ("VERSION AS OF '-1'", "DELTA_VERSION_NOT_FOUND"),
        ("VERSION AS OF '1.0'", "DELTA_TIME_TRAVEL_INVALID_BEGIN_VALUE"),
        ("VERSION AS OF -1", "PARSE_SYNTAX_ERROR"),
        ("VERSION AS OF 1 + 1", "PARSE_SYNTAX_ERROR"),
        ("VERSION AS OF CAST(1 AS INT)", "PARSE_SYNTAX_ERROR"),
    ],
)
def test_places_to_travel_to(spark, travels, travel, condition):
    with pytest.raises(PySparkException) as caught:
        spark.sql(f"SELECT * FROM delta.`{travels}` {travel}").collect()
    assert caught.value.getCondition() == condition


@pytest.mark.parametrize(
    ("option", "value", "condition"),
    [
        ("versionAsOf", "-1", "DELTA_VERSION_NOT_FOUND"),
        ("versionAsOf", "x", "DELTA_TIME_TRAVEL_INVALID_BEGIN_VALUE"),
        ("versionAsOf", " 1", "DELTA_TIME_TRAVEL_INVALID_BEGIN_VALUE"),
        ("timestampAsOf", "x", "DELTA_TIMESTAMP_INVALID"),
        ("timestampAsOf", "2200-1-1", "DELTA_TIMESTAMP_GREATER_THAN_COMMIT"),
    ],
)
def test_options_to_travel(spark, travels, option, value, condition):
    with pytest.raises(PySparkException) as caught:
        spark.read.format("delta").option(option, value).load(travels).collect()
    assert caught.value.getCondition() == condition


def test_travel_of_a_table(spark, travels):
    spark.sql(f"CREATE TABLE travels USING delta LOCATION '{travels}'")
    try:
        assert spark.read.option("versionAsOf", 0).table("travels").count() == 1
        with pytest.raises(AnalysisException) as caught:
            spark.read.option("versionAsOf", 9).table("travels").collect()
        assert caught.value.getCondition() == "DELTA_VERSION_NOT_FOUND"
    finally:
        spark.sql("DROP TABLE travels")


def test_travel_to_the_last_commit(spark, travels):
    history = spark.sql(f"DESCRIBE HISTORY delta.`{travels}`")
    last = history.selectExpr("max(unix_micros(timestamp))").first()[0]
    assert spark.sql(f"SELECT * FROM delta.`{travels}` TIMESTAMP AS OF timestamp_micros({last})").count() == 2
    assert spark.read.format("delta").option("versionAsOf", "+1").load(travels).count() == 2


def test_delta_partitions(spark, months, folder):
    months.write.format("delta").partitionBy("month").save(folder)
    table = deltalake.DeltaTable(folder)
    assert table.metadata().partition_columns == ["month"]
    assert {part["month"] for part in table.partitions()} == {str(month) for month in range(1, 13)}
    assert table.to_pyarrow_table(filters=[("month", "=", 3)]).num_rows == 10
    assert spark.read.format("delta").load(folder).columns == ["id", "month", "name"]


def test_delta_replace_where(spark, months, folder):
    months.write.format("delta").partitionBy("month").save(folder)
    replacement = months.filter("month = 3 AND id < 50")
    kept = [number for number in range(120) if number % 12 + 1 != 3 or number < 50]
    replacement.write.format("delta").mode("overwrite").option("replaceWhere", "month = 3").save(folder)
    assert ids(spark.read.format("delta").load(folder)) == kept
    assert delta_ids(folder) == kept
    assert delta_ids(folder, version=0) == list(range(120))
    with pytest.raises(PySparkException) as error:
        (months.filter("month = 4").write.format("delta").mode("overwrite").option("replaceWhere", "month = 3")
         .save(folder))
    assert condition(error) == "DELTA_REPLACE_WHERE_MISMATCH"
    assert deltalake.DeltaTable(folder).version() == 1


def test_delta_refuses_and_merges_other_schemas(spark, folder):
    spark.range(3).write.format("delta").save(folder)
    wider = spark.range(3, 5).withColumn("extra", F.lit("x"))
    with pytest.raises(PySparkException):
        wider.write.format("delta").mode("append").save(folder)
    assert delta_ids(folder) == [0, 1, 2]
    wider.write.format("delta").mode("append").option("mergeSchema", True).save(folder)
    assert rows(spark.read.format("delta").load(folder), "id") == [
        (0, None), (1, None), (2, None), (3, "x"), (4, "x")]
    spark.range(1).select(F.lit("only").alias("other")).write.format("delta").mode("overwrite").option(
        "overwriteSchema", True).save(folder)
    assert deltalake.DeltaTable(folder).to_pyarrow_table().to_pylist() == [{"other": "only"}]


def test_delta_written_by_delta_rs(spark, folder):
    frame = pandas.DataFrame({"id": range(1000), "part": [number % 3 for number in range(1000)]})
    deltalake.write_deltalake(folder, frame, partition_by=["part"])
    deltalake.DeltaTable(folder).delete("id < 100")
    read = spark.read.format("delta").load(folder)
    assert rows(read.groupBy("part").count()) == [(0, 300), (1, 300), (2, 300)]
    more = spark.range(1000, 1010).withColumn("part", F.lit(5).cast("bigint"))
    more.write.format("delta").mode("append").save(folder)
    assert delta_ids(folder) == list(range(100, 1010))


# --- tables --------------------------------------------------------------------------------------


def test_tables_of_the_catalog(spark, sample, database):
    sample.write.format("parquet").saveAsTable("things")
    assert rows(spark.table("things"), "id") == ROWS
    assert spark.catalog.tableExists("things") and not spark.catalog.tableExists("nothing")
    table = spark.catalog.getTable("things")
    assert (table.name, table.namespace, table.tableType, table.isTemporary) == ("things", [database], "MANAGED", False)
    assert [table.name for table in spark.catalog.listTables(database)] == ["things"]
    assert [(column.name, column.dataType) for column in spark.catalog.listColumns("things")][:3] == [
        ("id", "int"), ("name", "string"), ("price", "decimal(8,2)")]
    assert spark.catalog.databaseExists(database) and spark.catalog.currentDatabase() == database
    spark.sql("DROP TABLE things")
    assert not spark.catalog.tableExists("things")


@pytest.mark.parametrize("form", ["parquet", "delta"])
def test_save_as_table_modes_and_insert_into(spark, database, form):
    numbers = lambda *values: spark.createDataFrame([(value, "x") for value in values], "id INT, s STRING")
    numbers(1).write.format(form).saveAsTable("t")
    with pytest.raises(AnalysisException) as error:
        numbers(2).write.format(form).saveAsTable("t")
    assert condition(error) == "TABLE_OR_VIEW_ALREADY_EXISTS"
    numbers(2).write.format(form).mode("ignore").saveAsTable("t")
    assert ids(spark.table("t")) == [1]
    numbers(2).write.format(form).mode("append").saveAsTable("t")
    numbers(3).write.insertInto("t")
    assert ids(spark.table("t")) == [1, 2, 3]
    numbers(4).write.insertInto("t", overwrite=True)
    assert ids(spark.table("t")) == [4]
    numbers(7).write.format(form).mode("overwrite").saveAsTable("t")
    assert ids(spark.table("t")) == [7]


@pytest.mark.parametrize("form", ["delta", "parquet", "csv"])
def test_sql_insert_into(spark, database, form):
    spark.sql(f"CREATE TABLE t (id INT, s STRING) USING {form}")
    spark.sql("INSERT INTO t VALUES (1, 'x'), (2, NULL)")
    spark.sql("INSERT INTO t SELECT id + 3, 'y' FROM t")
    assert rows(spark.table("t")) == [(1, "x"), (2, None), (4, "y"), (5, "y")]
    spark.sql("INSERT OVERWRITE t VALUES (9, 'z')")
    assert rows(spark.table("t")) == [(9, "z")]


def test_tables_at_a_path_are_external(spark, folder, database):
    spark.range(3).write.format("parquet").option("path", folder).saveAsTable("outside")
    assert spark.catalog.getTable("outside").tableType == "EXTERNAL"
    spark.sql("DROP TABLE outside")
    assert ids(spark.read.parquet(folder)) == [0, 1, 2]


def test_temporary_views(spark):
    spark.range(5).createOrReplaceTempView("five")
    assert spark.sql("SELECT sum(id) FROM five").first()[0] == 10
    with pytest.raises(AnalysisException) as error:
        spark.range(6).createTempView("five")
    assert condition(error) == "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS"
    spark.range(6).createOrReplaceTempView("five")
    assert spark.table("five").count() == 6
    assert spark.catalog.dropTempView("five") is True
    assert spark.catalog.dropTempView("five") is False
    spark.range(2).createOrReplaceGlobalTempView("everywhere")
    assert spark.table("global_temp.everywhere").count() == 2
    assert spark.catalog.dropGlobalTempView("everywhere") is True


def test_a_large_local_frame(spark):
    count = 300_000
    frame = pandas.DataFrame({"id": range(count), "s": [f"name {number}" for number in range(count)]})
    sent = spark.createDataFrame(frame)
    assert sent.count() == count
    assert sent.agg(F.sum("id"), F.countDistinct("s"), F.max(F.length("s"))).first() == (
        count * (count - 1) // 2, count, len("name 299999"))


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["csv", "json", "parquet", "text"])
def test_missing_paths(spark, folder, form):
    with pytest.raises(AnalysisException) as error:
        spark.read.format(form).load(folder).collect()
    assert condition(error) == "PATH_NOT_FOUND"
    assert error.value.getSqlState() == "42K03"


def test_missing_columns_and_tables(spark):
    with pytest.raises(AnalysisException) as error:
        spark.range(1).select("idd").collect()
    assert condition(error) == "UNRESOLVED_COLUMN.WITH_SUGGESTION"
    assert error.value.getMessageParameters() == {"objectName": "`idd`", "proposal": "`id`"}
    with pytest.raises(AnalysisException) as error:
        spark.table("no_such_table").collect()
    assert condition(error) == "TABLE_OR_VIEW_NOT_FOUND"
    assert error.value.getSqlState() == "42P01"


def test_missing_formats(spark, folder):
    with pytest.raises(PySparkException) as error:
        spark.range(1).write.format("no_such_format").save(folder)
    assert condition(error) == "DATA_SOURCE_NOT_FOUND"

"""What DataFrames do that SQL does not, through the unmodified client. Expected values are those of Spark 4.2.

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_dataframes.py
"""
import math
from decimal import Decimal

import pytest
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import functions as F


@pytest.mark.parametrize("text, type, shown", [
    ("0.01", "decimal(10,2)", "0.01"),
    ("0.00", "decimal(10,2)", "0.00"),
    ("-12.345", "decimal(10,3)", "-12.345"),
    ("1E+3", "decimal(10,0)", "1000"),
    ("1E-5", "decimal(10,5)", "0.00001"),
    ("1234567.89012345678901", "decimal(21,14)", "1234567.89012345678901"),
    ("123456789012345678901234567890", "decimal(30,0)", "123456789012345678901234567890"),
])
def test_decimals_of_python(spark, text, type, shown):
    frame = spark.range(1).select(F.lit(Decimal(text)).alias("x"))
    assert frame.schema["x"].dataType.simpleString() == type
    assert frame.select(F.col("x").cast("string")).collect()[0][0] == shown
    assert spark.range(3).filter(F.col("id") > Decimal("0.5")).count() == 2
    assert spark.sql("SELECT :x AS x", args={"x": Decimal(text)}).collect()[0][0] == Decimal(text)


def test_unpivot_keeps_nulls(spark):
    frame = spark.createDataFrame([(1, None, 2)], "a int, b int, c int")
    rows = frame.unpivot("a", ["b", "c"], "n", "v").collect()
    assert [tuple(row) for row in rows] == [(1, "b", None), (1, "c", 2)]


def test_mode(spark):
    frame = spark.createDataFrame([(3,), (1,), (2,), (2,), (1,)], "a int")
    once = frame.filter("a <> 1").select(F.mode("a"))
    assert (once.columns, [tuple(row) for row in once.collect()]) == (["mode(a)"], [(2,)])
    least = frame.select(F.mode("a", True))
    assert least.columns == ["mode() WITHIN GROUP (ORDER BY a DESC)"]
    assert [tuple(row) for row in least.collect()] == [(1,)]


def test_correlation_and_covariance_of_nulls(spark):
    frame = spark.createDataFrame([(1, 10.0), (2, None), (3, 30.0), (4, 40.0)], "i int, x double")
    assert frame.stat.cov("i", "x") == pytest.approx(20.0)
    assert frame.stat.corr("i", "x") == pytest.approx(0.848528137423857)
    empty = frame.filter("i > 9")
    assert empty.stat.cov("i", "x") == 0.0
    assert math.isnan(empty.stat.corr("i", "x"))


def test_quantiles_of_no_numbers(spark):
    frame = spark.createDataFrame([(1, float("nan")), (2, 1.0), (3, None), (4, 5.0)], "i int, x double")
    assert frame.approxQuantile("x", [0.0, 0.5, 1.0], 0.0) == [1.0, 1.0, 5.0]
    assert frame.filter("i = 3").approxQuantile(["i", "x"], [0.5], 0.0) == [[3.0], []]
    assert frame.filter("i > 9").approxQuantile("x", [0.5], 0.25) == []


def test_drop_of_columns_of_a_frame(spark):
    left = spark.createDataFrame([(1, "a")], "id int, x string")
    right = spark.createDataFrame([(1, "b")], "id int, y string")
    joined = left.join(right, left.id == right.id)
    assert joined.drop(right.id).columns == ["id", "x", "y"]
    assert [tuple(row) for row in joined.drop(left.id, left.x).collect()] == [(1, "b")]


@pytest.mark.parametrize("left, right, missing, type, rows", [
    ("named_struct('x', 1, 'y', 'a')", "named_struct('y', 'b', 'x', 2)", False,
     "struct<x:int,y:string>", [(1, "a"), (2, "b")]),
    ("named_struct('x', 1, 'y', 'a')", "named_struct('X', 2, 'z', 5)", True,
     "struct<x:int,y:string,z:int>", [(1, "a", None), (2, None, 5)]),
    ("named_struct('x', 1)", "cast(null AS struct<y: string, x: bigint>)", True,
     "struct<x:bigint,y:string>", [(1, None), None]),
    ("array(named_struct('x', 1, 'y', 'a'))", "array(named_struct('y', 'b', 'x', 2), null)", False,
     "array<struct<x:int,y:string>>", [[(1, "a")], [(2, "b"), None]]),
    ("named_struct('s', named_struct('a', 1, 'b', 2))", "named_struct('s', named_struct('b', 3))",
     True, "struct<s:struct<a:int,b:int>>", [((1, 2),), ((None, 3),)]),
    ("map('k', named_struct('x', 1))", "map('k', named_struct('p', 2))", False,
     "map<string,struct<x:int>>", [{"k": (1,)}, {"k": (2,)}]),
])
def test_union_by_name_of_structs(spark, left, right, missing, type, rows):
    frame = spark.sql(f"SELECT {left} AS s").unionByName(
        spark.sql(f"SELECT {right} AS s"), allowMissingColumns=missing)
    assert frame.schema["s"].dataType.simpleString() == type
    assert [row.s for row in frame.collect()] == rows


def test_union_by_name_misses_fields(spark):
    left, right = (spark.sql(f"SELECT named_struct({fields}) AS s")
                   for fields in ("'x', 1, 'y', 'a'", "'x', 1"))
    with pytest.raises(AnalysisException) as error:
        left.unionByName(right).schema
    assert error.value.getCondition() == "FIELD_NOT_FOUND"
    assert error.value.getMessageParameters() == {"fieldName": "`y`", "fields": "`x`"}
    with pytest.raises(AnalysisException) as error:
        right.unionByName(left).schema
    assert error.value.getCondition() == "INCOMPATIBLE_COLUMN_TYPE"


def test_structs_with_fields_of_one_name(spark):
    rows = spark.sql("SELECT struct(1 AS a, 'x' AS a, 3 AS b) AS s, array(struct(1 AS a, 2 AS a)) AS x")
    assert rows.schema.simpleString() == "struct<s:struct<a:int,a:string,b:int>,x:array<struct<a:int,a:int>>>"
    assert [tuple(row) for row in rows.collect()] == [((1, "x", 3), [(1, 2)])]


@pytest.mark.parametrize("ddl, condition", [
    ("a int,", "PARSE_SYNTAX_ERROR"), ("a", "PARSE_SYNTAX_ERROR"), ("a int b", "PARSE_SYNTAX_ERROR"), ("intx", "PARSE_SYNTAX_ERROR"),
    ("a varchar(3) not null default 5", "PARSE_SYNTAX_ERROR"), ("a intx", "UNSUPPORTED_DATATYPE"),
    ("decimal(99)", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION")])
def test_schemas_that_are_none(spark, ddl, condition):
    with pytest.raises(PySparkException) as error:
        spark.createDataFrame([], ddl).schema
    assert error.value.getCondition() == condition


def test_a_schema_that_is_one_type(spark):
    assert spark.createDataFrame([], "int").schema.simpleString() == "struct<value:int>"

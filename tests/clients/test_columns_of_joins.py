"""Which column `df.a` is where a join has the DataFrame on both sides, and refusals of the catalog and configurations.

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_columns_of_joins.py

Spark 4.2.0 passes all of this.
"""
import pytest
from pyspark.errors import PySparkException


def condition_of(action):
    with pytest.raises(PySparkException) as caught:
        action()
    return caught.value.getCondition(), caught.value.getMessageParameters()


AMBIGUOUS = ("AMBIGUOUS_COLUMN_REFERENCE", {"name": '"id"'})


def test_a_column_of_both_sides_is_ambiguous(spark):
    df = spark.range(3)
    some, fewer = df.filter("id > 0"), df.filter("id > 0").filter("id > 1")
    more = df.withColumn("x", df.id + 1)
    assert condition_of(lambda: df.join(df, df.id == df.id).collect()) == AMBIGUOUS
    assert condition_of(lambda: df.join(some, df.id == some.id).select(df.id).collect()) == AMBIGUOUS
    assert condition_of(lambda: some.join(fewer, df.id == 1).collect()) == AMBIGUOUS
    assert condition_of(lambda: more.join(df, df.id == more.x).select(more.x, df.id).collect()) == AMBIGUOUS


def test_a_side_itself_comes_before_what_it_was_made_from(spark):
    df = spark.range(3)
    some = df.filter("id > 0")
    assert df.join(some, df.id == some.id).count() == 2
    assert some.join(df, df.id == some.id).select(some.id).count() == 2


def test_a_column_that_using_merged_is_the_visible_one(spark):
    df = spark.range(3)
    assert df.join(df, "id").select(df.id).count() == 3


def test_unknown_tables_are_not_cached(spark):
    assert condition_of(lambda: spark.catalog.isCached("no_such_table"))[0] == "TABLE_OR_VIEW_NOT_FOUND"


@pytest.mark.parametrize("key, value, condition", [
    ("spark.sql.warehouse.dir", "/tmp", "CANNOT_MODIFY_STATIC_CONFIG"),
    ("spark.sql.extensions", "x", "CANNOT_MODIFY_STATIC_CONFIG"),
    ("spark.sql.ansi.enabled", "foo", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
    ("spark.sql.shuffle.partitions", "abc", "INVALID_CONF_VALUE.TYPE_MISMATCH"),
    ("spark.sql.shuffle.partitions", "0", "INVALID_CONF_VALUE.REQUIREMENT"),
    ("spark.sql.timestampType", "foo", "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS"),
])
def test_configurations_that_cannot_be(spark, key, value, condition):
    assert condition_of(lambda: spark.conf.set(key, value))[0] == condition


def test_static_configurations_stay(spark):
    assert condition_of(lambda: spark.conf.unset("spark.sql.warehouse.dir"))[0] == "CANNOT_MODIFY_STATIC_CONFIG"

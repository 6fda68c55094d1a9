"""Sessions that write to the same place at once: each write is there whole or not, as if one came after the other.

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_concurrent_writes.py

What each save mode leaves is Spark's rule for it, applied to the writes in some order.
"""
import collections
import concurrent.futures
import os
import threading
import time

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession, functions as F

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")
WRITERS, ROWS, ROUNDS = 5, 200, 3
MODES = ["error", "ignore", "append", "overwrite"]


@pytest.fixture(scope="module")
def sessions():
    opened = [SparkSession.builder.remote(REMOTE).create() for _ in range(WRITERS)]
    F.lit(0) + 1  # the first call decides whether calls carry their place in the program: in another thread, that none does
    yield opened
    for session in opened:
        session.stop()


def rows_of(session, number):
    return session.range(ROWS).select(F.lit(number).alias("writer"), "id", (F.col("id") % 2).cast("int").alias("p"))


def together(sessions, action):
    """Runs action(session, number) in all sessions at once; the condition of each one's error, or None."""
    barrier = threading.Barrier(len(sessions))

    def run(number):
        barrier.wait()
        try:
            action(sessions[number], number)
        except PySparkException as error:
            return error.getCondition()

    with concurrent.futures.ThreadPoolExecutor(len(sessions)) as pool:
        return list(pool.map(run, range(len(sessions))))


def whole(frame):
    """The writers whose rows are there, each once; fails where some of a writer's rows are missing or doubled."""
    rows = frame.select("writer", "id").collect()
    counts = collections.Counter(row.writer for row in rows)
    assert set(counts.values()) <= {ROWS} and len(set(rows)) == len(rows), counts
    return sorted(counts)


def check(form, mode, outcomes, there, exists):
    """Whether what is there comes of the writes that were acknowledged."""
    done = [number for number, condition in enumerate(outcomes) if condition is None]
    if mode == "error":
        assert there == done and len(done) == 1 and set(outcomes) == {None, exists}
    elif mode == "append":
        assert there == done == list(range(WRITERS)), outcomes
    else:
        # Of overwrites of one Delta table at once, Delta refuses those that come late.
        late = {condition for condition in outcomes if condition and condition.startswith("DELTA_CONCURRENT_APPEND")}
        assert len(there) == 1 and set(there) <= set(done) and set(outcomes) <= {None} | (late if form == "delta" else set()), (
            there, outcomes)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("form", ["parquet", "csv", "json", "delta"])
def test_a_new_table(sessions, form, mode):
    for _ in range(ROUNDS):
        outcomes = together(sessions, lambda session, number: rows_of(session, number).write.format(form).mode(
            mode).saveAsTable("at_once"))
        try:
            check(form, mode, outcomes, whole(sessions[0].table("at_once")), "TABLE_OR_VIEW_ALREADY_EXISTS")
        finally:
            sessions[0].sql("DROP TABLE at_once")


@pytest.mark.parametrize("form", ["parquet", "delta"])
@pytest.mark.parametrize("create, mode", [("CREATE TABLE", "error"), ("CREATE TABLE IF NOT EXISTS", "ignore"),
                                          ("CREATE OR REPLACE TABLE", "overwrite")])
def test_create_table_as_select(sessions, form, create, mode):
    for _ in range(ROUNDS):
        outcomes = together(sessions, lambda session, number: session.sql(
            f"{create} at_once USING {form} AS SELECT {number} writer, id FROM range({ROWS})"))
        try:
            check(form, mode, outcomes, whole(sessions[0].table("at_once")), "TABLE_OR_VIEW_ALREADY_EXISTS")
        finally:
            sessions[0].sql("DROP TABLE at_once")


def test_the_columns_of_a_replaced_table_are_those_of_its_files(sessions):
    def replace(session, number):
        session.range(ROWS).select(F.lit(number).alias(f"c{number}")).write.format("parquet").mode("overwrite").saveAsTable(
            "at_once")

    for _ in range(ROUNDS):
        assert together(sessions, replace) == [None] * WRITERS
        frame = sessions[0].table("at_once")
        assert frame.distinct().collect() == [(int(frame.columns[0][1:]),)]
        sessions[0].sql("DROP TABLE at_once")


def test_tables_come_and_go(sessions):
    """Whoever is told that a table was made or dropped can rely on it: in the end none is there, and a new one is whole."""
    def come_and_go(session, number):
        for _ in range(5):
            session.sql(f"CREATE TABLE IF NOT EXISTS at_once USING parquet AS SELECT {number} writer, id FROM range({ROWS})")
            session.sql("DROP TABLE IF EXISTS at_once")

    assert together(sessions, come_and_go) == [None] * WRITERS
    rows_of(sessions[0], 7).write.format("parquet").saveAsTable("at_once")
    assert whole(sessions[0].table("at_once")) == [7]
    sessions[0].sql("DROP TABLE at_once")


@pytest.mark.parametrize("increment", [
    lambda session: session.sql("CREATE OR REPLACE TABLE at_once USING delta AS SELECT n + 1 AS n FROM at_once"),
    lambda session: session.sql("INSERT OVERWRITE at_once SELECT n + 1 FROM at_once"),
    lambda session: session.table("at_once").selectExpr("n + 1 AS n").write.mode("overwrite").saveAsTable("at_once"),
    lambda session: session.table("at_once").selectExpr("n + 1 AS n").writeTo("at_once").overwrite(F.lit(True)),
], ids=["replace", "insert", "saveAsTable", "writeTo"])
def test_no_update_of_a_delta_table_is_lost(sessions, increment):
    """Who overwrites a table by what it read there is told if another one was faster."""
    sessions[0].sql("CREATE OR REPLACE TABLE at_once USING delta AS SELECT 0 AS n")
    try:
        done = 0
        for _ in range(2 * ROUNDS):
            outcomes = together(sessions, lambda session, number: increment(session))
            assert {condition.split(".")[0] for condition in outcomes if condition} <= {
                "DELTA_CONCURRENT_APPEND", "DELTA_METADATA_CHANGED"}
            done += outcomes.count(None)
            assert sessions[0].table("at_once").collect() == [(done,)]
    finally:
        sessions[0].sql("DROP TABLE at_once")


def slowly(session):
    """Two rows that take half a second or more."""
    return session.range(2).selectExpr("CASE WHEN id = 0 THEN 7 ELSE (SELECT int(max(sha2(string(id), 256) > '') ) FROM "
                                       "range(1500000)) END AS writer", "id", "int(id) AS p")


def beside(sessions, slow, fast):
    """Runs slow(session) and, while its query runs, fast(another session); the conditions of their errors, or None."""
    def run(session, number):
        if number:
            time.sleep(0.2)
            fast(session)
        else:
            slow(session)

    return together(sessions[:2], run)


@pytest.mark.parametrize("form, other", [("parquet", "csv"), ("csv", "parquet"), ("parquet", "delta"), ("delta", "parquet")])
def test_an_append_to_a_table_that_is_replaced_meanwhile(sessions, form, other):
    def append(session):
        slowly(session).write.format(form).mode("append").saveAsTable("at_once")

    def replace(session):
        session.range(3).selectExpr("string(id) AS text").write.format(other).mode("overwrite").saveAsTable("at_once")

    rows_of(sessions[0], 99).write.format(form).saveAsTable("at_once")
    try:
        assert beside(sessions, append, replace) == ["TABLE_REPLACED", None]
        assert sorted(row.text for row in sessions[0].table("at_once").collect()) == ["0", "1", "2"]
    finally:
        sessions[0].sql("DROP TABLE at_once")


@pytest.mark.parametrize("form", ["parquet", "delta"])
def test_an_insert_into_a_table_that_is_dropped_meanwhile(sessions, form):
    def insert(session):
        slowly(session).write.insertInto("at_once")

    sessions[0].sql(f"CREATE TABLE at_once (writer INT, id BIGINT, p INT) USING {form} PARTITIONED BY (p)")
    assert beside(sessions, insert, lambda session: session.sql("DROP TABLE at_once")) == ["TABLE_REPLACED", None]
    rows_of(sessions[0], 7).write.format(form).saveAsTable("at_once")
    assert whole(sessions[0].table("at_once")) == [7]
    sessions[0].sql("DROP TABLE at_once")


@pytest.mark.parametrize("form", ["parquet", "delta"])
def test_an_insert_into_a_table_of_which_there_is_another_by_now(sessions, form):
    def insert(session):
        slowly(session).where("writer < 0").write.insertInto("at_once")

    def make_another(session):
        session.sql("DROP TABLE at_once")
        session.sql(f"CREATE TABLE at_once (text STRING) USING {form}")
        session.sql("INSERT INTO at_once VALUES ('new')")

    sessions[0].sql(f"CREATE TABLE at_once USING {form} AS SELECT 1 AS writer, 1L AS id, 1 AS p")
    try:
        assert beside(sessions, insert, make_another) == ["TABLE_REPLACED", None]
        assert sessions[0].table("at_once").collect() == [("new",)]
    finally:
        sessions[0].sql("DROP TABLE at_once")


@pytest.mark.parametrize("columns", [[], ["p"]], ids=["plain", "partitioned"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_folder(sessions, tmp_path, form, mode, columns):
    tmp_path.chmod(0o777)
    for turn in range(ROUNDS):
        folder = str(tmp_path / str(turn))
        write = lambda session, number: rows_of(session, number).write.format(form).option("header", True).mode(
            mode).partitionBy(*columns).save(folder)
        check(form, mode, together(sessions, write), whole(read(sessions[0], form, folder)), "PATH_ALREADY_EXISTS")
        if mode == "overwrite":  # what is there now is replaced, not only what was not
            check(form, mode, together(sessions, write), whole(read(sessions[0], form, folder)), None)
        left = [path.name for path in (tmp_path / str(turn)).iterdir() if path.name.startswith("_") and path.name != "_SUCCESS"]
        assert left == []


def read(session, form, folder):
    return session.read.schema("writer int, id bigint, p int").format(form).option("header", True).load(folder)


def test_partitions_of_one_folder(sessions, tmp_path):
    """Static and dynamic overwrites of different partitions do not touch each other's."""
    tmp_path.chmod(0o777)
    folder = str(tmp_path / "t")
    spark = sessions[0]
    spark.sql(f"CREATE TABLE at_once (writer INT, id BIGINT, p INT) USING parquet PARTITIONED BY (p) LOCATION '{folder}'")
    rows_of(spark, 99).write.mode("append").insertInto("at_once")

    def replace(session, number):
        for _ in range(3):
            if number % 2:
                session.sql(f"INSERT OVERWRITE at_once PARTITION (p = {number}) SELECT {number}, id FROM range({ROWS})")
            else:
                session.range(ROWS).select(F.lit(number).alias("writer"), "id", F.lit(number + 10).alias("p")).write.mode(
                    "overwrite").option("partitionOverwriteMode", "dynamic").partitionBy("p").parquet(folder)

    assert together(sessions, replace) == [None] * WRITERS
    there = spark.read.parquet(folder).groupBy("p").agg(F.min("writer"), F.max("writer"), F.count("id")).orderBy("p")
    assert [tuple(row) for row in there.collect()] == [
        (0, 99, 99, ROWS // 2), (1, 1, 1, ROWS), (3, 3, 3, ROWS), (10, 0, 0, ROWS), (12, 2, 2, ROWS), (14, 4, 4, ROWS)]
    spark.sql("DROP TABLE at_once")


def test_appends_beside_an_overwrite(sessions, tmp_path):
    """Each append comes before the overwrite and is gone, or after it and is there."""
    tmp_path.chmod(0o777)
    for turn in range(ROUNDS):
        folder = str(tmp_path / str(turn))
        rows_of(sessions[0], 99).write.parquet(folder)
        outcomes = together(sessions, lambda session, number: rows_of(session, number).write.mode(
            "append" if number else "overwrite").parquet(folder))
        assert outcomes == [None] * WRITERS
        there = whole(read(sessions[0], "parquet", folder))
        assert 0 in there and 99 not in there


def test_a_waiting_write_can_be_interrupted(sessions):
    first, second = sessions[:2]
    slow = first.range(10**10).select(F.sha2(F.col("id").cast("string"), 256).alias("a"))
    errors = {}

    def create(name, session, frame):
        try:
            frame.write.format("parquet").saveAsTable("at_once")
        except PySparkException as error:
            errors[name] = error.getCondition()

    threads = [threading.Thread(target=create, args=("first", first, slow))]
    threads[0].start()
    threads[0].join(1)
    threads.append(threading.Thread(target=create, args=("second", second, rows_of(second, 1))))
    threads[1].start()
    threads[1].join(0.5)
    assert threads[1].is_alive()
    second.interruptAll()
    threads[1].join(10)
    assert errors == {"second": "OPERATION_CANCELED"}
    first.interruptAll()
    threads[0].join(10)
    assert errors == {"first": "OPERATION_CANCELED", "second": "OPERATION_CANCELED"}
    assert not first.catalog.tableExists("at_once")

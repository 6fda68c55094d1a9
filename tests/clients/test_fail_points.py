"""Kills the server at every fail point of a write: what a client was told is there once, the rest is there whole or not.

    LOCHAN_SERVER=build/asan/bin/lochan pytest tests/clients/test_fail_points.py

Fail points are compiled into the sanitized builds only; a release server skips these tests. Each round starts a server on
the home that the killed one left, looks at all that was written before, and writes until it is killed in turn.
"""
import concurrent.futures
import itertools
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

import deltalake
import pytest
from pyspark.sql import SparkSession, functions as F

SERVER = os.environ.get("LOCHAN_SERVER")
SOURCES = pathlib.Path(__file__).resolve().parents[2] / "src"
ROWS = 20          # in each write
MOST_WRITES = 40   # of a round; by then the point must have been reached
START_SECONDS = 60

# Fail point, the writes during which the server dies there, the visit at which it does (of the first round).
POINTS = [
    ("delta.write.before_staging", "append", 2),
    ("storage.cleanup.noted", "append", 2),
    ("storage.directory.made", "partitioned", 3),
    ("staging.made", "append", 2),
    ("delta.write.before_files", "overwrite", 2),
    ("engine.parquet.file_named", "partitioned", 5),
    ("delta.write.after_files", "append", 2),
    ("storage.sync.before", "partitioned", 5),
    ("storage.move.before_rename", "partitioned", 5),
    ("storage.move.after_rename", "overwrite", 2),
    ("delta.write.file_placed", "partitioned", 5),
    ("delta.commit.file_described", "overwrite", 2),
    ("delta.write.files_placed", "append", 2),
    ("delta.write.before_commit", "overwrite", 2),
    ("delta.commit.before_put", "append", 2),
    ("storage.put.before_write", "append", 2),
    ("storage.put.after_write", "overwrite", 2),
    ("storage.put.before_publish", "append", 2),
    ("storage.put.after_publish", "overwrite", 2),
    ("storage.put.before_directory_sync", "append", 2),
    ("delta.commit.after_put", "append", 2),
    ("delta.commit.before_check", "race", 1),
    ("delta.commit.behind_winner", "race", 1),
    ("delta.write.committed", "overwrite", 2),
    ("storage.remove_directory.before", "append", 2),
    ("staging.removed", "append", 2),
    ("delta.commit.after_put", "create", 2),
    ("catalog.put_table.before", "create", 2),
    ("catalog.put_table.before_commit", "create", 2),
    ("catalog.put_table.after", "create", 2),
    ("catalog.drop_table.after", "drop", 2),
    ("catalog.put_table.before", "replace table", 2),
    ("catalog.put_table.after", "replace table", 2),
    ("catalog.replace_table.after", "replace table", 2),
    ("storage.remove_directory.before", "replace table", 5),  # a start removes some too
    ("staging.set_aside", "replaced files", 3),
    ("staging.placed", "replaced files", 3),
    ("staging.kept", "replaced files", 3),
    ("staging.half_removed", "replaced files", 3),
    ("staging.set_aside", "replaced partitions", 3),
    ("staging.half_removed", "replaced partitions", 3),
    ("staging.placed", "replaced partitions", 5),
    ("staging.placed", "files", 2),
    ("storage.directory.made", "new files", 3),
    ("staging.made", "new files", 2),
    ("staging.placed", "new files", 2),
    ("storage.replace.before_publish", "files", 2),
    ("storage.replace.after_publish", "files", 2),
]


def has_fail_points():
    if not SERVER:
        return False
    version = subprocess.run([SERVER, "version"], capture_output=True, text=True, check=True).stdout
    return "fail points" in version


needs_fail_points = pytest.mark.skipif(not has_fail_points(), reason="the server has no fail points (a release build)")


class Home:
    """A home and the servers that come and go on it."""

    def __init__(self, folder):
        self.path, self.log = folder / "home", folder / "server.log"

    def start(self, faults=""):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [SERVER, "start", "--home", self.path, "--spark", "127.0.0.1:0"], stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, env={**os.environ, "LOCHAN_FAIL": faults})
        deadline = time.monotonic() + START_SECONDS
        while not (ready := re.search(r"sc://[\w.:\[\]]+:[1-9]\d*", self.log.read_text())):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                pytest.fail(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.01)
        self.address = ready[0]

    def connect(self):
        spark = SparkSession.builder.remote(self.address).create()
        spark.client.set_retry_policies([])  # a client would wait for minutes for a dead server
        return spark

    def folder(self, name):
        return self.path / "dbfs" / name


class Writes:
    """What was tried and what was acknowledged of one sequence of numbered writes of ROWS rows each."""

    needs_table, more_faults = False, ""

    def __init__(self, home):
        self.home = home
        self.numbers = itertools.count(1)
        self.acknowledged, self.open = set(), set()

    def run(self, spark):
        number = next(self.numbers)
        self.open.add(number)
        self.write(spark, number)
        self.open.discard(number)
        self.acknowledged.add(number)

    def frame(self, spark, number):
        return spark.range(ROWS).select(F.lit(number).alias("number"), "id", (F.col("id") % 3).cast("int").alias("part"))

    def settle(self, found):
        """`found`: write -> (rows, distinct rows). Every acknowledged one is whole; an open one is whole or not there."""
        assert set(found.values()) <= {(ROWS, ROWS)}, "a write is there in part, or twice"
        lost, strange = self.acknowledged - set(found), set(found) - self.acknowledged - self.open
        assert not lost and not strange, f"lost: {lost}, never written: {strange}"
        self.acknowledged, self.open = set(found), set()


def counted(rows):
    found = {}
    for number, row in rows:
        found.setdefault(number, []).append(row)
    return {number: (len(ids), len(set(ids))) for number, ids in found.items()}


class Appends(Writes):
    name, partitioning, mode = "mnt/appends", [], "append"

    def write(self, spark, number):
        frame = self.frame(spark, number)
        frame.write.format("delta").mode(self.mode).partitionBy(*self.partitioning).save("/" + self.name)

    def check(self, spark):
        folder = self.home.folder(self.name)
        if not list((folder / "_delta_log").glob("*.json")):
            return self.settle({})
        table = deltalake.DeltaTable(folder).to_pyarrow_table()
        rows = list(zip(table["number"].to_pylist(), table["id"].to_pylist()))
        read = spark.read.format("delta").load("/" + self.name).select("number", "id").collect()
        assert sorted(map(tuple, read)) == sorted(rows), "delta-rs reads other rows"
        self.settle(counted(rows))
        visible = {path.name.split("=")[0] for path in folder.iterdir() if not path.name.startswith(("part-", ".", "_delta_log"))}
        assert visible <= set(self.partitioning), f"left behind: {visible}"


class Partitioned(Appends):
    name, partitioning = "mnt/partitioned", ["part"]


class Overwrites(Appends):
    name, mode = "mnt/overwrites", "overwrite"

    def settle(self, found):
        # Only the last write is there: the newest acknowledged one, or one that was open after it.
        assert set(found.values()) <= {(ROWS, ROWS)} and len(found) <= 1, "an overwrite is there in part"
        newest = max(self.acknowledged, default=None)
        assert set(found) <= {newest} | self.open and (found or newest is None), f"{found}, not {newest} or {self.open}"
        self.acknowledged, self.open = set(found), set()


class Creates(Writes):
    """saveAsTable of a new managed table each."""

    def run(self, spark):
        # One that did not come to be must be creatable again.
        number = min(self.open) if self.open else next(self.numbers)
        self.open.add(number)
        self.write(spark, number)
        self.open.discard(number)
        self.acknowledged.add(number)

    def write(self, spark, number):
        self.frame(spark, number).write.format("delta").partitionBy("part").saveAsTable(f"created_{number}")

    def check(self, spark):
        names = {table.name for table in spark.catalog.listTables()}
        folders = {path.name for path in self.home.folder("user/hive/warehouse").iterdir()}
        assert folders == names, "folders that no table owns, or tables without a folder"
        found = {}
        for name in names:
            ids = deltalake.DeltaTable(self.home.folder(f"user/hive/warehouse/{name}")).to_pyarrow_table()["id"].to_pylist()
            assert sorted(row.id for row in spark.table(name).collect()) == sorted(ids)
            found[int(name.removeprefix("created_"))] = (len(ids), len(set(ids)))
        still_open = self.open
        self.settle(found)
        self.open = still_open - set(found)


class Drops(Creates):
    """Managed tables that are created and dropped: nothing of them stays."""

    run = Writes.run

    def write(self, spark, number):
        super().write(spark, number)
        spark.sql(f"DROP TABLE created_{number}")

    def check(self, spark):
        super().check(spark)
        for number in self.acknowledged:
            spark.sql(f"DROP TABLE created_{number}")
        self.acknowledged = set()

    def settle(self, found):
        assert set(found.values()) <= {(ROWS, ROWS)} and set(found) <= self.open, f"{found}, not {self.open}"
        self.acknowledged, self.open = set(found), set()


class ReplacedTable(Overwrites):
    """A managed table that is a Delta table and files by turns, in a folder of its own each time."""

    def write(self, spark, number):
        writer = self.frame(spark, number).write.format("parquet" if number % 2 else "delta")
        writer.mode("overwrite").saveAsTable("replaced")

    def check(self, spark):
        there = [table.name for table in spark.catalog.listTables()]
        folders = [path.name for path in self.home.folder("user/hive/warehouse").iterdir()]
        assert len(folders) == len(there), f"folders that no table owns: {folders}"
        rows = spark.table("replaced").select("number", "id").collect() if there else []
        self.settle(counted(map(tuple, rows)))


class Files(Writes):
    """Appends to a folder of Parquet files, one file each."""

    def write(self, spark, number):
        self.frame(spark, number).write.mode("append").parquet("/mnt/files")

    def check(self, spark):
        if self.home.folder("mnt/files").exists():
            self.settle(counted(map(tuple, spark.read.parquet("/mnt/files").select("number", "id").collect())))


class NewFiles(Writes):
    """Folders of Parquet files, a new one each time. One that is there in part would be in the way of the next try."""

    def write(self, spark, number):
        self.frame(spark, number).write.parquet(f"/mnt/new/{number}")

    def check(self, spark):
        folder = self.home.folder("mnt/new")
        there = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
        rows = [row for name in there for row in spark.read.parquet(f"/mnt/new/{name}").select("number", "id").collect()]
        self.settle(counted(map(tuple, rows)))


class ReplacedFiles(Overwrites):
    """A folder of Parquet files, partitioned, that each write replaces."""

    def write(self, spark, number):
        frame = self.frame(spark, number)
        frame.write.mode("overwrite").partitionBy("part").parquet("/mnt/replaced")

    def check(self, spark):
        folder = self.home.folder("mnt/replaced")
        if not list(folder.rglob("*.parquet")):
            return self.settle({})
        self.settle(counted(map(tuple, spark.read.parquet("/mnt/replaced").select("number", "id").collect())))
        assert not list(folder.glob("_temporary-*"))


class ReplacedPartitions(ReplacedFiles):
    """The same, where each write replaces the partitions that it has rows for: all of them."""

    def write(self, spark, number):
        frame = self.frame(spark, number).withColumn("sub", F.col("part") + 1)
        frame.write.mode("overwrite").option("partitionOverwriteMode", "dynamic").partitionBy("part", "sub").parquet(
            "/mnt/replaced")


class Race(Appends):
    """Two clients that append to one table; every second commit waits, so that another one comes before it."""

    name = "mnt/race"
    needs_table = True
    more_faults = "".join(f",delta.commit.before_put:{visit}:delay=150" for visit in range(1, 2 * MOST_WRITES, 2))


WRITES = {"append": Appends, "partitioned": Partitioned, "overwrite": Overwrites, "create": Creates, "drop": Drops,
          "replace table": ReplacedTable, "files": Files, "new files": NewFiles, "replaced files": ReplacedFiles,
          "replaced partitions": ReplacedPartitions, "race": Race}


def write_until_killed(home, writes, clients):
    def client(spark):
        for _ in range(MOST_WRITES):
            try:
                writes.run(spark)
            except Exception as error:  # what a client says of a dead server differs; what it says of a live one matters
                time.sleep(0.05)
                return error if home.process.poll() is None else None
        return None

    sessions = [home.connect() for _ in range(clients)]
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        errors = [error for error in pool.map(client, sessions) if error]
    try:
        status = home.process.wait(10)
    except subprocess.TimeoutExpired:
        home.process.kill()
        pytest.fail(f"the server was not killed at the fail point: {errors}")
    for spark in sessions:
        spark.client.close()
    assert status == -signal.SIGKILL, f"the server ended with {status}:\n{home.log.read_text()}"


def check_and_write_once(home, writes):
    home.start()
    spark = home.connect()
    writes.check(spark)
    writes.run(spark)
    writes.check(spark)
    spark.stop()
    home.process.send_signal(signal.SIGTERM)
    assert home.process.wait(START_SECONDS) == 0, home.log.read_text()


def kill_at(point, operation, first_visit, rounds):
    with tempfile.TemporaryDirectory(prefix="lochan-fail-points-") as name:
        home = Home(pathlib.Path(name))
        writes = WRITES[operation](home)
        if writes.needs_table:
            check_and_write_once(home, writes)
        for round_number in range(rounds):
            home.start(f"{point}:{first_visit + round_number % 5}:kill{writes.more_faults}")
            if round_number:
                checking = home.connect()
                writes.check(checking)
                checking.client.close()
            write_until_killed(home, writes, 2 if operation == "race" else 1)
        check_and_write_once(home, writes)


@needs_fail_points
@pytest.mark.parametrize("point, operation, first_visit", POINTS, ids=[f"{point}-{name}" for point, name, _ in POINTS])
def test_one_kill(point, operation, first_visit):
    kill_at(point, operation, first_visit, rounds=1)


@needs_fail_points
@pytest.mark.heavy
@pytest.mark.parametrize("point, operation, first_visit", POINTS, ids=[f"{point}-{name}" for point, name, _ in POINTS])
def test_ten_kills(point, operation, first_visit):
    kill_at(point, operation, first_visit, rounds=10)


def test_every_fail_point_of_the_sources_is_tried():
    used = set()
    for path in SOURCES.rglob("*.cc"):
        if "tests" not in path.parts:
            used |= set(re.findall(r'LOCHAN_FAIL_POINT\(\s*"([^"]+)"', path.read_text()))
    assert used == {point for point, _, _ in POINTS}
    assert len(used) >= 20

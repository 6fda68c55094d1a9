"""SIGTERM while work runs: its client gets an error, the server ends with status 0 and leaves nothing behind.

    LOCHAN_SERVER=build/release/bin/lochan pytest tests/clients/test_shutdown.py

Each test has a server of its own.
"""
import os
import pathlib
import signal
import sys
import threading
import time

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.connect.client.retries import DefaultPolicy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from server import Server

SERVER = os.environ.get("LOCHAN_SERVER")
pytestmark = pytest.mark.skipif(not SERVER, reason="LOCHAN_SERVER names no server")

ENDLESS = "SELECT count(*) FROM range(1000000000000) WHERE id % 7 = 8"


def files_under(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def count(spark, folder):
    spark.sql(ENDLESS).collect()


def iterate(spark, folder):
    for _ in spark.range(1_000_000_000_000).toLocalIterator():
        pass


def iterate_later(spark, folder):
    rows = spark.range(1_000_000_000_000).toLocalIterator()
    next(rows)
    time.sleep(3)  # longer than the server has to end its work
    for _ in rows:
        pass


def spill(spark, folder):
    spark.sql("SELECT max(s) FROM (SELECT uuid() AS s FROM range(1000000000) ORDER BY s LIMIT 900000000)").collect()


def write(spark, folder):
    spark.range(100_000_000_000).selectExpr("id", "hash(id) AS h").write.format("delta").save(f"{folder}/table")


def has_begun(work, folder):
    """Where it shows on disk that the work is under way."""
    return {spill: lambda: files_under(folder / "spill"), write: lambda: files_under(folder / "data")}.get(
        work, lambda: True)()


@pytest.mark.parametrize("work", [count, iterate, iterate_later, spill, write])
def test_running_work_ends_cleanly(work, tmp_path):
    (tmp_path / "data").mkdir()
    arguments = ["--memory-limit", "300MB", "--spill-directory", str(tmp_path / "spill")]
    ended = []
    with Server(SERVER, arguments) as server:
        spark = SparkSession.builder.remote(server.address).create()
        assert spark.range(1).count() == 1

        def run():
            try:
                ended.append(work(spark, tmp_path / "data"))
            except PySparkException as error:
                ended.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        time.sleep(0.5)
        while not has_begun(work, tmp_path):
            assert time.monotonic() < deadline and not ended, ended
            time.sleep(0.05)
        server.process.send_signal(signal.SIGTERM)
        status = server.process.wait(60)
        thread.join(60)
        # At its exit a client looks for a server that has gone, by default for ten minutes.
        spark.client.set_retry_policies([DefaultPolicy(max_retries=1)])
        assert not thread.is_alive()
    assert status == 0, server.last_log
    assert "OPERATION_CANCELED" in str(ended[0])
    assert files_under(tmp_path) == []

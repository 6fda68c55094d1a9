"""Kills the server in the middle of Delta writes: what a client was told is there, and delta-rs can read the table.

    LOCHAN_SERVER=build/release/bin/lochan pytest tests/clients/test_crash.py

Each round kills a server of its own at another moment; the home, and so the table, stays the same for all rounds.
"""
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

import deltalake
import pytest

SERVER = os.environ.get("LOCHAN_SERVER")
ROUNDS = 10
ROWS = 20  # in each append
START_SECONDS = 60
TABLE = "/mnt/crash/appends"

# A process of its own, since a client retries for minutes after its server is gone. Prints what was acknowledged.
WRITER = """
import sys
from pyspark.sql import SparkSession, functions as F
remote, table, first, rows = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
spark = SparkSession.builder.remote(remote).create()
number = first
while True:
    frame = spark.range(rows).select(F.lit(number).alias("append"), "id")
    frame.write.format("delta").mode("append").save(table)
    print(number, flush=True)
    number += 1
"""

pytestmark = pytest.mark.skipif(not SERVER, reason="LOCHAN_SERVER names no server to start and kill")


def start(home, log_path):
    with log_path.open("w") as log:
        process = subprocess.Popen([SERVER, "start", "--home", home, "--spark", "127.0.0.1:0"],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    deadline = time.monotonic() + START_SECONDS
    while not (ready := re.search(r"sc://[\w.:\[\]]+:[1-9]\d*", log_path.read_text())):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            pytest.fail(f"the server did not start:\n{log_path.read_text()}")
        time.sleep(0.01)
    return process, ready[0]


def append_until_killed(home, folder, first, seconds):
    """Numbers of the appends that the writer saw succeed before the server died `seconds` after the first one."""
    server, address = start(home, folder / "server.log")
    acknowledged = folder / f"acknowledged-{first}"
    with acknowledged.open("w") as output, (folder / "writer.log").open("w") as errors:
        (folder / "writer.py").write_text(WRITER)  # A file: pyspark takes `python -c` for a test of its own.
        writer = subprocess.Popen([sys.executable, folder / "writer.py", address, TABLE, str(first), str(ROWS)],
                                  stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not acknowledged.stat().st_size and writer.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(seconds)
        assert server.poll() is None, f"the server ended by itself:\n{(folder / 'server.log').read_text()}"
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
        time.sleep(0.2)  # What arrived before the kill may still be on its way to the file.
        writer.kill()
        writer.wait()
    numbers = [int(line) for line in acknowledged.read_text().split()]
    assert numbers, f"nothing was written:\n{(folder / 'writer.log').read_text()}"
    return numbers


def test_acknowledged_appends_survive_kills():
    chance = random.Random(20240229)
    with tempfile.TemporaryDirectory(prefix="lochan-crash-") as name:
        folder = pathlib.Path(name)
        home = folder / "home"
        acknowledged = []
        for round_number in range(ROUNDS):
            acknowledged += append_until_killed(home, folder, 1_000_000 * round_number, chance.uniform(0, 0.5))
            table = deltalake.DeltaTable(home / "dbfs" / TABLE[1:])
            counts = table.to_pyarrow_table().group_by("append").aggregate([("id", "count_distinct"), ("id", "count")])
            found = {row["append"]: (row["id_count_distinct"], row["id_count"]) for row in counts.to_pylist()}
            assert set(acknowledged) <= set(found), f"lost in round {round_number}"
            assert set(found.values()) == {(ROWS, ROWS)}, "an append is there in part, or twice"
            # At most the one that was under way in each round is there without a word of success.
            assert len(found) - len(acknowledged) <= round_number + 1
        server, _ = start(home, folder / "server.log")
        server.send_signal(signal.SIGTERM)
        assert server.wait(START_SECONDS) == 0

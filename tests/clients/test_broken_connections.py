"""Connections that break while the unmodified client reads: every row comes exactly once.

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_broken_connections.py

A proxy between client and server closes each of the first connections after so many bytes to the client. Then it lets all
pass: a client that gets no response between two cuts waits ever longer (up to a minute) before it tries again.
"""
import os
import socket
import threading

import pytest
from pyspark.sql import SparkSession

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")
HOST, PORT = REMOTE.removeprefix("sc://").split("/")[0].rsplit(":", 1)


class CuttingProxy:
    """Listens on `address`. Once armed, the connection at hand and the next ones are each cut after a number of `cuts`."""

    def __init__(self):
        self.lock = threading.Lock()
        self.waiting, self.done, self.left = [], 0, None
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"sc://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def arm(self, cuts):
        with self.lock:
            self.waiting, self.left = list(cuts[1:]), cuts[0]

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return  # closed
            server = socket.create_connection((HOST, int(PORT)))
            for source, target, counts in ((client, server, False), (server, client, True)):
                threading.Thread(target=self.pass_on, args=(source, target, counts), daemon=True).start()

    def pass_on(self, source, target, counts):
        try:
            while data := source.recv(1 << 16):
                allowed, cut = self.allowed(len(data)) if counts else (len(data), False)
                target.sendall(data[:allowed])
                if cut:
                    break
        except OSError:
            pass  # the other direction has closed it
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def allowed(self, size):
        """How much of `size` bytes may pass, and whether the connection ends there."""
        with self.lock:
            if self.left is None:
                return size, False
            if size < self.left:
                self.left -= size
                return size, False
            allowed, self.left = self.left, self.waiting.pop(0) if self.waiting else None
            self.done += 1
            return allowed, True

    def close(self):
        self.listener.close()


@pytest.fixture
def proxy():
    proxy = CuttingProxy()
    yield proxy
    proxy.close()


def iterate(frame):
    return [row.id for row in frame.toLocalIterator()]


def at_once(frame):
    return frame.toArrow().column("id").to_pylist()


# Before the first response, inside its frames, between batches, inside a batch; again and again.
@pytest.mark.parametrize("read, cuts", [
    (at_once, [1]),
    (at_once, [100, 100]),
    (at_once, [5_000, 70_000]),
    (at_once, [3_333_333, 10, 2_000_003, 65_536, 4_000_001]),
    (iterate, [1_000_000] * 5),
])
def test_every_row_comes_once(proxy, read, cuts):
    rows = 3_000_000
    spark = SparkSession.builder.remote(proxy.address).create()
    try:
        assert spark.range(1).count() == 1
        proxy.arm(cuts)
        ids = read(spark.range(rows))
        assert proxy.done == len(cuts)
        assert len(ids) == rows and ids == list(range(rows))
    finally:
        spark.stop()

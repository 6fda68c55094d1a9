"""A server for tests: its own process on a temporary home and a free port."""
import pathlib
import re
import signal
import subprocess
import tempfile
import time


class Server:
    """Runs while the `with` block does; `address` is what clients connect to, `log` what it has said.

    After the block `status` is how it ended: 0 after SIGTERM, unless it (or a sanitizer) complains.
    """

    def __init__(self, binary: str, arguments: list[str] = []):
        self.binary, self.arguments = binary, arguments
        self.address, self.status = "", None

    def __enter__(self) -> "Server":
        self.folder = tempfile.TemporaryDirectory(prefix="lochan-test-")
        self.log_path = pathlib.Path(self.folder.name, "server.log")
        with self.log_path.open("w") as log:
            self.process = subprocess.Popen(
                [self.binary, "start", "--home", f"{self.folder.name}/home", "--spark", "127.0.0.1:0",
                 *self.arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while not self.address:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"the server did not start:\n{self.log}")
            time.sleep(0.02)
            if match := re.search(r"sc://[\w.:\[\]]+:[1-9]\d*", self.log):
                self.address = match[0]
        return self

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.status = self.process.wait()
        self.last_log = self.log
        self.folder.cleanup()

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")


def resident_mb(pid: int) -> float:
    """Memory that a process has now, in MB."""
    return status_kb(pid, "VmRSS") / 1024


def peak_mb(pid: int) -> float:
    """The most memory that a process has had, in MB."""
    return status_kb(pid, "VmHWM") / 1024


def status_kb(pid: int, field: str) -> int:
    return int(re.search(rf"{field}:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])

"""A real Spark on the JVM, for recording what it answers: `pyspark[connect]` in .deps/oracle (made when missing; it needs
Java 17)."""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPS = pathlib.Path(os.environ.get("LOCHAN_DEPS", ROOT / ".deps"))
SPARK = "4.2.0"


def oracle_python() -> pathlib.Path:
    venv = DEPS / "oracle"
    if not (venv / "bin/spark-submit").exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin/pip"), "install", "-q", f"pyspark[connect]=={SPARK}"], check=True)
    return venv / "bin/python"


class Spark:
    """A Spark Connect server of its own, in a temporary folder, while the `with` block runs. `memory`: its heap."""

    def __init__(self, memory: str = "1g"):
        self.memory = memory

    def __enter__(self) -> str:
        python = oracle_python()
        self.folder = tempfile.TemporaryDirectory(prefix="oracle-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        home = subprocess.run([str(python), "-c", "import pyspark; print(pyspark.__path__[0])"],
                              check=True, capture_output=True, text=True).stdout.strip()
        self.process = subprocess.Popen(
            [f"{home}/bin/spark-submit", "--master", "local[2]", "--name", "oracle", "--driver-memory", self.memory,
             "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
             "--conf", "spark.connect.grpc.binding.address=127.0.0.1",
             "--conf", f"spark.connect.grpc.binding.port={port}",
             "--conf", "spark.ui.enabled=false", "--conf", "spark.sql.shuffle.partitions=2",
             "spark-internal"],
            cwd=self.folder.name, env={**os.environ, "SPARK_HOME": home, "PYSPARK_PYTHON": str(python)},
            stdin=subprocess.DEVNULL, stdout=open(f"{self.folder.name}/log", "w"),
            stderr=subprocess.STDOUT)
        for _ in range(600):
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return f"sc://127.0.0.1:{port}"
            time.sleep(0.2)
        raise SystemExit("Spark did not start:\n" + pathlib.Path(self.folder.name, "log").read_text()[-3000:])

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def spark_version(remote: str) -> str:
    """The version of the Spark at `remote`. Ends the program if it is another, or none on a JVM."""
    from ask import ask
    from pyspark.sql import SparkSession
    spark = SparkSession.builder.remote(remote).create()
    java = ask(spark, "SELECT java_method('java.lang.System', 'getProperty', 'java.version')")
    version = ask(spark, "SELECT version()")
    spark.stop()
    if java.error or version.error or not version.rows[0].startswith(SPARK):
        raise SystemExit(f"{remote} is not a Spark {SPARK} on a JVM; nothing is written")
    return version.rows[0]

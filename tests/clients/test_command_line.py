"""The command line: settings, the script runner, and how servers start and end."""
import fcntl
import io
import os
import pty
import socket
import subprocess
import sys
import termios
import time

import pyarrow as pa
import pytest

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from server import Server  # noqa: E402

SERVER = os.environ.get("LOCHAN_SERVER", "")
pytestmark = pytest.mark.skipif(not SERVER, reason="LOCHAN_SERVER names no program to run")


def run(*arguments: object) -> subprocess.CompletedProcess:
    return subprocess.run([SERVER, *map(str, arguments)], capture_output=True, timeout=60)


@pytest.mark.parametrize(("line", "said"), [
    ("thread = 2", ["thread", "threads"]),
    ("threads = many", ["threads", "many", "whole number"]),
    ("log_level = loud", ["log_level", "loud", "trace, debug, info, warn, error or off"]),
])
def test_wrong_setting_in_a_file_is_named_with_its_line(tmp_path, line, said):
    (tmp_path / "config.toml").write_text(f"# settings\n{line}\n")
    done = run("config", "--home", tmp_path)
    assert done.returncode == 1
    for text in [*said, f"{tmp_path}/config.toml:2"]:
        assert text in done.stderr.decode()


def test_sql_prints_each_format(tmp_path):
    def output(form: str) -> bytes:
        done = run("sql", "--home", tmp_path, "--format", form, "-e", "SELECT 1 AS a, 'x,y' AS b")
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "|1  |x,y|" in output("table").decode()
    assert output("csv").decode() == 'a,b\n1,"x,y"\n'
    assert output("json").decode() == '{"a":1,"b":"x,y"}\n'
    table = pa.ipc.open_stream(io.BytesIO(output("arrow"))).read_all()
    assert table.to_pylist() == [{"a": 1, "b": "x,y"}]


def test_json_writes_nulls(tmp_path):
    done = run("sql", "--home", tmp_path, "--format", "json", "-e",
               "SELECT 1 AS a, CAST(NULL AS INT) AS b, named_struct('c', CAST(NULL AS INT)) AS d")
    assert done.stdout.decode() == '{"a":1,"b":null,"d":{"c":null}}\n'


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path):
    script = tmp_path / "script.sql"
    script.write_bytes(b"\xef\xbb\xbfSELECT 1 AS a")
    done = run("sql", "--home", tmp_path / "home", "--format", "json", "-f", script)
    assert (done.stdout.decode(), done.returncode) == ('{"a":1}\n', 0)


def test_text_and_file_together_are_refused(tmp_path):
    script = tmp_path / "script.sql"
    script.write_text("SELECT 'from the file' AS a")
    done = run("sql", "--home", tmp_path / "home", "-e", "SELECT 1 AS a", "-f", script)
    assert done.returncode != 0
    assert "--execute excludes --file" in done.stderr.decode()


def test_an_unknown_command_is_named():
    done = run("nosuch")
    assert done.returncode != 0
    assert "There is no command nosuch: start, sql, config and version are." in done.stderr.decode()


@pytest.mark.parametrize("busy", [True, False])
def test_an_address_that_cannot_be_used_is_named(tmp_path, busy):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}" if busy else "192.0.2.1:1"
        done = run("start", "--home", tmp_path, "--spark", address)
    assert done.returncode == 1
    for text in ["ADDRESS_NOT_USABLE", address, "--spark"]:
        assert text in done.stderr.decode()


@pytest.mark.parametrize("form", ["table", "csv", "json", "arrow"])
def test_an_output_that_cannot_be_written_is_an_error(tmp_path, form):
    command = [SERVER, "sql", "--home", tmp_path, "--format", form, "-e", "SELECT id FROM range(100000)"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"No space left on device" in done.stderr
    done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", *command], stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"Bad file descriptor" in done.stderr


@pytest.mark.parametrize("form", ["csv", "json", "arrow"])
def test_rows_are_printed_as_they_come(tmp_path, form):
    command = [SERVER, "sql", "--home", tmp_path, "--format", form, "-e", "SELECT id FROM range(1000000000000)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert len(process.stdout.read(1 << 20)) == 1 << 20
        process.stdout.close()  # as `head` does
        assert process.wait(60) != 0


def test_a_text_that_is_not_utf8_is_an_error(tmp_path):
    script = tmp_path / "script.sql"
    script.write_bytes(b"SELECT 1; SELECT '\xff\xfe' AS x; SELECT 2")
    done = run("sql", "--home", tmp_path / "home", "--format", "csv", "-f", script)
    assert done.returncode == 1 and b"INVALID_UTF8_STRING" in done.stderr
    assert done.stdout == b"1\n1\n"


def test_a_folder_is_no_script(tmp_path):
    done = run("sql", "--home", tmp_path / "home", "-f", tmp_path)
    assert done.returncode == 1 and b"Is a directory" in done.stderr


def test_csv_tells_null_from_an_empty_text(tmp_path):
    done = run("sql", "--home", tmp_path, "--format", "csv", "-e",
               "SELECT CAST(NULL AS INT) AS a, CAST(NULL AS STRING) AS b, '' AS c, array(NULL) AS d, 'NULL' AS e")
    assert done.stdout.decode() == 'a,b,c,d,e\n,,"",[NULL],NULL\n'


def test_sql_stops_at_the_first_error(tmp_path):
    done = run("sql", "--home", tmp_path, "-e", "SELECT nope; SELECT 'after' AS a")
    assert done.returncode == 1
    assert "UNRESOLVED_COLUMN" in done.stderr.decode()
    assert "after" not in done.stdout.decode()


def test_one_home_has_one_server(tmp_path):
    with Server(SERVER) as server:
        home = os.path.join(server.folder.name, "home")
        done = run("start", "--home", home, "--spark", "127.0.0.1:0")
        assert done.returncode == 1
        assert home in done.stderr.decode()
    assert server.status == 0


def test_ctrl_c_clears_the_line_and_cancels_the_statement(tmp_path):
    master, terminal = pty.openpty()
    shell = subprocess.Popen([SERVER, "sql", "--home", tmp_path], stdin=terminal, stdout=terminal, stderr=terminal,
                             start_new_session=True, preexec_fn=lambda: fcntl.ioctl(terminal, termios.TIOCSCTTY, 0))
    os.close(terminal)
    os.set_blocking(master, False)
    said = b""

    def until(text: str) -> str:
        """What the shell has said since the last call, up to `text`."""
        nonlocal said
        deadline = time.monotonic() + 60
        while text.encode() not in said:
            assert time.monotonic() < deadline, said
            try:
                said += os.read(master, 4096)
            except BlockingIOError:
                time.sleep(0.01)
        before, _, said = said.partition(text.encode())
        return before.decode()

    try:
        until("lochan> ")
        for _ in range(3):
            os.write(master, b"SELECT nonsense\x03")
            until("lochan> ")
        os.write(master, b"SELECT 1 +\n")
        until("-> ")
        os.write(master, b"\x03")
        until("lochan> ")
        os.write(master, b"SELECT sum(hash(id)) FROM range(100000000000);\n")
        until("running")
        os.write(master, b"\x03")
        until("OPERATION_CANCELED")
        until("lochan> ")
        os.write(master, "SELECT '\u00e9' AS a;\n".encode())
        until("|\u00e9  |")
        until("lochan> ")
        os.write(master, b"\x04")
        assert shell.wait(60) == 0
    finally:
        shell.kill()
        os.close(master)

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


@pytest.mark.parametrize(("text", "value"), [
    (b"threads = 3 # comment", "threads = 3"),
    (b"log_level = 'debug'", "log_level = debug"),
    (b'"threads" = 2', "threads = 2"),
    (b"threads = 1_000", "threads = 1000"),
    (b"threads = 0x10", "threads = 16"),
    (b"\xef\xbb\xbfthreads = 2\r\n", "threads = 2"),
    (b"durability = false", "durability = false"),
    (b'memory_limit = "8GB"', "memory_limit = 8GB"),
])
def test_a_file_of_settings_is_toml(tmp_path, text, value):
    (tmp_path / "config.toml").write_bytes(text)
    done = run("config", "--home", tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode().splitlines()
    assert f"{tmp_path}/config.toml:1" in shown[shown.index(value) + 1]


@pytest.mark.parametrize(("text", "line", "said"), [
    (b"threads = 2\nthreads = 3\n", 2, ["threads"]),
    (b"\n\nmemory_limit = 8GB\n", 3, ["memory_limit = 8GB", "in quotes"]),
    (b"# settings\n\0\nthreads = 1\n", 2, []),
    (b'memory_limit = "8\\u0000GB"', 1, ["memory_limit"]),
    (b"threads = 2.5", 1, ["threads", "2.5", "whole number"]),
    (b"[threads]\na = 2", 1, ["threads", "whole number"]),
    (b"spill_directory = 5", 1, ["spill_directory", "in quotes"]),
    (b"session_timeout_minutes = 0", 1, ["session_timeout_minutes", "1 or more"]),
    (b"threads = \xff", 1, []),
])
def test_what_is_no_setting_in_toml_is_refused_with_its_line(tmp_path, text, line, said):
    (tmp_path / "config.toml").write_bytes(text)
    done = run("config", "--home", tmp_path)
    assert done.returncode == 1
    for words in [*said, f"{tmp_path}/config.toml:{line}"]:
        assert words in done.stderr.decode()


def test_a_directory_is_no_file_of_settings(tmp_path):
    (tmp_path / "config.toml").mkdir()
    done = run("config", "--home", tmp_path)
    assert done.returncode == 1
    assert f"({tmp_path}/config.toml): it is not a file" in done.stderr.decode()


@pytest.mark.parametrize("text", ["abc", "", "-1", "1 2", "0", "1\n\n"])
def test_a_home_whose_format_is_no_number_is_refused(tmp_path, text):
    (tmp_path / "format").write_text(text)
    done = run("sql", "--home", tmp_path, "-e", "SELECT 1")
    assert done.returncode == 1
    assert f"HOME_NOT_USABLE] The home {tmp_path}/format cannot be used" in done.stderr.decode()
    assert (tmp_path / "format").read_text() == text


@pytest.mark.parametrize("text", ["99999", "18446744073709551617"])
def test_a_home_of_a_newer_server_is_refused(tmp_path, text):
    (tmp_path / "format").write_text(text)
    done = run("sql", "--home", tmp_path, "-e", "SELECT 1")
    assert done.returncode == 1
    for words in ["HOME_FORMAT_TOO_NEW", text]:
        assert words in done.stderr.decode()


def test_a_home_is_closed_to_other_users(tmp_path):
    home, outside = tmp_path / "home", tmp_path / "outside"
    home.mkdir()
    home.chmod(0o755)
    done = subprocess.run([SERVER, "sql", "--home", home, "-e",
                           f"CREATE DATABASE d; CREATE TABLE d.t USING parquet LOCATION '{outside}' AS SELECT 1 AS a"],
                          capture_output=True, timeout=60, umask=0o022)
    assert done.returncode == 0, done.stderr
    assert [path.stat().st_mode & 0o777 for path in (home, home / "meta", home / "dbfs", home / "meta/lochan.db",
                                                     home / "format", home / "lock")] == [0o700] * 3 + [0o600] * 3
    # What users write elsewhere has the rights that they chose.
    assert {path.stat().st_mode & 0o777 for path in outside.glob("*.parquet")} == {0o644}


def test_a_directory_of_other_things_stays_open(tmp_path):
    (tmp_path / "notes.txt").write_text("not ours")
    tmp_path.chmod(0o755)
    assert run("sql", "--home", tmp_path, "-e", "SELECT 1").returncode == 0
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "meta").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("value", [0, -5, "x"])
def test_a_session_timeout_is_a_minute_at_least(tmp_path, value):
    done = run("start", "--home", tmp_path, "--session-timeout-minutes", value)
    assert done.returncode == 1
    assert "a whole number of minutes, 1 or more" in done.stderr.decode()


@pytest.mark.parametrize("arguments", [["nosuch"], [], ["start", "--nosuch", "1"], ["sql", "--format", "xml"],
                                       ["sql", "-e", "x", "-f", "y"], ["sql", "-e"], ["version", "--home", "x"]])
def test_mistakes_of_usage_exit_with_2(arguments):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    # Only commands that take settings have a nearest one.
    assert ("nearest" in done.stderr.decode()) == ("--nosuch" in arguments)


def test_the_version_is_a_command_and_an_option():
    command, option = run("version"), run("--version")
    assert command.returncode == option.returncode == 0
    assert command.stdout == option.stdout != b""


def test_an_empty_home_is_refused():
    done = subprocess.run([SERVER, "config"], capture_output=True, timeout=60, env={**os.environ, "LOCHAN_HOME": ""})
    assert done.returncode == 1
    assert "home cannot be ''" in done.stderr.decode() and "the path of a directory" in done.stderr.decode()
    assert b"(from flag): it must be the path of a directory" in run("config", "--home", "").stderr


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

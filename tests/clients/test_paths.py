"""Where paths lead, through the unmodified client: nothing opens the server's home outside its DBFS root, by no route.

    LOCHAN_SERVER=build/release/bin/lochan pytest tests/clients/test_paths.py

Starts servers of its own, since it must know their home.
"""
import json
import os
import pathlib
import shutil

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from server import Server

SERVER = os.environ.get("LOCHAN_SERVER")
REFUSED = "INSUFFICIENT_PERMISSIONS"
FORMATS = ["csv", "json", "parquet", "text", "delta"]

pytestmark = pytest.mark.skipif(not SERVER, reason="LOCHAN_SERVER names no server to start")


class Place:
    """A server, a client of it, its home and a folder outside of that."""

    def __init__(self, server):
        self.folder = pathlib.Path(server.folder.name).resolve()
        self.home, self.outside = self.folder / "home", self.folder / "outside"
        self.outside.mkdir()
        self.spark = SparkSession.builder.remote(server.address).create()


@pytest.fixture(scope="module")
def place():
    with Server(SERVER) as server:
        found = Place(server)
        mnt = found.home / "dbfs/mnt"
        mnt.mkdir(parents=True, exist_ok=True)
        (found.outside / "secret.csv").write_text("secret\n")
        (mnt / "out").symlink_to(found.outside)
        (mnt / "linked.csv").symlink_to(found.outside / "secret.csv")
        (mnt / "folder").mkdir()
        (mnt / "folder/a.csv").write_text("1\n")
        (mnt / "folder/b.csv").symlink_to(found.outside / "secret.csv")
        (found.outside / "in").symlink_to(found.home / "meta")
        yield found
        found.spark.stop()


def condition_of(action):
    with pytest.raises(PySparkException) as error:
        action()
    return error.value.getCondition()


def reads(spark, path):
    """Every way to read `path`, by name."""
    quoted = path.replace("'", "\\'")
    for form in FORMATS:
        yield f"read {form}", lambda form=form: spark.read.format(form).load(path).collect()
        yield f"sql {form}", lambda form=form: spark.sql(f"SELECT * FROM {form}.`{path}`").collect()
        yield f"table {form}", lambda form=form: spark.sql(f"CREATE TABLE t USING {form} LOCATION '{quoted}'").collect()
    yield "read with a schema", lambda: spark.read.schema("a STRING").csv(path).collect()
    yield "read two", lambda: spark.read.text([path, "/mnt/folder/a.csv"]).collect()
    yield "option path", lambda: spark.read.format("text").option("path", path).load().collect()
    yield "table option path", lambda: spark.sql(f"CREATE TABLE t USING text OPTIONS (path '{quoted}')").collect()
    yield "catalog.createTable", lambda: spark.catalog.createTable("t", path=path, source="text").collect()
    yield "history", lambda: spark.sql(f"DESCRIBE HISTORY delta.`{path}`").collect()
    yield "view", lambda: spark.sql(f"CREATE TEMPORARY VIEW v AS SELECT * FROM text.`{path}`").collect()


def writes(spark, path):
    """Every way to write to `path`."""
    quoted = path.replace("'", "\\'")
    frame = spark.range(1).selectExpr("cast(id AS string) AS value")
    for form in FORMATS:
        for mode in ["error", "append", "overwrite", "ignore"]:
            yield f"{mode} {form}", lambda form=form, mode=mode: frame.write.format(form).mode(mode).save(path)
    yield "saveAsTable", lambda: frame.write.option("path", path).saveAsTable("t")
    yield "create", lambda: spark.sql(f"CREATE TABLE t (value STRING) LOCATION '{quoted}'").collect()
    yield "ctas", lambda: spark.sql(f"CREATE TABLE t LOCATION '{quoted}' AS SELECT 1 AS value").collect()
    yield "schema", lambda: spark.sql(f"CREATE SCHEMA s LOCATION '{quoted}'").collect()
    yield "insert", lambda: spark.sql(f"INSERT INTO delta.`{path}` SELECT 'x'").collect()


HOME_PATHS = ["{home}/meta", "{home}/meta/lochan.db", "file:{home}/meta", "file://{home}/meta", "FILE:{home}/meta/lochan.db",
              "{home}//meta/./lochan.db", "//{bare}/meta", "{home}/dbfs/../meta", "{outside}/../home/meta", "{outside}/in",
              "{outside}/in/lochan.db", "{home}", "{home}/", "{relative}/meta", "/proc/self/root{home}/meta"]
DBFS_PATHS = ["dbfs:/../meta", "dbfs:/mnt/../../meta", "dbfs:///mnt/../../meta", "/mnt/../../meta", "/FileStore/../../meta",
              "/mnt/out", "/mnt/out/secret.csv", "dbfs:/mnt/out/new", "/mnt/linked.csv", "{home}/dbfs/mnt/../../meta"]


@pytest.mark.parametrize("path", HOME_PATHS + DBFS_PATHS)
def test_the_home_and_what_links_lead_to_are_refused_by_every_route(place, path):
    home = str(place.home)
    path = path.format(home=home, bare=home[1:], outside=place.outside, relative=os.path.relpath(home))
    before = sorted(str(file) for file in place.folder.rglob("*") if "/spill" not in str(file) and "/meta/" not in str(file))
    for name, action in [*reads(place.spark, path), *writes(place.spark, path)]:
        assert condition_of(action) == REFUSED, f"{name} of {path}"
    after = sorted(str(file) for file in place.folder.rglob("*") if "/spill" not in str(file) and "/meta/" not in str(file))
    assert after == before


@pytest.mark.parametrize("path", ["{home}/*/lochan.db", "{home}/m?ta/*", "{home}/{{meta,spill}}/*", "{outside}/i[n]/*", "/mnt/o*/secret.csv",
                                  "/mnt/folder/*.csv", "/mnt/../../m*/*"])
def test_patterns_reach_no_further(place, path):
    path = path.format(home=place.home, outside=place.outside)
    for form in ["csv", "text", "json", "parquet"]:
        assert condition_of(lambda: place.spark.read.format(form).load(path).collect()) == REFUSED, form


def test_a_link_among_the_files_of_a_folder_is_refused(place):
    for form in ["csv", "text", "json"]:
        assert condition_of(lambda: place.spark.read.format(form).load("/mnt/folder").collect()) == REFUSED
    assert place.spark.read.csv("/mnt/folder/a.csv").first()[0] == "1"


def test_the_folder_above_the_home_gives_nothing_of_it(place):
    above = str(place.folder)
    assert condition_of(lambda: place.spark.read.text(above).collect()) == REFUSED
    for form in ["csv", "text", "json", "parquet"]:
        frame = place.spark.range(1).selectExpr("cast(id AS string) AS value")
        with pytest.raises(PySparkException):
            frame.write.format(form).mode("overwrite").save(above)
    assert (place.home / "meta/lochan.db").exists() and (place.outside / "secret.csv").exists()
    assert sorted(path.name for path in place.folder.iterdir()) == ["home", "outside", "server.log"]


# Never a root of the machine itself: src/storage/tests/path_resolver_test.cc asks for those without writing.
@pytest.mark.parametrize("path", ["dbfs:/", "dbfs:///", "dbfs:/mnt", "/mnt", "/mnt/", "/mnt/x/..", "{home}/dbfs", "file:{home}/dbfs/mnt"])
def test_storage_roots_are_not_written(place, path):
    path = path.format(home=place.home)
    before = sorted(str(file) for file in (place.home / "dbfs").rglob("*"))
    for name, action in writes(place.spark, path):
        if name in ("create", "insert"):  # no table is there
            with pytest.raises(PySparkException):
                action()
        else:
            assert condition_of(action) == REFUSED, f"{name} of {path}"
    assert sorted(str(file) for file in (place.home / "dbfs").rglob("*")) == before


@pytest.mark.parametrize("path", ["/proc/self/environ", "file:/proc/self/maps", "/sys/kernel", "/pro[c]/self/environ", "/proc/*/environ"])
def test_files_of_the_kernel_are_not_read(place, path):
    for form in ["csv", "text", "json", "parquet"]:
        assert condition_of(lambda: place.spark.read.format(form).load(path).collect()) == REFUSED, form


@pytest.mark.parametrize("path, condition", [
    ("file://host/tmp/x", "INVALID_PATH"), ("dbfs://host/x", "INVALID_PATH"), ("file:tmp/x", "INVALID_PATH"),
    ("s3://bucket/x", "UNSUPPORTED_FEATURE.NOT_YET"), ("abfss://c@a.dfs.core.windows.net/x", "UNSUPPORTED_FEATURE.NOT_YET"),
    ("http://127.0.0.1/x", "UNSUPPORTED_FEATURE.NOT_YET")])
def test_other_places_are_named(place, path, condition):
    for form in FORMATS:
        assert condition_of(lambda: place.spark.read.format(form).load(path).collect()) == condition
        assert condition_of(lambda: place.spark.range(1).selectExpr("'x' AS value").write.format(form).save(path)) == condition


def test_percent_signs_and_doubled_slashes_are_no_way_out(place):
    assert condition_of(lambda: place.spark.read.text("/mnt/%2e%2e/%2e%2e/meta").collect()) == "PATH_NOT_FOUND"
    place.spark.range(1).write.parquet("dbfs:/mnt//%2e%2e///x")
    assert (place.home / "dbfs/mnt/%2e%2e/x/_SUCCESS").exists()
    assert place.spark.read.parquet("//mnt/%2e%2e//x").count() == 1


def test_characters_of_patterns_in_the_names_of_files(place):
    folder = place.home / "dbfs/mnt/odd[1]*"
    folder.mkdir()
    for name in ["a[b].csv", "x?.csv", "xy.csv"]:
        (folder / name).write_text(name + "\n")
    for read in [place.spark.read.csv, place.spark.read.text]:
        assert sorted(row[0] for row in read("/mnt/odd*").collect()) == ["a[b].csv", "x?.csv", "xy.csv"]


@pytest.mark.parametrize("named", ["file://{home}/meta/lochan.db", "{home}/meta/lochan.db", "../../../meta/lochan.db",
                                   "%2e%2e/%2e%2e/%2e%2e/meta/lochan.db", "file:{outside}/in/lochan.db"])
def test_a_delta_log_does_not_lead_out(place, named):
    folder = place.home / "dbfs/mnt/evil"
    shutil.rmtree(folder, ignore_errors=True)
    place.spark.range(1).write.format("delta").save("/mnt/evil")
    path = named.format(home=place.home, outside=place.outside)
    add = {"path": path, "partitionValues": {}, "size": 10, "modificationTime": 0, "dataChange": True}
    (folder / "_delta_log" / f"{1:020}.json").write_text(json.dumps({"add": add}) + "\n")
    assert condition_of(lambda: place.spark.read.format("delta").load("/mnt/evil").collect()) == REFUSED


def test_an_overwrite_takes_links_away_and_not_what_they_lead_to(place):
    folder = place.outside / "target"
    (folder / "sub").mkdir(parents=True)
    (place.outside / "kept").mkdir()
    (place.outside / "kept/file").write_text("kept")
    (folder / "sub/link").symlink_to(place.outside / "kept")
    (folder / "link").symlink_to(place.outside / "kept")
    place.spark.range(2).write.mode("overwrite").parquet(str(folder))
    assert (place.outside / "kept/file").read_text() == "kept"
    assert not (folder / "link").exists() and place.spark.read.parquet(str(folder)).count() == 2


def test_the_setting_refuses_local_files():
    with Server(SERVER, ["--allow-local-files", "false"]) as server:
        place = Place(server)
        (place.outside / "x.csv").write_text("1\n")
        inside = str(place.home / "dbfs/mnt/x")
        for path in [str(place.outside), f"file:{place.outside}/x.csv", "relative", f"file:{inside}", inside, "/tmp", "/"]:
            for name, action in [*reads(place.spark, path), *writes(place.spark, path)]:
                assert condition_of(action) == REFUSED, f"{name} of {path}"
        # What lies in DBFS works as ever, tables at a path included.
        place.spark.range(3).write.format("delta").save("/mnt/table")
        place.spark.sql("CREATE TABLE t LOCATION 'dbfs:/mnt/table'")
        place.spark.sql("CREATE SCHEMA s LOCATION '/mnt/schema'")
        place.spark.range(2).write.saveAsTable("s.u")
        assert (place.spark.table("t").count(), place.spark.table("s.u").count()) == (3, 2)
        assert (place.home / "dbfs/mnt/schema/u/_delta_log").exists()
        place.spark.stop()

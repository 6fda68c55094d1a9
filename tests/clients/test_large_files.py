"""A large Delta file, which is read in parts, has the rows that were written, each once and in order."""
import deltalake
import pyarrow
import pytest

ROWS = 300_001


@pytest.fixture(scope="module", params=[ROWS, 1000, 170_000], ids=["one row group", "many", "two"])
def table(request, tmp_path_factory):
    written = pyarrow.table({
        "id": pyarrow.array(range(ROWS), pyarrow.int64()),
        "few": pyarrow.array([i % 7 if i % 5 else None for i in range(ROWS)], pyarrow.int32()),
        "text": pyarrow.array([f"row {i * 7919 % 1000003}" for i in range(ROWS)]),
    })
    path = str(tmp_path_factory.mktemp("large") / "table")
    properties = deltalake.WriterProperties(max_row_group_size=request.param)
    deltalake.write_deltalake(path, written, writer_properties=properties)
    assert len(deltalake.DeltaTable(path).file_uris()) == 1
    return path, written


def test_all_rows_in_order(spark, table):
    path, written = table
    read = spark.read.format("delta").load(path).toArrow()
    assert read.to_pydict() == written.to_pydict()


def test_limits_and_offsets(spark, table):
    path, written = table
    frame = spark.read.format("delta").load(path)
    assert [row.id for row in frame.limit(3).collect()] == [0, 1, 2]
    assert [row.id for row in frame.offset(ROWS - 2).collect()] == [ROWS - 2, ROWS - 1]
    assert [row.id for row in frame.tail(2)] == [ROWS - 2, ROWS - 1]


def test_filters_and_groups(spark, table):
    path, written = table
    frame = spark.read.format("delta").load(path)
    columns = written.to_pydict()
    assert frame.count() == ROWS
    for condition, wanted in [
        ("id % 1000 = 999", lambda i: i % 1000 == 999),
        ("text LIKE '%99%'", lambda i: "99" in columns["text"][i]),
        (f"id >= {ROWS // 2}", lambda i: i >= ROWS // 2),
        ("few IS NULL", lambda i: columns["few"][i] is None),
    ]:
        found = frame.filter(condition).select("id").toArrow()["id"].to_pylist()
        assert found == [i for i in range(ROWS) if wanted(i)], condition
    groups = {row.few: row["count"] for row in frame.groupBy("few").count().collect()}
    assert groups == {few: columns["few"].count(few) for few in set(columns["few"])}

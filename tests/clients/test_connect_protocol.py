"""The Spark Connect protocol as unmodified clients use it, against a running server.

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_connect_protocol.py

High-level calls use pyspark-client; what it hides (broken streams, response ids, chunks) is called on the stub.
Expected values are those of Spark 4.2.0, which passes all of this but the tests of deep plans: it stops at 1,024 nested
messages, without a condition.
"""
import decimal
import os
import threading
import time
import uuid
import zlib

import grpc
import pyarrow as pa
import pyspark.sql.connect.proto as pb2
import pyspark.sql.connect.proto.base_pb2_grpc as pb2_grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from pyspark.errors import (
    AnalysisException,
    ArithmeticException,
    DateTimeException,
    NumberFormatException,
    ParseException,
    SparkRuntimeException,
)
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.types import IntegerType, StructType

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")
ADDRESS = REMOTE.removeprefix("sc://").split("/")[0]
USER = "protocol-test"


@pytest.fixture(scope="module")
def spark():
    session = SparkSession.builder.remote(REMOTE).create()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def stub():
    options = [("grpc.max_receive_message_length", 128 << 20), ("grpc.max_send_message_length", 128 << 20)]
    with grpc.insecure_channel(ADDRESS, options=options) as channel:
        yield pb2_grpc.SparkConnectServiceStub(channel)


class Raw:
    """One session on the stub."""

    def __init__(self, stub):
        self.stub = stub
        self.session_id = str(uuid.uuid4())

    def fill(self, message):
        message.session_id = self.session_id
        message.user_context.user_id = USER
        return message

    def execute(self, relation=None, command=None, reattachable=False, operation_id=None, tags=(), chunk_bytes=None):
        request = self.fill(pb2.ExecutePlanRequest(tags=list(tags)))
        if relation is not None:
            request.plan.root.CopyFrom(relation)
        if command is not None:
            request.plan.command.CopyFrom(command)
        if operation_id:
            request.operation_id = operation_id
        if reattachable:
            request.request_options.add().reattach_options.reattachable = True
        if chunk_bytes:
            chunking = request.request_options.add().result_chunking_options
            chunking.allow_arrow_batch_chunking = True
            chunking.preferred_arrow_chunk_size = chunk_bytes
        return self.stub.ExecutePlan(request)

    def reattach(self, operation_id, last=None):
        request = self.fill(pb2.ReattachExecuteRequest(operation_id=operation_id))
        if last:
            request.last_response_id = last
        return self.stub.ReattachExecute(request)

    def release(self, operation_id, until=None):
        request = self.fill(pb2.ReleaseExecuteRequest(operation_id=operation_id))
        if until:
            request.release_until.response_id = until
        else:
            request.release_all.SetInParent()
        return self.stub.ReleaseExecute(request)

    def config(self, **operation):
        return self.stub.Config(self.fill(pb2.ConfigRequest(operation=pb2.ConfigRequest.Operation(**operation))))


@pytest.fixture
def raw(stub):
    return Raw(stub)


def range_relation(end):
    relation = pb2.Relation()
    relation.range.end = end
    relation.range.step = 1
    return relation


def sql_relation(text):
    relation = pb2.Relation()
    relation.sql.query = text
    return relation


def rows_of(responses):
    """Rows of a stream, chunks put together; checks offsets on the way."""
    ids, chunks, seen = [], [], 0
    for response in responses:
        if not response.HasField("arrow_batch"):
            continue
        batch = response.arrow_batch
        if not chunks:
            assert batch.start_offset == seen
        chunks.append(batch.data)
        if batch.num_chunks_in_batch in (0, len(chunks)):
            table = pa.ipc.open_stream(b"".join(chunks)).read_all()
            assert table.num_rows == batch.row_count
            seen += table.num_rows
            ids += table.column(0).to_pylist()
            chunks = []
    assert not chunks
    return ids


def error_info(error):
    status = rpc_status.from_call(error)
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert status.message == error.details()
    return info


def condition_of(call):
    with pytest.raises(grpc.RpcError) as caught:
        result = call()
        list(result) if hasattr(result, "__iter__") else result
    return error_info(caught.value).metadata["errorClass"]


# ---- streams ---------------------------------------------------------------------------------------


def test_stream_ends_with_result_complete_and_ids_differ(raw):
    responses = [r for r in raw.execute(range_relation(5), reattachable=True) if not r.HasField("execution_progress")]
    assert responses[0].HasField("schema")
    assert responses[-1].HasField("result_complete")
    assert len({r.response_id for r in responses}) == len(responses)
    assert all(r.server_side_session_id == responses[0].server_side_session_id for r in responses)


@pytest.mark.parametrize("cut", [0, 1, 2, 5, 11])
def test_a_broken_stream_gives_every_row_once(raw, cut):
    rows = 200_000
    operation = str(uuid.uuid4())
    call = raw.execute(range_relation(rows), reattachable=True, operation_id=operation)
    received = []
    while True:
        finished = False
        for count, response in enumerate(call):
            received.append(response)
            if response.HasField("result_complete"):
                finished = True
            if count >= cut and not finished:
                break  # the connection dies here
        if finished:
            break
        call.cancel()
        call = raw.reattach(operation, received[-1].response_id)
        raw.release(operation, until=received[-1].response_id)
    assert rows_of(received) == list(range(rows))
    assert list(raw.reattach(operation, received[-1].response_id)) == []  # nothing follows ResultComplete
    raw.release(operation)
    assert condition_of(lambda: raw.reattach(operation)) == "INVALID_HANDLE.OPERATION_NOT_FOUND"


def test_a_stream_broken_inside_a_chunked_batch(raw):
    rows = 20_000
    operation = str(uuid.uuid4())
    call = raw.execute(range_relation(rows), reattachable=True, operation_id=operation, chunk_bytes=1024)
    received = []
    for response in call:
        received.append(response)
        if response.arrow_batch.num_chunks_in_batch > 3 and response.arrow_batch.chunk_index == 2:
            break
    call.cancel()
    raw.release(operation, until=received[-1].response_id)  # the batch itself must survive this
    received += raw.reattach(operation, received[-1].response_id)
    assert max(len(r.arrow_batch.data) for r in received) <= 1024
    assert rows_of(received) == list(range(rows))
    raw.release(operation)


def test_the_same_request_again_joins_the_operation(raw):
    operation = str(uuid.uuid4())
    first = list(raw.execute(range_relation(10), reattachable=True, operation_id=operation))
    again = list(raw.execute(range_relation(10), reattachable=True, operation_id=operation))
    assert rows_of(again) == rows_of(first) == list(range(10))
    assert condition_of(lambda: raw.execute(range_relation(11), reattachable=True, operation_id=operation)) == (
        "INVALID_HANDLE.OPERATION_ALREADY_EXISTS"
    )
    raw.release(operation)


def test_released_responses_are_gone(raw):
    operation = str(uuid.uuid4())
    responses = list(raw.execute(range_relation(50_000), reattachable=True, operation_id=operation))
    raw.release(operation, until=responses[-2].response_id)
    assert condition_of(lambda: raw.reattach(operation, responses[0].response_id)) == "INVALID_CURSOR.POSITION_NOT_AVAILABLE"
    assert condition_of(lambda: raw.reattach(operation, "nonsense")) == "INVALID_CURSOR.POSITION_NOT_FOUND"
    raw.release(operation)


def test_operations_that_are_not_reattachable(raw):
    operation = str(uuid.uuid4())
    assert rows_of(raw.execute(range_relation(3), operation_id=operation)) == [0, 1, 2]
    assert condition_of(lambda: raw.reattach(operation)) == "INVALID_HANDLE.OPERATION_NOT_FOUND"


def test_iterating_takes_rows_as_they_come(spark):
    seen = 0
    for row in spark.range(3_000_000).toLocalIterator():
        seen += 1
        if seen == 100_000:
            break
    assert seen == 100_000


# ---- handles ---------------------------------------------------------------------------------------


def test_handles_are_checked(stub, raw):
    assert condition_of(lambda: stub.ExecutePlan(pb2.ExecutePlanRequest(session_id="abc"))) == "INVALID_HANDLE.FORMAT"
    assert condition_of(lambda: raw.execute(range_relation(1), operation_id="abc")) == "INVALID_HANDLE.FORMAT"
    raw.config(get_all=pb2.ConfigRequest.GetAll())
    assert condition_of(lambda: raw.reattach(str(uuid.uuid4()))) == "INVALID_HANDLE.OPERATION_NOT_FOUND"
    changed = raw.fill(pb2.ConfigRequest(client_observed_server_side_session_id="other"))
    assert condition_of(lambda: stub.Config(changed)) == "INVALID_HANDLE.SESSION_CHANGED"


def test_a_released_session_is_closed(stub, raw):
    raw.config(get_all=pb2.ConfigRequest.GetAll())
    stub.ReleaseSession(raw.fill(pb2.ReleaseSessionRequest()))
    assert condition_of(lambda: raw.config(get_all=pb2.ConfigRequest.GetAll())) == "INVALID_HANDLE.SESSION_CLOSED"


def test_clone_copies_configuration(stub, raw):
    raw.config(set=pb2.ConfigRequest.Set(pairs=[pb2.KeyValue(key="my.own", value="1")]))
    answer = stub.CloneSession(raw.fill(pb2.CloneSessionRequest()))
    assert answer.new_session_id != raw.session_id
    assert answer.new_server_side_session_id != answer.server_side_session_id
    copy = Raw(stub)
    copy.session_id = answer.new_session_id
    assert copy.config(get=pb2.ConfigRequest.Get(keys=["my.own"])).pairs[0].value == "1"
    clone = lambda new_id: stub.CloneSession(raw.fill(pb2.CloneSessionRequest(new_session_id=new_id)))
    assert condition_of(lambda: clone("abc")) == "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT"
    assert condition_of(lambda: clone(raw.session_id)) == "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS"


def test_status_of_operations(stub, raw):
    operation, unknown = str(uuid.uuid4()), str(uuid.uuid4())
    list(raw.execute(range_relation(3), reattachable=True, operation_id=operation))
    ask = lambda: {
        s.operation_id: pb2.GetStatusResponse.OperationStatus.OperationState.Name(s.state)
        for s in stub.GetStatus(
            raw.fill(
                pb2.GetStatusRequest(
                    operation_status=pb2.GetStatusRequest.OperationStatusRequest(operation_ids=[operation, unknown])
                )
            )
        ).operation_statuses
    }
    assert ask() == {operation: "OPERATION_STATE_TERMINATING", unknown: "OPERATION_STATE_UNKNOWN"}
    raw.release(operation)
    assert ask()[operation] == "OPERATION_STATE_SUCCEEDED"


# ---- interrupts ------------------------------------------------------------------------------------

LONG = "SELECT count(*) FROM range(100000000000) AS a WHERE a.id % 7 = 8"


def eventually(ask):
    """The first answer that is not empty: what it asks about may be still to come."""
    deadline = time.monotonic() + 60
    while not (answer := ask()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer


def start_long(spark, tag=None):
    """A thread that runs a query that does not end on its own; its error ends up in the list."""
    errors = []
    frame = spark.sql(LONG)  # an operation too: it is over before the long one begins

    def run():
        if tag:
            spark.addTag(tag)
        try:
            frame.collect()
        except Exception as error:  # noqa: BLE001
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, errors


def check_interrupted(thread, errors):
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert "OPERATION_CANCELED" in str(errors[0])


def test_interrupt_all(spark):
    thread, errors = start_long(spark)
    assert len(eventually(spark.interruptAll)) == 1
    check_interrupted(thread, errors)


def test_interrupt_tag(spark):
    thread, errors = start_long(spark, tag="slow")
    assert spark.interruptTag("another") == []
    assert len(eventually(lambda: spark.interruptTag("slow"))) == 1
    check_interrupted(thread, errors)


def test_interrupt_operation(spark, stub, raw):
    operation = str(uuid.uuid4())
    errors = []

    def run():
        try:
            list(raw.execute(sql_relation(LONG), operation_id=operation))
        except grpc.RpcError as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    request = raw.fill(pb2.InterruptRequest(interrupt_type=pb2.InterruptRequest.INTERRUPT_TYPE_OPERATION_ID))
    request.operation_id = operation
    assert list(eventually(lambda: stub.Interrupt(request).interrupted_ids)) == [operation]
    thread.join(timeout=60)
    assert error_info(errors[0]).metadata["errorClass"] == "OPERATION_CANCELED"
    assert condition_of(lambda: stub.Interrupt(raw.fill(pb2.InterruptRequest()))) == "UNSUPPORTED_FEATURE.INTERRUPT_TYPE"


def test_progress_reaches_the_client(spark):
    seen = []
    handler = lambda stages, inflight_tasks, operation_id, done: seen.append(done)
    spark.registerProgressHandler(handler)
    try:
        thread, _ = start_long(spark)
        eventually(lambda: False in seen)
        spark.interruptAll()
        thread.join(timeout=60)
    finally:
        spark.removeProgressHandler(handler)


# ---- errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query, kind, condition, state",
    [
        ("SELECT 1/0", ArithmeticException, "DIVIDE_BY_ZERO", "22012"),
        ("SELECT CAST('a' AS INT)", NumberFormatException, "CAST_INVALID_INPUT", "22018"),
        ("SELECT CAST('a' AS DATE)", DateTimeException, "CAST_INVALID_INPUT", "22018"),
        ("SELECT CAST(1000 AS TINYINT)", ArithmeticException, "CAST_OVERFLOW", "22003"),
        ("SELECT raise_error('boo')", SparkRuntimeException, "USER_RAISED_EXCEPTION", "P0001"),
        ("SELEC 1", ParseException, "PARSE_SYNTAX_ERROR", "42601"),
        ("SELECT * FROM nosuch", AnalysisException, "TABLE_OR_VIEW_NOT_FOUND", "42P01"),
        ("SELECT nosuch FROM range(1)", AnalysisException, "UNRESOLVED_COLUMN.WITH_SUGGESTION", "42703"),
    ],
)
def test_errors_have_their_class_and_condition(spark, query, kind, condition, state):
    with pytest.raises(kind) as caught:
        spark.sql(query).collect()
    assert caught.value.getCondition() == condition
    assert caught.value.getSqlState() == state


def test_errors_have_parameters_and_context(spark):
    with pytest.raises(ArithmeticException) as caught:
        spark.sql("SELECT 1/0").collect()
    assert caught.value.getMessageParameters() == {"config": '"spark.sql.ansi.enabled"'}
    context = caught.value.getQueryContext()[0]
    assert (context.fragment(), context.startIndex(), context.stopIndex()) == ("1/0", 7, 9)


def test_dataframe_errors_name_the_call(spark):
    with pytest.raises(ArithmeticException) as caught:
        spark.range(1).select(F.lit(1) / F.col("id")).collect()
    context = caught.value.getQueryContext()[0]
    assert context.fragment() == "__truediv__"
    assert "test_connect_protocol.py" in context.callSite()


def test_long_messages_come_whole(spark):
    name = "n" * 3000
    with pytest.raises(AnalysisException) as caught:
        spark.table(name).collect()
    assert name in str(caught.value)


def test_messages_without_sense_are_errors(raw, stub):
    assert condition_of(lambda: raw.execute()) == "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET"
    assert condition_of(lambda: raw.execute(pb2.Relation())) == "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET"
    assert condition_of(lambda: stub.AnalyzePlan(raw.fill(pb2.AnalyzePlanRequest()))) == (
        "CONNECT_INVALID_PLAN.UNKNOWN_ANALYZE_METHOD"
    )


def test_deep_plans(spark):
    frame = spark.range(1)
    for i in range(900):
        frame = frame.withColumn("x", F.lit(i))
    assert frame.collect()[0].x == 899


def test_plans_beyond_the_limit_are_errors(raw):
    relation = range_relation(1)
    for _ in range(3000):
        outer = pb2.Relation()
        outer.limit.limit = 1
        outer.limit.input.CopyFrom(relation)
        relation = outer
    assert condition_of(lambda: raw.execute(relation)) == "CONNECT_INVALID_PLAN.PLAN_SIZE_LARGER_THAN_MAX"


# ---- configuration ---------------------------------------------------------------------------------


def test_configuration(raw):
    get = lambda *keys: [p.value for p in raw.config(get=pb2.ConfigRequest.Get(keys=keys)).pairs]
    set_ = lambda key, value, **more: raw.config(
        set=pb2.ConfigRequest.Set(pairs=[pb2.KeyValue(key=key, value=value)], **more)
    )
    assert get("spark.sql.ansi.enabled", "spark.sql.execution.arrow.maxRecordsPerBatch") == ["true", "10000"]
    set_("my.own", "1")
    assert get("my.own") == ["1"]
    pairs = raw.config(get_all=pb2.ConfigRequest.GetAll(prefix="my.")).pairs
    assert [(p.key, p.value) for p in pairs] == [("own", "1")]
    raw.config(unset=pb2.ConfigRequest.Unset(keys=["my.own"]))
    assert condition_of(lambda: get("my.own")) == "SQL_CONF_NOT_FOUND"
    option = raw.config(get_option=pb2.ConfigRequest.GetOption(keys=["my.own"])).pairs[0]
    assert not option.HasField("value")
    defaults = [pb2.KeyValue(key="my.own", value="d")]
    assert raw.config(get_with_default=pb2.ConfigRequest.GetWithDefault(pairs=defaults)).pairs[0].value == "d"
    assert condition_of(lambda: set_("spark.sql.ansi.enabled", "maybe")) == "INVALID_CONF_VALUE.TYPE_MISMATCH"
    assert condition_of(lambda: set_("spark.sql.catalogImplementation", "hive")) == "CANNOT_MODIFY_STATIC_CONFIG"
    warnings = set_("spark.sql.catalogImplementation", "hive", silent=True).warnings
    assert warnings[0].startswith("Failed to set spark.sql.catalogImplementation to Some(hive) due to [CANNOT_MODIFY")
    modifiable = raw.config(
        is_modifiable=pb2.ConfigRequest.IsModifiable(
            keys=["spark.sql.ansi.enabled", "spark.sql.catalogImplementation", "my.own"]
        )
    )
    assert [p.value for p in modifiable.pairs] == ["true", "false", "false"]
    warnings = set_("spark.sql.execution.arrow.enabled", "true").warnings
    assert warnings == ["The SQL config 'spark.sql.execution.arrow.enabled' is NOT supported in Spark Connect"]


# ---- artifacts -------------------------------------------------------------------------------------


def test_artifacts(stub, raw):
    def single(name, data, crc=None):
        chunk = pb2.AddArtifactsRequest.ArtifactChunk(data=data, crc=zlib.crc32(data) if crc is None else crc)
        return pb2.AddArtifactsRequest.SingleChunkArtifact(name=name, data=chunk)

    def chunk(data):
        return pb2.AddArtifactsRequest.ArtifactChunk(data=data, crc=zlib.crc32(data))

    batch = raw.fill(pb2.AddArtifactsRequest())
    batch.batch.artifacts.extend([single("cache/good", b"abc"), single("cache/bad", b"abc", crc=1)])
    begin = raw.fill(pb2.AddArtifactsRequest())
    begin.begin_chunk.CopyFrom(
        pb2.AddArtifactsRequest.BeginChunkedArtifact(
            name="cache/large", total_bytes=6, num_chunks=3, initial_chunk=chunk(b"ab")
        )
    )
    more = [raw.fill(pb2.AddArtifactsRequest(chunk=chunk(data))) for data in (b"cd", b"ef")]
    answer = stub.AddArtifacts(iter([batch, begin, *more]))
    assert {a.name: a.is_crc_successful for a in answer.artifacts} == {
        "cache/good": True,
        "cache/bad": False,
        "cache/large": True,
    }
    statuses = stub.ArtifactStatus(
        raw.fill(pb2.ArtifactStatusesRequest(names=["cache/good", "cache/bad", "cache/large"]))
    ).statuses
    assert {name: status.exists for name, status in statuses.items()} == {
        "cache/good": True,
        "cache/bad": False,
        "cache/large": True,
    }
    outside = raw.fill(pb2.AddArtifactsRequest())
    outside.batch.artifacts.append(single("../x", b"abc"))
    assert condition_of(lambda: stub.AddArtifacts(iter([outside]))) == "INVALID_ARTIFACT_PATH"


def test_large_local_data_goes_through_the_cache(spark):
    table = pa.table({"a": list(range(400_000)), "b": ["x" * 10] * 400_000})
    frame = spark.createDataFrame(table)
    assert frame.count() == 400_000
    assert frame.agg(F.sum("a")).collect()[0][0] == sum(range(400_000))


# ---- analysis --------------------------------------------------------------------------------------


def test_analysis(spark):
    frame = spark.range(3).withColumnRenamed("id", "x")
    assert frame.schema.simpleString() == "struct<x:bigint>"
    assert spark.version.startswith("4.2")
    assert not frame.isStreaming
    assert frame.sameSemantics(spark.range(3).withColumnRenamed("id", "x"))
    assert frame.semanticHash() == frame.semanticHash()
    frame.cache()
    assert frame.storageLevel.useMemory
    frame.unpersist()
    assert not frame.storageLevel.useMemory


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("id AS a", "id AS b", True),
        ("id + 1 + 2", "id + (2 + 1)", False),
        ("id + 1 + 2", "1 + id + 2", True),
        ("id - 1", "1 - id", False),
        ("id * 2 * 3", "3 * id * 2", True),
        ("id >= 1", "1 <= id", True),
        ("NOT id > 1", "id <= 1", True),
        ("id <=> 1", "1 <=> id", True),
        ("id > 0 AND id < 2", "id < 2 AND id > 0", True),
        ("id IN (1, 2)", "id IN (2, 1)", True),
        ("greatest(id, 1, 2)", "greatest(2, id, 1)", True),
        ("coalesce(id, 1)", "coalesce(1, id)", False),
        ("upper('#1')", "upper('#2')", False),
        ("id, id + 1", "id + 1, id", False),
        ("transform(array(id), x -> x + 1)", "transform(array(id), y -> 1 + y)", True),
        ("explode(array(id)) AS a", "explode(array(id)) AS b", True),
        ("sum(id + 1)", "sum(1 + id)", True),
        ("(SELECT max(id) AS x FROM range(2))", "(SELECT max(id) AS y FROM range(2))", True),
    ],
)
def test_plans_that_mean_the_same(spark, one, other, same):
    left, right = (spark.sql(f"SELECT {text} FROM range(3)") for text in (one, other))
    assert left.sameSemantics(right) is same
    assert (left.semanticHash() == right.semanticHash()) is same


def test_same_data_under_other_names(spark):
    frame, equal, other = (
        spark.createDataFrame([(value,)], f"{name} int") for value, name in [(1, "a"), (1, "b"), (2, "a")]
    )
    assert frame.sameSemantics(equal)
    assert not frame.sameSemantics(other)
    left, right = spark.range(3), spark.range(3)
    assert left.withColumn("a", left.id * 2).sameSemantics(right.withColumn("b", 2 * right.id))
    sides = [spark.sql(f"SELECT {side}.id FROM range(3) a JOIN range(3) b ON a.id = b.id") for side in "ab"]
    assert not sides[0].sameSemantics(sides[1])


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("1", "decimal(1,0)"),
        ("-1.25", "decimal(3,2)"),
        ("0.00", "decimal(2,2)"),
        ("0.001", "decimal(3,3)"),
        ("1E+2", "decimal(3,0)"),
        ("0E+3", "decimal(1,0)"),
    ],
)
def test_decimal_arguments_have_the_digits_of_their_value(spark, text, type):
    value = decimal.Decimal(text)
    for frame in (spark.sql("SELECT :a AS a", args={"a": value}), spark.sql("SELECT ? AS a", args=[value])):
        assert frame.schema[0].dataType.simpleString() == type
        assert frame.first()[0] == value


@pytest.mark.parametrize(("text", "precision"), [("1E+40", "41"), ("1E-40", "40")])
def test_decimals_that_are_too_long(spark, text, precision):
    with pytest.raises(ArithmeticException) as caught:
        spark.range(1).select(F.lit(decimal.Decimal(text))).collect()
    assert caught.value.getCondition() == "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION"
    assert caught.value.getMessageParameters()["precision"] == precision


@pytest.mark.parametrize("name", ["a b", "a-b", "", "a`b", "x y.z", "a..b", "1", "'a'"])
def test_names_that_views_cannot_have(spark, name):
    with pytest.raises(AnalysisException) as caught:
        spark.range(1).createOrReplaceTempView(name)
    assert caught.value.getCondition() == "_LEGACY_ERROR_TEMP_1321"
    assert caught.value.getMessageParameters() == {"viewName": name}


@pytest.mark.parametrize(("name", "view"), [("`a b`", "a b"), ("1a", "1a"), ("`a.b`", "a.b"), ("some.view_of", "view_of")])
def test_names_of_views(spark, name, view):
    spark.range(1).createOrReplaceTempView(name)
    assert spark.sql(f"SELECT * FROM `{view}`").count() == 1
    assert spark.catalog.dropTempView(view)


def test_functions_have_names_that_can_be_called(spark):
    names = {function.name for function in spark.catalog.listFunctions()}
    assert {"abs", "+", "ucase"} < names
    assert names == {row[0] for row in spark.sql("SHOW FUNCTIONS").collect()}
    assert not [name for name in names if ":" in name or " " in name]


def test_ddl(spark):
    json = '{"type":"struct","fields":[{"name":"a","type":"integer","nullable":false,"metadata":{"comment":"x"}}]}'
    assert spark.client._analyze(method="json_to_ddl", json_string=json).ddl_string == "a INT NOT NULL COMMENT 'x'"
    parsed = spark.client._analyze(method="ddl_parse", ddl_string="a INT, b ARRAY<STRING>").parsed
    assert parsed.simpleString() == "struct<a:int,b:array<string>>"
    assert spark.client._analyze(method="ddl_parse", ddl_string="int").parsed.simpleString() == "int"


def test_the_frame_of_a_new_table(spark):
    spark.sql("DROP TABLE IF EXISTS created")
    frame = spark.catalog.createTable("created", source="parquet", schema=StructType().add("a", IntegerType()))
    assert frame.count() == 0
    spark.sql("INSERT INTO created VALUES (1), (2)")
    assert frame.filter("a > 1").collect() == [(2,)]
    with pytest.raises(AnalysisException) as caught:
        spark.catalog.createTable("created", source="parquet", schema=StructType().add("a", IntegerType()))
    assert caught.value.getCondition() == "TABLE_OR_VIEW_ALREADY_EXISTS"
    spark.sql("DROP TABLE created")


def test_a_text_with_frames_in_it(spark):
    view = spark.sql("SELECT sum(id) AS s FROM {frame} WHERE id < {limit}", frame=spark.range(10), limit=4)
    assert view.collect() == [(6,)]
    assert view.filter("s > 6").count() == 0

"""Deep and large requests: answered up to the limits, refused with an error beyond them, never a crash.

    LOCHAN_REMOTE=sc://localhost:15002 pytest tests/clients/test_limits.py

Spark stops at 1,024 nested messages, without a condition.
"""
import os
import sys
import uuid

import grpc
import pyarrow
import pyspark.sql.connect.proto as pb2
import pyspark.sql.connect.proto.base_pb2_grpc as pb2_grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession, functions as F

REMOTE = os.environ.get("LOCHAN_REMOTE", "sc://localhost:15002")
MESSAGE_LIMIT = 128 << 20
# With the race detector, the stacks of what nests as deep as it may take 19 GB.
pytestmark = pytest.mark.skipif("tsan" in os.environ.get("LOCHAN_SERVER", ""),
                                reason="deep plans take more memory with the race detector than a machine has")


@pytest.fixture(scope="module")
def spark():
    session = SparkSession.builder.remote(REMOTE).create()
    yield session
    session.stop()


class Raw:
    """Sends plans as bytes: protobuf for Python refuses to write what is too deep."""

    def __init__(self):
        options = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
        self.channel = grpc.insecure_channel(REMOTE.removeprefix("sc://").split("/")[0], options=options)
        self.send = self.channel.unary_stream("/spark.connect.SparkConnectService/ExecutePlan",
                                              response_deserializer=pb2.ExecutePlanResponse.FromString)
        self.session_id = str(uuid.uuid4())

    def execute(self, plan: bytes):
        """The number of rows, or the condition of the error, or the name of a status that has none."""
        head = pb2.ExecutePlanRequest(session_id=self.session_id)
        head.user_context.user_id = "limits"
        try:
            responses = self.send(head.SerializeToString() + field(3, plan), timeout=300)
            return sum(response.arrow_batch.row_count for response in responses)
        except grpc.RpcError as error:
            status = rpc_status.from_call(error)
            if not status or not status.details:
                return error.code().name
            info = error_details_pb2.ErrorInfo()
            status.details[0].Unpack(info)
            return info.metadata["errorClass"]

    def sql(self, text):
        relation = pb2.Relation()
        relation.sql.query = text
        return self.execute(field(1, relation.SerializeToString()))


@pytest.fixture(scope="module")
def raw():
    return Raw()


def field(number: int, data: bytes) -> bytes:
    """One length-delimited field of a message."""
    length, size = bytearray(), len(data)
    while True:
        length.append(size & 0x7F | (0x80 if size > 0x7F else 0))
        size >>= 7
        if not size:
            return field_key(number) + bytes(length) + data


def field_key(number: int) -> bytes:
    key = number << 3 | 2
    return bytes([key]) if key < 0x80 else bytes([key & 0x7F | 0x80, key >> 7])


def number_of(message, name):
    return message.DESCRIPTOR.fields_by_name[name].number


RANGE = pb2.Relation()
RANGE.range.end, RANGE.range.step = 3, 1


def nested_relation(levels: int) -> bytes:
    """A plan of so many filters over a range."""
    always = pb2.Expression()
    always.literal.boolean = True
    condition = field(number_of(pb2.Filter(), "condition"), always.SerializeToString())
    relation = RANGE.SerializeToString()
    for _ in range(levels):
        relation = field(number_of(pb2.Relation(), "filter"), field(number_of(pb2.Filter(), "input"), relation) + condition)
    return field(1, relation)


def nested_expression(levels: int, name: str) -> bytes:
    """A projection of so many calls of a function of one argument."""
    expression = pb2.Expression()
    expression.literal.integer = 1
    data = expression.SerializeToString()
    call = pb2.Expression.UnresolvedFunction(function_name=name).SerializeToString()
    for _ in range(levels):
        arguments = field(number_of(pb2.Expression.UnresolvedFunction(), "arguments"), data)
        data = field(number_of(pb2.Expression(), "unresolved_function"), call + arguments)
    project = field(number_of(pb2.Project(), "input"), RANGE.SerializeToString()) + field(
        number_of(pb2.Project(), "expressions"), data)
    return field(1, field(number_of(pb2.Relation(), "project"), project))


# Spark counts messages: a level is two (a relation and its kind).
@pytest.mark.parametrize("levels", [100, 500, 1024])
def test_plans_within_the_limit(raw, levels):
    assert raw.execute(nested_relation(levels)) == 3
    assert raw.execute(nested_expression(levels, "abs")) == 3


# Levels of the plan are counted; bytes nested deeper than any such plan are not parsed at all.
@pytest.mark.parametrize("levels, condition", [(3_000, "PLAN_SIZE_LARGER_THAN_MAX"), (5_000, "CANNOT_PARSE"), (20_000, "CANNOT_PARSE")])
@pytest.mark.parametrize("make", [nested_relation, lambda levels: nested_expression(levels, "abs")], ids=["relation", "expression"])
def test_plans_beyond_the_limit(raw, make, levels, condition):
    assert raw.execute(make(levels)) == f"CONNECT_INVALID_PLAN.{condition}"
    assert raw.sql("SELECT 1") == 1


def test_a_thousand_columns_one_by_one(spark):
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)  # the client's, which walks its plan by recursion
    try:
        frame = spark.range(1)
        for i in range(1_000):
            frame = frame.withColumn(f"c{i % 100}", F.lit(i))
        assert frame.collect()[0].c99 == 999
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize("query", ["SELECT (SELECT 1) AS x", "SELECT (SELECT x) AS x FROM (SELECT 1 AS x)"])
def test_fifty_nested_scalar_subqueries(spark, query):
    for _ in range(50):
        query = f"SELECT ({query}) AS x"
    assert spark.sql(query).collect() == [(1,)]


# Spark's own limits are lower, and those of its stack.
NESTS = {
    "parentheses": lambda n: "SELECT " + "(" * n + "a" + ")" * n + " AS x FROM VALUES (1) AS t(a)",
    "calls": lambda n: "SELECT " + "abs(" * n + "a" + ")" * n + " AS x FROM VALUES (1) AS t(a)",
    "subqueries": lambda n: "SELECT x FROM " + "(SELECT x FROM " * n + "VALUES (1) AS t(x)" + ")" * n,
    "not": lambda n: "SELECT int(" + "NOT " * n + "a) AS x FROM VALUES (true) AS t(a)",
    "case": lambda n: "SELECT " + "CASE WHEN a = 1 THEN " * n + "a" + " ELSE 0 END" * n + " AS x FROM VALUES (1) AS t(a)",
}


@pytest.mark.parametrize("kind, levels", [("parentheses", 1_000), ("calls", 400), ("subqueries", 300), ("not", 400), ("case", 200)])
def test_texts_nest(raw, kind, levels):
    assert raw.sql(NESTS[kind](levels)) == 1


@pytest.mark.parametrize("kind", NESTS)
def test_texts_beyond_the_limit(raw, kind):
    assert raw.sql(NESTS[kind](100_000)) == "FAILED_TO_PARSE_TOO_COMPLEX"
    assert raw.sql("SELECT 1") == 1


@pytest.mark.parametrize("query", [
    "SELECT " + "+".join(["a"] * 5_000) + " AS x FROM VALUES (1) AS t(a)",
    "SELECT a FROM VALUES (1) AS t(a) WHERE " + " AND ".join(f"a <> {i + 2}" for i in range(5_000)),
    "SELECT a FROM VALUES (1) AS t(a) WHERE " + " OR ".join(f"a = {i + 1}" for i in range(5_000)),
], ids=["sum", "and", "or"])
def test_long_chains(raw, query):
    assert raw.sql(query) == 1


def test_a_union_of_many(raw):
    assert raw.sql(" UNION ALL ".join(["SELECT 1 AS x"] * 500)) == 500


# Spark answers; here it would take hours to plan.
def test_subqueries_beyond_the_limit(spark):
    query = "SELECT 1 AS x"
    for _ in range(50):
        query = f"SELECT ({query}) AS x FROM range(1)"
    with pytest.raises(PySparkException) as caught:
        spark.sql(query).collect()
    assert caught.value.getCondition().startswith("UNSUPPORTED_FEATURE")
    assert spark.range(3).count() == 3


def local_relation(size: int) -> bytes:
    relation = pb2.Relation()
    sink = pyarrow.BufferOutputStream()
    table = pyarrow.table({"a": [b"x" * (1 << 20)] * (size >> 20)})
    with pyarrow.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    relation.local_relation.data = sink.getvalue().to_pybytes()
    return field(1, relation.SerializeToString())


def test_messages_up_to_the_limit(raw):
    assert raw.execute(local_relation(MESSAGE_LIMIT - (2 << 20))) == (MESSAGE_LIMIT >> 20) - 2


def test_messages_beyond_the_limit(raw):
    assert raw.execute(local_relation(MESSAGE_LIMIT + (2 << 20))) == "RESOURCE_EXHAUSTED"
    assert raw.sql("SELECT 1") == 1

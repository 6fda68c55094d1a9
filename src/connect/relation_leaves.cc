// Leaves of relations.proto: reads, local data, ranges, SQL texts.
#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/message.h>
#include <arrow/ipc/options.h>

#include "base/ascii.h"
#include "connect/invalid_plan.h"
#include "connect/literal_proto.h"
#include "connect/plan_converter.h"
#include "connect/types_proto.h"
#include "session/local_data.h"

// Fields that older clients still send are marked deprecated in the protocol.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace lochan::connect {

namespace proto = spark::connect;
using plan::PlanNode;
using Bytes = std::shared_ptr<const std::string>;

namespace {

Error broken_local_data(const arrow::Status& status) {
  return invalid_plan_message("The data of a local relation is not an Arrow IPC stream: " +
                              status.message());
}

// The messages of all chunks as one stream: the schema of the first, then every record batch.
// Dictionaries do not occur in what Spark's clients send.
Bytes join_streams(const std::vector<Bytes>& chunks) {
  if (chunks.size() == 1) return chunks[0];
  auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  const auto options = arrow::ipc::IpcWriteOptions::Defaults();
  bool first = true;
  for (const auto& chunk : chunks) {
    arrow::io::BufferReader reader(std::make_shared<arrow::Buffer>(*chunk));
    while (true) {
      auto message = arrow::ipc::ReadMessage(&reader);
      if (!message.ok()) throw broken_local_data(message.status());
      if (*message == nullptr) break;
      if ((*message)->type() == arrow::ipc::MessageType::SCHEMA && !first) continue;
      first = false;
      int64_t written = 0;
      if (auto status = (*message)->SerializeTo(sink.get(), options, &written); !status.ok())
        throw broken_local_data(status);
    }
  }
  static constexpr unsigned char kEnd[8] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0};
  if (auto status = sink->Write(kEnd, sizeof(kEnd)); !status.ok()) throw broken_local_data(status);
  auto buffer = sink->Finish();
  if (!buffer.ok()) throw broken_local_data(buffer.status());
  return std::make_shared<const std::string>((*buffer)->ToString());
}

plan::Name relation_name(const std::string& text) { return parse_identifier(text); }

}  // namespace

PlanNode PlanConverter::read(const proto::Read& in) {
  switch (in.read_type_case()) {
    case proto::Read::kNamedTable: {
      plan::UnresolvedRelation out;
      out.name = relation_name(in.named_table().unparsed_identifier());
      out.options = lower_case_options(in.named_table().options());
      out.is_streaming = in.is_streaming();
      return out;
    }
    case proto::Read::kDataSource: {
      if (in.is_streaming()) throw Error::not_supported("spark.readStream");
      const auto& source = in.data_source();
      plan::UnresolvedRead out;
      out.format = source.format();
      out.paths.assign(source.paths().begin(), source.paths().end());
      out.options = lower_case_options(source.options());
      out.schema = source.schema();
      if (!source.predicates().empty()) {
        if (lower_case(source.format()) != "jdbc")
          throw invalid_plan("PREDICATES_NOT_SUPPORTED_FOR_DATA_SOURCE",
                             {{"format", source.format()}});
        throw Error::not_supported("spark.read.jdbc");
      }
      return out;
    }
    case proto::Read::READ_TYPE_NOT_SET: break;
  }
  throw oneof_not_set(in, "read_type");
}

PlanNode PlanConverter::local_relation(const proto::LocalRelation& in) {
  plan::LocalRelation out;
  if (in.has_schema() && !in.schema().empty())
    out.schema = parse_struct_string(in.schema()).fields();
  if (in.has_data())
    out.arrow_ipc = std::make_shared<const std::string>(in.data());
  else if (!in.has_schema())
    throw invalid_plan("SCHEMA_REQUIRED_FOR_LOCAL_RELATION");
  if (out.arrow_ipc && out.schema.empty()) out.schema = session::schema_of_ipc(*out.arrow_ipc);
  return out;
}

plan::PlanPtr PlanConverter::cached_local_relation(const proto::CachedLocalRelation& in) {
  const Bytes data = environment_.find_artifact("cache/" + in.hash());
  if (!data)
    throw invalid_plan("NOT_FOUND_CACHED_LOCAL_RELATION",
                       {{"hash", in.hash()}, {"sessionUUID", environment_.session_id}});
  proto::LocalRelation relation;
  if (!relation.ParseFromString(*data))
    throw invalid_plan("CANNOT_PARSE", {{"errorMsg", "a cached local relation"}});
  return plan::make_plan(local_relation(relation));
}

PlanNode PlanConverter::chunked_local_relation(const proto::ChunkedCachedLocalRelation& in) {
  const auto find = [&](const std::string& hash) {
    Bytes data = environment_.find_artifact("cache/" + hash);
    if (!data)
      throw invalid_plan("NOT_FOUND_CHUNKED_CACHED_LOCAL_RELATION",
                         {{"hash", hash}, {"sessionUUID", environment_.session_id}});
    return data;
  };
  if (in.datahashes().empty()) throw invalid_plan("CHUNKED_CACHED_LOCAL_RELATION_WITHOUT_DATA");
  plan::LocalRelation out;
  if (in.has_schemahash()) out.schema = parse_struct_string(*find(in.schemahash())).fields();
  std::vector<Bytes> chunks;
  for (const auto& hash : in.datahashes()) chunks.push_back(find(hash));
  out.arrow_ipc = join_streams(chunks);
  if (out.schema.empty()) out.schema = session::schema_of_ipc(*out.arrow_ipc);
  return out;
}

PlanNode PlanConverter::range(const proto::Range& in) {
  plan::Range out;
  out.start = in.start();
  out.end = in.end();
  out.step = in.step();
  if (out.step == 0) throw invalid_plan_message("The step of a range must not be zero.");
  if (in.has_num_partitions()) out.partitions = in.num_partitions();
  return out;
}

template <class Message>
plan::SqlText PlanConverter::sql_text_of(const std::string& text, const Message& in) {
  plan::SqlText out;
  out.text = text;
  // A decimal argument has the digits of its value: clients give all of them the same type.
  const auto converted = [&](proto::Expression argument) {
    if (argument.has_literal() && argument.literal().has_decimal()) {
      auto* decimal = argument.mutable_literal()->mutable_decimal();
      decimal->clear_precision();
      decimal->clear_scale();
    }
    return expression(argument);
  };
  for (const auto& [name, argument] : in.named_arguments())
    out.named_arguments[name] = converted(argument);
  for (const auto& argument : in.pos_arguments())
    out.positional_arguments.push_back(converted(argument));
  // Clients before 4.0 send literals.
  for (const auto& [name, argument] : in.args())
    out.named_arguments.emplace(name, plan::literal(to_value(argument)));
  if (out.positional_arguments.empty())
    for (const auto& argument : in.pos_args())
      out.positional_arguments.push_back(plan::literal(to_value(argument)));
  return out;
}

plan::SqlText PlanConverter::sql_text(const proto::SQL& in) { return sql_text_of(in.query(), in); }
plan::SqlText PlanConverter::sql_text(const proto::SqlCommand& in) {
  return sql_text_of(in.sql(), in);
}

}  // namespace lochan::connect

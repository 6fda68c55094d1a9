#include "connect/response_encoder.h"

#include <algorithm>
#include <charconv>

#include "connect/literal_proto.h"
#include "connect/types_proto.h"

namespace lochan::connect {

namespace proto = spark::connect;
using proto::ExecutePlanResponse;

namespace {

void encode_progress(const session::ProgressEvent& event,
                     ExecutePlanResponse::ExecutionProgress* out) {
  // The client's bar counts tasks; a hundredth of the work counts as one.
  const int64_t done =
      event.done ? 100 : std::clamp<int64_t>(static_cast<int64_t>(event.fraction * 100), 0, 99);
  auto* stage = out->add_stages();
  stage->set_stage_id(0);
  stage->set_num_tasks(100);
  stage->set_num_completed_tasks(done);
  stage->set_input_bytes_read(event.bytes);
  stage->set_done(event.done);
  out->set_num_inflight_tasks(event.done ? 0 : 1);
}

void encode_local_relation(const plan::LocalRelation& relation, proto::Relation* out) {
  auto* local = out->mutable_local_relation();
  if (relation.arrow_ipc) local->set_data(*relation.arrow_ipc);
  local->set_schema(types::DataType::structure(relation.schema).json());
}

}  // namespace

std::string Position::to_id() const {
  return std::to_string(index) + "/" + std::to_string(chunk) + "/" + std::to_string(chunks);
}

Position Position::from_id(const std::string& id) {
  Position out;
  const char* at = id.data();
  const char* end = at + id.size();
  for (int64_t* part : {&out.index, &out.chunk, &out.chunks}) {
    const auto [next, error] = std::from_chars(at, end, *part);
    const bool last = part == &out.chunks;
    if (error != std::errc() || (last ? next != end : next == end || *next != '/'))
      throw Error("INVALID_CURSOR.POSITION_NOT_FOUND", {{"responseId", id}});
    at = next + 1;
  }
  if (out.index < -1 || out.chunk < 0 || out.chunks < 1 || out.chunk >= out.chunks)
    throw Error("INVALID_CURSOR.POSITION_NOT_FOUND", {{"responseId", id}});
  return out;
}

ExecutePlanResponse ResponseEncoder::response(const Position& position) const {
  ExecutePlanResponse out;
  out.set_session_id(session_id);
  out.set_server_side_session_id(server_side_session_id);
  out.set_operation_id(operation_id);
  out.set_response_id(position.to_id());
  return out;
}

ExecutePlanResponse ResponseEncoder::progress(const session::ProgressEvent& event,
                                              const Position& last) const {
  ExecutePlanResponse out = response(last);
  encode_progress(event, out.mutable_execution_progress());
  return out;
}

namespace {

// One event to responses; `make` gives an empty response for (chunk, chunks).
struct EventVisitor {
  const ResponseEncoder& encoder;
  const std::function<ExecutePlanResponse&(int64_t chunk, int64_t chunks)>& make;

  void operator()(const session::SchemaEvent& event) const {
    to_proto(event.schema, make(0, 1).mutable_schema());
  }

  void operator()(session::BatchEvent& event) const {
    if (encoder.chunk_bytes == 0) {
      auto* batch = make(0, 1).mutable_arrow_batch();
      batch->set_row_count(event.rows);
      batch->set_start_offset(event.start_offset);
      batch->set_data(std::move(event.arrow_ipc));
      return;
    }
    const size_t size = event.arrow_ipc.size();
    const auto chunks = static_cast<int64_t>(
        std::max<size_t>(1, (size + encoder.chunk_bytes - 1) / encoder.chunk_bytes));
    for (int64_t chunk = 0; chunk < chunks; ++chunk) {
      auto* batch = make(chunk, chunks).mutable_arrow_batch();
      batch->set_row_count(event.rows);
      batch->set_start_offset(event.start_offset);
      batch->set_chunk_index(chunk);
      batch->set_num_chunks_in_batch(chunks);
      if (chunks == 1)
        batch->set_data(std::move(event.arrow_ipc));
      else
        batch->set_data(event.arrow_ipc.substr(chunk * encoder.chunk_bytes, encoder.chunk_bytes));
    }
  }

  void operator()(const session::SqlCommandEvent& event) const {
    auto* relation = make(0, 1).mutable_sql_command_result()->mutable_relation();
    if (const auto* local = event.relation ? event.relation->as<plan::LocalRelation>() : nullptr)
      encode_local_relation(*local, relation);
    else
      *relation = encoder.sql_relation;
  }

  void operator()(const session::CommandEvent&) const {}

  void operator()(const session::MetricsEvent& event) const {
    auto* metric = make(0, 1).mutable_metrics()->add_metrics();
    metric->set_name("operation");
    for (const auto& [name, value] : event.metrics) {
      auto& out = (*metric->mutable_execution_metrics())[name];
      out.set_name(name);
      out.set_value(value);
      out.set_metric_type("sum");
    }
  }

  void operator()(const session::ProgressEvent& event) const {
    encode_progress(event, make(0, 1).mutable_execution_progress());
  }

  void operator()(const session::ObservedMetricsEvent& event) const {
    auto* metrics = make(0, 1).add_observed_metrics();
    metrics->set_name(event.name);
    for (const auto& key : event.keys) metrics->add_keys(key);
    for (const auto& value : event.values) to_proto(value, metrics->add_values());
    if (event.plan_id) metrics->set_plan_id(*event.plan_id);
  }

  void operator()(const session::CheckpointEvent& event) const {
    make(0, 1).mutable_checkpoint_command_result()->mutable_relation()->set_relation_id(
        event.relation_id);
  }

  // kind: the name of the response's field; payload: that message.
  void operator()(const session::OpaqueEvent& event) const {
    auto& out = make(0, 1);
    const auto* field = out.GetDescriptor()->FindFieldByName(event.kind);
    if (!field || field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE ||
        field->is_repeated())
      throw Error::internal("an event of the unknown kind " + event.kind);
    out.GetReflection()->MutableMessage(&out, field)->ParseFromString(event.payload);
  }

  void operator()(const session::CompleteEvent&) const { make(0, 1).mutable_result_complete(); }
};

}  // namespace

std::vector<ExecutePlanResponse> ResponseEncoder::encode(session::Event event, int64_t index,
                                                         int64_t first_chunk) const {
  std::vector<ExecutePlanResponse> out;
  const std::function<ExecutePlanResponse&(int64_t, int64_t)> make =
      [&](int64_t chunk, int64_t chunks) -> ExecutePlanResponse& {
    return out.emplace_back(response({index, chunk, chunks}));
  };
  std::visit(EventVisitor{*this, make}, event);
  out.erase(out.begin(), out.begin() + std::min<int64_t>(first_chunk, out.size()));
  return out;
}

}  // namespace lochan::connect

// ExecutePlan and ReattachExecute: from a request to a running operation.
#include "base/clock.h"
#include "connect/handlers.h"
#include "connect/invalid_plan.h"
#include "connect/names.h"
#include "sql/parser.h"

// SqlCommand's own fields are marked deprecated; clients before 4.0 send them.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace lochan::connect {

namespace proto = spark::connect;
using session::EventSink;
using session::Execution;
using session::Session;

namespace {

constexpr size_t kMaxChunkBytes = size_t{10} << 20;
constexpr int64_t kMinChunkBytes = 1024;

using ExecutionPtr = std::shared_ptr<Execution>;
using SessionPtr = std::shared_ptr<Session>;

/// Starts the operation that a plan asks for.
class Starter {
 public:
  Starter(SessionPtr session, Execution::Options options, ResponseEncoder& encoder)
      : session_(std::move(session)),
        options_(std::move(options)),
        encoder_(encoder),
        converter_(conversion_environment(session_)) {}

  ExecutionPtr start(const proto::Plan& plan) {
    switch (plan.op_type_case()) {
      case proto::Plan::kRoot: return session_->execute(converter_.relation(plan.root()), options_);
      case proto::Plan::kCommand: return start(plan.command());
      default: throw oneof_not_set(plan, "op_type");
    }
  }

 private:
  ExecutionPtr start(const proto::Command& command) {
    switch (command.command_type_case()) {
      case proto::Command::kSqlCommand: return sql_command(command.sql_command());
      case proto::Command::kWriteOperation:
        return session_->execute(converter_.write(command.write_operation()), options_);
      case proto::Command::kWriteOperationV2:
        return session_->execute(converter_.write_v2(command.write_operation_v2()), options_);
      case proto::Command::kCreateDataframeView:
        return create_view(command.create_dataframe_view());
      case proto::Command::kCheckpointCommand: return checkpoint(command.checkpoint_command());
      case proto::Command::kRemoveCachedRemoteRelationCommand: {
        const std::string id =
            command.remove_cached_remote_relation_command().relation().relation_id();
        return work([session = session_, id](EventSink&) { session->remove_cached(id); });
      }
      case proto::Command::kGetResourcesCommand:
        return work([](EventSink& sink) {
          sink.emit(session::OpaqueEvent{"get_resources_command_result", ""});
        });
      case proto::Command::kRegisterFunction: throw Error::not_supported("registering functions");
      case proto::Command::kRegisterTableFunction:
        throw Error::not_supported("registering table functions");
      case proto::Command::kRegisterDataSource: throw Error::not_supported("Python data sources");
      case proto::Command::kMergeIntoTableCommand:
        throw Error::not_supported("DataFrame.mergeInto");
      case proto::Command::kWriteStreamOperationStart:
        throw Error::not_supported("DataFrame.writeStream");
      case proto::Command::kStreamingQueryCommand:
      case proto::Command::kStreamingQueryManagerCommand:
      case proto::Command::kStreamingQueryListenerBusCommand:
        throw Error::not_supported("streaming queries");
      case proto::Command::kCreateResourceProfileCommand:
        throw Error::not_supported("resource profiles");
      case proto::Command::kMlCommand: throw Error::not_supported("Spark ML");
      case proto::Command::kPipelineCommand: throw Error::not_supported("declarative pipelines");
      case proto::Command::kExecuteExternalCommand: throw Error::not_supported("external commands");
      case proto::Command::kExtension:
        throw invalid_plan("NO_HANDLER_FOR_EXTENSION",
                           {{"extensionTypeUrl", command.extension().type_url()}});
      case proto::Command::COMMAND_TYPE_NOT_SET: break;
    }
    throw oneof_not_set(command, "command_type");
  }

  ExecutionPtr work(Execution::Work work) {
    return session_->execute_work(options_, std::move(work));
  }

  ExecutionPtr sql_command(const proto::SqlCommand& command) {
    if (!command.has_input()) {
      auto* sql = encoder_.sql_relation.mutable_sql();
      sql->set_query(command.sql());
      *sql->mutable_args() = command.args();
      *sql->mutable_pos_args() = command.pos_args();
      *sql->mutable_named_arguments() = command.named_arguments();
      *sql->mutable_pos_arguments() = command.pos_arguments();
      return session_->execute_sql_command(converter_.sql_text(command), options_);
    }
    const proto::Relation& input = command.input();
    encoder_.sql_relation = input;
    if (input.has_sql())
      return session_->execute_sql_command(converter_.sql_text(input.sql()), options_);
    if (!input.has_with_relations() || !input.with_relations().root().has_sql())
      throw invalid_plan("SQL_COMMAND_EXPECTS_SQL_OR_WITH_RELATIONS",
                         {{"other", std::to_string(input.rel_type_case())}});
    // A text with DataFrames in it: analysed now for its errors, run when the client asks for the
    // rows.
    return work([session = session_, relation = converter_.relation(input)](EventSink& sink) {
      session->analyze(relation);
      sink.emit(session::SqlCommandEvent{relation});
    });
  }

  ExecutionPtr create_view(const proto::CreateDataFrameViewCommand& command) {
    // The name of a table in SQL, of which the schema does not count.
    plan::Name name;
    try {
      name = sql::parse_table_name(command.name());
    } catch (const Error&) {
      // Refused below.
    }
    if (name.empty() || name.size() > 2)
      throw Error("_LEGACY_ERROR_TEMP_1321", {{"viewName", command.name()}});
    return work([session = session_, query = converter_.relation(command.input()),
                 name = name.back(), global = command.is_global(), replace = command.replace()](
                    EventSink&) { session->create_temp_view(name, query, global, replace); });
  }

  ExecutionPtr checkpoint(const proto::CheckpointCommand& command) {
    return work(
        [session = session_, relation = converter_.relation(command.relation())](EventSink& sink) {
          sink.emit(session::CheckpointEvent{session->checkpoint(relation)});
        });
  }

  SessionPtr session_;
  Execution::Options options_;
  ResponseEncoder& encoder_;
  PlanConverter converter_;
};

Execution::Options options_of(const proto::ExecutePlanRequest& request, ResponseEncoder& encoder) {
  Execution::Options options;
  options.id = request.has_operation_id() ? request.operation_id() : random_uuid();
  if (!is_uuid(options.id)) throw Error("INVALID_HANDLE.FORMAT", {{"handle", options.id}});
  for (const auto& tag : request.tags()) {
    if (tag.empty()) throw invalid_plan_message("Spark Connect tag cannot be an empty string.");
    if (tag.find(',') != std::string::npos)
      throw invalid_plan_message("Spark Connect tag cannot contain ','.");
    options.tags.insert(tag);
  }
  for (const auto& option : request.request_options()) {
    if (option.has_reattach_options())
      options.reattachable = option.reattach_options().reattachable();
    if (!option.has_result_chunking_options()) continue;
    const auto& chunking = option.result_chunking_options();
    if (!chunking.allow_arrow_batch_chunking()) continue;
    encoder.chunk_bytes = kMaxChunkBytes;
    const int64_t preferred = chunking.preferred_arrow_chunk_size();
    if (preferred >= kMinChunkBytes && preferred <= static_cast<int64_t>(kMaxChunkBytes))
      encoder.chunk_bytes = preferred;
  }
  return options;
}

}  // namespace

OperationStream execute_plan(const proto::ExecutePlanRequest& request, CallContext& context) {
  auto session = open_session(caller_of(request, context), context);
  ResponseEncoder encoder;
  Execution::Options options = options_of(request, encoder);
  const std::string& session_key = session->server_side_id();
  std::lock_guard starting(context.operations.starting(options.id));

  const std::string plan_bytes =
      options.reattachable ? request.plan().SerializeAsString() : std::string();
  if (auto known = context.operations.find(session_key, options.id)) {
    auto running = known->execution.lock();
    if (running && running->reattachable() && !running->is_released() && known->plan == plan_bytes)
      return {session, running, known->encoder};
  }
  if (context.operations.closed(session_key, options.id))
    throw Error("INVALID_HANDLE.OPERATION_ABANDONED", {{"handle", options.id}});
  if (session->find_execution(options.id))
    throw Error("INVALID_HANDLE.OPERATION_ALREADY_EXISTS", {{"handle", options.id}});

  encoder.session_id = session->id();
  encoder.server_side_session_id = session_key;
  encoder.operation_id = options.id;
  proto::Plan buffer;
  const proto::Plan& plan = decompress(request.plan(), buffer);
  auto execution = Starter(session, options, encoder).start(plan);
  auto shared = std::make_shared<const ResponseEncoder>(std::move(encoder));
  context.operations.add(session_key, execution, shared, plan_bytes);
  return {session, execution, shared};
}

OperationStream reattach_execute(const proto::ReattachExecuteRequest& request,
                                 CallContext& context) {
  auto session = find_session(caller_of(request, context), context);
  const std::string& id = request.operation_id();
  auto known = context.operations.find(session->server_side_id(), id);
  auto execution = known ? known->execution.lock() : nullptr;
  if (!execution || execution->is_released()) {
    // On NOT_FOUND clients may start the operation again; one that was cancelled for its absent
    // client must not be.
    throw Error(known ? "INVALID_HANDLE.OPERATION_ABANDONED" : "INVALID_HANDLE.OPERATION_NOT_FOUND",
                {{"handle", id}});
  }
  if (!execution->reattachable()) throw Error("INVALID_CURSOR.NOT_REATTACHABLE");
  OperationStream out{session, execution, known->encoder};
  if (request.has_last_response_id() && !request.last_response_id().empty()) {
    const Position last = Position::from_id(request.last_response_id());
    out.next = last.last_of_event() ? Position{last.index + 1}
                                    : Position{last.index, last.chunk + 1, last.chunks};
  }
  return out;
}

}  // namespace lochan::connect

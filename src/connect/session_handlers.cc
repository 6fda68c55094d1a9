// Handlers about sessions and operations as such: interrupt, release, clone, status, errors.
#include <set>

#include "base/clock.h"
#include "connect/handlers.h"
#include "connect/invalid_plan.h"
#include "connect/names.h"

namespace lochan::connect {

namespace proto = spark::connect;
using OperationStatus = proto::GetStatusResponse::OperationStatus;

namespace {

template <class Response>
Response answer(const session::Session& session) {
  Response out;
  out.set_session_id(session.id());
  out.set_server_side_session_id(session.server_side_id());
  return out;
}

OperationStatus::OperationState final_state(session::ExecutionState state) {
  switch (state) {
    case session::ExecutionState::kSucceeded: return OperationStatus::OPERATION_STATE_SUCCEEDED;
    case session::ExecutionState::kFailed: return OperationStatus::OPERATION_STATE_FAILED;
    case session::ExecutionState::kCancelled: return OperationStatus::OPERATION_STATE_CANCELLED;
    case session::ExecutionState::kRunning: break;
  }
  return OperationStatus::OPERATION_STATE_TERMINATING;
}

// Spark: what has ended but still holds results is terminating, and only what is released says how
// it ended.
OperationStatus::OperationState state_of(const std::string& id, session::Session& session,
                                         CallContext& context) {
  if (const auto closed = context.operations.closed(session.server_side_id(), id))
    return final_state(*closed);
  const auto execution = session.find_execution(id);
  if (!execution) return OperationStatus::OPERATION_STATE_UNKNOWN;
  if (execution->state() == session::ExecutionState::kRunning && !execution->is_released())
    return OperationStatus::OPERATION_STATE_RUNNING;
  return OperationStatus::OPERATION_STATE_TERMINATING;
}

}  // namespace

proto::InterruptResponse interrupt(const proto::InterruptRequest& request, CallContext& context) {
  auto session = open_session(caller_of(request, context), context);
  std::vector<std::string> ids;
  switch (request.interrupt_type()) {
    case proto::InterruptRequest::INTERRUPT_TYPE_ALL: ids = session->interrupt_all(); break;
    case proto::InterruptRequest::INTERRUPT_TYPE_TAG:
      if (request.operation_tag().empty())
        throw Error("INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_TAG_REQUIRES_TAG",
                    {{"parameter", "operation_tag"}, {"functionName", "interrupt"}});
      ids = session->interrupt_tag(request.operation_tag());
      break;
    case proto::InterruptRequest::INTERRUPT_TYPE_OPERATION_ID:
      if (request.operation_id().empty())
        throw Error("INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_OPERATION_ID_REQUIRES_ID",
                    {{"parameter", "operation_id"}, {"functionName", "interrupt"}});
      ids = session->interrupt_operation(request.operation_id());
      break;
    default:
      throw Error("UNSUPPORTED_FEATURE.INTERRUPT_TYPE",
                  {{"interruptType",
                    proto::InterruptRequest::InterruptType_Name(request.interrupt_type())}});
  }
  auto out = answer<proto::InterruptResponse>(*session);
  for (auto& id : ids) out.add_interrupted_ids(std::move(id));
  return out;
}

proto::ReleaseExecuteResponse release_execute(const proto::ReleaseExecuteRequest& request,
                                              CallContext& context) {
  auto session = find_session(caller_of(request, context), context);
  auto out = answer<proto::ReleaseExecuteResponse>(*session);
  const std::string& id = request.operation_id();
  const auto known = context.operations.find(session->server_side_id(), id);
  const auto execution = known ? known->execution.lock() : nullptr;
  if (!execution) return out;  // released already, or never begun: nothing to do
  out.set_operation_id(id);
  switch (request.release_case()) {
    case proto::ReleaseExecuteRequest::kReleaseAll: {
      const auto state = execution->state();
      execution->release_all();
      context.operations.close(
          session->server_side_id(), id,
          state == session::ExecutionState::kRunning ? session::ExecutionState::kCancelled : state);
      session->forget_finished(std::chrono::steady_clock::now());
      break;
    }
    case proto::ReleaseExecuteRequest::kReleaseUntil: {
      if (!execution->reattachable()) throw Error("INVALID_CURSOR.NOT_REATTACHABLE");
      const Position last = Position::from_id(request.release_until().response_id());
      // An event goes when its last piece was received.
      execution->release_until(last.last_of_event() ? last.index : last.index - 1);
      break;
    }
    case proto::ReleaseExecuteRequest::RELEASE_NOT_SET: throw oneof_not_set(request, "release");
  }
  return out;
}

proto::ReleaseSessionResponse release_session(const proto::ReleaseSessionRequest& request,
                                              CallContext& context) {
  const Caller caller = caller_of(request, context);
  proto::ReleaseSessionResponse out;
  out.set_session_id(caller.session_id);
  try {
    out.set_server_side_session_id(
        context.sessions.find(caller.principal, caller.session_id)->server_side_id());
  } catch (const Error&) {
    // Releasing what is not there is no error: the client may repeat itself.
  }
  context.sessions.release(caller.principal, caller.session_id, request.allow_reconnect());
  return out;
}

proto::FetchErrorDetailsResponse fetch_error_details(const proto::FetchErrorDetailsRequest& request,
                                                     CallContext& context) {
  const Caller caller = caller_of(request, context);
  // What is not known is answered with nothing, as by Spark.
  const auto error = context.errors.take(caller.key(), request.error_id());
  if (!error) return {};
  auto out = answer<proto::FetchErrorDetailsResponse>(*find_session(caller, context));
  to_proto(*error, &out);
  return out;
}

proto::CloneSessionResponse clone_session(const proto::CloneSessionRequest& request,
                                          CallContext& context) {
  const Caller caller = caller_of(request, context);
  auto session = find_session(caller, context);
  const std::string new_id =
      request.new_session_id().empty() ? random_uuid() : request.new_session_id();
  if (!is_uuid(new_id))
    throw Error("INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT",
                {{"targetSessionId", new_id}});
  auto copy = context.sessions.clone(caller.principal, caller.session_id, new_id);
  auto out = answer<proto::CloneSessionResponse>(*session);
  out.set_new_session_id(copy->id());
  out.set_new_server_side_session_id(copy->server_side_id());
  return out;
}

proto::GetStatusResponse get_status(const proto::GetStatusRequest& request, CallContext& context) {
  auto session = find_session(caller_of(request, context), context);
  auto out = answer<proto::GetStatusResponse>(*session);
  if (!request.has_operation_status()) return out;
  std::vector<std::string> ids(request.operation_status().operation_ids().begin(),
                               request.operation_status().operation_ids().end());
  if (ids.empty()) {
    std::set<std::string> all = context.operations.closed_of(session->server_side_id());
    for (const auto& execution : session->executions()) all.insert(execution->id());
    ids.assign(all.begin(), all.end());
  }
  for (const auto& id : ids) {
    auto* status = out.add_operation_statuses();
    status->set_operation_id(id);
    status->set_state(state_of(id, *session, context));
  }
  return out;
}

}  // namespace lochan::connect

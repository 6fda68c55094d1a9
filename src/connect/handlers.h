#pragma once
#include <spark/connect/base.pb.h>

#include <memory>
#include <string>

#include "connect/call_context.h"

/// One function per RPC with one answer: decode, open the session, one call, encode. They may
/// block, and need a thread with a big stack; they throw Error.
namespace lochan::connect {

spark::connect::AnalyzePlanResponse analyze_plan(const spark::connect::AnalyzePlanRequest& request,
                                                 CallContext& context);
spark::connect::ConfigResponse config(const spark::connect::ConfigRequest& request,
                                      CallContext& context);
spark::connect::ArtifactStatusesResponse artifact_statuses(
    const spark::connect::ArtifactStatusesRequest& request, CallContext&);
spark::connect::InterruptResponse interrupt(const spark::connect::InterruptRequest& request,
                                            CallContext& context);
spark::connect::ReleaseExecuteResponse release_execute(
    const spark::connect::ReleaseExecuteRequest& request, CallContext&);
spark::connect::ReleaseSessionResponse release_session(
    const spark::connect::ReleaseSessionRequest& request, CallContext&);
spark::connect::FetchErrorDetailsResponse fetch_error_details(
    const spark::connect::FetchErrorDetailsRequest&, CallContext&);
spark::connect::CloneSessionResponse clone_session(
    const spark::connect::CloneSessionRequest& request, CallContext& context);
spark::connect::GetStatusResponse get_status(const spark::connect::GetStatusRequest& request,
                                             CallContext& context);

/// An operation whose responses are to be sent, from `next` on.
struct OperationStream {
  std::shared_ptr<session::Session> session;
  std::shared_ptr<session::Execution> execution;
  std::shared_ptr<const ResponseEncoder> encoder;
  Position next{0, 0, 1};
};

/// ExecutePlan: converts the plan and starts it. A reattachable operation that runs already with
/// the same plan is joined (the client did not see the first answer); else
/// INVALID_HANDLE.OPERATION_ALREADY_EXISTS.
OperationStream execute_plan(const spark::connect::ExecutePlanRequest& request,
                             CallContext& context);
/// ReattachExecute: throws INVALID_HANDLE.{OPERATION_NOT_FOUND, OPERATION_ABANDONED},
/// INVALID_CURSOR.*.
OperationStream reattach_execute(const spark::connect::ReattachExecuteRequest& request,
                                 CallContext& context);

}  // namespace lochan::connect

#pragma once
#include <memory>
#include <string>

#include "connect/error_status.h"
#include "connect/operation_table.h"
#include "connect/plan_converter.h"
#include "session/session.h"

namespace lochan::connect {

/// What all handlers share; made once by the server. Thread-safe.
struct CallContext {
  session::SessionRegistry& sessions;
  std::string server_user;  // the principal of clients that name none
  ErrorStore errors;
  OperationTable operations;

  CallContext(session::SessionRegistry& registry, std::string user)
      : sessions(registry), server_user(std::move(user)) {}
};

/// Who calls: the principal and the session of a request.
struct Caller {
  std::string principal;
  std::string session_id;
  std::string observed_server_side_id;  // empty: the client has seen none yet

  std::string key() const { return principal + "/" + session_id; }
};

template <class Request>
Caller caller_of(const Request& request, const CallContext& context) {
  Caller out;
  out.principal = request.user_context().user_id().empty() ? context.server_user
                                                           : request.user_context().user_id();
  out.session_id = request.session_id();
  if constexpr (requires { request.client_observed_server_side_session_id(); })
    out.observed_server_side_id = request.client_observed_server_side_session_id();
  return out;
}

/// The caller's session, made if it is new. Throws INVALID_HANDLE.{FORMAT, SESSION_CHANGED,
/// SESSION_CLOSED}.
std::shared_ptr<session::Session> open_session(const Caller& caller, CallContext& context);
/// The caller's session, which must be there: INVALID_HANDLE.SESSION_NOT_FOUND.
std::shared_ptr<session::Session> find_session(const Caller& caller, CallContext& context);

/// What plans of `session` are converted with.
ConversionEnvironment conversion_environment(const std::shared_ptr<session::Session>& session);

/// The plan of a request; if it came compressed, `buffer` filled with it. Throws
/// CONNECT_INVALID_PLAN.CANNOT_PARSE.
const spark::connect::Plan& decompress(const spark::connect::Plan& plan,
                                       spark::connect::Plan& buffer);

}  // namespace lochan::connect

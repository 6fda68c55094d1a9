#include "connect/server.h"

#include <grpcpp/grpcpp.h>
#include <spark/connect/base.grpc.pb.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "base/clock.h"
#include "connect/artifact_upload.h"
#include "connect/hand_over.h"
#include "connect/handlers.h"
#include "connect/response_stream.h"
#include "connect/wire.h"
#include "connect/worker_pool.h"

namespace lochan::connect {

namespace proto = spark::connect;
using grpc::ByteBuffer;
using grpc::CallbackServerContext;

namespace {

template <class Service>
using RawService = proto::SparkConnectService::WithRawCallbackMethod_ExecutePlan<
    proto::SparkConnectService::WithRawCallbackMethod_AnalyzePlan<
        proto::SparkConnectService::WithRawCallbackMethod_Config<
            proto::SparkConnectService::WithRawCallbackMethod_AddArtifacts<
                proto::SparkConnectService::WithRawCallbackMethod_ArtifactStatus<
                    proto::SparkConnectService::WithRawCallbackMethod_Interrupt<
                        proto::SparkConnectService::WithRawCallbackMethod_ReattachExecute<
                            proto::SparkConnectService::WithRawCallbackMethod_ReleaseExecute<
                                proto::SparkConnectService::WithRawCallbackMethod_ReleaseSession<
                                    proto::SparkConnectService::
                                        WithRawCallbackMethod_FetchErrorDetails<
                                            proto::SparkConnectService::
                                                WithRawCallbackMethod_CloneSession<
                                                    proto::SparkConnectService::
                                                        WithRawCallbackMethod_GetStatus<
                                                            Service>>>>>>>>>>>>;

/// The error for its client. Errors of known sessions are kept for FetchErrorDetails.
grpc::Status keep_and_convert(const Error& error, const std::string& session_key,
                              CallContext& context) {
  if (error.kind() == ErrorKind::kInternal) spdlog::error("{}", error.what());
  return to_status(error,
                   session_key.empty() ? std::string() : context.errors.put(session_key, error));
}

/// Runs `body`, whatever it throws becomes a status.
template <class Body>
grpc::Status guarded(const std::string& session_key, CallContext& context, const Body& body) {
  try {
    body();
    return grpc::Status::OK;
  } catch (const Error& error) {
    return keep_and_convert(error, session_key, context);
  } catch (const std::bad_alloc&) {
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "out of memory");
  } catch (const std::exception& error) {
    return keep_and_convert(Error::internal(error.what()), session_key, context);
  }
}

/// The client stream of AddArtifacts. Owns itself until gRPC is done with it.
class UploadReactor final : public grpc::ServerReadReactor<ByteBuffer> {
 public:
  UploadReactor(WorkerPool& pool, CallContext& context, ByteBuffer* response)
      : pool_(pool), context_(context), upload_(context), response_(response) {
    hand_over_.pass();
    StartRead(&message_);
  }

  void OnReadDone(bool ok) override {
    hand_over_.pass();
    pool_.run([this, ok] {
      const auto status = guarded(upload_.session_key(), context_, [&] {
        if (!ok) {
          *response_ = serialize(upload_.finish());
          return;
        }
        proto::AddArtifactsRequest request;
        parse(message_, &request);
        upload_.add(request);
      });
      hand_over_.pass();
      if (ok && status.ok())
        StartRead(&message_);
      else
        Finish(status);
    });
  }
  void OnDone() override {
    hand_over_.pass();
    delete this;
  }

 private:
  WorkerPool& pool_;
  CallContext& context_;
  HandOver hand_over_;
  ArtifactUpload upload_;
  ByteBuffer message_;
  ByteBuffer* response_;
};

/// Knows whether calls run, and since when none does. Thread-safe.
class Calls {
 public:
  /// The call has ended when the last copy of what this returns is gone.
  std::shared_ptr<void> enter() {
    ++running_;
    return {this, [](Calls* calls) {
              calls->last_end_ = std::chrono::steady_clock::now();
              --calls->running_;
            }};
  }
  std::chrono::steady_clock::duration quiet_for() const {
    if (running_ > 0) return {};
    return std::chrono::steady_clock::now() - last_end_.load();
  }

 private:
  std::atomic<int> running_{0};
  std::atomic<std::chrono::steady_clock::time_point> last_end_{};
};

}  // namespace

class Server::Service final : public RawService<proto::SparkConnectService::Service> {
 public:
  Service(session::SessionRegistry& sessions, const ServerOptions& options)
      : options_(options),
        context_(sessions, options.server_user),
        requests_(options.request_threads),
        streams_(options.stream_threads) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(options.address, grpc::InsecureServerCredentials(), &port_);
    builder.SetMaxReceiveMessageSize(static_cast<int>(options.max_message_bytes));
    builder.SetMaxSendMessageSize(-1);
    // A second server must not share the port.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    if (!server_ || port_ == 0)
      throw Error("ADDRESS_NOT_USABLE", {{"address", options.address}, {"option", "--spark"}});
  }
  ~Service() override { shutdown(std::chrono::milliseconds(0)); }

  int port() const { return port_; }

  void shutdown(std::chrono::milliseconds patience) {
    if (stopped_.exchange(true)) return;
    const auto start = std::chrono::steady_clock::now();
    const auto deadline = deadline_after(patience);
    // A client that reads an error asks for its details, and for settings, in calls of their own; a
    // server that has gone it would look for for minutes.
    while ((calls_.quiet_for() < std::chrono::milliseconds(500) ||
            context_.errors.any_since(start - std::chrono::seconds(1))) &&
           std::chrono::steady_clock::now() - start < patience)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    server_->Shutdown(deadline);
    server_->Wait();
  }

  grpc::ServerWriteReactor<ByteBuffer>* ExecutePlan(CallbackServerContext*,
                                                    const ByteBuffer* request) override {
    return stream<proto::ExecutePlanRequest>(*request, execute_plan);
  }
  grpc::ServerWriteReactor<ByteBuffer>* ReattachExecute(CallbackServerContext*,
                                                        const ByteBuffer* request) override {
    return stream<proto::ReattachExecuteRequest>(*request, reattach_execute);
  }
  grpc::ServerReadReactor<ByteBuffer>* AddArtifacts(CallbackServerContext*,
                                                    ByteBuffer* response) override {
    return new UploadReactor(requests_, context_, response);
  }
  grpc::ServerUnaryReactor* AnalyzePlan(CallbackServerContext* call, const ByteBuffer* in,
                                        ByteBuffer* out) override {
    return unary<proto::AnalyzePlanRequest>(requests_, call, in, out, analyze_plan);
  }
  grpc::ServerUnaryReactor* Config(CallbackServerContext* call, const ByteBuffer* in,
                                   ByteBuffer* out) override {
    return unary<proto::ConfigRequest>(streams_, call, in, out, config);
  }
  grpc::ServerUnaryReactor* ArtifactStatus(CallbackServerContext* call, const ByteBuffer* in,
                                           ByteBuffer* out) override {
    return unary<proto::ArtifactStatusesRequest>(streams_, call, in, out, artifact_statuses);
  }
  grpc::ServerUnaryReactor* Interrupt(CallbackServerContext* call, const ByteBuffer* in,
                                      ByteBuffer* out) override {
    return unary<proto::InterruptRequest>(streams_, call, in, out, interrupt);
  }
  grpc::ServerUnaryReactor* ReleaseExecute(CallbackServerContext* call, const ByteBuffer* in,
                                           ByteBuffer* out) override {
    return unary<proto::ReleaseExecuteRequest>(streams_, call, in, out, release_execute);
  }
  grpc::ServerUnaryReactor* ReleaseSession(CallbackServerContext* call, const ByteBuffer* in,
                                           ByteBuffer* out) override {
    return unary<proto::ReleaseSessionRequest>(requests_, call, in, out, release_session);
  }
  grpc::ServerUnaryReactor* FetchErrorDetails(CallbackServerContext* call, const ByteBuffer* in,
                                              ByteBuffer* out) override {
    return unary<proto::FetchErrorDetailsRequest>(streams_, call, in, out, fetch_error_details);
  }
  grpc::ServerUnaryReactor* CloneSession(CallbackServerContext* call, const ByteBuffer* in,
                                         ByteBuffer* out) override {
    return unary<proto::CloneSessionRequest>(requests_, call, in, out, clone_session);
  }
  grpc::ServerUnaryReactor* GetStatus(CallbackServerContext* call, const ByteBuffer* in,
                                      ByteBuffer* out) override {
    return unary<proto::GetStatusRequest>(streams_, call, in, out, get_status);
  }

 private:
  template <class Request, class Handler>
  grpc::ServerUnaryReactor* unary(WorkerPool& pool, CallbackServerContext* call,
                                  const ByteBuffer* in, ByteBuffer* out, Handler handler) {
    auto* reactor = call->DefaultReactor();
    pool.run([this, in, out, handler, reactor, running = calls_.enter()] {
      std::string session_key;
      reactor->Finish(guarded(session_key, context_, [&] {
        Request request;
        parse(*in, &request);
        // Of errors about sessions that a stopping server has closed there are no details.
        if (!stopped_) session_key = caller_of(request, context_).key();
        *out = serialize(handler(request, context_));
      }));
    });
    return reactor;
  }

  template <class Request, class Handler>
  grpc::ServerWriteReactor<ByteBuffer>* stream(const ByteBuffer& in, Handler handler) {
    auto session_key = std::make_shared<std::string>();
    return ResponseStream::start(
        requests_, streams_, options_.progress_interval,
        [this, in, handler, session_key] {
          Request request;
          parse(in, &request);
          *session_key = caller_of(request, context_).key();
          return handler(request, context_);
        },
        [this, session_key, running = calls_.enter()](const Error& error) {
          return keep_and_convert(error, *session_key, context_);
        },
        context_);
  }

  const ServerOptions options_;
  Calls calls_;
  CallContext context_;
  WorkerPool requests_, streams_;
  int port_ = 0;
  std::atomic<bool> stopped_{false};
  std::unique_ptr<grpc::Server> server_;  // last: it stops before what its calls use
};

Server::Server(session::SessionRegistry& sessions, const ServerOptions& options)
    : service_(std::make_unique<Service>(sessions, options)) {}
Server::~Server() = default;
int Server::port() const { return service_->port(); }
void Server::shutdown(std::chrono::milliseconds patience) { service_->shutdown(patience); }

}  // namespace lochan::connect

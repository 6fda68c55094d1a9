#pragma once
#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "connect/hand_over.h"
#include "connect/handlers.h"
#include "connect/worker_pool.h"

namespace lochan::connect {

/// Sends the responses of one operation to one client: ExecutePlan and ReattachExecute. It holds no
/// thread while it waits, be it for the engine (Execution::when_readable wakes it), for the
/// client's flow control (gRPC does) or for the next progress report (an alarm does); each step
/// runs on the pool.
///
/// It ends with the operation's result_complete, with the operation's error, or when the client
/// goes away. Then it detaches; an operation that nobody can come back to is cancelled.
///
/// Lifetime: it owns itself until gRPC says that the call is done.
class ResponseStream final : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                             public std::enable_shared_from_this<ResponseStream> {
 public:
  using Open = std::function<OperationStream()>;
  /// Makes a status for the client of an error (keeps it for FetchErrorDetails).
  using ToStatus = std::function<grpc::Status(const Error&)>;

  /// Runs `open`, which may block, on `requests`, and sends what it opened with steps on `pool`.
  static ResponseStream* start(WorkerPool& requests, WorkerPool& pool,
                               std::chrono::milliseconds progress_interval, Open open,
                               ToStatus to_status, CallContext& context);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  ResponseStream(WorkerPool& pool, std::chrono::milliseconds progress_interval, ToStatus to_status,
                 CallContext& context)
      : pool_(pool),
        progress_interval_(progress_interval),
        to_status_(std::move(to_status)),
        context_(context) {}

  void open(const Open& open);
  /// Has pump() run on the pool, once, unless it runs or a write is under way.
  void schedule();
  void pump();
  /// The next thing to do, with nothing under way.
  enum class Step { kWrite, kWait, kFinish };
  Step step(grpc::Status& status);
  void log_times() const;
  void wait_for_more(int64_t index);
  void write(const spark::connect::ExecutePlanResponse& response);
  void finish(const grpc::Status& status);
  void release_operation();
  void close_operation();

  WorkerPool& pool_;
  const std::chrono::milliseconds progress_interval_;
  const ToStatus to_status_;
  CallContext& context_;
  std::shared_ptr<ResponseStream> self_;  // until OnDone: gRPC knows a plain pointer

  HandOver hand_over_;
  std::mutex mutex_;  // guards these four
  bool busy_ = true;  // a pump is queued or runs, or a write is under way
  bool again_ = false;
  bool cancelled_ = false;
  bool progress_due_ = false;

  // Only the pump touches these.
  OperationStream operation_;
  std::deque<spark::connect::ExecutePlanResponse> pending_;
  grpc::ByteBuffer buffer_;
  Position last_;
  bool complete_ = false;
  const std::chrono::steady_clock::time_point received_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_batch_ = received_;  // when it was handed to gRPC

  std::mutex alarm_mutex_;
  std::unique_ptr<grpc::Alarm> alarm_;
};

}  // namespace lochan::connect

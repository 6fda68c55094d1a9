#include "connect/response_stream.h"

#include <spdlog/spdlog.h>

#include "base/clock.h"
#include "connect/wire.h"

namespace lochan::connect {

ResponseStream* ResponseStream::start(WorkerPool& requests, WorkerPool& pool,
                                      std::chrono::milliseconds progress_interval, Open open,
                                      ToStatus to_status, CallContext& context) {
  std::shared_ptr<ResponseStream> stream(
      new ResponseStream(pool, progress_interval, std::move(to_status), context));
  stream->self_ = stream;
  requests.run([stream, open = std::move(open)] { stream->open(open); });
  return stream.get();
}

void ResponseStream::open(const Open& open) {
  try {
    operation_ = open();
    operation_.execution->attach();
    last_ = operation_.next.chunk > 0
                ? Position{operation_.next.index, operation_.next.chunk - 1, operation_.next.chunks}
                : Position{operation_.next.index - 1};
    // A client may come back for what follows the last response: nothing.
    complete_ = operation_.execution->ends_before(operation_.next.index);
  } catch (const Error& error) {
    finish(to_status_(error));
    return;
  } catch (const std::exception& error) {
    finish(to_status_(Error::internal(error.what())));
    return;
  }
  pump();
}

void ResponseStream::schedule() {
  {
    std::lock_guard lock(mutex_);
    if (busy_) {
      again_ = true;
      return;
    }
    busy_ = true;
  }
  pool_.run([self = shared_from_this()] { self->pump(); });
}

void ResponseStream::pump() {
  while (true) {
    {
      std::lock_guard lock(mutex_);
      again_ = false;
    }
    grpc::Status status;
    switch (step(status)) {
      case Step::kWrite: return;  // OnWriteDone goes on
      case Step::kFinish:
        // Before the client sees the end: it finds the operation as it was told.
        if (!operation_.execution->reattachable()) release_operation();
        finish(status);
        return;
      case Step::kWait: break;
    }
    const int64_t index = operation_.next.index;
    {
      std::lock_guard lock(mutex_);
      if (again_) continue;
      busy_ = false;  // from here on another thread may pump
    }
    wait_for_more(index);
    return;
  }
}

ResponseStream::Step ResponseStream::step(grpc::Status& status) {
  bool progress_due = false;
  {
    std::lock_guard lock(mutex_);
    if (cancelled_) {
      status = grpc::Status::CANCELLED;
      return Step::kFinish;
    }
    std::swap(progress_due, progress_due_);
  }
  try {
    while (pending_.empty()) {
      if (complete_) {
        log_times();
        return Step::kFinish;
      }
      auto event = operation_.execution->event(operation_.next.index, std::chrono::milliseconds(0));
      if (!event) {
        if (!progress_due) return Step::kWait;
        write(operation_.encoder->progress(operation_.execution->progress(), last_));
        return Step::kWrite;
      }
      complete_ = std::holds_alternative<session::CompleteEvent>(*event);
      // Only who can come back needs to be told that there is no more.
      if (complete_ && !operation_.execution->reattachable()) continue;
      for (auto& response : operation_.encoder->encode(std::move(*event), operation_.next.index,
                                                       operation_.next.chunk))
        pending_.push_back(std::move(response));
      operation_.next = {operation_.next.index + 1};
    }
    const auto response = std::move(pending_.front());
    pending_.pop_front();
    last_ = Position::from_id(response.response_id());
    if (response.has_arrow_batch()) last_batch_ = std::chrono::steady_clock::now();
    write(response);
    return Step::kWrite;
  } catch (const Error& error) {
    status = to_status_(error);
  } catch (const std::exception& error) {
    status = to_status_(Error::internal(error.what()));
  }
  return Step::kFinish;
}

/// bench/run reads this line.
void ResponseStream::log_times() const {
  const auto after = [&](auto time) {
    return std::chrono::duration<double, std::milli>(time - received_).count();
  };
  spdlog::debug("operation {}: last batch after {:.3f} ms, complete after {:.3f} ms",
                operation_.execution->id(), after(last_batch_),
                after(std::chrono::steady_clock::now()));
}

void ResponseStream::wait_for_more(int64_t index) {
  {
    std::lock_guard lock(alarm_mutex_);
    if (!alarm_) {
      alarm_ = std::make_unique<grpc::Alarm>();
      alarm_->Set(deadline_after(progress_interval_), [weak = weak_from_this()](bool fired) {
        auto self = weak.lock();
        if (!self || !fired) return;
        {
          std::lock_guard lock(self->alarm_mutex_);
          // Alarms are not used twice: this one still runs.
          self->pool_.run([old = std::shared_ptr(std::move(self->alarm_))] {});
        }
        {
          std::lock_guard lock(self->mutex_);
          self->progress_due_ = true;
        }
        self->schedule();
      });
    }
  }
  operation_.execution->when_readable(index, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->schedule();
  });
}

void ResponseStream::write(const spark::connect::ExecutePlanResponse& response) {
  buffer_ = serialize(response);
  hand_over_.pass();
  StartWrite(&buffer_);  // from here on another thread may pump
}

void ResponseStream::finish(const grpc::Status& status) {
  hand_over_.pass();
  Finish(status);
}

void ResponseStream::OnWriteDone(bool ok) {
  hand_over_.pass();
  {
    std::lock_guard lock(mutex_);
    if (!ok) cancelled_ = true;
  }
  // `busy_` stays set: the write hands over to the pump.
  pool_.run([self = shared_from_this()] { self->pump(); });
}

void ResponseStream::OnCancel() {
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  schedule();
}

void ResponseStream::OnDone() {
  hand_over_.pass();
  // The last reference may join the operation's thread, which gRPC's own threads must not wait for.
  pool_.run([self = std::move(self_)] { self->close_operation(); });
}

void ResponseStream::release_operation() {
  auto& execution = *operation_.execution;
  const auto state = execution.state();
  execution.release_all();
  context_.operations.close(
      operation_.session->server_side_id(), execution.id(),
      state == session::ExecutionState::kRunning ? session::ExecutionState::kCancelled : state);
}

void ResponseStream::close_operation() {
  {
    std::lock_guard lock(alarm_mutex_);
    alarm_.reset();
  }
  if (!operation_.execution) return;
  operation_.execution->detach();
  operation_.session->touch();
  operation_.session->forget_finished(std::chrono::steady_clock::now());
}

}  // namespace lochan::connect

#include "session/execution.h"

#include <algorithm>

namespace lochan::session {
namespace {

size_t bytes_of(const Event& event) {
  if (auto* batch = std::get_if<BatchEvent>(&event)) return batch->arrow_ipc.size() + 64;
  if (auto* opaque = std::get_if<OpaqueEvent>(&event)) return opaque->payload.size() + 64;
  return 64;
}

}  // namespace

class Execution::Producer final : public EventSink {
 public:
  explicit Producer(Execution& execution) : execution_(execution) {}
  void emit(Event event) override { execution_.emit(std::move(event)); }
  const CancelTokenPtr& cancel() const override { return execution_.cancel_; }

 private:
  Execution& execution_;
};

std::shared_ptr<Execution> Execution::start(Options options, Work work) {
  std::shared_ptr<Execution> running(new Execution(std::move(options)));
  running->thread_ = BigStackThread([running, work = std::move(work)] { running->run(work); });
  // Who lets go last cancels and waits. That may be a reader called by the thread itself: then the
  // thread's own share keeps the object until it has ended.
  auto* execution = running.get();
  return {execution, [running = std::move(running)](Execution* released) mutable {
            released->cancel("the operation was released");
            released->thread_.join();
            running.reset();
          }};
}

void Execution::run(const Work& work) {
  Producer producer(*this);
  std::optional<Error> error;
  try {
    work(producer);
    emit(CompleteEvent{});
  } catch (const Error& e) {
    error = e;
  } catch (const std::bad_alloc&) {
    error = Error("OUT_OF_MEMORY", {});
  } catch (const std::exception& e) {
    error = Error::internal(e.what());
  }
  std::unique_lock lock(mutex_);
  if (!error) {
    finish(ExecutionState::kSucceeded);
  } else if (cancel_->is_cancelled()) {
    finish(ExecutionState::kCancelled);
    error_ = Error("OPERATION_CANCELED", {});
    // Nobody wants more rows: a slow reader hears of the end at once, not 64 MB later.
    while (!events_.empty() && first_ + static_cast<int64_t>(events_.size()) - 1 > read_until_) {
      bytes_ -= std::min(bytes_, bytes_of(events_.back()));
      events_.pop_back();
    }
  } else {
    finish(ExecutionState::kFailed);
    error_ = std::move(error);
  }
  wake_readers(lock);
  done_.notify_all();
}

void Execution::finish(ExecutionState state) {
  state_ = state;
  progress_source_ = nullptr;
}

bool Execution::is_readable(int64_t index) const {
  return released_ || index < first_ + static_cast<int64_t>(events_.size()) ||
         state_ != ExecutionState::kRunning;
}

void Execution::wake_readers(std::unique_lock<std::mutex>& lock) {
  readable_.notify_all();
  std::vector<std::function<void()>> ready;
  std::erase_if(readers_, [&](auto& reader) {
    if (!is_readable(reader.first)) return false;
    ready.push_back(std::move(reader.second));
    return true;
  });
  lock.unlock();
  for (const auto& callback : ready) callback();
  lock.lock();
}

void Execution::when_readable(int64_t index, std::function<void()> callback) {
  {
    std::lock_guard lock(mutex_);
    if (!is_readable(index)) {
      readers_.emplace_back(index, std::move(callback));
      return;
    }
  }
  callback();
}

void Execution::emit(Event event) {
  const size_t size = bytes_of(event);
  std::unique_lock lock(mutex_);
  // One event always fits, however large.
  while (bytes_ > 0 && bytes_ + size > options_.buffer_bytes && !released_ &&
         !cancel_->is_cancelled()) {
    const auto deadline = detached_at_ + options_.detach_timeout;
    if (consumers_ > 0) {
      writable_.wait(lock);
    } else if (writable_.wait_until(lock, deadline) == std::cv_status::timeout && consumers_ == 0) {
      lock.unlock();
      cancel_->cancel("no client read the result of this operation for too long");
      lock.lock();
    }
  }
  lock.unlock();
  cancel_->throw_if_cancelled();
  lock.lock();
  if (released_) return;
  bytes_ += size;
  if (std::holds_alternative<CompleteEvent>(event)) finish(ExecutionState::kSucceeded);
  events_.push_back(std::move(event));
  wake_readers(lock);
}

std::optional<Event> Execution::event(int64_t index, std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  if (index < first_ || released_)
    throw Error(
        "INVALID_CURSOR.POSITION_NOT_AVAILABLE",
        {{"index", std::to_string(index)}, {"responseId", id() + "/" + std::to_string(index)}});
  if (!readable_.wait_for(lock, wait, [&] { return is_readable(index); })) return std::nullopt;
  if (released_) throw Error("OPERATION_CANCELED", {});
  const int64_t offset = index - first_;
  if (offset < static_cast<int64_t>(events_.size())) {
    Event event = events_[offset];
    read_until_ = std::max(read_until_, index);
    if (!options_.reattachable) {
      // Nobody can come back for what was read.
      lock.unlock();
      release_until(index);
    }
    return event;
  }
  if (error_) throw *error_;
  throw Error("INVALID_CURSOR.POSITION_NOT_FOUND",
              {{"responseId", id() + "/" + std::to_string(index)}});
}

bool Execution::ends_before(int64_t index) const {
  std::lock_guard lock(mutex_);
  return state_ == ExecutionState::kSucceeded &&
         index == first_ + static_cast<int64_t>(events_.size());
}

ExecutionState Execution::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

ProgressEvent Execution::progress() const {
  std::lock_guard lock(mutex_);
  if (progress_source_) return progress_source_();
  ProgressEvent event;
  event.done = state_ != ExecutionState::kRunning;
  event.fraction = event.done ? 1 : 0;
  return event;
}

void Execution::set_progress_source(std::function<ProgressEvent()> source) {
  std::lock_guard lock(mutex_);
  progress_source_ = std::move(source);
}

void Execution::release_until(int64_t index) {
  std::lock_guard lock(mutex_);
  while (!events_.empty() && first_ <= index) {
    bytes_ -= std::min(bytes_, bytes_of(events_.front()));
    events_.pop_front();
    ++first_;
  }
  writable_.notify_all();
}

void Execution::release_all() {
  {
    std::unique_lock lock(mutex_);
    released_ = true;
    events_.clear();
    bytes_ = 0;
    writable_.notify_all();
    wake_readers(lock);
  }
  if (state() == ExecutionState::kRunning) cancel("the client released the operation");
}

void Execution::attach() {
  std::lock_guard lock(mutex_);
  ++consumers_;
  writable_.notify_all();
}

void Execution::detach() {
  std::lock_guard lock(mutex_);
  if (--consumers_ == 0) detached_at_ = std::chrono::steady_clock::now();
  writable_.notify_all();
}

void Execution::cancel(const std::string& reason) {
  cancel_->cancel(reason);
  std::lock_guard lock(mutex_);
  writable_.notify_all();
}

bool Execution::wait_until_done(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  return done_.wait_for(lock, wait, [&] { return state_ != ExecutionState::kRunning; });
}

bool Execution::expired(std::chrono::steady_clock::time_point now) const {
  std::lock_guard lock(mutex_);
  if (consumers_ > 0) return false;
  if (state_ != ExecutionState::kRunning && (released_ || !options_.reattachable)) return true;
  return now - detached_at_ > options_.detach_timeout;
}

bool Execution::is_released() const {
  std::lock_guard lock(mutex_);
  return released_;
}

}  // namespace lochan::session

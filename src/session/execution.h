#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/big_stack_thread.h"
#include "base/cancel.h"
#include "base/error.h"
#include "plan/plan.h"

namespace lochan::session {

// What an execution puts out, in order. Front doors encode it.
struct SchemaEvent {
  types::Schema schema;
};
/// One Arrow IPC stream (schema and one batch), as Spark Connect ships it.
struct BatchEvent {
  std::string arrow_ipc;
  int64_t rows = 0;
  int64_t start_offset = 0;  // rows before it
};
/// The result of a command given as SQL: its rows as a relation that the client will ask for.
struct SqlCommandEvent {
  plan::PlanPtr relation;  // the SqlText itself for queries (lazy), a LocalRelation for commands
};
/// A command that has nothing to say but that it is done.
struct CommandEvent {};
struct MetricsEvent {
  std::vector<std::pair<std::string, int64_t>> metrics;
};
struct ProgressEvent {
  double fraction = 0;
  int64_t rows = 0, bytes = 0;
  bool done = false;
};
struct ObservedMetricsEvent {
  std::string name;
  std::vector<std::string> keys;
  std::vector<types::Value> values;
  std::optional<int64_t> plan_id;
};
struct CheckpointEvent {
  std::string relation_id;
};
/// Anything else that a front door's own command produced, encoded by it.
struct OpaqueEvent {
  std::string kind, payload;
};
struct CompleteEvent {};
using Event =
    std::variant<SchemaEvent, BatchEvent, SqlCommandEvent, CommandEvent, MetricsEvent,
                 ProgressEvent, ObservedMetricsEvent, CheckpointEvent, OpaqueEvent, CompleteEvent>;

enum class ExecutionState { kRunning, kSucceeded, kFailed, kCancelled };

/// Where the work of an execution writes its events. emit() blocks while the buffer is full
/// (back-pressure into the engine) and throws OPERATION_CANCELED when the execution is cancelled
/// meanwhile.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void emit(Event event) = 0;
  virtual const CancelTokenPtr& cancel() const = 0;
};

/// One running or finished operation of a session: every front door uses it, and it alone buffers,
/// cancels and keeps history. A producer thread (with a large stack of known size) runs the work;
/// consumers read events by their index, from any index not yet released, so that a client whose
/// stream broke gets every row exactly once. Unreleased events are bounded by `buffer_bytes`; a
/// consumer that is gone for `detach_timeout` cancels the work. Thread-safe.
class Execution {
 public:
  struct Options {
    std::string id;  // UUID
    std::set<std::string> tags;
    bool reattachable = false;  // keep events until released; else released as they are read
    size_t buffer_bytes = 64u << 20;
    std::chrono::seconds detach_timeout{300};
    std::string description;  // for history and progress
  };
  using Work = std::function<void(EventSink&)>;

  /// Starts `work` on its own thread. Who lets go of the last share cancels the work and waits for
  /// it to end, unless that is the work's own thread.
  static std::shared_ptr<Execution> start(Options options, Work work);

  const std::string& id() const { return options_.id; }
  const std::set<std::string>& tags() const { return options_.tags; }
  bool reattachable() const { return options_.reattachable; }
  ExecutionState state() const;

  /// The event at `index` (0-based). Blocks up to `wait`; nullopt if there is none yet. Throws the
  /// execution's error once all events before it were read, and INVALID_CURSOR.* if `index` was
  /// released or lies beyond the end.
  std::optional<Event> event(int64_t index, std::chrono::milliseconds wait);
  /// Whether the execution has succeeded and event(index - 1) was its last.
  bool ends_before(int64_t index) const;
  /// Calls `callback` once when event(index) would not give nullopt any more: at once, or later
  /// from the thread that brings it about. It must be quick and must not call back into the
  /// execution. For consumers that hold no thread.
  void when_readable(int64_t index, std::function<void()> callback);
  /// Progress right now, for clients that wait.
  ProgressEvent progress() const;
  void set_progress_source(std::function<ProgressEvent()> source);
  /// Frees events up to and including `index`.
  void release_until(int64_t index);
  /// Frees everything; the execution cannot be read any more.
  void release_all();
  /// A consumer comes and goes; the last to go starts the detach clock.
  void attach();
  void detach();
  void cancel(const std::string& reason);
  bool wait_until_done(std::chrono::milliseconds wait);
  /// True when finished and released, or detached for too long: the session may forget it.
  bool expired(std::chrono::steady_clock::time_point now) const;
  bool is_released() const;

 private:
  class Producer;
  explicit Execution(Options options) : options_(std::move(options)) {}
  void run(const Work& work);
  void emit(Event event);
  // With the mutex held. Whoever reads the last event finds the state that it tells of.
  void finish(ExecutionState state);
  bool is_readable(int64_t index) const;  // with the mutex held
  void wake_readers(std::unique_lock<std::mutex>& lock);

  const Options options_;
  CancelTokenPtr cancel_ = std::make_shared<CancelToken>();
  mutable std::mutex mutex_;
  std::condition_variable readable_, writable_, done_;
  std::deque<Event> events_;  // events_[0] has index first_
  int64_t first_ = 0;
  int64_t read_until_ = -1;  // highest index handed out
  size_t bytes_ = 0;
  ExecutionState state_ = ExecutionState::kRunning;
  std::optional<Error> error_;
  bool released_ = false;
  int consumers_ = 0;
  std::chrono::steady_clock::time_point detached_at_ = std::chrono::steady_clock::now();
  std::function<ProgressEvent()> progress_source_;
  std::vector<std::pair<int64_t, std::function<void()>>> readers_;  // when_readable()
  BigStackThread thread_;
};

}  // namespace lochan::session

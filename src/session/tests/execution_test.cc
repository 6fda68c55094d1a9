#include "session/execution.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "session/session.h"

namespace lochan::session {
namespace {

using namespace std::chrono_literals;

Execution::Options options(bool reattachable, size_t bytes = 64u << 20) {
  Execution::Options out;
  out.id = "op";
  out.reattachable = reattachable;
  out.buffer_bytes = bytes;
  return out;
}

BatchEvent batch(size_t bytes) { return {std::string(bytes, 'x'), 1, 0}; }

std::string condition_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.condition();
  }
  return "none";
}

TEST(Execution, KeepsEventsUntilTheyAreReleased) {
  auto execution = Execution::start(options(true), [](EventSink& sink) {
    for (int i = 0; i < 3; ++i) sink.emit(BatchEvent{std::to_string(i), 1, i});
  });
  ASSERT_TRUE(execution->wait_until_done(5s));
  // Read all, then again from the middle: a client whose stream broke sees the same rows.
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(std::get<BatchEvent>(*execution->event(i, 1s)).arrow_ipc, std::to_string(i));
  EXPECT_EQ(std::get<BatchEvent>(*execution->event(1, 1s)).arrow_ipc, "1");
  EXPECT_TRUE(std::holds_alternative<CompleteEvent>(*execution->event(3, 1s)));
  execution->release_until(1);
  EXPECT_EQ(condition_of([&] { execution->event(1, 1s); }),
            "INVALID_CURSOR.POSITION_NOT_AVAILABLE");
  EXPECT_EQ(std::get<BatchEvent>(*execution->event(2, 1s)).arrow_ipc, "2");
  EXPECT_EQ(condition_of([&] { execution->event(9, 1s); }), "INVALID_CURSOR.POSITION_NOT_FOUND");
}

TEST(Execution, HoldsTheProducerBackWhenTheBufferIsFull) {
  std::atomic<int> emitted{0};
  auto execution = Execution::start(options(true, 1000), [&](EventSink& sink) {
    for (int i = 0; i < 50; ++i) {
      sink.emit(batch(400));
      ++emitted;
    }
  });
  execution->attach();
  std::this_thread::sleep_for(100ms);
  EXPECT_LE(emitted.load(), 3);
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(execution->event(i, 5s));
    execution->release_until(i);
  }
  EXPECT_TRUE(execution->wait_until_done(5s));
  EXPECT_EQ(emitted.load(), 50);
}

TEST(Execution, CancelEndsAProducerThatWaits) {
  auto execution = Execution::start(options(true, 100), [](EventSink& sink) {
    while (true) sink.emit(batch(400));
  });
  execution->attach();
  ASSERT_TRUE(execution->event(0, 5s));
  execution->cancel("test");
  ASSERT_TRUE(execution->wait_until_done(5s));
  EXPECT_EQ(execution->state(), ExecutionState::kCancelled);
}

TEST(Execution, CancelledItGivesNoMoreThanWasRead) {
  auto execution = Execution::start(options(true, 2000), [](EventSink& sink) {
    while (true) sink.emit(batch(400));
  });
  execution->attach();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(execution->event(i, 5s));
  execution->cancel("test");
  ASSERT_TRUE(execution->wait_until_done(5s));
  EXPECT_EQ(condition_of([&] { execution->event(3, 1s); }), "OPERATION_CANCELED");
  // Whose stream broke may still read what was sent.
  EXPECT_TRUE(execution->event(2, 1s));
}

TEST(Execution, ADetachedOperationIsCancelledInTheEnd) {
  auto detached = options(true, 100);
  detached.detach_timeout = 1s;
  auto execution = Execution::start(detached, [](EventSink& sink) {
    while (true) sink.emit(batch(400));
  });
  ASSERT_TRUE(execution->wait_until_done(10s));
  EXPECT_EQ(execution->state(), ExecutionState::kCancelled);
}

TEST(SessionRegistry, CancelsOperationsWhoseClientIsGoneForFiveMinutes) {
  SessionRegistry sessions({});
  auto session = sessions.open("ada", "11111111-2222-3333-4444-555555555555");
  const auto wait = [](EventSink& sink) {
    while (true) {
      sink.cancel()->throw_if_cancelled();
      std::this_thread::sleep_for(1ms);
    }
  };
  auto detached = session->execute_work(options(true), wait);
  auto read = options(true);
  read.id = "read";
  auto attached = session->execute_work(read, wait);
  attached->attach();
  const auto now = std::chrono::steady_clock::now();
  sessions.expire(24h, now + 290s);
  EXPECT_EQ(detached->state(), ExecutionState::kRunning);
  sessions.expire(24h, now + 301s);
  ASSERT_TRUE(detached->wait_until_done(5s));
  EXPECT_EQ(detached->state(), ExecutionState::kCancelled);
  EXPECT_EQ(session->find_execution(detached->id()), nullptr);
  EXPECT_EQ(attached->state(), ExecutionState::kRunning);
  attached->detach();
  sessions.expire(24h, now + 290s);
  EXPECT_EQ(attached->state(), ExecutionState::kRunning);
}

TEST(Execution, HasSucceededWhenItsLastEventCanBeRead) {
  std::promise<void> asked, readable, seen;
  auto execution = Execution::start(
      options(false), [asked = asked.get_future().share()](EventSink&) { asked.wait(); });
  execution->when_readable(0, [&] {
    readable.set_value();
    seen.get_future().wait();  // holds the producer between its last event and its end
  });
  asked.set_value();
  readable.get_future().wait();
  EXPECT_EQ(execution->state(), ExecutionState::kSucceeded);
  seen.set_value();
}

TEST(Execution, GivesItsErrorAfterTheEventsBeforeIt) {
  auto execution = Execution::start(options(true), [](EventSink& sink) {
    sink.emit(batch(1));
    throw Error("DIVIDE_BY_ZERO", {{"config", "\"x\""}});
  });
  ASSERT_TRUE(execution->wait_until_done(5s));
  EXPECT_TRUE(execution->event(0, 1s));
  EXPECT_EQ(condition_of([&] { execution->event(1, 1s); }), "DIVIDE_BY_ZERO");
  EXPECT_EQ(execution->state(), ExecutionState::kFailed);
}

TEST(Execution, WakesReadersOnceThereIsSomethingToRead) {
  std::atomic<int> woken{0};
  std::atomic<bool> go{false};
  auto execution = Execution::start(options(true), [&](EventSink& sink) {
    while (!go) std::this_thread::sleep_for(1ms);
    sink.emit(batch(1));
  });
  execution->when_readable(0, [&] { ++woken; });
  EXPECT_EQ(woken.load(), 0);
  go = true;
  ASSERT_TRUE(execution->wait_until_done(5s));
  EXPECT_EQ(woken.load(), 1);
  execution->when_readable(0, [&] { ++woken; });
  EXPECT_EQ(woken.load(), 2);
}

// A reader that is called by the operation's own thread may hold the last share of the operation.
TEST(Execution, OutlivesAReaderThatLetsGoOfIt) {
  std::promise<void> go, ended;
  std::atomic<bool> went_on{false};
  std::shared_ptr<void> end(nullptr, [&](void*) { ended.set_value(); });
  auto execution = Execution::start(options(true), [&, end = std::move(end)](EventSink& sink) {
    go.get_future().wait();
    sink.emit(batch(1));
    went_on = true;
    sink.emit(batch(1));
  });
  auto& operation = *execution;
  auto share = std::make_shared<std::shared_ptr<Execution>>(std::move(execution));
  operation.when_readable(0, [share] { share->reset(); });
  go.set_value();
  ASSERT_EQ(ended.get_future().wait_for(5s), std::future_status::ready);
  EXPECT_FALSE(*share);
  EXPECT_TRUE(went_on);
}

TEST(Execution, ReleasedWhileRunningItStops) {
  auto execution = Execution::start(options(true, 100), [](EventSink& sink) {
    while (true) sink.emit(batch(400));
  });
  execution->release_all();
  ASSERT_TRUE(execution->wait_until_done(5s));
  EXPECT_TRUE(execution->expired(std::chrono::steady_clock::now()));
}

}  // namespace
}  // namespace lochan::session

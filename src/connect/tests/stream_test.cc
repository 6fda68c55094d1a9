#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <spark/connect/base.grpc.pb.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "connect/hand_over.h"
#include "connect/response_stream.h"

namespace lochan::connect {
namespace {

namespace proto = spark::connect;
using namespace std::chrono_literals;
using session::EventSink;
using session::Execution;

/// A server whose ExecutePlan starts the test's work, and whose ReattachExecute goes on with it.
class StreamTest : public ::testing::Test {
 protected:
  using Service = proto::SparkConnectService::WithRawCallbackMethod_ExecutePlan<
      proto::SparkConnectService::WithRawCallbackMethod_ReattachExecute<
          proto::SparkConnectService::Service>>;

  class FakeService final : public Service {
   public:
    explicit FakeService(StreamTest& test) : test_(test) {}
    grpc::ServerWriteReactor<grpc::ByteBuffer>* ExecutePlan(grpc::CallbackServerContext*,
                                                            const grpc::ByteBuffer*) override {
      return test_.serve([this] {
        test_.hand_over_.pass();
        OperationStream out = test_.open();
        std::lock_guard lock(test_.mutex_);
        test_.last_ = out.execution;
        return out;
      });
    }
    grpc::ServerWriteReactor<grpc::ByteBuffer>* ReattachExecute(
        grpc::CallbackServerContext*, const grpc::ByteBuffer* in) override {
      proto::ReattachExecuteRequest request;
      std::vector<grpc::Slice> slices;
      EXPECT_TRUE(in->Dump(&slices).ok());
      std::string bytes;
      for (const auto& slice : slices)
        bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
      EXPECT_TRUE(request.ParseFromString(bytes));
      return test_.serve([this, id = request.last_response_id()] {
        const Position last = Position::from_id(id);
        return OperationStream{test_.session_, test_.last(), test_.encoder_,
                               last.last_of_event()
                                   ? Position{last.index + 1}
                                   : Position{last.index, last.chunk + 1, last.chunks}};
      });
    }

   private:
    StreamTest& test_;
  };

  StreamTest()
      : registry_({}),
        context_(registry_, "me"),
        session_(registry_.open("me", "00000000-0000-0000-0000-000000000001")),
        encoder_(std::make_shared<ResponseEncoder>(
            ResponseEncoder{.session_id = session_->id(),
                            .server_side_session_id = session_->server_side_id(),
                            .operation_id = "o",
                            .chunk_bytes = 1000})) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = proto::SparkConnectService::NewStub(grpc::CreateChannel(
        "127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  }
  ~StreamTest() override {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
    session_->close();
  }

  grpc::ServerWriteReactor<grpc::ByteBuffer>* serve(ResponseStream::Open open) {
    return ResponseStream::start(
        requests_, pool_, 100ms, std::move(open),
        [](const Error& error) { return to_status(error); }, context_);
  }
  OperationStream open() {
    return {
        session_,
        session_->execute_work(
            {.id = random_uuid(), .reattachable = reattachable_, .buffer_bytes = 1 << 20}, work_),
        encoder_};
  }

  /// What the last ExecutePlan started.
  std::shared_ptr<Execution> last() {
    std::lock_guard lock(mutex_);
    return last_;
  }

  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<proto::ExecutePlanResponse>> reader;
  };
  std::unique_ptr<Call> execute() {
    hand_over_.pass();
    auto call = std::make_unique<Call>();
    call->reader = stub_->ExecutePlan(&call->context, proto::ExecutePlanRequest());
    return call;
  }
  std::unique_ptr<Call> reattach(const std::string& last) {
    auto call = std::make_unique<Call>();
    proto::ReattachExecuteRequest request;
    request.set_last_response_id(last);
    call->reader = stub_->ReattachExecute(&call->context, request);
    return call;
  }

  static session::BatchEvent batch(int64_t number, size_t bytes) {
    return {std::string(bytes, static_cast<char>('a' + number % 26)), 1, number};
  }

  session::SessionRegistry registry_;
  CallContext context_;
  std::shared_ptr<session::Session> session_;
  std::shared_ptr<const ResponseEncoder> encoder_;
  HandOver hand_over_;  // of what a test prepares, to the service
  std::mutex mutex_;    // guards last_
  std::shared_ptr<Execution> last_;
  bool reattachable_ = true;
  Execution::Work work_;
  // Two threads for everything: what held a thread while waiting would show.
  WorkerPool requests_{1}, pool_{1};
  FakeService service_{*this};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<proto::SparkConnectService::Stub> stub_;
};

// The text of all batches in order, and whether the stream was complete.
struct Received {
  std::string text;
  std::vector<std::string> ids;
  bool complete = false;
  int progress = 0;

  bool take(const proto::ExecutePlanResponse& response) {
    if (response.has_execution_progress()) {
      ++progress;
      return false;
    }
    ids.push_back(response.response_id());
    text += response.arrow_batch().data();
    complete = complete || response.has_result_complete();
    return true;
  }
};

TEST_F(StreamTest, EventsArriveInOrderWithTheirOwnIds) {
  work_ = [](EventSink& sink) {
    for (int i = 0; i < 20; ++i) sink.emit(batch(i, 2500));
  };
  auto call = execute();
  Received received;
  proto::ExecutePlanResponse response;
  while (call->reader->Read(&response)) received.take(response);
  EXPECT_TRUE(call->reader->Finish().ok());
  EXPECT_TRUE(received.complete);
  std::string expected;
  for (int i = 0; i < 20; ++i) expected += batch(i, 2500).arrow_ipc;
  EXPECT_TRUE(received.text == expected);
  EXPECT_EQ(std::set(received.ids.begin(), received.ids.end()).size(), received.ids.size());
}

TEST_F(StreamTest, ABrokenStreamGoesOnWhereItWas) {
  work_ = [](EventSink& sink) {
    for (int i = 0; i < 30; ++i) sink.emit(batch(i, 2500));
  };
  std::string expected;
  for (int i = 0; i < 30; ++i) expected += batch(i, 2500).arrow_ipc;
  // Break after every number of responses once; the stream has 30 * 3 + 1.
  for (int cut = 1; cut < 60; cut += 7) {
    Received received;
    auto call = execute();
    while (!received.complete) {
      proto::ExecutePlanResponse response;
      int taken = 0;
      while (taken < cut && call->reader->Read(&response)) taken += received.take(response);
      call->context.TryCancel();
      call->reader->Finish();
      if (!received.complete) call = reattach(received.ids.back());
    }
    EXPECT_TRUE(received.text == expected) << cut;
    last()->release_all();
  }
}

TEST_F(StreamTest, WaitingStreamsHoldNoThread) {
  std::atomic<bool> finish{false};
  work_ = [&](EventSink& sink) {
    while (!finish) {
      sink.cancel()->throw_if_cancelled();
      std::this_thread::sleep_for(5ms);
    }
  };
  std::vector<std::unique_ptr<Call>> waiting;
  for (int i = 0; i < 50; ++i) waiting.push_back(execute());
  // All of them get progress reports, through one thread.
  for (auto& call : waiting) {
    proto::ExecutePlanResponse response;
    ASSERT_TRUE(call->reader->Read(&response));
    EXPECT_TRUE(response.has_execution_progress());
    EXPECT_EQ(response.response_id(), Position{}.to_id());
  }
  finish = true;
  for (auto& call : waiting) {
    proto::ExecutePlanResponse response;
    bool complete = false;
    while (call->reader->Read(&response)) complete = response.has_result_complete();
    EXPECT_TRUE(complete);
    EXPECT_TRUE(call->reader->Finish().ok());
  }
}

TEST_F(StreamTest, AClientThatDoesNotReadStopsTheWork) {
  std::atomic<int> emitted{0};
  work_ = [&](EventSink& sink) {
    for (int i = 0; i < 1000; ++i) {
      sink.emit(batch(i, 100'000));
      ++emitted;
    }
  };
  auto call = execute();
  proto::ExecutePlanResponse response;
  ASSERT_TRUE(call->reader->Read(&response));
  int before = -1;
  for (int tries = 0; tries < 100 && before != emitted; ++tries) {
    before = emitted;
    std::this_thread::sleep_for(100ms);
  }
  EXPECT_LT(emitted, 500);
  call->context.TryCancel();
}

TEST_F(StreamTest, WorkThatNobodyCanComeBackToIsCancelled) {
  reattachable_ = false;
  std::atomic<bool> cancelled{false};
  work_ = [&](EventSink& sink) {
    while (!sink.cancel()->is_cancelled()) std::this_thread::sleep_for(5ms);
    cancelled = true;
    sink.cancel()->throw_if_cancelled();
  };
  auto call = execute();
  call->reader->WaitForInitialMetadata();
  std::this_thread::sleep_for(50ms);
  call->context.TryCancel();
  for (int tries = 0; tries < 6000 && !cancelled; ++tries) std::this_thread::sleep_for(10ms);
  EXPECT_TRUE(cancelled);
}

TEST_F(StreamTest, TheOperationsErrorEndsTheStreamAfterItsEvents) {
  work_ = [](EventSink& sink) {
    sink.emit(batch(0, 10));
    throw Error("DIVIDE_BY_ZERO", {{"config", "\"c\""}});
  };
  auto call = execute();
  proto::ExecutePlanResponse response;
  ASSERT_TRUE(call->reader->Read(&response));
  EXPECT_EQ(response.arrow_batch().data(), "aaaaaaaaaa");
  EXPECT_FALSE(call->reader->Read(&response));
  const auto status = call->reader->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_NE(status.error_message().find("DIVIDE_BY_ZERO"), std::string::npos);
  EXPECT_FALSE(status.error_details().empty());
}

}  // namespace
}  // namespace lochan::connect

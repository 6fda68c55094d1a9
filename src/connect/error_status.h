#pragma once
#include <grpcpp/support/status.h>
#include <spark/connect/base.pb.h>

#include <chrono>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace lochan::connect {

/// The Java class of the error and its super-classes, from the most specific up: clients choose
/// their exception class by the first that they know.
std::vector<std::string> java_classes(const Error& error);

/// An error as Spark's service sends it: code INTERNAL, the message (at most 2,048 characters) and,
/// in the trailer grpc-status-details-bin, a google.rpc.Status with a google.rpc.ErrorInfo whose
/// metadata are errorClass, sqlState, classes, messageParameters and, if given, the errorId to ask
/// FetchErrorDetails for.
grpc::Status to_status(const Error& error, const std::string& error_id = {});

/// The whole error, as FetchErrorDetails answers it.
void to_proto(const Error& error, spark::connect::FetchErrorDetailsResponse* response);

/// Errors that clients may still ask about, by session and id; the oldest go first. Thread-safe.
class ErrorStore {
 public:
  /// Keeps `error`; returns its id.
  std::string put(const std::string& session_key, const Error& error);
  /// Hands the error out, once.
  std::optional<Error> take(const std::string& session_key, const std::string& error_id);
  /// Whether an error of the time since `moment` is still here.
  bool any_since(std::chrono::steady_clock::time_point moment) const;

 private:
  static constexpr size_t kCapacity = 1000;
  struct Entry {
    std::string session_key, id;
    Error error;
    std::chrono::steady_clock::time_point made;
  };
  mutable std::mutex mutex_;
  std::list<Entry> entries_;
};

}  // namespace lochan::connect

#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "session/session.h"

namespace lochan::connect {

struct ServerOptions {
  std::string address = "127.0.0.1:15002";  // port 0: any free one
  std::string server_user = "lochan";       // the principal of clients that name none
  size_t max_message_bytes = size_t{128} << 20;
  std::chrono::milliseconds progress_interval{1000};
  int request_threads = 16;  // requests that may block: analysis, starting operations
  int stream_threads = 8;  // steps of response streams, and requests that must not wait for others
};

/// The Spark Connect service (spark.connect.SparkConnectService, protocol of Spark 4.2) on one
/// address. Serves from the constructor on; throws Error when the address is taken. Thread-safe.
class Server {
 public:
  Server(session::SessionRegistry& sessions, const ServerOptions& options);
  /// As shutdown() with no patience.
  ~Server();

  int port() const;
  /// Gives running calls so long to end and their clients to ask what went wrong, refuses new
  /// calls, then cancels what still runs. Without errors that nobody has asked about, it returns
  /// within half a second of the last call's end.
  /// Sessions are the caller's to close.
  void shutdown(std::chrono::milliseconds patience);

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace lochan::connect

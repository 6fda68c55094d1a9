#pragma once
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "connect/response_encoder.h"

namespace lochan::connect {

/// What the service remembers of operations beside their session::Execution: how to encode their
/// events, and how they ended once they are released. Thread-safe.
class OperationTable {
 public:
  struct Operation {
    std::weak_ptr<session::Execution> execution;
    std::shared_ptr<const ResponseEncoder> encoder;
    std::string
        plan;  // the request's plan: a client may send ExecutePlan again when it saw no answer
  };

  /// To be held while a request starts its operation: the same request sent again then finds it.
  std::mutex& starting(const std::string& operation_id) {
    return starting_[std::hash<std::string>{}(operation_id) % starting_.size()];
  }

  void add(const std::string& server_side_session_id,
           const std::shared_ptr<session::Execution>& execution,
           std::shared_ptr<const ResponseEncoder> encoder, std::string plan);
  std::optional<Operation> find(const std::string& server_side_session_id,
                                const std::string& operation_id) const;

  /// Forgets the operation but for how it ended.
  void close(const std::string& server_side_session_id, const std::string& operation_id,
             session::ExecutionState state);
  std::optional<session::ExecutionState> closed(const std::string& server_side_session_id,
                                                const std::string& operation_id) const;
  /// The operations of a session whose end is still remembered.
  std::set<std::string> closed_of(const std::string& server_side_session_id) const;

 private:
  using Key = std::pair<std::string, std::string>;
  static constexpr size_t kClosedCapacity = 10'000;

  std::array<std::mutex, 64> starting_;
  mutable std::mutex mutex_;
  std::map<Key, Operation> operations_;
  std::map<Key, session::ExecutionState> closed_;
  std::deque<Key> closed_order_;
  size_t sweep_at_ = 1000;
};

}  // namespace lochan::connect

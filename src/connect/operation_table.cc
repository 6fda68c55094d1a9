#include "connect/operation_table.h"

namespace lochan::connect {

void OperationTable::add(const std::string& server_side_session_id,
                         const std::shared_ptr<session::Execution>& execution,
                         std::shared_ptr<const ResponseEncoder> encoder, std::string plan) {
  std::lock_guard lock(mutex_);
  // Sessions forget executions on their own; what they forgot goes here too, at a cost that is
  // constant on average.
  if (operations_.size() >= sweep_at_) {
    std::erase_if(operations_, [](const auto& entry) { return entry.second.execution.expired(); });
    sweep_at_ = 1000 + 2 * operations_.size();
  }
  operations_[{server_side_session_id, execution->id()}] = {execution, std::move(encoder),
                                                            std::move(plan)};
}

std::optional<OperationTable::Operation> OperationTable::find(
    const std::string& server_side_session_id, const std::string& operation_id) const {
  std::lock_guard lock(mutex_);
  const auto found = operations_.find({server_side_session_id, operation_id});
  if (found == operations_.end()) return std::nullopt;
  return found->second;
}

void OperationTable::close(const std::string& server_side_session_id,
                           const std::string& operation_id, session::ExecutionState state) {
  std::lock_guard lock(mutex_);
  Key key{server_side_session_id, operation_id};
  operations_.erase(key);
  if (closed_.emplace(key, state).second) closed_order_.push_back(std::move(key));
  while (closed_order_.size() > kClosedCapacity) {
    closed_.erase(closed_order_.front());
    closed_order_.pop_front();
  }
}

std::optional<session::ExecutionState> OperationTable::closed(
    const std::string& server_side_session_id, const std::string& operation_id) const {
  std::lock_guard lock(mutex_);
  const auto found = closed_.find({server_side_session_id, operation_id});
  if (found == closed_.end()) return std::nullopt;
  return found->second;
}

std::set<std::string> OperationTable::closed_of(const std::string& server_side_session_id) const {
  std::lock_guard lock(mutex_);
  std::set<std::string> out;
  for (auto it = closed_.lower_bound({server_side_session_id, ""});
       it != closed_.end() && it->first.first == server_side_session_id; ++it)
    out.insert(it->first.second);
  return out;
}

}  // namespace lochan::connect

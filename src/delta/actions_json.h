#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "delta/actions.h"

/// The JSON of actions: one object per line, {"add":{...}} (PROTOCOL.md, "Actions"). Checkpoint
/// rows have the same form with several keys, all but one null. Unknown actions and unknown fields
/// are passed over, as the protocol asks.
namespace lochan::delta {

/// Where a text comes from, for errors.
struct LogText {
  std::string_view table;
  std::string_view file;
};

using ActionVisitor = std::function<void(Action&&)>;

/// Calls `visit` with each action in `json_lines`. Throws DELTA_LOG_CORRUPT on a text that is not
/// JSON or lacks what an action must have; what was visited before stays visited.
void read_actions(std::string_view json_lines, const LogText& origin, const ActionVisitor& visit);

/// Appends `action` as one line without the line end.
void append_action(std::string& out, const Action& action);

}  // namespace lochan::delta

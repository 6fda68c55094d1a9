#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "session/execution.h"
#include "session/session.h"

namespace lochan::session {

/// The shape of show()'s answer: one string column.
plan::PlanPtr analyze_show(Session& session, const plan::ShowString& show);
/// Runs the child and lays out its first rows; a plan of one row and one string.
plan::PlanPtr run_show(Session& session, const plan::ShowString& show, EventSink& sink);

/// Calls `write` with the bytes of one Arrow IPC stream of the rows of a resolved plan, as they
/// come.
void write_arrow(engine::Engine& engine, const plan::PlanPtr& resolved,
                 const engine::QueryOptions& options,
                 const std::function<void(std::string_view)>& write);
/// All of that in memory.
std::string collect(engine::Engine& engine, const plan::PlanPtr& resolved,
                    const engine::QueryOptions& options);
using TextRows = std::vector<std::vector<std::string>>;
/// Calls `take` with the rows of a resolved plan whose columns are strings, batch by batch as they
/// come; null is `null_text`.
void each_text_batch(engine::Engine& engine, const plan::PlanPtr& resolved,
                     const engine::QueryOptions& options, const std::string& null_text,
                     const std::function<void(TextRows)>& take);
/// All of those rows.
TextRows collect_text(engine::Engine& engine, const plan::PlanPtr& resolved,
                      const engine::QueryOptions& options, const std::string& null_text);

}  // namespace lochan::session

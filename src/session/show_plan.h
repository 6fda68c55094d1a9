#pragma once
#include "engine/engine.h"
#include "session/execution.h"
#include "session/session.h"

namespace lochan::session {

/// The shape of show()'s answer: one string column.
plan::PlanPtr analyze_show(Session& session, const plan::ShowString& show);
/// Runs the child and lays out its first rows; a plan of one row and one string.
plan::PlanPtr run_show(Session& session, const plan::ShowString& show, EventSink& sink);

/// All rows of a resolved plan as one Arrow IPC stream.
std::string collect(engine::Engine& engine, const plan::PlanPtr& resolved,
                    const engine::QueryOptions& options);
/// All rows of a resolved plan whose columns are strings; null is `null_text`.
std::vector<std::vector<std::string>> collect_text(engine::Engine& engine,
                                                   const plan::PlanPtr& resolved,
                                                   const engine::QueryOptions& options,
                                                   const std::string& null_text);

}  // namespace lochan::session

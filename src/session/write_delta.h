#pragma once
#include "session/table_writer.h"

namespace lochan::session {

/// write_rows() for a Delta table: files beside the table, then one commit.
WriteSummary write_delta(Session& session, const WriteTarget& target, const plan::PlanPtr& query,
                         const CancelTokenPtr& cancel);

}  // namespace lochan::session

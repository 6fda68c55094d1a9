#include "session/command_runner.h"

#include "analysis/analyzer.h"
#include "base/error.h"
#include "session/session_state.h"

namespace lochan::session {

CommandRunner::CommandRunner(Session& session)
    : session_(session),
      names_(session.state_->catalog_view),
      catalog_(*session.services_.catalog) {}

plan::PlanPtr CommandRunner::run(const plan::Plan& command, EventSink* sink) {
  sink_ = sink;
  Answer answer = std::visit(
      [&]<class T>(const T& node) -> Answer {
        if constexpr (requires { this->run(node); }) {
          return run(node);
        } else if constexpr (std::is_same_v<T, plan::NotSupported>) {
          throw Error::not_supported(node.what);
        } else {
          throw Error::internal("this plan is not a command");
        }
      },
      command.node);
  return answer ? to_plan(*answer) : nullptr;
}

plan::PlanPtr CommandRunner::analyze(const plan::PlanPtr& query) { return session_.analyze(query); }

CancelTokenPtr CommandRunner::cancel_token() const {
  return sink_ ? sink_->cancel() : std::make_shared<CancelToken>();
}

void CommandRunner::write(WriteTarget target, const plan::PlanPtr& resolved) {
  WriteSummary summary;
  try {
    summary = write_rows(session_, target, resolved, cancel_token());
  } catch (const Error& error) {
    // The folder may have gone away with its table; then hold() says so.
    const auto& condition = error.condition();
    if (target.hold && (condition == "INTERNAL_ERROR" || condition == "STORAGE_IO_ERROR" ||
                        condition.starts_with("FAILED_READ_FILE")))
      target.hold();
    throw;
  }
  if (sink_)
    sink_->emit(MetricsEvent{{{"numOutputRows", summary.rows},
                              {"numFiles", summary.files},
                              {"numOutputBytes", summary.bytes}}});
}

catalog::TableRecord CommandRunner::require_table(const plan::Name& name,
                                                  const plan::Origin* origin) {
  const TableName table = names_.table_name(name);
  auto record = catalog_.find_table(table.schema, table.table);
  if (!record) {
    std::string text;
    for (const auto& part : name) text += (text.empty() ? "" : ".") + types::quote_identifier(part);
    throw Error("TABLE_OR_VIEW_NOT_FOUND",
                {{"relationName", text}, {"searchPath", names_.search_path()}},
                origin ? origin->context() : std::nullopt);
  }
  return *record;
}

}  // namespace lochan::session

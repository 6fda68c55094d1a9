#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/named_locks.h"
#include "catalog/metadata_catalog.h"
#include "plan/plan.h"
#include "session/execution.h"
#include "session/rows.h"
#include "session/session.h"
#include "session/session_catalog.h"
#include "session/table_writer.h"
#include "storage/cleanup_journal.h"

namespace lochan::session {

/// Runs commands of one session: each command of plan.h is one overload of run(), kept by topic in
/// commands_*.cc. Spark's names, results and error conditions. Lives for one command; one thread.
class CommandRunner {
 public:
  explicit CommandRunner(Session& session);

  /// Makes `command` take effect; its answer as a resolved plan, null if it answers nothing. As in
  /// Spark, analysing a relation that is a command runs it too; then there is no `sink`.
  plan::PlanPtr run(const plan::Plan& command, EventSink* sink);

 private:
  using Answer = std::optional<Rows>;

  // commands_ddl.cc
  Answer run(const plan::CreateTable& command);
  Answer run(const plan::CreateView& command);
  Answer run(const plan::DropObject& command);
  Answer run(const plan::CreateSchema& command);
  Answer run(const plan::Use& command);
  Answer run(const plan::Truncate& command);
  Answer run(const plan::CacheTable& command);
  /// Held while a table of this name comes to be, is replaced or goes, with its folder. Queries are
  /// analysed before: they may be commands themselves.
  NamedLocks::Guard lock_table(const TableName& name);
  /// What WriteTarget::hold does for rows that go to a table as `record` describes it.
  std::function<NamedLocks::Guard()> hold_table(const TableName& name,
                                                const catalog::TableRecord& record);
  void drop_table(const TableName& name, const catalog::TableRecord& record);
  /// For a managed table that is to come to be where nothing is: its folder goes again should the
  /// server die before the name is in the catalog. Else empty.
  storage::CleanupJournal::Entry note_new_folder(const catalog::TableRecord& record);
  void check_stored_view(const plan::CreateView& command, const TableName& name);
  /// Puts the table that was written into the catalog, in place of the one that had its name; if
  /// that fails, a folder of `noted` goes at once. Then the folder that nothing names any more.
  void put_new_table(const catalog::TableRecord& record, bool replace,
                     const std::optional<catalog::TableRecord>& replaced,
                     const storage::CleanupJournal::Entry& noted);
  void remove_folder(const std::string& location);
  /// What replaces a managed table of files goes beside it, so that the old one stays until the new
  /// one is in the catalog; and a Delta table and a table of files never share a folder.
  static bool needs_own_folder(const catalog::TableRecord& old, const std::string& provider);
  std::string beside_managed_location(const TableName& name);
  // commands_write.cc
  Answer run(const plan::Write& command);
  Answer run(const plan::WriteV2& command);
  Answer run(const plan::Insert& command);
  /// The value of a static partition of INSERT, of the type of its column.
  types::Value partition_value(const types::StructField& column, const plan::ExpressionPtr& value);
  // commands_config.cc
  Answer run(const plan::SetConfig& command);
  Answer run(const plan::ResetConfig& command);
  // commands_show.cc
  Answer run(const plan::Show& command);
  Rows show_create_table(const plan::Name& name);
  // commands_describe.cc
  Answer run(const plan::DescribeRelation& command);
  Answer run(const plan::DescribeQuery& command);
  Answer run(const plan::DescribeObject& command);
  Answer run(const plan::Explain& command);
  // catalog_operations.cc
  Answer run(const plan::CatalogOperation& operation);

  plan::PlanPtr analyze(const plan::PlanPtr& query);
  /// The query as rows for a table of files, which has no log to check them against: its columns,
  /// its partitioning.
  plan::PlanPtr for_table(const catalog::TableRecord& table, WriteTarget& target,
                          const plan::PlanPtr& query);
  /// Runs a query, its rows going to a table or a folder.
  void write(WriteTarget target, const plan::PlanPtr& resolved);
  /// The record of a table that must be there (TABLE_OR_VIEW_NOT_FOUND).
  catalog::TableRecord require_table(const plan::Name& name, const plan::Origin* origin = nullptr);
  CancelTokenPtr cancel_token() const;

  Session& session_;
  SessionCatalog& names_;
  catalog::MetadataCatalog& catalog_;
  EventSink* sink_ = nullptr;
};

/// Whether an operation of spark.catalog makes a table, whose DataFrame it then is.
bool creates_table(const plan::CatalogOperation& operation);
/// The table that an operation of spark.catalog is about.
plan::Name table_of(const plan::CatalogOperation& operation);

}  // namespace lochan::session

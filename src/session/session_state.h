#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "session/artifact_store.h"
#include "session/session.h"
#include "session/session_catalog.h"

namespace lochan::session {

/// What a Session keeps, apart from its identity and configuration. `mutex` guards what has no lock
/// of its own.
struct Session::State {
  explicit State(Session& session)
      : artifacts(session.services().spill_directory), catalog_view(session) {}

  ArtifactStore artifacts;
  std::mutex mutex;
  std::string current_schema = "default";
  std::map<std::string, plan::CatalogView> temp_views;  // by lower-case name
  std::set<int64_t> tables_created;                     // by spark.catalog.createTable: plan ids
  std::map<std::string, plan::PlanPtr> cached;          // checkpoints, by relation id
  std::map<std::string, std::string> storage_levels;    // by canonical plan
  std::set<std::string> cached_tables;                  // names that were asked to be cached
  std::map<std::string, std::shared_ptr<Execution>> executions;
  std::chrono::steady_clock::time_point last_used = std::chrono::steady_clock::now();
  bool closed = false;
  SessionCatalog catalog_view;
};

}  // namespace lochan::session

#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "functions/function.h"
#include "plan/catalog.h"
#include "plan/plan.h"
#include "session/config.h"
#include "session/execution.h"

namespace lochan {
class NamedLocks;
}
namespace lochan::delta {
class ParquetReader;
}
namespace lochan::engine {
class Engine;
}
namespace lochan::catalog {
class MetadataCatalog;
}
namespace lochan::storage {
class CleanupJournal;
class ObjectStore;
class PathResolver;
}  // namespace lochan::storage

namespace lochan::session {

/// Spark's version that we answer as.
inline constexpr std::string_view kSparkVersion = "4.2.0";

/// Views of the schema `global_temp`: shared by all sessions, gone with the server. Thread-safe.
class GlobalViews {
 public:
  std::optional<plan::CatalogView> find(const std::string& name);
  /// False if there is one and `replace` is not set.
  bool put(const std::string& name, plan::CatalogView view, bool replace);
  bool drop(const std::string& name);
  std::vector<std::string> names();

 private:
  std::mutex mutex_;
  std::map<std::string, plan::CatalogView> views_;
};

/// What all sessions share; made once in app/.
struct Services {
  engine::Engine* engine = nullptr;
  catalog::MetadataCatalog* catalog = nullptr;
  storage::PathResolver* paths = nullptr;
  std::shared_ptr<storage::ObjectStore> store;
  storage::CleanupJournal* cleanup = nullptr;
  NamedLocks* locks = nullptr;  // of tables that come and go (CommandRunner), of folders (Staging)
  std::shared_ptr<delta::ParquetReader> parquet;  // for Delta's checkpoints
  GlobalViews* global_views = nullptr;
  std::string spill_directory;  // for what clients send along; empty: it stays in memory
};

/// What explain, printSchema and the like ask of a plan (Connect's AnalyzePlan).
enum class ExplainMode { kSimple, kExtended, kCodegen, kCost, kFormatted };

/// A user's session: configuration, temporary views, current catalog and schema, running
/// operations, cached relations, artifacts. Keyed by (authenticated principal, session id).
/// Thread-safe.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Services services, std::string principal, std::string id);
  ~Session();

  const std::string& id() const { return id_; }
  const std::string& principal() const { return principal_; }
  /// Stable for this session object; clients notice by it when a server has lost their session.
  const std::string& server_side_id() const { return server_side_id_; }
  Config& config() { return config_; }

  // ---- analysis (throw Error) ----
  /// The resolved plan. Commands are refused except where Spark analyses them (their query).
  plan::PlanPtr analyze(const plan::PlanPtr& unresolved);
  types::Schema schema_of(const plan::PlanPtr& unresolved);
  std::string explain(const plan::PlanPtr& unresolved, ExplainMode mode);
  std::vector<std::string> input_files(const plan::PlanPtr& unresolved);
  bool is_local(const plan::PlanPtr& unresolved);
  bool same_semantics(const plan::PlanPtr& a, const plan::PlanPtr& b);
  int32_t semantic_hash(const plan::PlanPtr& plan);

  // ---- execution ----
  /// Runs a query (rows), or a command (its effect, then its rows if it has any).
  std::shared_ptr<Execution> execute(const plan::PlanPtr& unresolved, Execution::Options options);
  /// spark.sql(text): a query becomes a lazy relation; a command runs now.
  std::shared_ptr<Execution> execute_sql_command(const plan::SqlText& sql,
                                                 Execution::Options options);
  /// Runs `work` of a front door as an execution of this session.
  std::shared_ptr<Execution> execute_work(Execution::Options options, Execution::Work work);
  std::shared_ptr<Execution> find_execution(const std::string& id);
  /// Cancel; give back the ids of the operations that were running.
  std::vector<std::string> interrupt_all();
  std::vector<std::string> interrupt_tag(const std::string& tag);
  std::vector<std::string> interrupt_operation(const std::string& id);
  std::vector<std::shared_ptr<Execution>> executions();
  /// Cancels executions whose client is gone for too long; forgets those that are finished and
  /// released.
  void forget_finished(std::chrono::steady_clock::time_point now);

  // ---- session state ----
  void create_temp_view(const std::string& name, plan::PlanPtr query, bool global, bool replace);
  /// Artifacts by name ("cache/<sha256>", "pyfiles/x.py").
  void put_artifact(const std::string& name, std::string data);
  bool has_artifact(const std::string& name) const;
  std::shared_ptr<const std::string> artifact(const std::string& name) const;
  /// A file that the client sent to be kept beyond the session (copyFromLocalToFs): creates or
  /// replaces `path`. Throws INSUFFICIENT_PERMISSIONS, STORAGE_IO_ERROR.
  void put_file(const std::string& path, std::string_view data);
  /// cache(), persist(), checkpoint(): the storage level that was asked for, by plan.
  void persist(const plan::PlanPtr& plan, std::string storage_level);
  void unpersist(const plan::PlanPtr& plan);
  std::string storage_level(const plan::PlanPtr& plan);
  std::string checkpoint(const plan::PlanPtr& plan);  // the relation id
  void remove_cached(const std::string& relation_id);
  /// A copy with the same configuration, views and current schema.
  std::shared_ptr<Session> clone(const std::string& new_id);

  void touch();
  std::chrono::steady_clock::time_point last_used() const;
  /// Cancels everything.
  void close();

  functions::ResolveContext resolve_context();
  Services& services() { return services_; }
  /// What analysis asks (temporary views, catalog, files).
  plan::Catalog& catalog_view();

 private:
  friend class SessionCatalog;
  friend class CommandRunner;
  struct State;
  /// The plan with SQL texts parsed and operations of spark.catalog done; the operation that
  /// creates the table of a DataFrame is done once (`plan_id`: the mark of the node above).
  plan::PlanPtr expand(const plan::PlanPtr& plan, EventSink* sink,
                       std::optional<int64_t> plan_id = std::nullopt);
  /// The resolved plan of what is to be run: commands take effect here; null when they answer
  /// nothing.
  plan::PlanPtr prepare(const plan::PlanPtr& plan, EventSink& sink);
  void stream(const plan::PlanPtr& resolved, EventSink& sink, bool schema_event);
  std::shared_ptr<Execution> start(Execution::Options options, Execution::Work work);
  Services services_;
  const std::string principal_, id_, server_side_id_;
  Config config_;
  std::unique_ptr<State> state_;
};

/// All sessions of the server. Thread-safe.
class SessionRegistry {
 public:
  explicit SessionRegistry(Services services) : services_(services) {}
  /// The session (principal, id), made if it is new. If `observed_server_side_id` is given and
  /// differs: INVALID_HANDLE.SESSION_CHANGED. A closed session: INVALID_HANDLE.SESSION_CLOSED.
  std::shared_ptr<Session> open(const std::string& principal, const std::string& id,
                                const std::string& observed_server_side_id = {});
  /// The same, without making one: INVALID_HANDLE.SESSION_NOT_FOUND.
  std::shared_ptr<Session> find(const std::string& principal, const std::string& id);
  void release(const std::string& principal, const std::string& id, bool allow_reconnect);
  std::shared_ptr<Session> clone(const std::string& principal, const std::string& id,
                                 const std::string& new_id);
  /// Drops sessions idle for longer than `idle`, and expired executions.
  void expire(std::chrono::seconds idle,
              std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now());
  /// Closes all sessions and refuses new ones: INVALID_HANDLE.SESSION_CLOSED.
  void close_all();
  std::vector<std::shared_ptr<Session>> all();

 private:
  Services services_;
  std::mutex mutex_;  // guards these three
  bool shut_ = false;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Session>> sessions_;
  std::map<std::pair<std::string, std::string>, std::chrono::steady_clock::time_point> closed_;
};

}  // namespace lochan::session

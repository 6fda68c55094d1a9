#include "engine/engine.h"

#include <algorithm>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/schema_catalog_entry.hpp"
#include "duckdb/common/file_system.hpp"
#include "duckdb/main/config.hpp"
#include "duckdb/main/valid_checker.hpp"
#include "engine/database.h"
#include "engine/errors.h"
#include "engine/file_scan.h"
#include "engine/parquet_copy.h"
#include "engine/result_stream.h"
#include "engine/stored_types.h"
#include "engine/text/text_scan.h"

namespace lochan::engine {
namespace {

using duckdb::Value;

// With one or two threads, DuckDB lets the hash table of an aggregation grow to any size, and
// enters all its groups anew whenever it doubles: seconds in which nothing looks for an interrupt.
// From three on its tables stay small.
constexpr duckdb::idx_t kLeastThreads = 3;

std::unique_ptr<duckdb::DuckDB> open(const EngineOptions& options,
                                     const std::string& spill_directory) {
  duckdb::DBConfig config;
  auto set = [&](const char* name, Value value) { config.SetOptionByName(name, value); };
  const auto threads =
      options.threads > 0
          ? static_cast<duckdb::idx_t>(options.threads)
          : duckdb::DBConfig::GetSystemMaxThreads(*duckdb::FileSystem::CreateLocal());
  const auto counted = std::max(threads, kLeastThreads);
  set("threads", Value::UBIGINT(counted));
  // Those that DuckDB does not start: the thread that runs the query, and any that are not there.
  set("external_threads", Value::UBIGINT(counted - (threads - 1)));
  if (!options.memory_limit.empty()) set("memory_limit", Value(options.memory_limit));
  set("temp_directory", Value(spill_directory));
  // Else the thread that frees 256 MB or more gives them back to the system at once, page by page:
  // tenths of a second for which a query that is over, or interrupted, waits.
  set("allocator_background_threads", Value::BOOLEAN(true));
  set("autoinstall_known_extensions", Value::BOOLEAN(false));
  set("autoload_known_extensions", Value::BOOLEAN(false));
  set("preserve_insertion_order", Value::BOOLEAN(true));
  set("ieee_floating_point_ops", Value::BOOLEAN(true));
  set("arrow_lossless_conversion", Value::BOOLEAN(false));
  // The system's page cache keeps local files already; DuckDB's own would keep every data file that
  // was ever read, up to the memory limit.
  set("enable_external_file_cache", Value::BOOLEAN(false));
  // Levels, not bytes: plans of DataFrame loops are deep. Callers run on large stacks.
  set("max_expression_depth", Value::UBIGINT(20'000));
  config.replacement_scans.clear();
  return std::make_unique<duckdb::DuckDB>(nullptr, &config);
}

DatabaseFacts facts_of(duckdb::DatabaseInstance& database) {
  DatabaseFacts facts;
  facts.database = &database;
  duckdb::Connection connection(database);
  connection.BeginTransaction();
  auto& schema =
      duckdb::Catalog::GetSystemCatalog(database).GetSchema(*connection.context, DEFAULT_SCHEMA);
  schema.Scan(*connection.context, duckdb::CatalogType::AGGREGATE_FUNCTION_ENTRY,
              [&](duckdb::CatalogEntry& entry) {
                if (entry.type == duckdb::CatalogType::AGGREGATE_FUNCTION_ENTRY)
                  facts.aggregates.insert(entry.name);
              });
  connection.Rollback();
  for (const auto* k : all_scalar_kernels()) facts.kernels.emplace(k->name);
  for (const auto* k : all_aggregate_kernels()) facts.kernels.emplace(k->name);
  return facts;
}

}  // namespace

Database::Database(const EngineOptions& options, const std::string& spill_directory)
    : handle(open(options, spill_directory)) {
  // Names of files or variables are never tables.
  duckdb::DBConfig::GetConfig(instance()).replacement_scans.clear();
  // Only there when DuckDB's ICU is loaded. Nothing that we lower asks it; the machine's zone must
  // not matter either way.
  duckdb::Connection(instance()).Query("SET GLOBAL TimeZone = 'UTC'");
  register_kernels(instance());
  register_file_scan(instance());
  text::register_text_scan(instance());
  register_stored_types(instance());
  register_parquet_copy(instance());
  facts = facts_of(instance());
}

Engine::Impl::Impl(const EngineOptions& options)
    : options_(options),
      database_(std::make_shared<const Database>(options, options.spill_directory)) {}

std::shared_ptr<const Database> Engine::Impl::database() {
  const std::lock_guard lock(mutex_);
  if (duckdb::ValidChecker::IsInvalidated(database_->instance())) {
    auto spill = options_.spill_directory;
    if (!spill.empty()) spill += "-" + std::to_string(++restarts_);
    database_ = std::make_shared<const Database>(options_, spill);
  }
  return database_;
}

Engine::Engine(const EngineOptions& options) {
  try {
    impl_ = std::make_unique<Impl>(options);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {
    throw translate(duckdb::ErrorData(e));
  }
}

Engine::~Engine() = default;

std::unique_ptr<ResultStream> Engine::run(const plan::PlanPtr& resolved,
                                          const QueryOptions& options) {
  options.cancel->throw_if_cancelled();
  const auto database = impl_->database();
  return start_stream(database->instance(), lower(*resolved, options, database->facts),
                      resolved->output, options);
}

}  // namespace lochan::engine

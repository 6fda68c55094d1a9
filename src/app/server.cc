#include "app/server.h"

#include <cstdlib>

#include "base/named_locks.h"
#include "catalog/metadata_catalog.h"
#include "engine/engine.h"
#include "engine/sources.h"
#include "meta/database.h"
#include "session/staging.h"
#include "storage/cleanup_journal.h"
#include "storage/local_store.h"
#include "storage/path_resolver.h"

namespace lochan::app {
namespace {

std::string spill_directory(const Settings& settings, const Home& home) {
  const auto chosen = settings.text("spill_directory");
  return chosen.empty() ? home.spill_directory() : chosen;
}

engine::EngineOptions engine_options(const Settings& settings, const Home& home) {
  engine::EngineOptions options;
  options.memory_limit = settings.text("memory_limit");
  options.spill_directory = spill_directory(settings, home);
  options.threads = settings.integer("threads");
  return options;
}

std::string user_home() {
  const char* home = std::getenv("HOME");
  return home ? home : "";
}

}  // namespace

struct Server::Parts {
  explicit Parts(const Settings& settings)
      : home(settings.text("home")),
        database(home.metadata_file()),
        paths({.home = home.path(),
               .allow_local_files = settings.boolean("allow_local_files"),
               .working_directory = {},
               .user_home = user_home()}),
        store(std::make_shared<storage::LocalStore>(settings.boolean("durability"))),
        cleanup(home.cleanup_directory()),
        engine(engine_options(settings, home)),
        catalog(database, std::string(Home::kWarehouse)),
        sessions({.engine = &engine,
                  .catalog = &catalog,
                  .paths = &paths,
                  .store = store,
                  .cleanup = &cleanup,
                  .locks = &locks,
                  .parquet = engine::parquet_reader(engine, store),
                  .global_views = &global_views,
                  .spill_directory = spill_directory(settings, home)}) {}

  Home home;
  meta::Database database;
  storage::PathResolver paths;
  std::shared_ptr<storage::LocalStore> store;
  storage::CleanupJournal cleanup;
  NamedLocks locks;
  engine::Engine engine;
  catalog::MetadataCatalog catalog;
  session::GlobalViews global_views;
  session::SessionRegistry sessions;
};

Server::Server(const Settings& settings) : parts_(std::make_unique<Parts>(settings)) {
  parts_->cleanup.work_off([this](const std::string& path) {
    session::remove_leftover(parts_->catalog, parts_->paths, *parts_->store, path);
  });
}
Server::~Server() { parts_->sessions.close_all(); }
session::SessionRegistry& Server::sessions() { return parts_->sessions; }
const std::string& Server::home() const { return parts_->home.path(); }

}  // namespace lochan::app

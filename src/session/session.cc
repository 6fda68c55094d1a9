#include "session/session.h"

#include <arrow/record_batch.h>
#include <algorithm>

#include "analysis/analyzer.h"
#include "base/ascii.h"
#include "base/big_stack_thread.h"
#include "base/clock.h"
#include "base/error.h"
#include "engine/engine.h"
#include "session/arrow_ipc.h"
#include "session/command_runner.h"
#include "session/session_state.h"
#include "session/show_plan.h"
#include "session/sql_text.h"
#include "storage/object_store.h"
#include "storage/path_resolver.h"

namespace lochan::session {
namespace {

/// The plan below Connect's marks: what it is, whoever refers to it.
const plan::Plan& unmarked(const plan::PlanPtr& plan) {
  const plan::Plan* node = plan.get();
  while (const auto* marked = node->as<plan::Marked>()) node = marked->child.get();
  return *node;
}

}  // namespace

Session::Session(Services services, std::string principal, std::string id)
    : services_(services),
      principal_(std::move(principal)),
      id_(std::move(id)),
      server_side_id_(random_uuid()),
      state_(std::make_unique<State>(*this)) {}

Session::~Session() { close(); }

functions::ResolveContext Session::resolve_context() {
  functions::ResolveContext context;
  context.ansi = config_.get_bool("spark.sql.ansi.enabled");
  context.zone = config_.get_or("spark.sql.session.timeZone", "UTC");
  context.decimal_precision_loss =
      config_.get_bool("spark.sql.decimalOperations.allowPrecisionLoss");
  context.case_sensitive = config_.get_bool("spark.sql.caseSensitive");
  context.timestamp_ntz_default = config_.get_or("spark.sql.timestampType", "") == "TIMESTAMP_NTZ";
  context.current_schema = state_->catalog_view.current_namespace().back();
  context.user = principal_;
  context.query_start_micros = now_micros();
  context.config = [this](std::string_view key) { return config_.get_or(key, ""); };
  return context;
}

plan::Catalog& Session::catalog_view() { return state_->catalog_view; }

plan::PlanPtr Session::expand(const plan::PlanPtr& node, EventSink* sink,
                              std::optional<int64_t> plan_id) {
  if (const auto* sql = node->as<plan::SqlText>()) return parse_sql(*sql, config_);
  if (const auto* operation = node->as<plan::CatalogOperation>()) {
    if (!creates_table(*operation)) return CommandRunner(*this).run(*node, sink);
    // The DataFrame of a new table: clients send the operation again with everything made of it.
    const bool done = plan_id && [&] {
      std::lock_guard lock(state_->mutex);
      return state_->tables_created.contains(*plan_id);
    }();
    if (!done) CommandRunner(*this).run(*node, sink);
    if (plan_id) {
      std::lock_guard lock(state_->mutex);
      state_->tables_created.insert(*plan_id);
    }
    return plan::make_plan(plan::UnresolvedRelation{.name = table_of(*operation)}, node->origin);
  }
  const auto* marked = node->as<plan::Marked>();
  plan::Plans kids = plan::children(*node);
  bool changed = false;
  for (auto& kid : kids) {
    auto expanded = expand(kid, sink, marked ? std::optional(marked->plan_id) : std::nullopt);
    changed |= expanded != kid;
    kid = std::move(expanded);
  }
  return changed ? plan::with_children(node, std::move(kids)) : node;
}

plan::PlanPtr Session::analyze(const plan::PlanPtr& unresolved) {
  plan::PlanPtr result;
  run_on_big_stack([&] {
    auto expanded = expand(unresolved, nullptr);
    const auto& node = unmarked(expanded);
    if (const auto* show = node.as<plan::ShowString>()) {
      result = analyze_show(*this, *show);
    } else if (plan::is_command(node)) {
      result = CommandRunner(*this).run(node, nullptr);
    } else {
      result = analysis::analyze(expanded, state_->catalog_view, resolve_context());
    }
  });
  return result;
}

types::Schema Session::schema_of(const plan::PlanPtr& unresolved) {
  return plan::schema_of(analyze(unresolved)->output);
}

bool Session::is_local(const plan::PlanPtr& unresolved) {
  const auto& node = unmarked(unresolved);
  return node.as<plan::LocalRelation>() || plan::is_command(node);
}

std::vector<std::string> Session::input_files(const plan::PlanPtr& unresolved) {
  std::set<std::string> files;
  std::function<void(const plan::PlanPtr&)> visit = [&](const plan::PlanPtr& node) {
    if (const auto* scan = node->as<plan::Scan>())
      for (auto& file : scan->source->input_files()) files.insert(std::move(file));
    for (const auto& child : plan::children(*node)) visit(child);
  };
  auto resolved = analyze(unresolved);
  run_on_big_stack([&] { visit(resolved); });
  return {files.begin(), files.end()};
}

std::string Session::explain(const plan::PlanPtr& unresolved, ExplainMode mode) {
  auto resolved = analyze(unresolved);
  std::string text;
  run_on_big_stack([&] {
    if (mode == ExplainMode::kExtended)
      text = "== Parsed Logical Plan ==\n" + plan::to_string(*unresolved) +
             "\n== Analyzed Logical Plan ==\n" + plan::to_string(*resolved) + "\n";
    text += "== Physical Plan ==\n" + plan::to_string(*resolved);
  });
  return text;
}

plan::PlanPtr Session::prepare(const plan::PlanPtr& unresolved, EventSink& sink) {
  auto expanded = expand(unresolved, &sink);
  const auto& node = unmarked(expanded);
  if (const auto* show = node.as<plan::ShowString>()) return run_show(*this, *show, sink);
  if (plan::is_command(node)) return CommandRunner(*this).run(node, &sink);
  return analysis::analyze(expanded, state_->catalog_view, resolve_context());
}

void Session::stream(const plan::PlanPtr& resolved, EventSink& sink, bool schema_event) {
  engine::QueryOptions options{.context = resolve_context(), .cancel = sink.cancel()};
  auto stream = services_.engine->run(resolved, options);
  if (schema_event) sink.emit(SchemaEvent{plan::schema_of(resolved->output)});
  auto arrow_schema = stream->arrow_schema();
  int64_t offset = 0;
  while (auto batch = stream->next()) {
    const int64_t rows = batch->num_rows();
    sink.emit(BatchEvent{to_ipc(*arrow_schema, batch.get()), rows, offset});
    offset += rows;
  }
  // Clients learn the Arrow schema from the first batch: there is always one.
  if (offset == 0) sink.emit(BatchEvent{to_ipc(*arrow_schema, nullptr), 0, 0});
}

std::shared_ptr<Execution> Session::execute(const plan::PlanPtr& unresolved,
                                            Execution::Options options) {
  return start(std::move(options), [self = shared_from_this(), unresolved](EventSink& sink) {
    auto resolved = self->prepare(unresolved, sink);
    if (resolved)
      self->stream(resolved, sink, true);
    else
      sink.emit(CommandEvent{});
  });
}

std::shared_ptr<Execution> Session::execute_sql_command(const plan::SqlText& sql,
                                                        Execution::Options options) {
  return start(std::move(options), [self = shared_from_this(), sql](EventSink& sink) {
    auto parsed = parse_sql(sql, self->config_);
    if (!plan::is_command(*parsed)) {
      analysis::analyze(parsed, self->state_->catalog_view,
                        self->resolve_context());  // errors come now, as in Spark
      sink.emit(SqlCommandEvent{plan::make_plan(sql)});
      return;
    }
    auto result = CommandRunner(*self).run(*parsed, &sink);
    plan::LocalRelation relation;
    if (result) {
      engine::QueryOptions query{.context = self->resolve_context(), .cancel = sink.cancel()};
      auto rows = collect(*self->services_.engine, result, query);
      relation.schema = plan::schema_of(result->output);
      relation.arrow_ipc = std::make_shared<const std::string>(std::move(rows));
    }
    sink.emit(SqlCommandEvent{plan::make_plan(std::move(relation))});
  });
}

std::shared_ptr<Execution> Session::execute_work(Execution::Options options, Execution::Work work) {
  return start(std::move(options), std::move(work));
}

std::shared_ptr<Execution> Session::start(Execution::Options options, Execution::Work work) {
  if (options.id.empty()) options.id = random_uuid();
  std::lock_guard lock(state_->mutex);
  if (state_->closed) throw Error("INVALID_HANDLE.SESSION_CLOSED", {{"handle", id_}});
  if (state_->executions.contains(options.id))
    throw Error("INVALID_HANDLE.OPERATION_ALREADY_EXISTS", {{"handle", options.id}});
  const std::string id = options.id;
  auto execution = Execution::start(std::move(options), std::move(work));
  state_->executions.emplace(id, execution);
  return execution;
}

std::shared_ptr<Execution> Session::find_execution(const std::string& id) {
  std::lock_guard lock(state_->mutex);
  auto it = state_->executions.find(id);
  return it == state_->executions.end() ? nullptr : it->second;
}

std::vector<std::shared_ptr<Execution>> Session::executions() {
  std::lock_guard lock(state_->mutex);
  std::vector<std::shared_ptr<Execution>> out;
  for (const auto& [id, execution] : state_->executions) out.push_back(execution);
  return out;
}

void Session::forget_finished(std::chrono::steady_clock::time_point now) {
  std::vector<std::shared_ptr<Execution>> gone;
  for (const auto& execution : executions()) {
    if (!execution->expired(now)) continue;
    if (execution->state() == ExecutionState::kRunning) execution->cancel("its client is gone");
    gone.push_back(execution);
  }
  {
    std::lock_guard lock(state_->mutex);
    for (const auto& execution : gone) state_->executions.erase(execution->id());
  }
  // `gone` is destroyed after the lock: joining a thread may take a moment.
}

namespace {

std::vector<std::string> cancel_where(const std::vector<std::shared_ptr<Execution>>& executions,
                                      const std::function<bool(const Execution&)>& wanted) {
  std::vector<std::string> ids;
  for (const auto& execution : executions) {
    if (execution->state() != ExecutionState::kRunning || !wanted(*execution)) continue;
    execution->cancel("interrupted by the user");
    ids.push_back(execution->id());
  }
  return ids;
}

}  // namespace

std::vector<std::string> Session::interrupt_all() {
  return cancel_where(executions(), [](const Execution&) { return true; });
}
std::vector<std::string> Session::interrupt_tag(const std::string& tag) {
  return cancel_where(executions(), [&](const Execution& e) { return e.tags().contains(tag); });
}
std::vector<std::string> Session::interrupt_operation(const std::string& id) {
  return cancel_where(executions(), [&](const Execution& e) { return e.id() == id; });
}

void Session::create_temp_view(const std::string& name, plan::PlanPtr query, bool global,
                               bool replace) {
  // Resolved once now, so that a wrong plan fails here and self-references are impossible.
  auto resolved = analyze(query);
  plan::CatalogView view;
  view.name = global ? plan::Name{"global_temp", name} : plan::Name{name};
  view.query = resolved;
  view.temporary = true;
  const std::string key = lower_case(name);
  bool exists = false;
  if (global) {
    exists = !services_.global_views->put(key, std::move(view), replace);
  } else {
    std::lock_guard lock(state_->mutex);
    exists = !replace && state_->temp_views.contains(key);
    if (!exists) state_->temp_views[key] = std::move(view);
  }
  if (exists)
    throw Error(
        "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS",
        {{"relationName", (global ? "`global_temp`." : "") + types::quote_identifier(name)}});
}

void Session::put_artifact(const std::string& name, std::string data) {
  state_->artifacts.put(name, std::move(data));
}

void Session::put_file(const std::string& path, std::string_view data) {
  services_.store->put(services_.paths->resolve(principal_, path, storage::Access::kWrite), data);
}

bool Session::has_artifact(const std::string& name) const {
  return state_->artifacts.contains(name);
}

std::shared_ptr<const std::string> Session::artifact(const std::string& name) const {
  return state_->artifacts.find(name);
}

std::shared_ptr<Session> Session::clone(const std::string& new_id) {
  auto copy = std::make_shared<Session>(services_, principal_, new_id);
  copy->config_.copy_from(config_);
  copy->state_->artifacts.copy_from(state_->artifacts);
  std::lock_guard lock(state_->mutex);
  copy->state_->current_schema = state_->current_schema;
  copy->state_->temp_views = state_->temp_views;
  return copy;
}

void Session::touch() {
  std::lock_guard lock(state_->mutex);
  state_->last_used = std::chrono::steady_clock::now();
}

std::chrono::steady_clock::time_point Session::last_used() const {
  std::lock_guard lock(state_->mutex);
  return state_->last_used;
}

void Session::close() {
  std::map<std::string, std::shared_ptr<Execution>> executions;
  {
    std::lock_guard lock(state_->mutex);
    state_->closed = true;
    executions.swap(state_->executions);
  }
  for (const auto& [id, execution] : executions) execution->cancel("the session was closed");
  for (const auto& [id, execution] : executions)
    execution->wait_until_done(std::chrono::seconds(10));
}

}  // namespace lochan::session

#include "app/reference.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/settings.h"
#include "functions/public_names.h"
#include "session/config.h"

namespace lochan::app {
namespace {

using nlohmann::ordered_json;

const char* kind_name(functions::FunctionKind kind) {
  switch (kind) {
    case functions::FunctionKind::kScalar: return "scalar";
    case functions::FunctionKind::kAggregate: return "aggregate";
    case functions::FunctionKind::kWindow: return "window";
    case functions::FunctionKind::kGenerator: return "generator";
    case functions::FunctionKind::kTable: return "table";
  }
  return "";
}

ordered_json function_json(const functions::Function& row) {
  ordered_json out{{"name", row.name}, {"kind", kind_name(row.kind)}};
  if (!row.aliases.empty()) out["aliases"] = row.aliases;
  if (const auto* missing = std::get_if<functions::Missing>(&row.lower)) {
    out["missing"] = missing->reason;
    return out;
  }
  out["arguments"] = {row.min_arguments, row.max_arguments};
  if (row.max_arguments == functions::kAnyNumber) out["arguments"][1] = nullptr;
  if (!row.parameters.empty()) out["parameters"] = row.parameters;
  if (!row.deterministic) out["deterministic"] = false;
  out["doc"] = row.doc;
  out["example"] = row.example;
  return out;
}

}  // namespace

std::string reference_json() {
  auto functions = ordered_json::array(), settings = functions, configs = functions;
  for (const auto* row : functions::all_functions())
    if (functions::is_public_name(row->name)) functions.push_back(function_json(*row));
  for (const auto& row : app::settings())
    settings.push_back(
        {{"name", row.name}, {"type", row.type}, {"default", row.default_value}, {"doc", row.doc}});
  for (const auto& row : session::known_configs())
    configs.push_back({{"key", row.key},
                       {"default", row.default_value},
                       {"static", row.is_static},
                       {"doc", row.doc}});
  return ordered_json{{"functions", functions}, {"settings", settings}, {"configs", configs}}.dump(
      1);
}

}  // namespace lochan::app

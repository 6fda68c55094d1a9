#include "plan/plan_text.h"

namespace lochan::plan {
namespace {

std::string flag(bool value, const char* text) { return value ? std::string(" ") + text : ""; }

std::string quoted(const std::string& text) { return types::Value::string(text).sql(); }

std::string options_text(const char* label, const Options& options) {
  if (options.empty()) return "";
  std::vector<std::string> items;
  for (const auto& [key, value] : options) items.push_back(key + "=" + value);
  return std::string(" ") + label + " (" + join(items) + ")";
}

std::string optional_text(const char* label, const std::optional<std::string>& value) {
  return value ? std::string(" ") + label + " " + quoted(*value) : "";
}

std::string expression_text(const char* label, const ExpressionPtr& expression) {
  return expression ? std::string(" ") + label + " " + to_string(*expression) : "";
}

std::string names_text(const std::vector<std::string>& names) {
  return names.empty() ? "" : " (" + join(names) + ")";
}

std::string columns_text(const std::vector<ColumnDefinition>& columns) {
  std::vector<std::string> items;
  for (const auto& column : columns) {
    std::string item =
        column.name + " " + column.type.simple_string() + flag(!column.nullable, "NOT NULL");
    if (column.default_value) item += " DEFAULT " + column.default_text;
    if (column.generated_as) item += " GENERATED " + column.generated_text;
    if (!column.comment.empty()) item += " COMMENT " + quoted(column.comment);
    items.push_back(std::move(item));
  }
  return items.empty() ? "" : " (" + join(items) + ")";
}

std::string travel_text(const TimeTravel& travel) {
  return expression_text("VERSION", travel.version) +
         expression_text("TIMESTAMP", travel.timestamp);
}

const char* join_name(JoinKind kind) {
  switch (kind) {
    case JoinKind::kInner: return "Inner";
    case JoinKind::kLeft: return "Left";
    case JoinKind::kRight: return "Right";
    case JoinKind::kFull: return "Full";
    case JoinKind::kLeftSemi: return "LeftSemi";
    case JoinKind::kLeftAnti: return "LeftAnti";
    case JoinKind::kCross: return "Cross";
  }
  return "";
}

const char* group_name(GroupKind kind) {
  switch (kind) {
    case GroupKind::kGroupBy: return "";
    case GroupKind::kRollup: return " ROLLUP";
    case GroupKind::kCube: return " CUBE";
    case GroupKind::kGroupingSets: return " SETS";
    case GroupKind::kGroupByAll: return " ALL";
    case GroupKind::kPivot: return " PIVOT";
  }
  return "";
}

// One line per node: its name, then what it holds besides child plans.
struct Line {
  std::string operator()(const OneRow&) const { return "OneRow"; }
  std::string operator()(const UnresolvedRelation& n) const {
    return "UnresolvedRelation " + dotted(n.name) + travel_text(n.travel) +
           options_text("OPTIONS", n.options) + flag(n.is_streaming, "STREAM");
  }
  std::string operator()(const UnresolvedRead& n) const {
    return "UnresolvedRead " + n.format + names_text(n.paths) + options_text("OPTIONS", n.options) +
           (n.schema.empty() ? "" : " SCHEMA " + n.schema);
  }
  std::string operator()(const UnresolvedTableFunction& n) const {
    return "UnresolvedTableFunction " + dotted(n.name) + "(" + join(n.arguments) + ")";
  }
  std::string operator()(const InlineTable& n) const {
    std::vector<std::string> rows;
    for (const auto& row : n.rows) rows.push_back("(" + join(row) + ")");
    return "InlineTable" + names_text(n.names) + " [" + join(rows) + "]";
  }
  std::string operator()(const LocalRelation& n) const {
    return "LocalRelation " + types::DataType::structure(n.schema).simple_string();
  }
  std::string operator()(const Range& n) const {
    return "Range " + std::to_string(n.start) + " " + std::to_string(n.end) + " " +
           std::to_string(n.step);
  }
  std::string operator()(const Scan& n) const {
    return "Scan " + dotted(n.table_name) + (n.source ? " " + n.source->description() : "") + " [" +
           join(n.filters) + "]";
  }
  std::string operator()(const CachedRelation& n) const { return "CachedRelation " + n.key; }
  std::string operator()(const Project& n) const { return "Project [" + join(n.expressions) + "]"; }
  std::string operator()(const Filter& n) const {
    return (n.qualify ? "Qualify " : "Filter ") + (n.condition ? to_string(*n.condition) : "null");
  }
  std::string operator()(const Aggregate& n) const {
    std::string out = std::string("Aggregate") + group_name(n.kind) + " [" + join(n.grouping) +
                      "] [" + join(n.aggregates) + "]";
    if (n.pivot_column)
      out += expression_text("FOR", n.pivot_column) + " IN [" + join(n.pivot_values) + "]";
    std::vector<std::string> sets;
    for (const auto& set : n.raw_grouping_sets) sets.push_back("(" + join(set) + ")");
    for (const auto& set : n.grouping_sets) {
      std::vector<std::string> indices;
      for (const int index : set) indices.push_back(std::to_string(index));
      sets.push_back("(" + join(indices) + ")");
    }
    if (!sets.empty()) out += " SETS (" + join(sets) + ")";
    return out + expression_text("HAVING", n.having);
  }
  std::string operator()(const Join& n) const {
    std::string out = std::string("Join ") + join_name(n.kind) + flag(n.natural, "NATURAL") +
                      flag(n.lateral, "LATERAL");
    if (!n.using_columns.empty()) out += " USING (" + join(n.using_columns) + ")";
    return out + expression_text("ON", n.condition);
  }
  std::string operator()(const SetOp& n) const {
    const char* name = n.kind == SetOpKind::kUnion       ? "Union"
                       : n.kind == SetOpKind::kIntersect ? "Intersect"
                                                         : "Except";
    return name + flag(n.all, "ALL") + flag(n.by_name, "BY NAME") +
           flag(n.allow_missing_columns, "ALLOW MISSING");
  }
  std::string operator()(const Sort& n) const {
    return "Sort" + flag(!n.global, "LOCAL") + (n.order_by_all ? " ALL" : "") + " [" +
           join(n.orders) + "]";
  }
  std::string operator()(const Limit& n) const {
    return "Limit " + (n.limit ? to_string(*n.limit) : "null");
  }
  std::string operator()(const Offset& n) const {
    return "Offset " + (n.offset ? to_string(*n.offset) : "null");
  }
  std::string operator()(const Tail& n) const {
    return "Tail " + (n.limit ? to_string(*n.limit) : "null");
  }
  std::string operator()(const Distinct&) const { return "Distinct"; }
  std::string operator()(const Deduplicate& n) const {
    return "Deduplicate" + (n.all_columns ? " ALL" : names_text(n.columns));
  }
  std::string operator()(const Generate& n) const {
    return "Generate" + flag(n.outer, "OUTER") + " " +
           (n.generator ? to_string(*n.generator) : "null") +
           (n.alias.empty() ? "" : " AS " + n.alias) + names_text(n.column_names);
  }
  std::string operator()(const SubqueryAlias& n) const {
    return "SubqueryAlias " + types::quote_if_needed(n.alias) + names_text(n.column_names);
  }
  std::string operator()(const With& n) const {
    std::vector<std::string> names;
    for (const auto& definition : n.definitions)
      names.push_back(definition.name + names_text(definition.column_names));
    return "With" + flag(n.recursive, "RECURSIVE") + " [" + join(names) + "]";
  }
  std::string operator()(const CteReference& n) const {
    return "CteReference " + std::to_string(n.definition);
  }
  std::string operator()(const WithWindows& n) const {
    std::vector<std::string> items;
    for (const auto& [name, window] : n.windows)
      items.push_back(name + " " + (window ? to_string(*window) : ""));
    return "WithWindows [" + join(items) + "]";
  }
  std::string operator()(const Sample& n) const {
    return "Sample" +
           (n.rows ? " " + std::to_string(*n.rows) + " ROWS"
                   : " " + types::Value::float64(n.lower).name_text() + " " +
                         types::Value::float64(n.upper).name_text()) +
           flag(n.with_replacement, "REPLACEMENT") +
           (n.seed ? " SEED " + std::to_string(*n.seed) : "");
  }
  std::string operator()(const Unpivot& n) const {
    std::string out = "Unpivot" + flag(n.include_nulls, "INCLUDE NULLS") +
                      (n.ids_given ? " IDS [" + join(n.ids) + "]" : "");
    if (n.values) {
      std::vector<std::string> items;
      for (size_t i = 0; i < n.values->size(); ++i) {
        std::string item = "(" + join((*n.values)[i]) + ")";
        if (i < n.value_aliases.size() && n.value_aliases[i]) item += " AS " + *n.value_aliases[i];
        items.push_back(std::move(item));
      }
      out += " [" + join(items) + "]";
    }
    return out + " INTO " + n.variable_name + names_text(n.value_names);
  }
  std::string operator()(const Hint& n) const {
    return "Hint " + n.name + "(" + join(n.parameters) + ")";
  }
  std::string operator()(const Repartition& n) const {
    return "Repartition" + (n.partitions ? " " + std::to_string(*n.partitions) : "") + " [" +
           join(n.expressions) + "]";
  }
  std::string operator()(const WithColumns& n) const {
    return "WithColumns [" + join(n.columns) + "]";
  }
  std::string operator()(const WithColumnsRenamed& n) const {
    std::vector<std::string> items;
    for (const auto& [from, to] : n.renames) items.push_back(from + " -> " + to);
    return "WithColumnsRenamed [" + join(items) + "]";
  }
  std::string operator()(const Drop& n) const {
    return "Drop [" + join(n.columns) + "]" + names_text(n.names);
  }
  std::string operator()(const ToDf& n) const { return "ToDf" + names_text(n.names); }
  std::string operator()(const ToSchema& n) const { return "ToSchema " + n.schema.simple_string(); }
  std::string operator()(const FillNa& n) const { return "FillNa" + names_text(n.columns); }
  std::string operator()(const DropNa& n) const { return "DropNa" + names_text(n.columns); }
  std::string operator()(const ReplaceValues& n) const {
    return "ReplaceValues" + names_text(n.columns);
  }
  std::string operator()(const Describe& n) const {
    return std::string(n.is_summary ? "Summary" : "Describe") + names_text(n.columns) +
           names_text(n.statistics);
  }
  std::string operator()(const Crosstab& n) const {
    return "Crosstab " + n.column1 + " " + n.column2;
  }
  std::string operator()(const Statistic& n) const {
    constexpr const char* kNames[] = {"Cov", "Corr", "ApproxQuantile", "FreqItems", "SampleBy"};
    return kNames[static_cast<int>(n.kind)] + names_text(n.columns);
  }
  std::string operator()(const Transpose& n) const { return "Transpose [" + join(n.index) + "]"; }
  std::string operator()(const ShowString& n) const {
    return "ShowString " + std::to_string(n.rows) + " " + std::to_string(n.truncate) +
           flag(n.vertical, "VERTICAL") + flag(n.html, "HTML");
  }
  std::string operator()(const Marked& n) const { return "Marked @" + std::to_string(n.plan_id); }
  std::string operator()(const WithRelations&) const { return "WithRelations"; }
  std::string operator()(const SqlText& n) const { return "SqlText " + quoted(n.text); }
  std::string operator()(const CatalogOperation& n) const {
    return "CatalogOperation " + n.op + options_text("", n.arguments);
  }
  std::string operator()(const Write& n) const {
    constexpr const char* kModes[] = {"APPEND", "OVERWRITE", "ERROR", "IGNORE"};
    return std::string("Write ") + kModes[static_cast<int>(n.mode)] + " " + n.format +
           (n.table ? " TABLE " + dotted(*n.table) : "") + optional_text("PATH", n.path) +
           flag(n.insert_into, "INSERT") + names_text(n.partition_by) +
           options_text("OPTIONS", n.options);
  }
  std::string operator()(const WriteV2& n) const {
    constexpr const char* kModes[] = {"CREATE", "REPLACE",   "CREATE OR REPLACE",
                                      "APPEND", "OVERWRITE", "OVERWRITE PARTITIONS"};
    return "WriteV2 " + dotted(n.table) + " " + kModes[n.mode] + " " + n.format +
           expression_text("WHERE", n.overwrite_condition) + options_text("OPTIONS", n.options);
  }
  std::string operator()(const Insert& n) const {
    std::vector<std::string> partition;
    for (const auto& [name, value] : n.partition)
      partition.push_back(name + (value ? "=" + to_string(*value) : ""));
    return "Insert " + dotted(n.table) + names_text(n.columns) + flag(n.overwrite, "OVERWRITE") +
           flag(n.by_name, "BY NAME") +
           (partition.empty() ? "" : " PARTITION (" + join(partition) + ")") +
           flag(n.if_not_exists, "IF NOT EXISTS") +
           expression_text("REPLACE WHERE", n.replace_where);
  }
  std::string operator()(const CreateTable& n) const {
    return "CreateTable " + dotted(n.table) + columns_text(n.columns) +
           flag(n.replace, "OR REPLACE") + flag(n.if_not_exists, "IF NOT EXISTS") +
           flag(n.external, "EXTERNAL") + (n.format.empty() ? "" : " USING " + n.format) +
           (n.partition_by.empty() ? "" : " PARTITIONED BY" + names_text(n.partition_by)) +
           (n.partition_columns.empty() ? ""
                                        : " PARTITIONED BY" + columns_text(n.partition_columns)) +
           (n.cluster_by.empty() ? "" : " CLUSTER BY" + names_text(n.cluster_by)) +
           optional_text("LOCATION", n.location) + optional_text("COMMENT", n.comment) +
           options_text("OPTIONS", n.options) + options_text("TBLPROPERTIES", n.properties) +
           (n.like ? " LIKE " + dotted(*n.like) : "");
  }
  std::string operator()(const CreateView& n) const {
    std::vector<std::string> columns;
    for (const auto& [name, comment] : n.columns)
      columns.push_back(name + (comment.empty() ? "" : " " + quoted(comment)));
    return "CreateView " + dotted(n.view) + names_text(columns) + flag(n.replace, "OR REPLACE") +
           flag(n.temporary, "TEMPORARY") + flag(n.global, "GLOBAL") +
           flag(n.if_not_exists, "IF NOT EXISTS") + optional_text("COMMENT", n.comment) +
           options_text("TBLPROPERTIES", n.properties);
  }
  std::string operator()(const DropObject& n) const {
    constexpr const char* kKinds[] = {"TABLE", "VIEW", "SCHEMA"};
    return std::string("Drop ") + kKinds[n.kind] + " " + dotted(n.name) +
           flag(n.if_exists, "IF EXISTS") + flag(n.cascade, "CASCADE");
  }
  std::string operator()(const CreateSchema& n) const {
    return "CreateSchema " + dotted(n.schema) + flag(n.if_not_exists, "IF NOT EXISTS") +
           optional_text("LOCATION", n.location) + optional_text("COMMENT", n.comment) +
           options_text("PROPERTIES", n.properties);
  }
  std::string operator()(const Use& n) const {
    return "Use" + flag(n.catalog, "CATALOG") + " " + dotted(n.name);
  }
  std::string operator()(const SetConfig& n) const {
    return "SetConfig" + (n.key ? " " + *n.key : "") + (n.value ? " = " + *n.value : "") +
           flag(n.verbose, "VERBOSE");
  }
  std::string operator()(const ResetConfig& n) const {
    return "ResetConfig" + (n.key ? " " + *n.key : "");
  }
  std::string operator()(const Show& n) const {
    constexpr const char* kKinds[] = {
        "SCHEMAS",  "TABLES",     "TABLE EXTENDED", "VIEWS",        "COLUMNS",       "FUNCTIONS",
        "CATALOGS", "PARTITIONS", "TBLPROPERTIES",  "CREATE TABLE", "CURRENT SCHEMA"};
    return std::string("Show ") + kKinds[n.kind] + (n.scope.empty() ? "" : " " + n.scope) +
           (n.name ? " " + dotted(*n.name) : "") + optional_text("LIKE", n.pattern);
  }
  std::string operator()(const DescribeRelation& n) const {
    return "DescribeRelation " + dotted(n.name) + (n.column.empty() ? "" : " COLUMN " + n.column) +
           flag(n.extended, "EXTENDED") + flag(n.as_json, "AS JSON") + travel_text(n.travel);
  }
  std::string operator()(const DescribeQuery&) const { return "DescribeQuery"; }
  std::string operator()(const DescribeObject& n) const {
    constexpr const char* kKinds[] = {"SCHEMA", "FUNCTION", "CATALOG", "HISTORY", "DETAIL"};
    return std::string("DescribeObject ") + kKinds[n.kind] + " " + dotted(n.name) +
           flag(n.extended, "EXTENDED");
  }
  std::string operator()(const Explain& n) const {
    return "Explain" + (n.mode.empty() ? "" : " " + n.mode);
  }
  std::string operator()(const CacheTable& n) const {
    constexpr const char* kActions[] = {"CACHE", "UNCACHE", "CLEAR", "REFRESH"};
    return std::string("CacheTable ") + kActions[n.action] + " " + dotted(n.name) +
           flag(n.lazy, "LAZY") + flag(n.if_exists, "IF EXISTS");
  }
  std::string operator()(const Truncate& n) const { return "Truncate " + dotted(n.table); }
  std::string operator()(const NotSupported& n) const { return "NotSupported " + n.what; }
};

void append(const Plan& plan, int depth, std::string& out) {
  out.append(depth * 2, ' ');
  out += std::visit(Line{}, plan.node) + "\n";
  for (const auto& child : children(plan)) append(*child, depth + 1, out);
}

}  // namespace

std::string one_line(const Plan& plan) {
  std::string out = std::visit(Line{}, plan.node);
  const Plans all = children(plan);
  if (all.empty()) return out;
  out += " (";
  for (size_t i = 0; i < all.size(); ++i) out += (i == 0 ? "" : ", ") + one_line(*all[i]);
  return out + ")";
}

std::string to_string(const Plan& plan) {
  std::string out;
  append(plan, 0, out);
  return out;
}

}  // namespace lochan::plan

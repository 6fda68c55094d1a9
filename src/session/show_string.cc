#include "session/show_string.h"

#include <algorithm>

#include "base/ascii.h"
#include "functions/function.h"

namespace lochan::session {
namespace {

/// Decodes one code point at `i` and advances; malformed bytes count as one character each.
char32_t next_code_point(const std::string& text, size_t& i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  const int length = lead < 0x80       ? 1
                     : lead >> 5 == 6  ? 2
                     : lead >> 4 == 14 ? 3
                     : lead >> 3 == 30 ? 4
                                       : 1;
  if (length == 1 || i + length > text.size()) return static_cast<unsigned char>(text[i++]);
  char32_t c = lead & (0xFF >> (length + 1));
  for (int k = 1; k < length; ++k) c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
  i += length;
  return c;
}

// The ranges that Spark's Utils.stringHalfWidth counts as two columns wide.
bool is_full_width(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6);
}

int width(const std::string& text) {
  int total = 0;
  for (size_t i = 0; i < text.size();) total += is_full_width(next_code_point(text, i)) ? 2 : 1;
  return total;
}

int length(const std::string& text) {
  int total = 0;
  for (size_t i = 0; i < text.size(); ++total) next_code_point(text, i);
  return total;
}

std::string prefix(const std::string& text, int characters) {
  size_t i = 0;
  for (int k = 0; k < characters && i < text.size(); ++k) next_code_point(text, i);
  return text.substr(0, i);
}

std::string cut(const std::string& text, int truncate) {
  if (truncate <= 0 || length(text) <= truncate) return text;
  return truncate < 4 ? prefix(text, truncate) : prefix(text, truncate - 3) + "...";
}

void prepare(TextCells& rows, std::vector<std::string>& header, int limit, int truncate) {
  if (static_cast<int>(rows.size()) > limit) rows.resize(limit);
  for (auto& name : header) name = escape_control(name);  // never cut, as in Spark
  for (auto& row : rows)
    for (auto& cell : row) cell = cut(escape_control(cell), truncate);
}

std::string pad(const std::string& text, int to, bool right_align) {
  const std::string space(std::max(0, to - width(text)), ' ');
  return right_align ? space + text : text + space;
}

std::string more_line(int limit) {
  return "only showing top " + std::to_string(limit) + (limit == 1 ? " row" : " rows");
}

std::string escape_html(const std::string& text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace

std::string format_table(const std::vector<std::string>& names, TextCells rows, int limit,
                         int truncate, bool has_more) {
  std::vector<std::string> header = names;
  prepare(rows, header, limit, truncate);
  std::vector<int> widths;
  for (const auto& name : header) widths.push_back(std::max(3, width(name)));
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));

  std::string rule = "+";
  for (int w : widths) rule += std::string(w, '-') + "+";
  if (widths.empty()) rule += "+";
  rule += "\n";
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string out = "|";
    for (size_t i = 0; i < cells.size(); ++i) out += pad(cells[i], widths[i], truncate > 0) + "|";
    if (cells.empty()) out += "|";
    return out + "\n";
  };
  std::string out = rule + line(header) + rule;
  for (const auto& row : rows) out += line(row);
  out += rule;
  if (has_more) out += more_line(limit) + "\n";
  return out;
}

std::string format_vertical(const std::vector<std::string>& names, TextCells rows, int limit,
                            int truncate, bool has_more) {
  std::vector<std::string> header = names;
  prepare(rows, header, limit, truncate);
  int name_width = 3, data_width = 3;
  for (const auto& name : header) name_width = std::max(name_width, width(name));
  for (const auto& row : rows)
    for (const auto& cell : row) data_width = std::max(data_width, width(cell));
  std::string out;
  for (size_t r = 0; r < rows.size(); ++r) {
    const std::string title = "-RECORD " + std::to_string(r);
    out += title +
           std::string(std::max(0, name_width + data_width + 5 - static_cast<int>(title.size())),
                       '-') +
           "\n";
    for (size_t i = 0; i < header.size(); ++i)
      out += " " + pad(header[i], name_width, false) + " | " + pad(rows[r][i], data_width, false) +
             " \n";
  }
  if (has_more)
    out += more_line(limit) + "\n";
  else if (rows.empty())
    out += "(0 rows)\n";
  return out;
}

std::string format_html(const std::vector<std::string>& names, TextCells rows, int limit,
                        int truncate, bool has_more) {
  std::vector<std::string> header = names;
  prepare(rows, header, limit, truncate);
  std::string out = "<table border='1'>\n<tr>";
  for (const auto& name : header) out += "<th>" + escape_html(name) + "</th>";
  out += "</tr>\n";
  for (const auto& row : rows) {
    out += "<tr>";
    for (const auto& cell : row) out += "<td>" + escape_html(cell) + "</td>";
    out += "</tr>\n";
  }
  out += "</table>\n";
  if (has_more) out += more_line(limit) + "\n";
  return out;
}

plan::PlanPtr as_shown_text(const plan::PlanPtr& child, int rows) {
  auto limited = plan::make_resolved_plan(
      plan::Limit{child, plan::literal(types::Value::integer(rows < INT32_MAX ? rows + 1 : rows))},
      child->output);
  const auto* to_text = functions::find_function("__show_text");
  const auto* to_utf8 = functions::find_function("make_valid_utf8");
  plan::Expressions columns;
  plan::Attributes output;
  for (const auto& attribute : child->output) {
    auto reference = plan::make_resolved(plan::AttributeRef{attribute.id, attribute.name, {}},
                                         attribute.type, attribute.nullable);
    plan::ExpressionPtr text = reference;
    if (!attribute.type.is(types::TypeId::kString))
      text = plan::make_resolved(
          plan::Call{.function = to_text, .name = "__show_text", .arguments = {reference}},
          types::TypeId::kString, attribute.nullable);
    text = plan::make_resolved(
        plan::Call{.function = to_utf8, .name = "make_valid_utf8", .arguments = {text}},
        types::TypeId::kString, attribute.nullable);
    const auto id = plan::new_attribute_id();
    columns.push_back(
        plan::make_resolved(plan::Alias{.child = text, .name = attribute.name, .id = id},
                            types::TypeId::kString, attribute.nullable));
    output.push_back({.id = id,
                      .name = attribute.name,
                      .type = types::TypeId::kString,
                      .nullable = attribute.nullable});
  }
  return plan::make_resolved_plan(plan::Project{limited, std::move(columns)}, std::move(output));
}

}  // namespace lochan::session

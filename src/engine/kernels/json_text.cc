#include "engine/kernels/json_text.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "engine/kernels/utf8.h"
#include "types/number_text.h"

namespace lochan::engine::json {
namespace {

using Kind = Node::Kind;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}
  bool value(Node& node, int depth = 0) {
    if (depth > 1000) return false;
    skip_space();
    if (at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '{': return object(node, depth);
      case '[': return array(node, depth);
      case '"':
      case '\'': node.kind = Kind::kString; return string(node.text);
      default: return word(node);
    }
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r')))
      ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool object(Node& node, int depth) {
    node.kind = Kind::kObject;
    ++at_;
    if (take('}')) return true;
    do {
      skip_space();
      if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return false;
      auto& [name, member] = node.members.emplace_back();
      if (!string(name) || !take(':') || !value(member, depth + 1)) return false;
    } while (take(','));
    return take('}');
  }

  bool array(Node& node, int depth) {
    node.kind = Kind::kArray;
    ++at_;
    if (take(']')) return true;
    do {
      if (!value(node.items.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(']');
  }

  std::optional<uint32_t> hex4() {
    if (at_ + 4 > text_.size()) return std::nullopt;
    uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = text_[at_++];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return std::nullopt;
      value = value << 4 | static_cast<uint32_t>(digit);
    }
    return value;
  }

  bool string(std::string& out) {
    const char quote = text_[at_++];
    while (at_ < text_.size()) {
      const size_t stop = text_.find_first_of(quote == '"' ? "\"\\" : "'\\", at_);
      if (stop == std::string_view::npos) return false;
      for (size_t i = at_; i < stop; ++i) {
        if (static_cast<unsigned char>(text_[i]) < 0x20) return false;
      }
      out.append(text_, at_, stop - at_);
      at_ = stop + 1;
      if (text_[stop] == quote) return true;
      if (at_ >= text_.size()) return false;
      switch (const char c = text_[at_++]) {
        case 'n': out += '\n'; break;
        case 't': out += '\t'; break;
        case 'r': out += '\r'; break;
        case 'b': out += '\b'; break;
        case 'f': out += '\f'; break;
        case '"':
        case '\\':
        case '/':
        case '\'': out += c; break;
        case 'u': {
          auto code = hex4();
          if (!code) return false;
          if (*code >= 0xD800 && *code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
            at_ += 2;
            const auto low = hex4();
            if (!low) return false;
            code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
          }
          utf8::append_code_point(out, *code);
          break;
        }
        default: return false;
      }
    }
    return false;
  }

  bool word(Node& node) {
    const size_t start = at_;
    while (at_ < text_.size() &&
           std::string_view(",]} \t\r\n:[{").find(text_[at_]) == std::string_view::npos)
      ++at_;
    node.text = text_.substr(start, at_ - start);
    if (node.text == "null") {
      node.kind = Kind::kNull;
    } else if (node.text == "true" || node.text == "false") {
      node.kind = Kind::kBoolean;
    } else if (node.text == "NaN" || node.text == "Infinity" || node.text == "+Infinity" ||
               node.text == "-Infinity" || node.text == "INF" || node.text == "+INF" ||
               node.text == "-INF") {
      node.kind = Kind::kNumber;
    } else {
      node.kind = Kind::kNumber;
      return is_number(node.text);
    }
    return true;
  }

  static bool is_number(std::string_view s) {
    size_t i = 0;
    const auto digits = [&] {
      const size_t start = i;
      while (i < s.size() && s[i] >= '0' && s[i] <= '9') ++i;
      return i - start;
    };
    if (i < s.size() && s[i] == '-') ++i;
    const bool zero = i < s.size() && s[i] == '0';
    const size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (i < s.size() && s[i] == '.') {
      ++i;
      if (digits() == 0) return false;
    }
    if (i < s.size() && (s[i] == 'e' || s[i] == 'E')) {
      ++i;
      if (i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
      if (digits() == 0) return false;
    }
    return i == s.size();
  }

  std::string_view text_;
  size_t at_ = 0;
};

/// Appends what the path leads to; strings with quotes if `quoted`. Returns how many values were
/// appended.
size_t evaluate(const Node& node, const std::vector<Step>& path, size_t at, bool quoted,
                std::string& out) {
  if (at == path.size()) {
    if (node.is(Kind::kNull) && !quoted) return 0;
    if (node.is(Kind::kString) && !quoted) {
      out += node.text;
    } else {
      append(out, node);
    }
    return 1;
  }
  const Step& step = path[at];
  switch (step.kind) {
    case Step::Kind::kKey: {
      const Node* member = node.is(Kind::kObject) ? node.member(step.key) : nullptr;
      return member && !member->is(Kind::kNull) ? evaluate(*member, path, at + 1, quoted, out) : 0;
    }
    case Step::Kind::kIndex:
      if (!node.is(Kind::kArray) || step.index >= node.items.size()) return 0;
      return evaluate(node.items[step.index], path, at + 1, quoted, out);
    case Step::Kind::kWildcard: {
      if (!node.is(Kind::kArray)) return 0;
      std::string items;
      size_t count = 0;
      for (const auto& item : node.items) {
        std::string text;
        if (evaluate(item, path, at + 1, true, text) == 0) continue;
        items += (count++ ? "," : "") + text;
      }
      if (count == 0) return 0;
      // A single value stands without the brackets.
      out += count == 1 && !quoted ? items : "[" + items + "]";
      return 1;
    }
  }
  return 0;
}

}  // namespace

const Node* Node::member(std::string_view name) const {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<Node> parse(std::string_view text) {
  Node node;
  if (!Parser(text).value(node)) return std::nullopt;
  return node;
}

void append_quoted(std::string& out, std::string_view text) {
  std::string decoded;
  if (!utf8::is_valid(text)) text = decoded = utf8::decode(text);
  out += '"';
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          char buffer[8];
          std::snprintf(buffer, sizeof(buffer), "\\u%04X", static_cast<unsigned char>(c));
          out += buffer;
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void append(std::string& out, const Node& node) {
  switch (node.kind) {
    case Kind::kNull: out += "null"; break;
    case Kind::kBoolean: out += node.text; break;
    case Kind::kNumber:
      if (node.text.find_first_of(".eE") != std::string::npos &&
          node.text.find_first_of("NI") == std::string::npos) {
        types::append_double(out, std::strtod(node.text.c_str(), nullptr));
      } else {
        out += node.text;
      }
      break;
    case Kind::kString: append_quoted(out, node.text); break;
    case Kind::kArray:
      out += '[';
      for (size_t i = 0; i < node.items.size(); ++i) {
        if (i) out += ',';
        append(out, node.items[i]);
      }
      out += ']';
      break;
    case Kind::kObject:
      out += '{';
      for (size_t i = 0; i < node.members.size(); ++i) {
        if (i) out += ',';
        append_quoted(out, node.members[i].first);
        out += ':';
        append(out, node.members[i].second);
      }
      out += '}';
      break;
  }
}

std::string indented(std::string_view compact) {
  std::string out;
  std::vector<char> open;  // brackets
  const auto new_line = [&] {
    out += '\n';
    out.append(2 * std::count(open.begin(), open.end(), '{'), ' ');
  };
  for (size_t i = 0; i < compact.size(); ++i) {
    const char c = compact[i];
    const char next = i + 1 < compact.size() ? compact[i + 1] : '\0';
    if (c == '"') {
      const size_t begin = i;
      while (compact[++i] != '"')
        if (compact[i] == '\\') ++i;
      out += compact.substr(begin, i + 1 - begin);
    } else if ((c == '{' && next == '}') || (c == '[' && next == ']')) {
      out += {c, ' ', next};
      ++i;
    } else if (c == '{' || c == '[') {
      out += c;
      open.push_back(c);
      if (c == '{')
        new_line();
      else
        out += ' ';
    } else if (c == '}' || c == ']') {
      open.pop_back();
      if (c == '}')
        new_line();
      else
        out += ' ';
      out += c;
    } else if (c == ',') {
      out += c;
      if (open.back() == '{')
        new_line();
      else
        out += ' ';
    } else if (c == ':') {
      out += " : ";
    } else {
      out += c;
    }
  }
  return out;
}

std::string as_ascii(std::string_view json) {
  std::string out;
  const auto append_unit = [&](uint32_t unit) {
    char buffer[12];
    std::snprintf(buffer, sizeof(buffer), "\\u%04X", unit);
    out += buffer;
  };
  for (size_t i = 0; i < json.size(); i += utf8::character_size(json, i)) {
    const uint32_t point = utf8::code_point(json, i);
    if (point < 0x80) {
      out += static_cast<char>(point);
    } else if (point < 0x10000) {
      append_unit(point);
    } else {
      append_unit(0xD800 + ((point - 0x10000) >> 10));
      append_unit(0xDC00 + ((point - 0x10000) & 0x3FF));
    }
  }
  return out;
}

std::string to_text(const Node& node) {
  std::string out;
  append(out, node);
  return out;
}

std::string as_string(const Node& node) {
  return node.is(Kind::kString) ? node.text : to_text(node);
}

std::optional<std::vector<Step>> parse_path(std::string_view path) {
  if (!path.starts_with("$")) return std::nullopt;
  std::vector<Step> steps;
  for (size_t i = 1; i < path.size();) {
    if (path[i] == '.') {
      const size_t end = std::min(path.find_first_of(".[", i + 1), path.size());
      const auto name = path.substr(i + 1, end - i - 1);
      if (name.empty()) return std::nullopt;
      steps.push_back(name == "*" ? Step{Step::Kind::kWildcard, {}, 0}
                                  : Step{Step::Kind::kKey, std::string(name), 0});
      i = end;
    } else if (path[i] == '[' && path.substr(i).starts_with("['")) {
      const size_t end = path.find("']", i + 2);
      if (end == std::string_view::npos) return std::nullopt;
      const auto name = path.substr(i + 2, end - i - 2);
      steps.push_back(name == "*" ? Step{Step::Kind::kWildcard, {}, 0}
                                  : Step{Step::Kind::kKey, std::string(name), 0});
      i = end + 2;
    } else if (path[i] == '[') {
      const size_t end = path.find(']', i);
      if (end == std::string_view::npos) return std::nullopt;
      const auto inside = path.substr(i + 1, end - i - 1);
      if (inside == "*") {
        steps.push_back({Step::Kind::kWildcard, {}, 0});
      } else {
        if (inside.empty() || inside.size() > 9 ||
            inside.find_first_not_of("0123456789") != std::string_view::npos) {
          return std::nullopt;
        }
        steps.push_back(
            {Step::Kind::kIndex, {}, static_cast<size_t>(std::stoul(std::string(inside)))});
      }
      i = end + 1;
    } else {
      return std::nullopt;
    }
  }
  return steps;
}

std::optional<std::string> get(const Node& node, const std::vector<Step>& path) {
  std::string out;
  if (evaluate(node, path, 0, false, out) == 0) return std::nullopt;
  return out;
}

}  // namespace lochan::engine::json

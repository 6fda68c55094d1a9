// URLs by RFC 2396, as java.net.URI reads them.
#include "engine/kernels/java_regex.h"
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"

namespace lochan::engine::kernels {
namespace {

using Text = std::string_view;

struct Url {
  std::optional<Text> scheme, authority, user, host, query, fragment;
  Text path;
};

bool is_allowed(unsigned char c) {
  if (c >= 0x80) return true;  // "other" characters
  if (c <= 0x20 || c == 0x7F) return false;
  return Text("\"<>\\^`{|}").find(static_cast<char>(c)) == Text::npos;
}

std::optional<Url> parse(Text text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (!is_allowed(c)) return std::nullopt;
    if (c == '%' &&
        (i + 2 >= text.size() || !std::isxdigit(static_cast<unsigned char>(text[i + 1])) ||
         !std::isxdigit(static_cast<unsigned char>(text[i + 2])))) {
      return std::nullopt;
    }
  }
  Url url;
  if (const auto hash = text.find('#'); hash != Text::npos) {
    url.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  const auto colon = text.find_first_of(":/?");
  if (colon != Text::npos && text[colon] == ':' && colon > 0) {
    url.scheme = text.substr(0, colon);
    text = text.substr(colon + 1);
    // An opaque URI (mailto:x) has neither host nor path.
    if (text.empty()) return std::nullopt;
    if (text[0] != '/') return Url{url.scheme, {}, {}, {}, {}, url.fragment, {}};
  }
  if (const auto question = text.find('?'); question != Text::npos) {
    url.query = text.substr(question + 1);
    text = text.substr(0, question);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const auto slash = text.find('/');
    const auto authority = text.substr(0, slash);
    url.path = slash == Text::npos ? Text{} : text.substr(slash);
    if (!authority.empty()) url.authority = authority;
    Text host = authority;
    if (const auto at = host.rfind('@'); at != Text::npos) {
      url.user = host.substr(0, at);
      host = host.substr(at + 1);
    }
    const auto port = host.rfind(':');
    if (port != Text::npos && host.find(']', port) == Text::npos) host = host.substr(0, port);
    // Only names and addresses are hosts; another authority is registry-based and has none.
    bool is_host = !host.empty();
    for (char c : host) {
      is_host = is_host && (std::isalnum(static_cast<unsigned char>(c)) ||
                            Text("-.[]:").find(c) != Text::npos);
    }
    if (is_host) {
      url.host = host;
    } else {
      url.user = std::nullopt;
    }
  } else {
    url.path = text;
  }
  return url;
}

std::optional<std::string> part_of(Text text, const Url& url, Text part, std::optional<Text> key) {
  const auto owned = [](std::optional<Text> t) {
    return t ? std::optional(std::string(*t)) : std::nullopt;
  };
  if (key && part != "QUERY") return std::nullopt;
  if (part == "HOST") return owned(url.host);
  if (part == "PATH") return std::string(url.path);
  if (part == "REF") return owned(url.fragment);
  if (part == "PROTOCOL") return owned(url.scheme);
  if (part == "AUTHORITY") return owned(url.authority);
  if (part == "USERINFO") return owned(url.user);
  if (part == "FILE")
    return std::string(url.path) + (url.query ? "?" + std::string(*url.query) : "");
  if (part != "QUERY") return std::nullopt;
  if (!key || !url.query) return owned(url.query);
  // The key is part of a regular expression, as in Spark.
  const auto regex = JavaRegex::compile("(&|^)" + std::string(*key) + "=([^&]*)");
  std::vector<JavaRegex::Span> groups;
  if (!regex || !regex->find(*url.query, 0, groups) || groups[2].start < 0) return std::nullopt;
  return std::string(url.query->substr(groups[2].start, groups[2].end - groups[2].start));
}

template <bool kTry>
ScalarBody bind_parse(const KernelSpec& spec) {
  const auto run = [&spec](Text text, Text part,
                           std::optional<Text> key) -> std::optional<std::string> {
    const auto url = parse(text);
    if (url) return part_of(text, *url, part, key);
    if (!kTry && spec.mode == plan::CastMode::kAnsi)
      raise(spec, "INVALID_URL", {{"url", std::string(text)}});
    return std::nullopt;
  };
  using Result = std::optional<std::string>;
  if (spec.arguments.size() == 2) {
    return per_row<Result, Text, Text>(
        [run](Text text, Text part) { return run(text, part, std::nullopt); });
  }
  return per_row<Result, Text, Text, Text>(
      [run](Text text, Text part, Text key) { return run(text, part, key); });
}

/// application/x-www-form-urlencoded
std::string encode(Text text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (unsigned char c : text) {
    if (std::isalnum(c) || c == '.' || c == '-' || c == '*' || c == '_') {
      out += static_cast<char>(c);
    } else if (c == ' ') {
      out += '+';
    } else {
      out += {'%', kDigits[c >> 4], kDigits[c & 15]};
    }
  }
  return out;
}

std::optional<std::string> decode(Text text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%') {
      if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0)
        return std::nullopt;
      out += static_cast<char>(digit(text[i + 1]) << 4 | digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

template <bool kTry>
ScalarBody bind_decode(const KernelSpec& spec) {
  return per_row<std::optional<std::string>, Text>([&spec](Text text) {
    auto out = decode(text);
    if (!out && !kTry) raise(spec, "CANNOT_DECODE_URL", {{"url", std::string(text)}});
    return out;
  });
}

const ScalarKernel kKernels[] = {
    {.name = "parse_url", .bind = bind_parse<false>, .fallible = true},
    {.name = "try_parse_url", .bind = bind_parse<true>},
    {.name = "url_encode",
     .bind = [](const KernelSpec&) { return per_row<std::string, Text>(encode); }},
    {.name = "url_decode", .bind = bind_decode<false>, .fallible = true},
    {.name = "try_url_decode", .bind = bind_decode<true>},
};

}  // namespace

ScalarKernels url_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels

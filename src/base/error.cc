#include "base/error.h"

#include <nlohmann/json.hpp>

#if defined(__SANITIZE_ADDRESS__)
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#endif

namespace lochan {
namespace {

/// AddressSanitizer forgets the frames that an exception leaves, but only on stacks up to 64 MB; on
/// the larger ones that plans are walked on their marks would stay and accuse the frames that come
/// after. Errors come before throws.
void forget_frames() {
#if defined(__SANITIZE_ADDRESS__)
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* bottom = nullptr;
  size_t size = 0;
  pthread_attr_getstack(&attributes, &bottom, &size);
  pthread_attr_destroy(&attributes);
  auto* here = static_cast<char*>(__builtin_frame_address(0));
  if (size > size_t{64} << 20)
    __asan_unpoison_memory_region(here, static_cast<char*>(bottom) + size - here);
#endif
}

using Json = nlohmann::json;

// encode() writes kMark, the payload in hexadecimal (so that no library can quote or cut it), kEnd.
constexpr std::string_view kMark = "@lochan-error:";
constexpr char kEnd = ';';

std::string fill(std::string_view text, const ErrorParameters& parameters) {
  std::string out;
  size_t i = 0;
  while (i < text.size()) {
    if (text[i] == '<') {
      const size_t end = text.find('>', i);
      if (end != std::string_view::npos) {
        const auto found = parameters.find(std::string(text.substr(i + 1, end - i - 1)));
        if (found != parameters.end()) {
          out += found->second;
          i = end + 1;
          continue;
        }
      }
    }
    out += text[i++];
  }
  return out;
}

std::string to_hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const unsigned char c : bytes) {
    out += kDigits[c >> 4];
    out += kDigits[c & 15];
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(hex.size() / 2);
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = hex_digit(hex[i]), low = hex_digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace

Error::Error(std::string_view condition, ErrorParameters parameters,
             std::optional<QueryContext> context)
    : condition_(condition), parameters_(std::move(parameters)), context_(std::move(context)) {
  forget_frames();
  const ErrorCondition* row = find_error_condition(condition);
  if (!row) {
    std::string text = "no such error condition: " + condition_;
    for (const auto& [name, value] : parameters_) text += ", " + name + "=" + value;
    parameters_ = {{"message", std::move(text)}};
    condition_ = "INTERNAL_ERROR";
    row = find_error_condition(condition_);
  }
  sqlstate_ = row->sqlstate;
  kind_ = row->kind;
  message_ = fill(row->message, parameters_);
  render();
}

Error Error::internal(std::string message) {
  return Error("INTERNAL_ERROR", {{"message", std::move(message)}});
}

Error Error::not_supported(std::string what) {
  return Error("UNSUPPORTED_FEATURE.NOT_YET", {{"feature", std::move(what)}});
}

Error Error::with_context(const QueryContext& context) const {
  Error copy = *this;
  if (!copy.context_) {
    copy.context_ = context;
    copy.render();
  }
  return copy;
}

void Error::render() {
  // Spark prints parse errors with a newline before them.
  text_ = kind_ == ErrorKind::kParse ? "\n" : "";
  text_ += "[" + condition_ + "] " + message_;
  if (!sqlstate_.empty()) text_ += " SQLSTATE: " + sqlstate_;
  if (context_ && !context_->summary.empty()) {
    // A syntax error's place, " (line 1, pos 7)...", goes on in the same line.
    text_ += (context_->summary[0] == ' ' ? "" : "\n") + context_->summary;
  }
}

std::string Error::encode() const {
  Json json{{"condition", condition_}, {"parameters", parameters_}};
  if (context_) {
    const QueryContext& c = *context_;
    json["context"] = {{"type", c.object_type},  {"name", c.object_name},
                       {"start", c.start},       {"stop", c.stop},
                       {"fragment", c.fragment}, {"call_site", c.call_site},
                       {"summary", c.summary}};
  }
  return std::string(kMark) + to_hex(json.dump(-1, ' ', false, Json::error_handler_t::replace)) +
         kEnd;
}

std::optional<Error> Error::decode(std::string_view text) {
  const size_t mark = text.find(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  text.remove_prefix(mark + kMark.size());
  const size_t end = text.find(kEnd);
  if (end == std::string_view::npos) return std::nullopt;
  const auto payload = from_hex(text.substr(0, end));
  if (!payload) return std::nullopt;
  const Json json = Json::parse(*payload, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  std::optional<QueryContext> context;
  if (json.contains("context")) {
    const Json& c = json["context"];
    context = QueryContext{c["type"],     c["name"],      c["start"],  c["stop"],
                           c["fragment"], c["call_site"], c["summary"]};
  }
  return Error(json["condition"].get<std::string>(), json["parameters"].get<ErrorParameters>(),
               std::move(context));
}

}  // namespace lochan

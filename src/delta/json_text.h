#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace lochan::delta {

/// Appends `text` as a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Writes one JSON object into a string, member by member: puts the commas and the closing brace.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : out_(out) { out_ += '{'; }
  ~JsonObject() { out_ += '}'; }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  void member(std::string_view name, std::string_view text) {
    key(name);
    append_json_string(out_, text);
  }
  void member(std::string_view name, const char* text) { member(name, std::string_view(text)); }
  void member(std::string_view name, int64_t number) {
    key(name);
    out_ += std::to_string(number);
  }
  void member(std::string_view name, int number) { member(name, int64_t{number}); }
  void member(std::string_view name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
  }
  /// Only if there is a value: readers choke on nulls in some places.
  template <typename T>
  void optional(std::string_view name, const T& value) {
    if (value) member(name, *value);
  }
  /// The name and the colon; the caller writes the value.
  void key(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    append_json_string(out_, name);
    out_ += ':';
  }

 private:
  std::string& out_;
  bool first_ = true;
};

}  // namespace lochan::delta

#include "delta/uri.h"

#include <cctype>

namespace lochan::delta {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

size_t scheme_length(std::string_view path) {
  size_t i = 0;
  while (i < path.size() && (std::isalnum(static_cast<unsigned char>(path[i])) != 0 ||
                             path[i] == '+' || path[i] == '-' || path[i] == '.')) {
    ++i;
  }
  const bool has_scheme = i > 0 && i < path.size() && path[i] == ':' &&
                          std::isalpha(static_cast<unsigned char>(path[0])) != 0;
  return has_scheme ? i : 0;
}

}  // namespace

std::string decode_uri(std::string_view encoded) {
  std::string plain;
  plain.reserve(encoded.size());
  for (size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '%' && i + 2 < encoded.size()) {
      const int high = hex_digit(encoded[i + 1]), low = hex_digit(encoded[i + 2]);
      if (high >= 0 && low >= 0) {
        plain += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    plain += encoded[i];
  }
  return plain;
}

std::string encode_uri_path(std::string_view path) {
  constexpr std::string_view kPlain = "/-_.~=,@&+$!'()*;";
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(path.size());
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || kPlain.find(c) != std::string_view::npos)) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kDigits[byte >> 4];
      encoded += kDigits[byte & 15];
    }
  }
  return encoded;
}

bool is_absolute_uri(std::string_view path) {
  return path.starts_with("/") || scheme_length(path) > 0;
}

std::string canonical_path(std::string_view encoded) {
  std::string path = decode_uri(encoded);
  if (path.starts_with("file:///")) return "file:" + path.substr(7);
  if (path.starts_with("/")) return "file:" + path;
  return path;
}

}  // namespace lochan::delta

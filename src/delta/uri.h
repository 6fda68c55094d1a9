#pragma once
#include <string>
#include <string_view>

/// Paths in the log are URIs (RFC 2396): relative to the table or absolute, percent-encoded.
namespace lochan::delta {

/// The plain text of an encoded path. A percent sign without two hexadecimal digits stays as it is.
std::string decode_uri(std::string_view encoded);
/// Encodes a plain relative path for the log.
std::string encode_uri_path(std::string_view path);
/// True for "file:/a", "s3://b/c", "/a/b".
bool is_absolute_uri(std::string_view path);
/// One spelling for each file: decoded, and "/a", "file:/a", "file:///a" all as "file:/a".
std::string canonical_path(std::string_view encoded);

}  // namespace lochan::delta

#pragma once
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "duckdb.hpp"
#include "duckdb/common/file_system.hpp"

/// Bytes and lines of text files, read in blocks: memory is bounded by the longest line.
namespace lochan::engine::text {

enum class Charset { kUtf8, kLatin1, kAscii, kUtf16, kUtf16Le, kUtf16Be, kUtf32 };

/// How the bytes of a file become lines.
struct LineFormat {
  Charset charset = Charset::kUtf8;
  std::string separator;  // UTF-8; empty: \n, \r\n and \r
};

/// A part of a file: the lines that start in (begin, end], and the first line for begin = 0. So the
/// parts of a file have all of its lines, each once.
struct Range {
  int64_t begin = 0;
  int64_t end = std::numeric_limits<int64_t>::max();
};

/// Compressed by the file's name: gzip (.gz). Throws UNSUPPORTED_FEATURE for codecs that are not
/// here.
bool is_compressed(const std::string& path);

/// The characters of a file as UTF-8, without a byte order mark. Used by one thread.
class CharacterSource {
 public:
  /// From byte `begin` of the file on, which must be 0 for compressed files and for charsets other
  /// than UTF-8.
  /// `replaces`: what is ill-formed in UTF-8 becomes U+FFFD, as Java's decoder has it; else bytes
  /// stay as they are.
  CharacterSource(duckdb::FileSystem& files, const std::string& path, Charset charset,
                  int64_t begin = 0, bool replaces = false);
  /// The next block, empty at the end; valid until the next call.
  std::string_view next_block();

 private:
  void decode(std::string_view bytes);
  void replace_ill_formed(std::string_view bytes);

  duckdb::unique_ptr<duckdb::FileHandle> handle_;
  Charset charset_;
  std::vector<char> buffer_;
  std::string decoded_, rest_;
  bool at_start_, replaces_, big_endian_ = false;
};

/// The lines of a part of a file. Used by one thread.
class LineReader {
 public:
  LineReader(duckdb::FileSystem& files, const std::string& path, const LineFormat& format,
             Range range = {});
  /// False at the end. The line is without its separator, not checked to be UTF-8, and valid until
  /// the next call.
  bool next(std::string_view& line);

 private:
  bool read_line(std::string_view& line);
  bool fill();

  CharacterSource source_;
  std::string separator_;
  int64_t position_, end_;  // of the next line, in bytes of the file
  std::string pending_;     // text that is not given out yet, from `used_` on
  size_t used_ = 0;
  bool ended_ = false;
};

/// The whole text of a file, not checked to be UTF-8.
std::string whole_file(duckdb::FileSystem& files, const std::string& path, Charset charset);

/// Well-formed UTF-8: `text` itself, or `storage` with what is ill-formed replaced by U+FFFD as
/// Java's decoder does.
std::string_view well_formed(std::string_view text, std::string& storage);

}  // namespace lochan::engine::text

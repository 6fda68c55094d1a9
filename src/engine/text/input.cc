#include "engine/text/input.h"

#include <cstring>
#include <utility>

#include "base/error.h"
#include "engine/kernels/utf8.h"

namespace lochan::engine::text {
namespace {

constexpr size_t kBlock = 1 << 20;

bool ends_with(const std::string& path, std::string_view suffix) {
  return path.size() >= suffix.size() &&
         path.compare(path.size() - suffix.size(), suffix.size(), suffix) == 0;
}

/// The size of one unit: what the end of a block must not cut.
size_t unit_size(Charset charset) {
  switch (charset) {
    case Charset::kUtf16:
    case Charset::kUtf16Le:
    case Charset::kUtf16Be: return 2;
    case Charset::kUtf32: return 4;
    default: return 1;
  }
}

/// The first \r or \n.
size_t end_of_line(const std::string& text, size_t from) {
  const auto* begin = text.data() + from;
  const size_t size = text.size() - from;
  const auto* newline = static_cast<const char*>(std::memchr(begin, '\n', size));
  const auto* back =
      static_cast<const char*>(std::memchr(begin, '\r', newline ? newline - begin : size));
  const auto* found = back ? back : newline;
  return found ? found - text.data() : std::string::npos;
}

}  // namespace

bool is_compressed(const std::string& path) {
  for (const char* suffix : {".bz2", ".lz4", ".snappy", ".deflate", ".zst", ".lzo", ".xz"})
    if (ends_with(path, suffix))
      throw Error::not_supported(std::string("reading text compressed as ") + (suffix + 1));
  return ends_with(path, ".gz");
}

CharacterSource::CharacterSource(duckdb::FileSystem& files, const std::string& path,
                                 Charset charset, int64_t begin, bool replaces)
    : charset_(charset), buffer_(kBlock), at_start_(begin == 0), replaces_(replaces) {
  const auto compression = is_compressed(path) ? duckdb::FileCompressionType::GZIP
                                               : duckdb::FileCompressionType::UNCOMPRESSED;
  handle_ =
      files.OpenFile(path, duckdb::FileFlags::FILE_FLAGS_READ | duckdb::FileOpenFlags(compression));
  if (begin > 0) handle_->Seek(static_cast<duckdb::idx_t>(begin));
}

std::string_view CharacterSource::next_block() {
  while (true) {
    const int64_t count = handle_->Read(buffer_.data(), buffer_.size());
    if (count <= 0) {
      if (charset_ != Charset::kUtf8 || rest_.empty()) return {};
      decoded_ = utf8::decode(std::exchange(rest_, {}));  // a character that was cut
      return decoded_;
    }
    std::string_view bytes(buffer_.data(), static_cast<size_t>(count));
    if (charset_ == Charset::kUtf8) {
      if (at_start_ && bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
      at_start_ = false;
      if (bytes.empty()) continue;
      if (!replaces_) return bytes;
      replace_ill_formed(bytes);
    } else {
      decode(bytes);
    }
    if (!decoded_.empty()) return decoded_;
  }
}

/// What a character may still lack at the end of a block waits for the next one.
void CharacterSource::replace_ill_formed(std::string_view bytes) {
  rest_ += bytes;
  size_t end = rest_.size();
  for (size_t back = 1; back <= 3 && back <= rest_.size(); ++back) {
    const auto byte = static_cast<unsigned char>(rest_[rest_.size() - back]);
    if ((byte & 0xC0) == 0x80) continue;
    if (byte >= 0xC0 && back < (byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4)) end -= back;
    break;
  }
  const auto whole = std::string_view(rest_).substr(0, end);
  if (utf8::is_valid(whole))
    decoded_ = whole;
  else
    decoded_ = utf8::decode(whole);
  rest_.erase(0, end);
}

void CharacterSource::decode(std::string_view bytes) {
  decoded_.clear();
  const size_t unit = unit_size(charset_);
  if (unit == 1) {
    for (unsigned char c : bytes)
      utf8::append_code_point(decoded_, charset_ == Charset::kAscii && c > 0x7f ? 0xFFFD : c);
    at_start_ = false;
    return;
  }
  rest_ += bytes;
  size_t at = 0;
  const auto number = [&](size_t from, size_t size) {
    uint32_t value = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t byte = from + (big_endian_ ? i : size - 1 - i);
      value = value << 8 | static_cast<unsigned char>(rest_[byte]);
    }
    return value;
  };
  if (at_start_ && rest_.size() >= unit) {
    big_endian_ = charset_ != Charset::kUtf16Le;
    if (charset_ == Charset::kUtf16 && rest_.starts_with("\xFF\xFE")) big_endian_ = false;
    if (charset_ == Charset::kUtf32 && rest_.starts_with(std::string_view("\xFF\xFE\0\0", 4)))
      big_endian_ = false;
    if (number(0, unit) == 0xFEFF) at = unit;
    at_start_ = false;
  }
  while (at + unit <= rest_.size()) {
    uint32_t point = number(at, unit);
    if (unit == 2 && point >= 0xD800 && point < 0xDC00) {
      if (at + 4 > rest_.size()) break;
      const uint32_t low = number(at + 2, 2);
      if (low >= 0xDC00 && low < 0xE000) {
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        at += 2;
      } else {
        point = 0xFFFD;
      }
    } else if ((point >= 0xD800 && point < 0xE000) || point > 0x10FFFF) {
      point = 0xFFFD;
    }
    utf8::append_code_point(decoded_, point);
    at += unit;
  }
  rest_.erase(0, at);
}

LineReader::LineReader(duckdb::FileSystem& files, const std::string& path, const LineFormat& format,
                       Range range)
    : source_(files, path, format.charset, range.begin),
      separator_(format.separator),
      position_(range.begin),
      end_(range.end) {
  if (range.begin > 0) {
    std::string_view partial;  // it belongs to the part before
    read_line(partial);
  }
}

bool LineReader::next(std::string_view& line) {
  // Positions are only compared for files that are read in parts, where a character is as many
  // bytes as it was.
  return position_ <= end_ && read_line(line);
}

bool LineReader::fill() {
  if (ended_) return false;
  const auto block = source_.next_block();
  if (block.empty()) {
    ended_ = true;
    return false;
  }
  pending_.erase(0, used_);
  used_ = 0;
  pending_ += block;
  return true;
}

bool LineReader::read_line(std::string_view& line) {
  size_t searched = used_;
  const auto give = [&](size_t at, size_t separator_size) {
    line = std::string_view(pending_).substr(used_, at - used_);
    position_ += static_cast<int64_t>(at + separator_size - used_);
    used_ = at + separator_size;
    return true;
  };
  while (true) {
    const size_t at =
        separator_.empty() ? end_of_line(pending_, searched) : pending_.find(separator_, searched);
    if (at != std::string::npos) {
      if (!separator_.empty()) return give(at, separator_.size());
      if (pending_[at] == '\n') return give(at, 1);
      if (at + 1 < pending_.size()) return give(at, pending_[at + 1] == '\n' ? 2 : 1);
    }
    searched = at != std::string::npos                       ? at
               : pending_.size() - used_ > separator_.size() ? pending_.size() - separator_.size()
                                                             : used_;
    const size_t before = used_;
    if (!fill()) break;
    searched -= before;  // filling has moved the text
  }
  if (used_ == pending_.size()) return false;
  const bool lone_return = separator_.empty() && pending_.back() == '\r';
  return give(pending_.size() - (lone_return ? 1 : 0), lone_return ? 1 : 0);
}

std::string whole_file(duckdb::FileSystem& files, const std::string& path, Charset charset) {
  CharacterSource source(files, path, charset);
  std::string text;
  for (std::string_view block = source.next_block(); !block.empty(); block = source.next_block())
    text += block;
  return text;
}

std::string_view well_formed(std::string_view text, std::string& storage) {
  if (utf8::is_valid(text)) return text;
  storage = utf8::decode(text);
  return storage;
}

}  // namespace lochan::engine::text

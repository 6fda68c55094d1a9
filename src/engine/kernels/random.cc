// rand(seed), randn(seed): Spark's XORShift generator, one stream per call as on a single
// partition.
#include <cmath>
#include <memory>
#include <mutex>

#include "engine/kernels/families.h"
#include "engine/kernels/rows.h"

namespace lochan::engine::kernels {
namespace {

uint32_t rotate(uint32_t x, int by) { return (x << by) | (x >> (32 - by)); }

/// MurmurHash3 (32 bits) of the eight big-endian bytes of `value`.
uint32_t murmur3(uint64_t value, uint32_t seed) {
  uint32_t hash = seed;
  for (int half = 0; half < 2; half++) {
    auto word = static_cast<uint32_t>(half == 0 ? value >> 32 : value);
    word = __builtin_bswap32(word);  // blocks are read little-endian
    word = rotate(word * 0xcc9e2d51u, 15) * 0x1b873593u;
    hash = rotate(hash ^ word, 13) * 5 + 0xe6546b64u;
  }
  hash ^= 8;
  hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
  return hash ^ (hash >> 16);
}

/// Not synchronised: see Stream.
class XorShift {
 public:
  explicit XorShift(int64_t seed) {
    uint32_t low = murmur3(static_cast<uint64_t>(seed), 0x3c074a61u);
    uint32_t high = murmur3(static_cast<uint64_t>(seed), low);
    state_ = (uint64_t{high} << 32) | low;
  }
  double uniform() {
    uint64_t high = bits(26), low = bits(27);
    return static_cast<double>((high << 27) + low) * 0x1.0p-53;
  }
  /// java.util.Random.nextGaussian: the polar method, two values at a time.
  double gaussian() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    double a, b, square;
    do {
      a = 2 * uniform() - 1;
      b = 2 * uniform() - 1;
      square = a * a + b * b;
    } while (square >= 1 || square == 0);
    double factor = std::sqrt(-2 * std::log(square) / square);
    spare_ = b * factor;
    has_spare_ = true;
    return a * factor;
  }

 private:
  uint64_t bits(int count) {
    state_ ^= state_ << 21;
    state_ ^= state_ >> 35;
    state_ ^= state_ << 4;
    return state_ & ((uint64_t{1} << count) - 1);
  }
  uint64_t state_;
  double spare_ = 0;
  bool has_spare_ = false;
};

/// Shared by the threads of one query.
struct Stream {
  std::mutex mutex;
  std::unique_ptr<XorShift> generator;
};

template <bool kGaussian>
ScalarBody random(const KernelSpec& spec) {
  auto stream = std::make_shared<Stream>();
  bool wide = spec.arguments[0].is(types::TypeId::kLong);
  return [stream, wide](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    std::lock_guard lock(stream->mutex);
    if (!stream->generator) {
      duckdb::UnifiedVectorFormat format;
      args.data[0].ToUnifiedFormat(args.size(), format);
      idx_t at = format.sel->get_index(0);
      int64_t seed = 0;
      if (format.validity.RowIsValid(at)) {
        seed = wide ? rows_of<int64_t>(format)[at] : rows_of<int32_t>(format)[at];
      }
      stream->generator = std::make_unique<XorShift>(seed);
    }
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* out = rows_of<double>(result);
    for (idx_t row = 0; row < args.size(); row++) {
      out[row] = kGaussian ? stream->generator->gaussian() : stream->generator->uniform();
    }
  };
}

const ScalarKernel kRand{
    .name = "rand", .bind = random<false>, .handles_nulls = true, .is_volatile = true};
const ScalarKernel kRandn{
    .name = "randn", .bind = random<true>, .handles_nulls = true, .is_volatile = true};

}  // namespace

ScalarKernels random_kernels() { return {&kRand, &kRandn}; }

}  // namespace lochan::engine::kernels

#include "engine/sorted_runs.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <random>
#include <vector>

#include "duckdb/common/sorting/sort_key.hpp"
#include "duckdb/common/types/row/block_iterator.hpp"
#include "duckdb/common/types/row/tuple_data_collection.hpp"

namespace lochan::engine {
namespace {

using duckdb::idx_t;
using duckdb::SortKeyType;

constexpr idx_t kNearRows = 1 << 18;  // so many keys are sorted next to each other, in the cache
constexpr idx_t kFewRows = 64;        // what is sorted by comparison at once
constexpr idx_t kPollRows = 1 << 14;

/// Sorts keys in place: by one byte after the other as long as keys differ in those that they hold
/// themselves, then by comparison of what they point to.
template <typename Key>
class KeySort {
 public:
  KeySort(duckdb::ClientContext& context, const duckdb::TupleDataCollection& keys)
      : interrupted_(context.interrupted), blocks_(keys), count_(keys.Count()) {}

  void run() {
    if (is_sorted()) return;
    near_.resize(std::min(count_, kNearRows));
    sort(Far{blocks_}, 0, count_);
  }

 private:
  using Blocks = duckdb::InMemoryBlockIteratorState;
  using Near = Key*;
  struct Far {
    const Blocks& blocks;
    Key& operator[](idx_t i) const { return blocks.GetValueAtIndex<Key>(i); }
  };
  static constexpr idx_t kDigits = Key::PARTS * sizeof(uint64_t);

  void poll() const {
    if (interrupted_.load(std::memory_order_relaxed)) throw duckdb::InterruptException();
  }

  /// True if the keys are in order, as they then are if they were in reverse.
  bool is_sorted() {
    const Far keys{blocks_};
    idx_t ascending = 1, descending = 1;
    for (; ascending < count_ && !(keys[ascending] < keys[ascending - 1]); ++ascending) poll();
    if (ascending >= count_) return true;
    for (; descending < count_ && !(keys[descending - 1] < keys[descending]); ++descending) poll();
    if (descending < count_) return false;
    for (idx_t i = 0, j = count_ - 1; i < j; ++i, --j) {
      poll();
      std::swap(keys[i], keys[j]);
    }
    return true;
  }

  template <typename Keys>
  void sort(Keys keys, idx_t from, idx_t to) {
    if constexpr (std::is_same_v<Keys, Far>) {
      if (to - from <= kNearRows) return sort_near(from, to);
    } else if (to - from <= kFewRows) {
      return compare_and_sort(keys, from, to);
    }
    const auto digit = first_difference(keys, from, to);
    if (digit == kDigits) {
      if constexpr (!Key::CONSTANT_SIZE) compare_and_sort(keys, from, to);
      return;
    }
    std::array<idx_t, 256> ends;
    distribute(keys, from, to, digit, ends);
    for (const auto end : ends) {
      if (end - from > 1) sort(keys, from, end);
      from = end;
    }
  }

  void sort_near(idx_t from, idx_t to) {
    poll();
    const Far keys{blocks_};
    for (idx_t i = from; i < to; ++i) near_[i - from] = keys[i];
    sort(near_.data(), 0, to - from);
    for (idx_t i = from; i < to; ++i) keys[i] = near_[i - from];
  }

  /// The first byte that is not the same in all keys.
  template <typename Keys>
  idx_t first_difference(Keys keys, idx_t from, idx_t to) const {
    std::array<uint64_t, Key::PARTS> different{};
    const auto first = keys[from];
    while (from < to) {
      poll();
      for (const auto end = std::min(to, from + kPollRows); from < end; ++from) {
        const auto& key = keys[from];
        for (idx_t p = 0; p < Key::PARTS; ++p) different[p] |= part(key, p) ^ part(first, p);
      }
    }
    for (idx_t p = 0; p < Key::PARTS; ++p) {
      if (different[p]) return p * 8 + std::countl_zero(different[p]) / 8;
    }
    return kDigits;
  }

  template <typename Keys>
  void distribute(Keys keys, idx_t from, idx_t to, idx_t digit,
                  std::array<idx_t, 256>& ends) const {
    const auto shift = 56 - 8 * (digit % 8);
    const auto of = [&](const Key& key) { return (part(key, digit / 8) >> shift) & 255; };
    std::array<idx_t, 256> counts{}, next;
    for (idx_t i = from; i < to;) {
      poll();
      for (const auto end = std::min(to, i + kPollRows); i < end; ++i) ++counts[of(keys[i])];
    }
    for (idx_t d = 0, sum = from; d < 256; ++d) {
      next[d] = sum;
      ends[d] = sum += counts[d];
    }
    // Each swap brings one key home. Following a key's swaps to the end would wait for the memory
    // at each of them.
    for (bool all_home = false; !all_home;) {
      all_home = true;
      for (idx_t d = 0; d < 256; ++d) {
        for (auto i = next[d]; i < ends[d];) {
          poll();
          for (const auto end = std::min(ends[d], i + kPollRows); i < end; ++i) {
            auto& key = keys[i];
            std::swap(key, keys[next[of(key)]++]);
          }
        }
        all_home = all_home && next[d] == ends[d];
      }
    }
  }

  void compare_and_sort(Near keys, idx_t from, idx_t to) const {
    std::sort(keys + from, keys + to, [this](const Key& a, const Key& b) {
      if constexpr (!Key::CONSTANT_SIZE) poll();
      return a < b;
    });
  }

  void compare_and_sort(Far keys, idx_t from, idx_t to) {
    if (to - from <= kNearRows) {
      poll();
      for (idx_t i = from; i < to; ++i) near_[i - from] = keys[i];
      compare_and_sort(near_.data(), 0, to - from);
      for (idx_t i = from; i < to; ++i) keys[i] = near_[i - from];
      return;
    }
    const auto pivot = some_key(keys, from, to);
    auto i = from, j = to;
    while (true) {
      while (keys[i] < pivot) {
        poll();
        ++i;
      }
      while (pivot < keys[j - 1]) {
        poll();
        --j;
      }
      if (i + 1 >= j) break;
      std::swap(keys[i++], keys[--j]);
    }
    compare_and_sort(keys, from, i);
    compare_and_sort(keys, i, to);
  }

  /// The median of three.
  Key some_key(Far keys, idx_t from, idx_t to) {
    const auto third = (to - from) / 3;
    std::array<Key, 3> three{keys[from], keys[from], keys[from]};
    for (idx_t i = 0; i < 3; ++i) three[i] = keys[from + i * third + random_() % third];
    std::sort(three.begin(), three.end(), [](const Key& a, const Key& b) { return a < b; });
    return three[1];
  }

  static uint64_t part(const Key& key, idx_t number) { return (&key.part0)[number]; }

  const duckdb::atomic<bool>& interrupted_;
  const Blocks blocks_;
  const idx_t count_;
  std::vector<Key> near_;
  std::minstd_rand random_;
};

/// Copies rows that lie anywhere in a collection to the end of another one.
class RowCopy {
 public:
  explicit RowCopy(const duckdb::TupleDataCollection& from) : copy_(from.CreateUnique()) {
    copy_->InitializeAppend(append_, duckdb::TupleDataPinProperties::UNPIN_AFTER_DONE);
  }

  duckdb::TupleDataChunkState& rows() { return rows_; }
  duckdb::data_ptr_t* row() { return pointers(rows_.row_locations); }

  /// Returns where the copies are.
  duckdb::data_ptr_t* append(idx_t count) {
    append_.chunk_state.heap_sizes.Reference(rows_.heap_sizes);
    copy_->Build(append_.pin_state, append_.chunk_state, 0, count);
    copy_->CopyRows(append_.chunk_state, rows_, *duckdb::FlatVector::IncrementalSelectionVector(),
                    count);
    return pointers(append_.chunk_state.row_locations);
  }

  duckdb::unique_ptr<duckdb::TupleDataCollection> finish() {
    copy_->FinalizePinState(append_.pin_state);
    copy_->Unpin();
    return std::move(copy_);
  }

  static duckdb::data_ptr_t* pointers(duckdb::Vector& vector) {
    return duckdb::FlatVector::GetData<duckdb::data_ptr_t>(vector);
  }

 private:
  duckdb::unique_ptr<duckdb::TupleDataCollection> copy_;
  duckdb::TupleDataAppendState append_;
  duckdb::TupleDataChunkState rows_;
};

/// Brings what sorted keys point to into their order, so that a merge reads block after block.
template <typename Key>
void write_in_order(duckdb::SortedRun& run) {
  const duckdb::InMemoryBlockIteratorState blocks(*run.key_data);
  std::optional<RowCopy> keys, payload;
  if constexpr (!Key::CONSTANT_SIZE) keys.emplace(*run.key_data);
  if constexpr (Key::HAS_PAYLOAD) payload.emplace(*run.payload_data);
  std::array<Key*, STANDARD_VECTOR_SIZE> sorted;
  for (idx_t from = 0; from < run.Count(); from += STANDARD_VECTOR_SIZE) {
    if (run.context.interrupted.load(std::memory_order_relaxed)) throw duckdb::InterruptException();
    const auto count = std::min<idx_t>(run.Count() - from, STANDARD_VECTOR_SIZE);
    for (idx_t i = 0; i < count; ++i) sorted[i] = &blocks.GetValueAtIndex<Key>(from + i);
    if constexpr (Key::HAS_PAYLOAD) {
      for (idx_t i = 0; i < count; ++i) payload->row()[i] = sorted[i]->GetPayload();
      if (!run.payload_data->GetLayout().AllConstant())
        run.payload_data->FindHeapPointers(payload->rows(), count);
      const auto* copies = payload->append(count);
      for (idx_t i = 0; i < count; ++i) sorted[i]->SetPayload(copies[i]);
    }
    if constexpr (!Key::CONSTANT_SIZE) {
      auto* heap = RowCopy::pointers(keys->rows().heap_locations);
      auto* sizes = duckdb::FlatVector::GetData<idx_t>(keys->rows().heap_sizes);
      for (idx_t i = 0; i < count; ++i) {
        keys->row()[i] = duckdb::data_ptr_cast(sorted[i]);
        heap[i] = sorted[i]->GetData();
        sizes[i] = sorted[i]->GetHeapSize();
      }
      keys->append(count);
    }
  }
  run.key_data->Unpin();
  if (keys) run.key_data = keys->finish();
  if (payload) run.payload_data = payload->finish();
}

template <SortKeyType type>
void sort_run_of(duckdb::SortedRun& run, bool external) {
  using Key = duckdb::SortKey<type>;
  run.key_data->FinalizePinState(run.key_append_state.pin_state);
  if (run.payload_data) run.payload_data->FinalizePinState(run.payload_append_state.pin_state);
  KeySort<Key>(run.context, *run.key_data).run();
  if (external) write_in_order<Key>(run);
  run.finalized = true;
}

}  // namespace

void sort_run(duckdb::SortedRun& run, bool external) {
  switch (run.key_data->GetLayout().GetSortKeyType()) {
    case SortKeyType::NO_PAYLOAD_FIXED_8:
      return sort_run_of<SortKeyType::NO_PAYLOAD_FIXED_8>(run, external);
    case SortKeyType::NO_PAYLOAD_FIXED_16:
      return sort_run_of<SortKeyType::NO_PAYLOAD_FIXED_16>(run, external);
    case SortKeyType::NO_PAYLOAD_FIXED_24:
      return sort_run_of<SortKeyType::NO_PAYLOAD_FIXED_24>(run, external);
    case SortKeyType::NO_PAYLOAD_FIXED_32:
      return sort_run_of<SortKeyType::NO_PAYLOAD_FIXED_32>(run, external);
    case SortKeyType::NO_PAYLOAD_VARIABLE_32:
      return sort_run_of<SortKeyType::NO_PAYLOAD_VARIABLE_32>(run, external);
    case SortKeyType::PAYLOAD_FIXED_16:
      return sort_run_of<SortKeyType::PAYLOAD_FIXED_16>(run, external);
    case SortKeyType::PAYLOAD_FIXED_24:
      return sort_run_of<SortKeyType::PAYLOAD_FIXED_24>(run, external);
    case SortKeyType::PAYLOAD_FIXED_32:
      return sort_run_of<SortKeyType::PAYLOAD_FIXED_32>(run, external);
    case SortKeyType::PAYLOAD_VARIABLE_32:
      return sort_run_of<SortKeyType::PAYLOAD_VARIABLE_32>(run, external);
    case SortKeyType::INVALID: break;
  }
  throw duckdb::InternalException("a sort key of an unknown layout");
}

}  // namespace lochan::engine

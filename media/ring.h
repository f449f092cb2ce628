// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <span>
#include <vector>

namespace media {

// A queue of samples between one thread that writes and one that reads, without locks.
template <typename T>
class Ring {
 public:
  explicit Ring(std::size_t capacity) : slots_(std::bit_ceil(capacity)) {}

  std::size_t capacity() const { return slots_.size(); }
  std::size_t size() const { return written_.load(std::memory_order_acquire) - read_.load(std::memory_order_acquire); }

  // All or nothing: false when there is no room. The writer's thread only.
  bool write(std::span<const T> values) {
    const std::size_t at = written_.load(std::memory_order_relaxed);
    if (values.size() > slots_.size() - (at - read_.load(std::memory_order_acquire))) return false;
    for (std::size_t i = 0; i < values.size(); ++i) slots_[(at + i) & (slots_.size() - 1)] = values[i];
    written_.store(at + values.size(), std::memory_order_release);
    return true;
  }

  // The count of values read, at most those asked for. The reader's thread only.
  std::size_t read(std::span<T> values) {
    const std::size_t at = read_.load(std::memory_order_relaxed);
    const std::size_t count = std::min(values.size(), written_.load(std::memory_order_acquire) - at);
    for (std::size_t i = 0; i < count; ++i) values[i] = slots_[(at + i) & (slots_.size() - 1)];
    read_.store(at + count, std::memory_order_release);
    return count;
  }

  // Forgets the oldest. The reader's thread only.
  void skip(std::size_t count) {
    const std::size_t at = read_.load(std::memory_order_relaxed);
    read_.store(at + std::min(count, written_.load(std::memory_order_acquire) - at), std::memory_order_release);
  }

 private:
  std::vector<T> slots_;
  alignas(64) std::atomic<std::size_t> written_{0};
  alignas(64) std::atomic<std::size_t> read_{0};
};

}  // namespace media

#pragma once
/// Memory for many small things that are forgotten together. Its blocks are
/// kept for what comes after them.
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace etherpeil::classify {

class Arena {
 public:
  /// Memory that lives until `clear`.
  void* room(std::size_t bytes, std::size_t alignment) {
    if (bytes > block_bytes / 8) {
      const std::size_t blocks = bytes / block_bytes + 1;
      giants_.push_back(std::make_unique<Block[]>(blocks));
      giant_bytes_ += blocks * block_bytes;
      return giants_.back().get();
    }
    used_ = (used_ + alignment - 1) / alignment * alignment;
    if (blocks_.empty() || used_ + bytes > block_bytes) {
      if (!blocks_.empty()) ++block_;
      if (block_ == blocks_.size())
        blocks_.push_back(std::make_unique<Block>());
      used_ = 0;
    }
    std::byte* const place = blocks_[block_]->bytes.data() + used_;
    used_ += bytes;
    return place;
  }
  /// A copy that lives until `clear`.
  template <class T>
  const T* keep(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (items.empty()) return nullptr;
    T* const place = static_cast<T*>(room(items.size_bytes(), alignof(T)));
    std::uninitialized_copy(items.begin(), items.end(), place);
    return place;
  }
  [[nodiscard]] std::string_view keep(std::string_view text) {
    return {keep(std::span{text.data(), text.size()}), text.size()};
  }
  [[nodiscard]] std::size_t bytes() const {
    return block_ * block_bytes + giant_bytes_;
  }
  void clear() {
    giants_.clear();
    giant_bytes_ = 0;
    block_ = 0;
    used_ = 0;
  }

 private:
  static constexpr std::size_t block_bytes = 1U << 16U;
  struct alignas(64) Block {
    Block() {}  // NOLINT: left as it is found, where {} would fill it
    std::array<std::byte, block_bytes> bytes;
  };
  std::vector<std::unique_ptr<Block>> blocks_{};
  std::vector<std::unique_ptr<Block[]>> giants_{};  ///< for what is large
  std::size_t giant_bytes_{};
  std::size_t block_{};            ///< in use
  std::size_t used_{block_bytes};  ///< bytes of it
};

}  // namespace etherpeil::classify

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lpntk::inline LPNTK_TARGET {

/// A fixed number of T at a 64-byte boundary, allocated once and left uninitialised: the thread that first writes
/// a page is the one that pays for it, and has it near. A value: copies are deep.
///
/// Buffers of many megabytes start at a 2 MiB boundary and ask Linux for huge pages, which makes the first
/// touch of a large Gram several times cheaper.
template <class T>
class aligned_buffer {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    aligned_buffer() = default;

    /// Throws memory_error naming `what` when there is not enough memory.
    explicit aligned_buffer(index_t count, std::string_view what)
        : count_(count), data_(allocate(static_cast<std::size_t>(count), what), release{alignment(count)}) {}

    /// Deep; throws memory_error when there is no room for the second.
    aligned_buffer(const aligned_buffer& other) : aligned_buffer(other.count_, "copy of a buffer") {
        if (count_ > 0) std::memcpy(data(), other.data(), bytes());
    }
    /// Leaves `other` empty; pointers into the numbers stay good.
    aligned_buffer(aligned_buffer&& other) noexcept
        : count_(std::exchange(other.count_, 0)), data_(std::move(other.data_)) {}
    /// By value, so that a copy that fails leaves this as it was.
    aligned_buffer& operator=(aligned_buffer other) noexcept {
        std::swap(count_, other.count_);
        std::swap(data_, other.data_);
        return *this;
    }
    ~aligned_buffer() = default;

    T* data() { return data_.get(); }              ///< the first of size() numbers; null when there are none
    const T* data() const { return data_.get(); }  ///< the first of size() numbers; null when there are none
    index_t size() const { return count_; }        ///< of T
    /// Of its numbers, without what alignment adds.
    std::size_t bytes() const { return static_cast<std::size_t>(count_) * sizeof(T); }

private:
    static constexpr std::size_t huge_page = std::size_t{1} << 21U;

    static std::align_val_t alignment(index_t count) {
        const bool huge = static_cast<std::size_t>(count) >= 4 * huge_page / sizeof(T);
        return std::align_val_t{huge ? huge_page : 64};
    }

    struct release {
        std::align_val_t aligned{64};
        void operator()(T* data) const { ::operator delete(data, aligned); }
    };

    static T* allocate(std::size_t count, std::string_view what) {
        if (count == 0) return nullptr;
        const auto most = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(T);
        if (count > most) throw memory_error(what, count > SIZE_MAX / sizeof(T) ? SIZE_MAX : count * sizeof(T));
        const auto aligned = alignment(static_cast<index_t>(count));
        void* data = ::operator new(count * sizeof(T), aligned, std::nothrow);
        if (data == nullptr) throw memory_error(what, count * sizeof(T));
#if defined(__linux__) && defined(MADV_HUGEPAGE)
        if (static_cast<std::size_t>(aligned) == huge_page) ::madvise(data, count * sizeof(T), MADV_HUGEPAGE);
#endif
        return static_cast<T*>(data);
    }

    index_t count_ = 0;
    std::unique_ptr<T, release> data_;
};

}  // namespace lpntk

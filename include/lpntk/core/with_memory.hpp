#pragma once

#include <cstdint>
#include <new>
#include <stdexcept>
#include <string_view>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What `make()` returns, which takes at least `bytes` of memory; throws memory_error about `what` when they cannot be
/// had, or are more than a container can hold.
template <class Make>
auto with_memory(std::string_view what, std::uint64_t bytes, Make&& make) {
    try {
        return make();
    } catch (const std::bad_alloc&) {
        throw memory_error(what, bytes);
    } catch (const std::length_error&) {
        throw memory_error(what, bytes);
    }
}

/// rows x columns numbers, uninitialised. Throws memory_error naming `what` when there is not enough memory.
template <class T>
matrix<T> allocate_matrix(index_t rows, index_t columns, std::string_view what) {
    const double bytes = static_cast<double>(rows) * static_cast<double>(columns) * sizeof(T);
    return with_memory(what, bytes < 0x1p64 ? static_cast<std::uint64_t>(bytes) : UINT64_MAX,
                       [&] { return matrix<T>(rows, columns); });
}

}  // namespace lpntk

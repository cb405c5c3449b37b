#pragma once

#include <cstdint>
#include <new>
#include <string_view>

#include "lpntk/core/require.hpp"

namespace lpntk::inline LPNTK_TARGET::io::detail {

/// What `make()` returns, which takes `bytes` of memory; throws memory_error about `what` when they cannot be had.
template <class Make>
auto with_memory(std::string_view what, std::uint64_t bytes, Make&& make) {
    try {
        return make();
    } catch (const std::bad_alloc&) {
        throw memory_error(what, bytes);
    }
}

}  // namespace lpntk::io::detail

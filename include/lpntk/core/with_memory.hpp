#pragma once

#include <cstdint>
#include <new>
#include <stdexcept>
#include <string_view>

#include "lpntk/core/require.hpp"

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

}  // namespace lpntk

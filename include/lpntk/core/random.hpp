#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A repeatable stream of random numbers named by (seed, item): two items never share a stream, so
/// what an item draws depends neither on threads nor on the order of the items.
///
/// The engine is std::mt19937_64, whose output the standard fixes; the draws below are computed from
/// it directly, because the standard's distributions differ between libraries. Not thread-safe: one
/// stream belongs to one thread.
class random_stream {
public:
    /// Seeds all 2.5 kB of the engine: make one stream an item, not one a number.
    explicit random_stream(std::uint64_t seed, std::uint64_t item = 0) {
        std::seed_seq key{low(seed), high(seed), low(item), high(item)};
        engine_.seed(key);
    }

    /// 64 random bits.
    std::uint64_t bits() { return engine_(); }

    /// Uniform in [0, 1), with 53 random bits.
    double uniform() { return static_cast<double>(bits() >> 11U) * 0x1.0p-53; }

    /// Uniform in [low, high).
    double uniform(double low, double high) { return low + (high - low) * uniform(); }

    /// Standard normal (Box and Muller), two uniforms a draw.
    double normal() {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
        return radius * std::cos(2.0 * std::numbers::pi * uniform());
    }

    /// Uniform in {0, ..., count - 1}, without bias.
    index_t below(index_t count) {
        require(count >= 1, "random_stream::below", "count", count, ">= 1");
        const auto range = static_cast<std::uint64_t>(count);
        const std::uint64_t reject_from = UINT64_MAX - UINT64_MAX % range;
        std::uint64_t draw = bits();
        while (draw >= reject_from) draw = bits();
        return static_cast<index_t>(draw % range);
    }

    /// Uniform random order (Fisher and Yates), in place.
    template <class Value>
    void shuffle(std::vector<Value>& values) {
        for (std::size_t left = values.size(); left > 1; --left)
            std::swap(values[left - 1], values[static_cast<std::size_t>(below(static_cast<index_t>(left)))]);
    }

private:
    static std::uint32_t low(std::uint64_t v) { return static_cast<std::uint32_t>(v); }
    static std::uint32_t high(std::uint64_t v) { return static_cast<std::uint32_t>(v >> 32U); }

    std::mt19937_64 engine_;
};

/// `count` of `items`, chosen at random without repetition, in random order. Throws argument_error unless there are
/// as many.
template <class Value>
std::vector<Value> random_choice(std::vector<Value> items, index_t count, random_stream& random) {
    const auto size = static_cast<index_t>(items.size());
    require(count >= 0 && count <= size, "random_choice", "count", count, "in [0, " + std::to_string(size) + "]");
    for (index_t k = 0; k < count; ++k)
        std::swap(items[static_cast<std::size_t>(k)], items[static_cast<std::size_t>(k + random.below(size - k))]);
    items.resize(static_cast<std::size_t>(count));
    return items;
}

}  // namespace lpntk

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// The order in which the layers of a chain meet the samples of a call; BySample is each layer's by_sample.
///
/// Layers that go sample by sample are taken in runs: one sample, or so many at once as a layer among them takes, pass
/// the whole run before the next ones start, so that they stay in cache. The other layers get all samples at once.
template <bool... BySample>
struct sample_runs {
    static constexpr std::size_t depth = sizeof...(BySample);  ///< layers of the chain

    /// Calls f(first, count) with the index of each layer as template argument, from the first to the last.
    template <std::size_t I = 0, class F>
    static void forwards(index_t samples, index_t at_once, F&& f) {
        if constexpr (I < depth) {
            constexpr std::size_t end = run_end(I);
            each<I>(samples, at_once, [&](index_t first, index_t count) {
                [&]<std::size_t... J>(std::index_sequence<J...>) {
                    (f.template operator()<I + J>(first, count), ...);
                }(std::make_index_sequence<end - I>{});
            });
            forwards<end>(samples, at_once, f);
        }
    }

    /// The same from the last to the first.
    template <std::size_t End = depth, class F>
    static void backwards(index_t samples, index_t at_once, F&& f) {
        if constexpr (End > 0) {
            constexpr std::size_t begin = run_begin(End);
            each<begin>(samples, at_once, [&](index_t first, index_t count) {
                [&]<std::size_t... J>(std::index_sequence<J...>) {
                    (f.template operator()<End - 1 - J>(first, count), ...);
                }(std::make_index_sequence<End - begin>{});
            });
            backwards<begin>(samples, at_once, f);
        }
    }

private:
    static constexpr std::array<bool, depth> by_sample{BySample...};

    static constexpr std::size_t run_end(std::size_t begin) {
        std::size_t end = begin + 1;
        while (by_sample[begin] && end < depth && by_sample[end]) ++end;
        return end;
    }

    static constexpr std::size_t run_begin(std::size_t end) {
        std::size_t begin = end - 1;
        while (by_sample[end - 1] && begin > 0 && by_sample[begin - 1]) --begin;
        return begin;
    }

    template <std::size_t I, class F>
    static void each(index_t samples, index_t at_once, F&& f) {
        const index_t step = by_sample[I] ? at_once : samples;
        for (index_t first = 0; first < samples; first += step) f(first, std::min(step, samples - first));
    }
};

}  // namespace lpntk::nn

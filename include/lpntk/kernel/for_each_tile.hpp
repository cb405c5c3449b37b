#pragma once

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/bf16_features.hpp"
#include "lpntk/kernel/contract_tiles.hpp"
#include "lpntk/kernel/contraction.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/tile_range.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The precision of the factors (dense numbers, d and a) that a contraction multiplies. Sums keep the features'.
///
/// `bf16`, for float features only, rounds each factor to 8 significant bits once a call and takes half of phi's
/// memory for it. The result is the exact kernel of features moved a little: symmetric, and positive semi-definite
/// up to the rounding of the float sums. Against float64, LeNet on MNIST: Frobenius error 7e-4 relative at the
/// initial weights, 1.1e-3 after training; worst entry 2e-3 and 3.5e-3 of sqrt(kappa(i, i) kappa(j, j)); `full`: 2e-7
/// and 6e-7. 1.8 times as fast as full where the target has AVX512_BF16, rounding included; elsewhere the same
/// numbers at no gain (AVX-512 without it: as fast as full; AVX2: 0.7 times).
enum class factor_precision { full, bf16 };

/// For everything that contracts features: gram, cross_gram, kernel_rows, for_each_tile.
struct gram_options {
    int threads = 0;       ///< 0: all that there are
    index_t tile = 0;      ///< samples along a tile's edge, rounded up to whole panels; 0: by the size, up to 240
    progress report = {};  ///< told after each tile, or each step of one whose features are large
    factor_precision factors = factor_precision::full;  ///< bf16: faster, three digits
};

/// The edge of a tile for features of T, `size` of them on the longer side: large enough to use each packed number
/// about 200 times, small enough for its sums and a depth block of its panels to share a cache of 1 MiB, and such that
/// a small Gram still makes enough tiles for many cores. Whole register blocks. Depends on the size alone, never on the
/// threads. Throws argument_error, in the name of `function`, for a wanted edge below 0; 0 chooses, and one that is too
/// large is cut to the size.
template <class T>
index_t tile_edge(index_t wanted, index_t size, std::string_view function) {
    require(wanted >= 0, function, "tile", wanted, ">= 0 (0: chosen by the size)");
    if (wanted > 0) return micro::padded_within<T>(wanted, size);
    constexpr index_t block = contraction<T>::max_vectors * micro::lanes_of<T>;
    constexpr index_t largest = std::max<index_t>(240 / block * block, block);
    return std::clamp(size / 7 / block * block, block, largest);
}

namespace detail {

/// for_each_tile with tiles that need not start at zero.
template <class T, class Start, class Take>
void add_tiles(const features<T>& phi, const features<T>& psi, const std::vector<tile_range>& tiles,
               const gram_options& options, std::string_view function, kernel_origin origin, const Start& start,
               Take&& take) {
    const auto contract = [&](const auto& left, const auto& right) {
        contract_tiles(left, right, tiles, options.threads, options.report, function, origin, start, take);
    };
    if (options.factors == factor_precision::full) return contract(phi, psi);
    require((std::is_same_v<T, float>), function, "factors", "bf16", "full where features are not float");
    if constexpr (std::is_same_v<T, float>) {
        const features<micro::bf16_pair> rounded = round_to_bf16(phi, options.threads);
        if (&phi == &psi) return contract(rounded, rounded);
        contract(rounded, round_to_bf16(psi, options.threads));
    }
}

}  // namespace detail

/// THE stream of kernel tiles: computes <phi_i, psi_j> for each tile and hands it to take(tile, values), where
/// values.row(r) points at the tile.columns numbers of its row r (with tile.lower those up to the diagonal), until take
/// returns.
///
///     const auto edge = lpntk::tile_edge<float>(0, phi.size(), "diagonal_sum");
///     lpntk::for_each_tile(phi, phi, lpntk::triangle_tiles(phi.size(), edge), {}, "diagonal_sum",
///                          [&](const lpntk::tile_range& tile, const auto& values) { ... });
///
/// A Gram, rows, a Gram by class are takers; so is whatever puts a kernel somewhere else. phi and psi must have the
/// same parts in the same forms. Tiles are shared out over the threads; those that follow each other are worked on
/// together, so that features come from memory once for all of them. take is called from several threads at once, for
/// different tiles. An entry has the same bits in whatever tile it lies, and kappa(i, j) those of kappa(j, i).
/// Cost: phi.multiply_adds() an entry. Memory: four tiles a thread; where the features of a few tiles are more than 8
/// MiB, seven, and a million numbers at least. Throws, in the name of `function`, argument_error for bf16 factors when
/// T is not float and numeric_error for an entry that overflows: names the two samples.
template <class T, class Take>
void for_each_tile(const features<T>& phi, const features<T>& psi, const std::vector<tile_range>& tiles,
                   const gram_options& options, std::string_view function, Take&& take) {
    detail::add_tiles(phi, psi, tiles, options, function, {}, at_zero{}, std::forward<Take>(take));
}

}  // namespace lpntk

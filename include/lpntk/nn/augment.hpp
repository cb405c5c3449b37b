#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Changes one training sample in place, as its random stream says: the numbers of `sample` lie as `shape` has it,
/// channels last. It is called from several threads at once.
template <class F, class T>
concept augments = requires(const F& f, vector_span<T> sample, const image_shape& shape, random_stream& random) {
    f(sample, shape, random);
};

/// Anything that augments; what train_options take.
///
///     .augment = nn::in_turn(nn::random_flip{}, nn::random_shift{.pixels = 4})
///     .augment = [](auto sample, const auto&, auto& random) { sample.array() += 0.1F * float(random.normal()); }
template <class T>
using augmentation = std::function<void(vector_span<T> sample, const image_shape& shape, random_stream& random)>;

/// Mirrors an image, left for right, with this probability.
struct random_flip {
    double probability = 0.5;  ///< 0: never, 1: always

    /// Mirrors `image` in place, or leaves it. O(its numbers). Throws argument_error when the probability is none.
    template <class T>
    void operator()(vector_span<T> image, const image_shape& shape, random_stream& random) const {
        require(probability >= 0 && probability <= 1, "random_flip", "probability", probability, "in [0, 1]");
        if (random.uniform() >= probability) return;
        const index_t row = shape.width * shape.channels;
        for (index_t y = 0; y < shape.height; ++y)
            for (index_t left = 0, right = shape.width - 1; left < right; ++left, --right) {
                T* const pixel = image.data() + y * row + left * shape.channels;
                std::swap_ranges(pixel, pixel + shape.channels, image.data() + y * row + right * shape.channels);
            }
    }
};
static_assert(augments<random_flip, float> && augments<random_flip, double>);

/// Moves an image by up to so many pixels along each axis, all whole numbers of them equally likely: a random crop of
/// the padded image (He et al. 2016). What comes in at the border is `fill`.
struct random_shift {
    index_t pixels = 4;             ///< at most, in each direction; >= 0
    std::vector<double> fill = {};  ///< for each channel; empty: 0, the mean of data that is scaled to mean 0

    /// Moves `image` in place. O(its numbers), one copy. Throws argument_error when `pixels` is negative or `fill` does
    /// not fit the channels.
    template <class T>
    void operator()(vector_span<T> image, const image_shape& shape, random_stream& random) const {
        require(pixels >= 0, "random_shift", "pixels", pixels, ">= 0");
        require(fill.empty() || static_cast<index_t>(fill.size()) == shape.channels, "random_shift", "length of fill",
                fill.size(), shape.channels);
        const index_t down = random.below(2 * pixels + 1) - pixels, right = random.below(2 * pixels + 1) - pixels;
        const vector<T> from = image;
        for (index_t i = 0; i < image.size(); ++i)
            image[i] = fill.empty() ? T(0) : static_cast<T>(fill[static_cast<std::size_t>(i % shape.channels)]);
        const index_t row = shape.width * shape.channels, shared = shape.width - std::abs(right);
        if (shared <= 0) return;
        const index_t source = std::max<index_t>(0, -right) * shape.channels,
                      target = std::max<index_t>(0, right) * shape.channels;
        for (index_t y = std::max<index_t>(0, down); y < std::min(shape.height, shape.height + down); ++y)
            std::copy_n(from.data() + (y - down) * row + source, shared * shape.channels,
                        image.data() + y * row + target);
    }
};
static_assert(augments<random_shift, float> && augments<random_shift, double>);

/// Augmentations one after the other.
template <class... Steps>
auto in_turn(Steps... steps) {
    return [=](auto sample, const image_shape& shape, random_stream& random) { (steps(sample, shape, random), ...); };
}

}  // namespace lpntk::nn

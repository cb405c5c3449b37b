#pragma once

#include <type_traits>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// The i-th row of rows of C numbers: the channels of a pixel.
template <class Number>
auto channels_of(Number* numbers, index_t channels, index_t i = 0) {
    using numbers_of = vector<std::remove_const_t<Number>>;
    using map = Eigen::Map<std::conditional_t<std::is_const_v<Number>, const numbers_of, numbers_of>>;
    return map(numbers + i * channels, channels);
}

/// The mean of value(i), C numbers, over the pixels i of `samples` samples; sums go sample by sample, so that few
/// digits are lost.
template <class T, class Value>
vector<T> mean_over_pixels(index_t samples, index_t pixels_of_sample, index_t channels, Value&& value) {
    vector<T> sum = vector<T>::Zero(channels), own(channels);
    for (index_t n = 0; n < samples; ++n) {
        own.setZero();
        for (index_t i = n * pixels_of_sample; i < (n + 1) * pixels_of_sample; ++i) own += value(i);
        sum += own;
    }
    return sum / static_cast<T>(samples * pixels_of_sample);
}

}  // namespace lpntk::nn::detail

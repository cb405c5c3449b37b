#pragma once

#include <algorithm>

#include "lpntk/core/types.hpp"
#include "lpntk/nn/layers/conv2d_geometry.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Room for the images of a convolution with zeros around them, where it pads.
template <class T>
class padded_images {
public:
    void resize(const conv2d_geometry& geometry, index_t count) {
        shape_ = geometry;
        if (shape_.pads()) images_.setZero(count * shape_.padded().size());
    }

    /// `count` images, padded; themselves where there is no padding.
    const T* pad(const T* images, index_t count) {
        if (!shape_.pads()) return images;
        for (index_t n = 0; n < count; ++n)
            copy_rows(images + n * shape_.in.size(), shape_.in.width,
                      images_.data() + n * shape_.padded().size() + shape_.padding_offset(), shape_.padded().width);
        return images_.data();
    }

    /// Zeros for `count` padded images, to be added to; unpad() then takes what is inside.
    T* zeros(T* images, index_t count) {
        T* const to = shape_.pads() ? images_.data() : images;
        std::fill_n(to, count * shape_.padded().size(), T(0));
        return to;
    }

    void unpad(T* images, index_t count) const {
        if (!shape_.pads()) return;
        for (index_t n = 0; n < count; ++n)
            copy_rows(images_.data() + n * shape_.padded().size() + shape_.padding_offset(), shape_.padded().width,
                      images + n * shape_.in.size(), shape_.in.width);
    }

private:
    void copy_rows(const T* from, index_t from_width, T* to, index_t to_width) const {
        for (index_t row = 0; row < shape_.in.height; ++row)
            std::copy_n(from + row * from_width * shape_.in.channels, shape_.in.width * shape_.in.channels,
                        to + row * to_width * shape_.in.channels);
    }

    conv2d_geometry shape_{};
    vector<T> images_;
};

}  // namespace lpntk::nn::detail

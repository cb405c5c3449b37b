#pragma once

#include "lpntk/nn/affine_product.hpp"
#include "lpntk/nn/layers/conv2d_geometry.hpp"
#include "lpntk/nn/layers/winograd.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// The products of a convolution with given weights, for one sample at a time.
///
/// Images are channels last, so that a row of a patch, kernel width x channels numbers, is contiguous: the product
/// reads the patches in place; where winograd fits, it replaces that. Keeps packed weights and scratch: one for each
/// thread.
template <class T>
class conv2d_product {
public:
    /// Fixes the shapes and the weights, patch x outputs, which must stay where they are.
    void prepare(const conv2d_geometry& geometry, const T* weights) {
        shape_ = geometry;
        weights_ = weights;
        if (winograd<T>::fits(shape_))
            filtering_.prepare(shape_, weights);
        else
            tail_.pack(weights, shape_.patch(), shape_.out.channels);
    }

    /// y := the convolution of the padded image, height x width x outputs, and the bias unless that is null.
    void operator()(const T* image, const T* bias, T* y) {
        if (winograd<T>::fits(shape_)) return filtering_.forward(image, bias, y);
        const index_t outputs = shape_.out.channels;
        for (index_t row = 0; row < shape_.out.height; ++row)
            affine_product<T>(
                {image + row * shape_.stride.height * shape_.row(), shape_.out.width,
                 shape_.stride.width * shape_.in.channels, shape_.kernel.height, shape_.row(), shape_.run()},
                weights_, bias, outputs, tail_, y + row * shape_.out.width * outputs);
    }

private:
    conv2d_geometry shape_{};
    const T* weights_ = nullptr;
    column_tail<T> tail_;
    winograd<T> filtering_;
};

}  // namespace lpntk::nn::detail

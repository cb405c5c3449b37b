#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "lpntk/core/transpose.hpp"
#include "lpntk/nn/gradient_taker.hpp"
#include "lpntk/nn/layers/conv2d_dense_gradient.hpp"
#include "lpntk/nn/layers/conv2d_sparse_gradient.hpp"
#include "lpntk/nn/layers/padded_images.hpp"
#include "lpntk/nn/layers/winograd_gradient.hpp"
#include "lpntk/nn/layers/winograd_product.hpp"

namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Backward pass of a convolution: over the non-zeros of a sample's gradient where they are few; for the other samples
/// side by side, in Winograd's form where it fits. Keeps weights and scratch: one for each thread.
template <class T>
class conv2d_gradient {
public:
    /// Fixes the shapes and the weights, patch x outputs and a row of biases if there are any, for at most `images` at
    /// once.
    void prepare(const conv2d_geometry& geometry, const T* weights, bool bias, index_t images) {
        shape_ = geometry;
        bias_ = bias;
        filters_weights_ = winograd<T>::fits(shape_);
        filters_inputs_ = winograd<T>::fits(shape_) && winograd<T>::fits(shape_.transposed());
        const index_t outputs = shape_.out.channels, channels = shape_.in.channels, patch = shape_.patch();
        kernels_.setZero(outputs * patch);
        micro::add_transposed(weights, patch, outputs, kernels_.data());
        places_.resize(static_cast<std::size_t>(images));
        dense_samples_.resize(static_cast<std::size_t>(images));
        padded_.resize(shape_, images);
        padded_gradients_.resize(shape_, images);
        sparse_.prepare(shape_);
        if (filters_weights_) filtered_weights_.prepare(shape_);
        if (filters_inputs_)
            filtered_inputs_.prepare(shape_.transposed(), [&](int y, int x, index_t o) {
                return kernels_.data() + o * patch + ((2 - y) * 3 + 2 - x) * channels;
            });
        else
            dense_.prepare(shape_, kernels_.data());
    }

    /// The gradients of `count` samples, `first` and on, by the weights to the taker; those by the inputs to dx unless
    /// that is null.
    void operator()(const T* x, const T* dy, T* dx, index_t count, taker_ref<T> taker, index_t part, index_t first) {
        for (index_t n = 0; n < count; ++n) {
            const gradient_place<T> place = place_of(n) = taker.sample(part, first + n);
            const T *const image = x + n * shape_.in.size(), *const gradient = dy + n * shape_.out.size();
            if (place.formed && bias_) add_bias_gradient(gradient, place.formed);
            if (!place.formed && place.cotangents) {
                std::copy_n(gradient, shape_.out.size(), place.cotangents);
                if (place.pixels)
                    std::copy_n(image, shape_.in.size(), place.pixels);
                else
                    copy_patches(padded_.pad(image, 1), place.inputs);
            }
            dense_samples_[static_cast<std::size_t>(n)] = !is_sparse(gradient);
            if (dense(n)) continue;
            if (place.formed) sparse_.add_weight_gradient(padded_.pad(image, 1), gradient, place.formed);
            if (dx)
                add_input_gradient(dx + n * shape_.in.size(), 1,
                                   [&](T* to) { sparse_.add_input_gradient(kernels_.data(), gradient, to); });
        }
        for_each_run(
            count, [&](index_t n) { return place_of(n).formed; },
            [&](index_t n, index_t samples) {
                if (place_of(n).formed)
                    add_weight_gradient(x + n * shape_.in.size(), dy + n * shape_.out.size(), samples,
                                        place_of(n).formed);
            });
        if (!dx) return;
        for_each_run(
            count, [](index_t) { return nullptr; },
            [&](index_t n, index_t samples) {
                const T* const gradients = dy + n * shape_.out.size();
                T* const to = dx + n * shape_.in.size();
                if (filters_inputs_)
                    filtered_inputs_(gradients, samples, nullptr, std::identity(), to);
                else
                    add_input_gradient(to, samples,
                                       [&](T* images) { dense_.add_input_gradient(gradients, samples, images); });
            });
    }

private:
    gradient_place<T>& place_of(index_t n) { return places_[static_cast<std::size_t>(n)]; }
    bool dense(index_t n) const { return dense_samples_[static_cast<std::size_t>(n)]; }

    /// Calls f(n, samples) for runs of dense samples whose keys are equal.
    template <class Key, class F>
    void for_each_run(index_t count, Key&& key, F&& f) {
        for (index_t n = 0, end = 0; n < count; n = end) {
            end = n + 1;
            if (!dense(n)) continue;
            while (end < count && dense(end) && key(end) == key(n)) ++end;
            f(n, end - n);
        }
    }

    /// Of a gradient with n non-zeros of N, n / N costs about what all N do in Winograd's form at a quarter.
    bool is_sparse(const T* dy) const {
        if (!conv2d_sparse_gradient<T>::fits(shape_)) return false;
        index_t non_zeros = 0;
        for (index_t i = 0; i < shape_.out.size(); ++i) non_zeros += dy[i] != T(0) ? 1 : 0;
        return (filters_weights_ ? 4 : 2) * non_zeros < shape_.out.size();
    }

    void add_bias_gradient(const T* dy, T* formed) const {
        const index_t outputs = shape_.out.channels;
        T* const to = formed + shape_.patch() * outputs;
        for (index_t t = 0; t < shape_.positions(); ++t)
            for (index_t o = 0; o < outputs; ++o) to[o] += dy[t * outputs + o];
    }

    void add_weight_gradient(const T* images, const T* dy, index_t count, T* formed) {
        if (filters_weights_)
            filtered_weights_.add(images, dy, count, formed);
        else
            dense_.add_weight_gradient(padded_.pad(images, count), dy, count, formed);
    }

    template <class Add>
    void add_input_gradient(T* dx, index_t count, Add&& add) {
        add(padded_gradients_.zeros(dx, count));
        padded_gradients_.unpad(dx, count);
    }

    /// The patches of one padded image side by side: positions x patch.
    void copy_patches(const T* image, T* to) const {
        for (index_t t = 0; t < shape_.positions(); ++t)
            for (index_t ky = 0; ky < shape_.kernel.height; ++ky, to += shape_.run())
                std::copy_n(image + shape_.patch_offset(t) + ky * shape_.row(), shape_.run(), to);
    }

    conv2d_geometry shape_{};
    bool bias_ = false, filters_weights_ = false, filters_inputs_ = false;
    vector<T> kernels_;  ///< outputs x patch
    std::vector<gradient_place<T>> places_;
    std::vector<char> dense_samples_;
    padded_images<T> padded_, padded_gradients_;
    conv2d_sparse_gradient<T> sparse_;
    conv2d_dense_gradient<T> dense_;
    winograd_gradient<T> filtered_weights_;
    winograd_product<T> filtered_inputs_;
};

}  // namespace lpntk::nn::detail

#pragma once

/// The only file that includes xtensor; it knows the flat headers up to 0.25 and the folders since 0.26.
#if __has_include(<xtensor/containers/xarray.hpp>)
#include <xtensor/containers/xarray.hpp>
#include <xtensor/containers/xtensor.hpp>
#else
#include <xtensor/xarray.hpp>
#include <xtensor/xtensor.hpp>
#endif

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

namespace detail {

/// Throws argument_error unless `values` has `dimension` axes.
template <class E>
void require_dimension(const E& values, std::size_t dimension, std::string_view function) {
    require(values.dimension() == dimension, function, "number of axes", values.dimension(), dimension);
}

template <class E>
index_t extent(const E& values, std::size_t axis) {
    return static_cast<index_t>(values.shape()[axis]);
}

}  // namespace detail

/// Copy of an Eigen vector (one axis) or matrix (two axes, row by row) as an xtensor array. O(size).
template <class Derived>
auto to_xtensor(const Eigen::DenseBase<Derived>& values) {
    using scalar = typename Derived::Scalar;
    const auto size = static_cast<std::size_t>(values.size());
    if constexpr (Derived::IsVectorAtCompileTime) {
        auto array = xt::xtensor<scalar, 1>::from_shape({size});
        Eigen::Map<vector<scalar>>(array.data(), values.size()) = values.derived();
        return array;
    } else {
        auto array = xt::xtensor<scalar, 2>::from_shape(
            {static_cast<std::size_t>(values.rows()), static_cast<std::size_t>(values.cols())});
        Eigen::Map<matrix<scalar>>(array.data(), values.rows(), values.cols()) = values.derived();
        return array;
    }
}

/// Copy of indices as an xtensor array with one axis. O(size).
inline xt::xtensor<index_t, 1> to_xtensor(std::span<const index_t> indices) {
    auto array = xt::xtensor<index_t, 1>::from_shape({indices.size()});
    std::copy(indices.begin(), indices.end(), array.begin());
    return array;
}

/// Copy of an xtensor expression with two axes, of any layout. Throws argument_error for another number of axes.
template <class E>
auto to_matrix(const xt::xexpression<E>& expression) {
    const E& values = expression.derived_cast();
    detail::require_dimension(values, 2, "to_matrix");
    matrix<typename E::value_type> copy(detail::extent(values, 0), detail::extent(values, 1));
    std::copy(values.template begin<xt::layout_type::row_major>(), values.template end<xt::layout_type::row_major>(),
              copy.data());
    return copy;
}

/// Copy of an xtensor expression with one axis. Throws argument_error for another number of axes.
template <class E>
auto to_vector(const xt::xexpression<E>& expression) {
    const E& values = expression.derived_cast();
    detail::require_dimension(values, 1, "to_vector");
    vector<typename E::value_type> copy(detail::extent(values, 0));
    std::copy(values.begin(), values.end(), copy.data());
    return copy;
}

/// Copy of integers with one axis as indices. Throws argument_error for another number of axes.
template <class E>
std::vector<index_t> to_indices(const xt::xexpression<E>& expression) {
    static_assert(std::is_integral_v<typename E::value_type>, "indices are integers");
    const E& values = expression.derived_cast();
    detail::require_dimension(values, 1, "to_indices");
    std::vector<index_t> copy;
    copy.reserve(values.size());
    for (const auto value : values) copy.push_back(static_cast<index_t>(value));
    return copy;
}

/// Dataset of N x C x H x W images (any xtensor expression) and N labels; stored channels last.
/// Throws argument_error for another number of axes, or unless the dataset is whole (require_valid).
template <class E>
auto make_dataset(const xt::xexpression<E>& images, std::vector<int> labels, int classes) {
    using T = typename E::value_type;
    detail::require_dimension(images.derived_cast(), 4, "make_dataset");
    const xt::xtensor<T, 4> planes = images.derived_cast();
    const image_shape shape{detail::extent(planes, 2), detail::extent(planes, 3), detail::extent(planes, 1)};
    const index_t pixels = shape.height * shape.width;
    dataset<T> data{matrix<T>(detail::extent(planes, 0), shape.size()), std::move(labels), classes, shape};
    for (index_t i = 0; i < data.size(); ++i) {
        const Eigen::Map<const matrix<T>> image(planes.data() + i * shape.size(), shape.channels, pixels);
        Eigen::Map<matrix<T>>(data.inputs.row(i).data(), pixels, shape.channels) = image.transpose();
    }
    require_valid(data, "make_dataset");
    return data;
}

/// The images of a dataset as an N x C x H x W array: what make_dataset took. O(N C H W).
template <class T>
xt::xtensor<T, 4> to_planes(const dataset<T>& data) {
    const image_shape& shape = data.shape;
    require(data.inputs.cols() == shape.size(), "to_planes", "numbers in a sample", data.inputs.cols(),
            "height x width x channels, " + std::to_string(shape.size()));
    const index_t pixels = shape.height * shape.width;
    auto planes =
        xt::xtensor<T, 4>::from_shape({static_cast<std::size_t>(data.size()), static_cast<std::size_t>(shape.channels),
                                       static_cast<std::size_t>(shape.height), static_cast<std::size_t>(shape.width)});
    for (index_t i = 0; i < data.size(); ++i) {
        const Eigen::Map<const matrix<T>> image(data.inputs.row(i).data(), pixels, shape.channels);
        Eigen::Map<matrix<T>>(planes.data() + i * shape.size(), shape.channels, pixels) = image.transpose();
    }
    return planes;
}

}  // namespace lpntk

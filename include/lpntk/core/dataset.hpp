#pragma once

#include <span>
#include <string>
#include <vector>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Height, width and channels of one image; {1, 1, D} for D numbers without a layout.
struct image_shape {
    index_t height = 1;    ///< pixels
    index_t width = 1;     ///< pixels
    index_t channels = 1;  ///< planes (3 for RGB)

    index_t size() const { return height * width * channels; }  ///< numbers in one image: the length of its row
    /// Equal sizes are not enough: 28 x 28 x 1 is not 1 x 1 x 784.
    bool operator==(const image_shape&) const = default;
};

/// Labelled samples: row i of `inputs` is sample i, labels[i] in {0, ..., classes - 1} its class.
///
/// Images are stored channels last (height, width, channel); core/tensor.hpp converts to and from
/// N x C x H x W. The library takes the rows as they are: scaling is the caller's.
template <class T>
struct dataset {
    matrix<T> inputs;         ///< N x shape.size()
    std::vector<int> labels;  ///< N
    int classes = 0;          ///< K
    image_shape shape;        ///< of every row; {1, 1, D} without a layout

    index_t size() const { return inputs.rows(); }  ///< N
};

/// Throws argument_error unless every label is in [0, classes): names the first bad one. O(N).
inline void require_labels(std::span<const int> labels, int classes, std::string_view function) {
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] < 0 || labels[i] >= classes)
            require(false, function, "labels[" + std::to_string(i) + "]", labels[i],
                    "in [0, " + std::to_string(classes) + ")");
}

/// Throws numeric_error when a row holds NaN or infinity: names the first such sample. O(N D).
template <class T>
void require_finite(const matrix_view<T>& rows, std::string_view function, std::string_view what) {
    for (index_t i = 0; i < rows.rows(); ++i)
        if (!all_finite(rows.data() + i * rows.outerStride(), rows.cols()))
            throw numeric_error(std::string(function) + ": " + std::string(what) + " of sample " + std::to_string(i) +
                                " holds NaN or infinity");
}

/// Throws argument_error when the rows are not as long as the shape says.
template <class T>
void require_shape(const dataset<T>& data, std::string_view function) {
    require(data.size() == 0 || data.inputs.cols() == data.shape.size(), function, "numbers in a sample",
            data.inputs.cols(), "height x width x channels, " + std::to_string(data.shape.size()));
}

/// Throws unless the dataset is whole: not empty, one label a row, labels below classes, inputs
/// finite, rows as long as the shape says.
template <class T>
void require_valid(const dataset<T>& data, std::string_view function) {
    require(data.size() >= 1, function, "number of samples", data.size(), ">= 1");
    require(static_cast<index_t>(data.labels.size()) == data.size(), function, "number of labels", data.labels.size(),
            "the number of samples, " + std::to_string(data.size()));
    require_shape(data, function);
    require_labels(data.labels, data.classes, function);
    require_finite<T>(data.inputs, function, "input");
}

/// The samples at `indices`, in that order; indices may repeat. The set may have no labels. Throws argument_error when
/// an index is out of range or there are labels for some samples only, memory_error when there is no room.
template <class T>
dataset<T> subset(const dataset<T>& data, std::span<const index_t> indices) {
    require(data.labels.empty() || static_cast<index_t>(data.labels.size()) == data.size(), "subset",
            "number of labels", data.labels.size(), "none, or the number of samples, " + std::to_string(data.size()));
    for (const index_t i : indices) require_index(i, data.size(), "subset", "index");
    const auto size = static_cast<index_t>(indices.size());
    const std::string what = "subset of " + std::to_string(size) + " samples";
    dataset<T> part{allocate_matrix<T>(size, data.inputs.cols(), what), {}, data.classes, data.shape};
    for (index_t row = 0; row < size; ++row)
        part.inputs.row(row) = data.inputs.row(indices[static_cast<std::size_t>(row)]);
    if (data.labels.empty()) return part;
    part.labels.reserve(indices.size());
    for (const index_t i : indices) part.labels.push_back(data.labels[static_cast<std::size_t>(i)]);
    return part;
}

/// For each class the ascending indices of its samples. Throws argument_error when a label is not in [0, classes),
/// memory_error when there is no room for so many classes.
inline std::vector<std::vector<index_t>> indices_by_class(std::span<const int> labels, int classes) {
    require(classes >= 0, "indices_by_class", "classes", classes, ">= 0");
    require_labels(labels, classes, "indices_by_class");
    using lists = std::vector<std::vector<index_t>>;
    const auto count = static_cast<std::size_t>(classes);
    lists indices = with_memory("indices of " + std::to_string(classes) + " classes", count * sizeof(lists::value_type),
                                [&] { return lists(count); });
    for (std::size_t i = 0; i < labels.size(); ++i)
        indices[static_cast<std::size_t>(labels[i])].push_back(static_cast<index_t>(i));
    return indices;
}

}  // namespace lpntk

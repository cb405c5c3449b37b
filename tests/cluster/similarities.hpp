#pragma once

#include <cstdint>
#include <exception>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lpntk/cluster/matrix_similarity.hpp>
#include <lpntk/core/random.hpp>
#include <lpntk/core/types.hpp>

// Similarities that the tests of cluster/ and select/ share.
namespace testing {

using lpntk::index_t;

/// What the exception says that `action` throws, of any type; empty when it throws none.
template <class Action>
std::string message_of(Action&& action) {
    try {
        action();
    } catch (const std::exception& error) {
        return error.what();
    }
    return {};
}

/// Models what the concept asks for and nothing more: not copyable, not default constructible.
struct bare_similarity {
    using scalar = double;

    explicit bare_similarity(lpntk::matrix<double> m) : values(std::move(m)) {}
    bare_similarity(const bare_similarity&) = delete;
    bare_similarity& operator=(const bare_similarity&) = delete;

    index_t size() const { return values.rows(); }
    lpntk::vector<double> diagonal() const { return values.diagonal(); }
    void row(index_t i, lpntk::vector_span<double> out) const { out = values.row(i).transpose(); }

    lpntk::matrix<double> values;
};

/// Counts the rows that it is asked for, in how many requests. For one thread.
struct counted_rows {
    using scalar = double;

    index_t size() const { return values.rows(); }
    lpntk::vector<double> diagonal() const { return values.diagonal(); }
    void row(index_t i, lpntk::vector_span<double> out) const {
        ++rows_given, ++requests;
        out = values.row(i).transpose();
    }
    void rows(std::span<const index_t> indices, lpntk::matrix_span<double> out) const {
        ++requests;
        rows_given += static_cast<index_t>(indices.size());
        for (std::size_t r = 0; r < indices.size(); ++r) out.row(static_cast<index_t>(r)) = values.row(indices[r]);
    }

    lpntk::matrix<double> values;
    mutable index_t rows_given = 0;
    mutable index_t requests = 0;
};

/// The kinds of kernel that break careless code.
enum class kind { smooth, ties, duplicates, negative, zeros };
inline constexpr kind all_kinds[] = {kind::smooth, kind::ties, kind::duplicates, kind::negative, kind::zeros};

/// A random positive semi-definite kernel; entries of `ties` are small integers.
inline lpntk::matrix<double> random_kernel(index_t items, kind what, std::uint64_t seed) {
    lpntk::random_stream random(seed, 77);
    const index_t features = what == kind::ties ? 2 : 5;
    lpntk::matrix<double> phi(items, features);
    for (double& value : phi.reshaped<Eigen::RowMajor>())
        value = what == kind::ties ? static_cast<double>(random.below(3) - 1) : random.normal();
    if (what == kind::smooth) phi.array() += 2.0;
    for (index_t i = 0; i < items; ++i) {
        if (what == kind::duplicates && i % 3 != 0) phi.row(i) = phi.row(i - i % 3);
        if (what == kind::negative && i % 2 == 1) phi.row(i) = -phi.row(i - 1);
        if (what == kind::zeros && i % 4 == 1) phi.row(i).setZero();
    }
    lpntk::matrix<double> kappa = phi.lazyProduct(phi.transpose());
    return (kappa + lpntk::matrix<double>(kappa.transpose())) / 2;
}

/// Random labels below `classes`, each class present when there are items enough.
inline std::vector<int> random_labels(index_t items, int classes, std::uint64_t seed) {
    lpntk::random_stream random(seed, 78);
    std::vector<int> labels;
    for (index_t i = 0; i < items; ++i)
        labels.push_back(i < classes ? static_cast<int>(i) : static_cast<int>(random.below(classes)));
    random.shuffle(labels);
    return labels;
}

}  // namespace testing

#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/kernel/sink_checks.hpp"
#include "lpntk/model/cotangents.hpp"
#include "lpntk/model/derived_parts.hpp"

namespace lpntk {

struct norm_options {
    index_t batch = 16;      ///< samples of one backward pass
    int threads = 0;         ///< 0: all that there are
    progress report = {};    ///< told after each batch
};

namespace detail {

/// Adds up |phi|^2 of a batch, part by part, from whatever form costs less, and keeps nothing else:
/// |d|^2 (|a|^2 + 1) for one outer product, the two Grams of its positions for several.
template <class T>
class norm_sink {
public:
    norm_sink(const std::vector<part_layout>& layouts, index_t first, index_t samples)
        : layouts_(&layouts), checks_("feature_norms", layouts.size(), first, samples),
          squares_(vector<double>::Zero(samples)) {}

    /// Forming T positions takes T in out multiply-adds, their Grams T^2 (in + out) / 2.
    bool forms(index_t part) const {
        const part_layout& l = at(part);
        return l.positions > 1 && 2 * l.inputs * l.outputs < l.positions * (l.inputs + l.outputs);
    }

    void dense(index_t part, const matrix_view<T>& values) {
        checks_.dense(part, at(part), asked(part), values);
        squares_ += square_norms(values);
    }

    void outer(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        checks_.factors(part, at(part), asked(part), part_form::outer, d, a);
        squares_.array() += square_norms(d).array() * (square_norms(a).array() + bias(part));
    }

    /// The lower triangles of the two Grams, row by row: matrix times vector, since Eigen shares out a product of
    /// matrices over threads of its own, and its bits depend on how many there are.
    void positions(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        const part_layout& l = at(part);
        checks_.factors(part, l, asked(part), part_form::positions, d, a);
        vector<T> dd(l.positions), aa(l.positions);
        for (index_t n = 0; n < d.rows(); ++n) {
            const Eigen::Map<const matrix<T>> d_n(row_of<T>(d, n).data(), l.positions, l.outputs);
            const Eigen::Map<const matrix<T>> a_n(row_of<T>(a, n).data(), l.positions, l.inputs);
            for (index_t t = 0; t < l.positions; ++t) {
                dd.head(t + 1).noalias() = d_n.topRows(t + 1) * d_n.row(t).transpose();
                aa.head(t + 1).noalias() = a_n.topRows(t + 1) * a_n.row(t).transpose();
                const auto product = [&](index_t count) {
                    return dd.head(count).template cast<double>().cwiseProduct(
                        (aa.head(count).template cast<double>().array() + bias(part)).matrix()).sum();
                };
                squares_[n] += product(t) + product(t + 1);  // the diagonal counts once, the rest twice
            }
        }
    }

    /// Throws numeric_error naming the first row of `values` (one for each sample of the batch) that is not finite.
    void check_finite(const matrix_view<T>& values, std::string_view what) const { checks_.check_finite(values, what); }

    /// |phi|^2 of each sample of the batch. Throws unless every part came exactly once.
    const vector<double>& squares() const {
        checks_.require_complete([&](std::size_t part) -> const part_layout& { return (*layouts_)[part]; });
        return squares_;
    }

private:
    static vector<double> square_norms(const matrix_view<T>& rows) {
        return rows.template cast<double>().rowwise().squaredNorm();
    }
    const part_layout& at(index_t part) const {
        checks_.require_part(part);
        return (*layouts_)[static_cast<std::size_t>(part)];
    }
    part_form asked(index_t part) const { return forms(part) ? part_form::dense : unformed(at(part)); }
    double bias(index_t part) const { return at(part).bias ? 1.0 : 0.0; }

    const std::vector<part_layout>* layouts_;
    sink_checks<T> checks_;
    vector<double> squares_;
};

}  // namespace detail

/// |phi(x_i, y_i)| = |J(x_i)^T u| for every row of `inputs` (N x D): sqrt(kappa(i, i)) without a Gram.
///
///     GraNd (Paul et al. 2021)     feature_norms(model, data, loss_gradient{})
///     lpNTK, pNTK norm             feature_norms(model, data, label_signs{}), all_ones{}
///
/// One backward pass a sample; features are never kept, those of convolutions formed only where that is cheaper.
/// `labels` may be empty when the cotangent needs none. The same bits for any number of threads. Throws argument_error for
/// no samples, bad labels or lengths, a model that breaks the rules of parts(); numeric_error naming the sample and
/// the part for numbers that are not finite.
template <jacobian_provider Model, class Cotangent>
vector<typename Model::scalar> feature_norms(const Model& model, const matrix_view<typename Model::scalar>& inputs,
                                             std::span<const int> labels, const Cotangent& cotangent,
                                             const norm_options& options = {}) {
    using T = typename Model::scalar;
    assert_cotangent<Model, Cotangent>();
    const char* const here = "feature_norms";
    const index_t size = inputs.rows();
    require(size >= 1, here, "number of samples", size, ">= 1");
    require(options.batch >= 1, here, "batch", options.batch, ">= 1");
    const std::vector<int> unlabelled(labels.empty() && !needs_label_v<Cotangent, T> ? static_cast<std::size_t>(size) : 0);
    if (!unlabelled.empty()) labels = unlabelled;
    require(static_cast<index_t>(labels.size()) == size, here, "number of labels", labels.size(),
            "the number of samples, " + std::to_string(size));
    require_labels(labels, static_cast<int>(model.outputs()), here);
    require_finite<T>(inputs, here, "input");

    const auto& provider = as_parts_provider(model);
    const std::vector<part_layout> layouts = provider.part_layouts();
    std::vector<typename std::remove_cvref_t<decltype(provider)>::workspace> workspaces(
        static_cast<std::size_t>(worker_count(options.threads)));
    vector<T> norms(size);
    parallel_for((size + options.batch - 1) / options.batch, options.threads, options.report, [&](index_t item, int worker) {
        const index_t first = item * options.batch, count = std::min(options.batch, size - first);
        detail::norm_sink<T> sink(layouts, first, count);
        provider.parts(
            workspaces[static_cast<std::size_t>(worker)], inputs.middleRows(first, count),
            [&](const matrix_view<T>& logits, matrix_span<T> u) {
                sink.check_finite(logits, "logits");
                apply_cotangents<T>(cotangent, logits,
                                    labels.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)), u);
                sink.check_finite(u, "cotangent");
            },
            sink);
        norms.segment(first, count) = sink.squares().cwiseSqrt().template cast<T>();
    });
    for (index_t i = 0; i < size; ++i)
        if (!std::isfinite(norms[i]))
            throw numeric_error("feature_norms: the feature of sample " + std::to_string(i) + " holds NaN or infinity");
    return norms;
}

/// The same for the samples of a dataset.
template <jacobian_provider Model, class Cotangent>
vector<typename Model::scalar> feature_norms(const Model& model, const dataset<typename Model::scalar>& data,
                                             const Cotangent& cotangent, const norm_options& options = {}) {
    return feature_norms(model, matrix_view<typename Model::scalar>(data.inputs), std::span<const int>(data.labels),
                         cotangent, options);
}

}  // namespace lpntk

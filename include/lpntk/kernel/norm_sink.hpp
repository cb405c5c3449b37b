#pragma once

#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// Adds up |phi|^2 of a batch, part by part, from whatever form costs less, and keeps nothing else:
/// |d|^2 (|a|^2 + 1) for one outer product, the two Grams of its positions for several.
template <class T>
class norm_sink {
public:
    /// finish() writes |phi| of each sample of the batch into `norms`.
    norm_sink(const std::vector<part_layout>& layouts, vector_span<T> norms)
        : layouts_(layouts), norms_(norms), squares_(vector<double>::Zero(norms.size())) {}

    const std::vector<part_layout>& layouts() const { return layouts_; }

    /// Forming T positions takes T in out multiply-adds, their Grams T^2 (in + out) / 2.
    part_form wants(index_t part) const {
        const part_layout& l = at(part);
        const bool formed = l.positions > 1 && 2 * l.inputs * l.outputs < l.positions * (l.inputs + l.outputs);
        return formed ? part_form::dense : part_form::factors;
    }

    void dense(index_t, const matrix_view<T>& values) { squares_ += square_norms(values); }

    void factors(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        if (at(part).positions > 1) return add_positions(at(part), d, a);
        squares_.array() += square_norms(d).array() * (square_norms(a).array() + bias(at(part)));
    }

    void finish() { norms_ = squares_.cwiseSqrt().template cast<T>(); }

private:
    /// The lower triangles of the two Grams, row by row: matrix times vector, since Eigen shares out a product of
    /// matrices over threads of its own, and its bits depend on how many there are.
    void add_positions(const part_layout& l, const matrix_view<T>& d, const matrix_view<T>& a) {
        vector<T> dd(l.positions), aa(l.positions);
        for (index_t n = 0; n < d.rows(); ++n) {
            const Eigen::Map<const matrix<T>> d_n(row_of<T>(d, n).data(), l.positions, l.outputs);
            const Eigen::Map<const matrix<T>> a_n(row_of<T>(a, n).data(), l.positions, l.inputs);
            for (index_t t = 0; t < l.positions; ++t) {
                dd.head(t + 1).noalias() = d_n.topRows(t + 1) * d_n.row(t).transpose();
                aa.head(t + 1).noalias() = a_n.topRows(t + 1) * a_n.row(t).transpose();
                const auto product = [&](index_t count) {
                    return dd.head(count)
                        .template cast<double>()
                        .cwiseProduct((aa.head(count).template cast<double>().array() + bias(l)).matrix())
                        .sum();
                };
                squares_[n] += product(t) + product(t + 1);  // the diagonal counts once, the rest twice
            }
        }
    }

    static vector<double> square_norms(const matrix_view<T>& rows) {
        return rows.template cast<double>().rowwise().squaredNorm();
    }
    static double bias(const part_layout& layout) { return layout.bias ? 1.0 : 0.0; }
    const part_layout& at(index_t part) const { return layouts_[static_cast<std::size_t>(part)]; }

    const std::vector<part_layout>& layouts_;
    vector_span<T> norms_;
    vector<double> squares_;
};

static_assert(part_sink<norm_sink<float>, float>);

}  // namespace lpntk::detail

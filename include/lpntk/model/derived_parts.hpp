#pragma once

#include <limits>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/model/part_layout.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// parts() for a model that has only a pullback or a Jacobian: one dense part of all P parameters, one
/// pullback a sample. It keeps a reference: the model must outlive it. Thread-safe as the model is; the
/// workspace belongs to one thread and holds the b x P features of one batch, and of a Jacobian K x P numbers.
///
/// The cotangent callable sees b x K logits, or b x 0 when the model has none. What the model is to write is NaN
/// before: where it does not write all of it, or adds to it, the checks of its numbers say so.
template <jacobian_provider Model>
class derived_parts {
public:
    using scalar = typename Model::scalar;  ///< float or double, the model's

    /// Of one thread; its matrices get their sizes at the first batch.
    struct workspace {
        matrix<scalar> logits;      ///< b x K or b x 0
        matrix<scalar> cotangents;  ///< b x K
        matrix<scalar> features;    ///< b x P
        matrix<scalar> jacobian;    ///< K x P, of a model with nothing but a Jacobian
    };

    /// Refers to `model`. O(1).
    explicit derived_parts(const Model& model) : model_(&model) {}
    explicit derived_parts(const Model&& model) = delete;  // would be gone before its parts are asked for

    bool serial() const { return is_serial(*model_); }                                 ///< as the model
    index_t outputs() const { return static_cast<index_t>(model_->outputs()); }        ///< K
    index_t parameters() const { return static_cast<index_t>(model_->parameters()); }  ///< P
    /// One, dense.
    std::vector<part_layout> part_layouts() const { return {{.name = "all parameters", .outputs = parameters()}}; }

    /// One batch, b x D. The sink gets part 0 as b x P numbers, or nothing when it skips it; b pullbacks, or Jacobians.
    template <class Cotangents, class Sink>
    void parts(workspace& scratch, matrix_view<scalar> batch, Cotangents&& cotangents, Sink&& sink) const {
        const index_t samples = batch.rows();
        scratch.logits.setConstant(samples, has_logits<Model> ? outputs() : 0, unwritten);
        if constexpr (has_logits<Model>)
            for (index_t i = 0; i < samples; ++i) {
                Eigen::Map<vector<scalar>> z(scratch.logits.row(i).data(), outputs());
                model_->logits(row_of<scalar>(batch, i), z);
            }
        scratch.cotangents.resize(samples, outputs());
        cotangents(matrix_view<scalar>(scratch.logits), matrix_span<scalar>(scratch.cotangents));
        if (sink.wants(0) == part_form::skipped) return;
        scratch.features.setConstant(samples, parameters(), unwritten);
        for (index_t i = 0; i < samples; ++i) {
            const Eigen::Map<const vector<scalar>> u(scratch.cotangents.row(i).data(), outputs());
            Eigen::Map<vector<scalar>> g(scratch.features.row(i).data(), parameters());
            pull_back(scratch, row_of<scalar>(batch, i), u, g);
        }
        sink.dense(0, matrix_view<scalar>(scratch.features));
    }

private:
    static constexpr scalar unwritten = std::numeric_limits<scalar>::quiet_NaN();

    void pull_back(workspace& scratch, const vector_view<scalar>& x, const vector_view<scalar>& u,
                   vector_span<scalar> g) const {
        if constexpr (has_pullback<Model>) {
            model_->pullback(x, u, g);
        } else {
            scratch.jacobian.setConstant(outputs(), parameters(), unwritten);
            model_->jacobian(x, matrix_span<scalar>(scratch.jacobian));
            g.noalias() = scratch.jacobian.transpose() * u;
        }
    }

    const Model* model_;
};

/// The model as one with parts(): itself when it has them, else a derived_parts that refers to it.
template <jacobian_provider Model>
decltype(auto) as_parts_provider(const Model& model) {
    if constexpr (has_parts<Model>)
        return (model);
    else
        return derived_parts<Model>(model);
}

/// A temporary would be gone before its parts are asked for.
template <jacobian_provider Model>
void as_parts_provider(const Model&& model) = delete;

/// The type of as_parts_provider(model).
template <jacobian_provider Model>
using parts_provider_of = std::remove_cvref_t<decltype(as_parts_provider(std::declval<const Model&>()))>;

}  // namespace lpntk

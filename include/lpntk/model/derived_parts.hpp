#pragma once

#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/model/part_layout.hpp"

namespace lpntk {

/// parts() for a model that has only a pullback or a Jacobian: one dense part of all P parameters, one
/// pullback a sample. It keeps a reference: the model must outlive it. Thread-safe as the model is; the
/// workspace belongs to one thread and holds the b x P features of one batch.
///
/// The cotangent callable sees b x K logits, or b x 0 when the model has none.
template <jacobian_provider Model>
class derived_parts {
public:
    using scalar = typename Model::scalar;

    struct workspace {
        matrix<scalar> logits;      // b x K or b x 0
        matrix<scalar> cotangents;  // b x K
        matrix<scalar> features;    // b x P
        pullback_workspace<Model> pullback;
    };

    explicit derived_parts(const Model& model) : model_(&model) {}

    index_t outputs() const { return static_cast<index_t>(model_->outputs()); }
    index_t parameters() const { return static_cast<index_t>(model_->parameters()); }
    std::vector<part_layout> part_layouts() const {
        return {{.name = "all parameters", .outputs = parameters()}};
    }

    template <class Cotangents, class Sink>
    void parts(workspace& scratch, matrix_view<scalar> batch, Cotangents&& cotangents, Sink&& sink) const {
        const index_t samples = batch.rows();
        scratch.logits.resize(samples, has_logits<Model> ? outputs() : 0);
        if constexpr (has_logits<Model>)
            for (index_t i = 0; i < samples; ++i) {
                Eigen::Map<vector<scalar>> z(scratch.logits.row(i).data(), outputs());
                model_->logits(row_of<scalar>(batch, i), z);
            }
        scratch.cotangents.resize(samples, outputs());
        cotangents(matrix_view<scalar>(scratch.logits), matrix_span<scalar>(scratch.cotangents));
        scratch.features.resize(samples, parameters());
        for (index_t i = 0; i < samples; ++i) {
            const Eigen::Map<const vector<scalar>> u(scratch.cotangents.row(i).data(), outputs());
            Eigen::Map<vector<scalar>> g(scratch.features.row(i).data(), parameters());
            pullback(*model_, row_of<scalar>(batch, i), u, g, scratch.pullback);
        }
        sink.dense(0, matrix_view<scalar>(scratch.features));
    }

private:
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

}  // namespace lpntk

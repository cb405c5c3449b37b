#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/kernel/gram_matrix.hpp"
#include "lpntk/kernel/kernel_passes.hpp"

namespace lpntk::inline LPNTK_TARGET {

namespace detail {

/// collect_features of some of the samples, as run_passes asks for them.
template <jacobian_provider Model, class Cotangent>
auto collector(const Model& model, const sample_rows<typename Model::scalar>& inputs, std::span<const int> labels,
               const Cotangent& cotangent, const std::vector<part_layout>& layouts, const feature_options& making,
               std::string_view function) {
    return [=, &model, &cotangent, &layouts, &making](batch_range range, const std::vector<part_form>& forms,
                                                      const progress& report) {
        return collect_features(model, inputs, range, layouts, forms, {making.batch, making.threads, report}, function,
                                labels, cotangent);
    };
}

/// The Gram of a model with the plan made for it; reports count the samples of the plan.
template <jacobian_provider Model, class Cotangent>
gram_matrix<typename Model::scalar> gram_by_plan(const pass_plan& plan, const Model& model,
                                                 const sample_rows<typename Model::scalar>& inputs,
                                                 std::span<const int> labels, const Cotangent& cotangent,
                                                 const std::vector<part_layout>& layouts, const feature_options& making,
                                                 const gram_options& options, std::string_view function) {
    using T = typename Model::scalar;
    const auto of = collector(model, inputs, labels, cotangent, layouts, making, function);
    gram_matrix<T> kappa(inputs.rows());
    run_passes<T>(plan, {inputs.rows(), inputs.rows(), true}, making.report, options, function, of, of,
                  stored_entries{[&](index_t i, index_t j) { return kappa.lower_row(i) + j; }});
    return kappa;
}

/// Bytes of the lower triangle of N samples.
template <class T>
double triangle_bytes(index_t size) {
    return static_cast<double>(size) * static_cast<double>(size + 1) / 2 * sizeof(T);
}

}  // namespace detail

/// gram(tangent_features(model, inputs, labels, cotangent, making), options), within making.memory bytes and with the
/// same bits, however few those are.
///
///     const auto kappa = lpntk::gram(model, data, lpntk::label_signs{}, {.memory = std::size_t{6} << 30});
///
/// The budget is for the Gram, features, batches on their way into them, and tiles; what the model keeps for a batch
/// (activations, packed weights) comes on top, for each thread. Features that fit are made once. Else parts are taken
/// in passes over the data, or samples in blocks against which the others stream by, whichever costs less by
/// making.costs. Both reports count samples that went through the model: of N times the number of passes. Throws as
/// tangent_features and gram do, and argument_error for a budget that holds no block of one batch, saying what would
/// do.
template <jacobian_provider Model, class Cotangent>
gram_matrix<typename Model::scalar> gram(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                         std::span<const int> labels, const Cotangent& cotangent,
                                         const feature_options& making = {}, const gram_options& options = {}) {
    using T = typename Model::scalar;
    const index_t size = inputs.rows();
    require(size >= 1, "gram", "number of samples", size, ">= 1");
    const std::vector<part_layout> layouts = as_parts_provider(model).part_layouts();
    const pass_plan plan =
        detail::plan_of<T>(layouts, {size, size, true}, detail::triangle_bytes<T>(size), making, options, "gram");
    return detail::gram_by_plan(plan, model, inputs, labels, cotangent, layouts, making, options, "gram");
}

/// The same for the samples of a dataset.
template <jacobian_provider Model, class Cotangent>
gram_matrix<typename Model::scalar> gram(const Model& model, const dataset<typename Model::scalar>& data,
                                         const Cotangent& cotangent, const feature_options& making = {},
                                         const gram_options& options = {}) {
    require_valid(data, model, "gram");
    return gram(model, sample_rows<typename Model::scalar>(data.inputs), std::span<const int>(data.labels), cotangent,
                making, options);
}

/// Throws argument_error as gram() of so many samples of the model would: for a budget that is too small, and options
/// that mean nothing. To be asked before a training whose kernel would be refused. Computes nothing.
template <jacobian_provider Model>
void require_memory_for_gram(const Model& model, index_t samples, const feature_options& making,
                             const gram_options& options = {}) {
    using T = typename Model::scalar;
    require(samples >= 1, "gram", "number of samples", samples, ">= 1");
    detail::plan_of<T>(as_parts_provider(model).part_layouts(), {samples, samples, true},
                       detail::triangle_bytes<T>(samples), making, options, "gram");
}

/// Rows `indices` of the kernel of the samples of `data`, |indices| x N, straight from a model; indices may repeat, and
/// there may be none.
///
/// The rows' features stay in memory, those of all samples stream by; making.memory and the reports as for gram. The
/// bits are those of the Gram, as long as a sample's gradient does not depend on the batch that it is in. Throws as
/// gram does, and argument_error when an index is out of range; a numeric_error about one of the rows names it by its
/// place in `indices`.
template <jacobian_provider Model, class Cotangent>
matrix<typename Model::scalar> rows(const Model& model, const dataset<typename Model::scalar>& data,
                                    const Cotangent& cotangent, std::span<const index_t> indices,
                                    const feature_options& making = {}, const gram_options& options = {}) {
    using T = typename Model::scalar;
    require_valid(data, model, "rows");
    for (const index_t i : indices) require_index(i, data.size(), "rows", "index");
    const auto count = static_cast<index_t>(indices.size());
    const detail::kernel_size size{count, data.size(), false};
    const std::string what = "rows of a kernel, " + std::to_string(count) + " x " + std::to_string(size.columns);
    matrix<T> kappa = allocate_matrix<T>(count, size.columns, what);
    if (count == 0) return kappa;
    const dataset<T> chosen = subset(data, indices);
    const std::vector<part_layout> layouts = as_parts_provider(model).part_layouts();
    const double result = static_cast<double>(count) * static_cast<double>(size.columns) * sizeof(T);
    const pass_plan plan = detail::plan_of<T>(layouts, size, result, making, options, "rows");
    const auto of = [&](const dataset<T>& samples) {
        return detail::collector(model, sample_rows<T>(samples.inputs), samples.labels, cotangent, layouts, making,
                                 "rows");
    };
    const auto of_chosen = [&, collect = of(chosen)](auto&&... asked) {
        try {
            return collect(asked...);
        } catch (const numeric_error& failure) {
            throw numeric_error("rows: samples counted within the indices: " + std::string(failure.what()));
        }
    };
    detail::run_passes<T>(plan, size, making.report, options, "rows", of_chosen, of(data),
                          detail::stored_entries{[&](index_t i, index_t j) { return kappa.row(i).data() + j; }});
    return kappa;
}

}  // namespace lpntk

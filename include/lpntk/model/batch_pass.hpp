#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/checked_sink.hpp"
#include "lpntk/model/derived_parts.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Forward and backward through a model for batches of samples, one after the other, on one thread; what the model does
/// is checked. For one batch or one sample it is used as it is; for_each_batch runs one on each thread.
///
///     lpntk::batch_pass<my_network> pass(net, "my_function");
///     pass(x, 0, [&](index_t first, const auto& logits, auto u) { u.setOnes(); }, sink);
template <jacobian_provider Model>
class batch_pass {
public:
    using T = typename Model::scalar;  ///< float or double, the model's

    /// Refers to the model. Errors about numbers name `function`, which must outlive this. Throws argument_error unless
    /// the model's layouts make sense and add up to its parameters.
    batch_pass(const Model& model, std::string_view function)
        : provider_(as_parts_provider(model)), layouts_(provider_.part_layouts()), function_(function),
          inputs_(inputs_of(model)) {
        require_valid(layouts_, function);
        const index_t sum = parameters_of(layouts_);
        require(sum == static_cast<index_t>(model.parameters()), function, "sum of the parts' parameters", sum,
                "the model's parameters, " + std::to_string(model.parameters()));
    }
    batch_pass(const Model&& model, std::string_view function) = delete;

    /// Those of the model, checked once; part p of a sink is the p-th.
    const std::vector<part_layout>& layouts() const { return layouts_; }

    /// The model will not change between the calls from here on: what its workspace makes of the weights alone is made
    /// once (see jacobian_provider).
    void hold_weights() {
        if constexpr (requires { workspace_.hold_weights(); }) workspace_.hold_weights();
    }

    /// The rows of `batch` (b x D) are the samples first, first + 1, ...; fill(first, logits, u) writes their
    /// cotangents into u (b x K) and sees their logits (b x K; b x 0 of a model that gives none); the taker gets the
    /// parts.
    ///
    /// Throws argument_error when samples have not the model's D numbers (if it says how many) or the model breaks a
    /// rule of parts(); numeric_error naming the sample and what is not finite: input, logits, cotangent, part.
    template <class Fill, part_sink<T> Taker>
    void operator()(const matrix_view<T>& batch, index_t first, const Fill& fill, Taker& taker) {
        require(inputs_ < 0 || batch.cols() == inputs_, function_, "numbers in a sample", batch.cols(), inputs_);
        if constexpr (requires { taker.layouts(); })
            require(taker.layouts() == layouts_, "parts", "part_layouts()", "not what it was",
                    "the same at every call");
        checked_sink<T, Taker> sink(taker, layouts_, first, batch.rows(), function_);
        sink.require_finite(batch, "input");
        const auto outputs = static_cast<index_t>(provider_.outputs());
        int filled = 0;
        provider_.parts(
            workspace_, batch,
            [&](const matrix_view<T>& logits, matrix_span<T> u) {
                ++filled;
                require_size(u, batch.rows(), outputs, "parts", "the cotangents u");
                if (logits.cols() > 0 || gives_logits<Model>)
                    require_size(logits, batch.rows(), outputs, "parts", "the logits");
                sink.require_finite(logits, "logits");
                u.setConstant(std::numeric_limits<T>::quiet_NaN());  // what is not written is found
                fill(first, logits, u);
                sink.require_finite(u, "cotangent");
            },
            sink);
        require(filled == 1, "parts", "number of calls of cotangents(logits, u)", filled, 1);
        sink.require_complete();
    }

private:
    static index_t inputs_of(const Model& model) {
        if constexpr (has_inputs<Model>)
            return static_cast<index_t>(model.inputs());
        else
            return -1;
    }

    decltype(as_parts_provider(std::declval<const Model&>())) provider_;  // a reference, or a derived_parts
    std::vector<part_layout> layouts_;
    std::string_view function_;
    index_t inputs_;
    typename parts_provider_of<Model>::workspace workspace_;
};

}  // namespace lpntk

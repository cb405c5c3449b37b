#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/io/checksum.hpp"
#include "lpntk/io/file_facts.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/for_each_tile.hpp"
#include "lpntk/kernel/tangent_features.hpp"
#include "lpntk/version.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

#define LPNTK_WORDS_OF(number) #number
#define LPNTK_WORD_OF(number) LPNTK_WORDS_OF(number)

/// What compiled this, as far as the bits of a kernel may depend on it.
inline std::string build_in_words() {
    return "lpntk " LPNTK_WORD_OF(LPNTK_VERSION_MAJOR) "." LPNTK_WORD_OF(LPNTK_VERSION_MINOR) "." LPNTK_WORD_OF(
               LPNTK_VERSION_PATCH) ", vectors of " +
           std::to_string(LPNTK_VECTOR_BYTES) + " bytes, compiler " __VERSION__;
}

#undef LPNTK_WORD_OF
#undef LPNTK_WORDS_OF

template <class Numbers>
std::string checksum_of_rows(const Numbers& rows) {
    io::checksum sum;
    for (index_t i = 0; i < rows.rows(); ++i)
        sum.add(rows.row(i).data(), static_cast<std::size_t>(rows.cols()) * sizeof(typename Numbers::Scalar));
    return sum.text();
}

template <class T>
std::string checksum_of(const features<T>& phi) {
    io::checksum sum;
    for (const feature_part<T>& part : phi.parts()) {
        sum.add(part.layout.name);
        for (const index_t number : {part.layout.outputs, part.layout.inputs, part.layout.positions}) sum.add(number);
        sum.add(static_cast<int>(part.form));
        sum.add(part.left.data(), part.left.bytes());
        sum.add(part.right.data(), part.right.bytes());
    }
    return sum.text();
}

/// Everything that the bits of a Gram depend on: data, labels and weights (of a model that shows them) as checksums,
/// the rest of the model and the cotangent by the features of up to 64 samples, spread over all, in the forms that the
/// plan has.
template <jacobian_provider Model, class Cotangent>
std::vector<io::file_fact> kernel_facts(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                        std::span<const int> labels, const Cotangent& cotangent,
                                        const std::vector<part_layout>& layouts, const std::vector<part_form>& forms,
                                        const feature_options& making, const gram_options& options, index_t edge,
                                        std::string_view function) {
    using T = typename Model::scalar;
    const index_t size = inputs.rows(), probed = std::min<index_t>(size, 64);
    matrix<T> some(probed, inputs.cols());
    std::vector<int> some_labels;
    for (index_t k = 0; k < probed; ++k) {
        const index_t i = probed > 1 ? k * (size - 1) / (probed - 1) : 0;
        some.row(k) = inputs.row(i);
        if (!labels.empty()) some_labels.push_back(labels[static_cast<std::size_t>(i)]);
    }
    const features<T> phi =
        collect_features(model, sample_rows<T>(some), {0, probed}, layouts, forms, {making.batch, making.threads, {}},
                         function, std::span<const int>(some_labels), cotangent);
    io::checksum label_sum;
    label_sum.add(labels.data(), labels.size_bytes());
    std::vector<io::file_fact> facts{
        {"build", build_in_words()},
        {"kernel",
         std::to_string(size) + " x " + std::to_string(size) + " numbers of " + std::to_string(sizeof(T)) + " bytes"},
        {"tile", std::to_string(edge)},
        {"batch", std::to_string(micro::padded<T>(making.batch))},
        {"factors", options.factors == factor_precision::full ? "full" : "bf16"},
        {"data", checksum_of_rows(inputs)},
        {"labels", label_sum.text()},
    };
    if constexpr (requires { model.weights().data()[model.weights().size()]; }) {
        io::checksum sum;
        const auto& weights = model.weights();
        sum.add(weights.data(), static_cast<std::size_t>(weights.size()) * sizeof(weights.data()[0]));
        facts.push_back({"weights", sum.text()});
    }
    facts.push_back({"features", checksum_of(phi)});
    return facts;
}

}  // namespace lpntk::inline LPNTK_TARGET::detail

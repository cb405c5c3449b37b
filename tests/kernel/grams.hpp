#pragma once

#include <string>
#include <vector>

#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>

#include "kernel/models.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace test {

/// Largest difference from the exact kernel, relative to its largest entry.
template <class Kernel>
double error(const Kernel& kappa, const lpntk::matrix<double>& exact) {
    double worst = 0;
    for (index_t i = 0; i < exact.rows(); ++i)
        for (index_t j = 0; j < exact.cols(); ++j)
            worst = std::max(worst, std::abs(static_cast<double>(kappa(i, j)) - exact(i, j)));
    return worst / exact.cwiseAbs().maxCoeff();
}

template <class T>
lpntk::features<T> features_of(index_t n, int classes = 4, lpntk::feature_options options = {}) {
    return lpntk::tangent_features(three_kinds<T>(classes), random_samples<T>(n, classes), lpntk::label_signs{},
                                   options);
}

inline lpntk::matrix<double> exact_gram(index_t n, int classes = 4) {
    const auto data = random_samples<double>(n, classes);
    const auto phi =
        explicit_features(three_kinds<double>(classes), data.inputs, label_sign_rows(data.labels, classes));
    return phi * phi.transpose();
}

template <class T>
bool same_bits(const lpntk::gram_matrix<T>& a, const lpntk::gram_matrix<T>& b) {
    return a.size() == b.size() && std::equal(a.lower_row(0), a.lower_row(a.size()), b.lower_row(0));
}

inline const std::vector<lpntk::part_form> unformed{lpntk::part_form::dense, lpntk::part_form::factors,
                                                    lpntk::part_form::factors, lpntk::part_form::factors,
                                                    lpntk::part_form::dense};
inline const std::vector<lpntk::part_form> formed(5, lpntk::part_form::dense);

/// The least memory that the refusal of one byte asks for.
template <class Compute>
std::size_t least_memory(Compute&& compute) {
    const auto message = test::message_of<lpntk::argument_error>([&] { compute(std::size_t{1}); });
    const std::size_t at = message.find("must be >= ");
    REQUIRE(at != std::string::npos);
    return std::stoul(message.substr(at + 11));
}

}  // namespace test

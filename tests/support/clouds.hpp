#pragma once

#include <cmath>

#include <lpntk/core/dataset.hpp>

#include "model/models.hpp"

namespace test {

/// Three clouds, the further along x[3] the further away from their centre and the harder.
inline lpntk::dataset<double> clouds(lpntk::index_t per_class, std::uint64_t seed) {
    lpntk::dataset<double> data{models::random_matrix(3 * per_class, 4, seed), {}, 3, {1, 1, 4}};
    for (lpntk::index_t i = 0; i < data.size(); ++i) {
        data.labels.push_back(static_cast<int>(i % 3));
        data.inputs.row(i).head(3) *= 0.3 + std::abs(data.inputs(i, 3));
        data.inputs(i, i % 3) += 2;
    }
    return data;
}

}  // namespace test

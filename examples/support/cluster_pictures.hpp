#pragma once

#include <string>

#include <lpntk/cluster/by_class.hpp>
#include <lpntk/kernel/gram_matrix.hpp>

#include "support/data.hpp"
#include "support/plot.hpp"

namespace examples {

/// The cosines of a kernel, its samples by cluster, the largest first and in each the most similar to its head first.
panel sorted_kernel(std::string title, const lpntk::gram_matrix<float>& kappa, const lpntk::clustering& clusters);

/// For each class the heads of its three largest clusters beside three clusters of one sample.
contact_sheet heads_and_singletons(const images& data, const lpntk::class_clusterings& clusters);

}  // namespace examples

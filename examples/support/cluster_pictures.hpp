#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <lpntk/cluster/by_class.hpp>
#include <lpntk/kernel/gram_matrix.hpp>

#include "support/data.hpp"
#include "support/plot.hpp"

namespace examples {

/// The cosines of a kernel, its samples by cluster, the largest first and in each the most similar to its head first.
panel sorted_kernel(std::string title, const lpntk::gram_matrix<float>& kappa, const lpntk::clustering& clusters);

/// Items that stand for many others, and items that stand alone.
struct notable_samples {
    std::vector<lpntk::index_t> typical;  ///< heads of the largest clusters, the largest first
    std::vector<lpntk::index_t> unusual;  ///< alone in their cluster
};

/// `count` of each at most.
notable_samples notable_of(const lpntk::clustering& clusters, std::size_t count);

/// For each class the heads of its three largest clusters beside three clusters of one sample.
contact_sheet heads_and_singletons(const images& data, const lpntk::class_clusterings& clusters);

}  // namespace examples

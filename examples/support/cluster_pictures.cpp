#include "support/cluster_pictures.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include <lpntk/cluster/relations.hpp>

namespace examples {
namespace {

using lpntk::index_t;

std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

}  // namespace

panel sorted_kernel(std::string title, const lpntk::gram_matrix<float>& kappa, const lpntk::clustering& clusters) {
    auto members = clusters.members_by_cluster();
    std::stable_sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
    std::vector<index_t> order, boundaries;
    for (auto& cluster : members) {
        const index_t head = clusters.heads[at(clusters.assignment[at(cluster[0])])];
        std::stable_sort(cluster.begin(), cluster.end(),
                         [&](auto a, auto b) { return kappa(a, head) > kappa(b, head); });
        boundaries.push_back(static_cast<index_t>(order.size()));
        order.insert(order.end(), cluster.begin(), cluster.end());
    }
    lpntk::matrix<float> sorted(kappa.size(), kappa.size());
    for (index_t i = 0; i < kappa.size(); ++i)
        for (index_t j = 0; j < kappa.size(); ++j) {
            const index_t a = order[at(i)], b = order[at(j)];
            sorted(i, j) = static_cast<float>(lpntk::cosine(kappa(a, b), kappa(a, a), kappa(b, b)));
        }
    const auto edge = static_cast<double>(kappa.size());
    return {.title = std::move(title),
            .x = {.low = 0.0, .high = edge},
            .y = {.low = edge, .high = 0.0},
            .heat = std::move(sorted),
            .boundaries = std::move(boundaries),
            .colour_label = "cosine of two updates"};
}

notable_samples notable_of(const lpntk::clustering& clusters, std::size_t count) {
    const auto sizes = clusters.sizes();
    std::vector<std::size_t> by_size(sizes.size());
    std::iota(by_size.begin(), by_size.end(), std::size_t{0});
    std::stable_sort(by_size.begin(), by_size.end(), [&](auto a, auto b) { return sizes[a] > sizes[b]; });
    notable_samples found;
    for (std::size_t k = 0; k < by_size.size() && k < count; ++k) {
        found.typical.push_back(clusters.heads[by_size[k]]);
        const std::size_t last = by_size[by_size.size() - 1 - k];
        if (sizes[last] == 1) found.unusual.push_back(clusters.heads[last]);
    }
    return found;
}

contact_sheet heads_and_singletons(const images& data, const lpntk::class_clusterings& clusters) {
    std::vector<index_t> typical, unusual;
    for (std::size_t c = 0; c < clusters.results.size(); ++c) {
        const notable_samples found = notable_of(clusters.results[c], 3);
        for (const index_t head : found.typical) typical.push_back(clusters.indices[c][at(head)]);
        for (const index_t head : found.unusual) unusual.push_back(clusters.indices[c][at(head)]);
    }
    const auto group = [&](const char* caption, const std::vector<index_t>& samples) {
        return image_group{caption, lpntk::subset(data.train, std::span<const index_t>(samples)).inputs, {}};
    };
    return {.title = "What lpNTK clusters hold",
            .shape = data.train.shape,
            .groups = {group("heads of the largest clusters: typical, interchangeable", typical),
                       group("alone in their cluster: unusual", unusual)},
            .columns = 15,
            .scaling = data.scaling};
}

}  // namespace examples

// Rows on demand: 600 of 6,000 samples, as farthest point clustering asks for them in one class of MNIST.
#include <lpntk/cluster/by_class.hpp>
#include <lpntk/cluster/farthest_points.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/rows.hpp>

#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

constexpr index_t all_samples = 6000;
constexpr index_t heads = 600;

std::vector<index_t> every_tenth() {
    std::vector<index_t> indices;
    for (index_t i = 0; i < all_samples; i += all_samples / heads) indices.push_back(i);
    return indices;
}

/// The rows alone, `block` of them at a time.
template <class Network>
void add_rows_of(index_t block, int threads) {
    add(std::string("rows/") + Network::name + "/600_of_6000/block:" + std::to_string(block) + at_threads(threads),
        [=](benchmark::State& state) {
            const auto& phi = features_of<Network>(all_samples);
            const lpntk::kernel_rows<float> kappa(phi, {.threads = threads});
            const std::vector<index_t> all = every_tenth();
            lpntk::matrix<float> rows(block, all_samples);
            meter(state, threads)
                .run(
                    {.multiply_adds = static_cast<double>(phi.multiply_adds() * heads * all_samples), .samples = heads},
                    [&] {
                        for (index_t first = 0; first < heads; first += block) {
                            const index_t count = std::min(block, heads - first);
                            kappa.rows(std::span(all).subspan(static_cast<std::size_t>(first),
                                                              static_cast<std::size_t>(count)),
                                       rows.topRows(count));
                        }
                        return rows(0, 0);
                    });
        });
}

/// Farthest point clustering with as many heads, on rows on demand and on a whole Gram that has to be made first.
template <class Network>
void add_clustering(bool whole_gram, int threads) {
    add(std::string(whole_gram ? "farthest_points_by_gram/" : "farthest_points/") + Network::name + "/600_of_6000" +
            at_threads(threads),
        [=](benchmark::State& state) {
            const auto& phi = features_of<Network>(all_samples);
            const lpntk::farthest_points cluster{.heads = heads};
            meter(state, threads).run({.samples = heads}, [&] {
                return whole_gram ? cluster(lpntk::gram(phi, {.threads = threads}))
                                  : cluster(lpntk::kernel_rows<float>(phi, {.threads = threads}));
            });
        });
}

/// All classes of one feature set: copies each class's features and clusters it, a tenth of it heads.
void add_by_class_clustering(int threads) {
    add("farthest_points_by_class/lenet/10_of_600" + at_threads(threads), [=](benchmark::State& state) {
        const auto labels = images(all_samples).labels;
        const auto& phi = features_of<lenet>(all_samples);
        meter(state, threads).run({.samples = all_samples}, [&] {
            return lpntk::by_class(phi, labels, lpntk::farthest_points{.heads = 60});
        });
    });
}

}  // namespace

void add_rows() {
    const int threads = all_threads();
    for (const index_t block : {1, 16, 192, 600}) add_rows_of<lenet>(block, threads);
    add_clustering<lenet>(false, threads);
    add_clustering<lenet>(true, threads);
    add_by_class_clustering(threads);
    add_rows_of<mlp>(16, threads);
    add_clustering<mlp>(false, threads);
    add_clustering<mlp>(true, threads);
}

}  // namespace bench

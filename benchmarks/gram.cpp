// The Gram of given features; its sweeps over samples, threads and tiles; what it costs to form phi in full instead;
// and features and Gram together.
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/gram_by_class.hpp>

#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

work gram_work(double multiply_adds_a_pair, index_t samples) {
    const index_t pairs = samples * (samples + 1) / 2;
    return {.multiply_adds = multiply_adds_a_pair * static_cast<double>(pairs),
            .samples = samples,
            .bytes = static_cast<std::size_t>(pairs) * sizeof(float)};
}

template <class Network>
void add_gram_of(index_t samples, int threads, index_t tile = 0) {
    const std::string edge = tile > 0 ? "/tile:" + std::to_string(tile) : "";
    add(std::string("gram/") + Network::name + "/" + std::to_string(samples) + edge + at_threads(threads),
        [=](benchmark::State& state) {
            const auto& phi = features_of<Network>(samples);
            meter(state, threads).run(gram_work(static_cast<double>(phi.multiply_adds()), samples), [&] {
                return lpntk::gram(phi, {.threads = threads, .tile = tile});
            });
        });
}

/// The same with factors rounded to bf16, the rounding included.
template <class Network>
void add_gram_bf16(index_t samples, int threads) {
    add(std::string("gram_bf16/") + Network::name + "/" + std::to_string(samples) + at_threads(threads),
        [=](benchmark::State& state) {
            const auto& phi = features_of<Network>(samples);
            meter(state, threads).run(gram_work(static_cast<double>(phi.multiply_adds()), samples), [&] {
                return lpntk::gram(phi, {.threads = threads, .factors = lpntk::factor_precision::bf16});
            });
        });
}

/// Features and Gram, from images to kernel.
template <class Network>
benchmark::internal::Benchmark* add_total(index_t samples, int threads) {
    return add(std::string("kernel/") + Network::name + "/" + std::to_string(samples) + at_threads(threads),
               [=](benchmark::State& state) {
                   last_features() = {};
                   const auto data = images_for<Network>(samples);
                   const auto& net = network<Network>();
                   const work done{.samples = samples, .bytes = gram_work(0, samples).bytes};
                   meter(state, threads).run(done, [&] {
                       const auto phi = lpntk::tangent_features(net, data, lpntk::label_signs{}, {.threads = threads});
                       return lpntk::gram(phi, {.threads = threads});
                   });
               });
}

/// The same blocks that clustering by class asks for: one Gram for each of the ten classes.
void add_by_class(index_t samples, int threads) {
    add("by_class/lenet/" + std::to_string(samples) + at_threads(threads), [=](benchmark::State& state) {
        last_features() = {};
        const auto data = images(samples);
        const auto& net = network<lenet>();
        work done{.samples = samples};
        for (const auto& members : lpntk::indices_by_class(data.labels, data.classes))
            done.bytes += gram_work(0, static_cast<index_t>(members.size())).bytes;
        meter(state, threads).run(done, [&] {
            return lpntk::gram_by_class(net, data, lpntk::label_signs{}, {.threads = threads}, {.threads = threads});
        });
    });
}

/// phi of every part written out, N x P, and Eigen's product with its transpose.
template <class Network>
void add_in_full(index_t samples, int threads) {
    add(std::string("gram_in_full/") + Network::name + "/" + std::to_string(samples) + at_threads(threads),
        [=](benchmark::State& state) {
            const auto& phi = features_of<Network>(samples);
            Eigen::setNbThreads(threads);
            const double each = static_cast<double>(phi.parameters());
            const double pairs = static_cast<double>(samples * samples);
            meter(state, threads).run({.multiply_adds = each * pairs, .samples = samples}, [&] {
                lpntk::matrix<float> full(samples, phi.parameters());
                lpntk::parallel_for(samples, threads,
                                    [&](index_t i, int) { full.row(i) = phi.explicit_row(i).transpose(); });
                lpntk::matrix<float> kappa(samples, samples);
                kappa.noalias() = full * full.transpose();
                return kappa;
            });
            Eigen::setNbThreads(0);
        });
}

}  // namespace

void add_gram() {
    for (const index_t samples : {512, 1024, 2048, 4096})
        for (const int threads : thread_counts()) add_gram_of<lenet>(samples, threads);
    for (const index_t samples : {1024, 2048, 4096})
        for (const int threads : thread_counts()) add_gram_of<mlp>(samples, threads);
    for (const int threads : thread_counts()) add_gram_of<resnet18>(128, threads);
    for (const int threads : {3, 8}) add_gram_of<mlp>(2048, threads);
    for (const index_t tile : {48, 96, 144, 192, 288, 384}) add_gram_of<mlp>(2048, all_threads(), tile);
    for (const index_t tile : {48, 96, 144, 192, 288, 384}) add_gram_of<lenet>(2048, all_threads(), tile);
    for (const int threads : thread_counts()) add_gram_bf16<lenet>(2048, threads);
    add_in_full<lenet>(1024, all_threads());
    for (const int threads : thread_counts()) add_total<lenet>(4096, threads);
    add_total<mlp>(4096, all_threads());
    add_total<resnet18>(128, all_threads());
    add_by_class(10'000, all_threads());
    if (large_runs()) {
        add_gram_of<resnet18>(480, all_threads());
        add_gram_of<resnet18>(480, all_threads(), 96);
        add_gram_of<resnet18>(992, all_threads());  // features of 11.8 GB
        add_total<resnet18>(512, all_threads());
        add_in_full<lenet>(2048, all_threads());
        add_by_class(60'000, all_threads());
        add_total<lenet>(60'000, all_threads());
    }
}

}  // namespace bench

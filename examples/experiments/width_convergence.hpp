#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <lpntk/core/dataset.hpp>
#include <lpntk/core/progress.hpp>
#include <lpntk/core/random.hpp>
#include <lpntk/core/require.hpp>
#include <lpntk/kernel/empirical_ntk.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/model/cotangents.hpp>
#include <lpntk/statistics/bootstrap.hpp>

namespace experiments {

using lpntk::index_t;

/// How far one pair's K x K block K(x,x') is from its limit m I, with m = mean_k K_kk (Theorem 1).
struct width_gap {
    double kernel = 0;    ///< |kappa - m| / |m|, kappa the lpNTK
    double centred = 0;   ///< |kappa - c m| / |m|, c = s(y).s(y')/K: 1 for one label, (K - 4)/K for two
    double identity = 0;  ///< || K / m - I ||_F

    width_gap& operator+=(const width_gap& other) {
        kernel += other.kernel;
        centred += other.centred;
        identity += other.identity;
        return *this;
    }
    width_gap operator/(double by) const { return {kernel / by, centred / by, identity / by}; }
};

/// The gaps of the block of samples with labels y and y'.
inline width_gap gap_of_block(const lpntk::matrix<double>& block, int y, int y_other) {
    const index_t classes = block.rows();
    lpntk::vector<double> signs(classes), other(classes);
    lpntk::label_signs{}(y, lpntk::vector_span<double>(signs));
    lpntk::label_signs{}(y_other, lpntk::vector_span<double>(other));
    const double m = block.diagonal().mean(), kappa = signs.dot(block * other);
    return {std::abs(kappa - m) / std::abs(m), std::abs(kappa - signs.dot(other) * m) / std::abs(m),
            (block / m - lpntk::matrix<double>::Identity(classes, classes)).norm()};
}

/// Gaps by width and initialisation, each the mean over pairs of one kind.
struct gaps_by_width {
    std::vector<double> widths;
    std::vector<std::vector<width_gap>> gaps;  ///< width, seed

    /// Mean over the seeds, of one kind of gap (&width_gap::kernel, ...), by width.
    std::vector<double> mean(double width_gap::* kind) const {
        std::vector<double> means;
        for (const auto& seeds : gaps) {
            means.push_back(0);
            for (const width_gap& gap : seeds) means.back() += gap.*kind / static_cast<double>(seeds.size());
        }
        return means;
    }

    /// Slope of log(mean gap) over log(width) by least squares, with the interval from resampling the initialisations
    /// of each width. Theorem 1 says -1/2.
    lpntk::estimate slope(double width_gap::* kind, const lpntk::bootstrap_options& how = {}) const {
        const auto seeds = static_cast<index_t>(gaps.front().size()), points = static_cast<index_t>(gaps.size());
        return lpntk::bootstrap(
            seeds * points,
            [&](std::span<const index_t> drawn) {
                running_slope fit;
                for (std::size_t w = 0; w < gaps.size(); ++w) {
                    double sum = 0;
                    for (std::size_t s = 0; s < gaps[w].size(); ++s)
                        sum += gaps[w][static_cast<std::size_t>(drawn[w * gaps[w].size() + s] % seeds)].*kind;
                    fit.add(std::log(widths[w]), std::log(sum / static_cast<double>(seeds)));
                }
                return fit.slope();
            },
            how);
    }

private:
    struct running_slope {
        double n = 0, x = 0, y = 0, xx = 0, xy = 0;
        void add(double at, double value) {
            ++n;
            x += at;
            y += value;
            xx += at * at;
            xy += at * value;
        }
        double slope() const { return (n * xy - x * y) / (n * xx - x * x); }
    };
};

struct width_convergence_result {
    gaps_by_width same_label, different_label;
};

/// Numerical check of Theorem 1: lpNTK approaches the empirical NTK as O(1 / sqrt(width)), over the initialisation.
///
///     const auto found = experiments::width_convergence{.seeds = 10}(
///         data, [](index_t width, std::uint64_t seed) { return nn::ntk_mlp<float>({784, width, 10}, seed); });
///     found.same_label.slope(&experiments::width_gap::kernel);   // near -0.5
///
/// Takes all pairs of different samples of `data` (a few tens), those of one label and of two apart: E kappa is m for
/// the first and (K - 4)/K m for the second, so there `kernel` tends to 4/K and only `centred` to 0. The blocks come
/// from one Gram of N K features, one for each sample and logit, contracted by layers without being formed.
struct width_convergence {
    std::vector<index_t> widths = {32, 64, 128, 256, 512, 1024, 2048, 4096};
    index_t seeds = 10;  ///< initialisations of each width
    std::uint64_t first_seed = 0;
    int threads = 0;
    lpntk::progress report = {};  ///< told the networks

    /// make(width, seed) returns a network, in NTK parametrisation, that takes the data's inputs.
    template <class T, class Make>
    width_convergence_result operator()(const lpntk::dataset<T>& data, Make&& make) const {
        lpntk::require(seeds >= 1, "width_convergence", "seeds", seeds, ">= 1");
        lpntk::require(widths.size() >= 2, "width_convergence", "number of widths", widths.size(), ">= 2");
        lpntk::require_valid(data, "width_convergence");
        width_convergence_result result;
        const index_t total = static_cast<index_t>(widths.size()) * seeds;
        for (index_t item = 0; item < total; ++item) {
            if (report) report(item, total);
            const index_t width = widths[static_cast<std::size_t>(item / seeds)];
            const auto net = make(width, lpntk::random_stream(first_seed, static_cast<std::uint64_t>(item)).bits());
            for (auto* kind : {&result.same_label, &result.different_label}) {
                if (item % seeds == 0) {
                    kind->widths.push_back(static_cast<double>(width));
                    kind->gaps.emplace_back();
                }
                kind->gaps.back().emplace_back();
            }
            add_pairs(net, data, result);
        }
        if (report) report(total, total);
        return result;
    }

private:
    template <class Network, class T>
    void add_pairs(const Network& net, const lpntk::dataset<T>& data, width_convergence_result& result) const {
        const auto classes = static_cast<index_t>(net.outputs());
        const auto phi = lpntk::logit_features(net, lpntk::matrix_view<T>(data.inputs), {.threads = threads});
        const auto kappa = lpntk::gram(phi, {.threads = threads});
        double same = 0, different = 0;
        width_gap same_sum, different_sum;
        for (index_t i = 0; i < data.size(); ++i)
            for (index_t j = 0; j < i; ++j) {
                lpntk::matrix<double> block(classes, classes);
                for (index_t k = 0; k < classes; ++k)
                    for (index_t l = 0; l < classes; ++l)
                        block(k, l) = static_cast<double>(kappa(i * classes + k, j * classes + l));
                const int y = data.labels[static_cast<std::size_t>(i)];
                const int y_other = data.labels[static_cast<std::size_t>(j)];
                (y == y_other ? same_sum : different_sum) += gap_of_block(block, y, y_other);
                ++(y == y_other ? same : different);
            }
        lpntk::require(same > 0 && different > 0, "width_convergence", "pairs of one label and of two",
                       std::to_string(same) + " and " + std::to_string(different), ">= 1 each");
        result.same_label.gaps.back().back() = same_sum / same;
        result.different_label.gaps.back().back() = different_sum / different;
    }
};

}  // namespace experiments

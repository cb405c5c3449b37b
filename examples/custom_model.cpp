// Kernels of a classifier of your own: a radial basis function network, none of whose layers is the
// library's. pullback() is all that the kernels need of it; the rest lets cotangents and gradient_check look
// at it.

#include <algorithm>
#include <cmath>
#include <iostream>
#include <set>
#include <vector>

#include <lpntk/lpntk.hpp>

#include "support/data.hpp"
#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

using lpntk::index_t, lpntk::matrix, lpntk::vector, lpntk::vector_span, lpntk::vector_view;

/// z = W^T h + b with h_j = exp(-|x - c_j|^2 / (2 width^2)); the centres c_j are trained like all else.
struct rbf_network {
    using scalar = double;
    matrix<double> centres;  // H x D
    matrix<double> mixing;   // W, H x K
    vector<double> bias;     // b, K
    double width;

    index_t outputs() const { return bias.size(); }
    index_t parameters() const { return centres.size() + mixing.size() + bias.size(); }
    vector<double> responses(const vector_view<double>& x) const {
        const vector<double> squares = (centres.rowwise() - x.transpose()).rowwise().squaredNorm();
        return (squares / (-2 * width * width)).array().exp().matrix();
    }

    void logits(vector_view<double> x, vector_span<double> z) const {
        z = mixing.transpose() * responses(x) + bias;
    }

    /// g := J(x)^T u, one backward pass.
    void pullback(vector_view<double> x, vector_view<double> u, vector_span<double> g) const {
        const vector<double> h = responses(x), back = (mixing * u).cwiseProduct(h) / (width * width);
        const matrix<double> to_centres =
            back.asDiagonal() * (x.transpose().replicate(h.size(), 1) - centres);
        const matrix<double> to_mixing = h * u.transpose();
        g << to_centres.reshaped<Eigen::RowMajor>(), to_mixing.reshaped<Eigen::RowMajor>(), u;
    }

    /// The whole Jacobian, K x P, entry by entry: not needed beside the pullback, here to check it.
    void jacobian(vector_view<double> x, lpntk::matrix_span<double> j) const {
        const vector<double> h = responses(x);
        j.setZero();
        for (index_t k = 0; k < outputs(); ++k) {
            for (index_t c = 0; c < h.size(); ++c) {
                const double slope = mixing(c, k) * h[c] / (width * width);
                for (index_t i = 0; i < x.size(); ++i)
                    j(k, c * x.size() + i) = slope * (x[i] - centres(c, i));
                j(k, centres.size() + c * outputs() + k) = h[c];
            }
            j(k, centres.size() + mixing.size() + k) = 1;
        }
    }

    vector<double> weights() const {
        vector<double> w(parameters());
        w << centres.reshaped<Eigen::RowMajor>(), mixing.reshaped<Eigen::RowMajor>(), bias;
        return w;
    }
    void set_weights(vector_view<double> w) {
        centres.reshaped<Eigen::RowMajor>() = w.head(centres.size());
        mixing.reshaped<Eigen::RowMajor>() = w.segment(centres.size(), mixing.size());
        bias = w.tail(bias.size());
    }
};
static_assert(lpntk::jacobian_provider<rbf_network>);

/// Plain SGD: minus the gradient of the cross-entropy is a pullback too, that of p - softmax(z).
void train(rbf_network& model, const matrix<double>& inputs, const std::vector<int>& labels) {
    vector<double> z(model.outputs()), u(model.outputs()), step(model.parameters());
    for (int epoch = 0; epoch < 20; ++epoch)
        for (std::size_t i = 0; i < labels.size(); ++i) {
            const vector<double> x = inputs.row(static_cast<index_t>(i)).transpose();
            model.logits(x, z);
            lpntk::apply_cotangent<double>(lpntk::loss_gradient{}, z, labels[i], u);
            model.pullback(x, u, step);
            model.set_weights(model.weights() + 0.1 * step);
        }
}

struct sample_pair {
    index_t i, j;
    double cosine;
};
/// The 8 pairs of one label with the largest cosine, or of two with the smallest; a sample is in one at most.
std::vector<sample_pair> extreme_pairs(const auto& kappa, const std::vector<int>& labels, bool same) {
    std::vector<sample_pair> pairs, chosen;
    for (index_t i = 0; i < kappa.size(); ++i)
        for (index_t j = 0; j < i; ++j)
            if ((labels[static_cast<std::size_t>(i)] == labels[static_cast<std::size_t>(j)]) == same)
                pairs.push_back({i, j, kappa(i, j) / std::sqrt(kappa(i, i) * kappa(j, j))});
    std::sort(pairs.begin(), pairs.end(),
              [&](auto& a, auto& b) { return same ? a.cosine > b.cosine : a.cosine < b.cosine; });
    std::set<index_t> used;
    for (const sample_pair& pair : pairs)
        if (chosen.size() < 8 && !used.contains(pair.i) && !used.contains(pair.j)) {
            chosen.push_back(pair);
            used.insert({pair.i, pair.j});
        }
    return chosen;
}

int main(int argc, char** argv) {
    examples::options options{"custom_model", "Kernels of a model of your own.", {.samples = 400}};
    return examples::run_example(argc, argv, options, [&] {
        const auto data = examples::load_images(options).train;
        const matrix<double> inputs = data.inputs.cast<double>();
        const double spread = (inputs.rowwise() - inputs.colwise().mean()).rowwise().norm().mean();
        const index_t units = std::min<index_t>(40, data.size());
        rbf_network model{inputs.topRows(units), matrix<double>::Zero(units, data.classes),
                          vector<double>::Zero(data.classes), 0.7 * spread};
        train(model, inputs, data.labels);
        // Pullback, Jacobian and finite differences (in 500 of the parameters) must agree.
        const auto report = lpntk::gradient_check(model, inputs.row(0).transpose(), {.parameters = 500});
        std::cout << model.parameters() << " parameters; gradients: " << report.describe() << '\n';
        if (!report.passed()) throw lpntk::numeric_error("the model's gradients are wrong");

        // Two kernels of one model: only the cotangent changes.
        examples::contact_sheet sheet{.title = "Pairs of samples", .shape = data.shape, .groups = {}};
        const auto show = [&](const auto& cotangent, bool same, const std::string& caption) {
            const lpntk::feature_options how{.threads = options.threads};
            const auto phi = lpntk::tangent_features(model, inputs, data.labels, cotangent, how);
            const auto kappa = lpntk::gram(phi, {.threads = options.threads});
            const auto pairs = extreme_pairs(kappa, data.labels, same);
            std::cout << caption << '\n';
            examples::image_group group{caption, matrix<float>(2 * std::ssize(pairs), inputs.cols()), {}};
            for (const auto& [i, j, cosine] : pairs) {
                std::cout << "  samples " << i << " and " << j << ", cosine " << examples::number(cosine)
                          << '\n';
                for (const index_t sample : {i, j}) {
                    group.images.row(std::ssize(group.captions)) = data.inputs.row(sample);
                    group.captions.push_back(std::to_string(data.labels[static_cast<std::size_t>(sample)]));
                }
            }
            sheet.groups.push_back(std::move(group));
        };
        show(lpntk::label_signs{}, true, "Interchangeable by lpNTK: one teaches the other");
        show(lpntk::loss_gradient{}, false, "Contradictory by loss gradient: one unlearns the other");
        examples::draw(sheet, options.out / "pairs.png");
    });
}

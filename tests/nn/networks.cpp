#include <functional>
#include <string>

#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/model/cotangents.hpp>

#include "support/catch.hpp"
#include "support/golden_networks.hpp"

// Whole networks against PyTorch: logits, Jacobians, features and Grams, by every level and in every form.
namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix, lpntk::matrix_span, lpntk::vector, lpntk::vector_span, lpntk::vector_view;

namespace {

/// One type for all cotangents, so that the features are compiled once for each network.
template <class T>
using any_cotangent = std::function<void(const vector_view<T>&, int, vector_span<T>)>;

template <class T, class Cotangent>
any_cotangent<T> any(Cotangent c) {
    return [c](const vector_view<T>& z, int label, vector_span<T> u) { lpntk::apply_cotangent<T>(c, z, label, u); };
}

/// Every part formed, or none.
std::vector<lpntk::part_form> forms(const std::vector<lpntk::part_layout>& layouts, bool formed) {
    std::vector<lpntk::part_form> all;
    for (const auto& layout : layouts) all.push_back(formed ? lpntk::part_form::dense : lpntk::unformed(layout));
    return all;
}

template <class Network>
void check_golden(const std::string& name, const Network& net) {
    using T = typename Network::scalar;
    static_assert(lpntk::has_jacobian<Network> && lpntk::has_pullback<Network> && lpntk::has_parts<Network> &&
                  lpntk::has_logits<Network> && lpntk::jacobian_provider<Network>);
    INFO(name << ", " << sizeof(T) << " bytes a number");
    const double tolerance = sizeof(T) == sizeof(float) ? 5e-6 : 1e-13;
    const std::string file = "networks/" + name;
    const matrix<T> x = test::golden<T>(file + "_x");
    const std::vector<int> labels = test::golden_labels(file + "_labels");
    const index_t n = x.rows(), k = net.outputs(), p = net.parameters();
    REQUIRE(test::golden_row<T>(file + "_w").size() == p);

    const auto logits = test::read_golden(file + "_logits");
    CHECK(test::worst_difference(net.logits(x), logits) <= tolerance);
    matrix<T> jacobians(n * k, p), pulled(n, p);
    for (index_t i = 0; i < n; ++i) {
        vector<T> z(k), u(k);
        net.logits(x.row(i).transpose(), z);
        CHECK(test::worst_difference(z, logits.row(i).transpose()) <= tolerance);
        net.jacobian(x.row(i).transpose(), jacobians.middleRows(i * k, k));
        lpntk::label_signs{}(labels[static_cast<std::size_t>(i)], vector_span<T>(u));
        net.pullback(x.row(i).transpose(), u, Eigen::Map<vector<T>>(pulled.row(i).data(), p));
        const auto derived = (jacobians.middleRows(i * k, k).transpose() * u).eval();
        CHECK(test::worst_difference(pulled.row(i).transpose(), derived) <= tolerance);
    }
    CHECK(test::worst_difference(jacobians * jacobians.transpose(), test::read_golden(file + "_empirical_ntk")) <=
          tolerance);
    CHECK(test::worst_difference(pulled, test::read_golden(file + "_features")) <= tolerance);

    const std::pair<const char*, any_cotangent<T>> cotangents[] = {{"label_signs", any<T>(lpntk::label_signs{})},
                                                                   {"all_ones", any<T>(lpntk::all_ones{})},
                                                                   {"loss_gradient", any<T>(lpntk::loss_gradient{})},
                                                                   {"margin", any<T>(lpntk::margin{})}};
    for (const auto& [kernel, cotangent] : cotangents) {
        INFO(kernel);
        const auto expected = test::read_golden(file + "_gram_" + kernel);
        for (const auto& wanted :
             {std::vector<lpntk::part_form>{}, forms(net.part_layouts(), true), forms(net.part_layouts(), false)}) {
            const auto phi =
                lpntk::tangent_features(net, lpntk::matrix_view<T>(x), labels, cotangent, {.forms = wanted});
            CHECK(test::worst_difference(lpntk::gram(phi).dense(), expected) <= tolerance);
        }
    }
}

}  // namespace

TEST_CASE("networks give PyTorch's logits, Jacobians and kernels, in double") {
    check_golden("mlp", test::golden_mlp<double>());
    check_golden("cnn", test::golden_cnn<double>());
    check_golden("strided_cnn", test::golden_strided_cnn<double>());
    check_golden("resnet", test::golden_resnet<double>());
    check_golden("norm_resnet", test::golden_norm_resnet<double>());
}

TEST_CASE("networks give PyTorch's logits, Jacobians and kernels, in float") {
    check_golden("mlp", test::golden_mlp<float>());
    check_golden("cnn", test::golden_cnn<float>());
    check_golden("resnet", test::golden_resnet<float>());
    check_golden("norm_resnet", test::golden_norm_resnet<float>());
}

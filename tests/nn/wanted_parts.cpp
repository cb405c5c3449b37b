#include <lpntk/nn/network.hpp>

#include <map>

#include <lpntk/nn/initialise.hpp>
#include <lpntk/nn/layers/activations.hpp>
#include <lpntk/nn/layers/conv2d.hpp>
#include <lpntk/nn/layers/dropout.hpp>
#include <lpntk/nn/layers/linear.hpp>
#include <lpntk/nn/residual.hpp>
#include <lpntk/nn/resnet.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix;

namespace {

/// Blocks in blocks, weights in the shortcut alone, layers by sample behind one for the whole batch.
auto layers_of_all_kinds() {
    auto net = nn::make_sequential<double>(
        {5, 5, 2}, nn::residual(nn::chain(nn::tanh(), nn::residual(nn::conv2d({.outputs = 2, .padding = 1})))),
        nn::residual(nn::tanh(), nn::conv2d({.outputs = 2, .kernel = 1})), nn::dropout(0.5),
        nn::chain(nn::linear(6), nn::gelu()), nn::residual(nn::residual(nn::chain(nn::linear(6), nn::tanh()))),
        nn::linear(3));
    nn::initialise(net, nn::initialisation::lecun, 5);
    return net;
}

/// A user's layer that counts its calls in the backward pass.
struct counted : nn::elementwise<counted> {
    static constexpr bool keeps_input = false;
    static constexpr bool keeps_output = false;
    int* calls = nullptr;
    template <class T>
    T value(T x) const {
        return x;
    }
    template <class T>
    T differential(T, T, T change) const {
        ++*calls;
        return change;
    }
};

/// Takes parts first, ..., last - 1, formed.
struct range_sink {
    index_t first, last;
    std::map<index_t, matrix<double>> taken;
    lpntk::part_form wants(index_t part) const {
        return part >= first && part < last ? lpntk::part_form::dense : lpntk::part_form::skipped;
    }
    void dense(index_t part, const lpntk::matrix_view<double>& values) { taken[part] = values; }
    void factors(index_t, const lpntk::matrix_view<double>&, const lpntk::matrix_view<double>&) { FAIL("not formed"); }
};

template <class Network>
std::map<index_t, matrix<double>> parts_between(const Network& net, index_t first, index_t last) {
    range_sink sink{first, last, {}};
    typename Network::workspace buffers;
    const matrix<double> x = test::random_rows<double>(3, net.inputs(), 8);
    net.parts(buffers, x, [](lpntk::matrix_view<double>, lpntk::matrix_span<double> u) { u.setOnes(); }, sink);
    return sink.taken;
}

}  // namespace

TEST_CASE("the parts that are wanted do not depend on those that are not") {
    const auto check = [](const auto& net) {
        const auto count = static_cast<index_t>(net.part_layouts().size());
        const auto all = parts_between(net, 0, count);
        REQUIRE(all.size() == net.part_layouts().size());
        for (index_t first = 0; first <= count; ++first)
            for (index_t last = first; last <= count; ++last) {
                const auto some = parts_between(net, first, last);
                REQUIRE(some.size() == static_cast<std::size_t>(last - first));
                for (const auto& [part, values] : some) CHECK(values == all.at(part));
            }
    };
    check(layers_of_all_kinds());
    check(nn::resnet<double, 2, nn::normalisation::batch>({8, 8, 2}, {3, 4}, 3, 1));
}

TEST_CASE("the backward pass ends at the lowest part that is wanted") {
    int calls = 0;
    counted counter;
    counter.calls = &calls;
    auto net = nn::make_sequential<double>({1, 1, 4}, nn::linear(4), counter,
                                           nn::residual(nn::chain(counter, nn::linear(4), counter)), nn::linear(2));
    nn::initialise(net, nn::initialisation::lecun, 1);
    const auto calls_for = [&](index_t first) {
        calls = 0;
        parts_between(net, first, 3);
        return calls;
    };
    CHECK(calls_for(0) == 3 * 12);
    CHECK(calls_for(1) == 12);
    CHECK(calls_for(2) == 0);
    CHECK(calls_for(3) == 0);
}

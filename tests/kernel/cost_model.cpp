#include <lpntk/kernel/cost_model.hpp>

#include <algorithm>

#include <lpntk/kernel/parts.hpp>

#include "support/catch.hpp"

using lpntk::cost_model;
using lpntk::index_t;
using lpntk::part_form;

namespace {

/// Seconds to form, pack and contract one layer's part for N samples, and to pack and contract its factors: best
/// of three, processor time of one thread, AVX-512 at 3.7 GHz (Zen 4), float. The weights of cost_model were fitted to
/// these rows, so the first test holds the fit, not a prediction; benchmarks/cost_model.cpp measures it anew.
struct measurement {
    index_t inputs, outputs, positions, samples;
    double formed, unformed;
};

const std::vector<measurement> measured{
    {2, 2, 1, 128, 6.40e-06, 8.14e-06},        {4, 4, 1, 128, 8.62e-06, 7.68e-06},
    {8, 8, 1, 128, 1.91e-05, 9.37e-06},        {16, 16, 1, 128, 1.19e-04, 1.24e-05},
    {32, 32, 1, 128, 6.08e-04, 1.89e-05},      {128, 10, 1, 128, 5.99e-04, 3.42e-05},
    {784, 32, 1, 128, 6.74e-03, 2.35e-04},     {64, 64, 4, 128, 8.76e-04, 3.69e-04},
    {288, 64, 4, 128, 4.83e-03, 1.02e-03},     {576, 64, 9, 128, 1.19e-02, 9.15e-03},
    {288, 32, 4, 128, 2.07e-03, 8.81e-04},     {1152, 128, 9, 128, 5.53e-02, 1.86e-02},
    {1152, 128, 16, 128, 5.97e-02, 5.87e-02},  {2304, 256, 9, 128, 2.95e-01, 3.88e-02},
    {576, 64, 16, 128, 1.35e-02, 2.86e-02},    {1152, 64, 4, 128, 2.65e-02, 3.78e-03},
    {25, 6, 2, 128, 4.86e-05, 3.36e-05},       {100, 40, 3, 128, 9.38e-04, 2.35e-04},
    {2, 2, 1, 1024, 1.82e-04, 3.08e-04},       {4, 4, 1, 1024, 2.79e-04, 2.88e-04},
    {8, 8, 1, 1024, 8.24e-04, 4.57e-04},       {16, 16, 1, 1024, 2.76e-03, 6.63e-04},
    {32, 32, 1, 1024, 1.06e-02, 1.04e-03},     {128, 10, 1, 1024, 1.39e-02, 1.77e-03},
    {784, 32, 1, 1024, 2.81e-01, 8.98e-03},    {64, 64, 4, 1024, 4.56e-02, 2.17e-02},
    {288, 64, 4, 1024, 2.10e-01, 5.69e-02},    {576, 64, 9, 1024, 4.24e-01, 5.15e-01},
    {288, 32, 4, 1024, 1.04e-01, 5.19e-02},    {1152, 128, 9, 1024, 3.38e+00, 1.06e+00},
    {1152, 128, 16, 1024, 3.15e+00, 3.32e+00}, {576, 64, 16, 1024, 4.40e-01, 1.65e+00},
    {25, 6, 2, 1024, 1.71e-03, 1.88e-03},      {100, 40, 3, 1024, 4.55e-02, 1.36e-02}};

/// The same for convolutions of square images in all three forms, the layer's own way of forming included: AVX2,
/// best of four, processor time of one thread, while other programs ran.
struct convolution_measurement {
    index_t edge, channels, outputs, stride, kernel, padding, samples;
    double formed, factors, pixels;
};

const std::vector<convolution_measurement> measured_convolutions{
    {2, 64, 64, 1, 3, 1, 128, 2.59e-02, 3.77e-03, 7.95e-04},
    {3, 64, 64, 1, 3, 1, 128, 2.50e-02, 1.73e-02, 4.11e-03},
    {4, 32, 32, 1, 3, 1, 128, 5.09e-03, 2.64e-02, 6.72e-03},
    {4, 64, 64, 1, 3, 1, 128, 2.79e-02, 5.65e-02, 1.19e-02},
    {4, 128, 128, 1, 3, 1, 128, 1.30e-01, 1.26e-01, 2.04e-02},
    {4, 256, 256, 1, 3, 1, 128, 8.02e-01, 2.60e-01, 5.50e-02},
    {5, 64, 64, 1, 3, 1, 128, 2.74e-02, 1.56e-01, 3.93e-02},
    {5, 128, 128, 1, 3, 1, 128, 1.38e-01, 2.84e-01, 5.45e-02},
    {6, 128, 128, 1, 3, 1, 128, 1.35e-01, 6.47e-01, 1.16e-01},
    {6, 256, 256, 1, 3, 1, 128, 8.82e-01, 1.23e+00, 2.08e-01},
    {3, 64, 128, 1, 3, 0, 128, 5.57e-02, 3.49e-04, 6.73e-04},
    {4, 64, 128, 1, 3, 0, 128, 5.94e-02, 4.74e-03, 3.72e-03},
    {5, 64, 128, 1, 3, 0, 128, 6.58e-02, 2.38e-02, 1.33e-02},
    {6, 32, 64, 1, 3, 0, 128, 1.34e-02, 3.60e-02, 2.22e-02},
    {8, 64, 128, 2, 3, 1, 128, 6.86e-02, 6.20e-02, 3.79e-02},
    {8, 128, 256, 2, 3, 1, 128, 2.43e-01, 1.17e-01, 6.64e-02},
    {6, 64, 64, 2, 3, 1, 128, 2.24e-02, 1.91e-02, 8.89e-03},
    {4, 8, 8, 1, 3, 1, 128, 3.95e-04, 8.49e-03, 4.85e-03},
    {6, 16, 16, 1, 5, 2, 128, 3.97e-03, 1.80e-01, 3.30e-02},
    {4, 16, 64, 1, 4, 0, 128, 8.11e-03, 1.90e-04, 1.83e-04},
    {5, 3, 32, 1, 3, 1, 128, 5.53e-04, 1.20e-02, 1.10e-02}};

/// A convolution of a square image; with a window where its patches overlap.
lpntk::part_layout convolution(index_t edge, index_t channels, index_t outputs, index_t stride, index_t kernel,
                               index_t padding) {
    const lpntk::pixel_axis axis{edge, kernel, stride, padding};
    lpntk::part_layout layout{"conv", outputs, kernel * kernel * channels, axis.positions() * axis.positions(), true};
    if (kernel > stride) layout.window = lpntk::pixel_window{axis, axis};
    return layout;
}

}  // namespace

TEST_CASE("the weights still fit what they were fitted to: the chosen form is within 15 % of the better one") {
    const cost_model costs;
    int formed = 0;
    for (const measurement& m : measured) {
        const lpntk::part_layout layout{"layer", m.outputs, m.inputs, m.positions, false};
        const bool form = costs.choose(layout, m.samples) == part_form::dense;
        formed += form ? 1 : 0;
        INFO(m.inputs << " x " << m.outputs << ", " << m.positions << " positions, " << m.samples << " samples");
        CHECK((form ? m.formed : m.unformed) <= 1.15 * std::min(m.formed, m.unformed));
    }
    REQUIRE(formed >= 5);  // both answers occur
    REQUIRE(formed <= 30);
}

TEST_CASE("so do those of the pixels: the chosen form is within 15 % of the best of three") {
    int chosen[] = {0, 0, 0};
    for (const convolution_measurement& m : measured_convolutions) {
        const auto form = static_cast<int>(
            cost_model{}.choose(convolution(m.edge, m.channels, m.outputs, m.stride, m.kernel, m.padding), m.samples));
        const double seconds[] = {m.formed, m.factors, m.pixels};
        ++chosen[form];
        INFO(m.edge << " x " << m.edge << " x " << m.channels << " to " << m.outputs << ", kernel " << m.kernel);
        CHECK(seconds[form] <= 1.15 * std::min({m.formed, m.factors, m.pixels}));
    }
    for (const int often : chosen) REQUIRE(often >= 1);  // all answers occur
}

TEST_CASE("LeNet's convolutions are formed, its linear layers are not") {
    const std::vector<lpntk::part_layout> lenet{{"conv1", 32, 9, 676, true},
                                                {"conv2", 64, 288, 576, true},
                                                {"linear1", 128, 9216, 1, true},
                                                {"linear2", 10, 128, 1, true}};
    const std::vector<part_form> expected{part_form::dense, part_form::dense, part_form::factors, part_form::factors};
    for (const index_t samples : {64, 1024, 60000}) REQUIRE(cost_model{}.plan(lenet, samples) == expected);
}

TEST_CASE("few positions of a wide convolution stay unformed, many are formed") {
    const auto choice = [](index_t positions) {
        return cost_model{}.choose({"conv", 512, 4608, positions, false}, 4096);
    };
    REQUIRE(choice(4) == part_form::factors);
    REQUIRE(choice(16) == part_form::factors);
    REQUIRE(choice(64) == part_form::dense);
}

TEST_CASE("ResNet-18 without normalisation takes at most 4.5 million multiply-adds a pair") {
    std::vector<lpntk::part_layout> layouts{convolution(32, 3, 64, 1, 3, 1)};
    for (index_t edge = 32, width = 64; width <= 512; width *= 2) {
        const bool halves = width > 64;
        layouts.push_back(convolution(edge, halves ? width / 2 : width, width, halves ? 2 : 1, 3, 1));
        if (halves) layouts.push_back(convolution(edge, width / 2, width, 2, 1, 0));
        if (halves) edge /= 2;
        for (int i = 0; i < 3; ++i) layouts.push_back(convolution(edge, width, width, 1, 3, 1));
    }
    layouts.push_back({"linear", 10, 512, 1, true});
    index_t parameters = 0;
    for (const auto& layout : layouts) parameters += layout.parameters();
    REQUIRE(parameters == 11'169'162);
    for (const index_t samples : {1000, 10000}) {
        index_t sum = 0, pixels = 0;
        const auto forms = cost_model{}.plan(layouts, samples);
        for (std::size_t p = 0; p < layouts.size(); ++p) {
            sum += lpntk::feature_part<float>::allocate(layouts[p], forms[p], 0).multiply_adds();
            pixels += forms[p] == part_form::pixels ? 1 : 0;
        }
        REQUIRE(pixels >= 3);
        REQUIRE(sum <= 4'500'000);
    }
}

TEST_CASE("a dear number makes the smaller form the cheaper one") {
    const auto layout = convolution(8, 256, 256, 1, 3, 1);
    cost_model costs;
    REQUIRE(costs.choose(layout, 1000) == part_form::dense);
    costs.kept_number = 1e6;
    REQUIRE(costs.choose(layout, 1000) == part_form::pixels);
    REQUIRE(cost_model::numbers(layout, part_form::pixels) == 64 * 512);
}

TEST_CASE("a dense part has one form, whatever its cost") {
    REQUIRE(cost_model{}.choose({"norm", 64}, 1000) == part_form::dense);
}

TEST_CASE("the fewer pairs are wanted, the less it pays to form") {
    cost_model costs;
    const lpntk::part_layout layout{"conv", 128, 1152, 16, false};
    REQUIRE(costs.choose(layout, 1024) == part_form::dense);
    costs.pairs_share = 0.01;
    REQUIRE(costs.choose(layout, 1024) == part_form::factors);
}

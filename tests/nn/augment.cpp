#include <lpntk/nn/augment.hpp>

#include <limits>
#include <map>
#include <utility>

#include <lpntk/nn/train.hpp>
#include <lpntk/nn/zoo.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::dataset, lpntk::image_shape, lpntk::index_t, lpntk::matrix, lpntk::random_stream, lpntk::vector,
    lpntk::vector_span;

namespace {

const image_shape small_image{4, 5, 3};

vector<double> image_of(const image_shape& shape) {
    return test::random_rows<double>(1, shape.size(), 1).row(0).transpose();
}

vector<double> augmented(const nn::augmentation<double>& how, const image_shape& shape, std::uint64_t seed) {
    vector<double> image = image_of(shape);
    random_stream random(seed);
    how(image, shape, random);
    return image;
}

/// The image as it is seen through another index of each pixel; what lies outside of it is `fill`.
template <class From>
vector<double> seen(const image_shape& shape, const std::vector<double>& fill, const From& from) {
    const vector<double> image = image_of(shape);
    vector<double> result(image.size());
    for (index_t y = 0; y < shape.height; ++y)
        for (index_t x = 0; x < shape.width; ++x)
            for (index_t c = 0; c < shape.channels; ++c) {
                const auto [at_y, at_x] = from(y, x);
                const bool inside = at_y >= 0 && at_y < shape.height && at_x >= 0 && at_x < shape.width;
                result[(y * shape.width + x) * shape.channels + c] =
                    inside ? image[(at_y * shape.width + at_x) * shape.channels + c]
                           : fill[static_cast<std::size_t>(c)];
            }
    return result;
}

dataset<float> two_kinds(index_t samples) {
    dataset<float> data{test::random_rows<float>(samples, 18, 3), {}, 2, {3, 3, 2}};
    for (index_t i = 0; i < samples; ++i) data.labels.push_back(static_cast<int>(i % 2));
    return data;
}

vector<float> trained_with(const nn::augmentation<float>& how, const dataset<float>& data, int threads = 2) {
    auto net = nn::mlp<float>({18, 7, 2}, 1);
    nn::train(net, data, {.epochs = 3, .batch = 8, .augment = how, .seed = 5, .threads = threads});
    return net.weights();
}

}  // namespace

TEST_CASE("a flip mirrors each row of pixels, as often as it says") {
    for (const image_shape& shape : {small_image, image_shape{3, 4, 1}, image_shape{2, 1, 2}}) {
        const auto mirrored = seen(shape, {}, [&](index_t y, index_t x) { return std::pair(y, shape.width - 1 - x); });
        CHECK(augmented(nn::random_flip{1.0}, shape, 1) == mirrored);
        CHECK(augmented(nn::in_turn(nn::random_flip{1.0}, nn::random_flip{1.0}), shape, 1) == image_of(shape));
        CHECK(augmented(nn::random_flip{0.0}, shape, 1) == image_of(shape));
    }
    int flipped = 0;
    for (std::uint64_t seed = 0; seed < 1000; ++seed)
        flipped += augmented(nn::random_flip{}, small_image, seed) != image_of(small_image);
    CHECK(std::abs(flipped - 500) < 80);  // five standard deviations
}

TEST_CASE("a shift is a crop of the padded image: each one equally likely, and no other") {
    const std::vector<double> fill{7, 8, 9};
    const auto moved = [&](index_t down, index_t right) {
        return seen(small_image, fill, [&](index_t y, index_t x) { return std::pair(y - down, x - right); });
    };
    std::map<std::pair<index_t, index_t>, int> times;
    for (std::uint64_t seed = 0; seed < 2500; ++seed) {
        const auto found = augmented(nn::random_shift{.pixels = 2, .fill = fill}, small_image, seed);
        for (index_t down = -2; down <= 2; ++down)
            for (index_t right = -2; right <= 2; ++right) times[{down, right}] += found == moved(down, right);
    }
    int sum = 0;
    for (const auto& [shift, count] : times) {
        CHECK(std::abs(count - 100) < 50);
        sum += count;
    }
    CHECK(sum == 2500);
    CHECK(augmented(nn::random_shift{.pixels = 0}, small_image, 1) == image_of(small_image));
}

TEST_CASE("shifts beyond the image leave what is filled in") {
    const image_shape narrow{9, 1, 2};
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        random_stream random(seed);
        const index_t down = random.below(7) - 3, right = random.below(7) - 3;
        CHECK(augmented(nn::random_shift{.pixels = 3}, narrow, seed) ==
              seen(narrow, {0, 0}, [&](index_t y, index_t x) { return std::pair(y - down, x - right); }));
    }
}

TEST_CASE("a shift that cannot be is refused") {
    const auto problem = [](const nn::random_shift& how) {
        return test::message_of<lpntk::argument_error>([&] { augmented(how, small_image, 1); });
    };
    CHECK(test::says(problem({.pixels = -1}), "random_shift: pixels is -1, must be >= 0"));
    CHECK(test::says(problem({.fill = {1.0}}), "random_shift: length of fill is 1, must be 3"));
}

TEST_CASE("training sees what augmentation made, and nothing else of it") {
    const auto data = two_kinds(30);
    auto negated = data;
    negated.inputs *= -1;
    const auto plain = trained_with({}, data);
    CHECK(trained_with([](vector_span<float> x, const image_shape&, random_stream&) { x *= -1; }, data) ==
          trained_with({}, negated));
    CHECK(trained_with([](auto, const auto&, auto& random) { random.bits(); }, data) == plain);
    CHECK(data.inputs == two_kinds(30).inputs);
}

TEST_CASE("augmented training has the same bits for any number of threads, and a seed of its own each time") {
    const auto data = two_kinds(30);
    const auto standard = nn::in_turn(nn::random_flip{}, nn::random_shift{.pixels = 1});
    const auto one = trained_with(standard, data, 1);
    CHECK(one != trained_with({}, data));
    for (const int threads : {2, 3, 8}) CHECK(trained_with(standard, data, threads) == one);
    std::map<std::uint64_t, int> streams;
    trained_with([&](auto, const auto&, auto& random) { ++streams[random.bits()]; }, data, 1);
    CHECK(streams.size() == 90);
}

TEST_CASE("training names the sample that augmentation breaks, and the smoothing that cannot be") {
    auto data = two_kinds(30);
    data.inputs(17, 0) = 99;
    const auto breaks = [](auto x, const auto&, auto&) {
        if (x[0] == 99) x[1] = std::nanf("");
    };
    CHECK(test::says(test::message_of<lpntk::numeric_error>([&] { trained_with(breaks, data); }),
                     "train: augment makes NaN or infinity of sample 17"));
    auto net = nn::mlp<float>({18, 7, 2}, 1);
    for (const float s : {-0.1F, 1.1F, std::nanf("")})
        CHECK(test::says(test::message_of<lpntk::argument_error>([&] { nn::train(net, data, {.label_smoothing = s}); }),
                         "train: label_smoothing is "));
}

TEST_CASE("with smoothed labels training minimises the smoothed loss") {
    const auto data = two_kinds(30);
    auto net = nn::mlp<float>({18, 7, 2}, 1);
    double first = 0, last = 0;
    nn::train(net, data, {.epochs = 20, .batch = 30, .label_smoothing = 0.2F, .after_step = [&](const auto& step) {
                              double sum = 0;
                              vector<float> error(2);
                              for (index_t n = 0; n < 30; ++n)
                                  sum += static_cast<double>(lpntk::cross_entropy<float>(
                                      step.logits.row(n).transpose(),
                                      data.labels[static_cast<std::size_t>(step.batch[static_cast<std::size_t>(n)])],
                                      error, 0.2F));
                              CHECK(std::abs(sum - static_cast<double>(step.losses.sum())) < 1e-4);
                              if (step.step == 0) first = sum;
                              last = sum;
                          }});
    CHECK(last < first);
}

TEST_CASE("a flip's chance is one") {
    auto net = nn::mlp<float>({18, 7, 2}, 1);
    for (const double bad : {-0.1, 2.0, std::numeric_limits<double>::quiet_NaN()})
        CHECK_THROWS_AS(nn::train(net, two_kinds(8), {.epochs = 1, .augment = nn::random_flip{bad}}),
                        lpntk::argument_error);
}

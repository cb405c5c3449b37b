#include "support/digits.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include <lpntk/core/parallel.hpp>
#include <lpntk/core/random.hpp>
#include <lpntk/io/mnist.hpp>

#include "support/glyphs.hpp"

namespace examples {

namespace {

using lpntk::index_t;
using lpntk::random_stream;

constexpr index_t side = 28;
using picture = std::array<float, side * side>;

struct point {
    double x = 0;
    double y = 0;
};
using polyline = std::vector<point>;

/// The label of item i: every ten items in a row hold each digit once, in random order.
int label_of(std::uint64_t seed, std::uint64_t item) {
    std::vector<int> order{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    constexpr std::uint64_t order_part = std::uint64_t{1} << 63U;  // streams that no image uses
    random_stream(seed, order_part + item / 10).shuffle(order);
    return order[item % 10];
}

/// Points of the smooth curve from b to c with neighbours a and d (Catmull and Rom), without c itself.
void append_curve(polyline& line, point a, point b, point c, point d) {
    constexpr int steps = 6;
    for (int s = 0; s < steps; ++s) {
        const double t = s / static_cast<double>(steps);
        const auto blend = [t](double p, double q, double r, double u) {
            return 0.5 *
                   (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - u) * t * t + (3 * q - p - 3 * r + u) * t * t * t);
        };
        line.push_back({blend(a.x, b.x, c.x, d.x), blend(a.y, b.y, c.y, d.y)});
    }
}

/// The pen's way through the points of a stroke: smooth, but for the corners.
polyline smooth(std::span<const pen_point> stroke) {
    polyline line;
    for (std::size_t i = 0; i + 1 < stroke.size(); ++i) {
        const auto at = [&](std::size_t j) { return point{stroke[j].x, stroke[j].y}; };
        const bool starts = i == 0 || stroke[i].corner;
        const bool ends = i + 2 == stroke.size() || stroke[i + 1].corner;
        append_curve(line, starts ? at(i) : at(i - 1), at(i), at(i + 1), ends ? at(i + 1) : at(i + 2));
    }
    line.push_back({stroke.back().x, stroke.back().y});
    return line;
}

/// Inks the pixels within `radius` of the segment, softly over one pixel at the edge.
void ink(picture& image, point a, point b, double radius) {
    const auto pixels = [](double low, double high) {
        return std::pair(std::clamp<index_t>(static_cast<index_t>(std::floor(low)), 0, side),
                         std::clamp<index_t>(static_cast<index_t>(std::ceil(high)) + 1, 0, side));
    };
    const double reach = radius + 0.5;
    const auto [left, right] = pixels(std::min(a.x, b.x) - reach, std::max(a.x, b.x) + reach);
    const auto [top, bottom] = pixels(std::min(a.y, b.y) - reach, std::max(a.y, b.y) + reach);
    const point along{b.x - a.x, b.y - a.y};
    const double length = std::max(along.x * along.x + along.y * along.y, 1e-12);
    for (index_t y = top; y < bottom; ++y)
        for (index_t x = left; x < right; ++x) {
            const point from{static_cast<double>(x) - a.x, static_cast<double>(y) - a.y};
            const double t = std::clamp((from.x * along.x + from.y * along.y) / length, 0.0, 1.0);
            const double distance = std::hypot(from.x - t * along.x, from.y - t * along.y);
            float& pixel = image[static_cast<std::size_t>(y * side + x)];
            pixel = std::max(pixel, static_cast<float>(std::clamp(reach - distance, 0.0, 1.0)));
        }
}

/// Weighs each pixel with its neighbours in one direction, `stride` apart.
void blur(picture& image, float weight, index_t stride, index_t other) {
    for (index_t line = 0; line < side; ++line) {
        float before = 0;
        for (index_t i = 0; i < side; ++i) {
            float& pixel = image[static_cast<std::size_t>(line * other + i * stride)];
            const float after = i + 1 < side ? image[static_cast<std::size_t>(line * other + (i + 1) * stride)] : 0.0F;
            const float old = pixel;
            pixel = (1 - 2 * weight) * old + weight * (before + after);
            before = old;
        }
    }
}

/// A random hand: what it does to the points of a glyph on their way to the picture.
class hand {
public:
    /// `care` in [0, 1]: 0 writes like the glyph, 1 hardly legibly.
    hand(random_stream& random, double care) {
        const double angle = (0.09 + 0.10 * care) * random.normal();
        const double slant = 0.12 + (0.13 + 0.08 * care) * random.normal();
        const double height = random.uniform(16.5, 21.0);
        const double width = height * random.uniform(0.48, 0.86);
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        xx_ = c * width;
        xy_ = -(s + c * slant) * height;  // y runs downwards: leaning right is negative
        yx_ = s * width;
        yy_ = (c - s * slant) * height;
        shift_ = {13.5 + 1.1 * random.normal(), 13.5 + 1.1 * random.normal()};
        wave_ = {(0.02 + 0.03 * care) * random.normal(), (0.02 + 0.03 * care) * random.normal()};
        phase_ = {random.uniform(0, 6.283), random.uniform(0, 6.283)};
        tremble_ = 0.015 + 0.038 * care;
    }

    pen_point jitter(random_stream& random, pen_point p) const {
        return {p.x + tremble_ * random.normal(), p.y + tremble_ * random.normal(), p.corner};
    }

    /// From the unit box to pixels, through a slow wave that bends the whole glyph.
    point place(point p) const {
        const double x = p.x - 0.5 + wave_.x * std::sin(4 * p.y + phase_.x);
        const double y = p.y - 0.5 + wave_.y * std::sin(4 * p.x + phase_.y);
        return {shift_.x + xx_ * x + xy_ * y, shift_.y + yx_ * x + yy_ * y};
    }

private:
    double xx_ = 0, xy_ = 0, yx_ = 0, yy_ = 0, tremble_ = 0;
    point shift_, wave_, phase_;
};

void draw(picture& image, const glyph& written, random_stream& random) {
    const double care = std::pow(random.uniform(), 3.0);  // most write well, a few badly
    const hand writer(random, care);
    const double radius = std::clamp(1.15 + 0.40 * random.normal(), 0.55, 2.4);
    const bool lifts = random.uniform() < 0.05 + 0.15 * care;  // the pen leaves the paper once
    const double lifted_at = random.uniform(0.1, 0.9);
    for (const pen_stroke& stroke : written) {
        std::vector<pen_point> moved;
        for (const pen_point& p : stroke) moved.push_back(writer.jitter(random, p));
        const polyline line = smooth(moved);
        const double pressure = random.uniform(-0.25, 0.25);
        const auto segments = static_cast<double>(line.size() - 1);
        for (std::size_t i = 0; i + 1 < line.size(); ++i) {
            const double t = static_cast<double>(i) / segments;
            if (lifts && std::abs(t - lifted_at) < 0.07) continue;
            ink(image, writer.place(line[i]), writer.place(line[i + 1]),
                std::max(0.4, radius * (1 + pressure * (2 * t - 1))));
        }
    }
}

void spoil(picture& image, random_stream& random) {
    if (random.uniform() < 0.08) {  // a stray mark
        const point a{random.uniform(2, 26), random.uniform(2, 26)};
        ink(image, a, {a.x + random.uniform(-6, 6), a.y + random.uniform(-6, 6)}, random.uniform(0.4, 1.1));
    }
    const auto weight = static_cast<float>(random.uniform(0.04, 0.24));
    blur(image, weight, 1, side);
    blur(image, weight, side, 1);
    const double strength = random.uniform(0.75, 1.0);
    const double noise = random.uniform(0.0, 0.10);
    for (float& pixel : image) {
        const double grain = 2 * std::numbers::sqrt3 * (random.uniform() - 0.5);  // mean 0, deviation 1
        pixel = static_cast<float>(std::clamp(strength * std::min(1.25 * pixel, 1.0) + noise * grain, 0.0, 1.0));
    }
}

}  // namespace

lpntk::dataset<float> make_digits(const digit_options& options) {
    lpntk::require(options.count >= 1, "make_digits", "count", options.count, ">= 1");
    lpntk::dataset<float> data{lpntk::matrix<float>(options.count, side * side),
                               std::vector<int>(static_cast<std::size_t>(options.count)),
                               10,
                               {side, side, 1}};
    lpntk::parallel_for(options.count, options.threads, [&](index_t i, int) {
        const std::uint64_t item = options.first + static_cast<std::uint64_t>(i);
        const int label = label_of(options.seed, item);
        random_stream random(options.seed, item);
        const auto writings = glyphs_of(label);
        picture image{};
        draw(image, writings[static_cast<std::size_t>(random.below(static_cast<index_t>(writings.size())))], random);
        spoil(image, random);
        data.labels[static_cast<std::size_t>(i)] = label;
        const Eigen::Map<const Eigen::Array<float, 1, Eigen::Dynamic>> pixels(image.data(), side * side);
        data.inputs.row(i) = (pixels - lpntk::io::mnist_mean) / lpntk::io::mnist_deviation;
    });
    return data;
}

}  // namespace examples

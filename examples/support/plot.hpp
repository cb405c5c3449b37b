#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <lpntk/core/dataset.hpp>
#include <lpntk/core/types.hpp>

#include "support/pixels.hpp"

namespace examples {

/// One axis of a panel; what is not given is chosen to fit the data.
struct axis {
    std::string label{};
    bool log = false;
    std::optional<double> low{};
    std::optional<double> high{};
    std::vector<std::pair<double, std::string>> ticks{};  ///< where, what; instead of the automatic ones
};

enum class mark { line, dashed, points, line_points, steps };

/// Numbers over numbers, drawn in one colour. NaN is a gap.
struct series {
    std::string label{};  ///< in the legend; empty: none
    std::vector<double> x{};
    std::vector<double> y{};
    std::vector<double> error{};  ///< y - error to y + error; empty: none
    mark style = mark::line;
    bool band = false;  ///< the error as a band instead of bars
    int colour = -1;    ///< index into the palette; -1: the next one, -2: grey
};

/// One rectangle of a bar chart or histogram, standing on the axis.
struct box {
    double left = 0;
    double right = 0;
    double height = 0;
    double error = 0;    ///< 0: none
    std::string text{};  ///< above it
};

/// Boxes of one colour.
struct boxes {
    std::string label{};
    std::vector<box> items{};
};

/// One coordinate system: lines over boxes over a heat map.
struct panel {
    std::string title{};
    axis x{};
    axis y{};
    std::vector<series> lines{};
    std::string legend = "top right";  ///< top/bottom left/right, outside, above, or off
    std::vector<boxes> bars{};
    lpntk::matrix<float> heat{};  ///< drawn with row 0 on top, large ones averaged down, colours from the 1st to the
                                  ///< 99th percentile, white at 0; empty: none
    std::vector<lpntk::index_t> boundaries{};  ///< first row of each cluster: large ones are framed
    std::string colour_label{};
};

/// Panels row by row under a common title.
struct figure {
    std::string title{};
    std::vector<panel> panels{};
    int columns = 0;   ///< 0: three at most
    int width = 1200;  ///< pixels
    int height = 0;    ///< pixels; 0: to fit
};

/// Draws the figure into a PNG with gnuplot, whole or not at all. Returns false, after one line on stderr, when
/// gnuplot is missing or fails. Throws lpntk::argument_error for series whose lengths differ and lpntk::file_error
/// when the file cannot be written.
bool draw(const figure& picture, const std::filesystem::path& png);

/// One bar for each name, or one for each name and group, values above the bars.
struct bars {
    std::string label{};
    std::vector<double> values{};
    std::vector<double> errors{};  ///< empty: none
};
panel bar_chart(std::string title, std::string y_label, const std::vector<std::string>& names,
                const std::vector<bars>& groups, std::optional<double> low = {}, std::optional<double> high = {});

/// How many clusters have 1, 2, 3-4, 5-8, ... members; counts on a log scale.
panel size_distribution(std::string title, const std::vector<lpntk::index_t>& cluster_sizes);

/// Images under a common caption, each with one of its own if there are any.
struct image_group {
    std::string caption{};
    lpntk::matrix<float> images{};        ///< n x shape.size(), channels last
    std::vector<std::string> captions{};  ///< n, or none
};

/// Groups of images, grey or coloured, one under the other.
struct contact_sheet {
    std::string title{};
    lpntk::image_shape shape{};
    std::vector<image_group> groups{};
    int columns = 16;
    pixel_scaling scaling{};
};
bool draw(const contact_sheet& sheet, const std::filesystem::path& png);

}  // namespace examples

#include <algorithm>
#include <string>

#include <lpntk/core/require.hpp>

#include "support/gnuplot.hpp"
#include "support/plot.hpp"
#include "support/table.hpp"

namespace examples {

namespace {

using lpntk::index_t;

constexpr index_t edge = 20;     // pixels around the sheet
constexpr index_t gap = 8;       // between images
constexpr index_t heading = 44;  // above a group
constexpr index_t under = 20;    // for the captions of images

/// A white RGB picture that images are pasted into.
struct canvas {
    canvas(index_t w, index_t h) : width(w), height(h), bytes(static_cast<std::size_t>(3 * w * h), '\xFF') {}

    index_t width;
    index_t height;
    std::string bytes;

    void paste(const contact_sheet& sheet, const float* image, index_t left, index_t top, index_t scale) {
        const lpntk::image_shape& shape = sheet.shape;
        for (index_t y = 0; y < shape.height * scale; ++y)
            for (index_t x = 0; x < shape.width * scale; ++x)
                for (index_t c = 0; c < 3; ++c) {
                    const index_t pixel = (y / scale) * shape.width + x / scale;
                    const float value = image[pixel * shape.channels + std::min(c, shape.channels - 1)];
                    const float part =
                        std::clamp(sheet.scaling.brightness(value, static_cast<std::size_t>(c)), 0.0F, 1.0F);
                    bytes[static_cast<std::size_t>(3 * ((top + y) * width + left + x) + c)] =
                        static_cast<char>(part * 255.0F);
                }
    }
};

index_t rows_of(const image_group& group, index_t columns) { return (group.images.rows() + columns - 1) / columns; }

/// The style of an image's caption: small enough for the longest not to touch its neighbour.
std::string caption_style(const image_group& group, index_t room) {
    std::size_t longest = 1;
    for (const std::string& caption : group.captions) longest = std::max(longest, shown(caption));
    const auto size =
        std::clamp<index_t>(100 * (room - 4) / (85 * static_cast<index_t>(longest)), 6, 11);  // a letter: 0.85 of it
    return "center font '," + std::to_string(size) + "' tc rgb '#444444'";
}

index_t row_height(const image_group& group, index_t tile) { return tile + gap + (group.captions.empty() ? 0 : under); }

}  // namespace

bool draw(const contact_sheet& sheet, const std::filesystem::path& png) {
    lpntk::require(sheet.columns >= 1, "draw", "columns", sheet.columns, ">= 1");
    const index_t columns = sheet.columns;
    const index_t scale = std::max<index_t>(1, ((1200 - 2 * edge) / columns - gap) / sheet.shape.width);
    const index_t across = scale * sheet.shape.width + gap;
    const index_t down = scale * sheet.shape.height;
    index_t height = 2 * edge + (sheet.title.empty() ? 0 : heading);
    for (const image_group& group : sheet.groups) {
        lpntk::require(group.images.rows() == 0 || group.images.cols() == sheet.shape.size(), "draw",
                       "numbers in an image", group.images.cols(), sheet.shape.size());
        lpntk::require(group.captions.empty() || static_cast<index_t>(group.captions.size()) == group.images.rows(),
                       "draw", "number of captions", group.captions.size(), group.images.rows());
        height += heading + rows_of(group, columns) * row_height(group, down);
    }
    canvas page(2 * edge + columns * across - gap, height);
    gnuplot_job job(png, static_cast<int>(page.width), static_cast<int>(page.height));
    std::ostream& out = job.script();
    const auto label = [&](const std::string& text, index_t x, index_t y, const std::string& style) {
        out << "set label " << quote(text) << " at " << x << ',' << y << ' ' << style << " front\n";
    };
    index_t top = edge;
    if (!sheet.title.empty()) {
        label(sheet.title, page.width / 2, top + 6, "center font ',17'");
        top += heading;
    }
    for (const image_group& group : sheet.groups) {
        label(group.caption, edge, top + 18, "left font ',14' tc rgb '#222222'");
        top += heading;
        const std::string style = caption_style(group, across);
        for (index_t i = 0; i < group.images.rows(); ++i) {
            const index_t left = edge + i % columns * across;
            const index_t above = top + i / columns * row_height(group, down);
            page.paste(sheet, group.images.row(i).data(), left, above, scale);
            if (!group.captions.empty())
                label(group.captions[static_cast<std::size_t>(i)], left + (across - gap) / 2, above + down + under / 2,
                      style);
        }
        top += rows_of(group, columns) * row_height(group, down);
    }
    out << "set lmargin at screen 0\nset rmargin at screen 1\nset bmargin at screen 0\nset tmargin at screen 1\nunset "
           "border\nunset tics\nset key off\n"
        << "set xrange [0:" << page.width << "]\nset yrange [" << page.height << ":0]\nplot " << job.file(page.bytes)
        << " binary array=(" << page.width << ',' << page.height
        << ") origin=(0.5,0.5) format='%uchar' with rgbimage\n";
    return job.run();
}

}  // namespace examples

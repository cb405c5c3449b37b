#include "inspect/thumbnails.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace inspect {

using lpntk::index_t;

examples::byte_image thumbnail(const lpntk::dataset<float>& data, const examples::pixel_scaling& scaling,
                               index_t sample, index_t side) {
    const auto [height, width, channels] = data.shape;
    const index_t square = (std::max(height, width) + side - 1) / side;
    examples::byte_image small{(height + square - 1) / square, (width + square - 1) / square, channels, {}};
    const auto image = data.inputs.row(sample);
    for (index_t y = 0; y < height; y += square)
        for (index_t x = 0; x < width; x += square)
            for (index_t c = 0; c < channels; ++c) {
                float sum = 0, count = 0;
                for (index_t v = y; v < std::min(y + square, height); ++v)
                    for (index_t u = x; u < std::min(x + square, width); ++u, ++count)
                        sum += image[(v * width + u) * channels + c];
                const float seen = std::clamp(scaling.brightness(sum / count, static_cast<std::size_t>(c)), 0.0F, 1.0F);
                small.pixels.push_back(static_cast<std::uint8_t>(std::lround(255 * seen)));
            }
    return small;
}

index_t picture_book::operator()(index_t sample) {
    const std::string key = std::to_string(sample);
    if (!pictures_.contains(key))
        pictures_[key] =
            "data:image/png;base64," + examples::base64(examples::png_of(thumbnail(*data_, scaling_, sample)));
    return sample;
}

}  // namespace inspect

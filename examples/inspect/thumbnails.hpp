#pragma once

#include <lpntk/core/dataset.hpp>

#include "support/pixels.hpp"
#include "support/png.hpp"
#include "support/summary.hpp"

namespace inspect {

/// A sample as it is seen: brightness 0 to 1 becomes 0 to 255. No side is longer than `side`: of larger images squares
/// of pixels are averaged.
examples::byte_image thumbnail(const lpntk::dataset<float>& data, const examples::pixel_scaling& scaling,
                               lpntk::index_t sample, lpntk::index_t side = 64);

/// The pictures that a page shows, each once: numbers of samples to data URIs.
class picture_book {
public:
    picture_book(const lpntk::dataset<float>& data, const examples::pixel_scaling& scaling)
        : data_(&data), scaling_(scaling) {}

    /// The sample, whose picture will be there.
    lpntk::index_t operator()(lpntk::index_t sample);

    const examples::json& pictures() const { return pictures_; }

private:
    const lpntk::dataset<float>* data_;
    examples::pixel_scaling scaling_;
    examples::json pictures_ = examples::json::object();
};

}  // namespace inspect

#ifdef INSPECT_WITH_TORCH
#include <lpntk/torch/torchscript.hpp>
#endif

#include "inspect/torchscript.hpp"

#include <array>
#include <exception>

#include <lpntk/core/require.hpp>

namespace inspect {

#ifdef INSPECT_WITH_TORCH

namespace {

using examples::image_rows, lpntk::index_t, lpntk::matrix;

/// The affine map of each channel's numbers from the collection's to those that the network takes.
struct channel_maps {
    std::array<float, 3> factor, offset;
};

channel_maps maps_to(network_pixels pixels, const examples::pixel_scaling& scaling) {
    channel_maps maps{{1, 1, 1}, {0, 0, 0}};
    if (pixels == network_pixels::standard) return maps;
    maps = {scaling.deviation, scaling.mean};
    if (pixels == network_pixels::unit) return maps;
    const auto [low, high] = scaling.range;
    for (std::size_t c = 0; c < 3; ++c) {
        maps.factor[c] *= high - low;
        maps.offset[c] = low + maps.offset[c] * (high - low);
    }
    return maps;
}

/// A network behind the change from the collection's images, channels last, to its own.
class of_collection {
public:
    using scalar = float;
    struct workspace {
        matrix<float> images;
        lpntk::torch_model<float>::workspace own;
    };

    of_collection(lpntk::torch_model<float> net, lpntk::image_shape shape, channel_maps maps)
        : net_(std::move(net)), shape_(shape), maps_(maps) {}

    index_t inputs() const { return net_.inputs(); }
    index_t outputs() const { return net_.outputs(); }
    index_t parameters() const { return net_.parameters(); }
    bool serial() const { return net_.serial(); }
    const std::vector<lpntk::part_layout>& part_layouts() const { return net_.part_layouts(); }

    matrix<float> logits(const lpntk::sample_rows<float>& images, int threads) const {
        return net_.logits(its_own(images), threads);
    }
    template <class Cotangents, class Sink>
    void parts(workspace& buffers, const image_rows& batch, Cotangents&& cotangents, Sink&& sink) const {
        buffers.images = its_own(batch);
        net_.parts(buffers.own, buffers.images, cotangents, sink);
    }

private:
    matrix<float> its_own(const image_rows& images) const {
        const index_t pixels = shape_.height * shape_.width;
        matrix<float> own(images.rows(), images.cols());
        for (index_t i = 0; i < images.rows(); ++i)
            for (index_t c = 0; c < shape_.channels; ++c)
                for (index_t p = 0; p < pixels; ++p)
                    own(i, c * pixels + p) =
                        images(i, p * shape_.channels + c) * maps_.factor[static_cast<std::size_t>(c)] +
                        maps_.offset[static_cast<std::size_t>(c)];
        return own;
    }

    lpntk::torch_model<float> net_;
    lpntk::image_shape shape_;
    channel_maps maps_;
};

}  // namespace

examples::any_model load_torchscript(const std::filesystem::path& file, const examples::images& images,
                                     network_pixels pixels) {
    const auto& [height, width, channels] = images.train.shape;
    const auto load = [&] {
        try {
            return lpntk::load_torchscript<float>(file, at::randn({2, channels, height, width}));
        } catch (const lpntk::error&) {
            throw;
        } catch (const std::exception& failure) {  // c10's, or TorchScript's own
            throw lpntk::argument_error("--torchscript " + file.string() + " cannot take images of " +
                                        std::to_string(channels) + " x " + std::to_string(height) + " x " +
                                        std::to_string(width) + " (channels, height, width): " + failure.what());
        }
    };
    auto net = load();
    lpntk::require(net.outputs() == images.train.classes, "--torchscript " + file.string(), "number of outputs",
                   net.outputs(),
                   "that of the classes, " + std::to_string(images.train.classes) + "; --names can name more of them");
    return examples::any_model(of_collection(std::move(net), images.train.shape, maps_to(pixels, images.scaling)));
}

#else

examples::any_model load_torchscript(const std::filesystem::path& file, const examples::images&, network_pixels) {
    throw lpntk::argument_error("--torchscript " + file.string() +
                                " needs an inspect that is built with libtorch: configure with -DLPNTK_TORCH=ON");
}

#endif

}  // namespace inspect

// Convolutions by shape, 16 images on one thread: those of ResNet-18 on CIFAR-10 and of LeNet. Forward, and backward
// for the sum of the weight gradients alone and with the gradients by the inputs.
#include <lpntk/nn/layers/conv2d.hpp>
#include <lpntk/nn/run_layer.hpp>

#include "subjects.hpp"
#include "support/meter.hpp"
#include "support/workloads.hpp"

namespace bench {
namespace {

namespace nn = lpntk::nn;

constexpr index_t images_of_a_call = 16;

/// Adds up the gradients of all samples.
struct summed_gradient {
    lpntk::vector<float>& sum;
    nn::gradient_place<float> sample(index_t, index_t) { return {.formed = sum.data()}; }
    void batch(index_t, index_t, const float*, const float*) {}
};

struct subject {
    nn::conv2d layer;
    lpntk::image_shape in;
    lpntk::vector<float> weights, x, y, dx, gradient;
    nn::conv2d::state<float> state;
    nn::layer_call<float> call;

    subject(const nn::conv2d& l, lpntk::image_shape shape)
        : layer(l), in(shape), weights(lpntk::vector<float>::Random(layer.parts(in)[0].parameters())),
          x(lpntk::vector<float>::Random(images_of_a_call * in.size())),
          y(lpntk::vector<float>::Random(images_of_a_call * layer.output_shape(in).size())), dx(x), gradient(weights),
          call{.in = in, .out = layer.output_shape(in), .weights = weights.data(), .count = images_of_a_call} {
        layer.prepare_forward(call, state);
        layer.prepare_backward(call, state);
    }
    subject(const subject&) = delete;
    subject& operator=(const subject&) = delete;

    void forward() { nn::run_forward(layer, call, x.data(), y.data(), state); }
    void backward(bool inputs) {
        summed_gradient taker{gradient};
        nn::run_backward<nn::conv2d, float>(layer, call, x.data(), y.data(), y.data(), inputs ? dx.data() : nullptr,
                                            state, taker);
    }
};

void add_convolution(const nn::conv2d::options& how, lpntk::image_shape in) {
    const std::string kernel = std::to_string(how.kernel.height), shape = std::to_string(in.channels) + "x";
    const std::string name = "conv/" + kernel + "x" + kernel + "/stride:" + std::to_string(how.stride.height) + "/" +
                             shape + std::to_string(how.outputs) + "/image:" + std::to_string(in.height) + "/";
    const nn::conv2d layer(how);
    const lpntk::part_layout part = layer.parts(in)[0];
    const double each = static_cast<double>(images_of_a_call * part.positions * part.inputs * part.outputs);
    const auto row = [&](const char* pass, double times, auto run) {
        add(name + pass + at_threads(1), [=](benchmark::State& state) {
            subject s(layer, in);
            meter(state, 1).run({.multiply_adds = times * each, .samples = images_of_a_call}, [&] {
                run(s);
                return s.y[0];
            });
        });
    };
    row("forward", 1, [](subject& s) { s.forward(); });
    row("weights", 1, [](subject& s) { s.backward(false); });
    row("weights_and_inputs", 2, [](subject& s) { s.backward(true); });
}

}  // namespace

void add_convolutions() {
    for (const index_t width : {64, 128, 256, 512}) {
        const index_t size = 2048 / width;
        if (width > 64) {
            const lpntk::image_shape in{2 * size, 2 * size, width / 2};
            add_convolution({.outputs = width, .stride = 2, .padding = 1, .bias = false}, in);
            add_convolution({.outputs = width, .kernel = 1, .stride = 2, .bias = false}, in);
        }
        add_convolution({.outputs = width, .padding = 1, .bias = false}, {size, size, width});
    }
    add_convolution({.outputs = 64, .padding = 1, .bias = false}, {32, 32, 3});
    add_convolution({.outputs = 32}, {28, 28, 1});
    add_convolution({.outputs = 64}, {26, 26, 32});
}

}  // namespace bench

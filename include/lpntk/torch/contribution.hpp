#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "lpntk/model/part_sink.hpp"
#include "lpntk/torch/patches.hpp"
#include "lpntk/torch/recorder.hpp"

namespace lpntk::inline LPNTK_TARGET::libtorch {

/// What one use of a source adds to the gradients of each of b samples: either factors, a sum over T positions of outer
/// products a_t (x) d_t, or the gradient written out.
struct contribution {
    at::Tensor a = {};        ///< b x T x rows, or b x pixels x channels; undefined when it is written out
    at::Tensor d = {};        ///< b x T x columns
    bool transposed = false;  ///< the source is columns x rows, not rows x columns
    at::Tensor formed = {};   ///< b x the shape of the source; undefined when there are factors
    std::optional<pixel_window> window = {};  ///< where a can be had as pixels
};

/// One function for each kind of operation; see contribution_of.
namespace detail::operations {

using inputs = std::vector<c10::IValue>;

inline at::Tensor by_sample_sum(const at::Tensor& values, const at::IntArrayRef shape) {
    std::vector<int64_t> wanted{values.size(0)};
    wanted.insert(wanted.end(), shape.begin(), shape.end());
    at::Tensor flat = values;
    while (flat.dim() < static_cast<int64_t>(wanted.size())) flat = flat.unsqueeze(1);
    return flat.sum_to_size(wanted);
}

/// b x T x columns from b x ... x columns.
inline at::Tensor positions(const at::Tensor& values) {
    return values.reshape({values.size(0), -1, values.size(values.dim() - 1)});
}

/// From channels behind the samples to channels last.
inline at::Tensor channels_last(const at::Tensor& values) {
    return values.reshape({values.size(0), values.size(1), -1}).transpose(1, 2);
}

/// y = x W^T + b.
inline contribution linear(const inputs& in, std::size_t which, const at::Tensor& u) {
    if (which == 1) return {.a = positions(in[0].toTensor()), .d = positions(u), .transposed = true};
    return {.formed = positions(u).sum(1)};
}

/// y = x W, W a matrix; or y = alpha x W + beta b.
inline contribution product(const inputs& in, std::size_t which, const at::Tensor& u, std::size_t x) {
    const bool scales = x == 1;
    const double beta = scales && in.size() > 3 ? in[3].toScalar().toDouble() : 1;
    const double alpha = scales && in.size() > 4 ? in[4].toScalar().toDouble() : 1;
    if (which == x + 1 && in[which].toTensor().dim() == 2)
        return {.a = positions(in[x].toTensor()), .d = positions(u * alpha)};
    if (scales && which == 0) return {.formed = by_sample_sum(positions(u * beta).sum(1), in[0].toTensor().sizes())};
    return {};
}

inline contribution batch_norm(const inputs& in, std::size_t which, const at::Tensor& u) {
    const auto by_channel = [&](const at::Tensor& values) { return values.reshape({u.size(0), u.size(1), -1}); };
    if (which == 2) return {.formed = by_channel(u).sum(2)};
    const at::Tensor centred = by_channel(in[0].toTensor()) - in[3].toTensor().unsqueeze(1);
    return {.formed = centred.mul_(by_channel(u)).sum(2) * (in[4].toTensor() + in[7].toDouble()).rsqrt()};
}

inline contribution layer_norm(const inputs& in, std::size_t which, const at::Tensor& u) {
    const auto shape = in[1].toIntVector();
    const at::Tensor y = at::layer_norm(in[0].toTensor(), shape, {}, {}, in[4].toDouble());
    const auto flat = [&](const at::Tensor& values) {
        std::vector<int64_t> sizes{values.size(0), -1};
        sizes.insert(sizes.end(), shape.begin(), shape.end());
        return values.reshape(sizes);
    };
    return {.formed = flat(which == 2 ? u * y : u).sum(1)};
}

inline contribution group_norm(const inputs& in, std::size_t which, const at::Tensor& u) {
    const at::Tensor y = at::group_norm(in[0].toTensor(), in[1].toInt(), {}, {}, in[4].toDouble());
    return {.formed = channels_last(which == 2 ? u * y : u).sum(1)};
}

/// Rows of a table; its gradient is one-hot rows times u.
inline contribution embedding(const inputs& in, const at::Tensor& u) {
    const at::Tensor table = in[0].toTensor(), indices = in[1].toTensor();
    at::Tensor a = at::one_hot(indices.reshape({indices.size(0), -1}), table.size(0)).to(u.scalar_type());
    if (in.size() > 2 && in[2].isInt() && in[2].toInt() >= 0) a.select(2, in[2].toInt()).zero_();
    return {.a = a, .d = positions(u)};
}

/// conv1d, conv2d, conv3d (input, weight, bias, stride, padding, dilation, groups) and convolution (..., transposed,
/// output padding, groups) alike. Groups share no inputs, so that their gradients are written out.
inline contribution convolution(const inputs& in, std::size_t which, const at::Tensor& u, part_form form) {
    const at::Tensor by_position = channels_last(u);
    if (which == 2) return {.formed = by_position.sum(1)};
    const bool general = in.size() > 7;
    if (which != 1 || !in[4].isIntList() || (general && in[6].toBool())) return {};
    const at::Tensor weight = in[1].toTensor();
    const auto kernel = weight.sizes().slice(2);
    const auto axes = kernel.size();
    const auto list = [&](std::size_t i) {
        std::vector<int64_t> values = in[i].toIntVector();
        if (values.size() == 1) values.resize(axes, values[0]);
        return values;
    };
    const int64_t groups = in[general ? 8 : 6].toInt();
    const at::Tensor images = in[0].toTensor();
    const convolution_shape shape{{kernel.begin(), kernel.end()}, list(3), list(4), list(5)};
    if (groups == 1)
        return {.a = form == part_form::pixels ? pixels_of(images) : patches_of(images, shape),
                .d = by_position,
                .transposed = true,
                .window = window_of(images, shape)};
    const at::Tensor patches = patches_of(images, shape);
    const int64_t samples = u.size(0), count = patches.size(1), channels = weight.size(1);
    const at::Tensor a = patches.reshape({samples, count, -1, groups, channels}).permute({0, 3, 1, 2, 4}).flatten(3);
    const at::Tensor d = by_position.reshape({samples, count, groups, -1}).permute({0, 2, 3, 1});
    return {.formed = channels_second(at::matmul(d, a), weight.sizes())};
}

/// What is added, subtracted or multiplied number by number, broadcast as it was.
inline contribution elementwise(const at::Tensor& source, at::Tensor e) {
    const bool has_samples = source.dim() == e.dim() && source.size(0) == e.size(0) && e.size(0) > 1;
    std::vector<int64_t> shape(source.sizes().begin(), source.sizes().end());
    if (!has_samples) {
        if (source.dim() == e.dim()) e = e.unsqueeze(1);  // its first extent is 1
        return {.formed = by_sample_sum(e, shape)};
    }
    shape.insert(shape.begin(), e.size(0));
    at::Tensor each = at::zeros(shape, e.options());
    for (int64_t n = 0; n < e.size(0); ++n) each[n][n] = e[n].sum_to_size(source.sizes().slice(1));
    return {.formed = each};
}

/// Tensors one behind the other along an axis.
inline contribution concatenated(const inputs& in, const at::Tensor& source, const at::Tensor& u) {
    const auto list = in[0].toTensorVector();
    const int64_t axis = in[1].toInt();
    int64_t first = 0;
    for (const at::Tensor& tensor : list) {
        if (tensor.is_same(source)) return elementwise(source, u.narrow(axis, first, tensor.size(axis)));
        first += tensor.size(axis);
    }
    return {};
}

}  // namespace detail::operations

/// Whether the source is broadcast to the shape of the output.
inline bool is_elementwise(const parameter_use& use) {
    for (const char* name : {"add", "add_", "sub", "sub_", "mul", "mul_"})
        if (use.operation == std::string("aten::") + name) return true;
    return false;
}

/// The contribution to the source that is input `which` of the operation, `u` being the gradient by its output; samples
/// along the first axis. Factors come as pixels where that is the form and there is a window. Nothing defined: the
/// operation is not known.
inline contribution contribution_of(const parameter_use& use, std::size_t which, const at::Tensor& source,
                                    const at::Tensor& u, part_form form) {
    namespace op = detail::operations;
    const auto is = [&](std::initializer_list<const char*> names) {
        for (const char* name : names)
            if (use.operation == std::string("aten::") + name) return true;
        return false;
    };
    const auto& in = use.inputs;
    if (is({"linear"})) return op::linear(in, which, u);
    if (is({"matmul", "mm"})) return op::product(in, which, u, 0);
    if (is({"addmm"})) return op::product(in, which, u, 1);
    if (is({"conv1d", "conv2d", "conv3d", "convolution", "_convolution"})) return op::convolution(in, which, u, form);
    if (is({"batch_norm"}) && (which == 1 || which == 2)) return op::batch_norm(in, which, u);
    if (is({"layer_norm"})) return op::layer_norm(in, which, u);
    if (is({"group_norm"})) return op::group_norm(in, which, u);
    if (is({"embedding"}) && which == 0) return op::embedding(in, u);
    if (is({"cat"})) return op::concatenated(in, source, u);
    if (is({"add", "add_", "sub", "sub_"}) && which < 2 && in[1 - which].isTensor()) {
        const double alpha = which == 1 && in.size() > 2 ? in[2].toScalar().toDouble() : 1;
        return op::elementwise(source, u * (which == 1 && is({"sub", "sub_"}) ? -alpha : alpha));
    }
    if (is({"mul", "mul_"}) && which < 2 && in[1 - which].isTensor())
        return op::elementwise(source, u * in[1 - which].toTensor());
    return {};
}

}  // namespace lpntk::libtorch

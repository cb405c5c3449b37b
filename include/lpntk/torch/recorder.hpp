#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <torch/csrc/autograd/variable.h>

#include "lpntk/core/target.hpp"

/// What happens inside a libtorch model, operation by operation.
namespace lpntk::inline LPNTK_TARGET::libtorch {

namespace detail {

/// The member `inputs_` of RecordFunction. Its accessor asserts, in a debug build, what a release build of libtorch
/// does not keep up to date; an explicit instantiation may name what is private.
template <auto Member>
struct member_of_record {
    friend c10::ArrayRef<const c10::IValue> stored_inputs(const at::RecordFunction& function) {
        return function.*Member;
    }
};
c10::ArrayRef<const c10::IValue> stored_inputs(const at::RecordFunction& function);
template struct member_of_record<&at::RecordFunction::inputs_>;

/// The arguments of the operation: the last on the interpreter's stack.
inline std::vector<c10::IValue> arguments_of(const at::RecordFunction& function) {
    const auto inputs = stored_inputs(function);
    const std::size_t count = std::min(inputs.size(), function.num_inputs());
    return std::vector<c10::IValue>(inputs.end() - static_cast<std::ptrdiff_t>(count), inputs.end());
}

/// Likewise its results.
inline std::vector<c10::IValue> results_of(const at::RecordFunction& function) {
    const auto& outputs = function.outputs();
    const std::size_t count = std::min(outputs.size(), function.num_outputs());
    return std::vector<c10::IValue>(outputs.end() - static_cast<std::ptrdiff_t>(count), outputs.end());
}

}  // namespace detail

/// An operation that takes samples and something made of parameters, as a forward pass called it.
struct parameter_use {
    std::string operation;                 ///< "aten::conv2d"
    std::vector<c10::IValue> inputs;       ///< as it got them
    std::vector<int> of;                   ///< for each input the index among recorder::sources; of_samples, of_neither
    static constexpr int of_samples = -1;  ///< made of samples
    static constexpr int of_neither = -2;  ///< a constant
    ::torch::autograd::Edge output;        ///< where the gradient by its first output arrives
    at::Tensor value;                      ///< that output, for its shape
};

/// Records one forward pass on this thread: the operations at the top, not what they call themselves, that mix samples
/// with parameters. What is made of parameters alone (a transposed weight, a slice of position embeddings) is a source
/// of its own. While it lives, operations of other threads are not seen; one at a time on a thread.
class recorder {
public:
    /// A tensor made of parameters alone; the first ones are the parameters themselves.
    struct source {
        at::Tensor tensor;            ///< as the operation made it
        std::vector<int> parameters;  ///< indices of those it is made of
        int transposed_of = -1;       ///< a parameter of which it is the transposed matrix, else -1
    };

    /// Starts; both are referred to by what is recorded.
    recorder(const std::vector<at::Tensor>& parameters, const at::Tensor& samples) {
        for (std::size_t i = 0; i < parameters.size(); ++i) add_source(parameters[i], {static_cast<int>(i)}, -1);
        mark(samples);
        current() = this;
        handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(&starts, &ends)
                                                 .needsInputs(true)
                                                 .needsOutputs(true)
                                                 .scopes({at::RecordScope::FUNCTION}));
    }
    ~recorder() { stop(); }
    recorder(const recorder&) = delete;
    recorder& operator=(const recorder&) = delete;

    /// The forward pass is over; what was recorded stays.
    void stop() {
        if (current() != this) return;
        at::removeCallback(handle_);
        current() = nullptr;
    }

    const std::vector<source>& sources() const { return sources_; }   ///< the parameters, then what was made of them
    const std::vector<parameter_use>& uses() const { return uses_; }  ///< in the order of the pass
    const std::vector<std::string>& problems() const { return problems_; }  ///< operations that depend on the batch

private:
    struct context : at::ObserverContext {
        std::vector<c10::IValue> inputs;
        at::Tensor before;  ///< the first input, where the operation overwrites it and its gradients read it
    };

    static recorder*& current() {
        thread_local recorder* recording = nullptr;
        return recording;
    }

    static std::unique_ptr<at::ObserverContext> starts(const at::RecordFunction& function) {
        recorder* const self = current();
        auto own = std::make_unique<context>();
        if (self == nullptr || self->depth_++ > 0) return own;
        own->inputs = detail::arguments_of(function);
        if (std::string_view(function.name()) == "aten::mul_") own->before = own->inputs[0].toTensor().detach().clone();
        return own;
    }

    static void ends(const at::RecordFunction& function, at::ObserverContext* begun) {
        recorder* const self = current();
        if (self != nullptr && --self->depth_ == 0)
            self->take(function.name(), std::move(*static_cast<context*>(begun)), detail::results_of(function));
    }

    static std::vector<at::Tensor> tensors_of(const c10::IValue& value) {
        if (value.isTensor() && value.toTensor().defined()) return {value.toTensor()};
        if (value.isTensorList()) return value.toTensorVector();
        std::vector<at::Tensor> all;
        if (value.isOptionalTensorList())
            for (const auto& tensor : value.toListRef())
                if (tensor.isTensor() && tensor.toTensor().defined()) all.push_back(tensor.toTensor());
        return all;
    }

    void take(const std::string& operation, context begun, const std::vector<c10::IValue>& outputs) {
        std::vector<c10::IValue>& inputs = begun.inputs;
        bool of_samples = false;
        std::vector<int> of, parameters;
        for (const c10::IValue& input : inputs) {
            of.push_back(parameter_use::of_neither);
            for (const at::Tensor& tensor : tensors_of(input)) {
                const auto found = known_.find(tensor.unsafeGetTensorImpl());
                if (found == known_.end()) continue;
                if (found->second < 0) {
                    of_samples = true;
                    if (of.back() < 0) of.back() = parameter_use::of_samples;
                    continue;
                }
                of.back() = found->second;
                const auto& from = sources_[static_cast<std::size_t>(found->second)].parameters;
                parameters.insert(parameters.end(), from.begin(), from.end());
            }
        }
        note_training(operation, inputs);
        std::vector<at::Tensor> made;
        for (const c10::IValue& output : outputs)
            for (const at::Tensor& tensor : tensors_of(output)) made.push_back(tensor);
        if (made.empty() || (!of_samples && parameters.empty())) return;
        if (!of_samples) {
            const bool transposes = operation == "aten::t" || operation == "aten::numpy_T";
            for (const at::Tensor& tensor : made) add_source(tensor, parameters, transposes ? of.front() : -1);
            return;
        }
        for (const at::Tensor& tensor : made) mark(tensor);
        if (begun.before.defined()) inputs[0] = begun.before;
        if (!parameters.empty() && made.front().requires_grad())
            uses_.push_back({operation, std::move(inputs), std::move(of),
                             ::torch::autograd::impl::gradient_edge(made.front()), made.front()});
    }

    /// Dropout or batch normalisation that is not frozen.
    void note_training(const std::string& operation, const std::vector<c10::IValue>& inputs) {
        const bool drops = operation.find("dropout") != std::string::npos;
        const bool norms = operation == "aten::batch_norm" || operation == "aten::instance_norm";
        const std::size_t flag = drops ? 2 : 5;
        if ((drops || norms) && inputs.size() > flag && inputs[flag].isBool() && inputs[flag].toBool())
            problems_.push_back(operation + " in training mode");
    }

    void mark(const at::Tensor& tensor) {
        if (known_.emplace(tensor.unsafeGetTensorImpl(), parameter_use::of_samples).second) kept_.push_back(tensor);
    }

    void add_source(const at::Tensor& tensor, std::vector<int> parameters, int transposed_of) {
        std::sort(parameters.begin(), parameters.end());
        parameters.erase(std::unique(parameters.begin(), parameters.end()), parameters.end());
        if (!known_.emplace(tensor.unsafeGetTensorImpl(), static_cast<int>(sources_.size())).second) return;
        const bool of_parameter =
            transposed_of >= 0 && sources_[static_cast<std::size_t>(transposed_of)].parameters.front() == transposed_of;
        sources_.push_back({tensor, std::move(parameters), of_parameter ? transposed_of : -1});
    }

    std::unordered_map<const c10::TensorImpl*, int> known_;  ///< of_samples, or the index of a source
    std::vector<at::Tensor> kept_;                           ///< so that no address is used twice
    std::vector<source> sources_;
    std::vector<parameter_use> uses_;
    std::vector<std::string> problems_;
    at::CallbackHandle handle_ = 0;
    int depth_ = 0;
};

}  // namespace lpntk::libtorch

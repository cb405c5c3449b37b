#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/model/logits.hpp"

namespace lpntk::inline LPNTK_TARGET {

namespace detail {

struct weight_difference {
    double slope = 0;
    double noise = 0;  ///< how far rounding of the logits alone may put it off
};

/// Central differences of u . z(x; w) in single weights of a copy of the model.
template <class Model>
class weight_differences {
public:
    using scalar = typename Model::scalar;

    weight_differences(const Model& model, const vector_view<scalar>& x, const vector_view<scalar>& u)
        : copy_(model), x_(x.transpose()), u_(u), weights_(model.weights()) {
        require(weights_.size() == static_cast<index_t>(model.parameters()), "gradient_check", "length of weights()",
                weights_.size(), model.parameters());
    }

    weight_difference operator()(index_t p, double step) {
        const scalar kept = weights_[p];
        const auto h = static_cast<scalar>(step * std::max(1.0, std::abs(static_cast<double>(kept))));
        const scalar up = kept + h, down = kept - h;
        const vector<scalar> high = logits_at(p, up), low = logits_at(p, down);
        weights_[p] = kept;
        constexpr double roundings = 4 * static_cast<double>(std::numeric_limits<scalar>::epsilon());
        const double width = static_cast<double>(up - down);
        return {static_cast<double>(u_.dot(high - low)) / width,
                roundings * static_cast<double>(u_.cwiseAbs().dot(high.cwiseAbs() + low.cwiseAbs())) / width};
    }

private:
    vector<scalar> logits_at(index_t p, scalar weight) {
        weights_[p] = weight;
        copy_.set_weights(weights_);
        return logits_of(copy_, x_, 1).row(0).transpose();
    }

    Model copy_;
    matrix<scalar> x_;
    vector<scalar> u_, weights_;
};

}  // namespace detail
}  // namespace lpntk

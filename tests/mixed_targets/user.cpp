#include <lpntk/kernel/gram.hpp>

#include "mixed_targets/maker.hpp"

int main() {
    const auto kappa = lpntk::gram(make_features(lpntk::matrix<float>::Ones(5, 3)));
    return kappa(4, 0) == kappa(4, 4) && kappa(4, 4) > 0 ? 0 : 1;
}

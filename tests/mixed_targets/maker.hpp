#pragma once

#include <lpntk/kernel/tangent_features.hpp>
#include <lpntk/nn/zoo.hpp>

/// Made by one object, contracted by another.
lpntk::features<float> make_features(const lpntk::matrix<float>& inputs);

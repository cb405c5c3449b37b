#pragma once

#include <string>

#include <lpntk/core/dataset.hpp>

#include "support/options.hpp"

namespace examples {

/// Train, validation and test images, disjoint.
struct images {
    std::string name;  ///< "MNIST" or "built-in digits"
    lpntk::dataset<float> train;
    lpntk::dataset<float> validation;
    lpntk::dataset<float> test;
};

/// Sizes beside --samples; 0: validation a fifth of the training samples and 500 at least; test all of MNIST's
/// 10,000, or 2,000 built-in digits.
struct split_sizes {
    lpntk::index_t validation = 0;
    lpntk::index_t test = 0;
    lpntk::index_t train_per_class = 1;  ///< as many training samples of every class are needed, at least
};

/// Throws lpntk::argument_error, which says what to do, unless every class has `count` samples.
void require_per_class(const lpntk::dataset<float>& data, lpntk::index_t count);

/// The images that the options ask for, scaled as MNIST always is. Which ones are for training and validation is
/// random by --seed; the test images are the same for every seed.
/// --data may name MNIST's folder or one that holds it as mnist/. Throws lpntk::file_error when the files are
/// missing or broken, lpntk::argument_error when there are fewer than asked for, of all classes or of one.
images load_images(const options& options, split_sizes sizes = {});

}  // namespace examples

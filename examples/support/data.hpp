#pragma once

#include <string>

#include <lpntk/core/dataset.hpp>

#include "support/options.hpp"
#include "support/pixels.hpp"

namespace examples {

/// Train, validation and test images, disjoint.
struct images {
    std::string name;  ///< "MNIST", "CIFAR-10" or "built-in digits"
    pixel_scaling scaling;
    lpntk::dataset<float> train;
    lpntk::dataset<float> validation;
    lpntk::dataset<float> test;
};

/// Sizes beside --samples; 0: validation a fifth of the training samples and 500 at least, below 0 none; test all
/// images that there are for it, or 2,000 built-in digits.
struct split_sizes {
    lpntk::index_t validation = 0;
    lpntk::index_t test = 0;
    lpntk::index_t train_per_class = 1;  ///< as many training samples of every class are needed, at least
    lpntk::index_t choose_from = 0;      ///< training samples beyond --samples, as far as there are
};

/// Throws lpntk::argument_error, which says what to do, unless every class has `count` samples.
void require_per_class(const lpntk::dataset<float>& data, lpntk::index_t count);

/// The images that the options ask for, scaled as MNIST or CIFAR-10 always is. Which ones are for training and
/// validation is random by --seed; where the training files are too few for both, validation takes the last of the test
/// images instead. The test images are the same for every seed. --data is recognised() by its files.
/// Throws lpntk::file_error when files are missing or broken, lpntk::argument_error when there are fewer images than
/// asked for, of all classes or of one.
images load_images(const options& options, split_sizes sizes = {});

}  // namespace examples

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <lpntk/core/types.hpp>

#include "support/data.hpp"
#include "support/options.hpp"

namespace inspect {

using lpntk::index_t;

/// What is inspected: somebody's images with labels, and where they stand in the files.
struct collection {
    examples::images images;           ///< train alone
    std::vector<index_t> origin;       ///< N: each sample's number in the files, ascending
    std::vector<std::string> classes;  ///< K: their names
    std::string understood;            ///< how the files were read
    bool usual_scaling = true;         ///< of MNIST or CIFAR-10, as everybody's networks take them

    const lpntk::dataset<float>& data() const { return images.train; }
    index_t size() const { return images.train.size(); }  ///< N
};

/// The training part of MNIST or CIFAR-10, or images.npy and labels.npy, in --data; the program's own digits without.
/// --samples of them, at most, drawn by --seed. Names are the lines of `names`; else those of batches.meta.txt beside
/// CIFAR-10; else numbers. Throws lpntk::file_error for files that are missing, broken or not understood, and
/// lpntk::argument_error for fewer than two classes fewer names than classes, or more
/// than 1,000.
collection read_collection(const examples::options& options, const std::filesystem::path& names);

/// The lines of a text file: names of classes, UTF-8. Throws lpntk::file_error for a line that is empty or no UTF-8.
std::vector<std::string> read_names(const std::filesystem::path& file);

/// Text that is UTF-8 whatever the bytes: others become U+FFFD.
std::string utf8(const std::string& text);

}  // namespace inspect

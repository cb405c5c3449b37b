#pragma once

#include <cstddef>

#include <lpntk/core/progress.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/kernel/tangent_features.hpp>

#include "support/options.hpp"
#include "support/stopwatch.hpp"

namespace examples {

/// --memory, and how the programs that take it compute kernels: on --threads, within that memory. It must outlive the
/// parsing.
class kernel_options {
public:
    explicit kernel_options(options& shared) : shared_(shared) {
        shared.add("--memory", mebibytes_,
                   "MiB for a kernel and its features; more passes through the network where these are few", 1,
                   lpntk::index_t{1} << 40);
    }
    kernel_options(const kernel_options&) = delete;
    kernel_options& operator=(const kernel_options&) = delete;

    lpntk::feature_options features(const lpntk::progress& report = {}) const {
        return {.threads = shared_.threads, .report = report, .memory = static_cast<std::size_t>(mebibytes_) << 20U};
    }
    lpntk::gram_options gram(const lpntk::progress& report = {}) const {
        return {.threads = shared_.threads, .report = report};
    }

private:
    const options& shared_;
    lpntk::index_t mebibytes_ = 4096;
};

/// The time that a kernel's features take and the time of the products between them, told apart by what reports.
class kernel_stopwatch {
public:
    double features = 0, gram = 0;  ///< seconds

    lpntk::progress of_features(const lpntk::progress& next) { return lap(features, next); }
    lpntk::progress of_gram() { return lap(gram, {}); }

private:
    lpntk::progress lap(double& seconds, const lpntk::progress& next) {
        return [this, &seconds, next](lpntk::index_t done, lpntk::index_t total) {
            seconds += clock_.lap();
            if (next) next(done, total);
        };
    }

    stopwatch clock_;
};

}  // namespace examples

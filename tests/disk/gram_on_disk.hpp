#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include <lpntk/disk/gram_to_file.hpp>
#include <lpntk/io/npy.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/model/cotangents.hpp>

#include "kernel/models.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace test {

/// A small kernel on its way into a file.
struct gram_on_disk {
    temporary_folder folder;
    std::filesystem::path file = folder / "kappa.npy";
    lpntk::dataset<float> data = random_samples<float>(150, 4);
    three_kinds<float> model{4};
    lpntk::matrix<float> kappa = lpntk::gram(lpntk::tangent_features(model, data, lpntk::label_signs{})).dense();

    /// Small tiles, each recorded at once; stopped when so many samples are reported, if at all.
    lpntk::file_summary write(bool resume, std::size_t memory = 0, lpntk::index_t stop = -1, int threads = 2) const {
        const auto stopping = [stop](lpntk::index_t done, lpntk::index_t) {
            if (stop >= 0 && done >= stop) throw std::runtime_error("stopped");
        };
        return lpntk::gram_to_file(model, data, lpntk::label_signs{}, file, {.threads = threads, .memory = memory},
                                   {.threads = threads, .tile = 16, .report = stopping},
                                   {.resume = resume, .record_every = 0});
    }

    void require_whole() const {
        REQUIRE(lpntk::io::read_npy<float>(file) == kappa);
        REQUIRE(folder.entries() == 1);
    }

    std::string refusal(bool resume = true) const {
        return message_of<lpntk::file_error>([&] { write(resume); });
    }
};

}  // namespace test

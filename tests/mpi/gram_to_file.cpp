#include <lpntk/mpi/gram_to_file.hpp>

#include <stdexcept>
#include <string>

#include <lpntk/io/npy.hpp>
#include <lpntk/kernel/gram.hpp>

#include "kernel/models.hpp"
#include "mpi/ranks.hpp"
#include "support/catch.hpp"

using lpntk::index_t, lpntk::label_signs;

namespace {

struct shared_kernel {
    test::shared_folder folder;
    std::filesystem::path file = folder / "kappa.npy";
    lpntk::dataset<float> data = test::random_samples<float>(333, 4);
    test::three_kinds<float> model{4};
    lpntk::matrix<float> kappa = lpntk::gram(lpntk::tangent_features(model, data, label_signs{})).dense();

    /// Stopped by the last rank after some of the steps, if at all.
    lpntk::mpi::written write(bool resume, double stop = 2) const {
        const auto stopping = [&](index_t done, index_t total) {
            const bool last = test::ranks().rank() == test::ranks().size() - 1;
            if (last && static_cast<double>(done) >= stop * static_cast<double>(total))
                throw std::runtime_error("stopped");
        };
        return lpntk::mpi::gram_to_file(test::ranks(), model, data, label_signs{}, file, {.threads = 1},
                                        {.threads = 1, .tile = 16, .report = stopping}, {.resume = resume});
    }

    void require_whole() const {
        REQUIRE(lpntk::io::read_npy<float>(file) == kappa);
        REQUIRE(!std::filesystem::exists(file.string() + ".part"));
        REQUIRE(!std::filesystem::exists(file.string() + ".journal"));
        MPI_Barrier(MPI_COMM_WORLD);
    }
};

}  // namespace

TEST_CASE("all ranks write one file, and go on with it after any of them failed") {
    const shared_kernel of;
    const auto wrote = of.write(false);
    of.require_whole();
    REQUIRE(wrote.file.tiles == 21 * 22 / 2);
    REQUIRE(wrote.file.resumed == 0);
    for (const double stop : {0.0, 0.4, 0.9}) {
        REQUIRE_THROWS_AS(of.write(false, stop), std::runtime_error);
        REQUIRE(std::filesystem::exists(of.file.string() + ".journal"));
        MPI_Barrier(MPI_COMM_WORLD);
        const auto message = test::message_of<std::exception>([&] { (void)of.write(false); });
        CHECK(test::says(message, "is begun and unfinished"));
        const auto resumed = of.write(true);
        REQUIRE((resumed.file.resumed > 0) == (stop > 0));
        of.require_whole();
    }
}

TEST_CASE("one process goes on with what ranks left, and ranks with what one process left") {
    const shared_kernel of;
    REQUIRE_THROWS_AS(of.write(false, 0.5), std::runtime_error);
    if (test::ranks().is_root()) {
        const auto wrote = lpntk::gram_to_file(of.model, of.data, label_signs{}, of.file, {.threads = 1},
                                               {.threads = 1, .tile = 16}, {.resume = true});
        CHECK(wrote.resumed > 0);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    of.require_whole();
    if (test::ranks().is_root()) {
        const auto stopping = [](index_t done, index_t total) {
            if (done > total / 2) throw std::runtime_error("stopped");
        };
        REQUIRE_THROWS_AS(lpntk::gram_to_file(of.model, of.data, label_signs{}, of.file, {.threads = 1},
                                              {.threads = 1, .tile = 16, .report = stopping}, {.record_every = 0}),
                          std::runtime_error);
    }
    MPI_Barrier(MPI_COMM_WORLD);
    REQUIRE(of.write(true).file.resumed > 0);
    of.require_whole();
}

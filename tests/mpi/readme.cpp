// README's snippet on MPI: it must compile as it stands.
#include <lpntk/lpntk.hpp>

#include "mpi/ranks.hpp"
#include "support/catch.hpp"

// [mpi]
#include <lpntk/mpi/gram_to_file.hpp>
#include <lpntk/mpi/kernel_rows.hpp>
// [end]

namespace {

template <class Network>
auto heads_over_ranks(const Network& net, const lpntk::dataset<float>& train, const std::filesystem::path& file) {
    // [mpi]
    const lpntk::mpi::communicator ranks;
    lpntk::mpi::gram_to_file(ranks, net, train, lpntk::label_signs{}, file, {}, {}, {.resume = true});
    const lpntk::mpi::kernel_rows<float> rows(ranks, net, train, lpntk::label_signs{});  // no Gram anywhere
    const auto heads = lpntk::farthest_points{.heads = 600}(rows).heads;                 // the same on every rank
    // [end]
    return heads;
}

}  // namespace

TEST_CASE("README's kernel over ranks runs") {
    const test::shared_folder folder;
    const auto data = test::random_samples<float>(620, 3);
    CHECK(test::ranks().size() >= 1);
    CHECK(heads_over_ranks(lpntk::nn::mlp<float>({data.inputs.cols(), 5, 3}, 1), data, folder / "kappa.npy").size() ==
          600);
}

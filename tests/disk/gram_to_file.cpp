#include <lpntk/disk/gram_to_file.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include <lpntk/io/npy_similarity.hpp>

#include "disk/gram_on_disk.hpp"

using lpntk::file_error, lpntk::index_t, lpntk::label_signs;
using fixture = test::gram_on_disk;

namespace {

/// A budget, above the least, that takes several blocks.
std::size_t small_budget(const fixture& of) {
    const auto message = test::message_of<lpntk::argument_error>([&] { of.write(false, 1); });
    const std::size_t at = message.find("must be >= ");
    REQUIRE(at != std::string::npos);
    REQUIRE(of.folder.entries() == 0);
    return std::stoul(message.substr(at + 11));
}

}  // namespace

TEST_CASE("a Gram in a file has the bits of one in memory, whatever the budget and the threads") {
    const fixture of;
    const std::size_t least = small_budget(of);
    double before = 1e9;
    for (const std::size_t memory : {least, least + least / 4, 2 * least, std::size_t{0}})
        for (const int threads : {1, 3}) {
            const auto wrote = of.write(false, threads == 1 ? memory : memory * 2, -1, threads);
            of.require_whole();
            REQUIRE(wrote.tiles == 55);
            REQUIRE(wrote.resumed == 0);
            if (threads == 1) REQUIRE(wrote.passes <= before);
            if (threads == 1) before = wrote.passes;
        }
    REQUIRE(before == 1);
    REQUIRE(of.write(false, least, -1, 1).passes > 2);
}

TEST_CASE("stopped anywhere a Gram in a file goes on, with another budget if need be, to the same bits") {
    const fixture of;
    const std::size_t least = small_budget(of);
    for (const index_t stop : {0, 20, 90, 150, 300, 500}) {
        REQUIRE_THROWS_AS(of.write(false, least, stop), std::runtime_error);
        REQUIRE(!std::filesystem::exists(of.file));
        REQUIRE(of.folder.entries() == 2);
        CHECK(test::says(of.refusal(false),
                         "kappa.npy: is begun and unfinished: resume it, or remove "
                         "kappa.npy.journal and kappa.npy.part"));
        REQUIRE_THROWS_AS(of.write(true, 0, 0), std::runtime_error);  // all features fit
        REQUIRE(of.write(true, 3 * least).resumed >= (stop >= 300 ? 1 : 0));
        of.require_whole();
        std::filesystem::remove(of.file);
    }
    REQUIRE(of.write(true).resumed == 0);  // nothing is there to go on with
    of.require_whole();
}

TEST_CASE("what is complete is not computed again") {
    const fixture of;
    REQUIRE_THROWS_AS(of.write(false, 0, 150), std::runtime_error);  // at the last report
    const auto wrote = of.write(true);
    REQUIRE(wrote.resumed == 55);
    REQUIRE(wrote.passes == 0);
    of.require_whole();
}

TEST_CASE("a file of something else is not resumed, and stays as it is") {
    fixture of;
    REQUIRE_THROWS_AS(of.write(false, 0, 150), std::runtime_error);
    const auto journal = test::read_bytes(of.folder / "kappa.npy.journal");
    const auto part = test::read_bytes(of.folder / "kappa.npy.part");
    const auto refused = [&](const std::string& why, auto&& change) {
        fixture other;
        other.file = of.file;
        change(other);
        CHECK(test::says(other.refusal(), "kappa.npy.journal: cannot be resumed: it was begun with " + why));
        CHECK(test::read_bytes(of.folder / "kappa.npy.journal") == journal);
        CHECK(test::read_bytes(of.folder / "kappa.npy.part") == part);
    };
    refused("data ", [](fixture& other) { other.data.inputs(7, 1) += 1; });
    refused("labels ", [](fixture& other) { other.data.labels[7] = (other.data.labels[7] + 1) % 4; });
    refused("kernel 150 x 150 numbers of 4 bytes, now 149 x 149 numbers of 4 bytes", [](fixture& other) {
        std::vector<index_t> some;
        for (index_t i = 0; i < 149; ++i) some.push_back(i);
        other.data = lpntk::subset(other.data, some);
    });
    const auto with = [&](const auto& cotangent, lpntk::feature_options making, lpntk::gram_options options) {
        options.tile = options.tile == 0 ? 16 : options.tile;
        return test::message_of<file_error>([&] {
            (void)lpntk::gram_to_file(of.model, of.data, cotangent, of.file, making, options, {.resume = true});
        });
    };
    CHECK(test::says(with(lpntk::all_ones{}, {}, {}), "begun with features "));
    CHECK(test::says(with(label_signs{}, {.batch = 32}, {}), "begun with tile 16, now 32"));
    CHECK(test::says(with(label_signs{}, {}, {.tile = 32}), "begun with tile 16, now 32"));
    CHECK(test::says(with(label_signs{}, {}, {.factors = lpntk::factor_precision::bf16}),
                     "begun with factors full, now bf16"));
    CHECK(test::says(with(label_signs{}, {.forms = std::vector(5, lpntk::part_form::dense)}, {}),
                     "begun with features "));
    (void)of.write(true);
    of.require_whole();
}

TEST_CASE("a torn last record is dropped and its tiles are made again") {
    const fixture of;
    REQUIRE_THROWS_AS(of.write(false, 0, 150), std::runtime_error);
    const auto journal = of.folder / "kappa.npy.journal";
    std::filesystem::resize_file(journal, std::filesystem::file_size(journal) - 3);
    const auto wrote = of.write(true);
    REQUIRE(wrote.resumed < 55);
    of.require_whole();
}

TEST_CASE("killed between taking its name and the journal's end, a file is found whole") {
    const fixture of;
    REQUIRE_THROWS_AS(of.write(false, 0, 150), std::runtime_error);
    const auto journal = test::read_bytes(of.folder / "kappa.npy.journal");
    (void)of.write(true);
    test::write_bytes(of.folder / "kappa.npy.journal", journal);
    REQUIRE(of.write(true).resumed == 55);
    of.require_whole();
}

TEST_CASE("two processes do not write one file") {
    const fixture of;
    const lpntk::io::detail::partial_file held(of.file);
    held.lock();
    CHECK(test::says(of.refusal(false), "kappa.npy: is being written by another process"));
}

TEST_CASE("where no file can be made nothing is said to be kept") {
    const fixture of;
    const auto call = [&] {
        (void)lpntk::gram_to_file(of.model, of.data, lpntk::label_signs{}, of.folder / "missing" / "kappa.npy");
    };
    const std::string message = test::message_of<lpntk::file_error>(call);
    CHECK(test::says(message, "kappa.npy: cannot be written: No such file or directory"));
    CHECK(!test::says(message, "kept"));
}

TEST_CASE("a kernel that overflows is never recorded") {
    const fixture of;
    const auto huge = [](int, lpntk::vector_span<float> u) { u.setConstant(1e25F); };
    CHECK(test::says(
        test::message_of<lpntk::numeric_error>([&] { (void)lpntk::gram_to_file(of.model, of.data, huge, of.file); }),
        "overflows to infinity or NaN"));
    REQUIRE(!std::filesystem::exists(of.file));
}

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "disk/gram_on_disk.hpp"

TEST_CASE("of a damaged unfinished file nothing is believed that may be wrong") {
    const test::gram_on_disk of;
    const auto journal = of.folder / "kappa.npy.journal", part = of.folder / "kappa.npy.part";
    const auto begin = [&] {
        for (const auto& left : {journal, part, of.file}) std::filesystem::remove(left);
        REQUIRE_THROWS_AS(of.write(false, 0, 20, 1), std::runtime_error);
        REQUIRE_THROWS_AS(of.write(true, 0, 150), std::runtime_error);  // two records at least
    };
    const auto damage = [&](auto&& change) {
        auto bytes = test::read_bytes(journal);
        change(bytes);
        test::write_bytes(journal, bytes);
    };
    begin();
    damage([](test::bytes& all) { all[20] ^= 1U; });
    CHECK(test::says(of.refusal(), "kappa.npy.journal: is damaged: the checksum of its first lines is another"));
    damage([](test::bytes& all) { all[0] ^= 1U; });
    CHECK(test::says(of.refusal(), "kappa.npy.journal: is no journal of this version"));
    begin();
    const auto text = test::read_bytes(journal);
    const std::string line = "checksum: ";
    const auto records = std::search(text.begin(), text.end(), line.begin(), line.end()) - text.begin() + 19;
    damage([&](test::bytes& all) { all[static_cast<std::size_t>(records) + 4] ^= 1U; });
    CHECK(of.write(true).resumed == 0);  // none of the records behind the broken one is believed
    of.require_whole();
    std::filesystem::remove(of.file);
    begin();
    damage([](test::bytes& all) { all.resize(all.size() + 4096); });  // a size that was kept without its bytes
    CHECK(of.write(true).resumed > 0);
    of.require_whole();
    std::filesystem::remove(of.file);
    test::write_bytes(part, {1, 2, 3});  // somebody else's
    CHECK(test::says(of.refusal(false), "kappa.npy.part: is there, without kappa.npy.journal: remove it, or resume"));
    CHECK(test::read_bytes(part).size() == 3);
    (void)of.write(true);
    of.require_whole();
    std::filesystem::remove(of.file);
    begin();
    for (const std::size_t torn : {1U, 5U, 11U}) {  // by a power cut
        damage([&](test::bytes& all) { all.resize(all.size() - torn); });
        REQUIRE_THROWS_AS(of.write(true, 0, 0), std::runtime_error);
    }
    std::filesystem::resize_file(part, 1000);
    CHECK(test::says(of.refusal(), "kappa.npy.part: has 1000 bytes, must have 90128: it cannot be resumed"));
    std::filesystem::remove(part);
    CHECK(test::says(of.refusal(), "kappa.npy.part: is not there, though kappa.npy.journal is"));
    begin();
    (void)of.write(true);
    of.require_whole();
}

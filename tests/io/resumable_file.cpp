#include <lpntk/io/resumable_file.hpp>

#include <lpntk/io/piece_recorder.hpp>

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::file_error, lpntk::io::resumable_file;

namespace {

const std::vector<lpntk::io::file_fact> letters_facts{{"letters", "abc"}, {"size", "3"}};

resumable_file letters(const std::filesystem::path& file, bool resume) { return {file, letters_facts, {3, 3}, resume}; }

}  // namespace

TEST_CASE("pieces are written in any order and over any number of runs; the file appears when it is whole") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    test::write_bytes(file, {'o', 'l', 'd'});
    {
        auto to = letters(file, true);
        REQUIRE((to.pieces() == 3 && to.resumed() == 0 && !to.done(2)));
        to.write("c", 1, 2);
        to.sync();
        to.record(std::vector<std::uint32_t>{2});
    }
    REQUIRE(test::read_bytes(file) == test::bytes{'o', 'l', 'd'});
    CHECK(test::says(test::message_of<file_error>([&] { letters(file, false); }), "is begun and unfinished"));
    {
        auto to = letters(file, true);
        REQUIRE((to.resumed() == 1 && to.done(2) && !to.done(0)));
        lpntk::io::piece_recorder record(to, 0);
        to.write("ab", 2, 0);
        record.add(1);
        record.add(0);
        record.finish();
        to.commit();
    }
    REQUIRE(test::read_bytes(file) == test::bytes{'a', 'b', 'c'});
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("what the file was begun with is a text that a person can read, and what differs is said") {
    const test::temporary_folder folder;
    const auto file = folder / "file";
    {
        const auto begun = letters(file, false);
    }
    const auto bytes = test::read_bytes(folder / "file.journal");
    CHECK(std::string(bytes.begin(), bytes.end()).find("lpntk journal 1\nletters: abc\nsize: 3\nchecksum: ") == 0);
    const auto refusal = [&](const std::vector<lpntk::io::file_fact>& facts) {
        return test::message_of<file_error>([&] { resumable_file(file, facts, {3, 3}, true); });
    };
    CHECK(test::says(refusal({{"letters", "abd"}, {"size", "3"}}), "it was begun with letters abc, now abd"));
    CHECK(test::says(refusal({{"letters", "abc"}, {"digits", "1"}}), "it says nothing of digits, now 1"));
    CHECK(test::says(refusal({{"letters", "abc"}}), "it says more than what is known now"));
    REQUIRE_THROWS_AS(resumable_file(folder.path(), letters_facts, {3, 3}, true), file_error);
    REQUIRE_THROWS_AS(resumable_file(folder / "none/file", letters_facts, {3, 3}, true), file_error);
}

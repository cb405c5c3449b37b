#include <support/progress_bar.hpp>

#include <algorithm>

#include <support/table.hpp>

#include "support/catch.hpp"

using examples::finished_line;
using examples::progress_line;

TEST_CASE("a progress line never fills its terminal, and never loses the percentage") {
    const std::string what =
        GENERATE("", "train", "retrain, redundant samples dropped", "κ of a class, with names in ünïcode, and long");
    const std::string left =
        GENERATE("", "7 s left", "59:59 min left", "99:59 h left", "a time that is longer than it should be");
    const std::string rate = GENERATE("", "7 images/s", "1234567890 images/s");
    const double part = GENERATE(0.0, 0.004, 0.5, 0.999, 1.0);
    for (int columns = 10; columns <= 200; ++columns) {
        const std::string line = progress_line(what, part, left, rate, columns);
        CAPTURE(what, left, rate, part, columns, line);
        REQUIRE(examples::shown(line) < static_cast<std::size_t>(columns));
        REQUIRE(line.find(std::to_string(static_cast<int>(100 * part)) + " %") != std::string::npos);
        const std::string last = finished_line(what, "59:59 min", columns);
        REQUIRE(examples::shown(last) < static_cast<std::size_t>(columns));
    }
}

TEST_CASE("a line keeps its shape while the work goes on") {
    const int columns = GENERATE(20, 40, 60, 80, 120);
    const auto percent_at = [&](double part, const char* left) {
        const std::string line = progress_line("retrain, redundant samples dropped", part, left, {}, columns);
        return line.find(" %");
    };
    for (const double part : {0.1, 0.5, 0.99})
        for (const char* left : {"", "3 s left", "59:59 min left"})
            REQUIRE(percent_at(part, left) == percent_at(0, ""));
}

TEST_CASE("images a second stand where there is room for all the rest") {
    const auto line = [](double part, const char* left, const char* rate) {
        return progress_line("train", part, left, rate, 91);
    };
    REQUIRE(line(0.4, "1:20 min left", "2310 images/s") ==
            "train                        [########............]  40 %    2310 images/s  1:20 min left");
    REQUIRE(line(0.4, "", "7 images/s").size() == line(0, "", "123456 images/s").size());
    REQUIRE(progress_line("train", 0.4, "1:20 min left", "2310 images/s", 70) ==
            progress_line("train", 0.4, "1:20 min left", "", 70));
}

TEST_CASE("what does not fit is shortened first, then the bar goes, then the time left") {
    const std::string what = "retrain, redundant samples dropped";
    REQUIRE(progress_line(what, 0.4, "1:20 min left", "", 100) ==
            what + " [############..................]  40 %  1:20 min left");
    REQUIRE(progress_line("train", 0.4, "1:20 min left", "", 80) ==
            "train                        [##########................]  40 %  1:20 min left");
    REQUIRE(progress_line(what, 0.4, "1:20 min left", "", 80) == what + " [########............]  40 %  1:20 min left");
    REQUIRE(progress_line(what, 0.4, "1:20 min left", "", 55) ==
            "retrain, redundant. [####......]  40 %  1:20 min left");
    REQUIRE(progress_line(what, 0.4, "1:20 min left", "", 40) == "retrain, redunda.  40 %  1:20 min left");
    REQUIRE(progress_line(what, 0.4, "1:20 min left", "", 20) == "retrain, red.  40 %");
    REQUIRE(progress_line("κκκκκκκκκκκκκκκκ", 0.4, "", "", 20) == "κκκκκκκκκκκκ.  40 %");
    REQUIRE(finished_line(what, "12 s", 80) == what + " done in 12 s");
    REQUIRE(finished_line(what, "12 s", 30) == "retrain, redund. done in 12 s");
    REQUIRE(finished_line(what, "12 s", 12) == "retrain, r.");
}

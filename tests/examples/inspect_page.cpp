#include <inspect/page.hpp>

#include <string>
#include <vector>

#include <zlib.h>

#include <inspect/thumbnails.hpp>
#include <lpntk/core/require.hpp>
#include <support/png.hpp>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

constexpr const char* hostile = "</script><script>alert(1)</script><!-- & \"'\u2028 {{js}}";

std::size_t number_at(const std::string& bytes, std::size_t at) {
    std::size_t number = 0;
    for (std::size_t k = 0; k < 4; ++k) number = 256 * number + static_cast<unsigned char>(bytes.at(at + k));
    return number;
}

}  // namespace

TEST_CASE("text is escaped for HTML, and JSON for a script that it cannot end") {
    REQUIRE(inspect::escaped_for_html("a < b & \"c\" > 'd'") == "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
    const examples::json value{{hostile, hostile}};
    const std::string text = inspect::json_for_script(value);
    REQUIRE(text.find_first_of("<>&") == std::string::npos);
    for (const char c : text) REQUIRE(static_cast<unsigned char>(c) < 128);
    REQUIRE(examples::json::parse(text) == value);
    REQUIRE(inspect::json_for_script(examples::json("a\xFF")) == "\"a\\ufffd\"");
}

TEST_CASE("a page holds its parts once, and what is put in is no template") {
    const std::string page = inspect::page_of(hostile, {{"name", hostile}});
    const auto times = [&](const std::string& text) {
        int count = 0;
        for (std::size_t at = page.find(text); at != std::string::npos; at = page.find(text, at + 1)) ++count;
        return count;
    };
    REQUIRE(times("<script") == 2);
    REQUIRE(times("</script>") == 2);
    REQUIRE(times("alert(1)&lt;/script&gt;") == 2);  // title and heading
    REQUIRE(times("\"use strict\"") == 1);
    REQUIRE(times("{{js}}") == 3);
    REQUIRE(times("http") == 1);  // http-equiv
}

TEST_CASE("base 64 as in RFC 4648") {
    for (const auto& [plain, coded] : std::vector<std::pair<std::string, std::string>>{
             {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}})
        REQUIRE(examples::base64(plain) == coded);
    REQUIRE(examples::base64(std::string("\xFF\xFE\x00", 3)) == "//4A");
}

TEST_CASE("a PNG unpacks to the pixels it was made of") {
    for (const lpntk::index_t channels : {1, 3}) {
        examples::byte_image image{3, 2, channels, {}};
        for (int i = 0; i < 6 * channels; ++i) image.pixels.push_back(static_cast<std::uint8_t>(40 * i));
        const std::string png = examples::png_of(image);
        REQUIRE(png.substr(0, 8) == "\x89PNG\r\n\x1a\n");
        REQUIRE(number_at(png, 16) == 2);
        REQUIRE(number_at(png, 20) == 3);
        const std::size_t data = 8 + 25, length = number_at(png, data);
        REQUIRE(png.substr(data + 4, 4) == "IDAT");
        REQUIRE(number_at(png, data + 8 + length) ==
                crc32(0, reinterpret_cast<const Bytef*>(&png[data + 4]), static_cast<uInt>(length + 4)));
        const auto line = static_cast<std::size_t>(1 + 2 * channels);
        std::string lines(3 * line, '?');
        uLongf size = lines.size();
        REQUIRE(uncompress(reinterpret_cast<Bytef*>(lines.data()), &size,
                           reinterpret_cast<const Bytef*>(&png[data + 8]), static_cast<uLong>(length)) == Z_OK);
        REQUIRE(size == lines.size());
        for (std::size_t y = 0; y < 3; ++y)
            for (std::size_t x = 1; x < line; ++x)
                REQUIRE(static_cast<std::uint8_t>(lines[y * line + x]) == image.pixels[y * (line - 1) + x - 1]);
    }
    REQUIRE_THROWS_AS(examples::png_of({2, 2, 2, {}}), lpntk::argument_error);
    REQUIRE_THROWS_AS(examples::png_of({2, 2, 1, {0}}), lpntk::argument_error);
}

TEST_CASE("thumbnails are as bright as the images, and large ones are averaged") {
    examples::pixel_scaling scaling;
    scaling.mean.fill(0.5F);
    scaling.deviation.fill(0.25F);
    lpntk::dataset<float> data{lpntk::matrix<float>(1, 6), {0}, 1, {2, 3, 1}};
    data.inputs << -2, 2, 0, 2, 2, 9;  // brightness 0, 1, 0.5, 1, 1, above 1
    REQUIRE(inspect::thumbnail(data, scaling, 0).pixels == std::vector<std::uint8_t>{0, 255, 128, 255, 255, 255});
    data.inputs << -2, 2, 0, 2, 2, 0;
    const auto small = inspect::thumbnail(data, scaling, 0, 2);
    REQUIRE(small.height == 1);
    REQUIRE(small.width == 2);
    REQUIRE(small.pixels == std::vector<std::uint8_t>{191, 128});
}

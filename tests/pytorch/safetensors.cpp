#include <lpntk/io/safetensors.hpp>

#include <cstdint>
#include <string>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

namespace io = lpntk::io;
using lpntk::file_error;

namespace {

test::bytes file_of(const std::string& header, std::size_t bytes) {
    test::bytes content;
    for (unsigned i = 0; i < 8; ++i)
        content.push_back(static_cast<std::uint8_t>(std::uint64_t{header.size()} >> (8 * i)));
    content.insert(content.end(), header.begin(), header.end());
    content.resize(content.size() + bytes, 1);
    return content;
}

/// What read_safetensors says to these bytes; empty when it takes them.
std::string complaint(const test::bytes& content) {
    const test::temporary_folder folder;
    test::write_bytes(folder / "a.safetensors", content);
    return test::message_of<file_error>([&] { io::read_safetensors(folder / "a.safetensors"); });
}

std::string complaint(const std::string& header, std::size_t bytes) { return complaint(file_of(header, bytes)); }

std::string entry(const std::string& shape, const std::string& range, const std::string& type = "F32") {
    return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + range + "}";
}

}  // namespace

TEST_CASE("tensors of every type are read as PyTorch wrote them") {
    const auto all = io::read_safetensors(std::string(LPNTK_TEST_DATA) + "/pytorch/types.safetensors");
    CHECK(all.tensors.size() == 13);
    CHECK(all.metadata.at("made by") == "make_pytorch.py");
    for (const char* name : {"f16", "bf16", "f32", "f64", "i8", "i16", "i32", "i64", "u8"}) {
        INFO(name);
        const io::stored_tensor& tensor = all.tensors.at(name);
        CHECK(tensor.shape == std::vector<lpntk::index_t>{2, 3});
        CHECK(tensor.values<double>() == (lpntk::vector<double>(6) << 0, 1, 2, 3, 4, 5).finished());
        CHECK(tensor.values<float>() == (lpntk::vector<float>(6) << 0, 1, 2, 3, 4, 5).finished());
    }
    CHECK(all.tensors.at("boolean").values<float>().sum() == 5);
    CHECK(all.tensors.at("scalar").values<float>()[0] == -2.5F);
    CHECK(all.tensors.at("none").size() == 0);
    CHECK(all.tensors.at("n\"\u00e9").values<double>()[0] == 0.333251953125);
    const test::temporary_folder folder;
    io::write_safetensors(folder / "again.safetensors", all);
    CHECK(io::read_safetensors(folder / "again.safetensors") == all);
}

TEST_CASE("safetensors files that are broken or hostile are refused, and what is wrong is said") {
    const std::string whole = R"({"a":)" + entry("[2]", "[0,8]") + "}";
    CHECK(complaint(whole, 8).empty());
    CHECK(complaint("{}", 0).empty());
    CHECK(complaint(whole + "   ", 8).empty());
    const auto refused = [](const std::string& header, std::size_t bytes, const std::string& part) {
        return test::says(complaint(header, bytes), part);
    };
    CHECK(test::says(complaint(test::bytes{1, 2, 3}), "is truncated"));
    CHECK(test::says(complaint(test::bytes{255, 255, 255, 255, 255, 255, 255, 255, '{', '}'}), "is truncated"));
    CHECK(refused("[]", 0, "no {"));
    CHECK(refused("", 0, "no {"));
    CHECK(refused("{", 0, "no JSON"));
    CHECK(refused("{}{}", 0, "no JSON"));
    CHECK(refused("{\"\xff\":" + entry("[2]", "[0,8]") + "}", 8, "no JSON"));
    CHECK(refused(whole, 7, "outside the 7 bytes"));
    CHECK(refused(whole, 9, "its tensors take 8"));
    CHECK(refused(R"({"a":)" + entry("[2]", "[0,8]") + R"(,"a":)" + entry("[2]", "[8,16]") + "}", 16, "a twice"));
    CHECK(refused(R"({"a":)" + entry("[2]", "[0,8]") + R"(,"b":)" + entry("[2]", "[4,12]") + "}", 12,
                  "begins at byte 4"));
    CHECK(refused(R"({"a":)" + entry("[2]", "[0,8]") + R"(,"b":)" + entry("[2]", "[9,17]") + "}", 17,
                  "begins at byte 9"));
    CHECK(refused(R"({"a":)" + entry("[1]", "[0,8]") + "}", 8, "should be 4 bytes"));
    CHECK(refused(R"({"a":)" + entry("[4294967296,4294967296]", "[0,0]") + "}", 8, "larger than the file"));
    CHECK(refused(R"({"a":)" + entry("[18446744073709551615]", "[0,8]") + "}", 8, "no size"));
    CHECK(refused(R"({"a":)" + entry("[-2]", "[0,8]") + "}", 8, "no size"));
    CHECK(refused(R"({"a":)" + entry("[2.0]", "[0,8]") + "}", 8, "no size"));
    CHECK(refused(R"({"a":)" + entry("2", "[0,8]") + "}", 8, "no list shape"));
    CHECK(refused(R"({"a":)" + entry("[2]", "[8,0]") + "}", 8, "outside"));
    CHECK(refused(R"({"a":)" + entry("[2]", "[0,8]", "F8_E4M3") + "}", 8, "F8_E4M3, which is not supported"));
    CHECK(refused(R"({"a":3})", 0, "is not described"));
    CHECK(refused(R"({"a":{"dtype":"F32","shape":[2]}})", 8, "is not described"));
    CHECK(refused(R"({"__metadata__":{"a":1}})", 0, "not text by name"));
    CHECK(refused(R"({"__metadata__":["a"]})", 0, "not text by name"));
    CHECK(refused(R"({"a":{"b":{"c":{"d":{}}}}})", 0, "nested too deep"));
    CHECK(refused(std::string(100000, '['), 0, "no {"));
    CHECK(refused("{\"a\":" + std::string(100000, '['), 0, "nested too deep"));
}

TEST_CASE("a header length that looks like gzip is a length all the same") {
    std::string header = R"({"a":)" + entry("[2]", "[0,8]") + "}";
    header.resize(0x8B1F, ' ');
    CHECK(complaint(header, 8).empty());
}

TEST_CASE("tensors that do not fill their shape are not written") {
    const test::temporary_folder folder;
    io::stored_tensors all;
    all.tensors["a"] = {io::number_type::f32, {2, 2}, std::vector<std::uint8_t>(12)};
    const auto write = [&] { io::write_safetensors(folder / "a.safetensors", all); };
    CHECK(test::says(test::message_of<lpntk::argument_error>(write), "bytes of a is 12"));
    CHECK(folder.entries() == 0);
    CHECK_THROWS_AS(io::stored_tensor::of<float>({3}, lpntk::vector<float>::Zero(2)), lpntk::argument_error);
}

#include <algorithm>
#include <map>

#include "readme/snippets.hpp"
#include "support/catch.hpp"

namespace {

const std::filesystem::path root = LPNTK_SOURCE_DIR;

}  // namespace

TEST_CASE("every C++ block of README is code that the tests compile") {
    std::vector<std::vector<std::string>> compiled;
    const std::pair<const char*, const char*> snippets[] = {{"tests/readme/pipeline.cpp", "pipeline"},
                                                            {"tests/disk/readme.cpp", "disk"},
                                                            {"tests/mpi/readme.cpp", "mpi"},
                                                            {"tests/readme/model.cpp", "model"},
                                                            {"tests/pytorch/readme.cpp", "pytorch"},
                                                            {"tests/torch/readme.cpp", "torchscript"}};
    for (const auto& [file, name] : snippets)
        compiled.push_back(readme::snippet_of(readme::text_of(root / file), name));
    const auto blocks = readme::blocks_of(readme::text_of(root / "README.md"));
    REQUIRE(blocks.size() == compiled.size());
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        REQUIRE(blocks[b].size() > 2);
        CHECK(blocks[b] == compiled[b]);
    }
}

TEST_CASE("the version is the same wherever it stands") {
    const std::string version = readme::text_of(root / "include/lpntk/version.hpp");
    const auto number = [&](const std::string& which) {
        const std::string key = "#define LPNTK_VERSION_" + which + " ";
        const std::size_t at = version.find(key);
        REQUIRE(at != std::string::npos);
        return version.substr(at + key.size(), version.find('\n', at) - at - key.size());
    };
    const std::string consumer = readme::text_of(root / "tests/consumer/CMakeLists.txt");
    CHECK(consumer.find("find_package(lpntk " + number("MAJOR") + "." + number("MINOR") + " REQUIRED)") !=
          std::string::npos);
}

TEST_CASE("links of the pages lead to files that are there") {
    for (const std::string page :
         {"README.md", "examples/README.md", "benchmarks/README.md", ".github/CONTRIBUTING.md"}) {
        const std::string text = readme::text_of(root / page);
        REQUIRE(text.size() > 100);
        for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
            const std::string to = text.substr(at + 2, text.find_first_of(")#", at) - at - 2);
            if (to.empty() || to.find("://") != std::string::npos) continue;
            INFO(page << " links to " << to);
            CHECK(std::filesystem::exists((root / page).parent_path() / to));
        }
    }
}

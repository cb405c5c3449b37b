#include "architecture/rules.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "support/catch.hpp"

namespace {

using architecture::unreached;
using architecture::violations;
using lines = std::vector<std::string>;

architecture::headers all_headers() {
    const std::filesystem::path root = std::filesystem::path(LPNTK_SOURCE_DIR) / "include";
    architecture::headers all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        all[entry.path().lexically_relative(root).generic_string()] =
            std::string(std::istreambuf_iterator<char>(file), {});
    }
    return all;
}

/// What is wrong with a header at `path` that holds `code` and a #pragma once.
lines broken(const std::string& path, const std::string& code) {
    return violations(path, "#pragma once\n" + code + "\n");
}

}  // namespace

TEST_CASE("every header keeps the rules of its folder") {
    const auto all = all_headers();
    REQUIRE(all.size() >= 7);
    for (const auto& [path, text] : all) {
        INFO(path);
        CHECK(violations(path, text) == lines{});
    }
}

TEST_CASE("the vcpkg port has the version of the headers") {
    const auto text = [](const std::string& name) {
        std::ifstream file(std::filesystem::path(LPNTK_SOURCE_DIR) / name, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    std::string version;
    std::istringstream words(text("include/lpntk/version.hpp"));
    for (std::string word, before; words >> word; before = word)
        if (before.rfind("LPNTK_VERSION_", 0) == 0) version += (version.empty() ? "" : ".") + word;
    CHECK_FALSE(version.empty());
    CHECK(text("cmake/packaging/vcpkg/vcpkg.json").find("\"version\": \"" + version + "\"") != std::string::npos);
}

TEST_CASE("lpntk.hpp reaches every header that is not optional") { CHECK(unreached(all_headers()) == lines{}); }

TEST_CASE("lpntk.hpp names the folders in an order in which each sees only those above it") {
    lines above;
    for (const std::string& path : architecture::own_includes(all_headers().at("lpntk/lpntk.hpp"))) {
        const std::string folder = architecture::folder_of(path);
        if (folder.empty() || (!above.empty() && above.back() == folder)) continue;
        INFO(folder);
        CHECK(std::find(above.begin(), above.end(), folder) == above.end());
        for (const std::string& seen : architecture::may_include.at(folder))
            CHECK(std::find(above.begin(), above.end(), seen.substr(0, seen.find('/'))) != above.end());
        above.push_back(folder);
    }
}

TEST_CASE("a folder may include only what stands above it") {
    const auto include = [](const std::string& from, const std::string& to) {
        return broken(from, "#include \"" + to + "\"");
    };
    CHECK(include("lpntk/kernel/gram.hpp", "lpntk/model/cotangents.hpp").empty());
    CHECK(include("lpntk/nn/layers/linear.hpp", "lpntk/nn/layer.hpp").empty());
    CHECK(include("lpntk/nn/linear.hpp", "lpntk/model/part_sink.hpp").empty());
    CHECK(include("lpntk/lpntk.hpp", "lpntk/io/idx.hpp").empty());

    CHECK(include("lpntk/core/types.hpp", "lpntk/model/part_layout.hpp") ==
          lines{"lpntk/core/types.hpp: must not include lpntk/model/part_layout.hpp"});
    CHECK(include("lpntk/cluster/by_class.hpp", "lpntk/kernel/features.hpp").size() == 1);
    CHECK(include("lpntk/kernel/features.hpp", "lpntk/nn/zoo.hpp").size() == 1);
    CHECK(include("lpntk/nn/linear.hpp", "lpntk/kernel/gram.hpp").size() == 1);
    CHECK(include("lpntk/select/by_score.hpp", "lpntk/score/scores.hpp").empty());
    CHECK(include("lpntk/score/grand.hpp", "lpntk/nn/zoo.hpp").size() == 1);
    CHECK(include("lpntk/attribution/kernel_ridge.hpp", "lpntk/cluster/similarity.hpp").empty());
    CHECK(include("lpntk/attribution/kernel_ridge.hpp", "lpntk/kernel/gram.hpp").size() == 1);
    CHECK(include("lpntk/score/scores.hpp", "lpntk/select/selection.hpp").size() == 1);
    CHECK(include("lpntk/statistics/bootstrap.hpp", "lpntk/score/scores.hpp").size() == 1);
    CHECK(include("lpntk/io/npy.hpp", "lpntk/kernel/gram.hpp").size() == 1);
    CHECK(include("lpntk/io/npy.hpp", "lpntk/lpntk.hpp").size() == 1);
    CHECK(include("lpntk/lpntk.hpp", "lpntk/mpi/gram.hpp").size() == 1);
    CHECK(include("lpntk/lpntk.hpp", "lpntk/io/safetensors.hpp").size() == 1);
    CHECK(broken("lpntk/cluster/a.hpp", "#  include <lpntk/nn/zoo.hpp>").size() == 1);
    CHECK(broken("lpntk/misc/a.hpp", "") == lines{"lpntk/misc/a.hpp: unknown folder misc"});
}

TEST_CASE("what only one header may use is found elsewhere") {
    for (const std::string code : {"#include <omp.h>", "#pragma omp parallel for", "# pragma  omp simd",
                                   "#ifdef _OPENMP", "int n = omp_get_num_threads();"}) {
        INFO(code);
        CHECK(broken("lpntk/kernel/gram.hpp", code) == lines{"lpntk/kernel/gram.hpp: OpenMP"});
        CHECK(broken("lpntk/core/parallel.hpp", code).empty());
    }
    CHECK(broken("lpntk/io/npy.hpp", "#include <xtensor/xnpy.hpp>") == lines{"lpntk/io/npy.hpp: xtensor"});
    CHECK(broken("lpntk/core/tensor.hpp", "#include <xtensor/xarray.hpp>").empty());
}

TEST_CASE("what no header may hold is found") {
    for (const std::string code : {"using namespace std;", "std::cout << 1;", "std::cerr << 1;", "printf(\"\");",
                                   "std::fprintf (stderr, \"\");", "#define MAX 3"}) {
        INFO(code);
        CHECK(broken("lpntk/core/types.hpp", code).size() == 1);
    }
    CHECK(violations("lpntk/core/types.hpp", "int x;") == lines{"lpntk/core/types.hpp: no #pragma once"});
}

TEST_CASE("a header that leaves the namespace of its target is found") {
    const std::string complaint = "lpntk/core/types.hpp: namespace without inline LPNTK_TARGET";
    CHECK(broken("lpntk/core/types.hpp", "namespace lpntk {\n}") == lines{complaint});
    CHECK(broken("lpntk/core/types.hpp", "namespace lpntk::detail {\n}") == lines{complaint});
    CHECK(broken("lpntk/core/types.hpp", "namespace lpntk::inline LPNTK_TARGET {\n}").empty());
    CHECK(broken("lpntk/core/types.hpp", "namespace lpntk::inline LPNTK_TARGET::detail {\n}").empty());
}

TEST_CASE("a concept without a docstring is found") {
    const std::string code = "template <class T>\nconcept anything = true;";
    CHECK(broken("lpntk/core/types.hpp", code) == lines{"lpntk/core/types.hpp: concept without docstring"});
    CHECK(broken("lpntk/core/types.hpp", "/// Any type.\n" + code).empty());
}

TEST_CASE("comments and lookalikes are left alone") {
    CHECK(broken("lpntk/core/types.hpp", "// using namespace std; uses omp_get_num_threads()").empty());
    CHECK(broken("lpntk/core/types.hpp", "/* #include \"lpntk/nn/zoo.hpp\" */").empty());
    CHECK(broken("lpntk/core/types.hpp", "std::snprintf(b, n, f); comp_ute(); using lpntk::matrix;").empty());
    CHECK(broken("lpntk/core/types.hpp", "#define LPNTK_INLINE inline").empty());
    CHECK(broken("lpntk/core/types.hpp", "/* comment */ using namespace std;").size() == 1);
}

TEST_CASE("a header that lpntk.hpp does not reach is named") {
    const architecture::headers all = {
        {"lpntk/lpntk.hpp", "#include \"lpntk/core/a.hpp\"\n// #include \"lpntk/core/c.hpp\""},
        {"lpntk/core/a.hpp", "#include \"lpntk/core/b.hpp\""},
        {"lpntk/core/b.hpp", "#include \"lpntk/core/a.hpp\""},
        {"lpntk/core/c.hpp", ""},
        {"lpntk/mpi/d.hpp", ""},
        {"lpntk/io/safetensors_header.hpp", ""},
    };
    CHECK(unreached(all) == lines{"lpntk/core/c.hpp"});
}

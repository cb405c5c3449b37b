#include "support/options.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <sstream>

#include "support/summary.hpp"

namespace examples {

using lpntk::index_t;

struct options::parser {
    CLI::App app;

    template <class Bound>
    static CLI::Validator within(Bound low, Bound high) {
        std::ostringstream bounds;
        bounds << low << ".." << high;
        return CLI::Range(low, high).description(bounds.str());
    }
    template <class T, class Bound>
    void add(const std::string& flag, T& value, const std::string& help, Bound low, Bound high) {
        app.add_option(flag, value, help)->capture_default_str()->check(within(low, high));
    }
    template <class T, class Bound>
    void add_list(const std::string& flag, std::vector<T>& values, const std::string& help, Bound low, Bound high) {
        app.add_option(flag, values, help)->capture_default_str()->delimiter(',')->check(within(low, high));
    }
};

options::options(const std::string& program, const std::string& description, option_defaults defaults)
    : samples(defaults.samples), seed(defaults.seed), out(std::filesystem::path("out") / program),
      parser_(std::make_unique<parser>()) {
    parser_->app.name(program);
    parser_->app.description(description);
    parser_->app.get_formatter()->column_width(28);
    parser_->app
        .add_option("--data", data, "folder with MNIST's IDX files; without it, digits drawn by the program itself")
        ->envname("LPNTK_DATA")
        ->type_name("DIR");
    parser_->add("--samples", samples, "number of training samples", index_t{10}, index_t{1'000'000});
    parser_->app.add_option("--seed", seed, "seed of everything random")->capture_default_str();
    parser_->add("--threads", threads, "number of threads; 0: all", 0, 1024);
    parser_->app.add_option("--out", out, "folder for results and pictures")->capture_default_str()->type_name("DIR");
}

options::~options() = default;

void options::add(const std::string& flag, index_t& value, const std::string& help, index_t low, index_t high) {
    parser_->add(flag, value, help, low, high);
}
void options::add(const std::string& flag, int& value, const std::string& help, int low, int high) {
    parser_->add(flag, value, help, low, high);
}
void options::add(const std::string& flag, double& value, const std::string& help, double low, double high) {
    parser_->add(flag, value, help, low, high);
}
void options::add(const std::string& flag, std::vector<double>& values, const std::string& help, double low,
                  double high) {
    parser_->add_list(flag, values, help, low, high);
}
void options::add(const std::string& flag, std::vector<index_t>& values, const std::string& help, index_t low,
                  index_t high) {
    parser_->add_list(flag, values, help, low, high);
}
void options::add_choice(const std::string& flag, std::string& value, const std::string& help,
                         const std::vector<std::string>& choices) {
    parser_->app.add_option(flag, value, help)->capture_default_str()->check(CLI::IsMember(choices));
}
void options::add_flag(const std::string& flag, bool& value, const std::string& help) {
    parser_->app.add_flag(flag, value, help);
}

bool options::given(const std::string& flag) const { return parser_->app.count(flag) > 0; }

namespace {

/// Makes a folder and those above it; at the end those that it made and that are still empty go away again.
class results_folder {
public:
    explicit results_folder(const std::filesystem::path& path) {
        for (std::filesystem::path p = std::filesystem::absolute(path).lexically_normal();
             !std::filesystem::exists(p) && p.has_relative_path(); p = p.parent_path())
            made_.push_back(p);
        prepare_folder(path);
    }
    ~results_folder() {
        std::error_code failure;   // removing a folder that is not empty does nothing
        for (const std::filesystem::path& p : made_) std::filesystem::remove(p, failure);
    }
    results_folder(const results_folder&) = delete;
    results_folder& operator=(const results_folder&) = delete;

private:
    std::vector<std::filesystem::path> made_;   // from the innermost to the outermost
};

}  // namespace

int run_example(int argc, char** argv, options& options, const std::function<void()>& body) {
    CLI::App& app = options.parser_->app;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    try {
        const results_folder folder(options.out);
        body();
        return 0;
    } catch (const std::bad_alloc&) {
        std::cerr << app.get_name() << ": out of memory; try fewer --samples\n";
    } catch (const std::exception& error) {
        std::cerr << app.get_name() << ": " << error.what() << '\n';
    }
    return 1;
}

}  // namespace examples

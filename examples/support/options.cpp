#include "support/options.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <new>
#include <sstream>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <lpntk/core/parallel.hpp>
#include <lpntk/core/require.hpp>

namespace examples {

using lpntk::index_t;

struct options::parser {
    CLI::App app;

    template <class Bound>
    static CLI::Validator within(Bound low, Bound high) {
        std::ostringstream bounds;
        bounds << low << ".." << high;
        const auto problem = [low, high, bounds = bounds.str()](const std::string& text) {
            Bound value{};
            const bool inside = CLI::detail::lexical_cast(text, value) && value >= low && value <= high;  // NaN is not
            return inside ? std::string() : "'" + text + "' is not a number in " + bounds;
        };
        return CLI::Validator(problem, bounds.str());
    }
    static CLI::Validator not_empty(const std::string& what) {
        return CLI::Validator(
            [what](const std::string& text) { return text.empty() ? "names no " + what : std::string(); }, "");
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
      parser_(std::make_unique<parser>()), pictures_(defaults.pictures) {
    parser_->app.name(program);
    parser_->app.description(description);
    parser_->app.get_formatter()->column_width(28);
    parser_->app.add_option("--data", data, defaults.data_help)
        ->envname("LPNTK_DATA")
        ->type_name("DIR")
        ->check(parser::not_empty("folder"));
    parser_->add("--samples", samples, defaults.samples_help, index_t{10}, index_t{1'000'000});
    parser_->app.add_option("--seed", seed, "seed of everything random")->capture_default_str();
    parser_->add("--threads", threads, "number of threads; 0: all", 0, 1024);
    parser_->app.add_option("--out", out, "folder for results and pictures")
        ->capture_default_str()
        ->type_name("DIR")
        ->check(parser::not_empty("folder"));
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
void options::add_input(const std::string& flag, std::filesystem::path& value, const std::string& help) {
    parser_->app.add_option(flag, value, help)->type_name("FILE")->check(CLI::ExistingFile);
}

void options::add_file(const std::string& flag, std::filesystem::path& value, const std::string& help) {
    parser_->app.add_option(flag, value, help)->type_name("FILE")->check(parser::not_empty("file"));
}

bool options::given(const std::string& flag) const { return parser_->app.count(flag) > 0; }

namespace {

/// A file that is opened later must not become the standard output. Writing to what stands in for it fails.
void occupy_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(stream, F_GETFD) < 0) open("/dev/null", O_RDONLY);  // takes the lowest number that is free
}

/// Throws where the system would end a program in the middle of its work. See parallel_for.
void require_stack() {
    rlimit stack{};
    if (getrlimit(RLIMIT_STACK, &stack) == 0)
        lpntk::require(stack.rlim_cur >= 256 * 1024, "ulimit -s", "KiB of stack", stack.rlim_cur / 1024, ">= 256");
}

}  // namespace

int run_example(int argc, char** argv, options& options, const std::function<void(results&)>& body) {
    CLI::App& app = options.parser_->app;
    occupy_standard_streams();
    try {
        require_stack();
        try {
            app.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            const int code = app.exit(error);
            require_printed();
            return code == 0 ? 0 : 2;
        }
        if (const int used = lpntk::worker_count(options.threads); used < options.threads)
            std::cerr << app.get_name() << ": --threads " << options.threads << ": no more than " << used
                      << " are used here\n";
        results found(options.out, options.pictures_);
        body(found);
        found.finish();
        return 0;
    } catch (const std::bad_alloc&) {
        std::cerr << app.get_name() << ": out of memory; try fewer --samples\n";
    } catch (const std::exception& error) {
        std::cerr << app.get_name() << ": " << error.what() << '\n';
    }
    return 1;
}

}  // namespace examples

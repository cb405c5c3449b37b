#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <lpntk/core/types.hpp>

#include "support/results.hpp"

namespace examples {

/// What differs between the programs in the options they share.
struct option_defaults {
    lpntk::index_t samples = 2000;
    std::uint64_t seed = 1;
    std::string samples_help = "number of training samples";
    std::string data_help =
        "folder with the files of MNIST (IDX) or CIFAR-10 (binary); without it, digits drawn by the program itself";
    bool pictures = true;  ///< the program has gnuplot draw some
};

/// Command line of an example. The options with members here mean the same in every program; `add` gives a
/// program options of its own, whose variables must outlive the parsing and hold the defaults. Numbers are
/// checked against [low, high]; what is not a number is never in it.
class options {
public:
    options(const std::string& program, const std::string& description, option_defaults defaults = {});
    ~options();

    std::filesystem::path data;  ///< --data: folder of MNIST or CIFAR-10, else $LPNTK_DATA; empty: built-in digits
    lpntk::index_t samples;      ///< --samples: training samples
    std::uint64_t seed;          ///< --seed
    int threads = 0;             ///< --threads; 0: all
    std::filesystem::path out;   ///< --out: folder for what the program writes; default out/<program>

    void add(const std::string& flag, lpntk::index_t& value, const std::string& help, lpntk::index_t low,
             lpntk::index_t high);
    void add(const std::string& flag, int& value, const std::string& help, int low, int high);
    void add(const std::string& flag, double& value, const std::string& help, double low, double high);
    void add(const std::string& flag, std::vector<double>& values, const std::string& help, double low, double high);
    void add(const std::string& flag, std::vector<lpntk::index_t>& values, const std::string& help, lpntk::index_t low,
             lpntk::index_t high);
    void add_choice(const std::string& flag, std::string& value, const std::string& help,
                    const std::vector<std::string>& choices);
    void add_flag(const std::string& flag, bool& value, const std::string& help);
    /// A file to be read, which is there.
    void add_input(const std::string& flag, std::filesystem::path& value, const std::string& help);
    /// A file that may be made.
    void add_file(const std::string& flag, std::filesystem::path& value, const std::string& help);

    /// Whether the flag stood on the command line.
    bool given(const std::string& flag) const;

private:
    friend int run_example(int, char**, options&, const std::function<void(results&)>&);
    struct parser;
    std::unique_ptr<parser> parser_;
    bool pictures_;
};

/// The main function of an example: parses the command line, makes the --out folder, runs `body` and then draws the
/// pictures that it left to its results. What can be known to be wrong is said before `body` runs: options out of their
/// bounds, a folder that cannot be written to, gnuplot missing.
/// Returns 0 after success and --help, 2 for a bad command line, 1 when `body` throws, a picture cannot be written or
/// stdout did not take everything: the message goes to stderr, and the --out folder goes away again if it was made here
/// and is still empty.
int run_example(int argc, char** argv, options& options, const std::function<void(results&)>& body);

}  // namespace examples

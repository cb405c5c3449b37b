#include "support/results.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <iostream>
#include <system_error>

#include <lpntk/core/require.hpp>

#include "support/gnuplot.hpp"

namespace examples {

namespace {

std::string listed(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    return list;
}

}  // namespace

results::results(std::filesystem::path folder, bool pictures) : folder_(std::move(folder)) {
    std::error_code failure;
    for (std::filesystem::path p = std::filesystem::absolute(folder_).lexically_normal();
         !std::filesystem::exists(p, failure) && p.has_relative_path(); p = p.parent_path())
        made_.push_back(p);
    prepare_folder(folder_);
    can_draw_ = pictures && gnuplot_runs();
    if (pictures && !can_draw_) std::cerr << "gnuplot is not installed: pictures are skipped\n";
}

results::~results() {
    std::error_code failure;  // removing a folder that is not empty does nothing
    for (const std::filesystem::path& p : made_) std::filesystem::remove(p, failure);
}

std::filesystem::path results::file(const std::string& name, const std::string& called) {
    const std::string& told = called.empty() ? name : called;
    if (std::find(written_.begin(), written_.end(), told) == written_.end()) written_.push_back(told);
    return folder_ / name;
}

void results::write(const std::string& name, const table& values) { write_text(file(name), csv(values)); }

void results::write_summary(const json& values) {
    examples::write_summary(folder_, values);
    file("summary.json");
}

std::vector<std::string> results::draw_all() {
    std::vector<std::string> drawn;
    for (const pending_picture& picture : pictures_) {
        try {
            if (picture.draw(folder_ / picture.name)) drawn.push_back(picture.name);
        } catch (const lpntk::file_error& failure) {
            throw lpntk::file_error(picture.name + " cannot be drawn", failure.what());
        }
    }
    return drawn;
}

void results::finish() {
    if (!written_.empty()) std::printf("written to %s: %s\n", folder_.string().c_str(), listed(written_).c_str());
    std::fflush(stdout);  // drawing may take a while; require_printed() sees whether it failed
    const auto drawn = can_draw_ ? draw_all() : std::vector<std::string>();
    if (!drawn.empty()) std::printf("drawn in %s: %s\n", folder_.string().c_str(), listed(drawn).c_str());
    require_printed();
}

void require_printed() {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
    throw lpntk::file_error("standard output",
                            "what was printed is lost: " + (errno != 0 ? std::generic_category().message(errno)
                                                                       : std::string("it cannot be written to")));
}

}  // namespace examples

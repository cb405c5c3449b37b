#include "inspect/report.hpp"

#include <algorithm>

#include "inspect/page.hpp"
#include "inspect/thumbnails.hpp"

namespace inspect {

namespace {

using examples::json;

constexpr std::size_t sets_shown = 60, members_shown = 12, pairs_shown = 60, classes_pictured = 60;

/// The first of them.
template <class T>
std::vector<T> first(std::vector<T> items, std::size_t count) {
    items.resize(std::min(items.size(), count));
    return items;
}

/// Writes what a page shows; samples are named by their rows, and page numbers are those of the files.
class page_writer {
public:
    page_writer(const collection& of, const all_findings& found)
        : of_(of), found_(found), book_(of.data(), of.images.scaling) {}

    json operator()(const json& facts, std::size_t shown) {
        json page{{"facts", facts}, {"understood", of_.understood}, {"names", of_.classes}};
        page["health"] = health();
        page["expected"] = expected();
        page["suspects"] = suspects(shown);
        page["duplicates"] = duplicates();
        page["conflicts"] = pairs(found_.labels.conflicts);
        page["contradictory"] = pairs(found_.contradictory());
        page["notable"] = notable();
        page["redundant"] = redundant();
        page["numbers"] = json::object();
        page["labels"] = json::object();
        page["pictures"] = book_.pictures();
        for (const auto& [sample, picture] : book_.pictures().items()) {
            const auto at = std::stoul(sample);
            page["numbers"][sample] = of_.origin[at];
            page["labels"][sample] = of_.data().labels[at];
        }
        return page;
    }

private:
    json health() const {
        const auto healthy = lpntk::health_by_class(found_.labels.issues, of_.data());
        json rows = json::array();
        for (std::size_t c = 0; c < healthy.size(); ++c) {
            const class_findings& own = found_.classes[c];
            const double pairs = static_cast<double>(std::max<index_t>(1, own.relations.total()));
            rows.push_back({{"given", healthy[c].given},
                            {"flagged", healthy[c].flagged},
                            {"wrong", healthy[c].wrong},
                            {"missing", healthy[c].missing},
                            {"kept", own.kept.size()},
                            {"alike", static_cast<double>(own.relations.interchangeable) / pairs},
                            {"against", static_cast<double>(own.relations.contradictory) / pairs}});
        }
        return rows;
    }

    /// Of given (row) and likely (column) classes, those that are confused.
    json expected() const {
        json cells = json::array();
        for (const auto& [given, likely, count] : lpntk::confusions(found_.labels.issues, 0.5))
            cells.push_back({given, likely, count});
        return cells;
    }

    json suspects(std::size_t shown) {
        json rows = json::array();
        for (const index_t i : first(found_.labels.suspects, shown)) {
            const auto at = static_cast<std::size_t>(i);
            rows.push_back({book_(i), found_.labels.issues.suggested[at], found_.labels.issues.score[at]});
        }
        return rows;
    }

    json duplicates() {
        auto sets = found_.duplicates();
        std::stable_sort(sets.begin(), sets.end(),
                         [](const auto& a, const auto& b) { return a.members.size() > b.members.size(); });
        json rows = json::array();
        for (const copies& set : first(sets, sets_shown)) {
            json members = json::array();
            for (const index_t i : first(set.members, members_shown))
                if (i != set.keep) members.push_back(book_(i));
            rows.push_back({{"keep", book_(set.keep)}, {"others", members}, {"size", set.members.size()}});
        }
        return rows;
    }

    json pairs(const std::vector<sample_pair>& all) {
        json rows = json::array();
        for (const auto& [a, b, cosine] : first(all, pairs_shown)) rows.push_back({book_(a), book_(b), cosine});
        return rows;
    }

    json notable() {
        json rows = json::array();
        for (std::size_t c = 0; c < std::min(found_.classes.size(), classes_pictured); ++c) {
            json typical = json::array(), unusual = json::array();
            for (const index_t i : found_.classes[c].notable.typical) typical.push_back(book_(i));
            for (const index_t i : found_.classes[c].notable.unusual) unusual.push_back(book_(i));
            rows.push_back({{"typical", typical}, {"unusual", unusual}});
        }
        return rows;
    }

    json redundant() {
        auto all = found_.redundant();
        std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.cosine > b.cosine; });
        json rows = json::array();
        for (const auto& [sample, stand_in, cosine] : first(all, pairs_shown))
            rows.push_back({book_(sample), book_(stand_in), cosine});
        return rows;
    }

    const collection& of_;
    const all_findings& found_;
    picture_book book_;
};

}  // namespace

std::string report_page(const collection& of, const all_findings& found, const json& facts, std::size_t shown) {
    return page_of(of.images.name, page_writer(of, found)(facts, shown));
}

}  // namespace inspect

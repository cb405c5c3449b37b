#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/cost_model.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Some parts' share of a kernel: the features of `rows` samples stay in memory while those of all others stream by,
/// `columns` at a time (0: all samples are among the rows); then of the next `rows` samples. The first block is what is
/// left when all others are whole: of a triangle, the later ones see more columns.
struct feature_pass {
    std::size_t first = 0;   ///< the first of its parts
    std::size_t last = 0;    ///< behind the last of them
    index_t rows = 0;        ///< samples that are kept together
    index_t first_rows = 0;  ///< those of the first block, `rows` at most
    index_t columns = 0;     ///< samples that stream by together; 0: none has to
    index_t samples = 0;     ///< that go through the model
};

/// How a kernel is computed from a model within a budget of memory.
struct pass_plan {
    std::vector<part_form> forms;      ///< of each part, the same for any budget
    std::vector<feature_pass> passes;  ///< one after the other, parts in order

    /// Those that go through the model, in all passes.
    index_t samples() const {
        index_t sum = 0;
        for (const feature_pass& pass : passes) sum += pass.samples;
        return sum;
    }

    /// The forms of the parts of one pass, the others skipped.
    std::vector<part_form> forms_of(const feature_pass& pass) const {
        std::vector<part_form> own(forms.size(), part_form::skipped);
        for (std::size_t p = pass.first; p < pass.last; ++p) own[p] = forms[p];
        return own;
    }
};

namespace detail {

/// What a pass_plan is made from.
struct pass_problem {
    const std::vector<part_layout>& layouts;
    std::vector<part_form> forms;
    const cost_model& costs;
    index_t rows;        ///< samples of the kernel's rows
    index_t columns;     ///< those of its columns; ignored for a triangle
    bool triangle;       ///< rows and columns are the same samples, pairs wanted once
    bool whole;          ///< all parts in one pass
    index_t unit;        ///< samples to which blocks are rounded: whole batches
    index_t strip;       ///< columns that stream by at a time, where memory allows
    double budget;       ///< bytes
    double beside;       ///< bytes that are taken whatever the pass: the result, tiles
    double number;       ///< bytes of a feature's number
    double handed_over;  ///< bytes for each number of a sample that batches on their way into the features take
};

/// Finds the plan that costs least: runs of parts in order, each with the largest blocks that fit.
class pass_planner {
public:
    explicit pass_planner(const pass_problem& problem) : in_(problem) {}

    /// Throws argument_error, in the name of `function`, when a part does not fit in any blocks.
    std::vector<feature_pass> operator()(std::string_view function) const {
        const std::size_t parts = in_.layouts.size();
        std::vector<double> least(parts + 1, std::numeric_limits<double>::infinity());
        std::vector<feature_pass> best(parts + 1);
        least[0] = 0;
        for (std::size_t last = 1; last <= parts; ++last)
            for (std::size_t first = last; first-- > 0;) {
                const feature_pass pass = blocks_of(first, last);
                if (pass.rows == 0) break;
                if (in_.whole && (first > 0 || last < parts)) continue;
                const double cost = least[first] + cost_of(pass);
                if (cost < least[last]) least[last] = cost, best[last] = pass;
            }
        if (least[parts] == std::numeric_limits<double>::infinity()) refuse(function);
        std::vector<feature_pass> passes;
        for (std::size_t last = parts; last > 0; last = best[last].first) passes.push_back(best[last]);
        std::reverse(passes.begin(), passes.end());
        return passes;
    }

    /// Bytes with which everything is done in one pass.
    double for_one_pass() const {
        return in_.beside + numbers(0, in_.layouts.size()) *
                                (in_.handed_over + in_.number * static_cast<double>(whole_rows() + least_columns()));
    }

    /// Bytes with which the smallest blocks do.
    double least() const {
        const index_t samples = in_.triangle && whole_rows() == in_.unit ? in_.unit : 2 * in_.unit;
        return in_.beside + largest().second * (in_.handed_over + in_.number * static_cast<double>(samples));
    }

private:
    /// The largest blocks of these parts; no rows when none fit.
    feature_pass blocks_of(std::size_t first, std::size_t last) const {
        feature_pass pass{.first = first, .last = last};
        const double sample = numbers(first, last) * in_.number;
        const double room = in_.budget - in_.beside - numbers(first, last) * in_.handed_over;
        const index_t whole = whole_rows();
        const double all = static_cast<double>(whole + in_.columns + in_.strip);
        const auto capacity =
            static_cast<index_t>(sample > 0 ? std::clamp(room / sample, 0.0, all) : all) / in_.unit * in_.unit;
        if (in_.triangle && capacity >= whole) {
            pass.rows = in_.rows;
        } else {
            pass.columns = std::clamp(capacity / 8 / in_.unit * in_.unit, in_.unit, in_.strip);
            pass.rows = std::clamp<index_t>(capacity - pass.columns, 0, whole);
        }
        if (pass.rows == 0) return pass;
        const index_t units = whole_rows() / in_.unit, at_once = whole_up(pass.rows) / in_.unit;
        pass.first_rows = std::min(in_.rows, ((units - 1) % at_once + 1) * in_.unit);
        pass.samples = in_.rows + (in_.triangle ? 0 : in_.columns);
        for (index_t begin = pass.first_rows; begin < in_.rows; begin += pass.rows)
            pass.samples += in_.triangle ? begin : in_.columns;
        return pass;
    }

    double cost_of(const feature_pass& pass) const {
        double sample = in_.costs.passing(in_.layouts, pass.first);
        for (std::size_t p = pass.first; p < pass.last; ++p)
            if (in_.forms[p] != part_form::skipped) sample += in_.costs.making(in_.layouts[p], in_.forms[p]);
        return static_cast<double>(pass.samples) * sample;
    }

    double numbers(std::size_t first, std::size_t last) const {
        double sum = 0;
        for (std::size_t p = first; p < last; ++p)
            sum += static_cast<double>(cost_model::numbers(in_.layouts[p], in_.forms[p]));
        return sum;
    }

    index_t whole_up(index_t samples) const { return (samples + in_.unit - 1) / in_.unit * in_.unit; }
    index_t whole_rows() const { return whole_up(in_.rows); }
    index_t least_columns() const { return in_.triangle ? 0 : in_.unit; }

    /// What has to fit at once, and its numbers a sample: all parts, or the largest.
    std::pair<std::string, double> largest() const {
        if (in_.whole) return {"all parts", numbers(0, in_.layouts.size())};
        std::size_t largest = 0;
        for (std::size_t p = 1; p < in_.layouts.size(); ++p)
            if (numbers(p, p + 1) > numbers(largest, largest + 1)) largest = p;
        return {"part \"" + in_.layouts[largest].name + "\"", numbers(largest, largest + 1)};
    }

    void refuse(std::string_view function) const {
        const auto text = [](double bytes) { return std::to_string(static_cast<std::uint64_t>(bytes)); };
        require(false, function, "memory", text(in_.budget) + " bytes",
                ">= " + text(least()) + ": " + text(in_.beside) + " for the result and its tiles, and two blocks of " +
                    std::to_string(in_.unit) + " samples of " + largest().first +
                    " with their batches on the way, fewer with a smaller batch or fewer threads; " +
                    text(for_one_pass()) + " would do in one pass");
    }

    const pass_problem& in_;
};

}  // namespace detail
}  // namespace lpntk

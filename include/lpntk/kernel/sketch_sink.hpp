#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lpntk/core/random.hpp"
#include "lpntk/core/simd.hpp"
#include "lpntk/core/transpose.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/part_sketch.hpp"
#include "lpntk/kernel/parts.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// The sketches of all parts in each of several independent groups, and in which form they take a part.
template <class T>
class sketch_plan {
public:
    sketch_plan(const std::vector<part_layout>& layouts, int groups, index_t numbers, std::uint64_t seed)
        : layouts_(layouts), groups_(groups), numbers_(numbers) {
        for (std::size_t p = 0; p < layouts.size(); ++p) {
            random_stream random(seed, p);
            for (int g = 0; g < groups; ++g) sketches_.emplace_back(layouts[p], numbers, random);
            forms_.push_back(cheaper(layouts[p]));
        }
    }

    const std::vector<part_layout>& layouts() const { return layouts_; }
    int groups() const { return groups_; }
    index_t numbers() const { return numbers_; }  ///< of one group
    part_form form_of(index_t part) const { return forms_[static_cast<std::size_t>(part)]; }
    const part_sketch<T>& at(index_t part, int group) const {
        return sketches_[static_cast<std::size_t>(part * groups_ + group)];
    }

private:
    /// Forming and rotating run at about four times the rate of adding numbers at their places.
    part_form cheaper(const part_layout& l) const {
        if (unformed(l) == part_form::dense) return part_form::dense;
        constexpr double contiguous = 0.25;
        const auto positions = static_cast<double>(l.positions), parameters = static_cast<double>(l.parameters());
        const double formed = parameters * (contiguous * positions + groups_);
        const double rotated = contiguous * static_cast<double>(l.outputs * numbers_);
        const double factors = positions * groups_ * (static_cast<double>(l.rows()) + rotated);
        return formed <= factors ? part_form::dense : part_form::factors;
    }

    const std::vector<part_layout>& layouts_;
    int groups_;
    index_t numbers_;
    std::vector<part_sketch<T>> sketches_;
    std::vector<part_form> forms_;
};

/// Takes the parts of one batch and keeps their sketches: all parts are added up in each group, and each group is a
/// dense part of the features `to`.
template <class T>
class sketch_sink {
public:
    sketch_sink(const sketch_plan<T>& plan, std::vector<feature_part<T>>& to, index_t first, index_t count)
        : plan_(&plan), to_(&to), first_(first), count_(count),
          sums_(static_cast<std::size_t>(micro::padded<T>(count) * plan.groups() * plan.numbers())) {}

    const std::vector<part_layout>& layouts() const { return plan_->layouts(); }
    part_form wants(index_t part) const { return plan_->form_of(part); }

    void dense(index_t part, const matrix_view<T>& values) {
        for_each_panel([&](index_t first, index_t rows, T* sums) {
            const T* const packed = pack(values, first, rows, left_);
            for (int group = 0; group < plan_->groups(); ++group)
                plan_->at(part, group).add_formed(packed, sums + group * plan_->numbers() * lanes);
        });
    }

    void factors(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        for_each_panel([&](index_t first, index_t rows, T* sums) {
            const T *const left = pack(d, first, rows, left_), *const right = pack(a, first, rows, right_);
            for (int group = 0; group < plan_->groups(); ++group)
                plan_->at(part, group).add_factors(left, right, sums + group * plan_->numbers() * lanes, counted_);
        });
    }

    void finish() {
        const T scale = 1 / std::sqrt(static_cast<T>(plan_->groups()));
        matrix<T> values(count_, plan_->numbers());
        for (int group = 0; group < plan_->groups(); ++group) {
            for_each_panel([&](index_t first, index_t rows, const T* sums) {
                const Eigen::Map<const matrix<T>> panel(sums + group * plan_->numbers() * lanes, plan_->numbers(),
                                                        lanes);
                values.middleRows(first, rows) = scale * panel.leftCols(rows).transpose();
            });
            (*to_)[static_cast<std::size_t>(group)].left.set_rows(first_, values);
        }
    }

private:
    static constexpr index_t lanes = micro::lanes_of<T>;

    /// Calls f(first row of the batch, rows, sums of all groups) for each panel of the batch.
    template <class F>
    void for_each_panel(F&& f) {
        for (index_t first = 0; first < count_; first += lanes)
            f(first, std::min(lanes, count_ - first), sums_.data() + first * plan_->groups() * plan_->numbers());
    }

    static const T* pack(const matrix_view<T>& values, index_t first, index_t rows, std::vector<T>& to) {
        to.resize(static_cast<std::size_t>(values.cols() * lanes));
        micro::pack_panel(values.row(first).data(), values.outerStride(), rows, values.cols(), to.data());
        return to.data();
    }

    const sketch_plan<T>* plan_;
    std::vector<feature_part<T>>* to_;
    index_t first_, count_;
    std::vector<T> sums_, left_, right_, counted_;
};

static_assert(part_sink<sketch_sink<float>, float>);

}  // namespace lpntk::detail

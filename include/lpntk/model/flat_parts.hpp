#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"

namespace lpntk {

/// A sink for parts() that writes each feature out as a flat row of P numbers, the form to test against.
///
/// With `form` set it asks the model for dense parts; otherwise it takes outer products as they come and
/// forms them itself. Throws argument_error when a part comes in another form or size than its layout and
/// forms() ask for, so that it also catches a model whose layouts and parts disagree. `features` (b x P) must
/// outlive the sink. Not thread-safe.
template <class T>
class flat_parts {
public:
    flat_parts(std::vector<part_layout> layouts, matrix_span<T> features, bool form)
        : layouts_(std::move(layouts)), features_(features), form_(form) {
        index_t end = 0;
        for (const part_layout& layout : layouts_) {
            offsets_.push_back(end);
            end += layout.parameters();
        }
        require(end == features_.cols(), "flat_parts", "sum of the parts' parameters", end, features_.cols());
        seen_.assign(layouts_.size(), 0);
    }

    bool forms(index_t part) const {
        at(part);
        return form_;
    }

    void dense(index_t part, matrix_view<T> values) {
        check(part, values, at(part).parameters(), "columns of dense values");
        mark(part);
        features_.middleCols(offset(part), values.cols()) = values;
    }

    void outer(index_t part, matrix_view<T> d, matrix_view<T> a) {
        require(at(part).positions == 1, "parts",
                "positions of part \"" + at(part).name + "\" given as one product", at(part).positions, 1);
        sum_products(part, d, a);
    }

    void positions(index_t part, matrix_view<T> d, matrix_view<T> a) {
        require(at(part).positions > 1, "parts",
                "positions of part \"" + at(part).name + "\" given by position", at(part).positions, "> 1");
        sum_products(part, d, a);
    }

    /// Throws unless the model handed out every part exactly once.
    void require_complete() const {
        for (std::size_t part = 0; part < seen_.size(); ++part)
            require(seen_[part] == 1, "parts", "number of calls for part \"" + layouts_[part].name + "\"",
                    seen_[part], 1);
    }

private:
    void sum_products(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        const part_layout& layout = at(part);
        require(layout.inputs > 0, "parts", "inputs of part \"" + layout.name + "\" given as outer products",
                layout.inputs, ">= 1");
        require(!form_, "parts", "form of part \"" + layout.name + "\"", "outer products",
                "dense, as forms() asked");
        check(part, d, layout.positions * layout.outputs, "columns of d");
        check(part, a, layout.positions * layout.inputs, "columns of a");
        mark(part);
        features_.middleCols(offset(part), layout.parameters()).setZero();
        for (index_t row = 0; row < d.rows(); ++row) {
            Eigen::Map<matrix<T>> formed(features_.data() + row * features_.outerStride() + offset(part),
                                         layout.inputs + (layout.bias ? 1 : 0), layout.outputs);
            const Eigen::Map<const matrix<T>> d_t(row_of<T>(d, row).data(), layout.positions, layout.outputs);
            const Eigen::Map<const matrix<T>> a_t(row_of<T>(a, row).data(), layout.positions, layout.inputs);
            formed.topRows(layout.inputs).noalias() = a_t.transpose() * d_t;
            if (layout.bias) formed.row(layout.inputs) = d_t.colwise().sum();
        }
    }

    const part_layout& at(index_t part) const {
        require(part >= 0 && part < static_cast<index_t>(layouts_.size()), "parts", "part", part,
                "in [0, " + std::to_string(layouts_.size()) + ")");
        return layouts_[static_cast<std::size_t>(part)];
    }
    index_t offset(index_t part) const { return offsets_[static_cast<std::size_t>(part)]; }
    void mark(index_t part) { ++seen_[static_cast<std::size_t>(part)]; }

    void check(index_t part, const matrix_view<T>& values, index_t columns, const char* what) const {
        const std::string argument = std::string(what) + " of part \"" + at(part).name + "\"";
        require(values.cols() == columns, "parts", argument, values.cols(), columns);
        require(values.rows() == features_.rows(), "parts", "rows of part \"" + at(part).name + "\"",
                values.rows(), features_.rows());
    }

    std::vector<part_layout> layouts_;
    std::vector<index_t> offsets_;
    std::vector<int> seen_;
    matrix_span<T> features_;
    bool form_;
};

}  // namespace lpntk

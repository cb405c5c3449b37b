#pragma once

#include <string>
#include <vector>

#include "inspect/collection.hpp"
#include "inspect/findings.hpp"
#include "support/results.hpp"
#include "support/summary.hpp"

namespace inspect {

/// All that was found.
struct all_findings {
    label_findings labels;
    std::vector<class_findings> classes;
    price cost;

    std::vector<index_t> kept() const;                ///< ascending
    std::vector<redundant_sample> redundant() const;  ///< by sample, ascending
    std::vector<sample_pair> contradictory() const;   ///< most so first; none twice
    std::vector<copies> duplicates() const;           ///< class by class
    index_t copies_to_drop() const;                   ///< members of duplicates but those to keep
};

/// suspects.csv, duplicates.csv, redundant.csv and kept.npy, samples numbered as in the files.
void write_tables(examples::results& results, const collection& of, const all_findings& found);

/// What report.html shows: at most `shown` suspects, and as many of the rest as a reader looks through. `facts` are
/// what summary.json says.
std::string report_page(const collection& of, const all_findings& found, const examples::json& facts,
                        std::size_t shown);

}  // namespace inspect

#pragma once

namespace bench {

// Each registers the benchmarks of the file of its name.
void add_peak();
void add_forward();
void add_pullback();
void add_features();
void add_gram();
void add_rows();
void add_scaling();
void add_budget();
void add_cost_model();
void add_convolutions();

}  // namespace bench

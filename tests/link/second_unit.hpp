#pragma once

namespace second_unit {

using count_function = int (*)(int);

count_function worker_count();
void throws_argument_error();

}  // namespace second_unit

#pragma once

#include <string>

#include <lpntk/core/progress.hpp>

namespace examples {

/// A bar on stderr with the time left; silent when stderr is not a terminal. Copies share one bar. It fits the width
/// that the terminal has at the moment (80 columns when it does not say). When done, the line is left saying how long
/// it took. Where it is said how many images the whole work goes over, there are also images a second.
lpntk::progress progress_bar(const std::string& what, lpntk::index_t images = 0);

/// What the bar shows on so many columns of a terminal: "what  [####......]  40 %  2310 images/s  1:20 min left", in
/// less than all columns, so that the line never wraps. Where they do not suffice the rate goes, then the text is
/// shortened, then the bar goes, then the time left. `left` and `rate` may be empty; room for the time is kept
/// nevertheless.
std::string progress_line(const std::string& what, double part, const std::string& left, const std::string& rate,
                          int columns);

/// "what  done in 12 s, 2310 images/s", the text shortened to fit.
std::string finished_line(const std::string& what, const std::string& time, int columns);

}  // namespace examples

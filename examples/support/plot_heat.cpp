#include "support/plot_parts.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace examples::detail {

namespace {

using lpntk::index_t;

/// Averages blocks so that no side is longer than `longest`.
lpntk::matrix<float> shrink(const lpntk::matrix<float>& values, index_t longest) {
    const index_t step = (std::max(values.rows(), values.cols()) + longest - 1) / longest;
    if (step <= 1) return values;
    lpntk::matrix<float> small((values.rows() + step - 1) / step, (values.cols() + step - 1) / step);
    for (index_t i = 0; i < small.rows(); ++i)
        for (index_t j = 0; j < small.cols(); ++j)
            small(i, j) = values
                              .block(i * step, j * step, std::min(step, values.rows() - i * step),
                                     std::min(step, values.cols() - j * step))
                              .mean();
    return small;
}

/// The value that so large a part of the finite values lies below.
float percentile(std::vector<float>& values, double part) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

void write_colours(std::ostream& out, const lpntk::matrix<float>& heat, const panel& p) {
    std::vector<float> finite;
    std::copy_if(heat.data(), heat.data() + heat.size(), std::back_inserter(finite),
                 [](float v) { return std::isfinite(v); });
    float low = finite.empty() ? 0.0F : percentile(finite, 0.01);
    float high = finite.empty() ? 1.0F : percentile(finite, 0.99);
    high = std::max({std::abs(low), std::abs(high), 1e-6F});
    low = -high;  // colours meet in white at 0
    out << "set cbrange [" << low << ':' << high << "]\nset cblabel " << quote(p.colour_label) << " offset 0.8,0\n"
        << "set cbtics out scale 0.4\n"
        << "set palette defined (0 '#053F73', 1 '#0072B2', 2 '#ffffff', 3 '#D55E00', 4 '#7A2E00')\n";
}

/// Frames the clusters that are large enough to be seen, on the diagonal.
void write_frames(std::ostream& out, const panel& p) {
    const index_t rows = p.heat.rows();
    std::set<index_t> starts{0, rows};
    for (const index_t start : p.boundaries)
        if (start > 0 && start < rows) starts.insert(start);
    for (auto start = starts.begin(); std::next(start) != starts.end(); ++start) {
        const index_t end = *std::next(start);
        if (starts.size() <= 2 || (end - *start) * 60 < rows) continue;
        out << "set object rectangle from " << *start << ',' << *start << " to " << end << ',' << end
            << " front fs empty border rgb '" << "#222222' lw 1.2\n";
    }
}

}  // namespace

std::vector<std::string> commands_of_heat(gnuplot_job& job, const panel& p) {
    const lpntk::matrix<float> small = shrink(p.heat, 700);
    write_colours(job.script(), small, p);
    write_frames(job.script(), p);
    const std::string bytes(reinterpret_cast<const char*>(small.data()),
                            static_cast<std::size_t>(small.size()) * sizeof(float));
    const double dx = static_cast<double>(p.heat.cols()) / static_cast<double>(small.cols());
    const double dy = static_cast<double>(p.heat.rows()) / static_cast<double>(small.rows());
    std::ostringstream command;
    command << job.file(bytes) << " binary array=(" << small.cols() << ',' << small.rows()
            << ") format='%float' dx=" << dx << " dy=" << dy << " origin=(" << dx / 2 << ',' << dy / 2
            << ") with image";
    return {command.str()};
}

}  // namespace examples::detail

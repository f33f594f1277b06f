// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_SAMPLE_HPP
#define PACER_ANALYSIS_SAMPLE_HPP

/// A curve as the columns of a picture, each with the lowest and the highest rate in it. It is sampled, not walked: how
/// long that takes depends on the columns, not on the steps.
///
///     for (const auto& column : pacer::analysis::sample(lr, {.until = 1'000'000'000, .columns = 160}))
///         draw(column.lowest, column.highest);

#include <pacer/analysis/breakpoints.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace pacer::analysis {

/// The lowest and the highest rate of a stretch of a curve, and the first steps that were found to have them.
struct extremes {
    double lowest = 0;      ///< the lowest rate
    double highest = 0;     ///< the highest
    step_t lowest_at = 0;   ///< a step that has it
    step_t highest_at = 0;  ///< a step that has it
};

/// The steps of one column of a picture.
struct sampled_column {
    step_t first;    ///< the first step
    step_t last;     ///< included
    double rate;     ///< of the first step
    extremes range;  ///< of all its steps
};

/// Which part of a curve is sampled, and how finely.
struct sampling {
    step_t from = 0;            ///< 0 or more
    step_t until;               ///< the last step, at least `from`
    std::size_t columns = 160;  ///< how many, 1 or more
    step_t asked = 256;  ///< steps of a column, 1 or more; beside these, what a search from the best of them finds
};

namespace detail {

/// So many steps are asked one by one; of more, so many and those that a search from the best of them finds.
inline constexpr step_t walked_steps = sampling{.until = 0}.asked;

class extremes_finder {
public:
    template <Schedule S>
    PACER_HOST static extremes find(const S& lr, step_t first, step_t last, const step_t* breaks,
                                    const step_t* breaks_end, step_t asked) {
        extremes_finder finder;
        finder.take(first, lr(first));
        if (last - first < asked) {
            for (step_t s = first + 1; s <= last; ++s)
                finder.take(s, lr(s));
            return finder.found_;
        }
        const auto ask = [&](step_t s) { finder.take(s, lr(s)); };
        ask(last);
        // Where there are more breakpoints than steps would be asked, some of them stand for all.
        const step_t count = breaks_end - breaks;
        const step_t stride = 1 + count / (4 * asked);
        for (step_t k = 0; k < count; k += stride)
            for (step_t s = breaks[k] - 1; s <= breaks[k]; ++s)
                if (s > first && s < last)
                    ask(s);
        // Spread by the golden ratio: of any period, not always the same part is met.
        const auto width = static_cast<double>(last - first);
        double part = 0;
        for (step_t k = 0; k < asked; ++k) {
            part += 0.6180339887498949;
            part -= part >= 1 ? 1 : 0;
            ask(first + static_cast<step_t>(part * width));
        }
        finder.climb(lr, first, last, asked);
        return finder.found_;
    }

private:
    PACER_HOST void take(step_t step, double rate) noexcept {
        if (!begun_ || rate < found_.lowest || (rate == found_.lowest && step < found_.lowest_at)) {
            found_.lowest = rate;
            found_.lowest_at = step;
        }
        if (!begun_ || rate > found_.highest || (rate == found_.highest && step < found_.highest_at)) {
            found_.highest = rate;
            found_.highest_at = step;
        }
        begun_ = true;
    }

    /// From the best steps on, by shorter and shorter strides.
    template <Schedule S>
    PACER_HOST void climb(const S& lr, step_t first, step_t last, step_t asked) {
        for (step_t stride = (last - first) / asked + 1; stride > 0; stride /= 2)
            for (int moves = 0; moves < 64; ++moves) {
                const extremes before = found_;
                for (const step_t at : {before.lowest_at, before.highest_at}) {
                    if (at - first >= stride)
                        take(at - stride, lr(at - stride));
                    if (last - at >= stride)
                        take(at + stride, lr(at + stride));
                }
                if (found_.lowest_at == before.lowest_at && found_.highest_at == before.highest_at)
                    break;
            }
    }

    extremes found_{};
    bool begun_ = false;
};

PACER_HOST inline std::vector<step_t> steps_of(const std::vector<breakpoint>& all) {
    std::vector<step_t> steps;
    steps.reserve(all.size());
    for (const breakpoint& b : all)
        steps.push_back(b.step);
    return steps;
}

}  // namespace detail

/// The lowest and the highest rate of the steps `first` to `last`.
///
/// Of up to 256 steps every one is asked, so that the answer is exact. Of more, the ends, the steps at and before each of
/// `breaks`, 256 others, and those that a search from the best of these finds; between two breakpoints a rise or a fall is
/// found exactly, and of many short cycles one that is as high as any.
///
/// @param breaks  the breakpoints of the curve, in their order.
/// @param asked   how many of more steps are asked, 1 or more, in the place of 256.
template <Schedule S>
[[nodiscard]] PACER_HOST extremes find_extremes(const S& lr, step_t first, step_t last,
                                                const std::vector<step_t>& breaks = {},
                                                step_t asked = detail::walked_steps) {
    const auto begin = std::lower_bound(breaks.begin(), breaks.end(), first);
    const auto end = std::upper_bound(begin, breaks.end(), last);
    const step_t* data = breaks.data();
    return detail::extremes_finder::find(lr, first, last, data + (begin - breaks.begin()),
                                         data + (end - breaks.begin()), asked);
}
/// The same of an expression, with its own breakpoints.
[[nodiscard]] PACER_HOST inline extremes find_extremes(const expression& lr, step_t first, step_t last) {
    return find_extremes(lr, first, last, detail::steps_of(breakpoints(lr)));
}

/// The columns of a picture, of equal width but for a step: fewer than asked for where there are fewer steps.
///
/// @param breaks  as for `find_extremes`.
///
/// An error (`invalid_schedule`): a `from` below 0 or above `until`; no columns; no steps asked.
template <Schedule S>
[[nodiscard]] PACER_HOST std::vector<sampled_column> sample(const S& lr, const sampling& s,
                                                            const std::vector<step_t>& breaks) {
    if (s.from < 0)
        pacer::detail::reject(pacer::detail::bad_count("from", s.from, "must be 0 or more"));
    if (s.until < s.from || s.until == endless)
        pacer::detail::reject(pacer::detail::bad_count("until", s.until, "must be a step, and not before `from`"));
    if (s.columns == 0)
        pacer::detail::reject(pacer::detail::bad_count("columns", 0, "must be 1 or more"));
    if (s.asked < 1)
        pacer::detail::reject(pacer::detail::bad_count("asked", s.asked, "must be 1 or more"));
    const step_t steps = s.until - s.from + 1;
    const step_t columns = (std::min)(static_cast<step_t>(s.columns), steps);
    std::vector<sampled_column> sampled;
    sampled.reserve(static_cast<std::size_t>(columns));
    const step_t width = steps / columns;
    const step_t wider = steps % columns;
    step_t first = s.from;
    for (step_t k = 0; k < columns; ++k) {
        const step_t last = first + width - 1 + (k < wider ? 1 : 0);
        sampled.push_back(
            {first, last, static_cast<double>(lr(first)), find_extremes(lr, first, last, breaks, s.asked)});
        first = last + 1;
    }
    return sampled;
}
/// The same of an expression, with its own breakpoints.
[[nodiscard]] PACER_HOST inline std::vector<sampled_column> sample(const expression& lr, const sampling& s) {
    return sample(lr, s, detail::steps_of(breakpoints(lr)));
}

}  // namespace pacer::analysis

#endif

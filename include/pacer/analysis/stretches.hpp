// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_STRETCHES_HPP
#define PACER_ANALYSIS_STRETCHES_HPP

/// A log as a few stretches, each of which one curve explains: the search that `identify` and `replay` share.

#include <pacer/analysis/alignment.hpp>
#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/fit.hpp>
#include <pacer/analysis/fit_others.hpp>
#include <pacer/analysis/log_shapes.hpp>
#include <pacer/analysis/stretch.hpp>
#include <pacer/analysis/training_log.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace pacer::analysis::detail {

/// A curve to be held against the log, and the delays that it may begin with.
struct trial {
    followed_curve curve;
    delay_set start;
    double price;
    step_ratio ratio{};
};

/// What the search asks of whoever wants it.
struct search_terms {
    std::function<fit_hints()> hints;                  ///< what may be known
    std::function<double(const hf_arguments&)> price;  ///< bits that say a curve
    std::function<std::vector<trial>(std::size_t, const written_rates&)>
        known;                                          ///< curves to try first, from a point on
    std::function<double(const explanation&)> penalty;  ///< bits for what the log itself does not show
    std::function<void(const explanation&)> accept;     ///< told of each stretch
    double foreign = 0;                                 ///< more bits for what the trainer has not
};

/// The distinct stretches of a log, from its first point to its last.
class stretch_finder {
public:
    PACER_HOST stretch_finder(const std::vector<log_point>& points, search_terms terms)
        : points_(points), ways_(ways_of_writing(points)), terms_(std::move(terms)) {}

    PACER_HOST std::vector<stretch> run() {
        std::vector<stretch> found;
        std::size_t lost = 0;  // points in a row that nothing explains
        for (std::size_t i = 0; i < points_.size();) {
            if (searches_ > most_searches) {
                add_unexplained(found, i, points_.size());
                break;
            }
            stretch next = best_from(i);
            if (!next.is_explained()) {
                // Less and less often, where nothing is found.
                const std::size_t to = (std::min)(points_.size(), i + 1 + lost / 4);
                add_unexplained(found, i, to);
                lost += to - i;
                i = to;
                continue;
            }
            if (next.first > i)
                before_a_skip(next, i);
            if (next.first > i)
                add_unexplained(found, i, next.first);
            else if (lost > 0)
                extend_back(found, next);
            lost = 0;
            take_over(found, next);
            i = next.end;
            terms_.accept(next.best());
            found.push_back(std::move(next));
        }
        return found;
    }

private:
    /// After so many, which take seconds, a log has no story of a few curves: the rest of it is not explained.
    static constexpr int most_searches = 200;
    /// Fewer points than this are no evidence.
    static constexpr std::size_t least_in_a_row = 2;

    /// Of a curve that is written with few digits the first part looks like many others. What is found later, and gives
    /// the stretches before as well, is what gave them.
    PACER_HOST void take_over(std::vector<stretch>& found, stretch& next) {
        while (!found.empty() && next.best().written.how != written_rates::kind::exact) {
            const stretch& last = found.back();
            const std::size_t first = last.first;
            const std::size_t end = next.end;
            std::vector<explanation> longer;
            for (const explanation& e : next.curves) {
                if (e.ratio != step_ratio{})
                    continue;
                const step_t delay = e.at.runs.front().delay;
                hold(longer, first, e.written,
                     {e.curve, start_of(first, delay), (std::max)(e.price - bits::of_stretch, 0.0), {}});
            }
            stretch whole = settled(std::move(longer), first);
            if (!whole.is_explained() || whole.end < end)
                return;
            const std::size_t known = last.is_explained() ? last.best().at.explained : 0;
            if (whole.best().at.explained + 2 < known + next.best().at.explained || whole.best().at.first != first)
                return;
            found.pop_back();
            next = std::move(whole);
        }
    }

    /// The stretch from `i` on, or one that begins a few points later where the first of them are bad.
    PACER_HOST stretch best_from(std::size_t i) {
        stretch best = stretch_from(i);
        const std::size_t patience = best.is_explained() ? shorter_patience(best) : aligner::most_patience;
        if (patience != aligner::most_patience)
            best = stretch_from(i, patience);
        // Of rounded rates an odd curve may give a point of the one before, too.
        const bool is_odd = best.is_explained() && !best.best().curve.arguments &&
                            best.best().written.how != written_rates::kind::exact;
        for (std::size_t k = 1;
             k <= 2 && best.is_explained() && (best.end < points_.size() || is_odd) && i + k < best.end; ++k) {
            stretch later = stretch_from(i + k, patience);
            if (later.is_explained() && later.end >= best.end &&
                later.best().saved() - 2 * bits::of_stretch > best.best().saved())
                return later;
        }
        // Of the curve that is expected, what is passed over is all that has to be said.
        for (std::size_t k = 1; k <= 2 && best.is_explained() && best.best().price > 0 && i + k < best.end; ++k) {
            stretch expected = expected_from(i + k);
            if (expected.is_explained() && expected.end >= best.end &&
                expected.best().saved() - passed_over(i, i + k) > best.best().saved())
                return expected;
        }
        return best;
    }

    /// What goes on as expected from `i` on.
    PACER_HOST stretch expected_from(std::size_t i) {
        std::vector<explanation> found;
        for (trial& t : terms_.known(i, ways_.front()))
            if (t.price == 0)
                hold(found, i, ways_.front(), std::move(t));
        return settled(std::move(found), i);
    }

    /// What the points from `i` to `end` cost as bad ones.
    [[nodiscard]] PACER_HOST double passed_over(std::size_t i, std::size_t end) const {
        double price = 0;
        for (; i < end; ++i)
            price += bits::of_bad_point + bits::for_digit * digits_of(points_[i].lr);
        return price;
    }

    /// If another curve took over where the best one leaves points unexplained: how many fewer it must not pass over.
    PACER_HOST std::size_t shorter_patience(const stretch& best) {
        const std::vector<delay_run>& runs = best.best().at.runs;
        for (std::size_t r = 1; r < runs.size(); ++r) {
            const std::size_t hole = runs[r].first - runs[r - 1].end;
            if (hole < 4)
                continue;
            const stretch inside = stretch_from(runs[r - 1].end);
            if (!inside.is_explained() || inside.best().at.explained < 4)
                break;
            std::size_t after = 0;  // explained after the hole
            for (std::size_t k = r; k < runs.size(); ++k)
                after += runs[k].end - runs[k].first;
            const bool fills_the_hole = inside.best().saved() > 2 * bits::of_stretch && inside.end <= runs[r].first + 1;
            const bool goes_on = inside.first == runs[r - 1].end && inside.best().at.explained >= after + hole - 1;
            if (fills_the_hole || goes_on)
                return hole - 1;
            break;
        }
        return aligner::most_patience;
    }

    PACER_HOST stretch stretch_from(std::size_t i, std::size_t patience = aligner::most_patience) {
        ++searches_;
        patience_ = patience;
        std::vector<explanation> found;
        for (const written_rates& written : ways_)
            if (written.how == written_rates::kind::exact || !explains_all(found))
                find(found, i, written);
        return settled(std::move(found), i);
    }

    [[nodiscard]] PACER_HOST bool explains_all(const std::vector<explanation>& found) const {
        return std::any_of(found.begin(), found.end(), [&](const explanation& e) { return is_plain(e); });
    }

    /// Every point, with one delay.
    [[nodiscard]] PACER_HOST bool is_plain(const explanation& e) const {
        return e.at.end == points_.size() && e.at.runs.size() == 1;
    }

    PACER_HOST void find(std::vector<explanation>& found, std::size_t i, const written_rates& written) {
        for (trial& t : terms_.known(i, written)) {
            const bool is_free = t.price == 0;
            hold(found, i, written, std::move(t));
            if (is_free && !found.empty() && found.back().price == 0 && is_plain(found.back()))
                return;  // as expected, to the last point
        }
        const fit_hints hints = terms_.hints();
        const std::size_t left = points_.size() - i;
        std::vector<fit> fits;
        std::vector<priced_curve> others;
        const auto look = [&](const log_shapes& shapes) {
            fitter(shapes, hints, fits).run();
            other_fitter(shapes, hints, others).run();
        };
        for (const std::size_t most : {std::size_t{24}, std::size_t{200}, std::size_t{2048}}) {
            look({points_, i, 1, most, written});
            if (left <= most)
                break;
        }
        if (left > 2048)
            look({points_, i, left / 600 + 1, 2048, written});
        sort_out(fits);
        for (const fit& guess : fits)
            hold(found, i, written,
                 {curve_of(guess.arguments), start_of(i, guess.delay), terms_.price(guess.arguments), {}});
        for (priced_curve& guess : others)
            hold(found, i, written,
                 {std::move(guess.curve), start_of(i, guess.delay), guess.price + terms_.foreign, {}});
    }

    /// Each guess once, with the longest delay it was made with.
    PACER_HOST static void sort_out(std::vector<fit>& fits) {
        const auto key = [](const fit& f) {
            const hf_arguments& a = f.arguments;
            return std::tuple(a.function, a.lr, a.warmup, a.total, a.num_cycles, a.floor, a.init, a.lr_end, a.power,
                              a.timescale, a.decay, a.decay_shape.which());
        };
        std::stable_sort(fits.begin(), fits.end(), [&](const fit& a, const fit& b) {
            return std::pair(key(a), -a.delay) < std::pair(key(b), -b.delay);
        });
        fits.erase(std::unique(fits.begin(), fits.end(), [&](const fit& a, const fit& b) { return key(a) == key(b); }),
                   fits.end());
    }

    PACER_HOST void hold(std::vector<explanation>& found, std::size_t i, const written_rates& written, trial t) const {
        // What costs next to nothing to say may begin with a point alone, before an update that was skipped.
        const std::size_t needed = t.price < 2 * bits::of_choice ? 1 : (std::min)(points_.size() - i, least_in_a_row);
        if (t.start.size() != 1 || t.start[0].last - t.start[0].first >= few_delays) {
            double until = 0;
            for (std::size_t k = i; k < i + needed; ++k)
                until = (std::max)(until, static_cast<double>(t.ratio(points_[k].step)));
            add_turns(t.curve, until - static_cast<double>(t.start.empty() ? 0 : t.start.front().first) + 2);
        }
        const aligner along(points_, t.curve, written, t.ratio);
        if (along.explained_in_a_row(i, t.start, needed) < needed)
            return;
        add_turns(t.curve);
        alignment at = aligner(points_, t.curve, written, t.ratio, patience_).run(i, t.start);
        if (at.saved <= t.price)
            return;
        const step_t last = at.runs.back().standing ? points_[at.runs.back().first].step : points_[at.end - 1].step;
        const step_t position = t.ratio(last) - at.runs.back().delay;
        explanation e{std::move(t.curve), std::move(at), written, t.ratio, t.price, position};
        e.price += terms_.penalty(e);
        const bool as_a_whole = e.price <= 0 || e.at.explained == points_.size();
        if (e.saved() > (as_a_whole ? 0 : bits::of_evidence) && is_evident(e))
            found.push_back(std::move(e));
    }

    /// One coincident point is no stretch, and a few are none at a position that only they tell.
    [[nodiscard]] PACER_HOST bool is_evident(const explanation& e) const {
        const step_t delay = e.at.runs.front().delay;
        const bool is_usual = e.at.runs.front().ambiguous || (delay >= 0 && delay <= 16);
        std::size_t in_a_row = 0;
        std::size_t with_one_delay = 0;
        for (const delay_run& run : e.at.runs) {
            in_a_row = (std::max)(in_a_row, run.end - run.first);
            with_one_delay += run.delay == delay ? run.end - run.first : 0;
        }
        if (is_usual)
            return points_.size() == 1 || in_a_row >= 2 || with_one_delay > 2;
        return points_.size() == 1 || (in_a_row >= 5 && tells_position(e));
    }

    /// Whether more than two points tell the position; those of a level do not.
    [[nodiscard]] PACER_HOST bool tells_position(const explanation& e) const {
        std::size_t telling = 0;
        for (const delay_run& run : e.at.runs)
            for (std::size_t i = run.first; i < run.end && telling < 3; ++i) {
                const step_t at = e.ratio(points_[run.standing ? run.first : i].step) - run.delay;
                const double rate = e.curve.as_computed(at);
                telling +=
                    rate != e.curve.as_computed(at + 1) || rate != e.curve.as_computed((std::max)(at - 1, step_t{0}))
                        ? 1U
                        : 0U;
            }
        return telling > 2;
    }

    [[nodiscard]] PACER_HOST delay_set start_of(std::size_t i, step_t delay) const {
        if (delay < 0)
            return {{delay, delay}};
        return {{0, (std::max)(delay, (std::min<step_t>)(8, (std::max<step_t>)(points_[i].step, 0)))}};
    }

    /// In order, with how sure each is, and without those that are far from the best.
    PACER_HOST stretch settled(std::vector<explanation> found, std::size_t i) const {
        stretch result{i, i, {}};
        if (found.empty())
            return result;
        std::stable_sort(found.begin(), found.end(),
                         [](const explanation& a, const explanation& b) { return a.saved() > b.saved(); });
        const double best = found.front().saved();
        double sum = 0;
        for (explanation& e : found) {
            if (e.saved() < best - 40 || e.at.end + 1 < found.front().at.end || result.curves.size() >= 32)
                continue;
            const bool is_known =
                std::any_of(result.curves.begin(), result.curves.end(), [&](const explanation& known) {
                    return known.ratio == e.ratio && is_same_curve(known.curve, e.curve);
                });
            if (is_known)
                continue;
            e.share = std::exp2(e.saved() - best);
            sum += e.share;
            result.curves.push_back(std::move(e));
        }
        for (explanation& e : result.curves)
            e.share /= sum;
        result.end = result.best().at.end;
        return result;
    }

    /// The same rates at every step, whatever it is called: a polynomial of power 1 down to 0 is linear.
    PACER_HOST static bool is_same_curve(const followed_curve& a, const followed_curve& b) {
        if (a.arguments && b.arguments && *a.arguments == *b.arguments)
            return true;
        if (a.peak_lr != b.peak_lr || a.warmup_steps != b.warmup_steps)
            return false;
        const auto has_end = [](const followed_curve& c) {
            return !c.arguments || pacer::analysis::has_end(*c.arguments);
        };
        if ((has_end(a) || has_end(b)) && a.total_steps != b.total_steps)
            return false;
        const double slack = tolerance({}, a.peak_lr, a.peak_lr, (std::max)(a.roundings, b.roundings));
        const step_t end = a.total_steps == endless ? a.warmup_steps + 100'000 : a.total_steps;
        for (step_t k = 0; k <= 48; ++k) {
            const step_t at = k < 16 && k * 16 < end ? k : end / 48 * k + end % 48 * k / 48;
            if (!(std::abs(a.as_computed(at) - b.as_computed(at)) <= slack))
                return false;
        }
        return true;
    }

    PACER_HOST static void add_unexplained(std::vector<stretch>& found, std::size_t i, std::size_t end) {
        if (found.empty() || found.back().is_explained())
            found.push_back({i, i, {}});
        found.back().end = end;
    }

    /// Points that were seen alone before updates were skipped: they begin no stretch, but belong to the one that follows.
    PACER_HOST void before_a_skip(stretch& next, std::size_t from) const {
        for (explanation& e : next.curves) {
            const aligner along(points_, e.curve, e.written, e.ratio);
            while (e.at.first > from && e.at.explained > 4 && e.written.how == written_rates::kind::exact) {
                const std::size_t i = e.at.first - 1;
                const delay_run& run = e.at.runs.front();
                const step_t gap = e.ratio(points_[i + 1].step) - e.ratio(points_[i].step);
                if (run.standing || run.ambiguous || gap <= 0)
                    break;
                const delay_set found =
                    along.feasible(i, {{(std::max)(run.delay - gap, (std::min<step_t>)(0, run.delay)), run.delay}});
                if (found.size() != 1 || found[0].first != found[0].last)
                    break;
                e.at.runs.insert(e.at.runs.begin(), {i, i + 1, found[0].first, false, false});
                e.at.first = i;
                ++e.at.explained;
            }
        }
        next.first = next.best().at.first;
    }

    /// The points before a stretch that were passed over too fast.
    PACER_HOST void extend_back(std::vector<stretch>& found, stretch& next) const {
        stretch& before = found.back();
        for (explanation& e : next.curves) {
            delay_run& run = e.at.runs.front();
            const aligner along(points_, e.curve, e.written, e.ratio);
            while (!run.standing && run.first > before.first &&
                   !along.feasible(run.first - 1, {{run.delay, run.delay}}).empty()) {
                --run.first;
                ++e.at.explained;
            }
            e.at.first = run.first;
        }
        next.first = next.best().at.first;
        if (next.first - before.first <= 2)
            before_a_skip(next, before.first);
        before.end = next.first;
        if (before.first == before.end)
            found.pop_back();
    }

    const std::vector<log_point>& points_;
    std::vector<written_rates> ways_;
    search_terms terms_;
    std::size_t patience_ = aligner::most_patience;
    int searches_ = 0;
};

}  // namespace pacer::analysis::detail

#endif

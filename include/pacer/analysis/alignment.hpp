// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_ALIGNMENT_HPP
#define PACER_ANALYSIS_ALIGNMENT_HPP

/// Which step of a curve each logged rate is: how far a log follows one curve, and with what delay.

#include <pacer/analysis/curve.hpp>
#include <pacer/analysis/evidence.hpp>
#include <pacer/analysis/training_log.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace pacer::analysis {

/// How the scheduler's steps are counted against the logged ones.
struct step_ratio {
    step_t steps = 1;  ///< of the scheduler ...
    step_t every = 1;  ///< ... for so many that are logged

    /// The scheduler's step, without any delay.
    [[nodiscard]] PACER_HOST step_t operator()(step_t logged) const noexcept {
        const step_t s = (std::min)((std::max)(logged, -detail::furthest), detail::furthest);
        if (steps == 1 && every == 1)
            return s;
        const step_t most = detail::furthest / steps;
        return (s > most ? most : s < -most ? -most : s) * steps / every;
    }
    PACER_HOST friend bool operator==(const step_ratio&, const step_ratio&) = default;
};

/// Consecutive points of a log with the same delay: the position on the curve is the logged step less the delay.
struct delay_run {
    std::size_t first;       ///< index into the log's points
    std::size_t end;         ///< one past the last
    step_t delay;            ///< negative: the scheduler is ahead of the logged step
    bool standing = false;   ///< the position does not move at all: no scheduler step was taken
    bool ambiguous = false;  ///< other delays fit as well (the curve is flat here)
};

/// How far one curve explains a log. Points between the runs are not explained.
struct alignment {
    std::size_t first = 0;          ///< the first point that is explained
    std::size_t end = 0;            ///< one past the last point that is explained
    std::vector<delay_run> runs{};  ///< with one delay each, in their order
    std::size_t explained = 0;      ///< how many points are
    double saved = 0;               ///< bits: what the explained points are worth, less what was said of delays
};

namespace detail {

using delay_set = std::vector<steps>;

/// So few delays are tried one by one; for more the turns of the curve are needed.
inline constexpr step_t few_delays = 12;

/// Walks along a log with one curve. What it costs is no more than a look at each point and, where the curve does not
/// give the rate, a search of a few hundred; points in a row that nothing explains are searched less and less often.
class aligner {
public:
    PACER_HOST aligner(const std::vector<log_point>& points, const followed_curve& curve, const written_rates& written,
                       const step_ratio& ratio = {}, std::size_t patience = most_patience)
        : points_(points), curve_(curve), written_(written), ratio_(ratio), patience_(patience) {}

    /// As many points in a row may be lost as there are reasons to go on.
    static constexpr std::size_t most_patience = static_cast<std::size_t>(-1);

    /// The delays that give points[i], among `within`.
    [[nodiscard]] PACER_HOST delay_set feasible(std::size_t i, const delay_set& within) const {
        delay_set found;
        for (const steps& range : within)
            add_feasible(found, i, range);
        return found;
    }

    /// How many points from `i` on some one delay among `within` explains, at most `most`.
    [[nodiscard]] PACER_HOST std::size_t explained_in_a_row(std::size_t i, delay_set within, std::size_t most) const {
        std::size_t n = 0;
        for (; n < most && i + n < points_.size(); ++n) {
            within = feasible(i + n, within);
            if (within.empty())
                break;
        }
        return n;
    }

    /// From `first` on, which has a delay among `start`.
    [[nodiscard]] PACER_HOST alignment run(std::size_t first, const delay_set& start) {
        result_ = {first, first, {}, 0, 0};
        open_ = feasible(first, start);
        if (open_.empty())
            return result_;
        begin_run(first);
        take(first);
        for (std::size_t i = first + 1; i < points_.size() && !is_over(); ++i)
            step(i);
        close_run();
        runs_.resize((std::min)(best_runs_, runs_.size()));
        if (!runs_.empty())
            runs_.back().end = (std::min)(runs_.back().end, best_end_);
        result_.runs = std::move(runs_);
        result_.end = best_end_;
        result_.explained = best_explained_;
        result_.saved = best_ - cost_of_first_delay();
        return result_;
    }

private:
    [[nodiscard]] PACER_HOST bool fits(std::size_t i, step_t position) const {
        return position >= 0 && std::abs(curve_.as_computed(position) - points_[i].lr) <= tolerance_of(i);
    }

    [[nodiscard]] PACER_HOST double tolerance_of(std::size_t i) const {
        return tolerance(written_, points_[i].lr, curve_.peak_lr, curve_.roundings);
    }

    [[nodiscard]] PACER_HOST step_t count(std::size_t i) const { return ratio_(points_[i].step); }

    PACER_HOST void add_feasible(delay_set& found, std::size_t i, steps range) const {
        const step_t base = count(i);
        range.last = (std::min)(range.last, base);  // positions are 0 or more
        if (range.first > range.last)
            return;
        if (range.last - range.first < few_delays) {
            for (step_t d = range.first; d <= range.last; ++d)
                if (fits(i, base - d))
                    add(found, {d, d});
            return;
        }
        const std::vector<steps> at =
            curve_.steps_with(points_[i].lr, tolerance_of(i), {base - range.last, base - range.first});
        for (auto piece = at.rbegin(); piece != at.rend(); ++piece)
            add(found, {base - piece->last, base - piece->first});
    }

    PACER_HOST static void add(delay_set& found, steps piece) {
        if (!found.empty() && found.back().last + 1 >= piece.first)
            found.back().last = (std::max)(found.back().last, piece.last);
        else
            found.push_back(piece);
    }

    PACER_HOST void begin_run(std::size_t i) {
        close_run();
        chain_ = runs_.size();
        runs_.push_back({i, i, 0});
        is_open_ = true;
        standing_ = false;
    }

    /// The run, and those before it that have the same delay: what is known of it by now holds for them as well.
    PACER_HOST void close_run() {
        if (!is_open_)
            return;
        is_open_ = false;
        const step_t delay = standing_ ? count(runs_.back().first) - standing_at_ : chosen();
        const bool ambiguous = !standing_ && (open_.size() > 1 || open_.front().first < open_.front().last);
        for (std::size_t k = chain_; k < runs_.size(); ++k)
            runs_[k] = {runs_[k].first, runs_[k].end, delay, standing_, ambiguous};
    }

    /// Of the delays that are left: the smallest that is not less than the one before, so that it only grows.
    [[nodiscard]] PACER_HOST step_t chosen() const {
        const step_t before = chain_ > 0 ? runs_[chain_ - 1].delay : 0;
        for (const steps& range : open_)
            if (range.last >= before)
                return (std::max)(range.first, before);
        return open_.back().last;
    }

    [[nodiscard]] PACER_HOST double worth(std::size_t i) const { return worth_of(written_, points_, i); }

    PACER_HOST void take(std::size_t i) {
        runs_.back().end = i + 1;
        last_taken_ = i;
        lost_ = 0;
        ++explained_;
        value_ += worth(i);
        lowest_ = (std::min)(lowest_, open_.front().first);
        highest_ = (std::max)(highest_, open_.back().last);
        if (value_ >= best_) {
            best_ = value_;
            best_end_ = i + 1;
            best_runs_ = runs_.size();
            best_explained_ = explained_;
        }
    }

    /// Where so much has been lost, or so many points in a row, that another curve may have taken over.
    [[nodiscard]] PACER_HOST bool is_over() const {
        return value_ < best_ - 600 - best_ / 8 || lost_ > patience_ ||
               static_cast<double>(lost_) > 6 + 2 * bits::of_span(static_cast<double>(explained_));
    }

    PACER_HOST void step(std::size_t i) {
        if (standing_) {
            // Where the logged step began again, it is not known that the scheduler still stands.
            if (fits(i, standing_at_) && count(i) >= count(runs_.back().first)) {
                const step_t delay = count(i) - standing_at_;
                open_ = {{delay, delay}};
                take(i);
                return;
            }
        } else if (delay_set still = feasible(i, open_); !still.empty()) {
            if (last_taken_ + 1 != i)
                reopen(i);
            open_ = std::move(still);
            take(i);
            return;
        }
        if (lost_ == 0 || i >= next_search_)
            if (change(i))
                return;
        lose(i);
    }

    PACER_HOST void lose(std::size_t i) {
        if (lost_ == 0)
            first_lost_ = i;
        ++lost_;
        value_ -= bits::of_bad_point;
        next_search_ = i + 1 + lost_ / 16;
    }

    /// The same delay after points that are not explained: a run of its own, which is closed with the one before.
    PACER_HOST void reopen(std::size_t i) { runs_.push_back({i, i, 0}); }

    /// Another delay, or none that moves, if the points from `i` on are worth it.
    PACER_HOST bool change(std::size_t i) {
        const step_t last = delay_at(last_taken_);
        const step_t gap = count(lost_ > 0 ? first_lost_ : i) - count(last_taken_);  // the position does not go back
        const steps range =
            gap > 0 ? steps{last, last + gap} : steps{(std::min<step_t>)(0, lowest_), (std::max<step_t>)(0, highest_)};
        delay_set found = feasible(i, {range});
        const std::size_t ahead = 4;
        const std::size_t moving = found.empty() ? 0 : explained_in_a_row(i, found, ahead);
        const std::size_t held = standing_ ? 0 : explained_in_a_row(i + 1, open_, ahead - 1);
        const step_t position = count(last_taken_) - last;
        std::size_t still = 0;
        if (lost_ == 0 && gap > 0)
            while (still < 4 * ahead && i + still < points_.size() && fits(i + still, position))
                ++still;
        if (moving == 0 && still == 0)
            return false;
        const bool stands = still > moving || (still == moving && gap > 1 && still > 1);
        // That a level went on, or came back, says of no delay: what follows it may.
        if (!stands && is_level(i, found))
            return false;
        const std::size_t ahead_of = stands ? still : moving;
        if (ahead_of <= held)
            return false;
        // One skipped update among many is usual in half precision; one after the other, each seen once, is not.
        const bool alone = ahead_of < 2;
        const bool after_one = runs_.back().end - runs_.back().first < 2;
        const std::size_t left = points_.size() - i;
        if (alone && (after_one || lost_ > 0 || written_.how != written_rates::kind::exact || left == 1))
            if (!(left == 1 && !after_one && lost_ == 0 && written_.how == written_rates::kind::exact &&
                  points_[i].lr != points_[last_taken_].lr))
                return false;
        double price = bits::of_skip + bits::of_span(static_cast<double>(range.last - range.first));
        // That the scheduler stopped somewhere on a level is seen by nothing but that the level went on.
        if (stands && curve_.as_computed(position) == curve_.as_computed((std::max<step_t>)(position - 1, 0)) &&
            curve_.as_computed(position) == curve_.as_computed(position + 1))
            price += bits::of_rare_choice;
        if (after_one && !stands)
            price *= 2;
        double won = 0;
        for (std::size_t k = 0; k < ahead_of; ++k)
            won += worth(i + k);
        if (won <= (alone ? 1.2 : 1.0) * price)
            return false;
        value_ -= price;
        const std::size_t from = lost_ > 0 ? first_lost_ : i;
        if (stands) {
            begin_run(i);
            standing_ = true;
            standing_at_ = position;
            open_ = {{count(i) - position, count(i) - position}};
            take(i);
            return true;
        }
        begin_run(i);
        open_ = found;
        extend_back(from, i);
        take(i);
        return true;
    }

    /// Whether the rate is one of many steps, and those that follow are, too.
    [[nodiscard]] PACER_HOST bool is_level(std::size_t i, const delay_set& found) const {
        const delay_set within = narrowed(i, found);
        const step_t at = count(i) - within.front().first;
        return within.front().first < within.front().last &&
               curve_.as_computed(at) == curve_.as_computed((std::max<step_t>)(at - 1, 0));
    }

    /// The points before `i` that were not searched.
    PACER_HOST void extend_back(std::size_t from, std::size_t i) {
        const delay_set narrow = narrowed(i, open_);
        for (std::size_t k = i; k > from && !feasible(k - 1, narrow).empty(); --k) {
            runs_.back().first = k - 1;
            ++explained_;
            value_ += worth(k - 1) + bits::of_bad_point;
        }
    }

    [[nodiscard]] PACER_HOST delay_set narrowed(std::size_t i, delay_set within) const {
        for (std::size_t k = i; k < i + 4 && k < points_.size(); ++k) {
            delay_set next = feasible(k, within);
            if (next.empty())
                break;
            within = std::move(next);
        }
        return within;
    }

    [[nodiscard]] PACER_HOST step_t delay_at(std::size_t i) const {
        return standing_ ? count(i) - standing_at_ : chosen();
    }

    [[nodiscard]] PACER_HOST double cost_of_first_delay() const {
        if (result_.runs.empty())
            return 0;
        const step_t delay = result_.runs.front().delay;
        return delay == 0 || delay == 1 ? 0 : bits::of_choice + bits::of_count(delay < 0 ? -delay : delay);
    }

    const std::vector<log_point>& points_;
    const followed_curve& curve_;
    written_rates written_;
    step_ratio ratio_;
    std::size_t patience_;
    alignment result_{};
    std::vector<delay_run> runs_{};
    delay_set open_{};
    std::size_t chain_ = 0;  // the first of the runs with the delay of the last one
    bool is_open_ = false;
    bool standing_ = false;
    step_t standing_at_ = 0;
    step_t lowest_ = 0;
    step_t highest_ = 0;
    std::size_t last_taken_ = 0;
    std::size_t lost_ = 0;
    std::size_t first_lost_ = 0;
    std::size_t next_search_ = 0;
    std::size_t explained_ = 0;
    double value_ = 0;
    double best_ = 0;
    std::size_t best_end_ = 0;
    std::size_t best_runs_ = 0;
    std::size_t best_explained_ = 0;
};

}  // namespace detail
}  // namespace pacer::analysis

#endif

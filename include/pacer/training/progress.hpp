// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_PROGRESS_HPP
#define PACER_TRAINING_PROGRESS_HPP

/// How far a run is, counted in updates, samples and tokens, and schedules that read one of these clocks.
///
///     pacer::progress at;
///     constexpr auto lr = pacer::by_tokens(pacer::cosine{{.peak_lr = 1e-3, .total_steps = 2'000'000'000}});
///     while (...) {
///         update(parameters, gradients, lr(at));                // the rate of the next update
///         at.apply({.samples = batch, .tokens = tokens});       // or at.skip(), if half precision overflowed
///     }

#include <pacer/error.hpp>
#include <pacer/schedule.hpp>

namespace pacer {

/// What one update consumed, over all processes and all accumulated micro-batches.
struct batch {
    step_t samples = 0;  ///< 0 or more
    step_t tokens = 0;   ///< 0 or more
};

/// The numbers a `progress` consists of, each 0 or more.
struct progress_counts {
    step_t updates = 0;  ///< updates that changed the parameters
    step_t samples = 0;  ///< samples these updates consumed
    step_t tokens = 0;   ///< tokens these updates consumed
    step_t skipped = 0;  ///< updates that were not made, because half precision overflowed

    friend constexpr bool operator==(const progress_counts&, const progress_counts&) = default;
};

/// Which of these numbers cannot be, if any; what the constructor of `progress` asks.
[[nodiscard]] PACER_HOST constexpr violation check(const progress_counts& n) noexcept {
    const auto counted = [](const char* field, step_t count) {
        return count >= 0 ? violation{} : detail::bad_count(field, count, "must be 0 or more");
    };
    return detail::first_of(counted("updates", n.updates), counted("samples", n.samples), counted("tokens", n.tokens),
                            counted("skipped", n.skipped));
}

/// How far a run is. Only updates that were applied advance it: a skipped one is counted, but moves no clock, and what
/// its batch consumed is not counted.
///
/// A plain value: saving it, loading it and copying it cannot count anything twice. An error (`invalid_schedule`): a
/// negative number, or one beyond 2^63 - 1; then nothing has been counted.
class progress {
public:
    constexpr progress() noexcept = default;

    /// Where a run was when these were its counts.
    PACER_HOST constexpr explicit progress(const progress_counts& counts) : counts_(counts) {
        detail::require(check(counts));
    }

    /// One update was applied, and this is what it consumed.
    PACER_HOST constexpr void apply(const batch& consumed = {}) {
        detail::require(detail::first_of(
            check({.samples = consumed.samples, .tokens = consumed.tokens}), check_sum("updates", updates(), 1),
            check_sum("samples", samples(), consumed.samples), check_sum("tokens", tokens(), consumed.tokens)));
        counts_.updates += 1;
        counts_.samples += consumed.samples;
        counts_.tokens += consumed.tokens;
    }

    /// One update was left out. No clock moves, so the next one runs at the same rate.
    PACER_HOST constexpr void skip() {
        detail::require(check_sum("skipped", skipped(), 1));
        counts_.skipped += 1;
    }

    /// Updates that were applied.
    [[nodiscard]] PACER_HOST constexpr step_t updates() const noexcept { return counts_.updates; }
    /// Samples they were made of.
    [[nodiscard]] PACER_HOST constexpr step_t samples() const noexcept { return counts_.samples; }
    /// Tokens they were made of.
    [[nodiscard]] PACER_HOST constexpr step_t tokens() const noexcept { return counts_.tokens; }
    /// Updates that were left out, as fp16 does when it overflows.
    [[nodiscard]] PACER_HOST constexpr step_t skipped() const noexcept { return counts_.skipped; }
    /// All four.
    [[nodiscard]] PACER_HOST constexpr const progress_counts& counts() const noexcept { return counts_; }

    friend constexpr bool operator==(const progress&, const progress&) = default;

private:
    PACER_HOST static constexpr violation check_sum(const char* field, step_t so_far, step_t more) noexcept {
        return more <= endless - so_far ? violation{} : detail::bad_count(field, more, "makes a sum beyond 2^63 - 1");
    }

    progress_counts counts_{};
};

/// Which counter of a run a schedule goes by.
enum class run_clock { updates, samples, tokens };

/// What that clock shows.
[[nodiscard]] PACER_HOST constexpr step_t position(const progress& at, run_clock clock) noexcept {
    switch (clock) {
    case run_clock::samples: return at.samples();
    case run_clock::tokens: return at.tokens();
    case run_clock::updates: break;
    }
    return at.updates();
}

/// A schedule together with the clock it reads. Called with a `progress`, never with a bare number, so that a curve
/// over tokens cannot be asked for the rate of an update; for the same reason it is not a `Schedule`.
template <Schedule S, run_clock Clock>
class clocked {
public:
    /// The schedule by the clock of the type.
    PACER_HOST constexpr explicit clocked(const S& schedule) : schedule_(schedule) {}

    /// The rate of the next update of a run that is this far.
    [[nodiscard]] PACER_HOST constexpr rate_t<S> operator()(const progress& at) const
        noexcept(noexcept(schedule_(step_t{}))) {
        return schedule_(position(at, Clock));
    }

    /// Whether the schedule's end is reached; the run may go on, past the end.
    [[nodiscard]] PACER_HOST constexpr bool finished(const progress& at) const noexcept {
        return position(at, Clock) >= total_steps(schedule_);
    }

    /// The schedule itself, whose step is this clock.
    [[nodiscard]] PACER_HOST constexpr const S& schedule() const noexcept { return schedule_; }

    static constexpr run_clock clock = Clock;  ///< the clock it reads

private:
    S schedule_;
};

/// The schedule, its lengths counted in applied updates.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto by_updates(const S& schedule) {
    return clocked<S, run_clock::updates>(schedule);
}

/// The schedule, its lengths counted in samples. It stays true when the batch size or the number of processes changes.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto by_samples(const S& schedule) {
    return clocked<S, run_clock::samples>(schedule);
}

/// The schedule, its lengths counted in tokens. It stays true when the batch size or the number of processes changes.
template <Schedule S>
[[nodiscard]] PACER_HOST constexpr auto by_tokens(const S& schedule) {
    return clocked<S, run_clock::tokens>(schedule);
}

namespace detail {

template <>
struct names<run_clock> {
    static constexpr const char* type = "run_clock";
    static constexpr const char* values[] = {"updates", "samples", "tokens"};
};

PACER_HOST constexpr violation check(run_clock clock) noexcept { return check_choice("clock", clock); }

}  // namespace detail
}  // namespace pacer

#endif

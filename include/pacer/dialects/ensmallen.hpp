// SPDX-License-Identifier: MIT
#ifndef PACER_DIALECTS_ENSMALLEN_HPP
#define PACER_DIALECTS_ENSMALLEN_HPP

/// ensmallen's cyclical decay, with its parameters and defaults. For growing cycles as they are meant, see `pacer::sgdr`.
/// Source: ensmallen f65354c, `sgdr/cyclical_decay.hpp`.

#include <pacer/dialects/cycles.hpp>

namespace pacer::ensmallen {

using pacer::check;

namespace detail {

/// The cosine of ensmallen's counter, piece by piece.
struct restarts {
    double step_size;
    step_t epoch_restart;
    double mult_factor;
    step_t num_functions;
    step_t batch_size;

    PACER_ASKED_STEP_BY_STEP
    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        // A piece of the curve has the updates from begin + 1 to end + 1.
        step_t length = epoch_restart;
        step_t sum = length;
        step_t begin = length;
        step_t end = sum + 1;
        if (step <= begin)
            return step_size;
        while (step > end + 1) {
            const step_t longer = grown(length);
            if (longer == length && step - end > 2 * length) {
                const step_t skipped = (step - end) / length - 2;
                sum += skipped * length;
                end = sum + 1;
            }
            length = longer;
            sum = sum > endless - 2 - length ? endless - 2 : sum + length;
            const step_t next = end + 1 > length ? end + 1 : length;
            if (step <= next)
                break;
            begin = next;
            end = sum + 1;
        }
        const step_t last = step <= end + 1 ? step : end + 1;
        return wave(last - begin - 1);
    }

private:
    PACER_HD constexpr step_t grown(step_t length) const noexcept {
        const double longer = pacer::detail::times(static_cast<double>(length), mult_factor);
        return longer < 0x1p53 ? static_cast<step_t>(longer) : longest;
    }
    // Half a wave takes num_functions / batch_size updates, which need not be whole; counted in integers.
    PACER_HD constexpr double wave(step_t updates) const noexcept {
        const step_t whole = 2 * num_functions;
        const step_t phase = (updates % whole) * (batch_size % whole) % whole;
        const step_t x = phase <= num_functions ? phase : whole - phase;
        const auto length = static_cast<double>(num_functions);
        return pacer::detail::times(
            step_size, pacer::detail::half_cosine(static_cast<double>(x), length - static_cast<double>(x), length));
    }
};

}  // namespace detail

/// Parameters of `cyclical_decay`.
struct cyclical_decay_params {
    using rate_type = double;
    static constexpr const char* name = "ensmallen::cyclical_decay";

    double step_size = 0.01;                      ///< the base rate; finite, 0 or more
    step_t epoch_restart = 50;                    ///< updates until the first decay, 1 to 2^53
    double mult_factor = 2;                       ///< how many times as long each cycle is, 1 or more
    step_t num_functions = pacer::detail::unset;  ///< examples, 1 to 2^31; must be given
    step_t batch_size = 1000;                     ///< examples of an update, 1 to 2^31

    template <class Self, class Visitor>
    PACER_HOST static constexpr void visit_fields(Self& p, Visitor&& visit) {
        visit(fields::rate("step_size", "the base rate"), p.step_size);
        visit(fields::updates_from_1("epoch_restart", "updates until the first decay"), p.epoch_restart);
        visit(fields::number_from_1("mult_factor", "how many times as long each cycle is"), p.mult_factor);
        visit(fields::updates_from_1("num_functions", "examples"), p.num_functions);
        visit(fields::updates_from_1("batch_size", "examples of an update"), p.batch_size);
    }
    PACER_HOST constexpr violation check() const noexcept {
        constexpr step_t most = step_t{1} << 31;
        return pacer::detail::first_of(
            pacer::detail::check_at_most("num_functions", num_functions, most, "must be at most"),
            pacer::detail::check_at_most("batch_size", batch_size, most, "must be at most"));
    }
    PACER_HOST constexpr auto schedule() const {
        return detail::restarts{step_size, epoch_restart, mult_factor, num_functions, batch_size};
    }
};

/// ensmallen's `CyclicalDecay`, which its SGDR runs by, before it is divided by the batch size. The rate is constant for `epoch_restart`
/// updates; then it follows a cosine whose half wave takes an epoch (num_functions / batch_size updates), not a cycle, and which rises
/// again if the cycle is longer; after each cycle it stays until so many updates have passed as the next one is long.
using cyclical_decay = pacer::detail::dialect_schedule<cyclical_decay_params>;

using schedules = pacer::detail::dialect_list<cyclical_decay>;

}  // namespace pacer::ensmallen

#endif

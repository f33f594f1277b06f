// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_PLAN_HPP
#define PACER_TRAINING_PLAN_HPP

/// How long a run is: from examples, batch and epochs to updates, as the Hugging Face Trainer counts them.
///
///     constexpr pacer::plan run{{.examples = 52'002, .per_device_batch = 4, .world_size = 8, .accumulation = 8,
///                                .epochs = 3, .warmup_ratio = 0.03}};
///     constexpr pacer::cosine lr{{.peak_lr = 2e-5, .total_steps = run.total_steps(), .warmup = run.warmup()}};
///     // run.total_steps() == 612, run.warmup_steps() == 19

#include <pacer/error.hpp>
#include <pacer/schedule.hpp>
#include <pacer/warmup.hpp>

#include <limits>

namespace pacer {

/// Whose arithmetic a plan follows: versions of transformers, each named after the last one that counts so.
enum class hf_trainer {
    v4_43,  ///< up to 4.43: as v4_48, and `warmup_steps` may be broken: a warm-up that ends between two updates
    v4_48,  ///< up to 4.48: as v4_51, and `max_steps` 0 means not set
    v4_51,  ///< up to 4.51: the micro-batches left over at the end of an epoch make no update
    v4,     ///< 4.52 to 4.57: they make one; `warmup_steps` wins over `warmup_ratio`
    v5      ///< 5.x: as 4.57, but `warmup_steps` may be a fraction, and `warmup_ratio` wins (gone since 5.15)
};

namespace detail {

template <>
struct names<hf_trainer> {
    static constexpr const char* type = "hf_trainer";
    static constexpr const char* values[] = {"v4_43", "v4_48", "v4_51", "v4", "v5"};
};

}  // namespace detail

/// A number that may be left out; holds no number unless one is assigned.
class optional_number {
public:
    constexpr optional_number() noexcept = default;
    /// This number.
    PACER_HOST constexpr optional_number(double value) noexcept : value_(value), given_(true) {}

    /// Whether there is one.
    [[nodiscard]] PACER_HOST constexpr bool given() const noexcept { return given_; }

    /// The number given; 0 if there is none.
    [[nodiscard]] PACER_HOST constexpr double value() const noexcept { return value_; }

private:
    double value_ = 0;
    bool given_ = false;
};

/// Parameters of `plan`; the defaults are the Trainer's.
struct plan_params {
    step_t examples = -1;              ///< length of the training set, 1 or more; -1: unknown
    step_t batches = -1;               ///< or its micro-batches, before they are divided among processes, 0 or more
    step_t tokens = -1;                ///< or its tokens, cut into sequences of `sequence_length`, 1 or more
    step_t sequence_length = -1;       ///< tokens in an example, 1 or more; needed with `tokens`
    step_t per_device_batch = 8;       ///< examples in a micro-batch of one process, 1 or more
    step_t world_size = 1;             ///< processes, 1 or more
    step_t accumulation = 1;           ///< micro-batches per update, 1 or more
    bool split_batches = false;        ///< accelerate's: a micro-batch is divided among the processes
    step_t sequence_parallel = 1;      ///< processes that share a sequence, 1 or more, a divisor of `world_size`
    step_t rollouts = 1;               ///< completions of each prompt (`num_generations` of GRPO and RLOO), 1 or more
    step_t steps_per_generation = -1;  ///< micro-batches whose rollouts are made at once, 1 or more; -1: `accumulation`
    step_t iterations = 1;             ///< how often each rollout is trained on (`num_iterations`), 1 or more
    double epochs = 3;                 ///< finite, 0 or more
    bool drop_last = false;            ///< leave out a last batch that is not full
    step_t max_steps = -1;             ///< updates, 0 to 2^53, wins over `epochs`; negative: not set
    optional_number warmup_ratio{};    ///< fraction of the run; 4.x: 0 to 1. 5.x: read as its `warmup_steps`
    optional_number
        warmup_steps{};  ///< updates; 4.44 to 4.57: a whole number. 5.x: below 1 it is a fraction of the run
    hf_trainer trainer = hf_trainer::v4;  ///< whose arithmetic it follows
};

namespace detail {

/// The numbers a plan consists of; only for parameters whose fields have been checked, and that rollouts divide the batch.
struct planned {
    step_t batches = -1;
    step_t per_process_batches = -1;
    step_t updates_per_epoch = -1;
    double total = -1;   // before rounding up; -1 if there is no length
    double warmup = 0;   // before rounding
    bool ratio = false;  // warmup is to be rounded up, not down
};

PACER_HOST constexpr step_t divided(step_t all, step_t by, bool whole_only) noexcept {
    return all / by + (all % by != 0 && !whole_only ? 1 : 0);
}

/// a b, at most the largest step.
PACER_HOST constexpr step_t capped_product(step_t a, step_t b) noexcept {
    return a != 0 && b > (std::numeric_limits<step_t>::max)() / a ? (std::numeric_limits<step_t>::max)() : a * b;
}

/// Micro-batches of one process in one epoch of rollouts: the prompts are taken in groups that fill a generation, and a
/// group that is not full is left out.
PACER_HOST constexpr step_t rollout_batches(const plan_params& p, step_t prompts) noexcept {
    const step_t steps = p.steps_per_generation == -1 ? p.accumulation : p.steps_per_generation;
    const step_t group = capped_product(capped_product(p.per_device_batch, p.world_size), steps) / p.rollouts;
    return capped_product(prompts / group, capped_product(p.iterations, steps));
}

PACER_HOST constexpr planned count_updates(const plan_params& p) noexcept {
    planned n;
    const step_t examples = p.tokens == -1 ? p.examples : p.tokens / p.sequence_length;
    n.batches = examples == -1 ? p.batches : divided(examples, p.per_device_batch, p.drop_last);
    if (n.batches >= 0) {
        n.per_process_batches = p.rollouts > 1    ? rollout_batches(p, examples)
                                : p.split_batches ? n.batches
                                                  : divided(n.batches, p.world_size, p.drop_last);
        n.per_process_batches = capped_product(n.per_process_batches, p.sequence_parallel);
        const step_t updates = divided(n.per_process_batches, p.accumulation, p.trainer <= hf_trainer::v4_51);
        n.updates_per_epoch = updates > 1 ? updates : 1;
    }
    const bool no_updates = p.max_steps == 0 && p.trainer > hf_trainer::v4_48;
    if (p.max_steps > 0)
        n.total = static_cast<double>(p.max_steps);
    else if (n.per_process_batches > 0 || (n.per_process_batches == 0 && p.trainer <= hf_trainer::v4_48))
        n.total = no_updates ? 0 : p.epochs * static_cast<double>(n.updates_per_epoch);

    const bool v5 = p.trainer == hf_trainer::v5;
    const bool by_ratio = p.warmup_ratio.given() && (v5 || !(p.warmup_steps.value() > 0));
    const double asked = by_ratio ? p.warmup_ratio.value() : p.warmup_steps.value();
    n.ratio = v5 ? asked < 1 : by_ratio;
    n.warmup = asked;
    return n;
}

}  // namespace detail

/// Which rule these parameters break, if any; what the constructor asks.
[[nodiscard]] PACER_HOST constexpr violation check(const plan_params& p) noexcept {
    const auto at_least_one = [](const char* field, step_t value) {
        return value >= 1 ? violation{} : detail::bad_count(field, value, "must be 1 or more");
    };
    if (p.examples < 1 && p.examples != -1)
        return detail::bad_count("examples", p.examples, "must be 1 or more, or -1 for unknown");
    if (p.batches < -1)
        return detail::bad_count("batches", p.batches, "must be 0 or more, or -1 for unknown");
    if (p.tokens < 1 && p.tokens != -1)
        return detail::bad_count("tokens", p.tokens, "must be 1 or more, or -1 for unknown");
    if ((p.examples != -1) + (p.batches != -1) + (p.tokens != -1) > 1)
        return p.tokens != -1 ? detail::bad_count("tokens", p.tokens, "cannot be given beside examples or batches")
                              : detail::bad_count("batches", p.batches, "cannot be given beside examples");
    if (p.sequence_length < 1 && (p.sequence_length != -1 || p.tokens != -1))
        return detail::bad_count("sequence_length", p.sequence_length, "must be 1 or more where tokens are given");
    if (p.steps_per_generation < 1 && p.steps_per_generation != -1)
        return detail::bad_count("steps_per_generation", p.steps_per_generation, "must be 1 or more");
    if (const violation v = detail::first_of(
            at_least_one("per_device_batch", p.per_device_batch), at_least_one("world_size", p.world_size),
            at_least_one("accumulation", p.accumulation), at_least_one("sequence_parallel", p.sequence_parallel),
            at_least_one("rollouts", p.rollouts), at_least_one("iterations", p.iterations)))
        return v;
    if (p.world_size % p.sequence_parallel != 0)
        return detail::bad_count("sequence_parallel", p.sequence_parallel, "must divide world_size");
    if (p.split_batches && p.per_device_batch % p.world_size != 0)
        return detail::bad_count("per_device_batch", p.per_device_batch,
                                 "must be a multiple of world_size with split_batches");
    if (p.rollouts > 1) {
        const step_t steps = p.steps_per_generation == -1 ? p.accumulation : p.steps_per_generation;
        if (detail::capped_product(detail::capped_product(p.per_device_batch, p.world_size), steps) % p.rollouts != 0)
            return detail::bad_count("rollouts", p.rollouts,
                                     "must divide per_device_batch x world_size x steps_per_generation");
        if (p.batches != -1)
            return detail::bad_count("batches", p.batches, "cannot be given with rollouts: give examples");
    }
    if (!detail::is_between_0_and(pacer::detail::largest<double>, p.epochs))
        return detail::bad_rate("epochs", p.epochs, "must be finite, 0 or more");
    if (p.max_steps > longest)
        return detail::bad_count("max_steps", p.max_steps, "must be at most 2^53");
    if (const violation v = detail::check_choice("trainer", p.trainer))
        return v;

    const bool v5 = p.trainer == hf_trainer::v5;
    const double ratio = p.warmup_ratio.value();
    const double steps = p.warmup_steps.value();
    if (!v5 && !detail::is_between_0_and(1, ratio))
        return detail::bad_rate("warmup_ratio", ratio, "must be from 0 to 1");
    if (v5 && !detail::is_between_0_and(0x1p53, ratio))
        return detail::bad_rate("warmup_ratio", ratio, "must be from 0 to 2^53");
    if (!detail::is_between_0_and(0x1p53, steps))
        return detail::bad_rate("warmup_steps", steps, "must be from 0 to 2^53");
    if (!v5 && p.trainer != hf_trainer::v4_43 && static_cast<double>(detail::floor_to_int(steps)) != steps)
        return detail::bad_rate("warmup_steps", steps, "must be a whole number from 4.44 to 4.57");

    const detail::planned n = detail::count_updates(p);
    if (n.total < 0 && n.batches == -1)
        return detail::bad_count("max_steps", p.max_steps, "must be 1 or more where the number of examples is unknown");
    if (n.total < 0 && p.batches != -1)
        return detail::bad_count("batches", p.batches, "are not one for every process");
    if (n.total < 0 && p.tokens != -1)
        return detail::bad_count("tokens", p.tokens, "are not one whole batch for every process");
    if (n.total < 0 && p.rollouts > 1)
        return detail::bad_count("examples", p.examples, "are not enough prompts for one generation");
    if (n.total < 0)
        return detail::bad_count("examples", p.examples, "are not one whole batch for every process");
    if (!(n.total <= 0x1p53))
        return detail::bad_rate("epochs", p.epochs, "must make a run of at most 2^53 updates");
    return {};
}

/// How many updates a run has, and how many of them are warm-up, as the Hugging Face Trainer counts.
///
///     examples N              = as given, or tokens / sequence_length, rounded down
///     batches B               = as given, or ceil(N / per_device_batch), rounded down with drop_last
///     per process L           = ceil(B / world_size), rounded down with drop_last; B with split_batches
///       with rollouts         = iterations x s x floor(N / G), G = per_device_batch x world_size x s / rollouts prompts
///                               in a generation of s = steps_per_generation micro-batches
///       sequence parallelism  = L x sequence_parallel: every process goes through the batches of those it shares with
///     updates per epoch U     = max(1, ceil(L / accumulation)), rounded down up to 4.51
///     total_steps T           = max_steps if above 0, else ceil(epochs x U) in binary64; 0 if max_steps is 0 (from 4.49)
///     warmup_steps, 4.x       = warmup_steps if above 0, else ceil(T x warmup_ratio) in binary64
///     warmup_steps, 5.x       = w rounded down if w >= 1, else ceil(T x w), where w is warmup_ratio if given (up to
///                               5.14; later versions have no such argument), else warmup_steps
///
/// Accumulation never reaches across epochs, and accelerate gives every process equally many batches, so T is often
/// more than examples x epochs / (batch x world x accumulation). The warm-up may be longer than the run: the Trainer
/// accepts it, and the run ends inside the warm-up. `overlong()` says so; schedules refuse such a `warmup()`. Where
/// there is no batch (`drop_last`), the Trainer up to 4.48 plans one update an epoch, or max_steps, and makes none:
/// `makes_no_update()`.
/// An error (`invalid_schedule`): a field outside the range its comment states; nothing that says the length; two things
/// that say it; from 4.49 on `examples` that make no batch, without max_steps; more than 2^53 updates.
/// Source: `Trainer.set_initial_training_values` and `TrainingArguments.get_warmup_steps` (transformers 4.41.2 to 4.57.6,
/// 5.14.1, 5.23.0; twelve wheels), `BatchSamplerShard` with even_batches and split_batches (accelerate 1.15.0),
/// `RepeatSampler` (TRL 0.24.0). Not covered: dispatched loaders; with tensor or context parallelism `world_size` is that
/// of the processes with batches of their own; under DataParallel `per_device_batch` is that of all devices together.
class plan {
public:
    PACER_HOST constexpr explicit plan(const plan_params& p) : params_(p) {
        detail::require(check(p));
        counted_ = detail::count_updates(p);
        total_ = detail::ceil_to_int(counted_.total);
        const double warmup = counted_.ratio ? static_cast<double>(total_) * counted_.warmup : counted_.warmup;
        warmup_ = counted_.ratio ? detail::ceil_to_int(warmup) : detail::floor_to_int(warmup);
    }

    /// Updates of the whole run.
    [[nodiscard]] PACER_HOST constexpr step_t total_steps() const noexcept { return total_; }
    /// Updates of warm-up, after rounding.
    [[nodiscard]] PACER_HOST constexpr step_t warmup_steps() const noexcept { return warmup_; }

    /// The same, for the `.warmup` field of a schedule.
    [[nodiscard]] PACER_HOST constexpr pacer::warmup warmup() const noexcept { return pacer::warmup_steps(warmup_); }

    /// Whether the run ends inside its warm-up.
    [[nodiscard]] PACER_HOST constexpr bool overlong() const noexcept { return warmup_ > total_; }

    /// Whether the training set makes no batch, so that the Trainer ends before its first update.
    [[nodiscard]] PACER_HOST constexpr bool makes_no_update() const noexcept {
        return counted_.per_process_batches == 0;
    }

    /// The warm-up as the scheduler has it, before a broken number of updates (up to 4.43) is rounded down.
    [[nodiscard]] PACER_HOST constexpr double unrounded_warmup() const noexcept {
        return counted_.ratio || params_.trainer != hf_trainer::v4_43 ? static_cast<double>(warmup_) : counted_.warmup;
    }

    /// Updates in one epoch; -1 if they are unknown.
    [[nodiscard]] PACER_HOST constexpr step_t updates_per_epoch() const noexcept { return counted_.updates_per_epoch; }

    /// Micro-batches in one epoch, of all processes together; -1 if they are unknown.
    [[nodiscard]] PACER_HOST constexpr step_t batches() const noexcept { return counted_.batches; }

    /// Micro-batches that one process sees in one epoch; -1 if they are unknown.
    [[nodiscard]] PACER_HOST constexpr step_t per_process_batches() const noexcept {
        return counted_.per_process_batches;
    }

    /// What it was made from.
    [[nodiscard]] PACER_HOST constexpr const plan_params& params() const noexcept { return params_; }

private:
    plan_params params_;
    detail::planned counted_{};
    step_t total_ = 0;
    step_t warmup_ = 0;
};

}  // namespace pacer

#endif

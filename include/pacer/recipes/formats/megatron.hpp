// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_MEGATRON_HPP
#define PACER_RECIPES_FORMATS_MEGATRON_HPP

/// Megatron-LM's arguments, and those of ms-swift's trainer of Megatron.
/// Source: Megatron-LM at August 2026, `get_optimizer_param_scheduler`, `validate_args`, `num_microbatches_calculator.py`;
/// ms-swift 4.6.0, `megatron/arguments/megatron_args.py`.

#include <pacer/dialects/megatron.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

/// A batch that grows: from `start` by `increment` up to `full`, in equal parts of the first `samples`.
struct megatron_rampup {
    step_t start;
    step_t increment;  ///< 1 or more; divides full - start, which is above 0
    step_t samples;    ///< 1 or more
    step_t full;

    /// How far the run is after some updates.
    struct position {
        step_t samples;
        step_t updates;
    };

    /// The batch of an update that begins with so many samples behind it, at most `samples`.
    [[nodiscard]] PACER_HOST step_t batch_at(step_t consumed) const noexcept {
        const step_t increments = (full - start) / increment;
        const double of_increment = static_cast<double>(samples) / static_cast<double>(increments);
        return start + static_cast<step_t>(static_cast<double>(consumed) / of_increment) * increment;
    }

    /// As far as the batch grows, but at most `updates` and no further than the first update that begins past `end`.
    [[nodiscard]] PACER_HOST position run(step_t updates, step_t end) const noexcept {
        position at{0, 0};
        while (at.updates < updates && at.samples <= end && at.samples <= samples) {
            const step_t batch = batch_at(at.samples);
            // So many more updates have the same batch; the bound of doubles is one too few or right.
            const step_t most = (std::min)((samples - at.samples) / batch, updates - at.updates);
            step_t low = 1;
            for (step_t high = (std::max)(most, step_t{1}); low < high;) {
                const step_t middle = low + (high - low + 1) / 2;
                if (batch_at(at.samples + (middle - 1) * batch) == batch && at.samples + (middle - 1) * batch <= end)
                    low = middle;
                else
                    high = middle - 1;
            }
            at = {at.samples + low * batch, at.updates + low};
        }
        return at;
    }

    /// The samples behind the beginning of an update.
    [[nodiscard]] PACER_HOST step_t samples_before(step_t update) const noexcept {
        const position at = run(update, longest);
        const step_t rest = update - at.updates;
        return rest <= (longest - at.samples) / full ? at.samples + rest * full : longest;
    }

    /// The first update with so many samples behind it, or more.
    [[nodiscard]] PACER_HOST step_t first_update_at(step_t all) const noexcept {
        const position at = run(longest, all - 1);
        return at.updates + (all > at.samples ? divided_up(all - at.samples, full) : 0);
    }

    /// The updates of a run of so many samples, as Megatron counts them.
    [[nodiscard]] PACER_HOST step_t updates_of(step_t all) const noexcept {
        const position at = run(longest, longest);
        return at.updates + (all > at.samples ? (all - at.samples) / full : 0);
    }
};

/// A schedule whose steps are samples, asked with updates whose batch grows.
template <Schedule S>
struct in_growing_batches {
    S schedule;
    megatron_rampup rampup;

    [[nodiscard]] PACER_HOST double operator()(step_t step) const noexcept {
        return schedule(rampup.samples_before(step < 0 ? 0 : step));
    }
    [[nodiscard]] PACER_HOST step_t total_steps() const noexcept {
        return rampup.first_update_at(schedule.total_steps());
    }
};
template <class S>
in_growing_batches(S, megatron_rampup) -> in_growing_batches<S>;

/// Whether a command is `megatron sft`, of ms-swift.
PACER_HOST inline bool is_megatron_swift(const document& from) {
    return std::any_of(from.words.begin(), from.words.end(), [](const std::string& word) {
        return word == "megatron" || word.find("swift/cli/_megatron") != std::string::npos;
    });
}

class megatron_reader {
public:
    PACER_HOST megatron_reader(const document& from, const run_facts& facts, const recipe&)
        : s_(from, facts), is_swift_(is_megatron_swift(from)) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names("", {"lr", "min_lr", "lr_decay_style", "lr_decay_iters", "lr_decay_samples",
                            "lr_warmup_fraction", "lr_warmup_iters", "lr_warmup_samples", "lr_warmup_init",
                            "lr_wsd_decay_style", "lr_wsd_decay_iters", "lr_wsd_decay_samples", "train_iters",
                            "train_samples", "global_batch_size", "micro_batch_size", "rampup_batch_size"});
        for (const char* gone : {"warmup", "batch_size", "lr_warmup_percent"})
            if (s_.has(gone))
                s_.mistake(s_.where(gone), "is no argument of Megatron any more, accepted: lr_warmup_fraction, "
                                           "lr_warmup_iters, micro_batch_size");
        for (const char* tokens : {"train_tokens", "lr_decay_tokens", "lr_warmup_tokens"})
            if (s_.has(tokens))
                s_.mistake(s_.where(tokens), "is of Megatron-DeepSpeed, whose curve in tokens is not supported; "
                                             "accepted: lengths in iterations or samples");
        if (s_.has("step_batch_size_schedule"))
            s_.mistake(
                s_.where("step_batch_size_schedule"),
                "lets the batch grow by a table of its own, which is not supported; accepted: one batch size, or "
                "rampup_batch_size");
        if (is_swift_ && s_.has("learning_rate"))
            s_.mistake(s_.where("learning_rate"), "is no argument of ms-swift's Megatron; accepted: lr");
        read();
        count();
        return report();
    }

private:
    PACER_HOST void read() {
        if (is_swift_) {
            const std::string tuner = s_.text("tuner_type").value_or(s_.text("train_type").value_or("full"));
            lr_ = s_.number("lr").value_or(tuner == "full" ? 1e-5 : 1e-4);
        } else {
            lr_ = s_.needed_number("lr", std::string(a_rate) + " (Megatron has no default)");
        }
        min_lr_ = s_.number("min_lr").value_or(0);
        init_lr_ = s_.number("lr_warmup_init").value_or(0);
        style_ = s_.choice("lr_decay_style", is_swift_ ? "cosine" : "linear",
                           {"constant", "linear", "cosine", "inverse-square-root", "WSD"});
        tail_ = s_.choice("lr_wsd_decay_style", "exponential", {"exponential", "linear", "cosine", "minus_sqrt"});
        for (const auto& [field, path] : {std::pair{"max_lr", "lr"}, std::pair{"min_lr", "min_lr"},
                                          std::pair{"init_lr", "lr_warmup_init"}, std::pair{"peak_lr", "lr"}})
            s_.is_from(field, path);
    }

    /// One number in two units: samples divided by the batch, or updates.
    PACER_HOST void count() {
        fraction_ = s_.fraction("lr_warmup_fraction");
        in_samples_ = s_.has("train_samples");
        if (in_samples_ && s_.has("train_iters"))
            s_.mistake(s_.where("train_samples"),
                       "found beside train_iters " + s_.written("train_iters") + ", accepted: one of them");
        if (in_samples_ || s_.has("lr_decay_samples"))
            refuse({"lr_decay_iters", "lr_warmup_iters", "lr_wsd_decay_iters"});
        else
            refuse({"lr_decay_samples", "lr_warmup_samples", "lr_wsd_decay_samples"});
        batch_ = in_samples_ ? s_.needed_count("global_batch_size", 1,
                                               std::string(a_count_from_1) + " (the run is counted in samples)")
                             : 1;
        const char* train = in_samples_ ? "train_samples" : "train_iters";
        const char* decay = in_samples_ ? "lr_decay_samples" : "lr_decay_iters";
        const char* warmup = in_samples_ ? "lr_warmup_samples" : "lr_warmup_iters";
        const char* wsd = in_samples_ ? "lr_wsd_decay_samples" : "lr_wsd_decay_iters";
        const std::optional<step_t> given = is_swift_ ? updates_of_swift() : s_.count(train, 1);
        if (!given && !s_.facts().total_steps)
            s_.wrong(train, std::string(a_count_from_1) + " (or train_samples, or the number of updates)");
        const step_t length = given ? *given : s_.facts().total_steps.value_or(1);
        read_rampup();
        total_ = rampup_ ? rampup_->updates_of(length) : length / batch_;
        s_.add("updates", std::to_string(total_),
               !given              ? s_.facts().total_from
               : !planned_.empty() ? planned_
               : rampup_           ? s_.source(train) + ", " + std::to_string(length) + " samples in batches that grow"
               : in_samples_ ? s_.source(train) + ", " + std::to_string(length) + " samples / " + std::to_string(batch_)
                             : s_.source(train));
        if (given && s_.facts().total_steps && *s_.facts().total_steps != total_) {
            s_.say("the run has " + std::to_string(*s_.facts().total_steps) + " updates, not the " +
                   std::to_string(total_) + " of " + train + " " + s_.written(train) +
                   (s_.has(decay) ? "" : "; the curve has the length that is written"));
            total_ = *s_.facts().total_steps;
        }
        decay_ = s_.count(decay, 1).value_or(length);
        if (fraction_ && s_.count(warmup).value_or(0) != 0)
            s_.mistake(s_.where("lr_warmup_fraction"),
                       "found beside " + std::string(warmup) + " " + s_.written(warmup) + ", accepted: one of them");
        warmup_ =
            fraction_ ? *fraction_ * static_cast<double>(decay_) : static_cast<double>(s_.count(warmup).value_or(0));
        wsd_ = s_.count(wsd).value_or(-1);
        if (style_ == "WSD" && wsd_ < 0)
            s_.wrong(wsd, std::string(a_count) + " (WSD needs it)");
        if (!(warmup_ < static_cast<double>(decay_)))
            s_.fail(s_.where(fraction_ ? "lr_warmup_fraction" : warmup),
                    "makes a warm-up of " + shortest(warmup_) + " in a decay of " + std::to_string(decay_) +
                        ", accepted: a shorter one");
        s_.is_from("lr_warmup_steps", warmup);
        s_.is_from("warmup", "lr_warmup_fraction");
        s_.is_from("lr_decay_steps", decay);
        s_.is_from("total_steps", decay);
        s_.is_from("wsd_decay_steps", wsd);

        const std::string unit = in_samples_ ? " samples" : " updates";
        s_.add("decay ends", std::to_string(decay_) + unit, s_.has(decay) ? s_.source(decay) : "default, the run");
        s_.add("warm-up", shortest(warmup_) + unit,
               fraction_ ? s_.source("lr_warmup_fraction") + ", " + shortest(*fraction_) + " x " +
                               std::to_string(decay_) + ", not rounded"
                         : s_.source(warmup));
        s_.add("floor", shortest(min_lr_), s_.source("min_lr"));
        if (style_ == "WSD")
            s_.add("WSD decay", std::to_string(wsd_) + unit + ", " + tail_, s_.source(wsd));
    }

    /// ms-swift plans by epochs, where they are given; of the examples only whole steps of all processes count.
    [[nodiscard]] PACER_HOST std::optional<step_t> updates_of_swift() {
        // max_epochs, until version 4.
        const char* key = s_.has("max_epochs") ? "max_epochs" : "num_train_epochs";
        const std::optional<step_t> epochs = s_.count(key, 1);
        const std::optional<step_t> written = s_.count("train_iters", 1);
        if (!epochs || s_.facts().total_steps)
            return written;
        const step_t micro = s_.count("micro_batch_size", 1).value_or(1);
        const step_t batch = s_.count("global_batch_size", 1).value_or(16);
        step_t of_model = 1;
        for (const char* parallel :
             {"tensor_model_parallel_size", "pipeline_model_parallel_size", "context_parallel_size"})
            of_model *= (std::min)(s_.count(parallel, 1).value_or(1), step_t{1} << 20);
        const step_t replicas = (std::max)(s_.world_size() / of_model, step_t{1});
        const step_t examples = s_.examples(key, "train_iters");
        if (micro > longest / replicas || examples > longest / *epochs)
            s_.fail(key, "a run of at most 2^53 updates");
        const step_t counted = examples / (micro * replicas) * (micro * replicas);
        const step_t repeats =
            s_.text("rlhf_type").value_or("") == "grpo" ? s_.count("num_generations", 1).value_or(8) : 1;
        const step_t updates = counted <= longest / *epochs / repeats ? counted * repeats * *epochs / batch : longest;
        planned_ = "floor(" + std::to_string(counted) + " examples" +
                   (repeats > 1 ? " x " + std::to_string(repeats) + " generations" : std::string()) + " x " +
                   count_of_epochs(*epochs) + " / " + std::to_string(batch) + ")";
        if (written)
            s_.say(std::string(key) + " " + s_.written(key) + " wins over train_iters " + s_.written("train_iters"));
        if (updates >= 1)
            return updates;
        s_.clash(key, "a run of at least one update");
        return 1;
    }

    PACER_HOST void read_rampup() {
        if (!s_.has("rampup_batch_size"))
            return;
        constexpr const char* accepted = "three numbers: the first batch, its growth, the samples over which it grows";
        if (!in_samples_)
            return s_.mistake(
                s_.where("rampup_batch_size"),
                "lets the batch grow, which Megatron refuses in a run by iterations; accepted: train_samples");
        const tree& given = s_.find("rampup_batch_size")->value;
        if (given.is != tree::kind::list || given.items.size() != 3)
            return s_.wrong("rampup_batch_size", accepted);
        step_t numbers[3];
        for (std::size_t i = 0; i < 3; ++i) {
            const tree& item = given.items[i];
            const tree number = item.is == tree::kind::text ? number_or_text(item.text) : item;
            if (number.is != tree::kind::integer || number.integer < 1 || number.integer > longest)
                return s_.wrong("rampup_batch_size", accepted);
            numbers[i] = number.integer;
        }
        if (numbers[0] >= batch_ || (batch_ - numbers[0]) % numbers[1] != 0)
            return s_.clash("rampup_batch_size", "a first batch below the global batch size of " +
                                                     std::to_string(batch_) + ", from which its growth leads to it");
        // Each rate is counted up from the first update, one size of the batch after another.
        constexpr step_t most_sizes = 4096;
        if ((batch_ - numbers[0]) / numbers[1] > most_sizes)
            return s_.wrong("rampup_batch_size", "at most 4096 sizes of the batch");
        rampup_ = megatron_rampup{numbers[0], numbers[1], numbers[2], batch_};
        s_.add("batch grows",
               "from " + std::to_string(numbers[0]) + " by " + std::to_string(numbers[1]) + " to " +
                   std::to_string(batch_),
               s_.source("rampup_batch_size") + ", over " + std::to_string(numbers[2]) + " samples");
    }

    PACER_HOST void refuse(std::initializer_list<const char*> others) const {
        for (const char* key : others)
            if (s_.has(key) && s_.count(key) != step_t{0})
                s_.mistake(s_.where(key), std::string("found in a run that is counted in ") +
                                              (in_samples_ ? "samples" : "updates") +
                                              ", which Megatron refuses; accepted: the other unit");
    }

    [[nodiscard]] PACER_HOST bool is_whole(double x) const { return static_cast<double>(floor_count(x)) == x; }

    [[nodiscard]] PACER_HOST pacer::megatron::optimizer_param_scheduler dialect(step_t unit) const {
        using style = pacer::megatron::lr_decay_style;
        using tail = pacer::megatron::lr_wsd_decay_style;
        return pacer::megatron::optimizer_param_scheduler(
            {.init_lr = init_lr_,
             .max_lr = lr_,
             .min_lr = min_lr_,
             .lr_warmup_steps = bounded_quotient(floor_count(warmup_), unit),
             .lr_decay_steps = decay_ / unit,
             .lr_decay_style = style_ == "constant" ? style::constant
                               : style_ == "linear" ? style::linear
                               : style_ == "cosine" ? style::cosine
                               : style_ == "WSD"    ? style::WSD
                                                    : style::inverse_square_root,
             .wsd_decay_steps = wsd_ < 0 ? pacer::detail::unset : wsd_ / unit,
             .lr_wsd_decay_style = tail_ == "linear"       ? tail::linear
                                   : tail_ == "cosine"     ? tail::cosine
                                   : tail_ == "minus_sqrt" ? tail::minus_sqrt
                                                           : tail::exponential});
    }

    [[nodiscard]] PACER_HOST resolved report() {
        const step_t whole_warmup =
            rampup_ ? rampup_->first_update_at(ceil_count(warmup_)) : ceil_count(warmup_ / static_cast<double>(batch_));
        const bool in_updates = is_whole(warmup_) && floor_count(warmup_) % batch_ == 0 && decay_ % batch_ == 0 &&
                                (wsd_ < 0 || wsd_ % batch_ == 0);
        if (rampup_)
            s_.say("Megatron counts in samples: an update is at the samples of those before it, whose batches grow");
        else if (in_samples_)
            s_.say("Megatron counts in samples: update s is at s x the global batch size of " + std::to_string(batch_));
        const std::string name = style_ == "WSD" ? "WSD, " + tail_ : style_;
        s_.add_head(name, s_.source("lr_decay_style"), lr_, "lr");
        if (rampup_ && is_whole(warmup_))
            return s_.finish(name, lr_, total_, whole_warmup, [&] { return in_growing_batches{dialect(1), *rampup_}; });
        if (in_updates)
            return s_.finish(name, lr_, total_, whole_warmup, [&] { return dialect(batch_); });
        if (is_whole(warmup_))
            return s_.finish(name, lr_, total_, whole_warmup, [&] { return in_other_units{dialect(1), batch_, 0}; });
        if (in_samples_ || style_ == "inverse-square-root")
            s_.fail(s_.where("lr_warmup_fraction"),
                    "makes a warm-up of " + shortest(warmup_) + (in_samples_ ? " samples" : " updates") +
                        ", which ends between two; accepted: a fraction that makes a whole number");
        return fractional(name, whole_warmup);
    }

    /// A warm-up that ends between two updates, as Megatron runs it.
    [[nodiscard]] PACER_HOST resolved fractional(const std::string& name, step_t whole_warmup) {
        std::vector<field_given> fields{{"peak_lr", lr_},
                                        {"init_lr", init_lr_},
                                        {"total_steps", decay_},
                                        {"warmup", warmup_ratio(*fraction_, rounding::exact)}};
        if (style_ == "constant")
            return s_.finish(name, lr_, total_, whole_warmup, "constant_with_warmup", fields);
        if (style_ == "linear") {
            fields.push_back({"end_lr", min_lr_});
            return s_.finish(name, lr_, total_, whole_warmup, "linear", fields);
        }
        fields.push_back({"min_lr", min_lr_});
        if (style_ == "cosine")
            return s_.finish(name, lr_, total_, whole_warmup, "cosine_with_min_lr", fields);
        fields.push_back({"decay_steps", wsd_});
        fields.push_back({"decay_shape", tail_ == "linear"       ? ramp_shape::linear
                                         : tail_ == "cosine"     ? ramp_shape::cosine
                                         : tail_ == "minus_sqrt" ? ramp_shape::one_minus_sqrt
                                                                 : ramp_shape::half_life});
        return s_.finish(name, lr_, total_, whole_warmup, "warmup_stable_decay", fields);
    }

    sheet s_;
    bool is_swift_;
    std::optional<megatron_rampup> rampup_{};
    std::string planned_{};  // where ms-swift's length is from
    double lr_ = 0;
    double min_lr_ = 0;
    double init_lr_ = 0;
    std::string style_{};
    std::string tail_{};
    std::optional<double> fraction_{};
    bool in_samples_ = false;
    step_t batch_ = 1;  // samples of a unit that the other numbers are in: 1 if that is an update
    step_t total_ = 0;
    step_t decay_ = 0;
    double warmup_ = 0;
    step_t wsd_ = -1;
};

}  // namespace detail

/// Megatron-LM's arguments: `--lr`, `--train-iters` or `--train-samples`, `--lr-decay-style`, ...
///
/// `lr_warmup_fraction` is of the decay and is not rounded; lengths in samples are divided by the global batch size, and a
/// curve whose lengths are no whole numbers of updates runs as it does there.
/// An error (`recipe_error`): no `lr`; lengths in both units; WSD without the length of its decay; a warm-up that is not
/// shorter than the decay; a batch that grows in a run by iterations, as there.
PACER_MODE inline constexpr format megatron_format{
    "megatron", "Megatron-LM",
    [](const tree& root) {
        return is_command(root) && has_any(root, {"lr_decay_style", "lr_decay_iters", "lr_warmup_fraction",
                                                  "lr_warmup_iters", "lr_decay_samples", "lr_warmup_samples",
                                                  "train_iters", "train_samples", "lr_wsd_decay_style"});
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::megatron_reader>(root, file, "Megatron-LM");
    }};

}  // namespace pacer::recipes::trainers

#endif

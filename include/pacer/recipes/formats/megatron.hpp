// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_MEGATRON_HPP
#define PACER_RECIPES_FORMATS_MEGATRON_HPP

/// Megatron-LM's arguments.
/// Source: Megatron-LM at August 2026, `get_optimizer_param_scheduler` and `validate_args`.

#include <pacer/dialects/megatron.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

class megatron_reader {
public:
    PACER_HOST megatron_reader(const document& from, const run_facts& facts, const recipe&) : s_(from, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names("", {"lr", "min_lr", "lr_decay_style", "lr_decay_iters", "lr_decay_samples",
                            "lr_warmup_fraction", "lr_warmup_iters", "lr_warmup_samples", "lr_warmup_init",
                            "lr_wsd_decay_style", "lr_wsd_decay_iters", "lr_wsd_decay_samples", "train_iters",
                            "train_samples", "global_batch_size", "micro_batch_size", "rampup_batch_size"});
        for (const char* gone : {"warmup", "batch_size", "lr_warmup_percent"})
            if (s_.has(gone))
                throw recipe_error(s_.where(gone), "is no argument of Megatron any more, accepted: lr_warmup_fraction, "
                                                   "lr_warmup_iters, micro_batch_size");
        for (const char* tokens : {"train_tokens", "lr_decay_tokens", "lr_warmup_tokens"})
            if (s_.has(tokens))
                throw recipe_error(s_.where(tokens),
                                   "is of Megatron-DeepSpeed, whose curve in tokens is not supported; "
                                   "accepted: lengths in iterations or samples");
        if (s_.has("rampup_batch_size") || s_.has("step_batch_size_schedule"))
            throw recipe_error(
                s_.where(s_.has("rampup_batch_size") ? "rampup_batch_size" : "step_batch_size_schedule"),
                "lets the batch grow, and the curve of Megatron runs in samples; accepted: one batch size "
                "(pacer::megatron::optimizer_param_scheduler takes samples for steps)");
        read();
        count();
        return report();
    }

private:
    PACER_HOST void read() {
        const std::optional<double> lr = s_.number("lr");
        if (!lr)
            s_.fail("lr", std::string(a_rate) + " (Megatron has no default)");
        lr_ = *lr;
        min_lr_ = s_.number("min_lr").value_or(0);
        init_lr_ = s_.number("lr_warmup_init").value_or(0);
        style_ = s_.choice("lr_decay_style", "linear", {"constant", "linear", "cosine", "inverse-square-root", "WSD"});
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
            throw recipe_error(s_.where("train_samples"),
                               "found beside train_iters " + s_.written("train_iters") + ", accepted: one of them");
        if (in_samples_ || s_.has("lr_decay_samples"))
            refuse({"lr_decay_iters", "lr_warmup_iters", "lr_wsd_decay_iters"});
        else
            refuse({"lr_decay_samples", "lr_warmup_samples", "lr_wsd_decay_samples"});
        if (in_samples_ && !s_.has("global_batch_size"))
            s_.fail("global_batch_size", std::string(a_count_from_1) + " (the run is counted in samples)");
        batch_ = in_samples_ ? *s_.count("global_batch_size", 1) : 1;
        const char* train = in_samples_ ? "train_samples" : "train_iters";
        const char* decay = in_samples_ ? "lr_decay_samples" : "lr_decay_iters";
        const char* warmup = in_samples_ ? "lr_warmup_samples" : "lr_warmup_iters";
        const char* wsd = in_samples_ ? "lr_wsd_decay_samples" : "lr_wsd_decay_iters";
        const std::optional<step_t> given = s_.count(train, 1);
        if (!given && !s_.facts().total_steps)
            s_.fail(train, std::string(a_count_from_1) + " (or train_samples, or the number of updates)");
        const step_t length = given ? *given : *s_.facts().total_steps;
        total_ = length / batch_;
        s_.add("updates", std::to_string(total_),
               !given        ? s_.facts().total_from
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
            throw recipe_error(s_.where("lr_warmup_fraction"), "found beside " + std::string(warmup) + " " +
                                                                   s_.written(warmup) + ", accepted: one of them");
        warmup_ =
            fraction_ ? *fraction_ * static_cast<double>(decay_) : static_cast<double>(s_.count(warmup).value_or(0));
        wsd_ = s_.count(wsd).value_or(-1);
        if (style_ == "WSD" && wsd_ < 0)
            s_.fail(wsd, std::string(a_count) + " (WSD needs it)");
        if (!(warmup_ < static_cast<double>(decay_)))
            throw recipe_error(s_.where(fraction_ ? "lr_warmup_fraction" : warmup),
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

    PACER_HOST void refuse(std::initializer_list<const char*> others) const {
        for (const char* key : others)
            if (s_.has(key) && s_.count(key) != step_t{0})
                throw recipe_error(s_.where(key), std::string("found in a run that is counted in ") +
                                                      (in_samples_ ? "samples" : "updates") +
                                                      ", which Megatron refuses; accepted: the other unit");
    }

    [[nodiscard]] PACER_HOST bool is_whole(double x) const {
        return static_cast<double>(pacer::detail::floor_to_int(x)) == x;
    }

    [[nodiscard]] PACER_HOST pacer::megatron::optimizer_param_scheduler dialect(step_t unit) const {
        using style = pacer::megatron::lr_decay_style;
        using tail = pacer::megatron::lr_wsd_decay_style;
        return pacer::megatron::optimizer_param_scheduler(
            {.init_lr = init_lr_,
             .max_lr = lr_,
             .min_lr = min_lr_,
             .lr_warmup_steps = pacer::detail::floor_to_int(warmup_) / unit,
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
        const step_t whole_warmup = pacer::detail::ceil_to_int(warmup_ / static_cast<double>(batch_));
        const bool in_updates = is_whole(warmup_) && pacer::detail::floor_to_int(warmup_) % batch_ == 0 &&
                                decay_ % batch_ == 0 && (wsd_ < 0 || wsd_ % batch_ == 0);
        if (in_samples_)
            s_.say("Megatron counts in samples: update s is at s x the global batch size of " + std::to_string(batch_));
        const std::string name = style_ == "WSD" ? "WSD, " + tail_ : style_;
        s_.add_head(name, s_.source("lr_decay_style"), lr_, "lr");
        if (in_updates)
            return s_.finish(name, lr_, total_, whole_warmup, [&] { return dialect(batch_); });
        if (is_whole(warmup_))
            return s_.finish(name, lr_, total_, whole_warmup, [&] { return in_other_units{dialect(1), batch_, 0}; });
        if (in_samples_ || style_ == "inverse-square-root")
            throw recipe_error(s_.where("lr_warmup_fraction"),
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
/// shorter than the decay; a batch that grows.
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

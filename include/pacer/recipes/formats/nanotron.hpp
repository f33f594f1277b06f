// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_NANOTRON_HPP
#define PACER_RECIPES_FORMATS_NANOTRON_HPP

/// nanotron's YAML.
/// Source: nanotron at April 2026: `helpers.py` (`lr_scheduler_builder`), `config/config.py` (`LRSchedulerArgs`), `trainer.py`.

#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

class nanotron_reader {
public:
    PACER_HOST nanotron_reader(const document& from, const run_facts& facts, const recipe&) : s_(from, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names(section, {"learning_rate", "lr_warmup_steps", "lr_warmup_style", "lr_decay_style",
                                 "lr_decay_steps", "lr_decay_starting_step", "min_decay_lr"});
        s_.check_names("tokens",
                       {"sequence_length", "train_steps", "micro_batch_size", "batch_accumulation_per_replica"});
        lr_ = s_.needed_number(in("learning_rate"));
        if (!s_.has(in("lr_warmup_style")))
            s_.wrong(in("lr_warmup_style"), "linear or constant (nanotron has no default)");
        const bool rises = s_.choice(in("lr_warmup_style"), "linear", {"linear", "constant"}) == "linear";
        style_ = s_.choice(in("lr_decay_style"), "linear", {"linear", "cosine", "1-sqrt"});
        floor_ = s_.number(in("min_decay_lr")).value_or(lr_);
        warmup_ = s_.count(in("lr_warmup_steps")).value_or(0);
        s_.add_head((rises ? "linear warm-up, " : "no warm-up, ") + style_ + " decay", s_.source(in("lr_decay_style")),
                    lr_, in("learning_rate"));
        count_updates();
        say_batch();
        count_phases(rises);
        for (const auto& [field, key] : {std::pair{"peak_lr", "learning_rate"}, std::pair{"min_lr", "min_decay_lr"},
                                         std::pair{"end_lr", "min_decay_lr"}, std::pair{"lr", "learning_rate"}})
            s_.is_from(field, in(key));
        return choose(rises);
    }

private:
    static constexpr const char* section = "optimizer.learning_rate_scheduler";
    [[nodiscard]] PACER_HOST static std::string in(const char* key) { return std::string(section) + "." + key; }

    PACER_HOST void count_updates() {
        const step_t written = s_.facts().total_steps && !s_.has("tokens.train_steps")
                                   ? *s_.facts().total_steps
                                   : s_.needed_count("tokens.train_steps", 1, a_count_from_1);
        planned_ = written;
        total_ = s_.facts().total_steps.value_or(written);
        s_.add("updates", std::to_string(total_),
               s_.facts().total_steps ? s_.facts().total_from : s_.source("tokens.train_steps"));
        if (total_ != planned_)
            s_.say("the run has " + std::to_string(total_) + " updates; the curve is for train_steps " +
                   s_.written("tokens.train_steps"));
    }

    PACER_HOST void say_batch() {
        const std::optional<step_t> micro = s_.count("tokens.micro_batch_size", 1);
        const std::optional<step_t> accumulation = s_.count("tokens.batch_accumulation_per_replica", 1);
        const std::optional<step_t> length = s_.count("tokens.sequence_length", 1);
        const step_t replicas = s_.count("parallelism.dp", 1).value_or(s_.world_size());
        constexpr step_t most = step_t{1} << 20;
        if (!micro || !accumulation || *micro > most || *accumulation > most || replicas > most)
            return;
        const step_t batch = *micro * *accumulation * replicas;
        const std::string product =
            std::to_string(*micro) + " x " + std::to_string(*accumulation) + " x " + std::to_string(replicas);
        s_.add("batch", std::to_string(batch) + " sequences",
               "micro_batch_size x batch_accumulation_per_replica x dp, " + product);
        if (length && batch <= longest / *length)
            s_.add("tokens of an update", std::to_string(batch * *length),
                   s_.source("tokens.sequence_length") + ", x " + std::to_string(*length));
    }

    /// nanotron takes both the warm-up and the first step of the decay off its length, where both are given.
    PACER_HOST void count_phases(bool rises) {
        const std::optional<step_t> start = s_.count(in("lr_decay_starting_step"));
        const std::optional<step_t> steps = s_.count(in("lr_decay_steps"));
        start_ = start.value_or(warmup_);
        decay_ = steps.value_or(planned_ - warmup_ - start.value_or(0));
        s_.add("warm-up", std::to_string(rises ? warmup_ : 0) + " updates", s_.source(in("lr_warmup_steps")));
        s_.add("decay from", std::to_string(start_), start ? s_.source(in("lr_decay_starting_step")) : "the warm-up");
        s_.add("decay", std::to_string(decay_) + " updates",
               steps   ? s_.source(in("lr_decay_steps"))
               : start ? "train_steps - lr_warmup_steps - lr_decay_starting_step"
                       : "train_steps - lr_warmup_steps");
        s_.add("floor", shortest(floor_),
               s_.has(in("min_decay_lr")) ? s_.source(in("min_decay_lr")) : "default, the learning rate");
        if (start && !steps && warmup_ > 0)
            s_.say("without lr_decay_steps, nanotron takes lr_warmup_steps off the decay although it begins later: the "
                   "floor is reached " +
                   std::to_string(warmup_) + " updates before the end");
        if (rises && warmup_ == 0)
            s_.say("with a warm-up of 0 updates nanotron runs the first update at 0");
        if (!s_.has(in("min_decay_lr")))
            s_.say("without min_decay_lr nothing decays: the floor is the learning rate");
    }

    template <class Decay>
    [[nodiscard]] PACER_HOST resolved finish(bool rises, const Decay& decay) const {
        // The warm-up has update W too; what comes after begins where its own formula is then.
        const step_t after = (std::max)(warmup_ + 1, start_);
        const std::string name = (rises ? "linear warm-up, " : "") + style_ + " decay";
        return s_.finish(name, lr_, total_, rises ? warmup_ : 0, [&] {
            return join(constant<>({.peak_lr = rises ? 0 : lr_}), 1,
                        advance(linear_warmup<>({.peak_lr = lr_, .total_steps = rises ? warmup_ : 0}), 1), after,
                        advance(decay(), after - start_));
        });
    }

    [[nodiscard]] PACER_HOST resolved choose(bool rises) {
        if (warmup_ == 0 && decay_ == 0) {
            s_.say("with neither a warm-up nor a decay nanotron multiplies the rate by itself");
            return s_.finish("constant", lr_ * lr_, total_, 0, "constant", {{"peak_lr", lr_ * lr_}});
        }
        if (decay_ <= 0)
            return finish(rises, [&] { return constant<>({.peak_lr = floor_}); });
        if (style_ == "cosine")
            return finish(
                rises, [&] { return cosine_with_min_lr<>({.peak_lr = lr_, .min_lr = floor_, .total_steps = decay_}); });
        if (style_ == "linear")
            return finish(rises, [&] { return linear<>({.peak_lr = lr_, .end_lr = floor_, .total_steps = decay_}); });
        return finish(rises, [&] {
            return warmup_stable_decay<>({.peak_lr = lr_,
                                          .min_lr = floor_,
                                          .decay_steps = decay_,
                                          .total_steps = decay_,
                                          .decay_shape = ramp_shape::one_minus_sqrt});
        });
    }

    sheet s_;
    std::string style_{};
    double lr_ = 0;
    double floor_ = 0;
    step_t warmup_ = 0;
    step_t planned_ = 0;  // train_steps
    step_t total_ = 0;
    step_t start_ = 0;  // of the decay
    step_t decay_ = 0;  // updates; below 0 where nothing is left for it
};

}  // namespace detail

/// nanotron's YAML: `optimizer.learning_rate_scheduler`. A warm-up s / W, the peak until `lr_decay_starting_step` (W), a
/// linear decay unless said otherwise down to `min_decay_lr` (the rate itself), and there it stays; T = tokens.train_steps.
/// An error (`recipe_error`): no `lr_warmup_style`, for which nanotron has no default.
PACER_MODE inline constexpr format nanotron_format{
    "nanotron", "nanotron",
    [](const tree& root) {
        return !is_command(root) && (has(root, "optimizer.learning_rate_scheduler") ||
                                     (has(root, "tokens.train_steps") && has(root, "tokens.micro_batch_size")));
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::nanotron_reader>(root, file, "nanotron");
    }};

}  // namespace pacer::recipes::trainers

#endif

// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_GPT_NEOX_HPP
#define PACER_RECIPES_FORMATS_GPT_NEOX_HPP

/// GPT-NeoX's configuration: YAML, most often written like JSON, its keys with - or _.
/// Source: gpt-neox, `megatron/learning_rates.py` (`AnnealingLR`), `megatron/training.py`.

#include <pacer/recipes/formats/sheet.hpp>

#include <cmath>

namespace pacer::recipes::trainers {
namespace detail {

/// The same keys, with _ for each -.
PACER_HOST inline tree with_underscores(tree root) {
    for (entry& e : root.entries) {
        if (!is_about_command(e))
            std::replace(e.key.begin(), e.key.end(), '-', '_');
    }
    return root;
}

class gpt_neox_reader {
public:
    PACER_HOST gpt_neox_reader(const document& from, const run_facts& facts, const recipe&) : s_(from, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names("", {"train_iters", "train_epochs", "lr_decay_iters", "lr_decay_fraction", "lr_decay_style",
                            "min_lr", "warmup", "lr", "optimizer", "train_batch_size", "train_micro_batch_size_per_gpu",
                            "gradient_accumulation_steps", "gradient_clipping"});
        lr_path_ = s_.has("optimizer.params.lr") ? "optimizer.params.lr" : "lr";
        if (!s_.has(lr_path_))
            s_.wrong("optimizer.params.lr", a_rate);
        lr_ = s_.number(lr_path_).value_or(0);
        if (s_.has("scheduler"))
            s_.mistake(s_.where("scheduler"), "found a scheduler of DeepSpeed, accepted: lr_decay_style (GPT-NeoX's)");
        style_ = s_.choice("lr_decay_style", "linear", {"constant", "linear", "cosine", "exponential"});
        s_.add_head(style_, s_.source("lr_decay_style"), lr_, lr_path_);
        count();
        s_.is_from("peak_lr", lr_path_);
        s_.is_from("min_lr", "min_lr");
        s_.is_from("total_steps", "train_iters");
        return is_whole_ ? whole() : fractional();
    }

private:
    PACER_HOST void count() {
        const std::optional<step_t> iterations = s_.count("train_iters", 1);
        if (!iterations && !s_.facts().total_steps)
            s_.wrong("train_iters", std::string(a_count_from_1) + ", or else the number of updates");
        total_ = s_.facts().total_steps.value_or(iterations.value_or(0));
        s_.add("updates", std::to_string(total_),
               s_.facts().total_steps ? s_.facts().total_from : s_.source("train_iters"));
        const step_t planned = iterations.value_or(total_);
        const std::optional<double> part = s_.fraction("lr_decay_fraction");
        const std::optional<step_t> given = s_.count("lr_decay_iters", 1);
        decay_ = given ? *given : part ? floor_count(*part * static_cast<double>(planned)) : planned;
        decay_ = (std::max)(decay_, step_t{1});
        s_.add("decay ends", std::to_string(decay_),
               given  ? s_.source("lr_decay_iters")
               : part ? s_.source("lr_decay_fraction")
                      : "default, the run");
        ratio_ = s_.fraction("warmup").value_or(0.01);
        warmup_ = ratio_ * static_cast<double>(decay_);
        whole_warmup_ = ceil_count(warmup_);
        is_whole_ = static_cast<double>(whole_warmup_) == warmup_;
        s_.add("warm-up", shortest(warmup_) + " updates",
               s_.source("warmup") + ", " + shortest(ratio_) + " x " + std::to_string(decay_) + ", not rounded");
        min_lr_ = s_.number("min_lr").value_or(0);
        s_.add("floor", shortest(min_lr_), s_.source("min_lr"));
        if (min_lr_ > lr_)
            s_.clash("min_lr", "at most the rate " + shortest(lr_));
        if (ratio_ == 1)
            s_.wrong("warmup", "a number from 0 to below 1");
        if (warmup_ > 0)
            s_.say("the first two updates run at the same rate, 1 / W of the peak");
        if (style_ == "linear" && min_lr_ > 0)
            s_.say("min_lr cuts the line off: it falls towards 0, and stays at min_lr from where it meets it");
    }

    /// The rate of update 0 is that of update 1; the decay alone is held above the floor.
    template <class Decay>
    [[nodiscard]] PACER_HOST resolved after_warmup(const Decay& decay) const {
        if (whole_warmup_ == 0)
            return s_.finish(style_, lr_, total_, 0, decay);
        const step_t w = whole_warmup_;
        return s_.finish(style_, lr_, total_, w, [&] {
            return join(constant<>({.peak_lr = lr_ / static_cast<double>(w)}), 1,
                        advance(linear_warmup<>({.peak_lr = lr_, .total_steps = w}), 1), w, decay());
        });
    }

    [[nodiscard]] PACER_HOST resolved whole() const {
        const step_t rest = decay_ - whole_warmup_;
        if (style_ == "constant")
            return after_warmup([&] { return constant<>({.peak_lr = lr_}); });
        if (style_ == "cosine")
            return after_warmup([&] {
                return cosine_with_min_lr<>(
                    {.peak_lr = lr_, .min_lr = min_lr_, .total_steps = rest, .past_end = past_end::wave});
            });
        if (style_ == "linear")
            return after_warmup([&] { return clamp(linear<>({.peak_lr = lr_, .total_steps = rest}), min_lr_, lr_); });
        return after_warmup([&] {
            return clamp(exponential<>({.peak_lr = lr_, .end_lr = lr_ * std::exp(-0.693), .total_steps = rest}),
                         min_lr_, lr_);
        });
    }

    /// A warm-up that ends between two updates.
    template <class All>
    [[nodiscard]] PACER_HOST resolved begun(const All& all) const {
        return s_.finish(style_, lr_, total_, whole_warmup_,
                         [&] { return join(constant<>({.peak_lr = lr_ / warmup_}), 1, advance(all(), 1)); });
    }

    [[nodiscard]] PACER_HOST resolved fractional() const {
        const pacer::warmup exact = warmup_ratio(ratio_, rounding::exact);
        if (style_ == "constant")
            return begun(
                [&] { return constant_with_warmup<>({.peak_lr = lr_, .total_steps = decay_, .warmup = exact}); });
        if (style_ == "cosine")
            return begun([&] {
                return cosine_with_min_lr<>({.peak_lr = lr_,
                                             .min_lr = min_lr_,
                                             .total_steps = decay_,
                                             .warmup = exact,
                                             .past_end = past_end::wave});
            });
        const double end = style_ == "linear" ? 0 : lr_ * std::exp(-0.693);
        if (min_lr_ > end)
            s_.fail("warmup", "a fraction that makes a whole number of updates (here " + shortest(warmup_) + ")");
        if (style_ == "linear")
            return begun([&] { return linear<>({.peak_lr = lr_, .total_steps = decay_, .warmup = exact}); });
        return begun(
            [&] { return exponential<>({.peak_lr = lr_, .end_lr = end, .total_steps = decay_, .warmup = exact}); });
    }

    sheet s_;
    std::string lr_path_{};
    std::string style_{};
    double lr_ = 0;
    double min_lr_ = 0;
    double ratio_ = 0;
    double warmup_ = 0;
    step_t whole_warmup_ = 0;  // rounded up
    bool is_whole_ = true;
    step_t total_ = 0;
    step_t decay_ = 0;
};

}  // namespace detail

/// GPT-NeoX's configuration: `lr_decay_style`, `train_iters`, beside `optimizer.params` or `num_layers`. Linear unless said
/// otherwise; a warm-up of `warmup` (0.01) of the decay, not rounded, whose first update runs at the second one's rate.
PACER_MODE inline constexpr format gpt_neox_format{
    "gpt_neox", "GPT-NeoX",
    [](const tree& root) {
        if (is_command(root))
            return false;
        const tree plain = detail::with_underscores(root);
        return has_any(plain, {"lr_decay_style", "lr_decay_iters", "train_iters", "lr_decay_fraction"}) &&
               has_any(plain, {"optimizer.params", "num_layers", "train_micro_batch_size_per_gpu", "pipe_parallel_size",
                               "model_parallel_size"});
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::gpt_neox_reader>(detail::with_underscores(root), file, "GPT-NeoX");
    }};

}  // namespace pacer::recipes::trainers

#endif

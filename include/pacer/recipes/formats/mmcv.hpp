// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_MMCV_HPP
#define PACER_RECIPES_FORMATS_MMCV_HPP

/// MMCV 1's Python configurations (MMDetection 2, MMSegmentation 0, ...): `lr_config`, `optimizer`, `runner`.
/// Source: mmcv 1.7, `runner/hooks/lr_updater.py`, `runner/iter_based_runner.py`; mmdet 2.28, `datasets/samplers`.

#include <pacer/list.hpp>
#include <pacer/recipes/formats/sheet.hpp>

#include <cmath>
#include <numbers>

namespace pacer::recipes::trainers {
namespace detail {

/// MMCV's rate of an iteration, as its hooks compute it.
struct mmcv_curve {
    enum class policy : unsigned char { fixed, step, exp, poly, inv, cosine };
    enum class warm_up : unsigned char { none, constant, linear, exp };

    policy is = policy::fixed;
    warm_up warms = warm_up::none;
    double lr = 0;
    double gamma = 0.1;
    double power = 1;
    double floor = 0;
    double warmup_ratio = 0.1;
    step_t warmup = 0;     // iterations
    step_t of_epoch = 1;   // iterations of what the policy counts in
    step_t length = 1;     // of the run, in the same
    step_t interval = 0;   // of policy step, where it has no list
    step_t last = 0;       // iteration of the run: past it the rate stays
    list<step_t> steps{};  // of policy step

    [[nodiscard]] PACER_HOST double operator()(step_t step) const noexcept {
        const step_t at = step < 0 ? 0 : step < last ? step : last;
        const double rate = regular(at / of_epoch);
        if (warms == warm_up::none || at >= warmup)
            return rate;
        const double done = static_cast<double>(at) / static_cast<double>(warmup);
        if (warms == warm_up::constant)
            return rate * warmup_ratio;
        if (warms == warm_up::linear)
            return rate * (1 - (1 - done) * (1 - warmup_ratio));
        return rate * std::pow(warmup_ratio, 1 - done);
    }
    [[nodiscard]] PACER_HOST step_t total_steps() const noexcept { return last + 1; }

private:
    [[nodiscard]] PACER_HOST double regular(step_t at) const noexcept {
        const auto n = static_cast<double>(at);
        const double done = n / static_cast<double>(length);
        switch (is) {
        case policy::step: {
            step_t falls = 0;
            if (interval > 0)
                falls = at / interval;
            else
                falls = pacer::detail::count_up_to(steps, at);
            const double rate = lr * std::pow(gamma, static_cast<double>(falls));
            return rate > floor ? rate : floor;
        }
        case policy::exp: return lr * std::pow(gamma, n);
        case policy::poly: return (lr - floor) * std::pow(1 - done, power) + floor;
        case policy::inv: return lr * std::pow(1 + gamma * n, -power);
        case policy::cosine: return floor + 0.5 * (lr - floor) * (std::cos(std::numbers::pi * done) + 1);
        case policy::fixed: break;
        }
        return lr;
    }
};

class mmcv_reader {
public:
    PACER_HOST mmcv_reader(const document& from, const run_facts& facts, const recipe&)
        : from_(with_origin(from)), s_(from_, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        if (s_.has("_base_"))
            s_.say("_base_ (" + s_.source("_base_") +
                   ") could not be read in full; what is said there is taken to be not given");
        curve_.lr = s_.needed_number("optimizer.lr", std::string(a_rate) + ", written as a number");
        scale_rate();
        count_updates();
        if (!s_.has("lr_config")) {
            s_.add_head("constant", "no lr_config", curve_.lr, "optimizer.lr");
            return s_.finish("constant", curve_.lr, total_, 0, "constant", {{"peak_lr", curve_.lr}});
        }
        const std::string policy = read_policy();
        s_.add_head(policy, s_.source("lr_config.policy"), curve_.lr, "optimizer.lr");
        read_warmup();
        curve_.last = (std::max)(total_, step_t{1}) - 1;
        return s_.finish(policy, curve_.lr, total_, curve_.warmup, [&] { return curve_; });
    }

private:
    [[nodiscard]] PACER_HOST static document with_origin(document from) {
        from.elsewhere = "_base_";
        return from;
    }

    /// The batch of a process.
    [[nodiscard]] PACER_HOST const char* batch_key() const {
        return s_.has("data.train_dataloader.samples_per_gpu") ? "data.train_dataloader.samples_per_gpu"
               : s_.has("data.imgs_per_gpu")                   ? "data.imgs_per_gpu"
                                                               : "data.samples_per_gpu";
    }

    PACER_HOST void scale_rate() {
        if (!s_.flag("auto_scale_lr.enable"))
            return;
        const step_t base = s_.needed_count("auto_scale_lr.base_batch_size", 1, a_count_from_1);
        const step_t batch = bounded_product(s_.needed_count(batch_key(), 1, a_count_from_1), s_.world_size());
        const double factor = static_cast<double>(batch) / static_cast<double>(base);
        s_.say("auto_scale_lr multiplies the rate by " + shortest(factor) + ", the batch of " + std::to_string(batch) +
               " over the base of " + std::to_string(base));
        curve_.lr *= factor;
    }

    PACER_HOST void count_updates() {
        // Before there were runners, total_epochs.
        const std::string runner = s_.text("runner.type").value_or("EpochBasedRunner");
        by_iterations_ = runner.find("IterBased") != std::string::npos;
        const char* epochs_key =
            s_.has("runner.max_epochs") || !s_.has("total_epochs") ? "runner.max_epochs" : "total_epochs";
        const char* iterations_key =
            s_.has("runner.max_iters") || !s_.has("total_iters") ? "runner.max_iters" : "total_iters";
        by_iterations_ = by_iterations_ || (!s_.has("runner.type") && s_.has(iterations_key));
        epochs_ = s_.count(epochs_key, 1).value_or(0);
        if (by_iterations_) {
            total_ =
                s_.facts().total_steps ? *s_.facts().total_steps : s_.needed_count(iterations_key, 1, a_count_from_1);
            s_.add("updates", std::to_string(total_),
                   s_.facts().total_steps ? s_.facts().total_from : s_.source(iterations_key));
            return;
        }
        if (epochs_ == 0)
            s_.wrong(epochs_key, std::string(a_count_from_1) + ", or an IterBasedRunner with max_iters");
        const step_t epochs = (std::max)(epochs_, step_t{1});
        if (s_.facts().total_steps) {
            total_ = *s_.facts().total_steps;
            s_.add("updates", std::to_string(total_), s_.facts().total_from);
            of_epoch_ = total_ % epochs == 0 ? total_ / epochs : 0;
            return;
        }
        const step_t times = s_.text("data.train.type").value_or("") == "RepeatDataset"
                                 ? s_.count("data.train.times", 1).value_or(1)
                                 : 1;
        const step_t examples = s_.examples(epochs_key, "the number of updates");
        const step_t batch = s_.needed_count(batch_key(), 1, a_count_from_1);
        const step_t own = divided_up(examples <= longest / times ? examples * times : longest, s_.world_size());
        of_epoch_ = divided_up(own, batch);
        total_ = of_epoch_ <= longest / epochs ? of_epoch_ * epochs : longest;
        s_.add("updates", std::to_string(total_),
               count_of_epochs(epochs) + " x ceil(ceil(" + std::to_string(examples) +
                   (times > 1 ? " x " + std::to_string(times) : std::string()) + " examples / " +
                   std::to_string(s_.world_size()) + " processes) / " + std::to_string(batch) + ")");
        s_.say("one more batch an epoch where MMDetection 2 groups images by their aspect, and neither group fills its "
               "last one");
    }

    [[nodiscard]] PACER_HOST static std::string lc(const char* key) { return std::string("lr_config.") + key; }

    [[nodiscard]] PACER_HOST std::string read_policy() {
        s_.check_names("lr_config", {"policy", "by_epoch", "warmup", "warmup_iters", "warmup_ratio", "warmup_by_epoch",
                                     "step", "gamma", "power", "min_lr", "min_lr_ratio"});
        if (!s_.has(lc("policy")))
            s_.wrong(lc("policy"), "step, CosineAnnealing, poly, exp, inv or fixed");
        std::string name = s_.choice(
            lc("policy"), "fixed",
            {"step", "CosineAnnealing", "poly", "exp", "inv", "fixed", "Step", "Poly", "Exp", "Inv", "Fixed"});
        const char first = static_cast<char>(name.front() | 0x20);
        using policy = mmcv_curve::policy;
        curve_.is = name == "CosineAnnealing" ? policy::cosine
                    : first == 's'            ? policy::step
                    : first == 'p'            ? policy::poly
                    : first == 'e'            ? policy::exp
                    : first == 'i'            ? policy::inv
                                              : policy::fixed;
        const bool by_epoch = s_.has(lc("by_epoch")) ? s_.flag(lc("by_epoch")) : !by_iterations_;
        if (by_epoch && by_iterations_)
            s_.mistake(s_.where(lc("by_epoch")), "found True in a run by iterations, where MMCV then never changes the "
                                                 "rate; accepted: False");
        if (by_epoch && of_epoch_ == 0)
            s_.clash(lc("by_epoch"), "False, or a number of updates that is one of whole epochs");
        curve_.of_epoch = by_epoch ? (std::max)(of_epoch_, step_t{1}) : 1;
        curve_.length = (std::max)(by_epoch ? epochs_ : total_, step_t{1});
        curve_.power = s_.number(lc("power")).value_or(1);
        const bool needs_gamma = curve_.is == policy::exp || curve_.is == policy::inv;
        if (needs_gamma && !s_.has(lc("gamma")))
            s_.wrong(lc("gamma"), a_rate);
        curve_.gamma = s_.number(lc("gamma")).value_or(0.1);
        const std::optional<double> rate = s_.number(lc("min_lr"));
        const std::optional<double> part = s_.number(lc("min_lr_ratio"));
        if (curve_.is == policy::cosine && rate.has_value() == part.has_value())
            s_.mistake(s_.where(lc("min_lr")),
                       std::string(rate ? "found beside min_lr_ratio" : "found neither min_lr nor min_lr_ratio") +
                           ", accepted: one of them");
        curve_.floor = rate ? *rate : part && curve_.is == policy::cosine ? *part * curve_.lr : 0;
        if (rate || part)
            s_.add("floor", shortest(curve_.floor), s_.source(rate ? lc("min_lr") : lc("min_lr_ratio")));
        if (curve_.is == policy::step)
            read_steps(by_epoch);
        return name;
    }

    PACER_HOST void read_steps(bool by_epoch) {
        constexpr const char* accepted =
            "a whole number of 1 or more, or a list of at most 16 of them, each above the last";
        const entry* given = s_.find(lc("step"));
        if (given == nullptr || given->value.is != tree::kind::list) {
            if (given == nullptr)
                s_.wrong(lc("step"), accepted);
            curve_.interval = s_.count(lc("step"), 1).value_or(1);
            s_.add("falls every", std::to_string(curve_.interval) + (by_epoch ? " epochs" : " updates"),
                   s_.source(lc("step")));
            return;
        }
        constexpr std::size_t most = 16;
        if (given->value.items.size() > most)
            return s_.wrong(lc("step"), accepted);
        std::string all;
        step_t before = 0;
        for (const tree& item : given->value.items) {
            if (item.is != tree::kind::integer || item.integer <= before || item.integer > longest)
                return s_.wrong(lc("step"), accepted);
            before = item.integer;
            curve_.steps.add(item.integer);
            all += (all.empty() ? "" : ", ") + std::to_string(item.integer);
        }
        s_.add("falls at", all + (by_epoch ? " epochs" : " updates"), s_.source(lc("step")));
        if (by_epoch && epochs_ > 0 && before >= epochs_)
            s_.say("a fall at epoch " + std::to_string(before) + " is not reached by a run of " +
                   std::to_string(epochs_));
    }

    PACER_HOST void read_warmup() {
        const std::string kind = s_.choice(lc("warmup"), "", {"constant", "linear", "exp"});
        if (kind.empty())
            return;
        using warm_up = mmcv_curve::warm_up;
        curve_.warms = kind == "linear" ? warm_up::linear : kind == "exp" ? warm_up::exp : warm_up::constant;
        const step_t given = s_.needed_count(lc("warmup_iters"), 1, a_count_from_1);
        const bool in_epochs = s_.flag(lc("warmup_by_epoch"));
        if (in_epochs && of_epoch_ == 0)
            s_.clash(lc("warmup_by_epoch"), "False, or a run whose epochs have a known length");
        curve_.warmup = !in_epochs                                            ? given
                        : given <= longest / (std::max)(of_epoch_, step_t{1}) ? given * of_epoch_
                                                                              : longest;
        curve_.warmup_ratio = s_.fraction(lc("warmup_ratio")).value_or(0.1);
        if (curve_.warmup_ratio == 0)
            s_.wrong(lc("warmup_ratio"), "a number above 0, at most 1");
        s_.add("warm-up", std::to_string(curve_.warmup) + " updates, " + kind, s_.source(lc("warmup_iters")));
        s_.add("warm-up from", shortest(curve_.warmup_ratio * curve_.lr),
               s_.source(lc("warmup_ratio")) + ", " + shortest(curve_.warmup_ratio) + " of the rate");
    }

    document from_;
    sheet s_;
    mmcv_curve curve_{};
    bool by_iterations_ = false;
    step_t epochs_ = 0;
    step_t of_epoch_ = 0;  // 0: not known
    step_t total_ = 0;
};

}  // namespace detail

/// MMCV 1's Python configuration: `lr_config` beside `optimizer`. The policies step, CosineAnnealing, poly, exp, inv and
/// fixed, by epoch unless the runner is by iterations, with a warm-up on top of them; T = epochs x ceil(examples / batch).
/// An error (`recipe_error`): the cyclic policies.
PACER_MODE inline constexpr format mmcv_format{
    "mmcv", "MMCV 1",
    [](const tree& root) {
        return !is_command(root) && has(root, "lr_config") && !has(root, "optim_wrapper") &&
               (has(root, "lr_config.policy") || has_any(root, {"optimizer", "runner", "total_epochs"}));
    },
    [](const tree& root, const std::string& file) { return with_rules<detail::mmcv_reader>(root, file, "MMCV 1"); }};

}  // namespace pacer::recipes::trainers

#endif

// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_MMENGINE_HPP
#define PACER_RECIPES_FORMATS_MMENGINE_HPP

/// MMEngine's Python configurations (MMDetection 3, MMSegmentation 1, MMPretrain, ...): what is literal in them.
/// Source: mmengine 0.10.7, `optim/scheduler/param_scheduler.py`, `optim/scheduler/lr_scheduler.py`, `runner/runner.py`.

#include <pacer/dialects/mmengine.hpp>
#include <pacer/recipes/detail/python_literals.hpp>
#include <pacer/recipes/formats/sheet.hpp>

#include <cmath>
#include <filesystem>
#include <type_traits>
#include <variant>

namespace pacer::recipes::trainers {
namespace detail {

/// One of `param_scheduler`, in updates: by its parameters, since as a schedule two would not fit into an `any_schedule`.
struct mmengine_scheduler {
    using parameters = std::variant<pacer::mmengine::linear_lr_params, pacer::mmengine::constant_lr_params,
                                    pacer::mmengine::cosine_annealing_lr_params, pacer::mmengine::exponential_lr_params,
                                    pacer::mmengine::step_lr_params, pacer::mmengine::multi_step_lr_params,
                                    pacer::mmengine::poly_lr_params>;

    parameters params{};
    step_t hold = 1;  // updates that each of its steps lasts

    [[nodiscard]] PACER_HOST double operator()(step_t step) const {
        return std::visit(
            [&](const auto& p) {
                return pacer::detail::dialect_schedule<std::decay_t<decltype(p)>>(p)((step < 0 ? 0 : step) / hold);
            },
            params);
    }
    [[nodiscard]] PACER_HOST step_t total_steps() const noexcept { return endless; }
    [[nodiscard]] PACER_HOST expression curve() const {
        return std::visit(
            [&](const auto& p) {
                const pacer::detail::dialect_schedule<std::decay_t<decltype(p)>> schedule(p);
                return hold > 1 ? expression_of(every(hold, schedule)) : expression_of(schedule);
            },
            params);
    }
};

struct mmengine_part {
    std::string type{};
    step_t begin = 0;
    step_t end = 0;
    double last_factor = 1;  // of the rate, from `end` on
    bool multiplies = true;  // whatever the rate was before
    mmengine_scheduler schedule{};
};

class mmengine_reader {
public:
    PACER_HOST mmengine_reader(const document& from, const run_facts& facts, const recipe&)
        : from_(with_origin(from)), s_(from_, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        if (s_.has("lr_config"))
            s_.mistake(s_.where("lr_config"),
                       "is MMCV 1's, beside MMEngine's optim_wrapper; accepted: param_scheduler (MMEngine)");
        if (s_.has("_base_"))
            s_.say("_base_ (" + s_.source("_base_") +
                   ") could not be read in full; what is said there is taken to be not given");
        lr_ = s_.needed_number("optim_wrapper.optimizer.lr", std::string(a_rate) + ", written as a number");
        scale_rate();
        s_.say_unread({"optim_wrapper.paramwise_cfg"}, "gives some groups a rate of their own, on the same curve");
        if (s_.count("optim_wrapper.accumulative_counts", 1).value_or(1) > 1)
            s_.say("accumulative_counts " + s_.written("optim_wrapper.accumulative_counts") +
                   ": the schedule runs by iterations, of which so many make one update; steps are iterations here");
        count_updates();
        const std::vector<tree> parts = schedulers();
        if (parts.empty()) {
            s_.add_head("constant", "no param_scheduler", lr_, "optim_wrapper.optimizer.lr");
            return s_.finish("constant", lr_, total_, 0, "constant", {{"peak_lr", lr_}});
        }
        if (parts.size() > 2)
            s_.fail(s_.where("param_scheduler"),
                    "found " + std::to_string(parts.size()) + " schedulers of the rate, accepted: at most 2");
        std::vector<mmengine_part> read;
        read.reserve(parts.size());
        for (const tree& part : parts)
            read.push_back(read_part(part));
        std::stable_sort(read.begin(), read.end(),
                         [](const mmengine_part& a, const mmengine_part& b) { return a.begin < b.begin; });
        std::string name;
        for (const mmengine_part& p : read)
            name += (name.empty() ? "" : ", ") + p.type;
        s_.add_head(name, s_.source("param_scheduler"), lr_, "optim_wrapper.optimizer.lr");
        return combined(name, read);
    }

private:
    PACER_HOST void scale_rate() {
        if (!s_.flag("auto_scale_lr.enable"))
            return;
        const std::optional<step_t> base = s_.count("auto_scale_lr.base_batch_size", 1);
        const std::optional<step_t> batch = s_.count("train_dataloader.batch_size", 1);
        if (!base || !batch)
            return s_.wrong(base ? "train_dataloader.batch_size" : "auto_scale_lr.base_batch_size", a_count_from_1);
        const double factor =
            static_cast<double>(bounded_product(*batch, s_.world_size())) / static_cast<double>(*base);
        s_.say("auto_scale_lr multiplies the rate by " + shortest(factor) + ", the batch of " +
               std::to_string(bounded_product(*batch, s_.world_size())) + " over the base of " + std::to_string(*base));
        lr_ *= factor;
    }

    PACER_HOST void count_updates() {
        const std::optional<step_t> iterations = s_.count("train_cfg.max_iters", 1);
        epochs_ = s_.count("train_cfg.max_epochs", 1).value_or(0);
        if (s_.facts().total_steps) {
            total_ = *s_.facts().total_steps;
            s_.add("updates", std::to_string(total_), s_.facts().total_from);
            if (epochs_ > 0 && total_ % epochs_ == 0)
                of_epoch_ = total_ / epochs_;
        } else if (iterations) {
            total_ = *iterations;
            s_.add("updates", std::to_string(total_), s_.source("train_cfg.max_iters"));
        } else if (epochs_ > 0) {
            const step_t examples = s_.examples("train_cfg.max_epochs", "the number of updates");
            const step_t batch = s_.needed_count("train_dataloader.batch_size", 1, a_count_from_1);
            // Each process gets equally many; a last batch that is not full is one, too.
            of_epoch_ = divided_up(divided_up(examples, s_.world_size()), batch);
            total_ = of_epoch_ <= longest / epochs_ ? of_epoch_ * epochs_ : longest;
            s_.add("updates", std::to_string(total_),
                   count_of_epochs(epochs_) + " x ceil(ceil(" + std::to_string(examples) + " examples / " +
                       std::to_string(s_.world_size()) + " processes) / " + std::to_string(batch) + ")");
        } else {
            s_.wrong("train_cfg.max_epochs", std::string(a_count_from_1) + ", or max_iters");
            total_ = epochs_ = of_epoch_ = 1;
        }
    }

    [[nodiscard]] PACER_HOST std::vector<tree> schedulers() const {
        if (!s_.has("param_scheduler"))
            return {};
        const tree& given = s_.find("param_scheduler")->value;
        if (given.is == tree::kind::map)
            return {given};
        if (given.is != tree::kind::list)
            s_.wrong("param_scheduler", "a dict or a list of them, written out");
        std::vector<tree> parts;
        for (const tree& part : given.items) {
            if (part.is != tree::kind::map) {
                s_.mistake({s_.from().file, part.line, "param_scheduler"},
                           "found " + recipes::detail::shown(part) + ", accepted: a dict, written out");
                continue;
            }
            const tree* type = part.find("type");
            const tree* factor = part.find("factor");
            const bool changes_nothing = type != nullptr && type->text == "ConstantLR" && factor != nullptr &&
                                         factor->is_number() && factor->number() == 1;
            if (type == nullptr || !(type->text.ends_with("Momentum") || changes_nothing))
                parts.push_back(part);
        }
        return parts;
    }

    [[nodiscard]] PACER_HOST mmengine_part read_part(const tree& part) const {
        const document own{.root = part, .file = s_.from().file};
        const sheet p(own, s_);
        mmengine_part made;
        made.type = p.choice(
            "type", "",
            {"ConstantLR", "LinearLR", "CosineAnnealingLR", "ExponentialLR", "StepLR", "MultiStepLR", "PolyLR"});
        if (made.type.empty())
            s_.fail({own.file, part.line, "param_scheduler"}, "found no type, accepted: LinearLR, CosineAnnealingLR, "
                                                              "MultiStepLR, ...");
        const bool by_epoch = !p.has("by_epoch") || p.flag("by_epoch");
        const bool converts = p.flag("convert_to_iter_based");
        if (by_epoch && of_epoch_ == 0)
            s_.fail({own.file, part.line, "by_epoch"},
                    "counts in epochs, and their length is not known; accepted: max_epochs and the number of "
                    "examples, or by_epoch=False");
        if (converts && !by_epoch)
            p.fail("convert_to_iter_based", "False, beside by_epoch=False");
        // Epochs that are converted are so many updates; others are held over each epoch.
        const step_t unit = by_epoch && converts ? of_epoch_ : 1;
        const step_t hold = by_epoch && !converts ? of_epoch_ : 1;
        constexpr step_t for_ever = 1'000'000'000;
        const auto times = [&](step_t n) { return n >= for_ever ? for_ever : bounded_product(n, unit); };
        const step_t begin = times(p.count("begin").value_or(0));
        // The runner fills in the end of the run.
        const step_t end = times(p.count("end").value_or(by_epoch ? epochs_ : total_));
        if (end <= begin)
            p.fail(p.has("end") ? "end" : "begin", "a span of at least one step");
        made.begin = bounded_product(begin, hold);
        made.end = end >= for_ever ? endless : bounded_product(end, hold);
        fill(made, p, begin, end, unit, hold);
        return made;
    }

    template <class Params>
    PACER_HOST void set(mmengine_part& made, const Params& params, step_t hold) const {
        pacer::detail::require(pacer::check(params));
        made.schedule = {params, hold};
        if (made.end != endless)
            made.last_factor = lr_ > 0 ? made.schedule(made.end) / lr_ : 1;
    }

    PACER_HOST void fill(mmengine_part& made, const sheet& p, step_t begin, step_t end, step_t unit,
                         step_t hold) const {
        namespace mm = pacer::mmengine;
        const double gamma = p.number("gamma").value_or(0.1);
        const double eta =
            p.has("eta_min_ratio") ? p.fraction("eta_min_ratio").value_or(0) * lr_ : p.number("eta_min").value_or(0);
        try {
            if (made.type == "LinearLR") {
                set(made,
                    mm::linear_lr_params{.lr = lr_,
                                         .start_factor = p.fraction("start_factor").value_or(1.0 / 3),
                                         .end_factor = p.fraction("end_factor").value_or(1),
                                         .begin = begin,
                                         .end = end},
                    hold);
            } else if (made.type == "ConstantLR") {
                set(made,
                    mm::constant_lr_params{
                        .lr = lr_, .factor = p.fraction("factor").value_or(1.0 / 3), .begin = begin, .end = end},
                    hold);
            } else if (made.type == "MultiStepLR") {
                list<step_t> milestones;
                const entry* given = p.find("milestones");
                if (given == nullptr || given->value.is != tree::kind::list)
                    p.fail("milestones", "a list of whole numbers");
                if (given->value.items.size() > 15)
                    p.fail("milestones", "at most 15 of them");
                std::vector<step_t> sorted;
                sorted.reserve(given->value.items.size());
                for (const tree& item : given->value.items) {
                    if (item.is != tree::kind::integer || item.integer < 0)
                        p.fail("milestones", "a list of whole numbers");
                    sorted.push_back(bounded_product(item.integer, unit));
                }
                std::sort(sorted.begin(), sorted.end());
                for (const step_t milestone : sorted)
                    milestones.add(milestone);
                set(made,
                    mm::multi_step_lr_params{
                        .lr = lr_, .milestones = milestones, .gamma = gamma, .begin = begin, .end = end},
                    hold);
            } else if (made.type == "StepLR") {
                const std::optional<step_t> size = p.count("step_size", 1);
                if (!size)
                    p.fail("step_size", a_count_from_1);
                set(made,
                    mm::step_lr_params{.lr = lr_,
                                       .step_size = bounded_product(*size, unit),
                                       .gamma = gamma,
                                       .begin = begin,
                                       .end = end},
                    hold);
            } else if (made.type == "ExponentialLR") {
                if (!p.has("gamma"))
                    p.fail("gamma", a_rate);
                set(made,
                    mm::exponential_lr_params{.lr = lr_,
                                              .gamma =
                                                  unit > 1 ? std::pow(gamma, 1.0 / static_cast<double>(unit)) : gamma,
                                              .begin = begin,
                                              .end = end},
                    hold);
            } else if (made.type == "PolyLR") {
                made.multiplies = eta == 0;
                set(made,
                    mm::poly_lr_params{
                        .lr = lr_, .eta_min = eta, .power = p.number("power").value_or(1), .begin = begin, .end = end},
                    hold);
            } else {
                made.multiplies = eta == 0;
                const std::optional<step_t> half = p.count("T_max", 1);
                set(made,
                    mm::cosine_annealing_lr_params{.lr = lr_,
                                                   .T_max = half ? bounded_product(*half, unit) : pacer::detail::unset,
                                                   .eta_min = eta,
                                                   .begin = begin,
                                                   .end = end},
                    hold);
            }
        } catch (const invalid_schedule& error) {
            p.fail(p.where(error.field()), error.what());
        }
    }

    [[nodiscard]] PACER_HOST resolved combined(const std::string& name, const std::vector<mmengine_part>& parts) const {
        s_.refuse();
        const mmengine_part& a = parts.front();
        const bool warms_up = a.type == "LinearLR" && a.begin == 0;
        const step_t warmup = warms_up && a.end != endless ? a.end : 0;
        if (parts.size() == 1)
            return {name,         lr_,       total_, warmup, hf_trainer::v4, a.schedule, a.schedule.curve(),
                    s_.figures(), s_.notes()};
        const mmengine_part& b = parts.back();
        const bool follows = b.begin >= a.end && a.last_factor == 1;
        if (follows) {
            const auto both = join(a.schedule, b.begin, advance(b.schedule, b.begin));
            return {name,
                    lr_,
                    total_,
                    warmup,
                    hf_trainer::v4,
                    both,
                    expression_of(join(a.schedule.curve(), b.begin, advance(b.schedule.curve(), b.begin))),
                    s_.figures(),
                    s_.notes()};
        }
        if (!a.multiplies || !b.multiplies)
            s_.fail(s_.where("param_scheduler"),
                    "found a " + (b.multiplies ? a.type : b.type) + " with eta_min that runs beside a " +
                        (b.multiplies ? b.type : a.type) + ", accepted: one after the other");
        const auto both = scale(product(a.schedule, b.schedule), 1 / lr_);
        return {name,
                lr_,
                total_,
                warmup,
                hf_trainer::v4,
                both,
                expression_of(scale(product(a.schedule.curve(), b.schedule.curve()), 1 / lr_)),
                s_.figures(),
                s_.notes()};
    }

    [[nodiscard]] PACER_HOST static document with_origin(document from) {
        from.elsewhere = "_base_";
        return from;
    }

    document from_;
    sheet s_;
    double lr_ = 0;
    step_t total_ = 0;
    step_t epochs_ = 0;
    step_t of_epoch_ = 0;
};

}  // namespace detail

namespace detail {

/// What a configuration says on top of another one, as MMEngine merges them: dicts key by key, everything else whole.
PACER_HOST inline void merge_into(tree& base, const tree& top) {
    for (const entry& e : top.entries) {
        const auto same = std::find_if(base.entries.begin(), base.entries.end(),
                                       [&](const entry& other) { return other.key == e.key; });
        const tree* deletes = e.value.find("_delete_");
        if (same == base.entries.end())
            base.entries.push_back(e);
        else if (same->value.is == tree::kind::map && e.value.is == tree::kind::map && deletes == nullptr) {
            same->line = e.line;
            merge_into(same->value, e.value);
        } else
            *same = e;
    }
}

PACER_HOST inline void forget_lines(tree& value) {
    value.line = 0;
    for (tree& item : value.items)
        forget_lines(item);
    for (entry& e : value.entries) {
        e.line = 0;
        forget_lines(e.value);
    }
}

/// The configuration with the ones that it names in `_base_`, which stay named where they cannot be read: `files` is how
/// many more of them are.
// NOLINTNEXTLINE(misc-no-recursion): no deeper than 8
PACER_HOST inline tree with_bases(const tree& root, const std::string& file, int& files, int depth = 0) {
    const tree* named = root.find("_base_");
    if (named == nullptr || depth > 8)
        return root;
    tree all;
    all.is = tree::kind::map;
    all.line = root.line;
    bool is_whole = true;
    for (const tree& base : named->is == tree::kind::list ? named->items : std::vector<tree>{*named}) {
        const std::filesystem::path path = std::filesystem::path(file).parent_path() / base.text;
        std::error_code ignored;
        if (base.is != tree::kind::text || --files < 0 || !std::filesystem::is_regular_file(path, ignored)) {
            is_whole = false;
            continue;
        }
        tree read = with_bases(recipes::detail::python_tree(recipes::detail::read_file(path.string()), path.string()),
                               path.string(), files, depth + 1);
        forget_lines(read);
        is_whole = is_whole && read.find("_base_") == nullptr;
        merge_into(all, read);
    }
    merge_into(all, root);
    if (is_whole)
        std::erase_if(all.entries, [](const entry& e) { return e.key == "_base_"; });
    return all;
}

}  // namespace detail

/// A configuration in Python, with those that it lies over.
PACER_HOST inline tree python_configuration(std::string_view text, const std::string& file) {
    int files = 50;  // more than any has
    return detail::with_bases(recipes::detail::python_tree(text, file), file, files);
}

/// MMEngine's Python configuration: `optim_wrapper` or `param_scheduler`. One or two schedulers of the rate, one after the
/// other or multiplied; those by epoch are held over each epoch unless `convert_to_iter_based`.
PACER_MODE inline constexpr format mmengine_format{
    "mmengine", "MMEngine",
    [](const tree& root) {
        return has_any(root, {"optim_wrapper", "param_scheduler", "auto_scale_lr"});
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::mmengine_reader>(root, file, "MMEngine");
    }};

}  // namespace pacer::recipes::trainers

#endif

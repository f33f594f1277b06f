// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_HPP
#define PACER_ANALYSIS_CONVERT_HPP

/// An expression, written for another trainer.
///
///     const auto c = pacer::analysis::convert(pacer::parse("cosine(peak_lr=1e-3, total_steps=1000)"), "pytorch");
///     c ? c.text : c.refusal
///
/// What comes out has the rates of the expression at every step, up to the rounding of the other; where it differs past the
/// end alone, or asks for something else, a comment says so. What the other cannot express is refused.

#include <pacer/analysis/convert/deepspeed.hpp>
#include <pacer/analysis/convert/hf_yaml.hpp>
#include <pacer/analysis/convert/megatron.hpp>
#include <pacer/analysis/convert/optax.hpp>
#include <pacer/analysis/convert/pytorch.hpp>
#include <pacer/expression/cpp.hpp>
#include <pacer/nearest.hpp>

namespace pacer::analysis {

/// What an expression can be written for.
struct conversion_target {
    const char* name;       ///< as `convert` takes it
    const char* about;      ///< one line
    const char* extension;  ///< of a file of it
    bool is_trainer;        ///< and no form of pacer's own

    /// Writes an expression, whose curve has been read.
    conversion (*write)(const expression& lr, const pacer::detail::converting::curve& c);
};

/// How many schedules and operators an expression may have, to be written for a trainer.
inline constexpr step_t most_converted_parts = 10'000;

/// The table of them.
inline constexpr conversion_target conversion_targets[] = {
    {"expression", "the text that pacer reads", "txt", false,
     [](const expression& lr, const pacer::detail::converting::curve&) {
         return conversion{to_text(lr) + "\n", {}, {}};
     }},
    {"cpp", "C++ that needs pacer's headers alone", "cpp", false,
     [](const expression& lr, const pacer::detail::converting::curve&) {
         return conversion{to_cpp(lr), {}, {}};
     }},
    {"hf-yaml", "arguments of Hugging Face's Trainer, and of LLaMA-Factory", "yaml", true,
     pacer::detail::converting::hf_yaml::write},
    {"pytorch", "Python with the classes of torch.optim.lr_scheduler", "py", true,
     pacer::detail::converting::pytorch_code::write},
    {"optax", "Python with Optax's functions", "py", true, pacer::detail::converting::optax_code::write},
    {"megatron", "command-line arguments of Megatron-LM", "txt", true,
     pacer::detail::converting::megatron_arguments::write},
    {"deepspeed", "the scheduler of a DeepSpeed configuration", "json", true,
     pacer::detail::converting::deepspeed_json::write}};

/// A schedule written for another trainer.
///
/// @param lr      the schedule.
/// @param target  a name of `conversion_targets`; another is refused, with the nearest.
///
/// Rates are those of the expression; the trainer's own rounding is its own. Nothing is approximated without a word: what
/// differs past the end is in `notes`, everything else is refused. So is an expression of more than 10'000 schedules and
/// operators, for a trainer.
template <class = void>
[[nodiscard]] PACER_HOST conversion convert(const expression& lr, std::string_view target) {
    for (const conversion_target& t : conversion_targets) {
        if (target != t.name)
            continue;
        if (!t.is_trainer)
            return t.write(lr, {});
        if (lr.root()->size() > most_converted_parts)
            return pacer::detail::converting::refused("The expression has more than 10000 schedules and operators.");
        return t.write(lr, pacer::detail::converting::reader::read(*lr.root()));
    }
    static constexpr auto names = [] {
        struct {
            const char* all[std::size(conversion_targets)];
        } kept{};
        for (std::size_t k = 0; k < std::size(conversion_targets); ++k)
            kept.all[k] = conversion_targets[k].name;
        return kept;
    }();
    return pacer::detail::converting::refused(pacer::detail::syntax::described(pacer::detail::syntax::unknown_name(
        "target", target.data(), static_cast<unsigned>((std::min)(target.size(), std::size_t{64})), names.all,
        std::size(conversion_targets))));
}

#ifdef PACER_COMPILED_RECIPES  // then it is in the library pacer::recipes_compiled
extern template conversion convert<void>(const expression&, std::string_view);
#endif

}  // namespace pacer::analysis

#endif

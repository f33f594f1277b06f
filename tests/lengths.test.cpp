// SPDX-License-Identifier: MIT
// Every schedule and every dialect, with its example's rates and every combination of lengths up to 6 (up to 24 where more is asked
// for, support/lengths.hpp), at every step from -2 to past twice the run: no rate that is none or negative, none above the
// rates that were given, nothing before the first step, `fill` and calls the same bits, and the same curve from its text.
#include "support/lengths.hpp"
#include "support/check.hpp"
#include "support/curve.hpp"

#include <pacer/expression/dialects.hpp>
#include <pacer/expression/example.hpp>
#include <pacer/expression/text.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using pacer::expression;
using pacer::step_t;
using support::complaints;

namespace {

// A field that is a length, and what it is tried with.
struct length_field {
    std::string name;
    std::vector<std::string> values;
};

// The lengths of a schedule, each with every value; without what is not a length, which stands in `others`.
std::vector<length_field> lengths_of(const pacer::schedule_description& s, step_t longest, std::string& others) {
    std::vector<length_field> lengths;
    for (const pacer::field_description& f : s.fields) {
        const std::string value = pacer::detail::syntax::example_value(s, f, {});
        const bool is_list_of_steps =
            f.kind == pacer::quantity::list && value.find('.') == std::string::npos && !value.empty();
        if (f.kind == pacer::quantity::steps || f.kind == pacer::quantity::warmup) {
            length_field field{f.name, {}};
            for (step_t n = 0; n <= longest; ++n)
                field.values.push_back(std::to_string(n));
            if (!f.must_be_given)
                field.values.emplace_back();  // as it is by default
            lengths.push_back(std::move(field));
        } else if (is_list_of_steps) {
            length_field field{f.name, {"[]"}};
            const step_t count = std::count(value.begin(), value.end(), ',') + 1;
            for (step_t first = 0; first <= longest; ++first)
                for (step_t apart = 1; apart <= 3; ++apart) {
                    std::string list = "[";
                    for (step_t k = 0; k < count; ++k)
                        list += (k > 0 ? ", " : "") + std::to_string(first + k * apart);
                    field.values.push_back(list + "]");
                }
            lengths.push_back(std::move(field));
        } else if (!value.empty()) {
            others += (others.empty() ? "" : ", ") + f.name + '=' + value;
        }
    }
    return lengths;
}

// Asks the rates of one curve; what is wrong with them.
void check_curve(const std::string& text, const expression& lr, double highest, complaints& wrong) {
    const step_t total = lr.total_steps();
    if (total < 0)
        wrong.add(text, ": total_steps() is ", total);
    constexpr step_t first = -2;
    const step_t asked = total == pacer::endless ? 75 : std::min<step_t>(2 * total, 300) + 25;
    static thread_local std::vector<double> rates;
    rates.assign(static_cast<std::size_t>(asked), -1);
    pacer::fill(lr, first, rates);
    for (step_t j = 0; j < asked; ++j) {
        const double rate = lr(first + j);
        if (!support::is_finite(rate) || !(rate >= 0))
            wrong.add(text, ": ", rate, " at ", first + j);
        if (rate > highest)
            wrong.add(text, ": ", rate, " at ", first + j, ", above ", highest);
        if (!support::same_bits(rate, rates[static_cast<std::size_t>(j)]))
            wrong.add(text, ": fill is not the call at ", first + j);
    }
    if (!support::same_bits(lr(-2), lr(0)) || !support::same_bits(lr(-1), lr(0)))
        wrong.add(text, ": steps before the first");
    const std::string written = pacer::to_text(lr);
    const pacer::parsed_expression again = pacer::try_parse(written);
    if (!again || *again.value != lr)
        wrong.add(text, ": is not ", written);
}

// The largest rate that a curve was given, by default too. (Momenta are plain numbers.)
double highest_of(const expression& lr, const pacer::schedule_description& s) {
    double highest = 0;
    const bool has_rates = std::ranges::any_of(s.fields, [](const pacer::field_description& f) {
        return f.kind == pacer::quantity::rate || f.kind == pacer::quantity::list;
    });
    const std::string text = pacer::resolved_text(lr);
    for (const pacer::field_description& f : s.fields) {
        const std::size_t at = text.find(f.name + '=');
        if (at == std::string::npos)
            continue;
        const char* const value = text.c_str() + at + f.name.size() + 1;
        if (f.kind == pacer::quantity::rate || f.kind == pacer::quantity::rate_or_ratio ||
            (f.kind == pacer::quantity::number && !has_rates))
            highest = std::max(highest, std::strtod(value, nullptr));
        if (f.kind == pacer::quantity::list && value[0] == '[')
            for (const char* item = value + 1; *item != ']';) {
                char* end = nullptr;
                highest = std::max(highest, std::strtod(item, &end));
                item = end + (*end == ',');
            }
    }
    return highest;
}

// OLMo's line starts where its power law would be, above the rate where that is inside of the warm-up.
double highest_of_olmo_power(const expression& lr, double base) {
    const std::string text = pacer::resolved_text(lr);
    const auto value = [&](const char* name) {
        return std::strtod(text.c_str() + text.find(name) + std::strlen(name), nullptr);
    };
    const double start = value("t_max=") - value("decay=");
    const double warmup = value("warmup=");
    return start < warmup ? base * std::pow(start / warmup, value(" b=")) : base;
}

}  // namespace

TEST_CASE("every schedule and dialect, of every combination of lengths") {
    const step_t longest = support::every_length_up_to(6);
    step_t curves = 0;
    for (const pacer::schedule_description& s : pacer::describe_schedules()) {
        std::string others;
        const std::vector<length_field> lengths = lengths_of(s, longest, others);
        complaints wrong;
        step_t accepted = 0;
        std::vector<std::size_t> at(lengths.size(), 0);
        for (bool is_done = false; !is_done;) {
            std::string text = s.name + '(' + others;
            for (std::size_t k = 0; k < lengths.size(); ++k)
                if (!lengths[k].values[at[k]].empty())
                    text += (text.back() == '(' ? "" : ", ") + lengths[k].name + '=' + lengths[k].values[at[k]];
            text += ')';
            const pacer::parsed_expression parsed = pacer::try_parse(text);
            if (parsed) {
                ++accepted;
                const double highest = highest_of(*parsed.value, s);
                check_curve(text, *parsed.value,
                            s.name == "olmo_core::power_lr" ? highest_of_olmo_power(*parsed.value, highest) : highest,
                            wrong);
            } else if (parsed.error.empty()) {
                wrong.add(text, ": refused without a word");
            }
            is_done = true;
            for (std::size_t k = 0; k < at.size() && is_done; ++k) {
                at[k] = (at[k] + 1) % lengths[k].values.size();
                is_done = at[k] == 0;
            }
        }
        INFO(s.name << ": " << accepted << " curves");
        CHECK(wrong.text() == "");
        CHECK(accepted > 0);
        curves += accepted;
    }
    CHECK(curves > 10'000);
    std::printf("%lld curves, lengths up to %lld\n", static_cast<long long>(curves), static_cast<long long>(longest));
}

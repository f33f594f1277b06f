// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/analysis/sample.hpp>
#include <pacer/expression/example.hpp>

#include <set>
#include <string>

using pacer::field_description;
using pacer::schedule_description;

TEST_CASE("every schedule is described once, with every field") {
    const auto all = pacer::describe_schedules();
    CHECK(all.size() == static_cast<std::size_t>(pacer::detail::syntax::expressible_schedules::size +
                                                 pacer::dialect_schedules::size));
    std::set<std::string> names;
    for (const schedule_description& s : all) {
        INFO(s.name);
        CHECK(names.insert(s.name).second);
        CHECK(s.dialect == (s.name.find("::") == std::string::npos ? "" : s.name.substr(0, s.name.find("::"))));
        CHECK((!s.formula.empty() || !s.dialect.empty()));
        for (const field_description& f : s.fields) {
            INFO(f.name);
            CHECK_FALSE(f.about.empty());
            CHECK_FALSE(f.accepted.empty());
            CHECK((f.by_default.empty() || !f.must_be_given));
            CHECK((f.kind != pacer::quantity::choice || f.choices.size() > 1));
        }
    }
}

TEST_CASE("defaults are what is taken where a field is not given") {
    // Written out, they change nothing.
    for (const schedule_description& s : pacer::describe_schedules()) {
        const std::string example = pacer::example(s);
        const pacer::expression lr = pacer::parse(example);
        std::string longer = example.substr(0, example.size() - 1);
        for (const field_description& f : s.fields)
            if (!f.by_default.empty() && example.find("(" + f.name + "=") == std::string::npos &&
                example.find(" " + f.name + "=") == std::string::npos)
                longer += (longer.back() == '(' ? "" : ", ") + f.name + "=" + f.by_default;
        INFO(longer);
        CHECK(pacer::parse(longer + ")") == lr);
    }
}

TEST_CASE("every choice is accepted by name") {
    const auto cosine = pacer::describe_schedule("cosine");
    const auto linear = pacer::describe_schedule("linear");
    REQUIRE(cosine);
    REQUIRE(linear);
    for (const auto& [s, has_wave] : {std::pair(*cosine, true), std::pair(*linear, false)}) {
        const field_description* past_end = s.find("past_end");
        REQUIRE(past_end != nullptr);
        bool found = false;
        for (const std::string& choice : past_end->choices) {
            found = found || choice == "wave";
            CHECK_NOTHROW(pacer::parse(s.name + "(peak_lr=1, total_steps=10, past_end=" + choice + ")"));
        }
        CHECK(found == has_wave);
    }
    CHECK_FALSE(pacer::describe_schedule("cosin"));
}

TEST_CASE("every schedule has an example that shows it") {
    for (const schedule_description& s : pacer::describe_schedules()) {
        const std::string text = pacer::example(s);
        INFO(text);
        const pacer::expression lr = pacer::parse(text);
        CHECK(lr.name() == s.name);
        const auto range = pacer::analysis::find_extremes(lr, 0, 1000);
        const bool is_constant = s.name.ends_with("constant") || s.name.ends_with("constant_schedule");
        CHECK((range.highest > 1.2 * range.lowest || is_constant || s.name.ends_with("_momentum")));
        CHECK(range.highest > 0);
        // It is as long as it is asked to be.
        const pacer::expression longer = pacer::parse(pacer::example(s, {.total_steps = 3000}));
        if (lr.total_steps() > 900 && lr.total_steps() < 1100)
            CHECK(longer.total_steps() > 2700);
    }
}

TEST_CASE("every operator is described by its form") {
    const auto all = pacer::describe_operators();
    const auto about = [&](const std::string& form) {
        for (const auto& [name, what] : all)
            if (name == form)
                return what;
        return std::string();
    };
    CHECK(!about("scale(schedule, factor)").empty());
    CHECK(!about("join(schedule, at, schedule, ...)").empty());
    for (const auto& [form, what] : all) {
        INFO(form);
        CHECK(form.ends_with(")"));
        CHECK(!what.empty());
    }
}

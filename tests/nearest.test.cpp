// SPDX-License-Identifier: MIT
#include "support/check.hpp"

#include <pacer/nearest.hpp>

#include <string>
#include <string_view>

using pacer::detail::bare_name;
using pacer::detail::distance;

namespace {

constexpr bare_name bare(std::string_view name) { return {name.data(), static_cast<unsigned>(name.size())}; }
constexpr unsigned distance_of(std::string_view a, std::string_view b) { return distance(bare(a), bare(b)); }

constexpr const char* known[] = {"peak_lr", "min_lr", "total_steps", "warmup", "first_step", "past_end", "wave"};

std::string nearest(std::string_view name) {
    const char* const found = pacer::detail::nearest(name.data(), static_cast<unsigned>(name.size()), known, 7);
    return found == nullptr ? "" : found;
}

// What `distance` is by definition, without any table; for short names.
unsigned by_definition(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty())
        return static_cast<unsigned>(a.size() + b.size());
    const std::string_view a_less = a.substr(0, a.size() - 1);
    const std::string_view b_less = b.substr(0, b.size() - 1);
    unsigned d = std::min({by_definition(a_less, b) + 1, by_definition(a, b_less) + 1,
                           by_definition(a_less, b_less) + (a.back() == b.back() ? 0u : 1u)});
    if (a.size() > 1 && b.size() > 1 && a.back() == b[b.size() - 2] && a[a.size() - 2] == b.back())
        d = std::min(d, by_definition(a.substr(0, a.size() - 2), b.substr(0, b.size() - 2)) + 1);
    return d;
}

}  // namespace

TEST_CASE("the distance counts letters put in, left out, exchanged and swapped") {
    STATIC_REQUIRE(distance_of("cosine", "cosine") == 0);
    STATIC_REQUIRE(distance_of("cosin", "cosine") == 1);
    STATIC_REQUIRE(distance_of("cosinee", "cosine") == 1);
    STATIC_REQUIRE(distance_of("cosina", "cosine") == 1);
    STATIC_REQUIRE(distance_of("csoine", "cosine") == 1);
    STATIC_REQUIRE(distance_of("", "cosine") == 6 && distance_of("cosine", "") == 6 && distance_of("", "") == 0);
    STATIC_REQUIRE(distance_of("Peak-LR", "peak_lr") == 0);

    support::complaints wrong;
    std::uint32_t random = 1;
    const auto letter = [&] {
        return static_cast<char>('a' + (random = random * 1664525u + 1013904223u) / 0x55555556u);
    };
    for (unsigned i = 0; i < 400; ++i) {
        std::string a(i % 7, ' ');
        std::string b(i / 7 % 7, ' ');
        for (char& c : a)
            c = letter();
        for (char& c : b)
            c = letter();
        if (distance_of(a, b) != by_definition(a, b))
            wrong.add(a, " and ", b, ": ", distance_of(a, b), ", not ", by_definition(a, b));
    }
    CHECK(wrong.text().empty());
}

TEST_CASE("a misspelt name has a nearest, another has none") {
    CHECK(nearest("total_step") == "total_steps");
    CHECK(nearest("totalSteps") == "total_steps");
    CHECK(nearest("peaklr") == "peak_lr");
    CHECK(nearest("fist_step") == "first_step");
    CHECK(nearest("wave") == "wave");
    CHECK(nearest("wav").empty());  // of four letters none may be wrong
    CHECK(nearest("num_cycles").empty());
    CHECK(nearest("").empty());
}

TEST_CASE("a name of any length is compared without reading past its end") {
    for (const unsigned n : {62u, 63u, 64u, 65u, 1000u}) {
        const std::string name(n, 'x');
        const std::string known_name = name + 'x';
        const char* const one[] = {known_name.c_str()};
        const char* const found = pacer::detail::nearest(name.data(), n, one, 1);
        CHECK((found == one[0]) == (n == 62));  // of more than 63 letters none is near
    }
    const std::string dashes(1000, '_');
    CHECK(nearest(dashes + "total" + dashes + "step") == "total_steps");
}

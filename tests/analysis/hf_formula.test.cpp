// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "support/golden.hpp"

#include <pacer/analysis/hf_formula.hpp>

#include <cmath>
#include <limits>

namespace {

pacer::ramp_shape shape_named(const std::string& name) {
    return name == "cosine"   ? pacer::ramp_shape::cosine
           : name == "1-sqrt" ? pacer::ramp_shape::one_minus_sqrt
                              : pacer::ramp_shape::linear;
}

pacer::schedule_parameters parameters_of(const std::string& name, double peak, pacer::step_t warmup,
                                         pacer::step_t total, const std::map<std::string, std::string>& kwargs) {
    pacer::schedule_parameters p{.peak_lr = peak, .total_steps = total};
    if (name == "polynomial")
        p.end_lr = 1e-7;
    for (const auto& [key, value] : kwargs) {
        if (key == "min_lr")
            p.min_lr = support::number(value);
        else if (key == "min_lr_rate" || key == "min_lr_ratio")
            p.min_lr = pacer::lr_ratio(support::number(value));
        else if (key == "warmup_lr_rate")
            p.init_lr = pacer::lr_ratio(support::number(value));
        else if (key == "num_cycles")
            p.num_cycles = support::number(value);
        else if (key == "power")
            p.power = support::number(value);
        else if (key == "lr_end")
            p.end_lr = support::number(value);
        else if (key == "timescale")
            p.timescale = support::count(value);
        else if (key == "num_decay_steps")
            p.decay_steps = support::count(value);
        else if (key == "num_stable_steps")
            p.stable_steps = support::count(value);
        else if (key == "decay_type")
            p.decay_shape = shape_named(value);
        else if (key == "warmup_type")
            p.warmup_shape = shape_named(value);
        else
            FAIL("unknown kwarg " << key);
    }
    if (name == "warmup_stable_decay") {
        if (!p.decay_shape)
            p.decay_shape = pacer::ramp_shape::cosine;
        if (!p.stable_steps)
            p.stable_steps = total - warmup - *p.decay_steps;
    }
    return p;
}

}  // namespace

// The bits are those of one C library's cosine and power; another's may differ in the last place now and then.
TEST_CASE("the formula has the bits of Hugging Face's own output") {
    for (const char* file : {"hf_v4.csv", "hf_v5.csv"}) {
        std::size_t rows = 0;
        std::size_t same = 0;
        for (const auto& row : support::golden(file, 8)) {
            const double peak = support::number(row[2]);
            const pacer::step_t warmup = support::count(row[3]);
            const pacer::step_t total = support::count(row[4]);
            const pacer::analysis::hf_formula formula(
                row[1], parameters_of(row[1], peak, warmup, total, support::options(row[5])), warmup);
            const double expected = support::number(row[7]);
            const double found = formula(support::count(row[6]));
            const double ulp = std::nextafter(peak, std::numeric_limits<double>::infinity()) - peak;
            INFO(file << " case " << row[0] << " " << row[1] << " " << row[5] << " step " << row[6]);
            REQUIRE(std::abs(found - expected) <= 2 * ulp);
            ++rows;
            same += found == expected ? 1 : 0;
        }
        CHECK(rows > 10'000);
        CHECK(static_cast<double>(same) >= 0.999 * static_cast<double>(rows));
    }
}

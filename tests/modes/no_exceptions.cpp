// SPDX-License-Identifier: MIT
// Compiled with -fno-exceptions -fno-rtti: the core must compile, give the same values, and report an invalid
// configuration to the replaceable handler. A plain program, because Catch2 needs both; the last check is the handler's.
#include <pacer/expression/make.hpp>
#include <pacer/training/resume.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#ifdef __cpp_exceptions
#error "this program is for compilation without exceptions"
#endif

namespace {

int failures = 0;

void check(bool good, const char* what, int line) {
    if (!good) {
        std::printf("failed, line %d: %s\n", line, what);
        ++failures;
    }
}

#define CHECK(...) check(__VA_ARGS__, #__VA_ARGS__, __LINE__)

template <class T>
T at_run_time(T x) {
    volatile T unknown = x;
    return unknown;
}

void values() {
    using namespace pacer;
    constexpr cosine constant_lr{{.peak_lr = 2.0, .total_steps = 10}};
    static_assert(constant_lr(0) == 2.0 && constant_lr(5) == 1.0 && constant_lr(10) == 0.0);

    const cosine lr{{.peak_lr = at_run_time(2.0), .total_steps = 10, .warmup = warmup_steps(2)}};
    CHECK(lr(at_run_time(step_t{0})) == 0);
    CHECK(lr(at_run_time(step_t{1})) == 1);
    CHECK(lr(at_run_time(step_t{2})) == 2);
    CHECK(lr(at_run_time(step_t{6})) == 1);
    CHECK(lr(at_run_time(step_t{10})) == 0);

    const auto joined = join(lr, 4, constant<double>({.peak_lr = 0.5}), 8, scale(lr, 4));
    CHECK(joined(at_run_time(step_t{2})) == 2);
    CHECK(joined(at_run_time(step_t{7})) == 0.5);
    CHECK(joined(at_run_time(step_t{10})) == 8);

    const any_schedule<double> held = lr;
    CHECK(held(at_run_time(step_t{2})) == 2 && held.total_steps() == 10);
    CHECK(pacer::make("linear", {{"peak_lr", 8}, {"total_steps", 4}})(at_run_time(step_t{1})) == 6);
}

// A text that is wrong is a value, whatever is wrong with it: it does not end the program.
void texts_as_values() {
    for (const char* wrong : {"",
                              "cosine",
                              "cosine(peak_lr=1)",
                              "cosine(peak_lr=-1, total_steps=10)",
                              "consine(peak_lr=1, total_steps=10)",
                              "scale(constant(peak_lr=1), -1)",
                              "clamp(constant(peak_lr=1), 2, 1)",
                              "advance(constant(peak_lr=1), -1)",
                              "delay(constant(peak_lr=1), -1)",
                              "every(0, constant(peak_lr=1))",
                              "repeat(constant(peak_lr=1), 3)",
                              "repeat(linear(peak_lr=1, total_steps=3), 0)",
                              "repeat(linear(peak_lr=1, total_steps=3), 2, scale=2)",
                              "cooldown(constant(peak_lr=1), at=-1, over=3)",
                              "cooldown(constant(peak_lr=1), at=1, over=3, to=-1)",
                              "blend(constant(peak_lr=1), at=1, over=-1, constant(peak_lr=1))",
                              "rewarm(constant(peak_lr=1), at=-1, over=1, constant(peak_lr=1))",
                              "rescale(constant(peak_lr=1), at=1, constant(peak_lr=0.5))",
                              "join(constant(peak_lr=1), -1, constant(peak_lr=1))",
                              "join(constant(peak_lr=1))x",
                              "join()"}) {
        const pacer::parsed_expression parsed = pacer::try_parse(wrong);
        CHECK(!parsed && !parsed.error.empty());
    }
    CHECK(pacer::try_parse("cosine(peak_lr=1, total_steps=10)").value->total_steps() == 10);

    const pacer::checkpoint good{.at = pacer::progress({.updates = 7}),
                                 .curve = pacer::expression(pacer::cosine{{.peak_lr = 1, .total_steps = 10}}),
                                 .states = {{"mine", "text"}}};
    const std::string text = pacer::to_text(good);
    CHECK(static_cast<bool>(pacer::try_from_text(text)));
    const auto is_refused = [&](const std::string& what, const std::string& by) {
        std::string lines = text.substr(0, text.rfind("checksum "));
        lines.replace(lines.find(what), what.size(), by);
        const pacer::loaded_checkpoint loaded = pacer::try_from_text(lines + pacer::detail::checksum_line(lines));
        return !loaded && !loaded.is_missing && !loaded.error.empty();
    };
    CHECK(is_refused("updates 7", "updates -7"));
    CHECK(is_refused("updates 7", "updates x"));
    CHECK(is_refused("clock updates", "clock hours"));
    CHECK(is_refused("peak_lr=1", "peak_lr=nan"));
    CHECK(is_refused("curve cosine(", "curve delay("));
    CHECK(is_refused("curve ", "curve scale(constant(peak_lr=1), -1)\ncurve "));
    CHECK(is_refused("state mine 4", "state mine 5"));
    for (std::size_t k = 0; k < text.size(); ++k)
        CHECK(!pacer::try_from_text(text.substr(0, k)));
    CHECK(pacer::try_load("/nonexistent/checkpoint").is_missing);

    pacer::atomic_file nowhere("/nonexistent/file");
    nowhere.write("text");
    CHECK(!nowhere.commit() && !nowhere.error().empty());
}

void asked_first() {
    const pacer::violation v = check(pacer::linear_params<double>{.peak_lr = at_run_time(-2.0), .total_steps = 10});
    CHECK(v && std::strcmp(v.field, "peak_lr") == 0 && v.rate == -2);
    CHECK(!check(pacer::linear_params<double>{.peak_lr = at_run_time(2.0), .total_steps = 10}));
}

void other(const char*) {}

void handler(const char* message) {
    CHECK(std::strcmp(message, "pacer: peak_lr = -2: must be a finite rate of 0 or more") == 0);
    std::printf("the handler was told: %s\n", message);
    std::exit(failures == 0 ? 0 : 1);
}

}  // namespace

int main() {
    values();
    asked_first();
    texts_as_values();

    CHECK(pacer::set_invalid_handler(other) != nullptr);  // there is one from the start, which prints
    CHECK(pacer::set_invalid_handler(handler) == other);
    const pacer::cosine never{{.peak_lr = at_run_time(-2.0), .total_steps = 10}};
    std::printf("failed: an invalid schedule exists, %g\n", never(0));
    return 1;
}

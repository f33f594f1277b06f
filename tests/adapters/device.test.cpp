// SPDX-License-Identifier: MIT
#include <pacer/adapters/device.hpp>
#include <pacer/pacer.hpp>

#include "catch.hpp"

#include <array>
#include <cstring>
#include <deque>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace {

using pacer::step_t;

constexpr pacer::cosine lr{{.peak_lr = 0.1, .total_steps = 20, .warmup = pacer::warmup_steps(4)}};

/// Does later, in order, what it is told now: what a device's stream is to its host.
class stream {
public:
    void copy(float* to, const float* from) {
        work_.push_back([=] { std::memcpy(to, from, sizeof(float)); });
    }
    void launch(std::function<void()> graph) { work_.push_back(std::move(graph)); }
    void run(std::size_t leave = 0) {
        for (; work_.size() > leave; work_.pop_front())
            work_.front()();
    }

private:
    std::deque<std::function<void()>> work_;
};

/// The rates that 20 updates find on the device, of which up to `under_way` are waiting while the host goes on.
std::vector<float> rates_on_device(std::span<float> slots, std::size_t under_way) {
    float device_lr = 0;
    std::vector<float> found;
    stream device;
    for (step_t step = 0; step < 20; ++step) {
        device.copy(&device_lr, pacer::set_lr(slots, lr, step));
        device.launch([&] { found.push_back(device_lr); });
        device.run(2 * under_way);
    }
    device.run();
    return found;
}

std::vector<float> expected() {
    std::vector<float> rates;
    for (step_t step = 0; step < 20; ++step)
        rates.push_back(static_cast<float>(lr(step)));
    return rates;
}

}  // namespace

TEST_CASE("device: a float, or whatever writes one") {
    float slot = -1;
    std::vector<float> written;
    for (const step_t step : {-1, 0, 1, 4, 11, 20, 1000}) {
        const auto rate = static_cast<float>(lr(step));
        CHECK(pacer::set_lr(&slot, lr, step) == rate);
        CHECK(slot == rate);
        CHECK(pacer::set_lr([&](float r) { written.push_back(r); }, lr, step) == rate);
        CHECK(written.back() == rate);
    }
    const pacer::cosine<float> single{{.peak_lr = 0.1F, .total_steps = 20}};
    CHECK(pacer::set_lr(&slot, single, 3) == single(3));
}

TEST_CASE("device: a slot for each update under way keeps the rates apart") {
    std::array<float, 4> slots{};
    CHECK(pacer::set_lr(slots, lr, 5) == &slots[1]);
    CHECK(pacer::set_lr(slots, lr, 8) == &slots[0]);
    CHECK(pacer::set_lr(slots, lr, -3) == &slots[0]);
    for (const std::size_t under_way : {0U, 1U, 2U, 3U}) {
        CAPTURE(under_way);
        CHECK(rates_on_device(slots, under_way) == expected());
        // With one slot, an update that waits finds the rate of a later one.
        CHECK((rates_on_device(std::span(slots).first(1), under_way) == expected()) == (under_way == 0));
    }
}

TEST_CASE("device: what is no rate is not written") {
    float slot = 7;
    std::string error;
    try {
        pacer::set_lr(
            &slot, [](step_t) { return std::numeric_limits<double>::infinity(); }, 0);
    } catch (const pacer::invalid_schedule& e) {
        error = e.what();
    }
    CHECK(error == "pacer: lr = inf: must be a finite rate of 0 or more");
    CHECK(slot == 7);
    CHECK_THROWS_AS(pacer::set_lr(std::span<float>(), lr, 0), pacer::invalid_schedule);
    const double large = 1e300;
    CHECK_THROWS_AS(pacer::set_lr(
                        &slot, [=](step_t) { return large; }, 0),
                    pacer::invalid_schedule);
    CHECK(slot == 7);
}

// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_SUPPORT_LENGTHS_HPP
#define PACER_TESTS_SUPPORT_LENGTHS_HPP

#include <pacer/schedule.hpp>

#include <cstdlib>

namespace support {

/// Up to which number of steps tests try every length: as PACER_TEST_LENGTHS says, where that is more than they try every day.
inline pacer::step_t every_length_up_to(pacer::step_t every_day) {
    const char* const asked = std::getenv("PACER_TEST_LENGTHS");
    const pacer::step_t longest = asked == nullptr ? 0 : std::atoi(asked);
    return longest > every_day ? longest : every_day;
}

}  // namespace support

#endif

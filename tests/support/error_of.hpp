// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_SUPPORT_ERROR_OF_HPP
#define PACER_TESTS_SUPPORT_ERROR_OF_HPP

#include <pacer/error.hpp>

#include <string>

namespace support {

// The text of the error that a call is refused with.
template <class F>
std::string error_of(F&& f) {
    try {
        f();
    } catch (const pacer::invalid_schedule& error) {
        return error.what();
    }
    return "accepted";
}

}  // namespace support

#endif

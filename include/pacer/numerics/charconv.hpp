// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_CHARCONV_HPP
#define PACER_NUMERICS_CHARCONV_HPP

// std::to_chars and std::from_chars, of double too with every standard library.

#include <pacer/macros.hpp>

#include <charconv>
#include <concepts>

// PACER_DETAIL_PORTABLE_CHARCONV: pacer's own everywhere, for tests.
#if !defined(__cpp_lib_to_chars) && !defined(PACER_DETAIL_PORTABLE_CHARCONV)
#define PACER_DETAIL_PORTABLE_CHARCONV
#endif
#ifdef PACER_DETAIL_PORTABLE_CHARCONV
#include <pacer/numerics/portable_charconv.hpp>
#endif

namespace pacer::detail {

/// Writes a number so that it reads back as the same, shortest; there is room for 32 characters. Where it ends.
PACER_HOST char* to_chars(char* to, std::integral auto n) noexcept { return std::to_chars(to, to + 32, n).ptr; }
PACER_HOST inline char* to_chars(char* to, double x) noexcept {
#ifdef PACER_DETAIL_PORTABLE_CHARCONV
    return portable::to_chars(to, x, false);
#else
    return std::to_chars(to, to + 32, x).ptr;
#endif
}
PACER_HOST inline char* to_chars_scientific(char* to, double x) noexcept {
#ifdef PACER_DETAIL_PORTABLE_CHARCONV
    return portable::to_chars(to, x, true);
#else
    return std::to_chars(to, to + 32, x, std::chars_format::scientific).ptr;
#endif
}

PACER_HOST std::from_chars_result from_chars(const char* first, const char* last, std::integral auto& to) noexcept {
    return std::from_chars(first, last, to);
}
PACER_HOST inline std::from_chars_result from_chars(const char* first, const char* last, double& to) noexcept {
#ifdef PACER_DETAIL_PORTABLE_CHARCONV
    return portable::from_chars(first, last, to);
#else
    return std::from_chars(first, last, to);
#endif
}

}  // namespace pacer::detail

#endif

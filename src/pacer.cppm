// SPDX-License-Identifier: MIT
// import pacer; - what <pacer/pacer.hpp> has, and fill, exact, any_schedule, expressions, dialects, checkpoints and groups. Macros
// are not exported. A program may include headers of pacer as well: both are the same entities.
module;

// All that the headers include of the standard library; it must not become a part of the module.
#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <new>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

export module pacer;

#if defined(__clang__)
#pragma clang diagnostic ignored "-Winclude-angled-in-module-purview"
#endif

export extern "C++" {
#include <pacer/any_schedule.hpp>
#include <pacer/exact.hpp>
#include <pacer/expression/describe.hpp>
#include <pacer/expression/dialects.hpp>
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>
#include <pacer/table.hpp>
#include <pacer/training/groups.hpp>
#include <pacer/training/plan.hpp>
#include <pacer/training/plateau.hpp>
#include <pacer/training/resume.hpp>
#include <pacer/version.hpp>
}

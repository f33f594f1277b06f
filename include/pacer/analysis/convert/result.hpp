// SPDX-License-Identifier: MIT
#ifndef PACER_ANALYSIS_CONVERT_RESULT_HPP
#define PACER_ANALYSIS_CONVERT_RESULT_HPP

#include <pacer/macros.hpp>

#include <string>
#include <utility>
#include <vector>

namespace pacer::analysis {

/// What came of a conversion: the text, or the reason why there is none.
struct conversion {
    std::string text{};     ///< a whole file; it ends with a new line
    std::string refusal{};  ///< one sentence: what the other cannot express; empty if there is a text
    /// What differs past the end, and what else the other asks for. They stand in the text as comments, if it has any.
    std::vector<std::string> notes{};

    /// Whether there is a text.
    explicit operator bool() const noexcept { return refusal.empty(); }
};

}  // namespace pacer::analysis

namespace pacer::detail::converting {

PACER_HOST inline analysis::conversion refused(std::string why) { return {{}, std::move(why), {}}; }

}  // namespace pacer::detail::converting

#endif

// SPDX-License-Identifier: MIT
#ifndef PACER_NEAREST_HPP
#define PACER_NEAREST_HPP

#include <pacer/macros.hpp>

// Which known name a misspelt one is probably meant to be: for messages.

namespace pacer::detail {

/// The length of a string.
PACER_HOST constexpr unsigned length_of(const char* text) noexcept {
    unsigned n = 0;
    while (text[n] != '\0')
        ++n;
    return n;
}

/// A name in lower case, without `_` and `-`: what two spellings are compared by. Names of more than 63 such letters are
/// near to none.
struct bare_name {
    static constexpr unsigned most = 63;

    char letters[most]{};
    unsigned length = 0;

    PACER_HOST constexpr bare_name(const char* name, unsigned given) noexcept {
        for (unsigned i = 0; i < given && length <= most; ++i) {
            const char c = name[i];
            if (c == '_' || c == '-')
                continue;
            if (length < most)
                letters[length] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            ++length;
        }
    }
};

/// How many letters must be put in, left out, exchanged, or swapped with their neighbour.
PACER_HOST constexpr unsigned distance(const bare_name& a, const bare_name& b) noexcept {
    unsigned rows[3][bare_name::most + 1]{};
    const auto least = [](unsigned x, unsigned y) { return x < y ? x : y; };
    for (unsigned j = 0; j <= b.length; ++j)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a.length; ++i) {
        unsigned* const now = rows[i % 3];
        const unsigned* const last = rows[(i + 2) % 3];
        const unsigned* const before_last = rows[(i + 1) % 3];
        now[0] = i;
        for (unsigned j = 1; j <= b.length; ++j) {
            const bool same = a.letters[i - 1] == b.letters[j - 1];
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (same ? 0 : 1));
            if (i > 1 && j > 1 && a.letters[i - 1] == b.letters[j - 2] && a.letters[i - 2] == b.letters[j - 1])
                now[j] = least(now[j], before_last[j - 2] + 1);
        }
    }
    return rows[a.length % 3][b.length];
}

/// Is shown the known names one after the other, and keeps the one that `name` is probably meant to be.
///
/// The bounds are chosen so that none of the 390 argument names of transformers 4.57.6 and 5.14.1 and LLaMA-Factory
/// 0.9.5 is near to one that it is not: `eval_steps` and `save_steps` are 3 from `max_steps`, and
/// `per_device_eval_batch_size` is 4 from its sister.
class nearest_name {
public:
    PACER_HOST constexpr nearest_name(const char* name, unsigned length) noexcept : name_(name, length) {}

    /// Whether `known` is nearer than all before it, and near enough.
    PACER_HOST constexpr bool is_nearest(const char* known, unsigned known_length) noexcept {
        const bare_name other(known, known_length);
        const unsigned longer = name_.length > other.length ? name_.length : other.length;
        const unsigned shorter = name_.length > other.length ? other.length : name_.length;
        const unsigned allowed = longer < 5 ? 0 : longer < 8 ? 1 : longer < 16 ? 2 : 3;
        if (longer > bare_name::most || longer - shorter > allowed)
            return false;
        const unsigned d = distance(name_, other);
        if (d > allowed || d >= fewest_)
            return false;
        fewest_ = d;
        return true;
    }

private:
    bare_name name_;
    unsigned fewest_ = bare_name::most;
};

/// The name among `count` known ones that `name` is probably meant to be; nullptr if there is none.
PACER_HOST constexpr const char* nearest(const char* name, unsigned length, const char* const* known,
                                         unsigned count) noexcept {
    nearest_name nearest(name, length);
    const char* best = nullptr;
    for (unsigned i = 0; i < count; ++i)
        if (nearest.is_nearest(known[i], length_of(known[i])))
            best = known[i];
    return best;
}

}  // namespace pacer::detail

#endif

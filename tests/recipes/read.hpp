// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_RECIPES_READ_HPP
#define PACER_TESTS_RECIPES_READ_HPP

// What the tests of the readers share.

#include <pacer/recipes/recipe.hpp>

#include <string>

/// What a reader says of a text: the error, or "accepted".
template <class Read>
std::string verdict(Read read) {
    try {
        static_cast<void>(read());
    } catch (const pacer::recipes::recipe_error& error) {
        return error.what();
    }
    return "accepted";
}

#endif

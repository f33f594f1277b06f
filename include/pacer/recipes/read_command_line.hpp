// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_READ_COMMAND_LINE_HPP
#define PACER_RECIPES_READ_COMMAND_LINE_HPP

/// Recipes from command lines: a command as it is pasted, a shell script, or the arguments of a running program.

#include <pacer/recipes/detail/compiled.hpp>
#ifndef PACER_COMPILED_RECIPES
#include <pacer/recipes/detail/recognise.hpp>
#endif

#include <string>
#include <string_view>
#include <vector>

namespace pacer::recipes {

/// The recipe in a command that trains, or in a shell script with one such command.
///
///     parse_command_line("torchrun --nproc_per_node 8 train.py --learning_rate 1e-4 --lr_scheduler_type cosine");
///
/// @param text  the command, with quotes, backslashes at the ends of lines and comments as a shell takes them; at most
///              512 KiB. Nothing is run, and shell variables are not looked up: only those that hold arguments themselves
///              (`ARGS="--lr 1e-4 ..."`) are put in their place.
/// @param file  its name, for messages.
/// @param as    whose command it is (`formats`); empty: the one whose words or arguments stand in it, else Hugging Face's.
///
/// An error (`recipe_error`, with line and key): `$NAME` where a rate or a length is wanted; a quotation that is not
/// closed; blanks behind a backslash at the end of a line; arguments that a comment or a missing backslash cuts off; two
/// commands that train, or none; and those of the trainer's format.
[[nodiscard]] PACER_HOST inline recipe parse_command_line(std::string_view text, const std::string& file = "command",
                                                          std::string_view as = {}) {
    return detail::recipe_in_command(text, file, as);
}

/// The same from arguments that a shell has split already: those of `main`, with or without the program's name.
[[nodiscard]] PACER_HOST inline recipe parse_arguments(const std::vector<std::string>& arguments,
                                                       const std::string& file = "arguments",
                                                       std::string_view as = {}) {
    return detail::recipe_in_arguments(arguments, file, as);
}

}  // namespace pacer::recipes

#endif

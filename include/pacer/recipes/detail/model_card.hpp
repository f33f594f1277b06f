// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_MODEL_CARD_HPP
#define PACER_RECIPES_DETAIL_MODEL_CARD_HPP

// The hyperparameters that the Trainer lists in the README.md of a model, and the versions below them.

#include <pacer/recipes/detail/build.hpp>
#include <pacer/recipes/detail/json.hpp>
#include <pacer/recipes/detail/yaml_scalar.hpp>

namespace pacer::recipes::detail {

/// A dict as Python prints it, as JSON.
PACER_HOST inline std::string json_of_python(std::string_view text) {
    std::string json;
    for (std::size_t i = 0; i < text.size();) {
        const auto takes = [&](std::string_view name, std::string_view instead) {
            if (text.substr(i, name.size()) != name)
                return false;
            json += instead;
            i += name.size();
            return true;
        };
        if (!takes("True", "true") && !takes("False", "false") && !takes("None", "null") && !takes("'", "\""))
            json += text[i++];
    }
    return json;
}

/// Goes through a model card line by line.
class model_card_reader {
public:
    PACER_HOST model_card_reader(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    /// A list of maps of one key each, as the Trainer's own metadata has it; the version of transformers is one of them.
    [[nodiscard]] PACER_HOST tree read() {
        check_size(text_, file_);
        tree list;
        list.is = tree::kind::list;
        list.line = 1;
        section in = section::other;
        int line = 0;
        while (!text_.empty()) {
            const std::size_t end = (std::min)(text_.find('\n'), text_.size());
            std::string_view rest = text_.substr(0, end);
            text_.remove_prefix((std::min)(end + 1, text_.size()));
            ++line;
            const bool is_item = rest.substr(0, 2) == "- ";
            if (rest.substr(0, 1) == "#")
                in = section_of(rest, list);
            else if (is_item && in != section::other)
                add(list, rest.substr(2), line, in);
            has_heading_ = has_heading_ || in == section::hyperparameters;
            if (is_item && in == section::other)
                add_bare(rest.substr(2), line);
            else if (rest.find_first_not_of(" \t\r") != std::string_view::npos)
                end_bare();
        }
        end_bare();
        if (!has_heading_)
            take_bare(list);
        if (list.items.empty())
            throw recipe_error({file_, 0, ""},
                               "found no list of hyperparameters, accepted: a model card with \"Training "
                               "hyperparameters\", as the Trainer writes it");
        return list;
    }

private:
    /// A list under no heading that says what it is: it is one of hyperparameters if its keys say so.
    PACER_HOST void add_bare(std::string_view item, int line) {
        if (bare_.items.size() <= most_in_bare)
            add(bare_, item, line, section::hyperparameters);
    }

    PACER_HOST void end_bare() {
        const auto& items = bare_.items;
        const auto known = std::count_if(items.begin(), items.end(), [](const tree& item) {
            return !argument_of(item.entries.front().key).empty();
        });
        const bool has_rate = std::any_of(items.begin(), items.end(),
                                          [](const tree& item) { return item.entries.front().key == "learning_rate"; });
        if (has_rate && known > 2 && items.size() <= most_in_bare)
            bare_lists_.push_back(bare_);
        bare_ = {};
    }

    PACER_HOST void take_bare(tree& list) const {
        if (bare_lists_.size() > 1)
            throw recipe_error(
                {file_, bare_lists_[1].items.front().line, ""},
                "found a second list of hyperparameters (the first is in line " +
                    std::to_string(bare_lists_[0].items.front().line) +
                    "), accepted: one, or a heading \"Training hyperparameters\" above the one that counts");
        if (bare_lists_.size() == 1)
            list.items.insert(list.items.begin(), bare_lists_[0].items.begin(), bare_lists_[0].items.end());
    }

    enum class section { other, hyperparameters, versions };

    [[nodiscard]] PACER_HOST static section section_of(std::string_view heading, tree& list) {
        std::string name;
        for (const char c : heading.substr((std::min)(heading.find_first_not_of("# "), heading.size())))
            name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        while (!name.empty() && (name.back() == '\r' || name.back() == ' '))
            name.pop_back();
        if (name == "framework versions")
            return section::versions;
        // sentence-transformers lists what is not a default, and then everything.
        if (name == "all hyperparameters")
            list.items.clear();
        return name.find("hyperparameters") != std::string::npos ? section::hyperparameters : section::other;
    }

    PACER_HOST void add(tree& list, std::string_view item, int line, section in) const {
        while (!item.empty() && (item.back() == '\r' || item.back() == ' '))
            item.remove_suffix(1);
        const std::string_view separator = in == section::versions ? " " : ":";
        const std::size_t at = item.find(separator);
        if (at == std::string_view::npos)
            return;
        std::string_view key = item.substr(0, at);
        std::string_view value = item.substr(at + 1);
        while (value.substr(0, 1) == " ")
            value.remove_prefix(1);
        if (in == section::versions) {
            if (key != "Transformers" && key != "Transformers:")
                return;
            key = "transformers_version";
        }
        tree map;
        map.is = tree::kind::map;
        map.line = line;
        map.entries.push_back({name_of(key), line, value_of(without_marks(value), line)});
        list.items.push_back(std::move(map));
        if (static_cast<int>(list.items.size()) > most_values)
            throw recipe_error({file_, line, ""}, "holds too many values for a recipe, accepted: at most 10000");
    }

    /// Without what makes it bold, or code.
    [[nodiscard]] PACER_HOST static std::string_view without_marks(std::string_view text) {
        const std::size_t first = text.find_first_not_of("*` ");
        return first == std::string_view::npos ? text : text.substr(first, text.find_last_not_of("*` ") + 1 - first);
    }

    /// `**Learning rate` is learning_rate: people write such lists, too.
    [[nodiscard]] PACER_HOST static std::string name_of(std::string_view written) {
        const std::string key(without_marks(written));
        std::string name;
        for (const char c : key)
            name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' || c == '-' ? '_' : c;
        return argument_of(name).empty() && argument_meant_by(name).name.empty() ? key : name;
    }

    [[nodiscard]] PACER_HOST tree value_of(std::string_view text, int line) const {
        tree value = yaml_scalar(text).value();
        if (text.substr(0, 1) == "{") {
            try {
                value = json_tree(json_of_python(text), file_);
            } catch (const recipe_error&) {
                // An object of Python's, which is no argument of ours.
            }
            for (entry& e : value.entries)
                e.line = line;
        }
        value.line = line;
        return value;
    }

    static constexpr std::size_t most_in_bare = 200;

    std::string_view text_;
    const std::string& file_;
    bool has_heading_ = false;
    tree bare_{};
    std::vector<tree> bare_lists_{};
};

PACER_HOST inline tree model_card_tree(std::string_view text, const std::string& file) {
    return model_card_reader(text, file).read();
}

}  // namespace pacer::recipes::detail

#endif

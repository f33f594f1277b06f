// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_READ_YAML_HPP
#define PACER_RECIPES_READ_YAML_HPP

/// Recipes from YAML: LLaMA-Factory's files, training arguments, the hyperparameters of a model card.
/// Needs yaml-cpp 0.7 or later, and nlohmann/json for `lr_scheduler_kwargs` written as a JSON string.

#include <pacer/recipes/read_json.hpp>

#include <yaml-cpp/yaml.h>

namespace pacer::recipes {
namespace detail {

class yaml_reader {
public:
    explicit yaml_reader(std::string file) : file_(std::move(file)) {}

    tree read(const YAML::Node& node, int depth = 0) {
        const int line = line_of(node);
        // Aliases may make a small file very large, or endless.
        if (depth > deepest)
            throw recipe_error({file_, line, ""}, "is nested too deeply for a recipe");
        if (++values_ > most_values)
            throw recipe_error({file_, line, ""}, "holds too many values for a recipe");
        tree value;
        if (node.IsScalar()) {
            value = scalar(node);
        } else if (node.IsSequence()) {
            value.is = tree::kind::list;
            for (const YAML::Node& item : node)
                value.items.push_back(read(item, depth + 1));
        } else if (node.IsMap()) {
            value.is = tree::kind::map;
            for (const auto& pair : node) {
                if (!pair.first.IsScalar())
                    throw recipe_error({file_, line_of(pair.first), ""}, std::string("found ") +
                                                                             (pair.first.IsNull()  ? "nothing"
                                                                              : pair.first.IsMap() ? "a map"
                                                                                                   : "a list") +
                                                                             " as a key, accepted: a name");
                value.entries.push_back({pair.first.Scalar(), line_of(pair.first), read(pair.second, depth + 1)});
            }
        }
        value.line = line;
        return value;
    }

private:
    static int line_of(const YAML::Node& node) { return node.Mark().line + 1; }

    // yaml-cpp leaves the type of a scalar open; this is YAML 1.1 as PyYAML reads it, but that 1e-05 is a number here.
    static tree scalar(const YAML::Node& node) {
        tree value;
        value.text = node.Scalar();
        value.is = tree::kind::text;
        if (node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str")  // quoted, or called a string
            return value;
        const std::string& text = value.text;
        const auto is_one_of = [&text](auto... names) { return ((text == names) || ...); };
        if (is_one_of("", "~", "null", "Null", "NULL"))
            value.is = tree::kind::null;
        else if (is_one_of("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"))
            value.boolean = true, value.is = tree::kind::boolean;
        else if (is_one_of("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"))
            value.is = tree::kind::boolean;
        else
            read_number(node.Scalar(), value);
        return value;
    }

    std::string file_;
    int values_ = 0;
};

inline tree yaml_tree(std::string_view text, const std::string& file) {
    std::vector<YAML::Node> documents;
    try {
        documents = YAML::LoadAll(std::string(text));
    } catch (const YAML::Exception& error) {
        throw recipe_error({file, error.mark.is_null() ? 0 : error.mark.line + 1, ""}, "is not YAML: " + error.msg);
    }
    if (documents.empty() || documents.front().IsNull())
        throw recipe_error({file, 0, ""}, "found nothing, accepted: a YAML map");
    if (documents.size() > 1)
        throw recipe_error({file, documents[1].Mark().line + 1, ""}, "found a second document, accepted: one");
    return yaml_reader(file).read(documents.front());
}

}  // namespace detail

/// The recipe in a YAML text: a LLaMA-Factory file, training arguments, or the list of hyperparameters of a model card.
///
/// @param text  the whole file, UTF-8.
/// @param file  its name, for messages.
///
/// Numbers are what looks like one: `1e-05`, which PyYAML takes for a string, is a number here. Rules and errors are
/// those of `parse_json`. Source of names: transformers 4.57.6 and 5.14.1, LLaMA-Factory 0.9.5.
[[nodiscard]] inline recipe parse_yaml(std::string_view text, std::string file) {
    const detail::tree root = detail::yaml_tree(text, file);
    return detail::build(root, std::move(file), &detail::json_tree);
}

/// The recipe in a YAML file, as `parse_yaml`. The file that `deepspeed` names is not opened (`read_recipe` does that).
[[nodiscard]] inline recipe read_yaml(const std::string& path) { return parse_yaml(detail::read_file(path), path); }

}  // namespace pacer::recipes

#endif

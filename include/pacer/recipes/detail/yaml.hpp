// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_YAML_HPP
#define PACER_RECIPES_DETAIL_YAML_HPP

// YAML as Python reads it: merge keys, and YAML 1.1's scalars. Needs yaml-cpp 0.7 or later.

#include <pacer/recipes/detail/compiled.hpp>
#include <pacer/recipes/detail/yaml_scalar.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace pacer::recipes::detail {

/// Builds a tree of the events of yaml-cpp, whose own nodes are slow and large.
class PACER_MODE yaml_events : public YAML::EventHandler {
public:
    PACER_HOST explicit yaml_events(std::string file) : file_(file), builder_(std::move(file)) {}

    PACER_HOST void OnDocumentStart(const YAML::Mark&) override {}
    PACER_HOST void OnDocumentEnd() override {}
    PACER_HOST void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { OnScalar(mark, "?", anchor, ""); }
    PACER_HOST void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             const std::string& text) override {
        tree value;
        if (tag == "!" || tag == "tag:yaml.org,2002:str") {  // quoted, or called a string
            value.is = tree::kind::text;
            value.text = text;
        } else {
            value = yaml_scalar(text).value();
        }
        value.line = line_of(mark);
        if (is_key_next())
            return take_key(value, tag != "!" && text == "<<");
        if (anchor != 0)
            anchored_.insert_or_assign(anchor, anchored_value{value, 1, 0});
        builder_.scalar(std::move(value));
        expect_key();
    }
    PACER_HOST void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchored_.find(anchor);
        if (found == anchored_.end())
            throw recipe_error({file_, line_of(mark), ""},
                               "found an alias of what it stands in, accepted: one of what is before it");
        if (is_key_next())
            return take_key(found->second.value, false);
        builder_.check_depth(found->second.depth, line_of(mark));
        builder_.count(found->second.values, line_of(mark));
        counts_.back() += found->second.values;
        depths_.back() = (std::max)(depths_.back(), found->second.depth);
        builder_.add(found->second.value);
        expect_key();
    }
    PACER_HOST void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                                    YAML::EmitterStyle::value) override {
        open(tree::kind::list, mark, anchor);
    }
    PACER_HOST void OnSequenceEnd() override { close(); }
    PACER_HOST void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                               YAML::EmitterStyle::value) override {
        open(tree::kind::map, mark, anchor);
    }
    PACER_HOST void OnMapEnd() override {
        merge();
        close();
    }

    [[nodiscard]] PACER_HOST tree take() { return builder_.take(); }

private:
    struct anchored_value {
        tree value;
        int values;
        int depth;
    };
    struct level {
        YAML::anchor_t anchor = 0;
        bool is_map = false;
        bool wants_key = false;
        std::vector<std::size_t> merges{};  // which entries are `<<`
    };

    PACER_HOST static int line_of(const YAML::Mark& mark) { return mark.line + 1; }

    [[nodiscard]] PACER_HOST bool is_key_next() const { return !levels_.empty() && levels_.back().wants_key; }
    PACER_HOST void expect_key() {
        if (!levels_.empty() && levels_.back().is_map)
            levels_.back().wants_key = true;
    }
    PACER_HOST void take_key(const tree& key, bool is_merge) {
        if (key.is == tree::kind::list || key.is == tree::kind::map)
            refuse_key(key.is, key.line);
        if (key.is == tree::kind::null && key.text.empty())
            throw recipe_error({file_, key.line, ""}, "found nothing as a key, accepted: a name");
        if (is_merge)
            levels_.back().merges.push_back(builder_.innermost().entries.size());
        builder_.key(key.text, key.line);
        levels_.back().wants_key = false;
    }
    [[noreturn]] PACER_HOST void refuse_key(tree::kind kind, int line) const {
        throw recipe_error({file_, line, ""}, std::string("found ") + (kind == tree::kind::map ? "a map" : "a list") +
                                                  " as a key, accepted: a name");
    }

    PACER_HOST void open(tree::kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (is_key_next())
            refuse_key(kind, line_of(mark));
        builder_.open(kind, line_of(mark));
        const bool is_map = kind == tree::kind::map;
        levels_.push_back({anchor, is_map, is_map, {}});
        counts_.push_back(1);
        depths_.push_back(0);
    }

    PACER_HOST void close() {
        const int values =
            counts_.back() + static_cast<int>(builder_.innermost().entries.size() + builder_.innermost().items.size());
        const int depth = depths_.back() + 1;
        if (levels_.back().anchor != 0)
            anchored_.insert_or_assign(levels_.back().anchor, anchored_value{builder_.innermost(), values, depth});
        levels_.pop_back();
        counts_.pop_back();
        depths_.pop_back();
        counts_.back() += values;
        depths_.back() = (std::max)(depths_.back(), depth);
        builder_.close();
        expect_key();
    }

    /// What `<<` names goes behind the map's own entries, where no entry has its key yet. As in PyYAML a later `<<` goes
    /// before an earlier one; in a list of maps the first goes before the others.
    PACER_HOST void merge() {
        const std::vector<std::size_t>& merges = levels_.back().merges;
        if (merges.empty())
            return;
        std::vector<entry>& entries = builder_.innermost().entries;
        std::vector<entry> own;
        std::vector<entry> merged;
        std::set<std::string> keys;
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (std::find(merges.begin(), merges.end(), i) == merges.end())
                keys.insert(entries[i].key);
        const auto merge_one = [&](const tree& map, const entry& at) {
            if (!map.is_map())
                throw recipe_error({file_, at.line, at.key},
                                   "found " + shown(map) + ", accepted: a map, or a list of maps");
            for (const entry& e : map.entries)
                if (keys.insert(e.key).second)
                    merged.push_back(e);
        };
        for (auto i = merges.rbegin(); i != merges.rend(); ++i) {
            const entry& at = entries[*i];
            if (at.value.is != tree::kind::list)
                merge_one(at.value, at);
            for (const tree& map : at.value.items)
                merge_one(map, at);
        }
        for (std::size_t i = 0; i < entries.size(); ++i)
            if (std::find(merges.begin(), merges.end(), i) == merges.end())
                own.push_back(std::move(entries[i]));
        own.insert(own.end(), merged.begin(), merged.end());
        entries = std::move(own);
    }

    std::string file_;
    tree_builder builder_;
    std::map<YAML::anchor_t, anchored_value> anchored_{};
    std::vector<level> levels_{};
    std::vector<int> counts_ = std::vector<int>(1);  // values inside of what is open, aliases' included
    std::vector<int> depths_ = std::vector<int>(1);
};

/// The place at which a second document begins.
class PACER_MODE yaml_second_document : public YAML::EventHandler {
public:
    struct found {
        YAML::Mark at;
    };
    PACER_HOST void OnDocumentStart(const YAML::Mark& mark) override { throw found{mark}; }
    PACER_HOST void OnDocumentEnd() override {}
    PACER_HOST void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    PACER_HOST void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    PACER_HOST void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    PACER_HOST void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                                    YAML::EmitterStyle::value) override {}
    PACER_HOST void OnSequenceEnd() override {}
    PACER_HOST void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                               YAML::EmitterStyle::value) override {}
    PACER_HOST void OnMapEnd() override {}
};

/// What stands at a mark, up to the end of its line.
PACER_HOST inline std::string found_at(std::string_view text, const YAML::Mark& mark) {
    std::size_t from = 0;
    for (int line = 0; line < mark.line; ++line) {
        const std::size_t end = text.find('\n', from);
        if (end == std::string_view::npos)
            return "the end";
        from = end + 1;
    }
    std::string_view line = text.substr(from, text.find('\n', from) - from);
    const auto column = static_cast<std::size_t>((std::max)(mark.column, 0));
    if (column < line.size() && !is_blank(line.substr(column)))
        line.remove_prefix(column);
    if (column >= line.size() && from + line.size() + 1 >= text.size())
        return "the end";
    if (is_blank(line) && text.find_first_not_of(" \t\r\n", from) == std::string_view::npos)
        return "the end";
    while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
        line.remove_suffix(1);
    return '"' + visible(line) + '"';
}

/// What YAML wants at such an error; yaml-cpp has it as English text only.
PACER_HOST inline std::string accepted_instead(const std::string& problem) {
    if (problem == YAML::ErrorMsg::MAP_VALUE)
        return "one colon in a line (a value with a colon goes in quotes)";
    if (problem == YAML::ErrorMsg::END_OF_SEQ_FLOW)
        return "a comma or ]";
    if (problem == YAML::ErrorMsg::END_OF_MAP_FLOW)
        return "a comma or }";
    if (problem == YAML::ErrorMsg::END_OF_MAP || problem == YAML::ErrorMsg::END_OF_SEQ)
        return "a line that begins where those before it do";
    if (problem == YAML::ErrorMsg::TAB_IN_INDENTATION)
        return "spaces before a key";
    if (problem == YAML::ErrorMsg::UNKNOWN_ANCHOR)
        return "an alias of an anchor before it";
    return "YAML";
}

/// Brackets that open one inside of the other: yaml-cpp reads to their end, and takes memory for each, before it says
/// that there is one.
PACER_HOST inline void check_brackets(std::string_view text, const std::string& file) {
    int line = 1;
    int open = 0;
    for (const char c : text) {
        line += c == '\n';
        if (c == '{' || c == '[')
            ++open;
        else if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            open = 0;
        if (open > deepest)
            throw recipe_error({file, line, ""},
                               "is nested too deeply, accepted: at most " + std::to_string(deepest) + " levels");
    }
}

template <class>
PACER_HOST tree yaml_tree(std::string_view text, const std::string& file) {
    check_size(text, file);
    check_brackets(text, file);
    yaml_events events(file);
    const auto refuse = [&](const YAML::Mark& mark, const std::string& accepted) {
        throw recipe_error({file, mark.line + 1, ""}, "found " + found_at(text, mark) + ", accepted: " + accepted);
    };
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        if (!parser.HandleNextDocument(events))
            throw recipe_error({file, 0, ""}, "found nothing, accepted: a YAML map");
        yaml_second_document second;
        parser.HandleNextDocument(second);
    } catch (const yaml_second_document::found& second) {
        const std::string found = found_at(text, second.at);
        if (found.substr(0, 4) != "\"---")
            refuse(second.at, "YAML");
        throw recipe_error({file, second.at.line + 1, ""}, "found a second document, accepted: one");
    } catch (const YAML::Exception& error) {
        if (error.mark.is_null())
            throw recipe_error({file, 0, ""}, "accepted: YAML");
        refuse(error.mark, accepted_instead(error.msg));
    }
    tree root = events.take();
    if (root.is == tree::kind::null)
        throw recipe_error({file, 0, ""}, "found nothing, accepted: a YAML map");
    return root;
}

}  // namespace pacer::recipes::detail

#endif

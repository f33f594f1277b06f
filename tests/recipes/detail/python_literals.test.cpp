// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/recipes/detail/python_literals.hpp>
#include <pacer/recipes/recipe.hpp>

#include <string>

namespace {

using pacer::recipes::detail::python_tree;
using pacer::recipes::detail::tree;

// A value as text: numbers as they are, texts in quotes, lists and dicts in brackets.
std::string as_text(const tree& value) {
    std::string text;
    switch (value.is) {
    case tree::kind::list:
        for (const tree& item : value.items)
            text += (text.empty() ? "" : " ") + as_text(item);
        return "[" + text + "]";
    case tree::kind::map:
        for (const auto& e : value.entries)
            text += (text.empty() ? "" : " ") + e.key + ":" + as_text(e.value);
        return "{" + text + "}";
    case tree::kind::text: return "'" + value.text + "'";
    case tree::kind::null: return "None";
    default: return value.text;
    }
}

std::string value_of(const std::string& expression) {
    const tree read = python_tree("before = 7\nx = " + expression + "\nafter = 1\n", "t.py");
    const tree* after = read.find("after");
    return after == nullptr ? "the rest is lost" : as_text(*read.find("x"));
}

std::string error_of(const std::string& text) {
    try {
        python_tree(text, "t.py");
        return "read";
    } catch (const pacer::recipes::recipe_error& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("numbers and arithmetic as Python has them") {
    CHECK(value_of("1_000") == "1_000");
    CHECK(python_tree("x = 1_000", "t.py").find("x")->integer == 1000);
    CHECK(value_of("2.5e-4") == "2.5e-4");
    CHECK(value_of("1E+2") == "1E+2");
    CHECK(python_tree("x = 1E+2", "t.py").find("x")->number() == 100);
    CHECK(value_of(".5") == ".5");
    CHECK(value_of("3 + 4 * 2 - 1") == "10");
    CHECK(value_of("(3 + 4) * 2") == "14");
    CHECK(value_of("7 / 2") == "3.5");
    CHECK(value_of("8 / 2") == "4");  // of kind real, as in Python
    CHECK(python_tree("x = 8 / 2", "t.py").find("x")->is == tree::kind::real);
    CHECK(value_of("7 // 2") == "3");
    CHECK(value_of("-7 // 2") == "-4");
    CHECK(value_of("2 ** 10") == "1024");
    CHECK(value_of("2 ** -1") == "0.5");
    CHECK(value_of("-2 ** 2") == "-4");
    CHECK(value_of("2 ** 3 ** 2") == "512");
    CHECK(value_of("+5") == "5");
    CHECK(value_of("10 ** 20") == "1e+20");  // more than a step can be
    CHECK(value_of("before * 2") == "14");
    CHECK(value_of("1 / 0") == "nan");
    CHECK(value_of("1 // 0") == "nan");
    CHECK(value_of("2 * 3 ** 2 * 2") == "36");
    CHECK(value_of("unknown * 2") == "'unknown * 2'");
    CHECK(value_of("0x10") == "'0x10'");
    CHECK(value_of("1j + 2") == "'1j + 2'");
    CHECK(value_of("-'a'") == "'-'a''");
}

TEST_CASE("texts, lists, dicts") {
    CHECK(value_of("'a'") == "'a'");
    CHECK(value_of("\"it's\"") == "'it's'");
    CHECK(value_of("'a' \"b\"") == "'ab'");
    CHECK(value_of("''") == "''");
    CHECK(value_of("'' 'a'") == "'a'");
    CHECK(value_of("'''two\nlines'''") == "'two\nlines'");
    CHECK(value_of("\"\"\"a \"quoted\" word\"\"\"") == "'a \"quoted\" word'");
    CHECK(value_of("'a\\'b'") == "'a\\'b'");
    CHECK(value_of("[]") == "[]");
    CHECK(value_of("[1, 2,]") == "[1 2]");
    CHECK(value_of("(1)") == "1");
    CHECK(value_of("(1,)") == "[1]");
    CHECK(value_of("(1, [2, 3])") == "[1 [2 3]]");
    CHECK(value_of("[\n    1,  # one\n    2,\n]") == "[1 2]");
    CHECK(value_of("{'a': 1, \"b\": [2]}") == "{a:1 b:[2]}");
    CHECK(value_of("{}") == "{}");
    CHECK(value_of("dict(a=1, b=dict(c=None))") == "{a:1 b:{c:None}}");
    CHECK(value_of("dict()") == "{}");
    CHECK(value_of("dict(a=True, b=False)") == "{a:True b:False}");
    CHECK(value_of("1 + \\\n    2") == "3");
    CHECK(value_of("1;  y = 2") == "1");
    CHECK(value_of("[1,\r\n 2]\r") == "[1 2]");
}

TEST_CASE("what is no literal is kept as it is written, and the rest is read") {
    CHECK(value_of("f(3)") == "'f(3)'");
    CHECK(value_of("f('a)', [1, 2], {3: ')'})") == "'f('a)', [1, 2], {3: ')'})'");
    CHECK(value_of("f(1,  # not )\n    2)") == "'f(1,  # not )\n    2)'");
    CHECK(value_of("before.real") == "'before.real'");
    CHECK(value_of("before[0]") == "'before[0]'");
    CHECK(value_of("unknown") == "'unknown'");
    CHECK(value_of("[f(1), 2]") == "['f(1)' 2]");
    CHECK(value_of("[1 if a else 2, 3]") == "['1 if a else 2' 3]");
    CHECK(value_of("dict(**others, a=1)") != "the rest is lost");
    CHECK(value_of("dict('a', b=1)") != "the rest is lost");
    CHECK(value_of("{1, 2}") != "the rest is lost");
    CHECK(value_of("{**others, 'a': 1}") != "the rest is lost");
    CHECK(value_of("lambda a: a") != "the rest is lost");
    CHECK(value_of("'a' + 'b'") == "''a' + 'b''");

    const tree read = python_tree("'''of the file'''\n"
                                  "import os\n"
                                  "from a import (b,\n    c)\n"
                                  "@decorated('x')\n"
                                  "def f(a='=', b={'c': 1}):\n    x = 2  # not at the top\n\n    return x\n"
                                  "if x == 1:\n    y = 1\n"
                                  "x = 1\n"
                                  "[print(i) for i in x]\n"
                                  "x == 3\n"
                                  "x = 4\n"
                                  "z: int = 5\n"
                                  "x += 1\n",
                                  "t.py");
    REQUIRE(read.entries.size() == 1);
    CHECK(as_text(*read.find("x")) == "4");
}

TEST_CASE("what cannot be Python is an error with its line") {
    CHECK(error_of("a = 1\nb = 'x\n") == "t.py:2: found ' that is not closed");
    CHECK(error_of("a = 1\n\nb = \"\"\"x\n") == "t.py:3: found \" that is not closed");
    CHECK(error_of("f('x\n") == "t.py:1: found ' that is not closed");
    CHECK(error_of("x = " + std::string(60, '[')) == "t.py:1: is nested too deeply, accepted: at most 40 levels");
    CHECK(error_of("x = " + std::string(60, '-') + "1") == "t.py:1: is nested too deeply, accepted: at most 40 levels");
    std::string many = "x = [";
    for (int k = 0; k < 10'001; ++k)
        many += "1,";
    CHECK(error_of(many + "]") == "t.py:1: holds too many values for a recipe, accepted: at most 10000");
    CHECK(error_of("x = [1, 2") == "read");
    CHECK(error_of("x = {'a': 1") == "read");
    CHECK(error_of("x = dict(a=1") == "read");
    CHECK(error_of("x = f(") == "read");
    CHECK(error_of("") == "read");
}

// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/recipes/detail/json.hpp>

#include <limits>
#include <string>

namespace {

using pacer::recipes::recipe_error;
using pacer::recipes::detail::json_tree;

std::string text_of(const std::string& json) { return json_tree("{\"x\": " + json + "}", "t.json").find("x")->text; }

std::string error_of(const std::string& json) {
    try {
        json_tree(json, "t.json");
        return "read";
    } catch (const recipe_error& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("texts: escapes, and characters beyond the first 65536") {
    CHECK(text_of(R"("a\"b\\c\/d\b\f\n\r\te")") == "a\"b\\c/d\b\f\n\r\te");
    CHECK(text_of(R"("\u0041")") == "A");
    CHECK(text_of(R"("\u00e9")") == "\xC3\xA9");
    CHECK(text_of(R"("\u07FF\u0800")") == "\xDF\xBF\xE0\xA0\x80");
    CHECK(text_of(R"("\uFFFF")") == "\xEF\xBF\xBF");
    CHECK(text_of(R"("\ud83d\ude00!")") == "\xF0\x9F\x98\x80!");
    CHECK(text_of(R"("\uD800\uDC00")") == "\xF0\x90\x80\x80");
    CHECK(text_of(R"("\uDBFF\uDFFF")") == "\xF4\x8F\xBF\xBF");
    // Halves of a pair alone are no characters.
    CHECK(text_of(R"("\ud83d")") == "\xEF\xBF\xBD");
    CHECK(text_of(R"("\ud83dx")") == "\xEF\xBF\xBDx");
    CHECK(text_of(R"("\ud83d\u0041")") == "\xEF\xBF\xBD"
                                          "A");
    CHECK(text_of(R"("\ude00")") == "\xEF\xBF\xBD");
    CHECK(text_of("\"\xC3\xA9\"") == "\xC3\xA9");

    CHECK(error_of(R"({"x": "\u12"})").find("accepted: four hexadecimal digits after \\u") != std::string::npos);
    CHECK(error_of(R"({"x": "\u12G4"})").find("accepted: four hexadecimal digits after \\u") != std::string::npos);
    CHECK(error_of(R"({"x": "\u+123"})").find("accepted: four hexadecimal digits after \\u") != std::string::npos);
    CHECK(error_of(R"({"x": "\x41"})").find("accepted: an escape of JSON") != std::string::npos);
    CHECK(error_of("{\"x\": \"a\tb\"}").find("accepted: no control character in a string") != std::string::npos);
    CHECK(error_of("{\"x\": \"a\nb\"}") == "t.json:1: found \"a, accepted: a quote at its end");
    CHECK(error_of("{\"x\": \"a\\") != "read");
    CHECK(error_of("{\"x\": \"\\u12") != "read");
}

TEST_CASE("numbers as JSON and Python write them") {
    const auto number = [](const std::string& json) {
        return json_tree("{\"x\": " + json + "}", "t.json").find("x")->number();
    };
    CHECK(number("-0.5e-3") == -0.5e-3);
    CHECK(number("1E+2") == 100);
    CHECK(number("Infinity") == std::numeric_limits<double>::infinity());
    CHECK(number("-Infinity") == -std::numeric_limits<double>::infinity());
    CHECK(number("NaN") != number("NaN"));
    for (const char* wrong : {"01", "1.", ".5", "1e", "1e+", "+1", "-", "0x10", "1_000", "nan", "tru", "--1"}) {
        INFO(wrong);
        CHECK(error_of("{\"x\": " + std::string(wrong) + "}").substr(0, 16) == "t.json:1: found ");
    }
}

TEST_CASE("a mark of the byte order is passed over, and what stands behind the value is not") {
    CHECK(json_tree("\xEF\xBB\xBF{\"x\": 1}", "t.json").find("x")->integer == 1);
    CHECK(error_of("{} {}").find("accepted: nothing behind the value") != std::string::npos);
    CHECK(error_of("") != "read");
    CHECK(error_of("\xEF\xBB\xBF") != "read");
}

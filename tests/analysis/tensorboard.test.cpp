// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include "analysis/tensorboard/curves.hpp"

#include <pacer/analysis/tensorboard.hpp>

#include <cmath>
#include <fstream>
#include <sstream>

#if defined(__unix__) || defined(__APPLE__)
#include <csignal>
#include <sys/resource.h>
#endif

namespace {

namespace fs = std::filesystem;
namespace tb = pacer::detail::tensorboard;
using pacer::analysis::event_file;
using pacer::analysis::tensorboard_writer;

const std::string data = std::string(PACER_TEST_DATA) + "/analysis/tensorboard/";

class temporary_directory {
public:
    temporary_directory() : path_(fs::temp_directory_path() / ("pacer_tensorboard_" + std::to_string(::clock()))) {
        fs::remove_all(path_);
        fs::create_directory(path_);
    }
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory() { fs::remove_all(path_); }

    [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

private:
    fs::path path_;
};

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
}

event_file read(const std::string& bytes, const pacer::analysis::event_file_limits& limits = {}) {
    std::istringstream from(bytes);
    return pacer::analysis::read_events(from, "FILE", limits);
}

std::string error_of(const std::string& bytes, const pacer::analysis::event_file_limits& limits = {}) {
    try {
        static_cast<void>(read(bytes, limits));
    } catch (const pacer::analysis::tensorboard_error& e) {
        return e.what();
    }
    return "no error";
}

// What has a field of bytes alone, or of a number.
std::string bytes_field(unsigned number, const std::string& bytes) {
    std::string text;
    tb::append_bytes(text, number, bytes);
    return text;
}
std::string number_field(unsigned number, std::uint64_t n) {
    std::string text;
    tb::append_key(text, number, tb::wire::varint);
    tb::append_varint(text, n);
    return text;
}
std::string double_field(unsigned number, double x) {
    std::string text;
    tb::append_double(text, number, x);
    return text;
}
std::string float_field(unsigned number, float x) {
    std::string text;
    tb::append_float(text, number, x);
    return text;
}
// An event with one value of the tag lr.
std::string event_with(const std::string& value) {
    return bytes_field(tb::event::summary, bytes_field(tb::summary::value, bytes_field(tb::value::tag, "lr") + value));
}

// TAG,STEP,VALUE,TIME in every line.
void check_scalars(const event_file& found, const std::string& csv) {
    std::ifstream file(csv);
    REQUIRE(file);
    std::size_t k = 0;
    for (std::string line; std::getline(file, line); ++k) {
        INFO(line);
        REQUIRE(k < found.scalars.size());
        const auto& s = found.scalars[k];
        const std::size_t time = line.rfind(',');
        const std::size_t value = line.rfind(',', time - 1);
        const std::size_t step = line.rfind(',', value - 1);
        CHECK(s.tag == line.substr(0, step));
        CHECK(std::to_string(s.step) == line.substr(step + 1, value - step - 1));
        const double x = std::strtod(line.substr(value + 1, time - value - 1).c_str(), nullptr);
        CHECK((s.value == x || (std::isnan(x) && std::isnan(s.value))));
        CHECK(std::signbit(s.value) == std::signbit(x));
        CHECK(s.wall_time == std::stod(line.substr(time + 1)));
    }
    CHECK(k == found.scalars.size());
    CHECK(k > 20);
}

}  // namespace

TEST_CASE("tensorboard: checksums") {
    // RFC 3720, B.4.
    CHECK(tb::crc32c("123456789") == 0xE306'9283u);
    CHECK(tb::crc32c(std::string(32, '\0')) == 0x8A91'36AAu);
    CHECK(tb::crc32c(std::string(32, '\xFF')) == 0x62A8'AB43u);
    static_assert(tb::crc32c("") == 0);
    static_assert(tb::masked(0) == 0xA282'EAD8u);
}

TEST_CASE("tensorboard: what the real writer wrote is read, and what is no scalar passed over") {
    const event_file found = pacer::analysis::read_event_file(data + "written_by_tensorboard.tfevents");
    check_scalars(found, data + "written_by_tensorboard.csv");
    CHECK_FALSE(found.is_cut);
    CHECK(found.bytes == fs::file_size(data + "written_by_tensorboard.tfevents"));
}

TEST_CASE("tensorboard: what pacer writes is what the real reader has read") {
    const temporary_directory here;
    auto to = tensorboard_writer::append_to(here / "tfevents");
    write_curves(to);
    to.flush();
    const std::string now = bytes_of(here / "tfevents");
    const std::string then = bytes_of(data + "written_by_pacer.tfevents");
    // But for the time in the first record, and what depends on it.
    const std::size_t time = tb::header_bytes + 1;
    const std::size_t first = tb::header_bytes + static_cast<std::size_t>(tb::number_at<std::uint64_t>(now));
    REQUIRE(now.size() == then.size());
    CHECK(now.substr(0, time) == then.substr(0, time));
    CHECK(now.substr(time + 8, first - time - 8) == then.substr(time + 8, first - time - 8));
    CHECK(now.substr(first + 4) == then.substr(first + 4));
    check_scalars(read(now), data + "written_by_pacer.csv");
}

TEST_CASE("tensorboard: a directory gets a file of its own, each time") {
    const temporary_directory here;
    tensorboard_writer a(here / "runs/a");
    tensorboard_writer b(here / "runs/a");
    CHECK(a.path() != b.path());
    CHECK(a.path().find("events.out.tfevents.") != std::string::npos);
    a.scalar("lr", 0.5, 3);
    a.flush();
    b.flush();
    const event_file found = pacer::analysis::read_event_file(a.path());
    REQUIRE(found.scalars.size() == 1);
    CHECK(found.scalars[0].tag == "lr");
    CHECK(found.scalars[0].step == 3);
    CHECK(found.scalars[0].value == 0.5);
    CHECK(found.scalars[0].wall_time > 1.7e9);
    CHECK(pacer::analysis::read_event_file(b.path()).scalars.empty());
}

TEST_CASE("tensorboard: a file that was cut anywhere is read up to there, and gone on with") {
    const temporary_directory here;
    const std::string path = here / "tfevents";
    {
        auto to = tensorboard_writer::append_to(path);
        for (int s = 0; s < 3; ++s)
            to.scalar("lr", s, s, 1);
    }
    const std::string whole = bytes_of(path);
    for (std::size_t n = 0; n <= whole.size(); ++n) {
        INFO(n);
        const event_file found = read(whole.substr(0, n));
        CHECK(found.bytes <= n);
        CHECK(found.is_cut == (found.bytes < n));
        std::ofstream(path, std::ios::binary) << whole.substr(0, n);
        {
            auto to = tensorboard_writer::append_to(path);
            to.scalar("lr", 7, 7);
        }
        const event_file longer = pacer::analysis::read_event_file(path);
        CHECK_FALSE(longer.is_cut);
        REQUIRE(longer.scalars.size() == found.scalars.size() + 1);
        CHECK(longer.scalars.back().value == 7);
    }
}

TEST_CASE("tensorboard: every byte that is changed is noticed") {
    const temporary_directory here;
    const std::string path = here / "tfevents";
    {
        auto to = tensorboard_writer::append_to(path);
        to.scalar("lr", 1, 1, 1);
    }
    const std::string whole = bytes_of(path);
    for (std::size_t n = 0; n < whole.size(); ++n) {
        INFO(n);
        std::string other = whole;
        other[n] = static_cast<char>(other[n] ^ 1);
        CHECK(error_of(other) != "no error");
    }
}

TEST_CASE("tensorboard: what is no event file is said to be none") {
    CHECK(error_of(std::string(1000, '\0')) == "FILE: found something else, accepted: an event file of TensorBoard");
    CHECK(error_of("step,lr\n0,0.001\n1,0.002\n") ==
          "FILE: found something else, accepted: an event file of TensorBoard");
    CHECK(read("").scalars.empty());
    // A record, but no event: a varint without an end, a group, the field 0, bytes beyond the end.
    CHECK(error_of(tb::record_of("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")) ==
          "FILE: byte 0: a record is no event");
    CHECK(error_of(tb::record_of("\x0B")) == "FILE: byte 0: a record is no event");
    CHECK(error_of(tb::record_of(std::string(2, '\0'))) == "FILE: byte 0: a record is no event");
    CHECK(error_of(tb::record_of("\x2A\x7F")) == "FILE: byte 0: a record is no event");
    CHECK(error_of(tb::record_of("\x2A\x02\x0A\x7F")) == "FILE: byte 0: a record is no event");
    const temporary_directory here;
    CHECK_THROWS_AS(pacer::analysis::read_event_file(here / ""), pacer::analysis::tensorboard_error);
    CHECK_THROWS_AS(pacer::analysis::read_event_file(here / "none"), pacer::analysis::tensorboard_error);
    std::ofstream(here / "text") << "some text that stays";
    CHECK_THROWS_AS(tensorboard_writer::append_to(here / "text"), pacer::analysis::tensorboard_error);
    CHECK(bytes_of(here / "text") == "some text that stays");
    CHECK_THROWS_AS(tensorboard_writer(here / "text"), pacer::analysis::tensorboard_error);
    try {
        static_cast<void>(tensorboard_writer::append_to(here / "none/tfevents"));
        FAIL_CHECK("written into a directory that is not there");
    } catch (const pacer::analysis::tensorboard_error& e) {
        CHECK(e.what() == here / "none/tfevents" + ": cannot be opened");
    }
}

// A scalar as TensorFlow 2 writes it: a tensor with its one number in a list of its own type, packed or not.
TEST_CASE("tensorboard: a number in a list of the tensor is read") {
    const auto value_of = [](const std::string& tensor) {
        const event_file found = read(tb::record_of(event_with(bytes_field(tb::value::tensor, tensor))));
        return found.scalars.size() == 1 ? found.scalars[0].value : -1.0;
    };
    const std::string floats = number_field(tb::tensor::dtype, tb::tensor::is_float);
    const std::string doubles = number_field(tb::tensor::dtype, tb::tensor::is_double);
    CHECK(value_of(floats + float_field(tb::tensor::float_val, 0.5F)) == 0.5);
    CHECK(value_of(doubles + double_field(tb::tensor::double_val, 0.1)) == 0.1);
    std::string bytes;
    tb::append_number(bytes, std::uint64_t{0x3FB9'9999'9999'999A});  // 0.1
    CHECK(value_of(doubles + bytes_field(tb::tensor::double_val, bytes)) == 0.1);
    CHECK(value_of(doubles + bytes_field(tb::tensor::content, bytes)) == 0.1);
    // What is passed over.
    CHECK(value_of(doubles + number_field(3, 1) + bytes_field(tb::tensor::content, bytes)) == 0.1);
    // Two numbers are no scalar.
    CHECK(value_of(doubles + bytes_field(tb::tensor::double_val, bytes + bytes)) == -1);
    CHECK(value_of(floats + float_field(tb::tensor::float_val, 1) + float_field(tb::tensor::float_val, 1)) == -1);
    CHECK(value_of(floats + float_field(tb::tensor::float_val, 1) + bytes_field(tb::tensor::content, "1234")) == -1);
    // Nor is a number of another size or type, or in another form.
    CHECK(value_of(floats + bytes_field(tb::tensor::content, bytes)) == -1);
    CHECK(value_of(doubles + bytes_field(tb::tensor::content, "1234")) == -1);
    CHECK(value_of(doubles) == -1);
    CHECK(value_of(doubles + number_field(tb::tensor::content, 7)) == -1);
    CHECK(value_of(floats + number_field(tb::tensor::float_val, 1)) == -1);
    CHECK(value_of(number_field(tb::tensor::dtype, 3) + bytes_field(tb::tensor::content, "1234")) == -1);
    CHECK(value_of(float_field(tb::tensor::dtype, 1) + bytes_field(tb::tensor::content, "1234")) == -1);
}

TEST_CASE("tensorboard: a field of another type than it should have is passed over") {
    const auto scalars_of = [](const std::string& event) { return read(tb::record_of(event)).scalars; };
    const std::string value = float_field(tb::value::simple_value, 0.5F);
    const auto strange = scalars_of(number_field(tb::event::wall_time, 7) + double_field(tb::event::step, 7) +
                                    number_field(tb::event::summary, 7) + event_with(value));
    REQUIRE(strange.size() == 1);
    CHECK(strange[0].wall_time == 0);
    CHECK(strange[0].step == 0);
    CHECK(strange[0].value == 0.5);
    CHECK(strange[0].tag == "lr");
    // Of a summary, and of a value in it.
    CHECK(scalars_of(bytes_field(tb::event::summary, bytes_field(9, value) + number_field(tb::summary::value, 7)))
              .empty());
    CHECK(scalars_of(event_with(double_field(tb::value::simple_value, 1))).empty());
    CHECK(scalars_of(event_with(number_field(tb::value::tensor, 1))).empty());
    const auto named = scalars_of(event_with(number_field(tb::value::tag, 1) + value));
    REQUIRE(named.size() == 1);
    CHECK(named[0].tag == "lr");
}

TEST_CASE("tensorboard: what is broken anywhere in a record is refused, with nothing of it kept") {
    const std::string value = float_field(tb::value::simple_value, 0.5F);
    const std::string tensor = bytes_field(tb::value::tensor, number_field(tb::tensor::dtype, tb::tensor::is_float) +
                                                                  float_field(tb::tensor::float_val, 0.5F));
    const std::string endless_number = "\x10\x80";
    const std::string broken[] = {
        "\x80",                              // a key without an end
        "\x88\x80\x80\x80\x80\x01",          // a key of more than 32 bits
        endless_number,                      // a number without an end
        "\x2A\x80",                          // a count of bytes without an end
        "\x09\x01\x02",                      // a double of two bytes
        "\x15\x01\x02",                      // a float of two bytes
        event_with(value) + endless_number,  // behind a value
        event_with(tensor) + endless_number,
        event_with(value + endless_number),
        event_with(bytes_field(tb::value::tensor, endless_number)),
        event_with(bytes_field(tb::value::tensor, endless_number)) + event_with(tensor),
        event_with(tensor + endless_number) + event_with(value),
        bytes_field(tb::event::summary, bytes_field(tb::summary::value, value) + endless_number)};
    for (const std::string& event : broken) {
        INFO(&event - broken);
        CHECK(error_of(tb::record_of(event)) == "FILE: byte 0: a record is no event");
    }
    // Once it is broken, it has no more fields.
    const std::string number_and_value = endless_number + value;
    tb::message m(number_and_value);
    while (m.next())
        continue;
    CHECK(m.is_broken());
    const std::string group_and_number = "\x0B" + number_field(1, 1);
    tb::message group(group_and_number);
    CHECK_FALSE(group.next());
    CHECK_FALSE(group.next());
    CHECK(group.is_broken());
}

#if defined(__unix__) || defined(__APPLE__)
TEST_CASE("tensorboard: a full disk is told") {
    const temporary_directory here;
    const std::string path = here / "tfevents";
    auto flushed = tensorboard_writer::append_to(path);
    auto written = tensorboard_writer::append_to(here / "other");
    // No file may grow, as on a full disk.
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit none = before;
    none.rlim_cur = 0;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &none) == 0);
    std::string at_flush;
    std::string at_write;
    try {
        flushed.scalar("lr", 1, 1);
        flushed.flush();
    } catch (const pacer::analysis::tensorboard_error& e) {
        at_flush = e.what();
    }
    try {
        written.scalar(std::string(1 << 20, 'x'), 1, 1);
    } catch (const pacer::analysis::tensorboard_error& e) {
        at_write = e.what();
    }
    static_cast<void>(::setrlimit(RLIMIT_FSIZE, &before));
    static_cast<void>(std::signal(SIGXFSZ, handler));
    CHECK(at_flush == path + ": cannot be written");
    CHECK(at_write == here / "other" + ": cannot be written");
}
#endif

TEST_CASE("tensorboard: limits") {
    std::string record;
    tb::append_number(record, std::uint64_t{1} << 60);
    tb::append_number(record, tb::masked(tb::crc32c(record)));
    CHECK(error_of(record) == "FILE: byte 0: found a record of 1152921504606846976 bytes, accepted: at most 268435456");
    CHECK(error_of(tb::record_of(std::string(11, 'x')), {.record_bytes = 10}) ==
          "FILE: byte 0: found a record of 11 bytes, accepted: at most 10");
    CHECK(error_of(bytes_of(data + "written_by_tensorboard.tfevents"), {.scalars = 5}) ==
          "FILE: found more scalars than the 5 that are accepted");
}

TEST_CASE("tensorboard: a value is the nearest float") {
    CHECK(tb::rounded_to_float(1e300) == std::numeric_limits<float>::infinity());
    CHECK(tb::rounded_to_float(-1e300) == -std::numeric_limits<float>::infinity());
    CHECK(tb::rounded_to_float(0x1.fffffep127) == (std::numeric_limits<float>::max)());
    CHECK(tb::rounded_to_float(0x1.fffffe8p127) == (std::numeric_limits<float>::max)());
    CHECK(tb::rounded_to_float(-0x1.fffffe8p127) == -(std::numeric_limits<float>::max)());
    CHECK(std::isnan(tb::rounded_to_float(std::numeric_limits<double>::quiet_NaN())));
}

// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include "analysis/tensorboard/curves.hpp"

#include <pacer/analysis/tensorboard.hpp>

#include <cmath>
#include <fstream>
#include <sstream>

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
}

// A scalar as TensorFlow 2 writes it: a tensor with its one number in a list of its own type, packed or not.
TEST_CASE("tensorboard: a number in a list of the tensor is read") {
    const auto value_of = [](const std::string& tensor) {
        std::string one;
        tb::append_bytes(one, tb::value::tag, "lr");
        tb::append_bytes(one, tb::value::tensor, tensor);
        std::string all;
        tb::append_bytes(all, tb::summary::value, one);
        std::string event;
        tb::append_double(event, tb::event::wall_time, 1);
        tb::append_bytes(event, tb::event::summary, all);
        const event_file found = read(tb::record_of(event));
        return found.scalars.size() == 1 ? found.scalars[0].value : -1.0;
    };
    const auto typed = [](std::uint64_t dtype) {
        std::string tensor;
        tb::append_key(tensor, tb::tensor::dtype, tb::wire::varint);
        tb::append_varint(tensor, dtype);
        return tensor;
    };
    std::string number = typed(tb::tensor::is_float);
    tb::append_float(number, tb::tensor::float_val, 0.5F);
    CHECK(value_of(number) == 0.5);
    number = typed(tb::tensor::is_double);
    tb::append_double(number, tb::tensor::double_val, 0.1);
    CHECK(value_of(number) == 0.1);
    std::string bytes;
    tb::append_number(bytes, std::uint64_t{0x3FB9'9999'9999'999A});  // 0.1
    std::string packed = typed(tb::tensor::is_double);
    tb::append_bytes(packed, tb::tensor::double_val, bytes);
    CHECK(value_of(packed) == 0.1);
    // Two numbers are no scalar.
    tb::append_bytes(packed, tb::tensor::double_val, bytes + bytes);
    CHECK(value_of(packed) == -1);
}

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
    CHECK(std::isnan(tb::rounded_to_float(std::numeric_limits<double>::quiet_NaN())));
}

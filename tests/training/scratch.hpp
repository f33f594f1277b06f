// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_TRAINING_SCRATCH_HPP
#define PACER_TESTS_TRAINING_SCRATCH_HPP

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace support {

/// A directory of the test's own, gone at its end.
class scratch {
public:
    explicit scratch(const std::string& name)
        : path_(std::filesystem::temp_directory_path() /
                ("pacer-" + name + '-' + std::to_string(std::random_device{}()))) {
        std::filesystem::create_directories(path_);
    }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            all.push_back(entry.path().filename().string());
        return all;
    }

private:
    std::filesystem::path path_;
};

inline std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace support

#endif

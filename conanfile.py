# SPDX-License-Identifier: MIT
"""pacer for Conan 2: `conan create .` from a copy of pacer, then `requires = "pacer/..."`."""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout


class Pacer(ConanFile):
    name = "pacer"
    description = "Learning-rate schedules for C++: exact, stateless, header-only"
    license = "MIT"
    topics = ("machine-learning", "learning-rate", "scheduler", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True
    exports_sources = "include/*", "LICENSE"

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "include/pacer/version.hpp"))
        self.version = ".".join(re.findall(r"define PACER_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", text))

    # The recipe in Conan's cache reads the version that it was created with, beside it.
    exports = "include/pacer/version.hpp"

    def layout(self):
        basic_layout(self)

    def validate(self):
        if self.settings.get_safe("compiler.cppstd"):
            check_min_cppstd(self, 20)

    def package_id(self):
        self.info.clear()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", os.path.join(self.source_folder, "include"), os.path.join(self.package_folder, "include"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.set_property("cmake_file_name", "pacer")
        self.cpp_info.set_property("cmake_target_name", "pacer::pacer")
        self.cpp_info.set_property("pkg_config_name", "pacer")

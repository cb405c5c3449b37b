"""A Conan 2 recipe:   conan create cmake/packaging/conan --build=missing"""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load


class Lpntk(ConanFile):
    name = "lpntk"
    description = "Label-informed neural tangent kernels, and what they say about a training set"
    license = "MIT"
    package_type = "header-library"
    settings = "os", "compiler", "build_type", "arch"
    generators = "CMakeDeps"
    no_copy_source = True

    @property
    def _root(self):
        return os.path.join(self.recipe_folder, "..", "..", "..")

    def set_version(self):
        numbers = re.findall(r"LPNTK_VERSION_\w+ (\d+)",
                             load(self, os.path.join(self._root, "include", "lpntk", "version.hpp")))
        self.version = ".".join(numbers)

    def export_sources(self):
        for name in ("CMakeLists.txt", "LICENSE", "include/*", "cmake/*"):
            copy(self, name, self._root, self.export_sources_folder)

    def requirements(self):
        self.requires("eigen/[>=3.4 <6]")
        self.requires("xtl/[>=0.7 <1]")
        self.requires("xtensor/[>=0.24 <1]")
        self.requires("zlib/[>=1.2 <2]")

    def validate(self):
        check_min_cppstd(self, 20)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in ("TESTS", "EXAMPLES", "BENCHMARKS"):
            toolchain.variables["LPNTK_BUILD_" + part] = False
        toolchain.generate()

    def package(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.install()

    def package_id(self):
        self.info.clear()

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.builddirs = ["share/cmake/lpntk"]
        self.cpp_info.set_property("cmake_find_mode", "none")  # the package brings its own lpntkConfig.cmake

"""Mote as a package of Conan 2: conan create ."""
from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout


class MoteConan(ConanFile):
    name = "mote"
    version = "0.1.0"
    description = "WebAssembly interpreter for microcontrollers"
    license = "Apache-2.0"
    package_type = "static-library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"profile": ["tiny", "standard"], "handlers": ["auto", "small", "fast", "full"]}
    default_options = {"profile": "standard", "handlers": "auto"}
    exports_sources = ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*", "port/*", "src/*")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["MOTE_PROFILE"] = str(self.options.profile)
        toolchain.cache_variables["MOTE_HANDLERS"] = str(self.options.handlers)
        for part in ("TOOLS", "TESTS", "EXAMPLES", "BOARDS"):
            toolchain.cache_variables[f"MOTE_BUILD_{part}"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        # The package's own CMake files name its targets and what users must define.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/mote"]
        on_linux = ["mote_wasm_c_api", "mote_port_linux"] if self.settings.os == "Linux" else []
        self.cpp_info.libs = [*on_linux, "mote_ram_disk", "mote_wasi", "mote"]
        if on_linux:
            self.cpp_info.system_libs = ["m"]

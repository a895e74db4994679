#!/usr/bin/env python3
"""Follows the recipes for Conan and vcpkg, which are not installed here, with stand-ins for what they
offer: what a recipe exports is all that it can build from, and a consumer uses what it has packed.

    recipes.py conan|vcpkg WORK CXX

Checked so: that the recipe runs, that its sources are complete, its options are options of the project, and its
package has what it says. Not checked: Conan and vcpkg themselves.
"""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
# A small engine, quickly compiled.
QUICK = ["-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS=-O0 -g0 -DMOTE_ENCODING=1 -DMOTE_DISPATCH=3 -DMOTE_HANDLERS=1"]


def check(holds, text):
    if not holds:
        sys.exit(f"recipes: {text}")


def run(*command, **more):
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, **more)
    check(result.returncode == 0, f"{command} ended with {result.returncode}:\n{result.stdout}")
    # CMake names the variables that were given and that nothing looked at.
    unused = re.search(r"not used by the project:\s+(.*)", result.stdout)
    check(unused is None, f"the project has no option {unused and unused[1]}")
    return result.stdout


def consume(work, prefix, compiler):
    run("cmake", "-S", HERE, "-B", work / "consumer", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_CXX_COMPILER={compiler}")
    run("cmake", "--build", work / "consumer")
    run(work / "consumer" / "consumer")


# ---- Conan -----------------------------------------------------------------------------------


def export_sources(patterns, folder):
    """As Conan does it: a star is any characters, slashes too."""
    for top in {pattern.split("/")[0] for pattern in patterns}:
        for file in [ROOT / top] if (ROOT / top).is_file() else (ROOT / top).rglob("*"):
            name = str(file.relative_to(ROOT))
            if file.is_file() and any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(file, folder / name)


def conan(work, compiler):
    source, build, package = work / "source", work / "build", work / "package"
    variables = {}

    class ConanFile:
        pass

    class CMakeToolchain:
        def __init__(self, recipe):
            self.cache_variables = {}

        def generate(self):
            variables.update(self.cache_variables)

    class CMake:
        def __init__(self, recipe):
            pass

        def configure(self):
            run("cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}",
                f"-DCMAKE_INSTALL_PREFIX={package}", *QUICK,
                *(f"-D{name}={'ON' if value is True else 'OFF' if value is False else value}"
                  for name, value in variables.items()))

        def build(self):
            run("cmake", "--build", build)

        def install(self):
            run("cmake", "--install", build)

    class Info:
        def __init__(self):
            self.properties, self.builddirs, self.libs, self.system_libs = {}, [], [], []

        def set_property(self, name, value):
            self.properties[name] = value

    for name, members in {"conan": {"ConanFile": ConanFile}, "conan.tools": {},
                          "conan.tools.cmake": {"CMake": CMake, "CMakeToolchain": CMakeToolchain,
                                                "cmake_layout": lambda recipe: None}}.items():
        sys.modules[name] = types.ModuleType(name)
        vars(sys.modules[name]).update(members)
    scope = {}
    exec(compile((ROOT / "conanfile.py").read_text(), "conanfile.py", "exec"), scope)
    recipe = scope["MoteConan"]()
    for name, values in recipe.options.items():
        check(recipe.default_options[name] in values, f"conanfile.py: {name} is no option by default")
    recipe.options = types.SimpleNamespace(**recipe.default_options)
    recipe.settings = types.SimpleNamespace(os="Linux")
    recipe.cpp_info = Info()
    export_sources(recipe.exports_sources, source)
    recipe.layout()
    recipe.generate()
    recipe.build()
    recipe.package()
    recipe.package_info()
    for folder in recipe.cpp_info.builddirs:
        check((package / folder / "mote-config.cmake").is_file(), f"conanfile.py: nothing in {folder}")
    check(recipe.cpp_info.properties["cmake_find_mode"] == "none", "conanfile.py: cmake_find_mode")
    consume(work, package, compiler)
    # Who does not use CMake links what the recipe says, in its order.
    run(compiler, "-std=c++17", f"-I{package}/include", HERE / "main.cpp", f"-L{package}/lib",
        *(f"-l{name}" for name in recipe.cpp_info.libs + recipe.cpp_info.system_libs), "-o", work / "plain")
    run(work / "plain")
    made = {file.stem[3:] for file in (package / "lib").glob("lib*.a")}
    check(set(recipe.cpp_info.libs) == made, f"conanfile.py: made were {sorted(made)}")


# ---- vcpkg -----------------------------------------------------------------------------------

VCPKG = r"""
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
  run(${CMAKE_COMMAND} -S ${arg_SOURCE_PATH} -B ${BUILD} -G Ninja ${arg_OPTIONS} ${MORE})
endfunction()
function(vcpkg_cmake_install)
  run(${CMAKE_COMMAND} --build ${BUILD})
  run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${CURRENT_PACKAGES_DIR})
endfunction()
function(need path)
  if(NOT EXISTS ${path})
    message(FATAL_ERROR "there is no ${path}")
  endif()
endfunction()
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH" "")
  need(${CURRENT_PACKAGES_DIR}/${arg_CONFIG_PATH}/${PORT}-config.cmake)
endfunction()
function(vcpkg_fixup_pkgconfig)
  need(${CURRENT_PACKAGES_DIR}/lib/pkgconfig)
endfunction()
function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  foreach(file ${arg_FILE_LIST})
    need(${file})
  endforeach()
endfunction()
"""


def vcpkg(work, compiler):
    port = ROOT / "packaging/vcpkg/ports/mote"
    package = work / "package"
    more = ";".join([f"-DCMAKE_CXX_COMPILER={compiler}", *QUICK])
    script = work / "vcpkg.cmake"
    script.write_text(VCPKG + f'set(PORT mote)\nset(CURRENT_PORT_DIR "{port}")\n'
                      f'set(CURRENT_PACKAGES_DIR "{package}")\nset(BUILD "{work}/build")\n'
                      f'set(MORE "{more}")\ninclude("{port}/portfile.cmake")\n')
    run("cmake", "-P", script)
    consume(work, package, compiler)


def main():
    manager, work, compiler = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    os.environ.setdefault("NINJA_STATUS", "")
    {"conan": conan, "vcpkg": vcpkg}[manager](work, compiler)
    print(f"recipes: {manager}: built, packed and used")


main()

# How Sancho's targets are made. Two rules of the house are enforced here:
#
# * A folder is a target, and its headers can be included only by targets that link it. Every
#   target has an include root of its own in the build tree that holds nothing but a link to its
#   folder, so `#include "core/mail/message.h"` fails to compile without `sancho_core_mail`.
# * Our own code compiles with the same warnings everywhere.

find_package(Threads REQUIRED)

add_library(sancho_options INTERFACE)
target_compile_options(sancho_options INTERFACE -Wall -Wextra -Wconversion)
# GCC 12 sees overlaps in "literal" + std::to_string(…) that are not there (GCC bug 105651).
target_compile_options(sancho_options INTERFACE
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
if(SANCHO_WERROR)
  target_compile_options(sancho_options INTERFACE -Werror)
endif()
if(SANCHO_SANITIZE)
  target_compile_options(sancho_options INTERFACE
    -fsanitize=${SANCHO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(sancho_options INTERFACE -fsanitize=${SANCHO_SANITIZE})
endif()

# Makes the include root of TARGET: a directory that holds only a link to FOLDER.
function(sancho_include_root target folder scope)
  set(root ${CMAKE_BINARY_DIR}/include/${target})
  get_filename_component(parent ${root}/${folder} DIRECTORY)
  file(MAKE_DIRECTORY ${parent})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${folder} ${root}/${folder} SYMBOLIC)
  target_include_directories(${target} ${scope} ${root})
endfunction()

# sancho_library(engine/model SOURCES a.cpp … LINK sancho_engine_text … PRIVATE_LINK ICU::uc …)
# declares the library of one folder, called sancho_<folder with _ for />.
function(sancho_library folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  set(target sancho_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    sancho_include_root(${target} ${folder} PUBLIC)
    target_link_libraries(${target}
      PUBLIC ${ARG_LINK} Threads::Threads
      PRIVATE ${ARG_PRIVATE_LINK} sancho_options)
  else()
    add_library(${target} INTERFACE)
    sancho_include_root(${target} ${folder} INTERFACE)
    target_link_libraries(${target} INTERFACE ${ARG_LINK} Threads::Threads)
  endif()
endfunction()

# sancho_test(NAME SOURCES … LINK … [LABELS …]) declares a Qt Test executable for CTest.
function(sancho_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES AUTOMOC ON RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} Qt6::Test sancho_options)
  target_compile_definitions(${name} PRIVATE
    SANCHO_SHARED_DIR="${SANCHO_SHARED_DIR}"
    SANCHO_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    SANCHO_BINARY_DIR="${CMAKE_BINARY_DIR}")
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}" ENVIRONMENT "QT_QPA_PLATFORM=offscreen")
endfunction()

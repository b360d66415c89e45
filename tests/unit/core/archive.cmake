add_executable(import_worker archive/import_worker.cpp)
target_link_libraries(import_worker PRIVATE sancho_core_archive sancho_options)
set_target_properties(import_worker PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

find_package(SQLiteCpp REQUIRED)
sancho_test(archive_test SOURCES archive/archive_test.cpp LINK sancho_core_archive SQLiteCpp LABELS core)
sancho_test(import_test SOURCES archive/import_test.cpp LINK sancho_core_archive LABELS core)
target_compile_definitions(import_test PRIVATE IMPORT_WORKER="$<TARGET_FILE:import_worker>")
add_dependencies(import_test import_worker)

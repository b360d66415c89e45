find_package(nlohmann_json REQUIRED)

sancho_test(test_reference_models
  SOURCES test_reference_models.cpp
  LINK sancho_engine_model nlohmann_json::nlohmann_json
  LABELS unit)

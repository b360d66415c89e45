find_package(nlohmann_json REQUIRED)

sancho_test(test_reference_models
  SOURCES model/test_reference_models.cpp
  LINK sancho_engine_model nlohmann_json::nlohmann_json
  LABELS unit)

foreach(name test_model_config test_model_files test_session test_generator
        test_gguf_model test_hostile_models test_weight_memory)
  sancho_test(${name} SOURCES model/${name}.cpp LINK sancho_engine_model LABELS unit)
endforeach()

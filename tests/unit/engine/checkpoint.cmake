foreach(name test_safetensors test_ggml_blocks test_gguf)
  sancho_test(${name} SOURCES checkpoint/${name}.cpp LINK sancho_engine_checkpoint LABELS unit)
endforeach()

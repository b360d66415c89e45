sancho_test(test_safetensors
  SOURCES checkpoint/test_safetensors.cpp
  LINK sancho_engine_checkpoint
  LABELS unit)

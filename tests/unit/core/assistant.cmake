sancho_test(test_assistant
  SOURCES assistant/test_assistant.cpp assistant/tiny_profile.cpp
  LINK sancho_core sancho_core_pretrain
  LABELS unit
  TIMEOUT 300)

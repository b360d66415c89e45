sancho_test(test_grounding
  SOURCES drafting/test_grounding.cpp
  LINK sancho_core_drafting
  LABELS unit)
sancho_test(test_eml
  SOURCES drafting/test_eml.cpp
  LINK sancho_core_drafting
  LABELS unit)

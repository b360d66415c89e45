find_package(PkgConfig REQUIRED)
pkg_check_modules(sentencepiece REQUIRED IMPORTED_TARGET sentencepiece)

sancho_test(test_tokenizer
  SOURCES text/test_tokenizer.cpp
  LINK sancho_engine_text PkgConfig::sentencepiece sentencepiece_train
  LABELS unit)

sancho_test(test_vocabulary
  SOURCES text/test_vocabulary.cpp
  LINK sancho_engine_text
  LABELS unit)

foreach(part methods model search)
  sancho_test(test_compress_${part}
    SOURCES compress/test_compress_${part}.cpp
    LINK sancho_engine_compress
    LABELS unit engine)
endforeach()

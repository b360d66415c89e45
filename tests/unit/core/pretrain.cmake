sancho_test(pretrain_test SOURCES pretrain/pretrain_test.cpp LINK sancho_core_pretrain LABELS core)

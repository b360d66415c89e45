sancho_test(corpus_clauses_test SOURCES pretrain/corpus_clauses_test.cpp LINK sancho_core_pretrain LABELS core)
sancho_test(pretrain_test SOURCES pretrain/pretrain_test.cpp LINK sancho_core_pretrain LABELS core)
sancho_test(told_mail_test SOURCES pretrain/told_mail_test.cpp LINK sancho_core_pretrain LABELS core)

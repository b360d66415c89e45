sancho_test(prompt_test SOURCES playback/prompt_test.cpp LINK sancho_core_drafting sancho_core_pretrain LABELS core)

sancho_test(facts_test SOURCES playback/facts_test.cpp LINK sancho_core_playback LABELS core)
sancho_test(names_test SOURCES playback/names_test.cpp LINK sancho_core_playback LABELS core)
sancho_test(instruction_writer_test SOURCES playback/instruction_writer_test.cpp LINK sancho_core_playback LABELS core)
sancho_test(playback_job_test SOURCES playback/playback_job_test.cpp LINK sancho_core_playback LABELS core)

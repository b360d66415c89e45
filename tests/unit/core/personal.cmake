sancho_test(test_version_store
  SOURCES personal/test_version_store.cpp
  LINK sancho_core_personal
  LABELS unit)
sancho_test(test_training_job
  SOURCES personal/test_training_job.cpp assistant/tiny_profile.cpp
  LINK sancho_core sancho_core_pretrain
  LABELS unit)

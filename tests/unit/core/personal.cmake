sancho_test(test_version_store
  SOURCES personal/test_version_store.cpp
  LINK sancho_core_personal
  LABELS unit)
sancho_test(test_training_job
  SOURCES personal/test_training_job.cpp assistant/tiny_profile.cpp
  LINK sancho_core sancho_core_pretrain
  LABELS unit)
sancho_test(test_received_mail
  SOURCES personal/test_received_mail.cpp
  LINK sancho_core_personal sancho_core_pretrain
  LABELS unit)

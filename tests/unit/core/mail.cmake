sancho_test(mbox_test SOURCES mail/mbox_test.cpp mail/test_mail.h LINK sancho_core_mail LABELS core)
sancho_test(message_test SOURCES mail/message_test.cpp mail/test_mail.h LINK sancho_core_mail LABELS core)
sancho_test(own_words_test SOURCES mail/own_words_test.cpp LINK sancho_core_mail LABELS core)
sancho_test(awkward_mail_test SOURCES mail/awkward_mail_test.cpp mail/test_mail.h LINK sancho_core_mail LABELS core)

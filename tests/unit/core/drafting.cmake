sancho_test(test_grounding
  SOURCES drafting/test_grounding.cpp
  LINK sancho_core_drafting
  LABELS unit)
sancho_test(test_eml
  SOURCES drafting/test_eml.cpp
  LINK sancho_core_drafting
  LABELS unit)
foreach(name copy_bias fact_guard given_names instruction_focus letter_case
    mail_frame note_answer subject_line candidate_judge draft_session)
  sancho_test(test_${name}
    SOURCES drafting/test_${name}.cpp
    LINK sancho_core_drafting
    LABELS unit)
endforeach()

foreach(part clock contrastive distillation efcp gradients grown_model microadam products rosa schedules sparse_layers sparse_linear trainer)
  sancho_test(test_train_${part}
    SOURCES train/test_train_${part}.cpp
    LINK sancho_engine_train
    LABELS unit engine)
endforeach()

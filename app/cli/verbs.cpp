#include "app/cli/verb.h"

namespace sancho::cli {

namespace {

template <class... Factories>
Verbs make_all(Factories... factories) {
  Verbs verbs;
  (verbs.push_back(factories()), ...);
  return verbs;
}

}  // namespace

Verbs make_verbs() {
  return make_all(make_import_verb, make_playback_verb, make_train_verb, make_draft_verb,
                  make_search_verb, make_evaluate_verb, make_doctor_verb);
}

Verbs make_model_verbs() {
  return make_all(make_model_list_verb, make_model_info_verb, make_model_add_verb,
                  make_model_use_verb, make_model_remove_verb, make_model_compress_verb,
                  make_model_export_verb, make_model_bench_verb, make_model_perplexity_verb,
                  make_model_corpus_verb, make_model_pretrain_verb, make_model_encoder_verb);
}

}  // namespace sancho::cli

#include "app/desktop/mail_finder.h"

#include <QCheckBox>
#include <QLineEdit>
#include <QVBoxLayout>

#include "app/desktop/controls.h"
#include "app/desktop/message_list_model.h"
#include "app/desktop/message_list_view.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

namespace {

constexpr int kTypingPause = 250;  // milliseconds without a key before a search starts
constexpr std::size_t kHits = 100;

core::SearchResult only_own_hits(core::Assistant& assistant, core::SearchResult result) {
  std::erase_if(result.hits, [&](const core::SearchHit& hit) {
    const auto mail = assistant.archive().message(hit.key);
    return !mail || !mail->own;
  });
  return result;
}

}  // namespace

MailFinder::MailFinder(core::Assistant* assistant, QWidget* parent)
    : QWidget(parent),
      assistant_(assistant),
      worker_(assistant->profile()),
      model_(new MessageListModel(&assistant->archive(), this)),
      query_(new QLineEdit),
      only_own_(new QCheckBox(tr("Only mail I wr&ote"))),
      summary_(make_label({}, "small")),
      view_(new MessageListView) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(8);
  query_->setPlaceholderText(tr("Search by words or by meaning"));
  query_->setAccessibleName(tr("Search mail"));
  query_->setObjectName("mail_search");
  query_->setClearButtonEnabled(true);
  query_->addAction(icon("search"), QLineEdit::LeadingPosition);
  view_->setModel(model_);
  view_->setObjectName("mail_list");
  view_->setAccessibleName(tr("Mail"));
  auto* filters = new QHBoxLayout;
  filters->addWidget(only_own_);
  summary_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  filters->addWidget(summary_, 1);
  layout->addWidget(query_);
  layout->addLayout(filters);
  layout->addWidget(view_, 1);

  typing_.setSingleShot(true);
  typing_.setInterval(kTypingPause);
  connect(query_, &QLineEdit::textChanged, &typing_, qOverload<>(&QTimer::start));
  connect(query_, &QLineEdit::returnPressed, this, [this] {
    typing_.stop();
    search();
    view_->setFocus();
  });
  connect(&typing_, &QTimer::timeout, this, &MailFinder::search);
  connect(only_own_, &QCheckBox::toggled, this, &MailFinder::search);
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) { emit current_changed(model_->key_at(index)); });
  connect(view_, &QListView::activated, this,
          [this](const QModelIndex& index) { emit activated(model_->key_at(index)); });
}

void MailFinder::refresh() {
  search();
}

void MailFinder::focus_search() {
  query_->setFocus();
  query_->selectAll();
}

core::MessageKey MailFinder::current() const {
  return model_->key_at(view_->currentIndex());
}

void MailFinder::select(core::MessageKey key) {
  for (int row = 0; row < model_->rowCount(); ++row) {
    const QModelIndex index = model_->index(row);
    if (model_->key_at(index) != key) continue;
    view_->setCurrentIndex(index);
    view_->scrollTo(index);
    return;
  }
  view_->setCurrentIndex({});
}

void MailFinder::search() {
  const std::string query = query_->text().simplified().toStdString();
  if (query.empty()) return show_list();
  summary_->setText(tr("Searching…"));
  worker_.run<core::SearchResult>(
      [query, own = only_own_->isChecked()](core::Assistant& assistant, std::stop_token stop,
                                            const Worker::Post&) {
        core::SearchResult result = assistant.search(query, kHits, stop);
        return own ? only_own_hits(assistant, std::move(result)) : result;
      },
      [this](const core::SearchResult& result) { show_hits(result); },
      [this](const QString& sentence) {
        summary_->clear();
        emit failed(sentence);
      });
}

void MailFinder::show_hits(const core::SearchResult& result) {
  if (query_->text().simplified().isEmpty()) return;
  model_->show_hits(result.hits);
  summary_->setText(result.hits.empty() ? tr("Nothing found") : tr("Best matches first"));
  if (!result.hits.empty()) view_->setCurrentIndex(model_->index(0));
}

void MailFinder::show_list() {
  worker_.stop();
  const core::MessageKey before = current();
  try {
    model_->show_all(only_own_->isChecked());
    summary_->setText(
        only_own_->isChecked()
            ? tr("%1 written by you").arg(count_text(assistant_->archive().own_count()))
            : tr("%1 mails").arg(count_text(assistant_->archive().message_count())));
  } catch (const std::exception& error) {
    emit failed(QString::fromUtf8(error.what()));
  }
  if (before != 0) select(before);
}

}  // namespace sancho::desktop

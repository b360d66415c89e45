#include "app/desktop/write_page.h"

#include <QCheckBox>
#include <QDateTime>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QShortcut>
#include <QTabWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/controls.h"
#include "app/desktop/draft_column.h"
#include "app/desktop/draft_history_model.h"
#include "app/desktop/draft_options.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/message_list_model.h"
#include "app/desktop/message_list_view.h"
#include "app/desktop/reply_picker.h"
#include "app/desktop/text.h"

namespace sancho::desktop {

WritePage::WritePage(core::Assistant* assistant, QWidget* parent)
    : QWidget(parent),
      assistant_(assistant),
      worker_(assistant->profile()),
      saver_(assistant->profile(), Worker::Order::every),
      related_(new MessageListModel(&assistant->archive(), this)),
      history_(new DraftHistoryModel(&assistant->archive(), this)),
      problem_(new MessageBar) {
  setObjectName("page");
  auto* left = new QVBoxLayout;
  left->setSpacing(12);
  left->addWidget(make_label(tr("Write"), "title"));
  left->addWidget(build_request());
  left->addWidget(problem_);
  left->addWidget(build_drafts(), 1);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(28, 22, 20, 20);
  layout->setSpacing(16);
  layout->addLayout(left, 5);
  layout->addWidget(build_side(), 2);

  connect(&worker_, &Worker::busy_changed, this, &WritePage::show_writing);
  auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), this);
  connect(escape, &QShortcut::activated, this, [this] {
    if (drafting()) start_or_stop();
  });
  setTabOrder(instruction_, to_);
  show_writing(false);
}

QWidget* WritePage::build_request() {
  auto* card = make_card();
  auto* layout = new QVBoxLayout(card);
  layout->setContentsMargins(14, 12, 14, 12);
  layout->setSpacing(10);

  instruction_ = new QPlainTextEdit;
  instruction_->setProperty("role", "plain");
  instruction_->setObjectName("instruction");
  instruction_->setAccessibleName(tr("Instruction"));
  instruction_->setPlaceholderText(
      tr("What should the mail say? For example: thank Maria for the figures, ask for the missing "
         "March "
         "numbers by Friday"));
  instruction_->setTabChangesFocus(true);
  instruction_->setFixedHeight(4 * instruction_->fontMetrics().lineSpacing() + 18);
  layout->addWidget(instruction_);

  to_ = new QLineEdit;
  to_->setObjectName("recipient");
  to_->setPlaceholderText(tr("To: a name or an address"));
  to_->setAccessibleName(tr("Recipient"));
  reply_ = make_button("reply", tr("&Answer a mail…"));
  reply_->setObjectName("choose_reply");
  forget_reply_ = make_button("close", {}, "quiet");
  forget_reply_->setAccessibleName(tr("Write a new mail instead of an answer"));
  forget_reply_->setToolTip(forget_reply_->accessibleName());
  forget_reply_->hide();
  auto* people = new QHBoxLayout;
  people->setSpacing(8);
  people->addWidget(to_, 1);
  people->addWidget(reply_);
  people->addWidget(forget_reply_);
  layout->addLayout(people);

  options_ = new DraftOptions;
  options_->hide();
  auto* more = make_button("options", tr("O&ptions"), "quiet");
  more->setCheckable(true);
  more->setObjectName("options");
  personal_ = new QCheckBox(tr("With &my personal model"));
  personal_->setObjectName("use_personal");
  compare_ = new QCheckBox(tr("&Compare"));
  compare_->setObjectName("compare");
  compare_->setToolTip(tr("Write it twice, side by side: with and without your personal model"));
  go_ = make_button("write", tr("&Draft"), "primary");
  go_->setObjectName("draft");
  auto* actions = new QHBoxLayout;
  actions->setSpacing(14);
  actions->addWidget(personal_);
  actions->addWidget(compare_);
  actions->addWidget(more);
  actions->addStretch();
  actions->addWidget(go_);
  layout->addLayout(actions);
  layout->addWidget(options_);

  connect(more, &QPushButton::toggled, this, [this, more](bool open) {
    options_->setVisible(open);
    more->setIcon(icon(open ? "options-open" : "options"));
  });
  connect(reply_, &QPushButton::clicked, this, &WritePage::choose_reply);
  connect(forget_reply_, &QPushButton::clicked, this, [this] { answer(0); });
  connect(compare_, &QCheckBox::toggled, this, &WritePage::compare_toggled);
  connect(go_, &QPushButton::clicked, this, &WritePage::start_or_stop);
  return card;
}

QWidget* WritePage::build_drafts() {
  auto* area = new QWidget;
  auto* layout = new QHBoxLayout(area);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(12);
  column_ = new DraftColumn;
  column_->setObjectName("draft_column");
  base_column_ = new DraftColumn;
  base_column_->setObjectName("base_column");
  base_column_->hide();
  for (DraftColumn* column : {column_, base_column_}) {
    layout->addWidget(column, 1);
    connect(column, &DraftColumn::save_eml_requested, this, [this, column] { save_eml(column); });
    connect(column, &DraftColumn::save_draft_requested, this,
            [this, column] { save_draft(column); });
    connect(column, &DraftColumn::copied, this, [this] { emit status_message(tr("Copied")); });
  }
  return area;
}

QWidget* WritePage::build_side() {
  side_ = new QTabWidget;
  side_->setMinimumWidth(230);
  side_->setMaximumWidth(360);
  const auto list = [](QAbstractItemModel* model, const QString& name) {
    auto* view = new MessageListView;
    view->setProperty("role", "plain");
    view->setModel(model);
    view->setAccessibleName(name);
    return view;
  };
  auto* related_view = list(related_, tr("Related mail"));
  related_view->setObjectName("related");
  auto* history_view = list(history_, tr("Drafts"));
  history_view->setObjectName("history");
  no_related_ = make_label(tr("Mail of yours that a draft draws on is shown here."), "muted");
  no_related_->setContentsMargins(8, 12, 8, 0);
  auto* related = new QWidget;
  auto* layout = new QVBoxLayout(related);
  layout->setContentsMargins(0, 6, 0, 0);
  layout->addWidget(no_related_);
  layout->addWidget(related_view, 1);
  side_->addTab(related, tr("Related mail"));
  side_->addTab(history_view, tr("Drafts"));

  const auto open = [this](const QModelIndex& index) {
    emit open_mail_requested(related_->key_at(index));
  };
  connect(related_view, &QListView::clicked, this, open);
  connect(related_view, &QListView::activated, this, open);
  connect(history_view, &QListView::clicked, this, &WritePage::open_saved);
  connect(history_view, &QListView::activated, this, &WritePage::open_saved);
  return side_;
}

void WritePage::refresh() {
  try {
    const bool has_personal = !assistant_->personal_versions().empty();
    if (has_personal != personal_->isEnabled() || !has_personal)
      personal_->setChecked(has_personal);
    for (QCheckBox* box : {personal_, compare_}) box->setEnabled(has_personal);
    personal_->setToolTip(
        has_personal ? QString() : tr("Fine-tune on your mail first: it takes a few minutes"));
    if (!has_personal) compare_->setChecked(false);
    history_->refresh();
  } catch (const std::exception& error) {
    fail(QString::fromUtf8(error.what()));
  }
}

void WritePage::model_changed() {
  refresh();
}

void WritePage::answer(core::MessageKey key) {
  const auto mail = key != 0 ? assistant_->archive().message(key) : std::nullopt;
  reply_to_ = mail ? key : 0;
  forget_reply_->setVisible(mail.has_value());
  if (!mail) {
    reply_->setText(tr("&Answer a mail…"));
    reply_->setToolTip({});
    return;
  }
  const QString subject = to_qt(mail->message.subject);
  QString label = one_line(subject.isEmpty() ? tr("(no subject)") : subject, 34);
  reply_->setText(label.replace('&', QLatin1String("&&")));
  reply_->setToolTip(tr("Answers “%1”").arg(subject));
  const core::Address& from = mail->message.from;
  if (!mail->own) to_->setText(to_qt(from.name.empty() ? from.address : from.name));
  instruction_->setFocus();
}

core::DraftRequest WritePage::request_from_form() const {
  core::DraftRequest request;
  request.instruction = instruction_->toPlainText().trimmed().toStdString();
  request.to = to_->text().trimmed().toStdString();
  if (reply_to_ != 0) request.reply_to = std::to_string(reply_to_);
  request.use_personal = personal_->isChecked();
  options_->apply(request);
  return request;
}

void WritePage::start_or_stop() {
  if (drafting()) {
    stopping_ = true;
    go_->setEnabled(false);
    worker_.stop();
    return;
  }
  core::DraftRequest request = request_from_form();
  if (request.instruction.empty()) {
    fail(tr("Say in a few words what the mail should say, then press Draft."));
    instruction_->setFocus();
    return;
  }
  stopping_ = false;
  problem_->hide();
  options_->show_seed(request.seed);
  const bool compare = compare_->isChecked();
  if (compare) {
    request.use_personal = true;
    base_column_->begin();
  }
  draft(column_, request, [this, compare, request]() mutable {
    if (!compare || stopping_) return base_column_->give_up();
    request.use_personal = false;
    draft(base_column_, request, [] {});
  });
}

void WritePage::draft(DraftColumn* column, core::DraftRequest request, std::function<void()> then) {
  column->begin();
  emit status_message(tr("Reading what belongs to it…"));
  worker_.run<core::Draft>(
      [this, column, request](core::Assistant& assistant, std::stop_token stop,
                              const Worker::Post& post) {
        const auto on_text = [&](const std::string& text) {
          post([this, column, text = to_qt(text)] {
            emit status_message(tr("Writing…"));
            column->append(text);
          });
        };
        return assistant.draft(request, on_text, stop);
      },
      [this, column, then = std::move(then)](const core::Draft& draft) {
        show_draft(column, draft);
        then();
      },
      [this, column](const QString& sentence) {
        column->give_up();
        base_column_->give_up();
        emit status_message({});
        fail(sentence);
      });
}

void WritePage::show_draft(DraftColumn* column, const core::Draft& draft) {
  column->finish(draft);
  related_->show_hits(draft.sources);
  no_related_->setVisible(draft.sources.empty());
  if (draft.sources.empty())
    no_related_->setText(tr("Nothing in your mail was close to this one."));
  side_->setCurrentIndex(0);
  const QString model = draft.model_version.empty() ? tr("built-in") : to_qt(draft.model_version);
  if (draft.tokens == 0) return emit status_message(draft.cancelled ? tr("Stopped") : QString());
  emit status_message((draft.cancelled ? tr("Stopped · ") : QString()) +
                      tr("First words after %1 ms · %2 tokens/s · %3")
                          .arg(QLocale().toString(draft.first_token_ms, 'f', 0),
                               QLocale().toString(draft.tokens_per_second, 'f', 0), model));
}

void WritePage::show_writing(bool writing) {
  go_->setEnabled(true);
  go_->setText(writing ? tr("&Stop") : tr("&Draft"));
  go_->setIcon(icon(writing ? "stop" : "write", IconTone::on_accent));
  go_->setToolTip(writing ? tr("Stop writing (Esc)") : tr("Write the draft (Ctrl+Enter)"));
}

void WritePage::choose_reply() {
  ReplyPicker picker(assistant_, this);
  if (picker.exec() == QDialog::Accepted) answer(picker.key());
}

void WritePage::compare_toggled(bool compare) {
  base_column_->setVisible(compare);
  column_->set_caption(compare ? tr("With your personal model") : QString());
  base_column_->set_caption(compare ? tr("Without it") : QString());
}

void WritePage::save_eml(const DraftColumn* column) {
  const core::Draft draft = column->edited();
  QString name = to_qt(draft.subject).simplified();
  name.replace(QRegularExpression(QStringLiteral(R"([\\/:*?"<>|])")), QStringLiteral("-"));
  const QString path = QFileDialog::getSaveFileName(
      this, tr("Save the draft"),
      QDir::home().filePath((name.isEmpty() ? tr("Draft") : name) + ".eml"), tr("Mail (*.eml)"));
  if (path.isEmpty()) return;
  save([draft, request = request_from_form(),
        path](core::Assistant& assistant) { assistant.save_eml(draft, request, to_path(path)); },
       [this, path] { emit status_message(tr("Saved %1").arg(QFileInfo(path).fileName())); });
}

void WritePage::save(std::function<void(core::Assistant&)> write, std::function<void()> then) {
  saver_.run<bool>(
      [write = std::move(write)](core::Assistant& assistant, std::stop_token, const Worker::Post&) {
        write(assistant);
        return true;
      },
      [then = std::move(then)](bool) { then(); },
      [this](const QString& sentence) { fail(sentence); });
}

void WritePage::save_draft(const DraftColumn* column) {
  const core::Draft draft = column->edited();
  const core::DraftRequest request = request_from_form();
  const core::DraftRecord record{.id = 0,
                                 .created = QDateTime::currentSecsSinceEpoch(),
                                 .instruction = request.instruction,
                                 .to = request.to,
                                 .subject = draft.subject,
                                 .body = draft.body,
                                 .reply_to = reply_to_,
                                 .model_version = draft.model_version};
  save([record](core::Assistant& assistant) { assistant.archive().save_draft(record); },
       [this] {
         history_->refresh();
         side_->setCurrentIndex(1);
         emit status_message(tr("Kept in drafts"));
       });
}

void WritePage::open_saved(const QModelIndex& index) {
  if (drafting() || !index.isValid()) return;
  const core::DraftRecord record = history_->draft_at(index);
  answer(record.reply_to);
  instruction_->setPlainText(to_qt(record.instruction));
  to_->setText(to_qt(record.to));
  compare_->setChecked(false);
  column_->show_saved(record);
}

void WritePage::copy_draft() {
  if (!column_->empty()) column_->copy();
}

void WritePage::fail(const QString& sentence) {
  problem_->show_sentence(sentence);
}

}  // namespace sancho::desktop

#include "app/desktop/compress_dialog.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLineEdit>
#include <QRadioButton>
#include <QRegularExpressionValidator>
#include <QSpinBox>
#include <QVBoxLayout>

#include "app/desktop/controls.h"
#include "app/desktop/message_bar.h"
#include "app/desktop/model_words.h"
#include "app/desktop/text.h"
#include "core/models/size_estimate.h"

namespace sancho::desktop {

namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;
constexpr const char* kFormats[] = {"bf16",          "int8",          "int4",
                                    "sparse50-int8", "sparse50-int4", "sparse70-int8",
                                    "sparse70-int4", "2of4-int4",     "sparse50-f32"};

enum Goal { kCareful, kSmall, kSparse, kSmallest, kBudget, kOwnChoice };

struct GoalWords {
  QString title, detail;
};

GoalWords words_of(Goal goal) {
  switch (goal) {
    case kCareful:
      return {CompressDialog::tr("Nearly the &same drafts"),
              CompressDialog::tr("8 bits for each weight")};
    case kSmall:
      return {CompressDialog::tr("S&maller, hardly worse"),
              CompressDialog::tr("4 bits for each weight")};
    case kSparse:
      return {CompressDialog::tr("Small and f&ast, a little worse"),
              CompressDialog::tr("every second weight left out, 4 bits for the others")};
    case kSmallest:
      return {
          CompressDialog::tr("As small as it &goes"),
          CompressDialog::tr("70 % left out where it hurts least, then a few minutes of training")};
    case kBudget:
      return {CompressDialog::tr("&Fit into a size"),
              CompressDialog::tr("the best mixture that fits; takes longest")};
    case kOwnChoice:
      return {CompressDialog::tr("C&hoose the methods"), {}};
  }
  return {};
}

/// What a goal means in the fields below it.
struct GoalFields {
  const char* format;
  bool search;
  int recovery;  // minutes
};

GoalFields fields_of(int goal) {
  switch (goal) {
    case kCareful:
      return {"int8", false, 0};
    case kSparse:
      return {"sparse50-int4", false, 5};
    case kSmallest:
      return {"sparse70-int4", true, 10};
    case kBudget:
      return {"sparse50-int4", true, 5};
    default:
      return {"int4", false, 0};
  }
}

}  // namespace

CompressDialog::CompressDialog(const core::ModelEntry& model, std::filesystem::path folder,
                               std::size_t own_mails, QWidget* parent)
    : QDialog(parent),
      model_(model),
      folder_(std::move(folder)),
      own_mails_(own_mails),
      problem_(new MessageBar),
      goals_(new QButtonGroup(this)) {
  setWindowTitle(tr("Compress %1").arg(to_qt(model_.name)));
  resize(560, 0);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(22, 20, 22, 18);
  layout->setSpacing(12);
  layout->addWidget(make_label(windowTitle(), "heading"));
  const bool again = !model_.about.compression_json.empty() || model_.about.sparsity > 0.1;
  layout->addWidget(make_label(
      again ? tr("This model has been compressed before: starting from the original loses less.")
            : tr("Makes a second, smaller model; this one, %1 now, stays as it is.")
                  .arg(size_text(model_.bytes)),
      again ? "warning" : "muted"));
  layout->addWidget(problem_);
  layout->addWidget(build_goals());
  layout->addWidget(build_methods());
  layout->addWidget(build_text());
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
  buttons->button(QDialogButtonBox::Ok)->setText(tr("C&ompress"));
  buttons->button(QDialogButtonBox::Ok)->setProperty("role", "primary");
  layout->addStretch();
  layout->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::accepted, this, &CompressDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(goals_, &QButtonGroup::idToggled, this, [this](int, bool on) {
    if (on) choose_goal();
  });
  connect(name_, &QLineEdit::textEdited, this, [this] { named_ = true; });
  goals_->button(goals_->button(kSmall)->isEnabled() ? kSmall : kBudget)->setChecked(true);
}

QWidget* CompressDialog::build_goals() {
  auto* card = make_card();
  auto* layout = new QVBoxLayout(card);
  layout->setContentsMargins(16, 12, 16, 12);
  layout->setSpacing(6);
  for (const Goal goal : {kCareful, kSmall, kSparse, kSmallest, kBudget, kOwnChoice}) {
    const GoalWords words = words_of(goal);
    auto* button = new QRadioButton(words.title);
    button->setObjectName(QStringLiteral("goal_%1").arg(int(goal)));
    button->setAccessibleDescription(words.detail);
    goals_->addButton(button, goal);
    auto* row = new QHBoxLayout;
    row->setSpacing(10);
    row->addWidget(button);
    QString detail = words.detail;
    if (goal < kBudget && model_.usable) {
      const auto format = engine::format_from_name(fields_of(goal).format);
      const std::uint64_t size = core::estimated_bytes(model_.about.config, format);
      detail = size < model_.bytes ? tr("about %1: %2").arg(size_text(size), words.detail)
                                   : tr("no smaller than now");
      button->setEnabled(size < model_.bytes);
    }
    auto* label = make_label(detail, "small");
    label->setAlignment(Qt::AlignVCenter | Qt::AlignRight);
    row->addWidget(label, 1);
    if (goal == kBudget) {
      budget_ = new QSpinBox;
      budget_->setObjectName("budget");
      budget_->setAccessibleName(tr("Largest size"));
      budget_->setSuffix(tr(" MB"));
      budget_->setRange(1, static_cast<int>(std::max<std::uint64_t>(
                               2, (model_.bytes + kMegabyte - 1) / kMegabyte)));
      budget_->setValue(budget_->maximum() / 2);
      budget_->setEnabled(false);
      connect(button, &QRadioButton::toggled, budget_, &QWidget::setEnabled);
      row->addWidget(budget_);
    }
    layout->addLayout(row);
  }
  return card;
}

QWidget* CompressDialog::build_methods() {
  methods_ = new QWidget;
  auto* layout = new QFormLayout(methods_);
  layout->setContentsMargins(4, 0, 4, 0);
  layout->setVerticalSpacing(8);
  format_ = new QComboBox;
  format_->setObjectName("format");
  for (const char* format : kFormats)
    format_->addItem(QStringLiteral("%1 (%2)").arg(format_words(format), QLatin1String(format)),
                     QString::fromLatin1(format));
  prune_ = new QComboBox;
  prune_->addItem(tr("SparseGPT: the others make up for it"), "sparsegpt");
  prune_->addItem(tr("Magnitude: the smallest weights"), "magnitude");
  round_ = new QComboBox;
  round_->addItem(tr("GPTQ: later weights make up for earlier ones"), "gptq");
  round_->addItem(tr("To the nearest"), "rtn");
  search_ = new QCheckBox(tr("&Each layer its own level (EvoPress)"));
  search_->setObjectName("search_levels");
  tokens_ = new QSpinBox;
  tokens_->setRange(1000, 10'000'000);
  tokens_->setSingleStep(1000);
  tokens_->setValue(32'000);
  recovery_ = new QSpinBox;
  recovery_->setRange(0, 24 * 60);
  recovery_->setSpecialValueText(tr("None"));
  recovery_->setSuffix(tr(" minutes"));
  layout->addRow(tr("&Weights"), format_);
  layout->addRow(tr("&Leaving out"), prune_);
  layout->addRow(tr("&Rounding"), round_);
  layout->addRow({}, search_);
  layout->addRow(tr("&Training afterwards"), recovery_);
  layout->addRow(tr("Words to &calibrate with"), tokens_);
  methods_->hide();
  return methods_;
}

QWidget* CompressDialog::build_text() {
  auto* part = new QWidget;
  auto* layout = new QFormLayout(part);
  layout->setContentsMargins(4, 0, 4, 0);
  layout->setVerticalSpacing(8);
  own_mail_ = new QRadioButton(tr("M&y own mail (%1)").arg(count_text(own_mails_)));
  own_mail_->setEnabled(own_mails_ > 0);
  file_ = new QRadioButton(tr("A te&xt file"));
  file_->setObjectName("text_from_file");
  path_ = new QLineEdit;
  path_->setObjectName("text_file");
  path_->setAccessibleName(tr("Text file"));
  path_->setPlaceholderText(tr("Plain text, or one JSON object with “text” on each line"));
  auto* browse = make_button("folder", {});
  browse->setAccessibleName(tr("Choose a text file"));
  browse->setToolTip(browse->accessibleName());
  auto* file = new QHBoxLayout;
  file->setSpacing(8);
  file->addWidget(path_, 1);
  file->addWidget(browse);
  name_ = new QLineEdit;
  name_->setObjectName("model_name");
  name_->setAccessibleName(tr("Name of the new model"));
  name_->setValidator(new QRegularExpressionValidator(
      QRegularExpression(QStringLiteral("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")), name_));
  layout->addRow(tr("What it should be good at"), own_mail_);
  layout->addRow({}, file_);
  layout->addRow({}, file);
  layout->addRow(tr("&Name"), name_);
  (own_mails_ > 0 ? own_mail_ : file_)->setChecked(true);
  for (QWidget* widget : {static_cast<QWidget*>(path_), static_cast<QWidget*>(browse)}) {
    widget->setEnabled(file_->isChecked());
    connect(file_, &QRadioButton::toggled, widget, &QWidget::setEnabled);
  }
  connect(browse, &QPushButton::clicked, this, &CompressDialog::choose_text);
  return part;
}

void CompressDialog::choose_goal() {
  const int goal = goals_->checkedId();
  methods_->setVisible(goal == kOwnChoice);
  if (goal != kOwnChoice) {
    const GoalFields fields = fields_of(goal);
    format_->setCurrentIndex(format_->findData(QString::fromLatin1(fields.format)));
    search_->setChecked(fields.search);
    recovery_->setValue(fields.recovery);
    prune_->setCurrentIndex(0);
    round_->setCurrentIndex(0);
  }
  if (!named_)
    name_->setText(
        to_qt(model_.name) + '-' +
        (goal == kBudget ? QStringLiteral("fitted") : format_->currentData().toString()));
  adjustSize();
}

void CompressDialog::choose_text() {
  const QString path =
      QFileDialog::getOpenFileName(this, tr("Text to calibrate with"), QDir::homePath());
  if (!path.isEmpty()) path_->setText(path);
}

QString CompressDialog::name() const {
  return name_->text();
}

std::filesystem::path CompressDialog::out() const {
  return folder_ / to_path(name() + ".safetensors");
}

QStringList CompressDialog::verb() const {
  QStringList verb{"model", "compress", to_qt(std::filesystem::path(model_.path))};
  verb << "--out" << to_qt(out()) << "--format" << format_->currentData().toString();
  verb << "--method" << prune_->currentData().toString() << "--method"
       << round_->currentData().toString();
  if (search_->isChecked())
    verb << "--method"
         << "evopress";
  if (goals_->checkedId() == kBudget)
    verb << "--budget" << QString::number(static_cast<qint64>(budget_->value()) * kMegabyte);
  if (recovery_->value() > 0) verb << "--recover" << QString::number(recovery_->value());
  if (file_->isChecked()) verb << "--calibration" << path_->text();
  verb << "--calibration-tokens" << QString::number(tokens_->value());
  return verb;
}

QString CompressDialog::text_problem() const {
  if (!file_->isChecked()) return {};
  if (path_->text().isEmpty()) return tr("Choose a text file that is like what it will write.");
  if (!QFileInfo(path_->text()).isFile()) return tr("There is no file %1.").arg(path_->text());
  return {};
}

void CompressDialog::accept() {
  QString problem = text_problem();
  if (!name_->hasAcceptableInput())
    problem = tr("Give the new model a name of letters, digits, dots and dashes.");
  else if (QFileInfo::exists(to_qt(out())))
    problem = tr("There is a model called %1 already; choose another name.").arg(name());
  problem_->show_sentence(problem);
  if (problem.isEmpty()) QDialog::accept();
}

}  // namespace sancho::desktop

#include "app/desktop/import_wizard.h"

#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

#include "app/desktop/controls.h"
#include "app/desktop/import_pages.h"

namespace sancho::desktop {

ImportWizard::ImportWizard(std::filesystem::path profile, bool welcome, QWidget* parent)
    : QWizard(parent), worker_(std::move(profile)) {
  setWindowTitle(tr("Import mail"));
  setWizardStyle(QWizard::ModernStyle);
  setOption(QWizard::NoBackButtonOnStartPage);
  setOption(QWizard::NoCancelButtonOnLastPage);
  setOption(QWizard::NoBackButtonOnLastPage);
  setButtonText(QWizard::NextButton, tr("&Continue"));
  setButtonText(QWizard::BackButton, tr("&Back"));
  setButtonText(QWizard::CancelButton, tr("&Not now"));
  setButtonText(QWizard::FinishButton, tr("&Start writing"));
  for (QWizard::WizardButton which : {QWizard::NextButton, QWizard::FinishButton})
    button(which)->setProperty("role", "primary");
  resize(820, 580);

  if (welcome) setPage(kWelcome, new WelcomePage);
  setPage(kChoose, new ChoosePage);
  setPage(kProgress, new ProgressPage);
  setPage(kIdentities, new IdentityPage);
  setPage(kSummary, new SummaryPage);

  auto* side = new QWidget;
  side->setObjectName("steps");
  side->setAttribute(Qt::WA_StyledBackground);
  side->setMinimumWidth(180);
  auto* layout = new QVBoxLayout(side);
  layout->setContentsMargins(22, 26, 18, 22);
  layout->setSpacing(16);
  const std::pair<int, QString> names[] = {{kWelcome, tr("Welcome")},
                                           {kChoose, tr("Your mail")},
                                           {kProgress, tr("Reading")},
                                           {kIdentities, tr("Your addresses")},
                                           {kSummary, tr("Done")}};
  for (const auto& [id, name] : names) {
    if (!page(id)) continue;
    auto* step = new QLabel(name);
    layout->addWidget(step);
    steps_.emplace_back(id, step);
  }
  layout->addStretch();
  setSideWidget(side);
  connect(this, &QWizard::currentIdChanged, this, &ImportWizard::mark_step);
  connect(this, &QDialog::rejected, this, [this] { worker_.stop(); });
}

void ImportWizard::mark_step(int page) {
  for (const auto& [id, label] : steps_) {
    QFont font = label->font();
    font.setWeight(id == page ? QFont::DemiBold : QFont::Normal);
    label->setFont(font);
    label->setProperty("role", id == page ? "current" : "muted");
    label->style()->unpolish(label);
    label->style()->polish(label);
  }
}

void ImportWizard::set_identities(const std::vector<std::string>& addresses) {
  worker_.run<std::size_t>(
      [addresses](core::Assistant& assistant, std::stop_token, const Worker::Post&) {
        assistant.archive().set_identities(addresses);
        return assistant.archive().own_count();
      },
      [this](std::size_t own) {
        own_count = own;
        emit archive_changed();
        next();
      },
      [this](const QString& sentence) { emit failed(sentence); });
}

}  // namespace sancho::desktop

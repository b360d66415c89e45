#include "app/desktop/theme.h"

#include <QApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFile>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>

// Resources of a static library are linked in only when asked for, outside any namespace.
static void load_resources() {
  Q_INIT_RESOURCE(desktop);
}

namespace sancho::desktop {

namespace {

Theme* the_theme = nullptr;

constexpr auto kPortal = "org.freedesktop.portal.Desktop";
constexpr auto kPortalPath = "/org/freedesktop/portal/desktop";
constexpr auto kPortalSettings = "org.freedesktop.portal.Settings";
constexpr auto kAppearance = "org.freedesktop.appearance";
constexpr auto kColourScheme = "color-scheme";

const Colours kLight{.window = "#f7f6f3",
                     .sidebar = "#efede8",
                     .card = "#ffffff",
                     .border = "#dfdcd5",
                     .text = "#1f2528",
                     .muted = "#656d72",
                     .accent = "#0f6e6b",
                     .accent_soft = "#dcefed",
                     .on_accent = "#ffffff",
                     .warning = "#a85b00",
                     .danger = "#b3261e"};

const Colours kDark{.window = "#16191b",
                    .sidebar = "#111415",
                    .card = "#1e2224",
                    .border = "#33393c",
                    .text = "#e7e9ea",
                    .muted = "#99a3a8",
                    .accent = "#5cc4be",
                    .accent_soft = "#1d3937",
                    .on_accent = "#06211f",
                    .warning = "#f0b35a",
                    .danger = "#ff8a80"};

QPalette palette_of(const Colours& c) {
  QPalette p(c.text, c.card, c.card, c.border, c.border, c.text, c.text, c.card, c.window);
  p.setColor(QPalette::Window, c.window);
  p.setColor(QPalette::Base, c.card);
  p.setColor(QPalette::AlternateBase, c.window);
  p.setColor(QPalette::Button, c.card);
  p.setColor(QPalette::ToolTipBase, c.text);
  p.setColor(QPalette::ToolTipText, c.card);
  p.setColor(QPalette::PlaceholderText, c.muted);
  p.setColor(QPalette::Highlight, c.accent);
  p.setColor(QPalette::HighlightedText, c.on_accent);
  p.setColor(QPalette::Link, c.accent);
  for (auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, c.muted);
  return p;
}

/// The style sheet with @names replaced by colours and @title/@small by point sizes.
QString style_sheet(const Colours& c, double points) {
  QFile file(QStringLiteral(":/style.qss"));
  if (!file.open(QIODevice::ReadOnly)) return {};
  QString sheet = QString::fromUtf8(file.readAll());
  const std::pair<const char*, QString> values[] = {
      {"@accent-soft", c.accent_soft.name()},
      {"@on-accent", c.on_accent.name()},
      {"@accent-hover", c.accent.lighter(112).name()},
      {"@window", c.window.name()},
      {"@sidebar", c.sidebar.name()},
      {"@card", c.card.name()},
      {"@border", c.border.name()},
      {"@text", c.text.name()},
      {"@muted", c.muted.name()},
      {"@accent", c.accent.name()},
      {"@warning", c.warning.name()},
      {"@danger", c.danger.name()},
      {"@title", QString::number(points * 1.75)},
      {"@heading", QString::number(points * 1.2)},
      {"@small", QString::number(points * 0.9)},
  };
  for (const auto& [name, value] : values) sheet.replace(QLatin1String(name), value);
  return sheet;
}

/// The desktop's own font; where it names none, the best of the usual free ones.
QFont base_font(QFont font) {
  if (font.family() != "Sans Serif" && font.family() != "DejaVu Sans") return font;
  const QStringList families = QFontDatabase::families();
  for (const char* family : {"Inter", "Cantarell", "Noto Sans"}) {
    if (!families.contains(QLatin1String(family))) continue;
    font.setFamily(QLatin1String(family));
    break;
  }
  return font;
}

}  // namespace

Theme::Theme(QApplication& app) : app_(app) {
  load_resources();
  the_theme = this;
  system_dark_ = app.palette().color(QPalette::Window).lightness() < 128;
  app.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  QFont font = base_font(app.font());
  if (font.pointSizeF() < 10) font.setPointSizeF(10);
  app.setFont(font);
  follow_desktop_portal();
  apply();
}

Theme::~Theme() {
  the_theme = nullptr;
}

Theme* Theme::instance() {
  return the_theme;
}

bool Theme::dark() const {
  return choice_ == Choice::dark || (choice_ == Choice::system && system_dark_);
}

const Colours& Theme::colours() {
  return the_theme && the_theme->dark() ? kDark : kLight;
}

void Theme::choose(Choice choice) {
  choice_ = choice;
  apply();
}

void Theme::apply() {
  app_.setPalette(palette_of(colours()));
  app_.setStyleSheet(style_sheet(colours(), app_.font().pointSizeF()));
  emit changed();
}

void Theme::follow_desktop_portal() {
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  bus.connect(kPortal, kPortalPath, kPortalSettings, QStringLiteral("SettingChanged"), this,
              SLOT(system_setting_changed(QString, QString, QVariant)));
  QDBusMessage read =
      QDBusMessage::createMethodCall(kPortal, kPortalPath, kPortalSettings, QStringLiteral("Read"));
  read << QString::fromLatin1(kAppearance) << QString::fromLatin1(kColourScheme);
  auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(read), this);
  connect(watcher, &QDBusPendingCallWatcher::finished, this, [this](QDBusPendingCallWatcher* call) {
    const QDBusPendingReply<QVariant> reply = *call;
    if (reply.isValid()) system_setting_changed(kAppearance, kColourScheme, reply.value());
    call->deleteLater();
  });
}

void Theme::system_setting_changed(const QString& space, const QString& key,
                                   const QVariant& value) {
  if (space != QLatin1String(kAppearance) || key != QLatin1String(kColourScheme)) return;
  QVariant scheme = value;
  while (scheme.canConvert<QDBusVariant>()) scheme = scheme.value<QDBusVariant>().variant();
  if (scheme.toUInt() == 0) return;  // 0: the desktop has no preference; 1: dark; 2: light
  system_dark_ = scheme.toUInt() == 1;
  if (choice_ == Choice::system) apply();
}

}  // namespace sancho::desktop

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/display.h"
#include "app/gui/screenshots.h"
#include "app/gui/windows.h"
#include "ui/heartbeat.h"
#include "ui/timed_application.h"

#include <QSettings>

#include <cstdio>
#include <optional>

using namespace Qt::StringLiterals;

namespace {

int say(const QString &text, int exitCode)
{
    const QByteArray bytes = text.toLocal8Bit() + '\n';
    std::FILE *file = exitCode == 0 ? stdout : stderr;
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), file);
    return exitCode;
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i) {
        if (qstrcmp(argv[i], "-reverse") != 0) // QApplication's own: the layout from right to left
            arguments.append(QString::fromLocal8Bit(argv[i]));
    }
    const app::gui::GuiOptions options = app::gui::parseGuiOptions(arguments);
    if (!options.text.isEmpty()) // before QApplication: help needs no display
        return say(options.text, options.exitCode);
    const bool takesPictures = !options.screenshotFolder.isEmpty();
    app::gui::choosePlatform(takesPictures);
    auto guard = std::make_optional<app::gui::DisplayGuard>();
    ui::TimedApplication application(argc, argv);
    guard.reset();
    ui::Heartbeat heart;
    QObject::connect(&heart, &ui::Heartbeat::resumed, &application,
                     [&application](double milliseconds) { application.noteSilence(milliseconds); });
    QApplication::setApplicationName(u"sallyport"_s);
    QApplication::setOrganizationName(u"sallyport"_s);
    QApplication::setApplicationVersion(QStringLiteral(SALLYPORT_VERSION));
    QApplication::setDesktopFileName(u"sallyport"_s);
    ui::applyTheme(application, ui::Theme::Light,
                   takesPictures ? 1 : QSettings().value(u"zoom"_s, 1).toDouble());
    app::gui::Windows windows(options);
    app::gui::Application &console = windows.open();
    if (takesPictures)
        console.window().setTheme(ui::Theme::Light);
    if (!options.page.isEmpty() && !console.showPage(options.page))
        return say(u"sallyport: there is no page %1; the pages are %2"_s.arg(
                       options.page, console.window().pageIds().join(u", "_s)),
                   2);
    QObject::connect(
        &console, &app::gui::Application::demoRefused, &application,
        [](const QString &why) { QCoreApplication::exit(say(u"sallyport: "_s + why, 2)); },
        Qt::QueuedConnection);
    console.window().show();
    app::gui::Screenshots pictures(console, options.screenshotFolder, options.screenshotStates,
                                   options.screenshotSizes);
    if (takesPictures) {
        QObject::connect(&pictures, &app::gui::Screenshots::finished, &application,
                         [](bool allWell, const QString &summary) {
                             QCoreApplication::exit(say(summary, allWell ? 0 : 1));
                         });
        QMetaObject::invokeMethod(&pictures, &app::gui::Screenshots::start, Qt::QueuedConnection);
    }
    console.start();
    return QApplication::exec();
}

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/application.h"
#include "app/gui/screenshots.h"

#include <QApplication>
#include <QSettings>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

int say(const QString &text, int exitCode)
{
    const QByteArray bytes = text.toLocal8Bit() + '\n';
    std::FILE *file = exitCode == 0 ? stdout : stderr;
    std::fwrite(bytes.constData(), 1, size_t(bytes.size()), file);
    return exitCode;
}

// How the window looks is the only thing that is remembered.
void rememberLook(ui::MainWindow &window)
{
    window.setTheme(ui::Theme(QSettings().value(u"theme"_s, int(ui::Theme::System)).toInt()));
    window.setCompact(QSettings().value(u"compact"_s).toBool());
    QObject::connect(&window, &ui::MainWindow::themeChosen, &window,
                     [](ui::Theme theme) { QSettings().setValue(u"theme"_s, int(theme)); });
    QObject::connect(&window, &ui::MainWindow::compactChosen, &window,
                     [](bool compact) { QSettings().setValue(u"compact"_s, compact); });
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    const app::gui::GuiOptions options = app::gui::parseGuiOptions(arguments);
    if (!options.text.isEmpty()) // before QApplication: help needs no display
        return say(options.text, options.exitCode);
    QApplication application(argc, argv);
    QApplication::setApplicationName(u"sallyport"_s);
    QApplication::setOrganizationName(u"sallyport"_s);
    QApplication::setApplicationVersion(QStringLiteral(SALLYPORT_VERSION));
    QApplication::setDesktopFileName(u"sallyport"_s);
    app::gui::Application console(options);
    if (options.screenshotFolder.isEmpty())
        rememberLook(console.window());
    else
        console.window().setTheme(ui::Theme::Light);
    if (!options.page.isEmpty() && !console.showPage(options.page))
        return say(u"sallyport: there is no page %1; the pages are %2"_s.arg(
                       options.page, console.window().pageIds().join(u", "_s)),
                   2);
    console.window().show();
    app::gui::Screenshots pictures(console, options.screenshotFolder);
    if (!options.screenshotFolder.isEmpty()) {
        QObject::connect(&pictures, &app::gui::Screenshots::finished, &application,
                         [](bool allWell, const QString &summary) {
                             QCoreApplication::exit(say(summary, allWell ? 0 : 1));
                         });
        QMetaObject::invokeMethod(&pictures, &app::gui::Screenshots::start, Qt::QueuedConnection);
    }
    console.start();
    return QApplication::exec();
}

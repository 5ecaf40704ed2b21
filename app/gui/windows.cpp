// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/windows.h"

#include <QEvent>
#include <QScreen>
#include <QSettings>
#include <QStyle>

using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

// One that nobody has placed yet: within what panels, and its own frame, leave of the screen.
void fitToScreen(QWidget &window)
{
    const QStyle &style = *window.style();
    const int side = 2 * style.pixelMetric(QStyle::PM_DefaultFrameWidth);
    const QSize frame(side, style.pixelMetric(QStyle::PM_TitleBarHeight) + side);
    window.resize(window.size().boundedTo(window.screen()->availableGeometry().size() - frame));
}

} // namespace

Windows::Windows(GuiOptions options, QObject *parent)
    : QObject(parent)
    , m_options(std::move(options))
{
}

Windows::~Windows() = default;

Application &Windows::open() { return open(m_options); }

Application &Windows::open(const GuiOptions &options)
{
    m_consoles.push_back(std::make_unique<Application>(options));
    Application &console = *m_consoles.back();
    connect(&console, &Application::windowRequested, this, [this, &console] { openBeside(console); });
    if (m_options.screenshotFolder.isEmpty())
        remember(console.window());
    connect(&console, &Application::desktopNoticeWanted, this,
            [this, &window = console.window()](const QString &title, const QString &text) {
                if (window.hasDesktopNotices())
                    m_notifier.show(title, text, window.windowIcon());
            });
    connect(&m_notifier, &DesktopNotifier::pressed, &console.window(), [&window = console.window()] {
        window.raise();
        window.activateWindow();
    });
    return console;
}

// A second window starts on the welcome page, with the contexts of the file that the first one has, a demo's too: which
// cluster it is for is the question.
void Windows::openBeside(const Application &first)
{
    GuiOptions options = m_options;
    options.demo = false;
    options.waits = true;
    options.kubeconfig = first.kubeconfigFile();
    options.context.clear();
    Application &console = open(options);
    console.window().show();
    console.start();
}

void Windows::remember(ui::MainWindow &window)
{
    QSettings settings;
    window.setTheme(ui::Theme(settings.value(u"theme"_s, int(ui::Theme::System)).toInt()));
    window.setCompact(settings.value(u"compact"_s).toBool());
    if (!settings.contains(u"layout"_s))
        fitToScreen(window);
    window.restoreLayoutState(settings.value(u"layout"_s).toMap());
    connect(&window, &ui::MainWindow::themeChosen, this,
            [](ui::Theme theme) { QSettings().setValue(u"theme"_s, int(theme)); });
    connect(&window, &ui::MainWindow::compactChosen, this,
            [](bool compact) { QSettings().setValue(u"compact"_s, compact); });
    connect(&window, &ui::MainWindow::zoomChosen, this,
            [](double zoom) { QSettings().setValue(u"zoom"_s, zoom); });
    window.setDesktopNotices(settings.value(u"desktopNotices"_s, true).toBool());
    window.setMenuBarShown(settings.value(u"menuBar"_s).toBool());
    connect(&window, &ui::MainWindow::desktopNoticesChosen, this,
            [](bool on) { QSettings().setValue(u"desktopNotices"_s, on); });
    window.setK9sKeys(settings.value(u"k9sKeys"_s).toBool());
    connect(&window, &ui::MainWindow::k9sKeysChosen, this,
            [](bool on) { QSettings().setValue(u"k9sKeys"_s, on); });
    connect(&window, &ui::MainWindow::menuBarChosen, this,
            [](bool shown) { QSettings().setValue(u"menuBar"_s, shown); });
    window.installEventFilter(this);
}

bool Windows::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Close) {
        const auto *window = static_cast<ui::MainWindow *>(watched);
        QSettings().setValue(u"layout"_s, window->layoutState());
        const auto closed = std::find_if(m_consoles.begin(), m_consoles.end(),
                                         [window](const auto &each) { return &each->window() == window; });
        if (m_consoles.size() > 1 && closed != m_consoles.end()) // the last one ends with the program
            QMetaObject::invokeMethod(
                this,
                [this, gone = closed->get()] {
                    std::erase_if(m_consoles, [gone](const auto &each) { return each.get() == gone; });
                },
                Qt::QueuedConnection);
    }
    return QObject::eventFilter(watched, event);
}

} // namespace app::gui

// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow's commands, and the menus and the palette that are made of them.
#include "ui/command_palette.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/pages/request_page.h"
#include "ui/performance_dialog.h"
#include "ui/shell/main_window.h"
#include "ui/shell/shortcut_sheet.h"
#include "ui/shell/sidebar.h"
#include "ui/write_words.h"
#include "ui/zoom.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QMenu>
#include <QMenuBar>

using namespace Qt::StringLiterals;

namespace ui {

QAction *MainWindow::addCommand(const QString &name, const QString &text, const QList<QKeySequence> &keys,
                                std::function<void()> run)
{
    auto *action = new QAction(text, this);
    action->setObjectName(name);
    action->setShortcuts(keys);
    addAction(action);
    connect(action, &QAction::triggered, this, [run = std::move(run)] { run(); });
    return action;
}

void MainWindow::buildActions()
{
    for (qsizetype i = 0; i < m_order.size(); ++i) {
        PageFrame *page = m_order[i];
        addCommand(page->id() + "Action"_L1, page->title(),
                   {QKeySequence(int(Qt::CTRL) | (Qt::Key_1 + int(i)))},
                   [this, page] { openPage(page->id()); });
    }
    addCommand(u"paletteAction"_s, tr("Search or run a command"),
               {QKeySequence(u"Ctrl+K"_s), QKeySequence(u"Ctrl+Shift+P"_s)}, [this] { openPalette(); });
    addCommand(u"filterAction"_s, tr("Filter this page"), {QKeySequence(QKeySequence::Find)},
               [this] { page(currentPage())->focusFilter(); });
    addCommand(u"refreshAction"_s, tr("Read everything again"), {QKeySequence(u"F5"_s)},
               [this] { Q_EMIT refreshRequested(); });
    addCommand(u"pauseAction"_s, tr("Pause updates"), {QKeySequence(u"Ctrl+Shift+Space"_s)}, [this] {
        choosePause();
    })->setCheckable(true);
    addCommand(u"nextPaneAction"_s, tr("Next pane"), {QKeySequence(u"F6"_s)}, [this] { movePane(1); });
    addCommand(u"previousPaneAction"_s, tr("Previous pane"), {QKeySequence(u"Shift+F6"_s)},
               [this] { movePane(-1); });
    addCommand(u"detailsAction"_s, tr("Show or hide the details"), {QKeySequence(u"F9"_s)},
               [this] { page(currentPage())->toggleDetails(); });
    addCommand(u"backAction"_s, tr("Back"), {QKeySequence(u"Alt+Left"_s)}, [this] { moveHistory(-1); });
    addCommand(u"forwardAction"_s, tr("Forward"), {QKeySequence(u"Alt+Right"_s)}, [this] { moveHistory(1); });
    addCommand(u"testAction"_s, tr("Test a URL"), {QKeySequence(u"Ctrl+T"_s)}, [this] {
        showPage(u"request"_s);
        m_pages.request->focusFilter();
    });
    addCommand(u"contextAction"_s, tr("Switch context"), {QKeySequence(u"Ctrl+Shift+L"_s)}, [this] {
        m_topBar->contexts()->setFocus(Qt::ShortcutFocusReason);
        m_topBar->contexts()->showPopup();
    });
    addCommand(u"namespaceAction"_s, tr("Switch namespace"), {QKeySequence(u"Ctrl+Shift+N"_s)}, [this] {
        m_topBar->namespaces()->setFocus(Qt::ShortcutFocusReason);
        m_topBar->namespaces()->showPopup();
    });
    addCommand(u"retryAction"_s, tr("Connect again now"), {}, [this] { Q_EMIT retryRequested(); });
    const std::tuple<Theme, QString, QString> themes[]{
        {Theme::Light, u"lightAction"_s, tr("Theme: light")},
        {Theme::Dark, u"darkAction"_s, tr("Theme: dark")},
        {Theme::System, u"systemThemeAction"_s, tr("Theme: as the system")},
        {Theme::HighContrast, u"contrastAction"_s, tr("Theme: high contrast (the system's own colours)")}};
    for (const auto &[theme, name, text] : themes) {
        QAction *action = addCommand(name, text, {}, [this, theme = theme] { chooseTheme(theme); });
        action->setCheckable(true);
        action->setData(int(theme));
        action->setChecked(theme == m_theme);
    }
    addCommand(u"compactAction"_s, tr("Compact rows"), {QKeySequence(u"Ctrl+Shift+D"_s)}, [this] {
        setCompact(!m_compact);
        Q_EMIT compactChosen(m_compact);
    })->setCheckable(true);
    addCommand(u"shortcutsAction"_s, tr("Keyboard shortcuts"),
               {QKeySequence(u"Ctrl+/"_s), QKeySequence(u"F1"_s)}, [this] { openShortcutSheet(); });
    addCommand(u"quitAction"_s, tr("Quit"), {QKeySequence(u"Ctrl+Q"_s)}, [this] { close(); });
}

void MainWindow::buildProgramActions()
{
    addCommand(u"menuAction"_s, tr("Open the menu bar"), {QKeySequence(u"F10"_s)}, [this] { openMenuBar(); });
    addCommand(u"menuBarAction"_s, tr("Menu bar"), {}, [this] {
        setMenuBarShown(!m_menuBarShown);
        Q_EMIT menuBarChosen(m_menuBarShown);
    })->setCheckable(true);
    addCommand(u"desktopNoticesAction"_s, tr("Notifications of the desktop"), {}, [this] {
        setDesktopNotices(!m_desktopNotices);
        Q_EMIT desktopNoticesChosen(m_desktopNotices);
    })->setCheckable(true);
    addCommand(u"welcomeAction"_s, tr("Welcome: contexts and the connection doctor"), {},
               [this] { showWelcome(); });
    addCommand(u"windowAction"_s, tr("New window"), {QKeySequence(u"Ctrl+Shift+W"_s)},
               [this] { Q_EMIT windowRequested(); });
    addCommand(u"performanceAction"_s, tr("Performance"), {},
               [this] { (new PerformanceDialog(this))->open(); });
    addCommand(u"zoomInAction"_s, tr("Larger"), {QKeySequence(u"Ctrl++"_s), QKeySequence(u"Ctrl+="_s)},
               [this] { chooseZoom(0.1); });
    addCommand(u"zoomOutAction"_s, tr("Smaller"), {QKeySequence(u"Ctrl+-"_s)}, [this] { chooseZoom(-0.1); });
    addCommand(u"zoomResetAction"_s, tr("Size 100 %"), {QKeySequence(u"Ctrl+0"_s)},
               [this] { chooseZoom(0); });
}

void MainWindow::buildModeActions()
{
    for (const models::ConnectionState::Mode mode : allModes) {
        addCommand(modeId(mode) + u"Action"_s, tr("Writes in this context: %1").arg(modeName(mode)), {},
                   [this, mode] {
                       showMode(); // until it is so
                       Q_EMIT modeChosen(mode);
                   })
            ->setCheckable(true);
    }
    showMode();
}

void MainWindow::showMode()
{
    for (const models::ConnectionState::Mode mode : allModes) {
        auto *action = findChild<QAction *>(modeId(mode) + u"Action"_s);
        if (!action) // the window is being built
            return;
        action->setEnabled(!m_connection.context.isEmpty());
        action->setChecked(!m_connection.context.isEmpty() && mode == m_connection.mode);
    }
}

void MainWindow::buildDockActions()
{
    const std::tuple<QString, QString, QString> docks[]{{u"problems"_s, tr("Problems"), u"Ctrl+Shift+M"_s},
                                                        {u"changes"_s, tr("Changes"), u"Ctrl+Shift+J"_s},
                                                        {u"notices"_s, tr("Notices"), u"Ctrl+Shift+A"_s}};
    for (const auto &[id, name, keys] : docks)
        addCommand(id + u"DockAction"_s, tr("Dock: %1").arg(name), {QKeySequence(keys)},
                   [this, id = id] { m_docks->toggle(id); });
    addCommand(u"stagedAction"_s, tr("Review and apply what is staged"),
               {QKeySequence(u"Ctrl+Shift+Return"_s)}, [this] { Q_EMIT m_docks->stagedReviewRequested(); });
    addCommand(u"nextProblemAction"_s, tr("Next problem"), {QKeySequence(u"F8"_s)},
               [this] { m_docks->problems().step(1); });
    addCommand(u"previousProblemAction"_s, tr("Previous problem"), {QKeySequence(u"Shift+F8"_s)},
               [this] { m_docks->problems().step(-1); });
}

void MainWindow::chooseZoom(double step)
{
    const double next = step == 0 ? 1 : qBound(0.8, qRound((zoom() + step) * 10) / 10.0, 2.0);
    changeZoom(next);
    Q_EMIT zoomChosen(next);
}

// Only where something comes in.
void MainWindow::choosePause()
{
    using Phase = models::ConnectionState::Phase;
    const bool isConnected = m_connection.phase == Phase::Live || m_connection.phase == Phase::Stale;
    const bool wanted = !isPaused() && isConnected;
    const bool changes = wanted != isPaused();
    setPaused(wanted);
    findChild<QAction *>(u"pauseAction"_s)->setChecked(wanted);
    if (changes)
        Q_EMIT pauseChosen(wanted);
}

namespace {

// Which action is in which menu: each in one, so that everything can be found by looking.  A title without a name is a
// separator.
struct MenuEntry
{
    const char *menu, *action;
};
constexpr MenuEntry Menus[]{{"file", "windowAction"},
                            {"file", "welcomeAction"},
                            {"file", ""},
                            {"file", "quitAction"},
                            {"view", "pauseAction"},
                            {"view", "refreshAction"},
                            {"view", "filterAction"},
                            {"view", ""},
                            {"view", "detailsAction"},
                            {"view", "problemsDockAction"},
                            {"view", "changesDockAction"},
                            {"view", "noticesDockAction"},
                            {"view", ""},
                            {"view", "zoomInAction"},
                            {"view", "zoomOutAction"},
                            {"view", "zoomResetAction"},
                            {"view", "compactAction"},
                            {"view", "menuBarAction"},
                            {"view", ""},
                            {"view", "systemThemeAction"},
                            {"view", "lightAction"},
                            {"view", "darkAction"},
                            {"view", "contrastAction"},
                            {"go", "overviewAction"},
                            {"go", "routingAction"},
                            {"go", "certificatesAction"},
                            {"go", "meshAction"},
                            {"go", "metricsAction"},
                            {"go", "requestAction"},
                            {"go", "guideAction"},
                            {"go", "activityAction"},
                            {"go", ""},
                            {"go", "backAction"},
                            {"go", "forwardAction"},
                            {"go", "nextPaneAction"},
                            {"go", "previousPaneAction"},
                            {"go", "nextProblemAction"},
                            {"go", "previousProblemAction"},
                            {"cluster", "contextAction"},
                            {"cluster", "namespaceAction"},
                            {"cluster", "retryAction"},
                            {"cluster", "stagedAction"},
                            {"cluster", ""},
                            {"cluster", "mode-normalAction"},
                            {"cluster", "mode-confirmAction"},
                            {"cluster", "mode-read-onlyAction"},
                            {"tools", "paletteAction"},
                            {"tools", "testAction"},
                            {"tools", "desktopNoticesAction"},
                            {"help", "shortcutsAction"},
                            {"help", "performanceAction"},
                            {"help", "menuAction"}};

QString menuTitle(const QString &id)
{
    if (id == u"file"_s)
        return MainWindow::tr("&File");
    if (id == u"view"_s)
        return MainWindow::tr("&View");
    if (id == u"go"_s)
        return MainWindow::tr("&Go");
    if (id == u"cluster"_s)
        return MainWindow::tr("&Cluster");
    return id == u"tools"_s ? MainWindow::tr("&Tools") : MainWindow::tr("&Help");
}

} // namespace

void MainWindow::buildMenuBar()
{
    auto *bar = menuBar();
    bar->setObjectName(u"menuBar"_s);
    QMenu *menu = nullptr;
    for (const MenuEntry &entry : Menus) {
        const QString id = QString::fromLatin1(entry.menu);
        if (!menu || menu->objectName() != id) {
            menu = bar->addMenu(menuTitle(id));
            menu->setObjectName(id);
            connect(menu, &QMenu::aboutToHide, this, &MainWindow::hideMenuBar, Qt::QueuedConnection);
        }
        if (*entry.action == '\0')
            menu->addSeparator();
        else
            menu->addAction(findChild<QAction *>(QString::fromLatin1(entry.action)));
    }
    setMenuBarShown(false);
}

void MainWindow::setMenuBarShown(bool shown)
{
    m_menuBarShown = shown;
    findChild<QAction *>(u"menuBarAction"_s)->setChecked(shown);
    menuBar()->setVisible(shown || menuBar()->isNativeMenuBar());
}

// That was opened for once, unless the user goes on to the next menu.
void MainWindow::hideMenuBar()
{
    if (!m_menuBarShown && !QApplication::activePopupWidget())
        setMenuBarShown(false);
}

void MainWindow::openMenuBar()
{
    menuBar()->show();
    menuBar()->setFocus(Qt::MenuBarFocusReason);
    menuBar()->setActiveAction(nullptr); // or the one that was open last would count as open
    menuBar()->setActiveAction(menuBar()->actions().constFirst());
}

void MainWindow::setDesktopNotices(bool on)
{
    m_desktopNotices = on;
    findChild<QAction *>(u"desktopNoticesAction"_s)->setChecked(on);
}

void MainWindow::showSettingsMenu(QWidget *button)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"settingsMenu"_s);
    for (const QString &name :
         {u"systemThemeAction"_s, u"lightAction"_s, u"darkAction"_s, u"contrastAction"_s})
        menu->addAction(findChild<QAction *>(name));
    menu->addSeparator();
    for (const QString &name : {u"compactAction"_s, u"zoomInAction"_s, u"zoomOutAction"_s,
                                u"zoomResetAction"_s, u"menuBarAction"_s, u"desktopNoticesAction"_s})
        menu->addAction(findChild<QAction *>(name));
    menu->addSeparator();
    QMenu *help = menu->addMenu(tr("Help"));
    help->addAction(findChild<QAction *>(u"shortcutsAction"_s));
    help->addAction(findChild<QAction *>(u"performanceAction"_s));
    menu->addAction(findChild<QAction *>(u"welcomeAction"_s));
    menu->addAction(findChild<QAction *>(u"windowAction"_s));
    menu->addAction(findChild<QAction *>(u"quitAction"_s));
    menu->popup(button->mapToGlobal(QPoint(scaled(12), -menu->sizeHint().height())));
}

void MainWindow::setIncidents(const QList<Incident> &incidents)
{
    m_incidents = incidents;
    m_demoButton->setVisible(!incidents.isEmpty());
    if (std::exchange(m_wantsIncidents, false) && !incidents.isEmpty())
        showDemoMenu();
}

void MainWindow::showDemoMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"demoMenu"_s);
    menu->setToolTipsVisible(true);
    for (const Incident &incident : std::as_const(m_incidents)) {
        // The name stands where other menus have the key: whoever writes a script looks for it.
        QAction *action =
            menu->addAction(incident.what.isEmpty() ? incident.name : incident.what + u'\t' + incident.name);
        action->setObjectName(incident.name);
        action->setToolTip(incident.name);
        action->setCheckable(true);
        action->setChecked(incident.on);
        connect(action, &QAction::toggled, this,
                [this, name = incident.name](bool on) { Q_EMIT incidentSwitched(name, on); });
    }
    menu->popup(m_demoButton->mapToGlobal(QPoint(scaled(12), -menu->sizeHint().height())));
}

void MainWindow::openPalette()
{
    QList<Command> commands;
    for (QAction *action : actions())
        commands.append({action->text(), action->shortcut().toString(QKeySequence::NativeText),
                         [action] { action->trigger(); }});
    for (const ContextChoice &context : m_topBar->choices())
        commands.append({tr("Context %1").arg(context.name), context.cluster,
                         [this, name = context.name] { Q_EMIT contextChosen(name); }});
    for (PageFrame *each : std::as_const(m_order))
        commands.append(each->commands());
    const auto typed = [this](const QString &text) -> Command {
        if (!text.startsWith(u"http://"_s) && !text.startsWith(u"https://"_s))
            return {};
        return {tr("Test %1").arg(text), tr("request"), [this, text] { showPage(u"request"_s, text); }};
    };
    auto *palette = new CommandPalette(std::move(commands), typed, this);
    palette->move(mapToGlobal(QPoint((width() - palette->width()) / 2, scaled(Measure::TopBar))));
    palette->open();
}

void MainWindow::openShortcutSheet()
{
    auto *sheet = new ShortcutSheet(actions(), this);
    sheet->open();
}

} // namespace ui

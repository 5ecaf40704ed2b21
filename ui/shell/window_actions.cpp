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

#include <QAction>
#include <QComboBox>
#include <QMenu>

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

void MainWindow::buildDockActions()
{
    const std::tuple<QString, QString, QString> docks[]{{u"problems"_s, tr("Problems"), u"Ctrl+Shift+M"_s},
                                                        {u"changes"_s, tr("Changes"), u"Ctrl+Shift+J"_s},
                                                        {u"notices"_s, tr("Notices"), u"Ctrl+Shift+A"_s}};
    for (const auto &[id, name, keys] : docks)
        addCommand(id + u"DockAction"_s, tr("Dock: %1").arg(name), {QKeySequence(keys)},
                   [this, id = id] { m_docks->toggle(id); });
    addCommand(u"nextProblemAction"_s, tr("Next problem"), {QKeySequence(u"F8"_s)},
               [this] { m_docks->problems().step(1); });
    addCommand(u"previousProblemAction"_s, tr("Previous problem"), {QKeySequence(u"Shift+F8"_s)},
               [this] { m_docks->problems().step(-1); });
}

// Measures are taken when a widget is made, so another size is one for the next windows.
void MainWindow::chooseZoom(double step)
{
    const double now = property("zoom").isValid() ? property("zoom").toDouble() : scaled(100) / 100.0;
    const double next = step == 0 ? 1 : qBound(0.8, now + step, 2.0);
    setProperty("zoom", next);
    report(models::Severity::Info,
           tr("Everything will be %1 % large at the next start.").arg(qRound(next * 100)));
    Q_EMIT zoomChosen(next);
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
    for (const QString &name :
         {u"compactAction"_s, u"zoomInAction"_s, u"zoomOutAction"_s, u"zoomResetAction"_s})
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
    const bool isNew = m_incidents.isEmpty();
    m_incidents = incidents;
    m_demoButton->setVisible(!incidents.isEmpty());
    if (!isNew && !incidents.isEmpty())
        showDemoMenu();
}

void MainWindow::showDemoMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"demoMenu"_s);
    menu->setToolTipsVisible(true);
    for (const Incident &incident : std::as_const(m_incidents)) {
        QAction *action = menu->addAction(incident.what.isEmpty() ? incident.name : incident.what);
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

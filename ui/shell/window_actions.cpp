// SPDX-License-Identifier: GPL-3.0-or-later
// MainWindow's commands; the menus and the palette that are made of them are in window_menus.cpp.
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/finding_place.h"
#include "ui/journal_view.h"
#include "ui/pages/request_page.h"
#include "ui/pages/welcome_page.h"
#include "ui/performance_dialog.h"
#include "ui/shell/action_registry.h"
#include "ui/shell/main_window.h"
#include "ui/table_pane.h"
#include "ui/write_words.h"
#include "ui/zoom.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QShortcut>
#include <QStackedWidget>
#include <QTabBar>

using namespace Qt::StringLiterals;

namespace ui {

QAction *MainWindow::addCommand(const QString &id, const QString &menu, int group, const QString &text,
                                const QString &keys, std::function<void()> run)
{
    QList<QKeySequence> sequences;
    for (const QString &each : keys.split(u' ', Qt::SkipEmptyParts))
        sequences.append(QKeySequence(each));
    return m_actions->add({id, menu, group, text, sequences, std::move(run), {}});
}

void MainWindow::buildActions()
{
    buildProgramActions();
    buildTableActions();
    buildViewActions();
    buildGoActions();
    buildClusterActions();
    buildObjectActions();
    showMode();
}

void MainWindow::buildProgramActions()
{
    addCommand(u"openAction"_s, u"file"_s, 0, tr("Open a file…"), QKeySequence(QKeySequence::Open).toString(),
               [this] { m_welcome->openFile(); });
    addCommand(u"welcomeAction"_s, u"file"_s, 0, tr("Welcome: contexts and the connection doctor"), {},
               [this] { showWelcome(); });
    addCommand(u"quitAction"_s, u"file"_s, 1, tr("Quit"), u"Ctrl+Q"_s,
               [] { QApplication::closeAllWindows(); });
    buildWindowActions();
    addCommand(u"paletteAction"_s, u"tools"_s, 0, tr("Search or run a command"), u"Ctrl+K Ctrl+Shift+P"_s,
               [this] { openPalette(); });
    addCommand(u"testAction"_s, u"tools"_s, 0, tr("Test a URL"), keysOfObjectAction(u"test"_s).toString(),
               [this] {
                   if (runObjectAction(u"test"_s)) // the URL of what is chosen
                       return;
                   showPage(u"request"_s);
                   m_pages.request->focusFilter();
               });
    addCommand(u"desktopNoticesAction"_s, u"tools"_s, 0, tr("Notifications of the desktop"), {}, [this] {
        setDesktopNotices(!m_desktopNotices);
        Q_EMIT desktopNoticesChosen(m_desktopNotices);
    })->setCheckable(true);
    addCommand(u"shortcutsAction"_s, u"help"_s, 0, tr("Keyboard shortcuts"), u"Ctrl+/ F1"_s,
               [this] { openShortcutSheet(); });
    addCommand(u"performanceAction"_s, u"help"_s, 0, tr("Performance"), {},
               [this] { (new PerformanceDialog(this))->open(); });
    addCommand(u"menuAction"_s, u"help"_s, 0, tr("Open the menu bar"), u"F10"_s, [this] { openMenuBar(); });
}

void MainWindow::buildWindowActions()
{
    addCommand(u"windowAction"_s, u"window"_s, 0, tr("New window"), u"Ctrl+Shift+W"_s,
               [this] { Q_EMIT windowRequested(); });
    addCommand(u"closeAction"_s, u"window"_s, 0, tr("Close this window"), u"Ctrl+W"_s, [this] { close(); });
    addCommand(u"minimizeAction"_s, u"window"_s, 1, tr("Minimize"), {}, [this] { showMinimized(); });
    addCommand(u"fullScreenAction"_s, u"window"_s, 1, tr("Full screen"), u"F11"_s,
               [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
}

// Of the table that has the focus, else of the first one of the page.  Its keys for copying are the table's own, as
// fields of text have the same ones.
void MainWindow::buildTableActions()
{
    const auto add = [this](const QString &id, int group, const QString &text,
                            const QList<QKeySequence> &keys, const std::function<void(TablePane &)> &run,
                            const std::function<bool(const TablePane &)> &can) {
        m_actions->add({id, u"edit"_s, group, text, keys, [this, run] { run(*currentPane()); },
                        [this, can] { return currentPane() && can(*currentPane()); }});
    };
    for (const TablePane::RowCommand &each : TablePane::commands())
        add(
            each.id + u"Action"_s, 0, each.text + u'\t' + each.keys.toString(QKeySequence::NativeText), {},
            [id = each.id](TablePane &pane) { pane.run(id); },
            [id = each.id](const TablePane &pane) { return pane.can(id); });
    const auto hasRows = [](const TablePane &pane) { return pane.shown() > 0; };
    add(
        u"columnsAction"_s, 1, tr("Columns of the table…"), {QKeySequence(u"Ctrl+Shift+B"_s)},
        [](TablePane &pane) { pane.openColumnMenu(); }, [](const TablePane &) { return true; });
    add(
        u"headingsAction"_s, 1, tr("To the headings of the table: sort, widths"),
        {QKeySequence(u"Ctrl+Shift+H"_s)}, [](TablePane &pane) { pane.table().focusHeadings(); }, hasRows);
    add(
        u"exportAction"_s, 1, tr("Export the table…"), {QKeySequence(u"Ctrl+E"_s)},
        [](TablePane &pane) { pane.openExportMenu(); }, hasRows);
    for (const KeyNote &note : TablePane::keyNotes())
        m_actions->addNote(note);
}

void MainWindow::buildViewActions()
{
    addCommand(u"pauseAction"_s, u"view"_s, 0, tr("Pause updates"), u"Ctrl+Shift+Space"_s, [this] {
        choosePause();
    })->setCheckable(true);
    addCommand(u"refreshAction"_s, u"view"_s, 0, tr("Read everything again"), u"F5"_s,
               [this] { Q_EMIT refreshRequested(); });
    addCommand(u"filterAction"_s, u"view"_s, 0, tr("Filter this page"),
               QKeySequence(QKeySequence::Find).toString(), [this] { page(currentPage())->focusFilter(); });
    m_actions->add({u"yamlAction"_s,
                    u"view"_s,
                    1,
                    tr("YAML of what is chosen"),
                    {QKeySequence(u"Ctrl+Shift+Y"_s)},
                    [this] { showYaml(); },
                    [this] { return !page(currentPage())->currentObject().kind.isEmpty(); }});
    addCommand(u"detailsAction"_s, u"view"_s, 1, tr("Show or hide the details"), u"F9"_s,
               [this] { page(currentPage())->toggleDetails(); });
    const std::tuple<QString, QString, QString> docks[]{{u"problems"_s, tr("Problems"), u"Ctrl+Shift+M"_s},
                                                        {u"changes"_s, tr("Changes"), u"Ctrl+Shift+J"_s},
                                                        {u"notices"_s, tr("Notices"), u"Ctrl+Shift+A"_s}};
    for (const auto &[id, name, keys] : docks)
        addCommand(id + u"DockAction"_s, u"view"_s, 1, tr("Dock: %1").arg(name), keys,
                   [this, id = id] { m_docks->toggle(id); });
    addCommand(u"zoomInAction"_s, u"view"_s, 2, tr("Larger"), u"Ctrl++ Ctrl+="_s,
               [this] { chooseZoom(0.1); });
    addCommand(u"zoomOutAction"_s, u"view"_s, 2, tr("Smaller"), u"Ctrl+-"_s, [this] { chooseZoom(-0.1); });
    addCommand(u"zoomResetAction"_s, u"view"_s, 2, tr("Size 100 %"), u"Ctrl+0"_s, [this] { chooseZoom(0); });
    addCommand(u"settingsAction"_s, u"view"_s, 2, tr("Settings…"), u"Ctrl+,"_s,
               [this] { showSettingsMenu(); });
    addCommand(u"compactAction"_s, u"view"_s, 2, tr("Compact rows"), u"Ctrl+Shift+D"_s, [this] {
        setCompact(!m_compact);
        Q_EMIT compactChosen(m_compact);
    })->setCheckable(true);
    addCommand(u"k9sKeysAction"_s, u"view"_s, 2, tr("k9s' keys in tables"), {}, [this] {
        setK9sKeys(!m_k9sKeys);
        Q_EMIT k9sKeysChosen(m_k9sKeys);
    })->setCheckable(true);
    addCommand(u"menuBarAction"_s, u"view"_s, 2, tr("Menu bar"), {}, [this] {
        setMenuBarShown(!m_menuBarShown);
        Q_EMIT menuBarChosen(m_menuBarShown);
    })->setCheckable(true);
    const std::tuple<Theme, QString, QString> themes[]{
        {Theme::System, u"systemThemeAction"_s, tr("Theme: as the system")},
        {Theme::Light, u"lightAction"_s, tr("Theme: light")},
        {Theme::Dark, u"darkAction"_s, tr("Theme: dark")},
        {Theme::HighContrast, u"contrastAction"_s, tr("Theme: high contrast (the system's own colours)")}};
    for (const auto &[theme, name, text] : themes) {
        QAction *action =
            addCommand(name, u"view"_s, 3, text, {}, [this, theme = theme] { chooseTheme(theme); });
        action->setCheckable(true);
        action->setData(int(theme));
        action->setChecked(theme == m_theme);
    }
}

void MainWindow::buildGoActions()
{
    for (qsizetype i = 0; i < m_order.size(); ++i) {
        PageFrame *page = m_order[i];
        QString title = page->title();
        title.replace(u'&', u"&&"_s); // one alone would mark a letter
        addCommand(page->id() + "Action"_L1, u"go"_s, 0, title, u"Ctrl+%1"_s.arg(i + 1),
                   [this, page] { openPage(page->id()); });
    }
    addCommand(u"backAction"_s, u"go"_s, 1, tr("Back"), u"Alt+Left"_s, [this] { moveHistory(-1); });
    addCommand(u"forwardAction"_s, u"go"_s, 1, tr("Forward"), u"Alt+Right"_s, [this] { moveHistory(1); });
    addCommand(u"nextPaneAction"_s, u"go"_s, 1, tr("Next pane"), u"F6"_s, [this] { movePane(1); });
    addCommand(u"previousPaneAction"_s, u"go"_s, 1, tr("Previous pane"), u"Shift+F6"_s,
               [this] { movePane(-1); });
    const std::tuple<QString, QString, QString, bool, int> tabs[]{
        {u"nextTabAction"_s, tr("Next tab of the page"), u"Ctrl+PgDown"_s, false, 1},
        {u"previousTabAction"_s, tr("Previous tab of the page"), u"Ctrl+PgUp"_s, false, -1},
        {u"nextPartAction"_s, tr("Next part of the details"), u"Ctrl+Shift+PgDown"_s, true, 1},
        {u"previousPartAction"_s, tr("Previous part of the details"), u"Ctrl+Shift+PgUp"_s, true, -1}};
    for (const auto &[id, text, keys, ofDetails, step] : tabs)
        m_actions->add({id,
                        u"go"_s,
                        1,
                        text,
                        {QKeySequence(keys)},
                        [this, ofDetails = ofDetails, step = step] { moveTab(ofDetails, step); },
                        [this, ofDetails = ofDetails] { return tabsOfPage(ofDetails) != nullptr; }});
    addCommand(u"nextProblemAction"_s, u"go"_s, 2, tr("Next problem"), u"F8"_s,
               [this] { m_docks->problems().step(1); });
    addCommand(u"previousProblemAction"_s, u"go"_s, 2, tr("Previous problem"), u"Shift+F8"_s,
               [this] { m_docks->problems().step(-1); });
}

void MainWindow::buildClusterActions()
{
    const auto openList = [](QComboBox *list) {
        list->setFocus(Qt::ShortcutFocusReason);
        list->showPopup();
    };
    addCommand(u"contextAction"_s, u"cluster"_s, 0, tr("Switch context"), u"Ctrl+Shift+L"_s,
               [this, openList] { openList(m_topBar->contexts()); });
    addCommand(u"namespaceAction"_s, u"cluster"_s, 0, tr("Switch namespace"), u"Ctrl+Shift+N"_s,
               [this, openList] { openList(m_topBar->namespaces()); });
    addCommand(u"retryAction"_s, u"cluster"_s, 0, tr("Connect again now"), {},
               [this] { Q_EMIT retryRequested(); });
    addCommand(u"stagedAction"_s, u"cluster"_s, 0, tr("Review and apply what is staged"),
               u"Ctrl+Shift+Return"_s, [this] { Q_EMIT m_docks->stagedReviewRequested(); });
    for (const models::ConnectionState::Mode mode : allModes) {
        addCommand(modeId(mode) + u"Action"_s, u"cluster"_s, 1,
                   tr("Writes in this context: %1").arg(modeName(mode)), {},
                   [this, mode] {
                       showMode(); // until it is so
                       Q_EMIT modeChosen(mode);
                   })
            ->setCheckable(true);
    }
}

void MainWindow::buildObjectActions()
{
    m_actions->setObjectActions([this] { return objectActions(); });
    for (TablePane *pane : findChildren<TablePane *>()) {
        pane->setObjectActions([this] { return m_actions->objectActions(); });
        connect(pane, &TablePane::commandWanted, this, &MainWindow::runK9sCommand);
    }
    // Their entries come and go with what is chosen; their keys stay.
    for (const auto &[id, note] : {std::pair(u"edit"_s, tr("Edit what is chosen")),
                                   {u"delete"_s, tr("Delete what is chosen, after a review")}}) {
        const QKeySequence keys = keysOfObjectAction(id);
        auto *shortcut = new QShortcut(keys, this);
        connect(shortcut, &QShortcut::activated, this, [this, id = id] { runObjectAction(id); });
        m_actions->addNote({note, keys.toString(QKeySequence::NativeText)});
    }
}

void MainWindow::setK9sKeys(bool on)
{
    m_k9sKeys = on;
    m_actions->find(u"k9sKeysAction"_s)->setChecked(on);
    for (TablePane *pane : findChildren<TablePane *>())
        pane->setK9sKeys(on);
}

void MainWindow::runK9sCommand(const QString &id, bool isObjectAction)
{
    if (isObjectAction)
        runObjectAction(id);
    else if (id == "allNamespaces"_L1)
        chooseNamespaces({});
    else
        m_actions->find(id)->trigger();
}

// false: nothing that is chosen has such an action.  One that cannot be done now says why.
bool MainWindow::runObjectAction(const QString &id)
{
    for (const ObjectAction &each : objectActions()) {
        if (each.id != id)
            continue;
        each.isPossible() ? each.run() : report(models::Severity::Info, each.whyNot);
        if (!each.isPossible() && id == "edit"_L1) // it can be read all the same
            showYaml();
        return true;
    }
    return false;
}

// Of what is chosen, beside its table.
void MainWindow::showYaml()
{
    page(currentPage())->showDetails();
    QTabBar *parts = tabsOfPage(true);
    for (int i = 0; parts && i < parts->count(); ++i) {
        if (parts->tabData(i) == u"yaml"_s && parts->isTabEnabled(i))
            parts->setCurrentIndex(i);
    }
}

// What whoever shows the object can do with it, then what its findings offer, then where else it is to be found.
QList<ObjectAction> MainWindow::objectActions()
{
    const TablePane *pane = currentPane();
    const bool isDock = pane && m_docks->isAncestorOf(pane);
    QList<ObjectAction> actions = page(currentPage())->objectActions();
    if (isDock && (m_docks->isAncestorOf(focusWidget()) || actions.isEmpty()))
        actions = m_docks->current() == "problems"_L1 ? m_docks->problems().objectActions()
            : m_docks->current() == "changes"_L1      ? m_docks->changes().objectActions()
                                                      : QList<ObjectAction>();
    const models::ObjectRef object =
        pane ? pane->selectedObjects(1).value(0) : page(currentPage())->currentObject();
    if (object.kind.isEmpty() || pane == &m_docks->problems().pane())
        return actions;
    actions.append(m_docks->problems().actionsFor(object));
    const FindingPlace place = placeOfObject(object.text());
    if (!place.page.isEmpty() && (isDock || place.page != currentPage()))
        actions.append(
            {u"goTo"_s, tr("Go to"), object.text(), [this, place] { openPage(place.page, place.target); }});
    return actions;
}

void MainWindow::showMode()
{
    for (const models::ConnectionState::Mode mode : allModes) {
        QAction *action = m_actions->find(modeId(mode) + u"Action"_s);
        action->setEnabled(!m_connection.context.isEmpty());
        action->setChecked(!m_connection.context.isEmpty() && mode == m_connection.mode);
    }
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
    m_actions->find(u"pauseAction"_s)->setChecked(wanted);
    if (changes)
        Q_EMIT pauseChosen(wanted);
}

TablePane *MainWindow::currentPane() const
{
    for (QWidget *at = focusWidget(); at && at != this; at = at->parentWidget()) {
        if (auto *pane = qobject_cast<TablePane *>(at); pane && pane->isVisible())
            return pane;
    }
    for (const QWidget *place : {m_stack->currentWidget(), static_cast<QWidget *>(m_docks)}) {
        for (TablePane *pane : place->findChildren<TablePane *>()) {
            if (pane->isVisible())
                return pane;
        }
    }
    return nullptr;
}

// Those of details are named so: "mappingParts".
QTabBar *MainWindow::tabsOfPage(bool ofDetails) const
{
    for (QTabBar *tabs : m_stack->currentWidget()->findChildren<QTabBar *>()) {
        if (tabs->isVisible() && tabs->objectName().endsWith("Parts"_L1) == ofDetails)
            return tabs;
    }
    return nullptr;
}

void MainWindow::moveTab(bool ofDetails, int step)
{
    QTabBar *tabs = tabsOfPage(ofDetails);
    int at = tabs->currentIndex();
    do {
        at = (at + step + tabs->count()) % tabs->count();
    } while (!tabs->isTabEnabled(at) && at != tabs->currentIndex());
    tabs->setCurrentIndex(at);
}

void MainWindow::setDesktopNotices(bool on)
{
    m_desktopNotices = on;
    m_actions->find(u"desktopNoticesAction"_s)->setChecked(on);
}

} // namespace ui

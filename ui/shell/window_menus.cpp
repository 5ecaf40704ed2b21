// SPDX-License-Identifier: GPL-3.0-or-later
// The menus of MainWindow and its palette, made of its commands.
#include "ui/command_palette.h"
#include "ui/k9s_keys.h"
#include "ui/object_action.h"
#include "ui/page_frame.h"
#include "ui/rights_dialog.h"
#include "ui/shell/action_registry.h"
#include "ui/shell/main_window.h"
#include "ui/shell/shortcut_sheet.h"
#include "ui/table_pane.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QMenuBar>
#include <QSet>

#include <algorithm>
#include <functional>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

using Topics = QList<QPair<QString, QStringList>>;

// By how their names begin; the last one has the rest.
Topics incidentTopics()
{
    return {{MainWindow::tr("Certificates"),
             {u"cert-"_s, u"chain-"_s, u"rotation-"_s, u"edge-loaded"_s, u"host-without"_s}},
            {MainWindow::tr("Routing"), {u"mapping-"_s, u"canary-"_s, u"edge-"_s, u"conversion-"_s}},
            {MainWindow::tr("Prometheus"), {u"prometheus-"_s, u"scrape-"_s}},
            {MainWindow::tr("API server"), {u"api-"_s, u"token-"_s, u"rbac-"_s}},
            {MainWindow::tr("Mesh"), {}}};
}

// A menu bar that is hidden hears no keys: Alt by itself, and Alt with the letter of a menu, are taken for it wherever the
// focus is in its window.
class MenuKeys : public QObject
{
public:
    using Open = std::function<void(QAction *menu)>; // nullptr: the first one

    MenuKeys(QMainWindow &window, Open open)
        : QObject(&window)
        , m_window(window)
        , m_open(std::move(open))
    {
        qApp->installEventFilter(this);
    }

    bool eventFilter(QObject *watched, QEvent *event) override
    {
        const auto type = event->type();
        if (type == QEvent::MouseButtonPress || type == QEvent::WindowDeactivate)
            m_isAlone = false;
        if (type == QEvent::ShortcutOverride) // what is a shortcut is never pressed on a widget
            m_isAlone = m_isAlone && static_cast<const QKeyEvent &>(*event).key() == Qt::Key_Alt;
        if (type != QEvent::KeyPress && type != QEvent::KeyRelease)
            return false;
        const auto *widget = qobject_cast<QWidget *>(watched);
        if (!widget || widget->window() != &m_window || m_window.menuBar()->isVisible())
            return false;
        const auto &key = static_cast<const QKeyEvent &>(*event);
        if (type == QEvent::KeyRelease)
            return key.key() == Qt::Key_Alt && std::exchange(m_isAlone, false) && opened(nullptr);
        m_isAlone = key.key() == Qt::Key_Alt && (key.modifiers() & ~Qt::AltModifier) == Qt::NoModifier;
        QAction *menu = key.modifiers() == Qt::AltModifier ? menuOf(key.key()) : nullptr;
        return menu && opened(menu);
    }

private:
    bool opened(QAction *menu)
    {
        m_open(menu);
        return true;
    }
    QAction *menuOf(int key) const
    {
        for (QAction *menu : m_window.menuBar()->actions()) {
            if (menu->isVisible()
                && QKeySequence::mnemonic(menu->text()) == QKeySequence(Qt::ALT | Qt::Key(key)))
                return menu;
        }
        return nullptr;
    }

    QMainWindow &m_window;
    const Open m_open;
    bool m_isAlone = false; // Alt is down, and nothing else was pressed with it
};

} // namespace

void MainWindow::buildMenuBar()
{
    QMenuBar *bar = menuBar();
    bar->setObjectName(u"menuBar"_s);
    for (const QString &id : ActionRegistry::menus()) {
        QMenu *menu = bar->addMenu(ActionRegistry::menuTitle(id));
        menu->setObjectName(id);
        m_actions->fill(*menu);
        connect(menu, &QMenu::aboutToShow, m_actions, &ActionRegistry::askWhatIsPossible);
        connect(menu, &QMenu::aboutToHide, m_actions, &ActionRegistry::makeAllPossible, Qt::QueuedConnection);
        connect(menu, &QMenu::aboutToHide, this, &MainWindow::hideMenuBar, Qt::QueuedConnection);
        if (id == u"edit"_s)
            connect(menu, &QMenu::aboutToShow, this, [this, menu] { showObjectActions(*menu); });
        if (id != u"demo"_s)
            continue;
        m_demoMenu = menu;
        menu->menuAction()->setVisible(false);
        connect(menu, &QMenu::aboutToShow, this, &MainWindow::incidentsRequested); // others switch them, too
    }
    setMenuBarShown(false);
    new MenuKeys(*this, [this](QAction *wanted) {
        openMenuBar();
        if (wanted)
            menuBar()->setActiveAction(wanted);
    });
}

// Below the commands that are always there, as of now: they come and go with what is chosen.
void MainWindow::showObjectActions(QMenu &menu)
{
    m_actions->fill(menu);
    const QList<ObjectAction> actions = objectActions();
    if (actions.isEmpty())
        return;
    menu.addSection(actions.constFirst().subject);
    addObjectActions(menu, actions, this);
}

void MainWindow::setMenuBarShown(bool shown)
{
    m_menuBarShown = shown;
    m_actions->find(u"menuBarAction"_s)->setChecked(shown);
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

void MainWindow::showSettingsMenu()
{
    const auto *button = findChild<QAbstractButton *>(u"settingsItem"_s);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"settingsMenu"_s);
    const auto add = [this](QMenu &to, const QStringList &ids) {
        for (const QString &id : ids)
            to.addAction(m_actions->find(id));
    };
    add(*menu, {u"systemThemeAction"_s, u"lightAction"_s, u"darkAction"_s, u"contrastAction"_s});
    menu->addSeparator();
    add(*menu,
        {u"compactAction"_s, u"zoomInAction"_s, u"zoomOutAction"_s, u"zoomResetAction"_s, u"menuBarAction"_s,
         u"k9sKeysAction"_s, u"desktopNoticesAction"_s});
    menu->addSeparator();
    add(*menu->addMenu(tr("Help")), {u"shortcutsAction"_s, u"performanceAction"_s});
    add(*menu, {u"welcomeAction"_s, u"windowAction"_s, u"closeAction"_s, u"quitAction"_s});
    menu->popup(button->mapToGlobal(QPoint(scaled(12), -menu->sizeHint().height())));
}

void MainWindow::setIncidents(const QList<Incident> &incidents)
{
    const auto idOf = [](const Incident &incident) -> QString { return u"incident-"_s + incident.name; };
    QStringList wanted, known;
    for (const Incident &incident : incidents)
        wanted.append(idOf(incident));
    for (const QAction *action : m_actions->inMenu(u"demo"_s))
        known.append(action->objectName());
    if (wanted != known) {
        for (const QString &id : std::as_const(known))
            m_actions->remove(id);
        for (const Incident &incident : incidents)
            addIncident(idOf(incident), incident);
        m_actions->fill(*m_demoMenu);
    }
    for (const Incident &incident : incidents)
        m_actions->find(idOf(incident))->setChecked(incident.on);
    m_demoMenu->menuAction()->setVisible(!incidents.isEmpty());
    m_demoButton->setVisible(!incidents.isEmpty());
    if (std::exchange(m_wantsIncidents, false) && !incidents.isEmpty())
        showDemoMenu();
}

// The name stands where other menus have the key: whoever writes a script looks for it.
void MainWindow::addIncident(const QString &id, const Incident &incident)
{
    const QString text = incident.what.isEmpty() ? incident.name : incident.what + u'\t' + incident.name;
    QAction *action = addCommand(id, u"demo"_s, 0, text, {}, [this, id, name = incident.name] {
        Q_EMIT incidentSwitched(name, m_actions->find(id)->isChecked());
    });
    action->setCheckable(true);
    action->setToolTip(incident.name);
}

void MainWindow::showDemoMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(u"demoMenu"_s);
    menu->setToolTipsVisible(true);
    const QList<QAction *> incidents = m_actions->inMenu(u"demo"_s);
    constexpr qsizetype OneColumn = 15; // more would fill the screen
    QSet<QAction *> sorted;
    if (incidents.size() <= OneColumn)
        menu->addActions(incidents);
    for (const auto &[title, names] : incidents.size() > OneColumn ? incidentTopics() : Topics()) {
        QMenu *topic = nullptr;
        for (QAction *action : incidents) {
            const bool isOfIt = std::any_of(names.begin(), names.end(), [action](const QString &name) {
                return action->objectName().startsWith(u"incident-"_s + name);
            });
            if (sorted.contains(action) || !(isOfIt || names.isEmpty()))
                continue;
            topic = topic ? topic : menu->addMenu(title);
            topic->addAction(action);
            sorted.insert(action);
        }
    }
    menu->popup(m_demoButton->mapToGlobal(QPoint(scaled(12), -menu->sizeHint().height())));
}

QList<Command> MainWindow::paletteCommands()
{
    QList<Command> commands;
    m_actions->askWhatIsPossible();
    using Kind = Command::Kind;
    const QStringList pages = pageIds();
    const QList<QAction *> incidents = m_actions->inMenu(u"demo"_s);
    for (QAction *action : m_actions->actions()) {
        if (!action->isEnabled())
            continue;
        const bool isPage = pages.contains(action->objectName().chopped(u"Action"_s.size()));
        commands.append({ActionRegistry::textOf(*action), ActionRegistry::sideOf(*action),
                         [action] { action->trigger(); },
                         isPage                           ? Kind::Page
                             : incidents.contains(action) ? Kind::Incident
                                                          : Kind::Action});
    }
    m_actions->makeAllPossible();
    for (const ObjectAction &each : m_actions->objectActions()) {
        const QString text = each.subject.isEmpty() ? each.text : u"%1   %2"_s.arg(each.text, each.subject);
        if (each.isPossible()) {
            commands.append({text, {}, each.run, Kind::OnObject});
            continue;
        }
        Command greyed{text, shortReason(each), {}, Kind::OnObject, each.whyNot};
        if (!each.missingRight.isEmpty()) // the role that gives it, to copy
            greyed.run = [this, right = each.missingRight] {
                RightsDialog::forActions({right}, this)->open();
            };
        commands.append(greyed);
    }
    if (TablePane *pane = currentPane())
        commands.append(pane->sortCommands());
    for (const ContextChoice &context : m_topBar->choices())
        commands.append({tr("Context %1").arg(context.name), context.cluster,
                         [this, name = context.name] { Q_EMIT contextChosen(name); }, Kind::Context});
    for (PageFrame *each : std::as_const(m_order))
        commands.append(each->commands());
    return commands;
}

void MainWindow::openPalette()
{
    const auto typed = [this](const QString &text) -> Command {
        if (!text.startsWith(u"http://"_s) && !text.startsWith(u"https://"_s))
            return {};
        return {tr("Test %1").arg(text), tr("request"), [this, text] { showPage(u"request"_s, text); }};
    };
    auto *palette = new CommandPalette(paletteCommands(), typed, this);
    palette->move(mapToGlobal(QPoint((width() - palette->width()) / 2, scaled(Measure::TopBar))));
    palette->open();
}

void MainWindow::openShortcutSheet()
{
    auto *sheet = new ShortcutSheet(*m_actions, m_k9sKeys ? k9sKeyNotes() : QList<KeyNote>(), this);
    sheet->open();
}

} // namespace ui

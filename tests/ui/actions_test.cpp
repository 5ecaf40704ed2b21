// SPDX-License-Identifier: GPL-3.0-or-later
// Everything can be done without a mouse: each command of the registry is in a menu and the palette, is run here by its
// keys and by the palette, and then something is to be seen; no key means two things; whatever can be clicked can be
// reached by Tab.
#include "tests/support/test_class.h"
#include "tests/ui/sample_dialogs.h"
#include "tests/ui/window_fixture.h"
#include "ui/command_palette.h"
#include "ui/docks/dock_area.h"
#include "ui/page_frame.h"
#include "ui/shell/action_registry.h"
#include "ui/table_pane.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMenuBar>
#include <QMetaMethod>
#include <QRegularExpression>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>

using namespace Qt::StringLiterals;

namespace {

// Counts whatever an object tells, without knowing its signals.
class Listener
{
public:
    explicit Listener(const QObject &object)
    {
        const QMetaObject *meta = object.metaObject();
        for (int i = QWidget::staticMetaObject.methodCount(); i < meta->methodCount(); ++i) {
            if (meta->method(i).methodType() == QMetaMethod::Signal)
                m_spies.push_back(std::make_unique<QSignalSpy>(&object, meta->method(i)));
        }
    }
    qsizetype heard() const
    {
        qsizetype count = 0;
        for (const auto &spy : m_spies)
            count += spy->count();
        return count;
    }

private:
    std::vector<std::unique_ptr<QSignalSpy>> m_spies;
};

// What a person can see or feel of the window, in words.
QString seen(const ui::MainWindow &window)
{
    QStringList words{window.isVisible() ? u"open"_s : u"closed"_s,
                      window.currentPage(),
                      window.isWelcoming() ? u"welcome"_s : QString(),
                      window.docks().current(),
                      window.menuBar()->isVisible() ? u"menu bar"_s : QString(),
                      window.isPaused() ? u"paused"_s : QString(),
                      window.isFullScreen() ? u"full screen"_s : QString(),
                      QApplication::clipboard()->text()};
    if (const QWidget *focus = QApplication::focusWidget())
        words.append(u"focus "_s + focus->objectName() + QString::number(quintptr(focus), 16));
    for (const QWidget *widget : QApplication::topLevelWidgets()) {
        if (widget->isVisible() && widget != &window && !widget->inherits("QTipLabel"))
            words.append(QString::fromLatin1(widget->metaObject()->className()) + widget->objectName());
    }
    for (const QTabBar *tabs : window.findChildren<QTabBar *>())
        words.append(tabs->objectName() + QString::number(tabs->currentIndex()));
    for (const QAction *action : window.registry().actions())
        words.append(action->isChecked() ? action->objectName() : QString());
    for (const QString &detail : {u"mappingDetail"_s, u"problemsTable"_s})
        words.append(window.findChild<QWidget *>(detail)->isVisible() ? detail : QString());
    const auto *problems = window.findChild<QTableView *>(u"problemsTable"_s);
    words.append(problems->currentIndex().data(models::TableModelBase::KeyRole).toString());
    return words.join(u'|');
}

// A key that two widgets of one window listen to, in words; empty: none.
QStringList ambiguous(QWidget &window)
{
    QMultiHash<QString, QString> owners;
    QList<QWidget *> widgets = window.findChildren<QWidget *>();
    widgets.append(&window);
    for (const QWidget *widget : std::as_const(widgets)) {
        if (!widget->isVisible() || widget->window() != &window)
            continue;
        for (const QAction *action : widget->actions()) {
            const bool isOwn = action->shortcutContext() == Qt::WidgetShortcut; // heard there only
            for (const QKeySequence &keys : isOwn ? QList<QKeySequence>() : action->shortcuts())
                owners.insert(keys.toString(), action->objectName() + action->text());
        }
        QKeySequence mnemonic;
        if (const auto *button = qobject_cast<const QAbstractButton *>(widget))
            mnemonic = button->shortcut();
        else if (const auto *label = qobject_cast<const QLabel *>(widget); label && label->buddy())
            mnemonic = QKeySequence::mnemonic(label->text());
        if (!mnemonic.isEmpty())
            owners.insert(mnemonic.toString(), widget->objectName());
        const auto *tabs = qobject_cast<const QTabBar *>(widget);
        for (int i = 0; tabs && i < tabs->count(); ++i) {
            if (const QKeySequence keys = QKeySequence::mnemonic(tabs->tabText(i)); !keys.isEmpty())
                owners.insert(keys.toString(), tabs->objectName());
        }
    }
    if (const auto *bar = window.findChild<QMenuBar *>()) {
        for (const QAction *menu : bar->actions())
            owners.insert(QKeySequence::mnemonic(menu->text()).toString(), u"the menu "_s + menu->text());
    }
    QStringList found;
    for (const QString &keys : owners.uniqueKeys()) {
        const QStringList who = owners.values(keys);
        if (QSet<QString>(who.begin(), who.end()).size() > 1)
            found.append(keys + u": "_s + who.join(u", "_s));
        if (keys.contains(u"Ctrl+Alt"_s))
            found.append(keys + u" is AltGr on European keyboards"_s);
    }
    return found;
}

// What can be clicked and is not in the chain of Tab.
QStringList unreachable(QWidget &window)
{
    QSet<const QWidget *> chain;
    const QWidget *at = &window;
    do {
        if (at->focusPolicy() & Qt::TabFocus)
            chain.insert(at);
        at = at->nextInFocusChain();
    } while (at != &window);
    QStringList found;
    for (QWidget *widget : window.findChildren<QWidget *>()) {
        if (!widget->isVisible() || !widget->isEnabled() || widget->window() != &window)
            continue;
        const bool isPart = qobject_cast<QLineEdit *>(widget->parentWidget()) // Esc clears
            || qobject_cast<QTabBar *>(widget->parentWidget())                // the arrows scroll
            || qobject_cast<QComboBox *>(widget->parentWidget())              // its field
            || widget->inherits("QTableCornerButton")
            || widget->inherits("QHeaderView"); // TableHeader's keys
        const bool isClicked = qobject_cast<QAbstractButton *>(widget) || qobject_cast<QComboBox *>(widget)
            || qobject_cast<QTabBar *>(widget) || qobject_cast<QLineEdit *>(widget)
            || qobject_cast<QAbstractItemView *>(widget) || qobject_cast<QAbstractSpinBox *>(widget)
            || widget->cursor().shape() == Qt::PointingHandCursor;
        const auto *palette = qobject_cast<const QListView *>(widget);
        const bool isPalettes =
            palette && palette->objectName() == u"paletteList"_s; // its field hands keys on
        const auto *group = qobject_cast<const QAbstractButton *>(widget);
        const bool isByArrows = group && group->autoExclusive(); // one of a group is in the chain
        if (isClicked && !isPart && !isPalettes && !isByArrows && !chain.contains(widget))
            found.append(QString::fromLatin1(widget->metaObject()->className()) + u' '
                         + widget->objectName());
    }
    found.removeDuplicates();
    return found;
}

QList<ui::MainWindow::Incident> incidents()
{
    return {{u"api-slow"_s, u"The API server is slow"_s, false},
            {u"cert-6d"_s, u"A certificate ends soon"_s, true}};
}

} // namespace

class ActionsTest : public QObject, WindowFixture
{
    Q_OBJECT

    // With a past and a future, on a table with a chosen row; on a demo cluster.
    void prepare(const QString &id)
    {
        m_window->setIncidents(incidents());
        const QString page = id == u"routingAction"_s ? u"certificates"_s : u"routing"_s;
        for (const QString &each : {u"guide"_s, page, u"mesh"_s})
            m_window->showPage(each);
        m_window->registry().find(u"backAction"_s)->trigger();
        QCOMPARE(m_window->currentPage(), page);
        auto *table = find<QTableView>(page == u"routing"_s ? u"mappingsTable"_s : u"certificatesTable"_s);
        QTRY_VERIFY(table->model()->rowCount() > 0);
        table->setCurrentIndex(table->model()->index(1, 0));
        table->setFocus();
        QApplication::clipboard()->clear();
    }

    void choosePaletteEntry(const QString &text)
    {
        QTRY_VERIFY(!find<ui::CommandPalette>(u"commandPalette"_s)); // the last one is on its way out
        m_window->activateWindow();
        QTRY_VERIFY(QApplication::activeWindow() == m_window.get() && QApplication::focusWidget());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_K, Qt::ControlModifier);
        auto *field = find<QLineEdit>(u"paletteField"_s);
        QVERIFY(field && field->isVisible());
        QTest::keyClicks(field, QString(text).remove(u'…')); // no key has it
        const auto *list = find<QListView>(u"paletteList"_s);
        for (int row = 0; row < list->model()->rowCount(); ++row) {
            if (list->model()->index(row, 0).data().toString() == text)
                break;
            QTest::keyClick(field, Qt::Key_Down);
        }
        QCOMPARE(list->currentIndex().data().toString(), text);
        QTest::keyClick(field, Qt::Key_Return);
    }

private Q_SLOTS:
    // A & in a title is one on the screen, in the menu as in the palette.
    void titlesAreWholeInTheMenu()
    {
        const auto *action = m_window->findChild<QAction *>(u"certificatesAction"_s);
        QVERIFY(action);
        QCOMPARE(ui::ActionRegistry::textOf(*action), m_window->page(u"certificates"_s)->title());
        QVERIFY(QKeySequence::mnemonic(action->text()).isEmpty());
    }

    void init()
    {
        QTest::failOnWarning(QRegularExpression(u"[Aa]mbiguous shortcut"_s));
        openWindow();
    }
    void cleanup()
    {
        while (QWidget *popup = QApplication::activePopupWidget())
            popup->close();
        closeWindow();
        ui::applyTheme(*qApp, ui::Theme::Light, 1);
    }

    void everyActionDoesSomethingByKeyboard_data()
    {
        QTest::addColumn<QString>("id");
        QTest::addColumn<bool>("byPalette");
        ui::MainWindow window;
        window.setIncidents(incidents());
        for (const QAction *action : window.registry().actions()) {
            if (!action->shortcuts().isEmpty())
                QTest::addRow("%s by its keys", qPrintable(action->objectName()))
                    << action->objectName() << false;
            if (action->objectName() != u"paletteAction"_s) // it is there already
                QTest::addRow("%s by the palette", qPrintable(action->objectName()))
                    << action->objectName() << true;
        }
    }

    void everyActionDoesSomethingByKeyboard()
    {
        QFETCH(QString, id);
        QFETCH(bool, byPalette);
        prepare(id);
        const QAction *action = m_window->registry().find(id);
        QVERIFY(action && action->isEnabled());
        const QList<QKeySequence> keys = byPalette ? QList{QKeySequence()} : action->shortcuts();
        for (const QKeySequence &each : keys) {
            const Listener window(*m_window);
            const Listener docks(m_window->docks());
            const QString before = seen(*m_window);
            if (byPalette)
                choosePaletteEntry(ui::ActionRegistry::textOf(*action));
            else
                QTest::keySequence(QApplication::focusWidget(), each);
            QTRY_VERIFY2(window.heard() + docks.heard() > 0 || seen(*m_window) != before, qPrintable(before));
            if (QWidget *modal = QApplication::activeModalWidget())
                modal->close();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        }
    }

    void everyCommandIsInTheMenuThePaletteAndTheSheet()
    {
        prepare({});
        m_window->registry().find(u"shortcutsAction"_s)->trigger();
        QStringList sheet;
        for (const QLabel *label : find<QWidget>(u"shortcutSheet"_s)->findChildren<QLabel *>())
            sheet.append(label->text());
        QSet<QString> ids, texts;
        for (const QAction *action : m_window->registry().actions()) {
            const QString text = ui::ActionRegistry::textOf(*action);
            QVERIFY2(!ids.contains(action->objectName()) && !texts.contains(text), qPrintable(text));
            ids.insert(action->objectName());
            texts.insert(text);
            if (const QString side = ui::ActionRegistry::sideOf(*action); !action->shortcuts().isEmpty())
                QVERIFY2(sheet.contains(text) && sheet.contains(side), qPrintable(text));
            int menus = 0;
            for (const QMenu *menu : m_window->menuBar()->findChildren<QMenu *>())
                menus += menu->actions().contains(action);
            QCOMPARE(menus, 1);
        }
        QVERIFY(ids.size() > 50);
        for (const ui::TablePane::RowCommand &command : ui::TablePane::commands())
            QVERIFY2(sheet.contains(command.text) || command.keys.isEmpty(), qPrintable(command.text));
        for (const ui::KeyNote &note : ui::TablePane::keyNotes())
            QVERIFY2(sheet.contains(note.text), qPrintable(note.text));
    }

    void theMenusAreThoseOfTheDesign()
    {
        QStringList titles;
        for (const QAction *menu : m_window->menuBar()->actions()) {
            if (menu->isVisible())
                titles.append(menu->text().remove(u'&'));
        }
        QCOMPARE(titles.join(u' '), u"File Edit View Go Cluster Tools Window Help"_s);
        const auto ids = [this](const QString &menu) {
            QStringList names;
            for (const QAction *action : m_window->registry().inMenu(menu))
                names.append(action->objectName());
            return names;
        };
        QVERIFY(ids(u"file"_s).contains(u"openAction"_s));
        QVERIFY(ids(u"window"_s).contains(u"windowAction"_s) && ids(u"window"_s).contains(u"closeAction"_s));
        m_window->registry().find(u"openAction"_s)->trigger();
        QVERIFY(m_window->findChild<QFileDialog *>());
    }

    void whatCannotBeDoneIsGreyAndNotInThePalette()
    {
        m_window->showPage(u"guide"_s); // no table is there
        auto *edit = m_window->menuBar()->findChild<QMenu *>(u"edit"_s);
        QAction *exports = m_window->registry().find(u"exportAction"_s);
        edit->popup(QPoint());
        QVERIFY(!exports->isEnabled());
        edit->close();
        QTRY_VERIFY(exports->isEnabled()); // its keys ask by themselves
        exports->trigger();
        QVERIFY(!find<QMenu>(u"exportMenu"_s));
        m_window->registry().find(u"paletteAction"_s)->trigger();
        QTest::keyClicks(find<QLineEdit>(u"paletteField"_s),
                         ui::ActionRegistry::textOf(*exports).remove(u'…'));
        QCOMPARE(find<ui::CommandPalette>(u"commandPalette"_s)->shown(), 0);
    }

    void theDemosIncidentsAreInTheMenuBarAndThePalette()
    {
        QMenu *menu = m_window->menuBar()->findChild<QMenu *>(u"demo"_s);
        QVERIFY(menu && !menu->menuAction()->isVisible() && menu->isEmpty());
        m_window->setIncidents(incidents());
        QVERIFY(menu->menuAction()->isVisible());
        QCOMPARE(menu->actions().size(), 2);
        QVERIFY(!menu->actions()[0]->isChecked() && menu->actions()[1]->isChecked());
        const QSignalSpy switched(m_window.get(), &ui::MainWindow::incidentSwitched);
        const QSignalSpy asked(m_window.get(), &ui::MainWindow::incidentsRequested);
        menu->popup(QPoint());
        QCOMPARE(asked.count(), 1); // kubectl may have switched them meanwhile
        m_window->setIncidents({{u"api-slow"_s, u"The API server is slow"_s, true},
                                {u"cert-6d"_s, u"A certificate ends soon"_s, false}});
        QVERIFY(menu->isVisible() && menu->actions()[0]->isChecked() && !menu->actions()[1]->isChecked());
        QCOMPARE(switched.count(), 0);
        menu->close();
        choosePaletteEntry(u"A certificate ends soon"_s);
        QCOMPARE(switched.count(), 1);
        QCOMPARE(switched.first(), QVariantList({u"cert-6d"_s, true}));
        m_window->setIncidents({}); // another cluster
        QVERIFY(!menu->menuAction()->isVisible() && menu->isEmpty());
    }

    void thePaletteSortsTheTable()
    {
        prepare({});
        const auto *pane = find<ui::TablePane>(u"mappingsPane"_s);
        choosePaletteEntry(u"Sort by Host"_s);
        QTRY_COMPARE(pane->table().sortText(), u"Host"_s);
        choosePaletteEntry(u"Sort further by Prefix"_s);
        QTRY_COMPARE(pane->table().sortText(), u"Host, Prefix"_s);
    }

    void noKeyMeansTwoThings_data()
    {
        QTest::addColumn<QString>("page");
        for (const char *page : {"overview", "routing", "certificates", "mesh", "metrics", "request", "guide",
                                 "activity", "welcome"})
            QTest::newRow(page) << QString::fromLatin1(page);
    }
    void noKeyMeansTwoThings()
    {
        QFETCH(QString, page);
        prepare({});
        if (page == u"welcome"_s)
            m_window->showWelcome();
        else
            m_window->showPage(page, page == u"routing"_s ? u"default/quote-backend"_s : QString());
        m_window->setMenuBarShown(true);
        for (const QString &dock : QStringList{{}} + m_window->docks().ids()) {
            m_window->docks().open(dock);
            QCOMPARE(ambiguous(*m_window).join(u'\n'), QString());
            QCOMPARE(unreachable(*m_window).join(u'\n'), QString());
        }
    }

    void noKeyOfADialogMeansTwoThings_data()
    {
        QTest::addColumn<QString>("name");
        for (const QString &name : sampleDialogNames())
            QTest::newRow(qPrintable(name)) << name;
    }
    void noKeyOfADialogMeansTwoThings()
    {
        QFETCH(QString, name);
        const std::unique_ptr<QDialog> dialog(sampleDialog(name, *m_window));
        dialog->setAttribute(Qt::WA_DeleteOnClose, false);
        dialog->show();
        QVERIFY(QTest::qWaitForWindowExposed(dialog.get()));
        QCOMPARE(ambiguous(*dialog).join(u'\n'), QString());
        QCOMPARE(unreachable(*dialog).join(u'\n'), QString());
        QTest::keyClick(dialog.get(), Qt::Key_Escape);
        QTRY_VERIFY(!dialog->isVisible());
    }

    void controlWClosesOneWindowAndQuitAll()
    {
        ui::MainWindow other;
        other.show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(m_window.get(), Qt::Key_W, Qt::ControlModifier);
        QVERIFY(!m_window->isVisible() && other.isVisible());
        m_window->show();
        m_window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
        QTest::keyClick(m_window.get(), Qt::Key_Q, Qt::ControlModifier);
        QVERIFY(!m_window->isVisible() && !other.isVisible());
    }
};

SALLYPORT_TEST(actions_test, ActionsTest)
#include "actions_test.moc"

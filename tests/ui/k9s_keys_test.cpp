// SPDX-License-Identifier: GPL-3.0-or-later
// k9s' keys: in a table only, and only where somebody wants them.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/k9s_keys.h"
#include "ui/pages/routing_page.h"
#include "ui/shell/action_registry.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTest>

using namespace Qt::StringLiterals;

class K9sKeysTest : public QObject, WindowFixture
{
    Q_OBJECT

    QTableView *table() const { return find<QTableView>(u"mappingsTable"_s); }
    void type(const QString &text) { QTest::keyClicks(table(), text); }

private Q_SLOTS:
    void init()
    {
        openWindow();
        m_window->showPage(u"routing"_s);
        table()->setFocus();
        QTest::keyClick(table(), Qt::Key_Home);
    }
    void cleanup() { closeWindow(); }

    void withoutThemLettersDoNothingOfTheSort()
    {
        const int row = table()->currentIndex().row();
        type(u"e"_s);
        type(u"G"_s);
        QCOMPARE(table()->currentIndex().row(), row);
        QVERIFY(!find<QLineEdit>(u"paletteField"_s));
    }

    void theyMoveAndRunTheWindowsCommands()
    {
        m_window->setK9sKeys(true);
        const int last = table()->model()->rowCount() - 1;
        QVERIFY(last > 2);
        type(u"jj"_s);
        QCOMPARE(table()->currentIndex().row(), 2);
        type(u"k"_s);
        QCOMPARE(table()->currentIndex().row(), 1);
        type(u"G"_s);
        QCOMPARE(table()->currentIndex().row(), last);
        type(u"g"_s);
        QCOMPARE(table()->currentIndex().row(), 0);
        auto *page = m_window->pages().routing;
        const QSignalSpy edited(page, &ui::RoutingPage::editRequested);
        const QSignalSpy deleted(page, &ui::RoutingPage::deleteRequested);
        models::ConnectionState state = m_world->connection();
        state.mode = models::ConnectionState::Mode::Confirm;
        m_window->setConnection(state);
        type(u"e"_s);
        QCOMPARE(edited.count(), 1);
        QTest::keyClick(table(), Qt::Key_D, Qt::ControlModifier);
        QCOMPARE(deleted.count(), 1);
        type(u"y"_s);
        QCOMPARE(find<QTabBar>(u"mappingParts"_s)->tabData(find<QTabBar>(u"mappingParts"_s)->currentIndex()),
                 QVariant(u"yaml"_s));
        type(u"/"_s);
        QVERIFY(find<QLineEdit>(u"mappingsFilter"_s)->hasFocus());
        QTest::keyClicks(find<QLineEdit>(u"mappingsFilter"_s), u"jeG"_s); // text there
        QCOMPARE(find<QLineEdit>(u"mappingsFilter"_s)->text(), u"jeG"_s);
        QCOMPARE(edited.count(), 1);
        find<QLineEdit>(u"mappingsFilter"_s)->clear();
        table()->setFocus();
        type(u":"_s);
        QTRY_VERIFY(find<QLineEdit>(u"paletteField"_s));
    }

    // What the keys run is there, by that name.
    void eachIsAKeyOfSomething()
    {
        for (const QString &text : {u"j"_s, u"k"_s, u"g"_s, u"G"_s, u":"_s, u"?"_s, u"d"_s, u"y"_s, u"e"_s,
                                    u"c"_s, u"0"_s, u"["_s, u"]"_s, u"-"_s}) {
            const ui::K9sKey known = ui::k9sKey(QKeyEvent(QEvent::KeyPress, 0, Qt::NoModifier, text));
            QVERIFY2(known.movesBy != 0 || !known.command.isEmpty(), qPrintable(text));
            if (known.command.endsWith(u"Action"_s))
                QVERIFY2(m_window->registry().find(known.command), qPrintable(known.command));
        }
        QCOMPARE(ui::k9sKey(QKeyEvent(QEvent::KeyPress, Qt::Key_K, Qt::ControlModifier)).command, QString());
        QCOMPARE(ui::k9sKey(QKeyEvent(QEvent::KeyPress, Qt::Key_X, Qt::NoModifier, u"x"_s)).command,
                 QString());
    }
};

SALLYPORT_TEST(k9s_keys_test, K9sKeysTest)
#include "k9s_keys_test.moc"

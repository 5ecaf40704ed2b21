// SPDX-License-Identifier: GPL-3.0-or-later
// Where the focus is and what a key or the wheel does there: nothing is switched by accident, and what is focused
// can be pressed.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/confirm_dialog.h"
#include "ui/detail_pane.h"
#include "ui/page_frame.h"
#include "ui/pages/guide_page.h"
#include "ui/shell/sidebar.h"
#include "ui/theme.h"

#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace Qt::StringLiterals;

namespace {

void turnWheel(QWidget *over)
{
    const QPointF at = QRectF(over->rect()).center();
    QWheelEvent event(at, over->mapToGlobal(at), {}, {0, -120}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(over, &event);
}

} // namespace

class FocusTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        openWindow();
        m_window->setContexts(
            {{u"a"_s, u"a"_s, u"/k"_s}, {u"b"_s, u"b"_s, u"/k"_s}, {u"c"_s, u"c"_s, u"/k"_s}}, u"b"_s);
        m_window->setEdges({u"x/one"_s, u"x/two"_s, u"x/three"_s}, u"x/two"_s);
    }
    void cleanup() { closeWindow(); }

    void aPageIsOpenedWithTheFocusInItsMainPane_data()
    {
        QTest::addColumn<int>("digit");
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("pane");
        QTest::newRow("overview") << 1 << u"overview"_s << u"overviewFindings"_s;
        QTest::newRow("routing") << 2 << u"routing"_s << u"mappingsTable"_s;
        QTest::newRow("certificates") << 3 << u"certificates"_s << u"certificatesTable"_s;
        QTest::newRow("mesh") << 4 << u"mesh"_s << u"posturesTable"_s;
        QTest::newRow("request") << 6 << u"request"_s << u"requestUrl"_s;
        QTest::newRow("guide") << 7 << u"guide"_s << u"guideSteps"_s;
        QTest::newRow("activity") << 8 << u"activity"_s << u"journalTable"_s;
    }

    void aPageIsOpenedWithTheFocusInItsMainPane()
    {
        QFETCH(int, digit);
        QFETCH(QString, page);
        QFETCH(QString, pane);
        find<QComboBox>(u"contextChooser"_s)->setFocus();
        QTest::keyClick(m_window.get(), Qt::Key(Qt::Key_0 + digit), Qt::ControlModifier);
        QCOMPARE(m_window->currentPage(), page);
        QCOMPARE(QApplication::focusWidget()->objectName(), pane);
        find<QComboBox>(u"contextChooser"_s)->setFocus();
        QTest::mouseClick(find<ui::SidebarItem>(page + u"Item"_s), Qt::LeftButton);
        QCOMPARE(QApplication::focusWidget()->objectName(), pane);
    }

    void theFirstContentTakesTheFocusFromTheSidebarOnly()
    {
        const SampleWorld world;
        ui::MainWindow window;
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        window.setConnection(world.connection(models::ConnectionState::Phase::Connecting));
        QCOMPARE(window.focusWidget()->objectName(), u"overviewItem"_s);
        SampleWorld full;
        full.fill(window);
        QCOMPARE(window.focusWidget()->objectName(), u"overviewFindings"_s);
    }

    void noChooserIsSwitchedByTheWheelOrAnArrow_data()
    {
        QTest::addColumn<QString>("chooser");
        for (const char *name : {"contextChooser", "namespaceChooser", "edgeChooser"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void noChooserIsSwitchedByTheWheelOrAnArrow()
    {
        QFETCH(QString, chooser);
        auto *combo = find<QComboBox>(chooser);
        QVERIFY(combo->isVisible() && combo->count() >= 3);
        const int before = combo->currentIndex();
        const QSignalSpy contexts(m_window.get(), &ui::MainWindow::contextChosen);
        const QSignalSpy edges(m_window.get(), &ui::MainWindow::edgeChosen);
        turnWheel(combo);
        combo->setFocus();
        turnWheel(combo);
        for (const Qt::Key key :
             {Qt::Key_Down, Qt::Key_Up, Qt::Key_PageDown, Qt::Key_End, Qt::Key_Home, Qt::Key_C}) {
            QTest::keyClick(combo, key);
            QCOMPARE(combo->currentIndex(), before);
            combo->hidePopup();
            combo->setFocus();
        }
        QCOMPARE(contexts.count() + edges.count(), 0);
    }

    void anOpenedChooserChooses()
    {
        auto *combo = find<QComboBox>(u"contextChooser"_s);
        const QSignalSpy contexts(m_window.get(), &ui::MainWindow::contextChosen);
        combo->setFocus();
        QTest::keyClick(combo, Qt::Key_Down);
        QVERIFY(combo->view()->isVisible());
        QTest::keyClick(combo->view(), Qt::Key_Down);
        QTest::keyClick(combo->view(), Qt::Key_Return);
        QCOMPARE(contexts.count(), 1);
        QCOMPARE(contexts.first().first().toString(), u"c"_s);
    }

    void enterPressesWhatIsFocused_data()
    {
        QTest::addColumn<int>("key");
        QTest::newRow("Return") << int(Qt::Key_Return);
        QTest::newRow("Enter") << int(Qt::Key_Enter);
    }

    void enterPressesWhatIsFocused()
    {
        QFETCH(int, key);
        m_window->showPage(u"overview"_s);
        auto *button = find<QPushButton>(u"meshOpen"_s);
        button->setFocus();
        QTest::keyClick(button, Qt::Key(key));
        QCOMPARE(m_window->currentPage(), u"mesh"_s);
        auto *tile = find<QAbstractButton>(u"tile3"_s);
        tile->setFocus();
        QTest::keyClick(tile, Qt::Key(key));
        QCOMPARE(find<QLineEdit>(u"posturesFilter"_s)->text(), u"mode:STRICT"_s);
        auto *dock = find<QAbstractButton>(u"problemsDock"_s);
        dock->setFocus();
        QTest::keyClick(dock, Qt::Key(key));
        QVERIFY(dock->isChecked());
        auto *item = find<ui::SidebarItem>(u"meshItem"_s);
        item->setFocus();
        QTest::keyClick(item, Qt::Key(key));
        QCOMPARE(QApplication::focusWidget()->objectName(), u"posturesTable"_s);
    }

    void enterOnApplyWrites()
    {
        ui::ConfirmDialog *dialog = m_window->openReview(u"Change it"_s);
        models::ChangeReview review = m_world->review();
        review.needsTyping = false;
        dialog->setReview(review);
        const QSignalSpy confirmed(dialog, &ui::ConfirmDialog::confirmed);
        auto *apply = dialog->findChild<QPushButton *>(u"confirmApply"_s);
        apply->setFocus();
        QTest::keyClick(apply, Qt::Key_Return);
        QCOMPARE(confirmed.count(), 1);
    }

    void aClosedDialogGivesTheFocusBack()
    {
        m_window->showPage(u"guide"_s);
        auto *apply = find<QPushButton>(u"guideApply"_s);
        QVERIFY(apply->isVisible() && apply->isEnabled());
        apply->setFocus();
        const QPointer<ui::ConfirmDialog> dialog = m_window->openReview(u"Change it"_s);
        apply->setEnabled(false); // as a page does while the wish is under way
        apply->setEnabled(true);
        QTest::keyClick(dialog.data(), Qt::Key_Escape);
        QTRY_VERIFY(!dialog);
        QTRY_COMPARE(QApplication::focusWidget(), apply);
    }

    void aFocusedDetailPaneShowsARing()
    {
        m_window->showPage(u"routing"_s);
        auto *detail = find<ui::DetailPane>(u"mappingDetail"_s);
        find<QWidget>(u"mappingsTable"_s)->setFocus();
        QTest::keyClick(m_window.get(), Qt::Key_F6);
        QCOMPARE(QApplication::focusWidget(), detail);
        const QColor accent = QColor::fromRgb(ui::tokensOf(detail->palette()).accent);
        const auto edge = [&] { return detail->grab().toImage().pixelColor(1, detail->height() / 2); };
        QCOMPARE(edge(), accent);
        QTest::keyClick(m_window.get(), Qt::Key_F6, Qt::ShiftModifier);
        QVERIFY(edge() != accent);
    }

    void everyTabStopCanBeSeen()
    {
        QStringList hidden;
        for (const QString &id : m_window->pageIds()) {
            m_window->showPage(id);
            const QWidget *start = m_window->focusWidget();
            for (int i = 0; i < 200; ++i) {
                QTest::keyClick(m_window->focusWidget(), Qt::Key_Tab);
                const QWidget *at = m_window->focusWidget();
                if (at == start)
                    break;
                const auto *item = qobject_cast<const ui::SidebarItem *>(at);
                if ((item && item->isCheckable() && !item->isChecked()) // looks as if two pages were chosen
                    || at->metaObject() == &QScrollArea::staticMetaObject)
                    hidden.append(id + u": "_s + at->objectName());
            }
        }
        QCOMPARE(hidden.join(u'\n'), QString());
    }
};

SALLYPORT_TEST(focus_test, FocusTest)
#include "focus_test.moc"

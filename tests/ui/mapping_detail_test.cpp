// SPDX-License-Identifier: GPL-3.0-or-later
// The details of a Mapping: what is wrong and what mends it, what it uses and who leads to it, and its tabs, always in sight.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/edit_dialog.h"
#include "ui/finding_list.h"
#include "ui/link_list.h"
#include "ui/mapping_detail.h"
#include "ui/pages/routing_page.h"

#include <QAbstractButton>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPointer>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabBar>

using namespace Qt::StringLiterals;

class MappingDetailTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        openWindow();
        m_window->resize(1280, 640);
        m_window->pages().routing->setFindings(m_world->findingRows);
    }
    void cleanup() { closeWindow(); }

    void theTabsStayInSightWhileTheRestIsScrolled()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        auto *detail = find<ui::MappingDetail>(u"mappingDetail"_s);
        auto *tabs = find<QTabBar>(u"mappingParts"_s);
        QTRY_VERIFY(detail->verticalScrollBar()->maximum() > 0);
        const QPoint before = tabs->mapTo(detail, QPoint());
        detail->verticalScrollBar()->setValue(detail->verticalScrollBar()->maximum());
        QCOMPARE(tabs->mapTo(detail, QPoint()), before);
        QVERIFY(detail->rect().contains(before));
        QVERIFY(detail->viewport()->y() >= before.y() + tabs->height()); // nothing is scrolled below them
    }

    void aFindingHasARowAndAButtonForItsFix()
    {
        const models::FindingRow *fixable = nullptr;
        for (int i = 0; i < m_world->findingRows.rowCount() && !fixable; ++i) {
            const models::FindingRow &row = m_world->findingRows.row(i);
            fixable = row.fixable && row.finding.subject.kind == u"Mapping"_s ? &row : nullptr;
        }
        QVERIFY(fixable);
        const models::ObjectRef mapping = fixable->finding.subject;
        const QSignalSpy asked(m_window->pages().routing, &ui::RoutingPage::fixRequested);
        m_window->showPage(u"routing"_s, mapping.nameSpace + u'/' + mapping.name);
        const auto *list = find<ui::FindingList>(u"findingList"_s);
        QTRY_VERIFY(!list->entries().isEmpty());
        QPushButton *fix = nullptr;
        for (auto *button : list->findChildren<QPushButton *>(u"findingFix"_s))
            fix = button->isVisibleTo(list) ? button : fix;
        QVERIFY(fix && fix->isEnabled());
        fix->click();
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().toStringList(), QStringList{fixable->key});
        models::ConnectionState readOnly = m_world->connection();
        readOnly.mode = models::ConnectionState::Mode::ReadOnly;
        m_window->setConnection(readOnly);
        QTRY_VERIFY(!fix->isEnabled() && !fix->toolTip().isEmpty());
    }

    void whatItUsesIsALink()
    {
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        const auto *uses = find<ui::LinkList>(u"mappingUses"_s);
        QTRY_VERIFY(!uses->links().isEmpty());
        QAbstractButton *context = nullptr;
        for (auto *link : uses->findChildren<QAbstractButton *>(u"objectLink"_s)) {
            if (link->text().startsWith(u"TLSContext "_s))
                context = link;
        }
        QVERIFY(context && context->isEnabled());
        context->setFocus();
        press(Qt::Key_Return);
        QCOMPARE(m_window->currentPage(), u"certificates"_s);
    }

    void aCanaryNamesTheOthersOfItsRoute()
    {
        m_window->showPage(u"routing"_s, u"team-a/orders-canary"_s);
        const auto *usedBy = find<ui::LinkList>(u"mappingUsedBy"_s);
        const auto names = [usedBy] {
            QStringList list;
            for (const ui::LinkList::Link &each : usedBy->links())
                list.append(each.target);
            return list;
        };
        QTRY_VERIFY2(names().contains(u"team-a/orders"_s), qPrintable(names().join(u' ')));
    }

    void anEditIsAWishOfWhatIsAnObject()
    {
        const QSignalSpy asked(m_window->pages().routing, &ui::RoutingPage::editRequested);
        m_window->showPage(u"routing"_s, u"default/quote-backend"_s);
        auto *edit = find<QPushButton>(u"mappingEdit"_s);
        QTRY_VERIFY(edit->isVisible() && edit->isEnabled());
        edit->click();
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked.first().first().value<models::ObjectRef>().name, u"quote-backend"_s);
    }

    void whatWasTypedIsThrownAwayOnlyWhenConfirmed()
    {
        const auto open = [this] {
            QPointer<ui::EditDialog> dialog =
                new ui::EditDialog(u"Edit Mapping a/b"_s, u"kind: Mapping\n"_s, m_window.get());
            dialog->open();
            dialog->activateWindow();
            [[maybe_unused]] const bool isActive = QTest::qWaitForWindowActive(dialog);
            return dialog;
        };
        QPointer<ui::EditDialog> dialog = open();
        QTest::keyClick(dialog, Qt::Key_Escape); // nothing was typed
        QTRY_VERIFY(!dialog);
        dialog = open();
        auto *text = dialog->findChild<QPlainTextEdit *>(u"editText"_s);
        const auto question = [&dialog] { return dialog->findChild<QMessageBox *>(u"editDiscard"_s); };
        QTest::keyClicks(text, u"a: b"_s);
        QTest::keyClick(dialog, Qt::Key_Escape);
        QVERIFY(dialog && dialog->isVisible() && question());
        QTest::keyClick(question(), Qt::Key_Escape); // the way back is the same key
        QTRY_VERIFY(!question());
        QVERIFY(dialog->isVisible());
        QCOMPARE(text->toPlainText(), u"a: bkind: Mapping\n"_s);
        QTRY_VERIFY(text->hasFocus());
        dialog->close(); // by the frame of the window
        QVERIFY(dialog && dialog->isVisible() && question());
        QCOMPARE(question()->buttons().size(), 2);
        QCOMPARE(question()->defaultButton(), question()->escapeButton());
        for (QAbstractButton *each : question()->buttons()) {
            if (each != question()->escapeButton()) {
                each->click();
                break;
            }
        }
        QTRY_VERIFY(!dialog);
    }

    void theEditorClosesWithWhatItAskedFor_data()
    {
        QTest::addColumn<bool>("isKept");
        QTest::addColumn<QString>("typedSince");
        QTest::addColumn<bool>("closes");
        QTest::newRow("written") << true << QString() << true;
        QTest::newRow("written, and typed on") << true << u"c"_s << false;
        QTest::newRow("the review was left") << false << QString() << false;
    }
    void theEditorClosesWithWhatItAskedFor()
    {
        QFETCH(bool, isKept);
        QFETCH(QString, typedSince);
        QFETCH(bool, closes);
        QPointer<ui::EditDialog> dialog =
            new ui::EditDialog(u"Edit Mapping a/b"_s, u"kind: Mapping\n"_s, m_window.get());
        dialog->open();
        auto *text = dialog->findChild<QPlainTextEdit *>(u"editText"_s);
        QTest::keyClicks(text, u"a: b"_s);
        const QString reviewed = text->toPlainText();
        QTest::keyClicks(text, typedSince);
        dialog->findChild<QPushButton *>(u"editReview"_s)->setFocus();
        dialog->settle(reviewed, isKept);
        if (closes)
            QTRY_VERIFY(!dialog);
        else
            QTRY_VERIFY(dialog && dialog->isVisible() && text->hasFocus());
        delete dialog;
    }

    void whatWasTypedIsReviewedAndAnErrorIsSaid()
    {
        ui::EditDialog dialog(u"Edit Mapping default/quote-backend"_s, u"kind: Mapping\n"_s, m_window.get());
        const QSignalSpy wished(&dialog, &ui::EditDialog::reviewRequested);
        dialog.open();
        auto *review = dialog.findChild<QPushButton *>(u"editReview"_s);
        QVERIFY(!review->isEnabled()); // nothing is changed yet
        auto *text = dialog.findChild<QPlainTextEdit *>(u"editText"_s);
        QTest::keyClicks(text, u"a: b"_s);
        QVERIFY(review->isEnabled());
        review->click();
        QCOMPARE(wished.count(), 1);
        QVERIFY(wished.first().first().toString().contains(u"a: b"_s));
        dialog.setProblem(u"line 2: no"_s);
        QVERIFY(dialog.findChild<QWidget *>(u"editProblem"_s)->isVisible());
        QTest::keyClicks(text, u"c"_s);
        QVERIFY(!dialog.findChild<QWidget *>(u"editProblem"_s)->isVisible());
    }
};

SALLYPORT_TEST(mapping_detail_test, MappingDetailTest)
#include "mapping_detail_test.moc"

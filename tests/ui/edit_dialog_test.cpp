// SPDX-License-Identifier: GPL-3.0-or-later
// Where a field stands in a text, and how the editor shows what collides.
#include "tests/support/test_class.h"
#include "tests/ui/sample_world.h"
#include "ui/confirm_dialog.h"
#include "ui/edit_dialog.h"
#include "ui/yaml_place.h"

#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>

using namespace Qt::StringLiterals;

class EditDialogTest : public QObject
{
    Q_OBJECT

    static edge::Value yaml(const QString &text) { return edge::parseYaml(text.toStdString())->front(); }

private Q_SLOTS:
    void aFieldIsFoundInItsBlock_data()
    {
        QTest::addColumn<QString>("keys");
        QTest::addColumn<int>("line");
        QTest::newRow("at the top") << u"kind"_s << 1;
        QTest::newRow("in a block") << u"spec|prefix"_s << 10;
        QTest::newRow("the same name elsewhere") << u"metadata|labels|prefix"_s << 4;
        QTest::newRow("quoted") << u"metadata|annotations|a.b/c"_s << 6;
        QTest::newRow("not there: what is around it") << u"spec|tls"_s << 8;
        QTest::newRow("not there at all") << u"status|x"_s << -1;
        QTest::newRow("within braces") << u"spec|add_request_headers|x"_s << 11;
        QTest::newRow("after a comment and an empty line") << u"spec|service"_s << 14;
    }
    void aFieldIsFoundInItsBlock()
    {
        QFETCH(QString, keys);
        QFETCH(int, line);
        const QStringList text{u"# a note"_s,         u"kind: Mapping"_s,  u"metadata:"_s,
                               u"  labels:"_s,        u"    prefix: no"_s, u"  annotations:"_s,
                               u"    \"a.b/c\": x"_s, u"  name: a"_s,      u"spec:"_s,
                               u"  hostname: b"_s,    u"  prefix: /a/"_s,  u"  add_request_headers: {x: 1}"_s,
                               u"  # more"_s,         QString(),           u"  service: s"_s};
        QCOMPARE(ui::lineOfField(text.join(u'\n'), keys.split(u'|')), line);
    }

    void whatCollidesIsMarkedUntilOneIsChosen()
    {
        const QString base = u"kind: Mapping\nspec:\n  prefix: /a/\n"_s;
        const QString mine = u"kind: Mapping\nspec:\n  prefix: /b/\n"_s;
        ui::EditDialog dialog(u"Edit Mapping a/b"_s, base, nullptr);
        dialog.open();
        auto *text = dialog.findChild<QPlainTextEdit *>(u"editText"_s);
        text->setPlainText(mine);
        dialog.setCollision(models::editTogether(yaml(base), yaml(mine),
                                                 yaml(u"kind: Mapping\nspec: {prefix: /c/, x: 1}\n"_s)));
        const auto marked = [text] {
            QList<int> lines;
            for (const QTextEdit::ExtraSelection &each : text->extraSelections())
                lines.append(each.cursor.blockNumber());
            return lines;
        };
        QCOMPARE(marked(), QList<int>{2});
        QSignalSpy wished(&dialog, &ui::EditDialog::reviewRequested);
        dialog.findChild<QPushButton *>(u"editTakeTheirs"_s)->click();
        QVERIFY(text->hasFocus() || !dialog.isActiveWindow());
        QCOMPARE(text->toPlainText(), u"kind: Mapping\nspec:\n  prefix: /c/\n  x: 1\n"_s);
        auto *review = dialog.findChild<QPushButton *>(u"editReview"_s);
        QVERIFY(!review->isEnabled()); // it is as theirs
        QTest::keyClicks(text, u"a: 1"_s);
        review->click();
        QCOMPARE(wished.takeFirst().at(1).toString(), u"kind: Mapping\nspec:\n  prefix: /c/\n  x: 1\n"_s);
        while (text->toPlainText() != mine && text->document()->isUndoAvailable())
            text->undo();
        QCOMPARE(text->toPlainText(), mine);
        QVERIFY(marked().isEmpty());
        review->click();
        QCOMPARE(wished.takeFirst().at(1).toString(), base);
    }

    // Enter alone is a line of the text, and presses Cancel in a review.
    void ctrlEnterReviewsAndApplies()
    {
        ui::EditDialog edit(u"Edit Mapping a/b"_s, u"kind: Mapping\n"_s, nullptr);
        edit.open();
        edit.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&edit));
        const QSignalSpy wished(&edit, &ui::EditDialog::reviewRequested);
        auto *text = edit.findChild<QPlainTextEdit *>(u"editText"_s);
        QTest::keyClick(text, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(wished.count(), 0); // nothing was changed
        QTest::keyClicks(text, u"a: b"_s);
        QTest::keyClick(text, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(wished.count(), 1);
        QCOMPARE(text->document()->blockCount(), 2);
        edit.hide();
        ui::ConfirmDialog review(u"Change it"_s, u"eks-eu1"_s, nullptr);
        review.open();
        review.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&review));
        const QSignalSpy confirmed(&review, &ui::ConfirmDialog::confirmed);
        QTest::keyClick(&review, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(confirmed.count(), 0); // nothing is known yet
        models::ChangeReview known = SampleWorld::review();
        known.needsTyping = false;
        review.setReview(known);
        QTest::keyClick(&review, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(confirmed.count(), 1);
    }
};

SALLYPORT_TEST(edit_dialog_test, EditDialogTest)
#include "edit_dialog_test.moc"

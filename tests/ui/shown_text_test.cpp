// SPDX-License-Identifier: GPL-3.0-or-later
// A name that turns the direction of what follows, or holds signs that nobody sees, rearranges no sentence.
#include "tests/support/test_class.h"
#include "tests/ui/window_fixture.h"
#include "ui/elide.h"
#include "ui/shown_text.h"
#include "ui/text_label.h"

#include <QComboBox>
#include <QFontMetrics>
#include <QHelpEvent>
#include <QListWidget>
#include <QMenu>
#include <QTabBar>
#include <QTextDocument>
#include <QTextLayout>
#include <QToolTip>

using namespace Qt::StringLiterals;

namespace {

// The letters from left to right, as they are painted.
QString painted(const QString &text)
{
    QTextLayout layout(text, QFont());
    layout.beginLayout();
    QTextLine line = layout.createLine();
    line.setLineWidth(100'000);
    layout.endLayout();
    QMap<qreal, QString> at;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool isMark = text[i].unicode() >= 0x2066 && text[i].unicode() <= 0x2069;
        if (isMark)
            continue;
        const qreal from = line.cursorToX(int(i)), to = line.cursorToX(int(i) + 1);
        at[qMin(from, to)] += text[i];
    }
    return QStringList(at.values()).join(QString());
}

} // namespace

class ShownTextTest : public QObject, WindowFixture
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsHiddenIsSeen_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("shown");
        const QString turned = u"shop/\u202Eexe.txt"_s, hebrew = u"\u05D0\u05D1\u05D2"_s;
        QTest::newRow("plain") << u"Mapping shop/cart: 3 of 5"_s << u"Mapping shop/cart: 3 of 5"_s;
        QTest::newRow("accents") << u"Größe, ✖ naïve"_s << u"Größe, ✖ naïve"_s;
        QTest::newRow("lines") << u"one\ntwo\tthree"_s << u"one\ntwo\tthree"_s;
        QTest::newRow("turned") << turned << u"shop/\\u202eexe.txt"_s;
        QTest::newRow("isolates") << u"a\u2067b\u2069"_s << u"a\\u2067b\\u2069"_s;
        QTest::newRow("nothing wide") << u"a\u200Bb\uFEFF"_s << u"a\\u200bb\\ufeff"_s;
        QTest::newRow("escape") << u"a\x1b[31mb"_s << u"a\\u001b[31mb"_s;
        QTest::newRow("from the right")
            << u"Mapping %1: 3 of 5"_s.arg(hebrew) << u"Mapping \u2068%1:\u2069 3 of 5"_s.arg(hebrew);
        QTest::newRow("two words") << u"%1 %1 x"_s.arg(hebrew) << u"\u2068%1 %1\u2069 x"_s.arg(hebrew);
        QTest::newRow("its spelling") << u"\u0646\u200C\u0645"_s << u"\u2068\u0646\u200C\u0645\u2069"_s;
    }
    void whatIsHiddenIsSeen()
    {
        QFETCH(QString, text);
        QFETCH(QString, shown);
        QCOMPARE(ui::shownText(text), shown);
    }

    // As the text engine lays it out: the words stay where they were written.
    void theSentenceKeepsItsOrder_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("an override") << u"\u202Ecart"_s;
        QTest::newRow("an embedding") << u"\u202Bcart"_s;
        QTest::newRow("an isolate") << u"\u2067cart"_s;
        QTest::newRow("a mark") << u"cart\u200F"_s;
        QTest::newRow("letters") << u"\u05D0\u05D1"_s;
        QTest::newRow("Arabic digits") << u"\u0661\u0662"_s;
    }
    void theSentenceKeepsItsOrder()
    {
        QFETCH(QString, name);
        const QString sentence = u"A %1 - 12 + 34 z"_s.arg(name);
        const QString order = painted(ui::shownText(sentence));
        QVERIFY2(order.startsWith(u"A "_s) && order.endsWith(u"- 12 + 34 z"_s), qPrintable(order));
    }

    void everyPainterUsesIt()
    {
        const QString name = u"shop/\u202Ecart"_s;
        const QFontMetrics metrics((QFont()));
        QCOMPARE(ui::elided(name, metrics, 10'000), u"shop/\\u202ecart"_s); // cells, lines, chips, links
        ui::TextLabel label(ui::Type::Body, name);
        QCOMPARE(label.text(), u"shop/\\u202ecart"_s);
        label.setText(u"x"_s + name);
        QCOMPARE(label.text(), u"xshop/\\u202ecart"_s);
        openWindow();
        m_window->setContexts({{name, u"https://k"_s, u"/k"_s}}, name);
        const auto *contexts = find<QComboBox>(u"contextChooser"_s);
        QCOMPARE(contexts->currentText(), u"shop/\\u202ecart"_s);
        QCOMPARE(contexts->currentData().toString(), name); // what is chosen stays itself
        models::ConnectionState state = m_world->connection();
        state.context = name;
        m_window->setConnection(state);
        QVERIFY2(!m_window->windowTitle().contains(QChar(0x202e)), qPrintable(m_window->windowTitle()));
        closeWindow();
    }

    void toolTipsAreText_data()
    {
        QTest::addColumn<QString>("kind");
        for (const char *kind : {"widget", "item", "entry", "tab", "label", "inside"})
            QTest::newRow(kind) << QString::fromLatin1(kind);
    }

    // Markup in a name is no markup, and what it hides is seen; whichever way a tool tip is set.
    void toolTipsAreText()
    {
        QFETCH(QString, kind);
        const QString name = u"/cart<b>&amp;</b>\u202E <img src=x> \n& on"_s;
        openWindow();
        QWidget box;
        box.resize(300, 200);
        auto *list = new QListWidget(&box);
        list->addItem(u"x"_s);
        list->item(0)->setToolTip(name);
        auto *tabs = new QTabBar(&box);
        tabs->setTabToolTip(tabs->addTab(u"x"_s), name);
        auto *label = new ui::TextLabel(ui::Type::Body, name.simplified(), &box);
        label->setElided();
        label->setFixedWidth(20);
        auto *plain = new QWidget(&box);
        plain->setFixedSize(20, 20);
        QMenu menu;
        menu.setToolTipsVisible(true);
        QAction *entry = menu.addAction(u"x"_s);
        entry->setToolTip(name);
        box.setToolTip(name);
        box.show();
        menu.popup(QPoint());
        QVERIFY(QTest::qWaitForWindowExposed(&box));
        const QHash<QString, std::pair<QWidget *, QPoint>> places{
            {u"widget"_s, {&box, {1, 1}}},
            {u"item"_s, {list->viewport(), list->visualItemRect(list->item(0)).center()}},
            {u"entry"_s, {&menu, menu.actionGeometry(entry).center()}},
            {u"tab"_s, {tabs, tabs->tabRect(0).center()}},
            {u"label"_s, {label, {5, 5}}},
            {u"inside"_s, {plain, {5, 5}}}}; // of its parent
        const auto [widget, at] = places[kind];
        QHelpEvent event(QEvent::ToolTip, at, widget->mapToGlobal(at));
        QCoreApplication::sendEvent(widget, &event);
        QTRY_VERIFY(QToolTip::isVisible());
        QTextDocument shown; // as the tool tip's label reads it
        if (Qt::mightBeRichText(QToolTip::text()))
            shown.setHtml(QToolTip::text());
        else
            shown.setPlainText(QToolTip::text());
        const QString wanted = ui::withVisibleControls(kind == "label"_L1 ? name.simplified() : name);
        QCOMPARE(shown.toPlainText(), wanted);
        QToolTip::hideText();
        closeWindow();
    }
};

SALLYPORT_TEST(shown_text_test, ShownTextTest)
#include "shown_text_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/row_filter.h"
#include "models/items/sort_key.h"
#include "tests/models/item_table.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class RowFilterTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aFilterShowsTheRowsThatItSays_data();
    void aFilterShowsTheRowsThatItSays();
    void whatIsWrongOrUnfinishedIsSaid_data();
    void whatIsWrongOrUnfinishedIsSaid();
    void whatItLooksForIsMarked_data();
    void aNameThatWasCopiedIsFound();
    void whatItLooksForIsMarked();
    void textsSortWithTheirNumbersByValue_data();
    void textsSortWithTheirNumbersByValue();
    void theUnknownSortsLastInBothOrders();
    void theRankSortsBeforeTheKey();
};

namespace {

const QList<Item> &items()
{
    static const QList<Item> list{
        {u"1"_s, u"/backend/"_s, u"api.example.com"_s, 10, testNow().addSecs(-1800), models::Severity::Good},
        {u"2"_s, u"/v2/Orders/"_s, u"api.example.com"_s, 90, testNow().addDays(-2), models::Severity::Error},
        {u"3"_s, u"quote backend"_s, u"shop.example.com"_s, 0, testNow().addDays(-40),
         models::Severity::Good},
        {u"4"_s, u"quote:80"_s, QString(), 5, QDateTime(), models::Severity::Warning},
    };
    return list;
}

QString shownBy(const QString &text)
{
    ItemModel model(itemColumns());
    model.setRows(items());
    const models::RowFilter filter = models::parseFilter(text, model.layout());
    QString keys = filter.error.isEmpty() ? QString() : u"error: "_s + filter.error;
    for (int row = 0; row < model.rowCount(); ++row) {
        const models::FilterText rowText{models::filterCells(model, row),
                                         models::filterValues(model, row, filter)};
        if (models::matches(filter, rowText, testNow().toMSecsSinceEpoch()))
            keys += model.keyAt(row);
    }
    return keys;
}

} // namespace

void RowFilterTest::aFilterShowsTheRowsThatItSays_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QString>("shown");
    const auto add = [](const char *filter, const char *shown) {
        QTest::newRow(filter) << QString::fromUtf8(filter) << QString::fromUtf8(shown);
    };
    add("", "1234");
    add("   ", "1234");
    add("backend", "13");
    add("BACKEND", "13");
    add("orders", "2");
    add("backend api", "1");
    add("-backend", "24");
    add("example -backend", "2");
    add("\"quote backend\"", "3");
    add("\"-v2\"", "");
    add("host:shop", "3");
    add("HOST:shop", "3");
    add("h:shop", "3");
    add("host:backend", "");
    add("name:backend", "13");
    add("-host:api", "34");
    add("name:\"quote backend\"", "3");
    add("name:\"Quote B\"", "3");
    add("quote:80", "4"); // "quote" names no column
    add("quote:", "4");   // and becomes a word as it is typed
    add("http://a", "");
    add("\"host:shop\"", ""); // quoted: a word
    add("/backend", "1");     // the start of a path as it is typed
    add("/backend/", "13");   // an expression
    add("/^quote/", "34");
    add("/backend$/", "3");
    add("/^(api|shop)[.]/", "123");
    add("/com.*loaded/", ""); // a cell ends where it ends
    add("/(?<=quote.)backend/", "3");
    add("-/quote/", "12");
    add("host:/^api/", "12");
    add("name:/^api/", "");
    add("weight>5", "12");
    add("weight>=5", "124");
    add("weight=5", "4");
    add("weight<5", "3");
    add("-weight<5", "124");
    add("weight:10", "1");
    add("age<1h", "1");
    add("age<1h30m", "1");
    add("age>1d", "23");
    add("age>1d age<7d", "2");
    add("-age<7d", "34"); // one without an age is not young
    add("state:rejected", "24");
    add("status:rej", "24");
    add("status:error", "2");
    add("-status:ok", "24");
    add("status:warning", "4");
    add("ok", ""); // a severity's name is no word of a cell
}

void RowFilterTest::aFilterShowsTheRowsThatItSays()
{
    QFETCH(QString, filter);
    QFETCH(QString, shown);
    QCOMPARE(shownBy(filter), shown);
}

// The copied name of an object stands in no cell, but in two of them.
void RowFilterTest::aNameThatWasCopiedIsFound()
{
    std::vector<models::Column<Item>> columns;
    for (const char *id : {"namespace", "name"})
        columns.push_back({.id = QString::fromLatin1(id),
                           .title = QString::fromLatin1(id),
                           .text = [isName = id == QByteArray("name")](const Item &item) {
                               return isName ? item.name : item.host;
                           }});
    ItemModel model(columns);
    const models::Severity good = models::Severity::Good;
    model.setRows({{u"1"_s, u"web"_s, u"shop"_s, 0, {}, good},
                   {u"2"_s, u"web"_s, u"front"_s, 0, {}, good},
                   {u"3"_s, u"web-2"_s, u"front"_s, 0, {}, good}});
    const auto shown = [&model](const QString &text) {
        const models::RowFilter filter = models::parseFilter(text, model.layout());
        QString keys;
        for (int row = 0; row < model.rowCount(); ++row)
            if (models::matches(filter, {models::filterCells(model, row), {}}, 0))
                keys += model.keyAt(row);
        return keys;
    };
    QCOMPARE(shown(u"front/web"_s), u"23"_s);
    QCOMPARE(shown(u"-front/web"_s), u"1"_s);
    QCOMPARE(shown(u"Front/Web-2"_s), u"3"_s);
    QCOMPARE(shown(u"name:front"_s), u""_s);
}

void RowFilterTest::whatIsWrongOrUnfinishedIsSaid_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QString>("says");
    const auto add = [](const char *filter, const char *says) {
        QTest::newRow(filter) << QString::fromUtf8(filter) << QString::fromUtf8(says);
    };
    add("host:", "host: needs a text");
    add("-", "- needs a word");
    add("\"quote", "the quote before quote is not closed");
    add("/a(b", "is not finished");
    add("/a(b/", "is no regular expression");
    add("age<", "needs a duration, as in age<1h");
    add("age<5", "needs a duration");
    add("age<1q", "needs a duration");
    add("weight>x", "needs a number, as in weight>10");
    add("host<5", "host cannot be compared");
    add("hots<5", "there is no column hots");
    add("hots:api", "there is no column hots");
    add("-hots:api", "there is no column hots");
}

void RowFilterTest::whatIsWrongOrUnfinishedIsSaid()
{
    QFETCH(QString, filter);
    QFETCH(QString, says);
    ItemModel model(itemColumns());
    const QString error = models::parseFilter(filter, model.layout()).error;
    QVERIFY2(error.contains(says), qPrintable(error));
}

void RowFilterTest::whatItLooksForIsMarked_data()
{
    QTest::addColumn<QString>("filter");
    QTest::addColumn<QString>("column"); // its id
    QTest::addColumn<QString>("shown");
    QTest::addColumn<QString>("marked"); // with brackets
    const auto add = [](const char *filter, const char *column, const char *shown, const char *marked) {
        QTest::addRow("%s in %s %s", filter, column, shown)
            << QString::fromLatin1(filter) << QString::fromLatin1(column) << QString::fromLatin1(shown)
            << QString::fromLatin1(marked);
    };
    add("Quote", "name", "a quote", "a [quote]");
    add("quote", "name", "Quotes, QUOTE", "[Quote]s, [QUOTE]");
    add("-quote", "name", "quote", "quote");
    add("weight>3", "name", "3", "3");
    add("host:shop", "host", "shop.example.com", "[shop].example.com");
    add("host:shop", "name", "shop", "shop"); // it does not look there
    add("/b.c/", "name", "/back/bic", "/[bac]k/[bic]");
    add("/^a|z$/", "name", "abz", "[a]b[z]");
    add("/x*/", "name", "abc", "abc"); // nothing, everywhere
    add("host:/e+/", "host", "beet tree", "b[ee]t tr[ee]");
    add("host:/e+/", "name", "beet", "beet");
}

void RowFilterTest::whatItLooksForIsMarked()
{
    QFETCH(QString, filter);
    QFETCH(QString, column);
    QFETCH(QString, shown);
    QFETCH(QString, marked);
    ItemModel model(itemColumns());
    int at = -1;
    for (int i = 0; i < model.columnCount(); ++i)
        at = model.layout()[i].id == column ? i : at;
    QVERIFY2(at >= 0, qPrintable(column));
    const models::RowFilter parsed = models::parseFilter(filter, model.layout());
    QCOMPARE(parsed.error, QString());
    QList<models::MarkedPart> parts = models::markedParts(parsed.marks(), at, shown);
    QString seen = shown;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        seen.insert(part->from + part->length, u']').insert(part->from, u'[');
    QCOMPARE(seen, marked);
}

void RowFilterTest::textsSortWithTheirNumbersByValue_data()
{
    QTest::addColumn<QString>("left");
    QTest::addColumn<QString>("right");
    QTest::addColumn<int>("result");
    const auto add = [](const char *left, const char *right, int result) {
        QTest::newRow(left) << QString::fromUtf8(left) << QString::fromUtf8(right) << result;
    };
    add("web-2", "web-10", -1);
    add("web-10", "web-2", 1);
    add("web-02", "web-2", 0);
    add("web", "web-1", -1);
    add("1.10.0", "1.9.3", 1);
    add("a9", "aa", -1);
    add("20000000000000000000001", "20000000000000000000000", 1);
    add("ab", "ab", 0);
}

void RowFilterTest::textsSortWithTheirNumbersByValue()
{
    QFETCH(QString, left);
    QFETCH(QString, right);
    QTEST(models::compareNaturally(left, right), "result");
}

void RowFilterTest::theUnknownSortsLastInBothOrders()
{
    const models::SortKey known = models::sortKeyOf(5);
    const models::SortKey text = models::sortKeyOf(u"b"_s);
    for (const QVariant &nothing :
         {QVariant(), QVariant(QString()), QVariant(QDateTime()), QVariant(std::nan(""))}) {
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            QVERIFY(models::compareInOrder(known, models::sortKeyOf(nothing), order) < 0);
            QVERIFY(models::compareInOrder(text, models::sortKeyOf(nothing), order) < 0);
            QVERIFY(models::compareInOrder(models::sortKeyOf(nothing), known, order) >= 0);
        }
    }
}

void RowFilterTest::theRankSortsBeforeTheKey()
{
    const models::SortKey first = models::sortKeyOf(9, -1), second = models::sortKeyOf(5);
    const models::SortKey unknown = models::sortKeyOf({}, -1);
    QVERIFY(models::compareInOrder(first, second, Qt::AscendingOrder) < 0);
    QVERIFY(models::compareInOrder(first, second, Qt::DescendingOrder) > 0);
    QVERIFY(models::compareInOrder(unknown, second, Qt::AscendingOrder) < 0);
    QVERIFY(models::compareInOrder(unknown, first, Qt::DescendingOrder) > 0);
}

SALLYPORT_TEST(row_filter_test, RowFilterTest)
#include "row_filter_test.moc"

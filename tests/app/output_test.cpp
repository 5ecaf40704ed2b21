// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace app::cli;

class OutputTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void columnsAreAsWideAsTheirWidestCell()
    {
        const Table table{{u"NAME"_s, u"STATE"_s},
                          {{{u"quote-backend"_s}, {u"loaded"_s}}, {{u"q"_s}, {u""_s}}}};
        QCOMPARE(layOut(table, false), u"NAME            STATE\nquote-backend   loaded\nq\n"_s);
    }

    void coloursDoNotMoveColumns()
    {
        const Table table{{u"A"_s, u"B"_s}, {{{u"bad"_s, models::Severity::Error}, {u"x"_s}}}};
        const QString painted = layOut(table, true);
        QVERIFY(painted.contains(u"\033[31mbad\033[0m   x"_s));
        QCOMPARE(QString(painted).remove(u"\033[31m"_s).remove(u"\033[0m"_s), layOut(table, false));
    }

    // A server's words are shown, not obeyed.
    void whatSteersATerminalIsNotPassedOn()
    {
        const QString evil = u"v1\033[2J\x07\u009b31m\ttab\nline"_s;
        QCOMPARE(printable(evil), u"v1\uFFFD[2J\uFFFD\uFFFD31m\ttab\nline"_s);
        const QString shown = layOut({{u"A"_s, u"B"_s}, {{{evil}, {u"b"_s}}}}, false);
        QCOMPARE(shown.count(u'\n'), 2); // one row stays one line
        QVERIFY(!shown.contains(u'\033'));
    }

    void whatIsNotedDoesNotSteerATerminal()
    {
        QByteArray err;
        const Output output(
            Format::Table, true, [](const QByteArray &) {},
            [&err](const QByteArray &bytes) { err += bytes; });
        output.note(u"theirs is \u009b31m\033[2J\n\ta"_s);
        QCOMPARE(QString::fromUtf8(err), u"theirs is \uFFFD31m\uFFFD[2J\n\ta\n"_s);
    }

    void aDocumentNamesItsKindFirst()
    {
        QByteArray out;
        const Output output(
            Format::Json, false, [&out](const QByteArray &bytes) { out += bytes; },
            [](const QByteArray &) {});
        output.document("MappingList", edge::Value::object({{"items", edge::Value::array()}}));
        const auto read = edge::parseJson(out.toStdString());
        QVERIFY(read);
        QCOMPARE(read->members().front().first, std::string("apiVersion"));
        QCOMPARE((*read)["apiVersion"].text(), std::string("sallyport/v1"));
        QCOMPARE((*read)["kind"].text(), std::string("MappingList"));
        QVERIFY((*read)["items"].isArray());
    }

    void aFailureIsOneLineOnStandardErrorAndExitCodeOne()
    {
        QByteArray out, err;
        const Output output(
            Format::Table, false, [&out](const QByteArray &bytes) { out += bytes; },
            [&err](const QByteArray &bytes) { err += bytes; });
        QCOMPARE(output.fail(u"no such context"_s), 1);
        QCOMPARE(err, QByteArray("sallyportctl: no such context\n"));
        QVERIFY(out.isEmpty());
    }
};

SALLYPORT_TEST(output_test, OutputTest)
#include "output_test.moc"

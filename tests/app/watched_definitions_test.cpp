// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl get -w while the definition of the kind changes: other columns stand below a header of their own, and a kind that is served
// in another version is read in that one.
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 30'000;
const std::string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                  Gadgets = "/apis/x.io/v1/namespaces/default/gadgets";

std::string json(QString text) { return text.replace(u'\'', u'"').toStdString(); }

// "a", "b": columns, in this order; "b:wide": shown only to who asks.
std::string definition(const QStringList &columns, const QStringList &served)
{
    QStringList versions, shown;
    for (const QString &column : columns)
        shown.append(u"{'name':'%1','type':'string','jsonPath':'.spec.%2','priority':%3}"_s.arg(
            column.section(u':', 0, 0).toUpper(), column.section(u':', 0, 0),
            column.contains(u':') ? u"1"_s : u"0"_s));
    for (const QString &version : {u"v2"_s, u"v1"_s})
        versions.append(
            u"{'name':'%1','served':%2,'storage':%3,'additionalPrinterColumns':[%4],'schema':{'"
            u"openAPIV3Schema':"
            "{'type':'object','properties':{'spec':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}}}}"_s
                .arg(version, served.contains(version) ? u"true"_s : u"false"_s,
                     version == "v1"_L1 ? u"true"_s : u"false"_s, shown.join(u',')));
    return json(u"{'apiVersion':'apiextensions.k8s.io/"
                u"v1','kind':'CustomResourceDefinition','metadata':{'name':'gadgets.x.io'},"
                "'spec':{'group':'x.io','scope':'Namespaced','names':{'plural':'gadgets','kind':'Gadget','"
                "singular':'gadget',"
                "'listKind':'GadgetList'},'versions':[%1]}}"_s.arg(versions.join(u',')));
}

struct Watched
{
    QString out, err;
    QByteArray all() const { return (out + err).toUtf8(); }
};

} // namespace

class WatchedDefinitionsTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_api;

    bool define(const QStringList &columns, const QStringList &served)
    {
        const ApiAnswer known = m_api->call("GET", Definitions + "/gadgets.x.io");
        if (known.status != 200)
            return m_api->call("POST", Definitions, definition(columns, served)).status == 201;
        edge::Value changed = known.json;
        changed.set("spec", (*edge::parseJson(definition(columns, served)))["spec"]);
        return m_api->call("PUT", Definitions + "/gadgets.x.io", edge::toJson(changed)).status == 200;
    }
    bool put(const QString &name, const QString &a)
    {
        const QString spec = u"'spec':{'a':'%1','b':'beta'}}"_s.arg(a);
        const ApiAnswer made = m_api->call(
            "POST", Gadgets,
            json(u"{'apiVersion':'x.io/v1','kind':'Gadget','metadata':{'name':'%1'},"_s.arg(name) + spec));
        return made.status == 201
            || m_api
                   ->call("PATCH", Gadgets + "/" + name.toStdString(), json(u'{' + spec),
                          {{"content-type", "application/merge-patch+json"}})
                   .status
            == 200;
    }
    std::unique_ptr<QProcess> launch(const QStringList &arguments)
    {
        auto program = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"HOME"_s, m_api->folder());
        program->setProcessEnvironment(environment);
        program->start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                       QStringList{u"--kubeconfig"_s, m_api->kubeconfig(), u"--no-color"_s, u"-n"_s,
                                   u"default"_s, u"get"_s}
                           + arguments + QStringList{u"-w"_s});
        return program;
    }
    static bool sees(QProcess &program, Watched &seen, const std::function<bool()> &what)
    {
        return QTest::qWaitFor(
                   [&] {
                       const bool hasEnded = program.state() == QProcess::NotRunning;
                       seen.out += QString::fromUtf8(program.readAllStandardOutput());
                       seen.err += QString::fromUtf8(program.readAllStandardError());
                       return what() || hasEnded;
                   },
                   Patience)
            && what();
    }
    static bool shows(QProcess &program, Watched &seen, const QString &pattern)
    {
        return sees(program, seen, [&] { return seen.out.contains(QRegularExpression(pattern)); });
    }

private Q_SLOTS:
    void init() { m_api = std::make_unique<ApiFixture>(); }
    void cleanup() { m_api.reset(); }

    void otherColumnsHaveTheirOwnHeader_data()
    {
        QTest::addColumn<QStringList>("before");
        QTest::addColumn<QStringList>("after");
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("then");
        const QStringList both{u"a"_s, u"b"_s}, swapped{u"b"_s, u"a"_s}, none;
        QTest::newRow("another order") << both << swapped << none << u"^NAME +A +B\none +1 +beta\n$"_s
                                       << u"NAME +B +A\none +beta +2\n$"_s;
        QTest::newRow("with events") << both << swapped << QStringList{u"--output-watch-events"_s}
                                     << u"^EVENT +NAME +A +B\nADDED +one +1 +beta\n$"_s
                                     << u"EVENT +NAME +B +A\nMODIFIED +one +beta +2\n$"_s;
        QTest::newRow("one less") << both << QStringList{u"a"_s} << none << u"^NAME +A +B\none +1 +beta\n$"_s
                                  << u"NAME +A\none +2\n$"_s;
        QTest::newRow("a hidden one more") << both << (both + QStringList{u"c:wide"_s}) << none
                                           << u"^NAME +A +B\none +1 +beta\n$"_s << u"one +2 +beta\n$"_s;
        QTest::newRow("names alone") << both << swapped << QStringList{u"-o"_s, u"name"_s}
                                     << u"^gadget.x.io/one\n$"_s << u"gadget.x.io/one\n$"_s;
        QTest::newRow("own columns") << both << swapped << QStringList{u"--column"_s, u"IT:.spec.a"_s}
                                     << u"^NAME +IT\none +1\n$"_s << u"one +2\n$"_s;
    }
    void otherColumnsHaveTheirOwnHeader()
    {
        QFETCH(const QStringList, before);
        QFETCH(const QStringList, after);
        QFETCH(const QStringList, options);
        QFETCH(const QString, first);
        QFETCH(const QString, then);
        QVERIFY(define(before, {u"v1"_s}) && put(u"one"_s, u"1"_s));
        const auto program = launch(QStringList{u"gadgets"_s} + options);
        Watched seen;
        QVERIFY2(shows(*program, seen, first), seen.all().constData());
        QVERIFY(define(after, {u"v1"_s}) && put(u"one"_s, u"2"_s));
        const QString whole = first.chopped(1) + then;
        QVERIFY2(shows(*program, seen, whole), seen.all().constData());
        QCOMPARE(::kill(pid_t(program->processId()), SIGINT), 0);
        QVERIFY(sees(*program, seen, [&] { return program->state() == QProcess::NotRunning; }));
        QCOMPARE(program->exitCode(), 0);
    }

    void anotherVersionIsReadWhereNoneIsNamed_data()
    {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("two");
        QTest::newRow("table") << u"table"_s << u"^NAME +A\none +1\n$"_s << u"^NAME +A\none +1\ntwo +5\n$"_s;
        QTest::newRow("names") << u"name"_s << u"^gadget.x.io/one\n$"_s
                               << u"^gadget.x.io/one\ngadget.x.io/two\n$"_s;
        QTest::newRow("json") << u"json"_s << u"^[^\n]*x.io/v2[^\n]*\"name\":\"one\"[^\n]*\n$"_s
                              << u"^[^\n]*\n[^\n]*x.io/v1[^\n]*\"name\":\"two\"[^\n]*\n$"_s;
    }
    void anotherVersionIsReadWhereNoneIsNamed()
    {
        QFETCH(const QString, format);
        QFETCH(const QString, one);
        QFETCH(const QString, two);
        QVERIFY(define({u"a"_s}, {u"v1"_s, u"v2"_s}) && put(u"one"_s, u"1"_s));
        const auto program = launch({u"gadgets"_s, u"-o"_s, format});
        Watched seen;
        QVERIFY2(shows(*program, seen, one), seen.all().constData());
        QVERIFY(define({u"a"_s}, {u"v1"_s}) && put(u"two"_s, u"5"_s));
        QVERIFY2(shows(*program, seen, two), seen.all().constData());
        QVERIFY2(seen.err.contains(u"gadgets is no longer served in v2"_s)
                     && seen.err.contains(u"it is read in v1 from here on"_s),
                 seen.all().constData());
        QCOMPARE(::kill(pid_t(program->processId()), SIGINT), 0);
        QVERIFY(sees(*program, seen, [&] { return program->state() == QProcess::NotRunning; }));
        QCOMPARE(program->exitCode(), 0);
    }

    void whatIsServedIsSaid_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("isGone");
        QTest::addColumn<QString>("words");
        QTest::newRow("a version is named")
            << u"gadgets.v2.x.io"_s << false
            << u"sallyportctl: the API server no longer serves gadgets.x.io in v2, but in v1: ask for gadgets.v1.x.io, or for gadgets.x.io"_s;
        QTest::newRow("none is left")
            << u"gadgets"_s << true
            << u"sallyportctl: the API server serves no gadgets.x.io any longer: its "_s;
    }
    void whatIsServedIsSaid()
    {
        QFETCH(const QString, kind);
        QFETCH(const bool, isGone);
        QFETCH(const QString, words);
        QVERIFY(define({u"a"_s}, {u"v1"_s, u"v2"_s}) && put(u"one"_s, u"1"_s));
        const auto program = launch({kind});
        Watched seen;
        QVERIFY2(shows(*program, seen, u"\none +1\n$"_s), seen.all().constData());
        if (isGone)
            QCOMPARE(m_api->call("DELETE", Definitions + "/gadgets.x.io").status, 200);
        else
            QVERIFY(define({u"a"_s}, {u"v1"_s}));
        QVERIFY2(sees(*program, seen, [&] { return program->state() == QProcess::NotRunning; }),
                 seen.all().constData());
        QVERIFY2(program->exitCode() == 1 && seen.err.contains(words), seen.all().constData());
    }
};

SALLYPORT_TEST(watched_definitions_test, WatchedDefinitionsTest)
#include "watched_definitions_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Writes that are sent again because the server asked for it: what is known of them once the repeat is refused.
#include "kube/client.h"
#include "kube/transport_error.h"
#include "tests/kube/scripted_api.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

// A server that puts each request off with the first of these statuses, then the second …; the last is the answer.
struct Stage
{
    explicit Stage(const QList<int> &statuses)
        : server([this, statuses](const ServerRequest &, const ServerReply &reply) {
            const qsizetype last = statuses.size() - 1;
            const int status = statuses[qMin(asked, last)];
            const bool isPutOff = asked++ < last;
            reply.answer(status, statusJson(status, "X", "no"),
                         isPutOff ? QByteArray("Retry-After: 1\r\n") : QByteArray());
        })
        , transport(connectionTo(server.url()))
        , client(transport)
    {
    }

    static Connection connectionTo(const QUrl &url)
    {
        Connection connection;
        connection.context = u"dev"_s;
        connection.server = url;
        connection.mode = WriteMode::Normal;
        return connection;
    }

    Error errorOf(const QString &verb)
    {
        WriteOptions options;
        options.dryRun = verb.startsWith(u"dry "_s);
        if (verb.endsWith(u"delete"_s))
            return answered(client.remove(types::pods(), u"shop"_s, u"web"_s, options));
        if (verb.endsWith(u"patch"_s))
            return answered(client.mergePatch(types::pods(), u"shop"_s, u"web"_s, "{}", options));
        return answered(client.get(types::pods(), u"shop"_s, u"web"_s));
    }

    template<typename T>
    static Error answered(const QFuture<Result<T>> &future)
    {
        if (!QTest::qWaitFor([&future] { return future.isFinished(); }, 10'000) || future.result())
            return {};
        return future.result().error();
    }

    qsizetype asked = 0;
    ScriptedServer server;
    Transport transport;
    Client client;
};

} // namespace

class WriteRepeatsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatAnEarlierTryMayHaveDoneIsSaid_data()
    {
        using Kind = Error::Kind;
        QTest::addColumn<QString>("verb");
        QTest::addColumn<QList<int>>("statuses");
        QTest::addColumn<int>("kind");
        QTest::addColumn<bool>("isOpen");
        QTest::addColumn<bool>("isSaid");
        const auto row = [](const char *name, const QString &verb, const QList<int> &statuses, Kind kind,
                            bool isOpen, bool isSaid) {
            QTest::newRow(name) << verb << statuses << int(kind) << isOpen << isSaid;
        };
        const QString patch = u"patch"_s, remove = u"delete"_s;
        row("429 alone is never carried out", patch, {429, 429}, Kind::TooManyRequests, false, false);
        row("429 after 503", patch, {503, 429}, Kind::Server, true, true);
        row("429 after 503 after 429", patch, {429, 503, 429}, Kind::Server, true, true);
        row("a conflict with what it may have written itself", patch, {500, 409}, Kind::Server, true, true);
        row("a conflict after 429", patch, {429, 409}, Kind::Conflict, false, false);
        row("gone, maybe by the try before", remove, {503, 404}, Kind::Server, true, true);
        row("refused for another reason", patch, {503, 422}, Kind::Server, true, true);
        row("503 at last says so itself", patch, {503, 503}, Kind::Server, true, false);
        row("a dry run changes nothing", u"dry patch"_s, {503, 409}, Kind::Conflict, false, false);
        row("a dry removal, too", u"dry delete"_s, {503, 404}, Kind::NotFound, false, false);
        row("a read", u"get"_s, {503, 404}, Kind::NotFound, false, false);
    }

    void whatAnEarlierTryMayHaveDoneIsSaid()
    {
        QFETCH(const QString, verb);
        QFETCH(const QList<int>, statuses);
        QFETCH(const int, kind);
        QFETCH(const bool, isOpen);
        QFETCH(const bool, isSaid);
        Stage stage(statuses);
        const Error error = stage.errorOf(verb);
        QCOMPARE(stage.asked, statuses.size());
        QCOMPARE(error.httpStatus, statuses.last());
        QCOMPARE(int(error.kind), kind);
        QCOMPARE(isOutcomeOpen(error), isOpen);
        const QString said = u"an earlier try was answered HTTP %1 and may have been carried out: look at"_s;
        QVERIFY2(error.message.contains(said.arg(statuses.first() == 429 ? 503 : statuses.first())) == isSaid,
                 qPrintable(error.message));
    }

    // The pause of a 429 that is given up tells nothing of the try before it.
    void givenUpAfterSuchATryIsOpenToo_data()
    {
        QTest::addColumn<QList<int>>("statuses");
        QTest::addColumn<bool>("isOpen");
        QTest::newRow("429 alone") << QList<int>{429, 429} << false;
        QTest::newRow("503, then 429") << QList<int>{503, 429, 429} << true;
    }

    void givenUpAfterSuchATryIsOpenToo()
    {
        QFETCH(const QList<int>, statuses);
        QFETCH(const bool, isOpen);
        Stage stage(statuses);
        std::stop_source stop;
        qsizetype pauses = 0;
        connect(&stage.client, &Client::waiting, this, [&] {
            if (++pauses == statuses.size() - 1)
                stop.request_stop();
        });
        const Error error = Stage::answered(
            stage.client.mergePatch(types::pods(), u"shop"_s, u"web"_s, "{}", {}, stop.get_token()));
        QCOMPARE(int(error.kind), int(Error::Kind::Cancelled));
        QCOMPARE(isOutcomeOpen(error), isOpen);
        QVERIFY2(error.message.contains(u"may have been carried out"_s) == isOpen, qPrintable(error.message));
        QCOMPARE(stage.asked, statuses.size() - 1);
    }
};

SALLYPORT_TEST(write_repeats_test, WriteRepeatsTest)
#include "write_repeats_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// sallyportctl edit where something happens in the middle of it: the object changes between confirmation and write, the connection is
// lost, Ctrl+C is pressed.  What a person has typed is written as it was meant, or kept and found again.
#include "app/demo/object_meta.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include <atomic>
#include <csignal>

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 60'000;
const std::string ConfigMaps = "/api/v1/namespaces/default/configmaps";

enum class Stage { FirstRead, SecondRead, DryRun, Write };
enum class Fault { None, CutBefore, CutAfter, Hold };

// What happens to the next request of that stage, on the server's thread.
struct Plan
{
    Stage stage = Stage::Write;
    Fault fault = Fault::None;
    std::function<void(demo::Store &)> before; // what somebody else does just then
    bool isOnce = true;
};

struct Ended
{
    int code = -1;
    QString out, err;
    QByteArray all() const { return (out + err).toUtf8(); }
    QString kept() const // the file's name
    {
        return QRegularExpression(u"your edit is kept in (\\S+\\.yaml)"_s).match(err).captured(1);
    }
};

demo::Value configMap(const char *a, const char *b)
{
    using demo::Value;
    return Value::object({{"apiVersion", "v1"},
                          {"kind", "ConfigMap"},
                          {"metadata", Value::object({{"name", "x"}, {"namespace", "default"}})},
                          {"data", Value::object({{"a", a}, {"b", b}})}});
}

void replace(demo::Store &store, const char *key, const std::string &value)
{
    const demo::ResourceKind &kind = *store.find({}, "configmaps");
    demo::Value object = *store.get(kind, "default", "x");
    object.child("data").set(key, value);
    (void)store.update(kind, object);
}

void remove(demo::Store &store) { (void)store.remove(*store.find({}, "configmaps"), "default", "x"); }

} // namespace

class EditFaultsTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    std::map<QString, std::unique_ptr<ApiFixture>> m_servers; // by the version of Kubernetes
    ApiFixture *m_api = nullptr;
    Plan m_plan;      // while no command runs, of this thread; then of the server's
    int m_reads = 0;  // of the object
    int m_writes = 0; // that were no dry run
    std::atomic<bool> m_isHeld = false, m_isReleased = false;

    // On the server's thread.
    Stage stageOf(const demo::Call &call)
    {
        if (call.verb == "patch" && call.query.value("dryRun").empty()) {
            ++m_writes;
            return Stage::Write;
        }
        if (call.verb == "patch")
            return Stage::DryRun;
        return ++m_reads == 1 ? Stage::FirstRead : Stage::SecondRead;
    }

    asio::awaitable<std::optional<demo::StoreError>> admit(const demo::Call &call)
    {
        if (call.path.plural != "configmaps" || call.path.name != "x" || stageOf(call) != m_plan.stage)
            co_return std::nullopt;
        if (const auto before = m_plan.isOnce ? std::exchange(m_plan.before, {}) : m_plan.before)
            before(m_api->store());
        const Fault fault = m_plan.isOnce && m_plan.stage != Stage::SecondRead
            ? std::exchange(m_plan.fault, Fault::None)
            : m_plan.fault;
        if (fault == Fault::CutBefore || fault == Fault::CutAfter)
            m_api->cutConnections();
        if (fault == Fault::CutBefore)
            co_return demo::StoreError{500, "InternalError", "nobody hears this", {}};
        asio::steady_timer timer(co_await asio::this_coro::executor);
        m_isHeld = fault == Fault::Hold;
        while (fault == Fault::Hold && !m_isReleased) {
            timer.expires_after(std::chrono::milliseconds(10));
            co_await timer.async_wait(asio::use_awaitable);
        }
        co_return std::nullopt;
    }

    void choose(const QString &version)
    {
        std::unique_ptr<ApiFixture> &server = m_servers[version];
        if (!server) {
            demo::ApiServerHooks hooks;
            hooks.admit = [this](const demo::Call &call) { return admit(call); };
            server = std::make_unique<ApiFixture>(std::move(hooks), version.toStdString());
        }
        m_api = server.get();
    }

    void makeWorld(const Plan &plan)
    {
        m_api->onLoop([&](demo::Store &store) {
            remove(store);
            (void)store.create(*store.find({}, "configmaps"), configMap("1", "1"));
            m_plan = plan;
            m_reads = m_writes = 0;
            m_isHeld = m_isReleased = false;
        });
    }

    QString write(const QString &name, const QByteArray &text) const
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return file.fileName();
    }

    QByteArray read(const QString &name) const
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    int timesEdited() const { return int(read(u"times"_s).count('x')); }

    // then: what the editor does after it has saved; again: in its second round.
    std::unique_ptr<QProcess> launch(const QByteArray &then = {}, const QByteArray &again = {"true"},
                                     const QStringList &more = {u"--yes=demo"_s})
    {
        const QByteArray folder = m_folder.path().toLocal8Bit();
        write(u"times"_s, {});
        const QString editor = write(u"editor"_s,
                                     "#!/bin/sh\necho x >> " + folder + "/times\nif [ $(wc -l < " + folder
                                         + "/times) -gt 1 ]; then " + again
                                         + "; exit; fi\nsed -i 's/a: \"1\"/a: mine/' \"$1\"\n" + then + "\n");
        auto program = std::make_unique<QProcess>();
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const auto &[name, value] :
             {std::pair(u"HOME"_s, m_folder.path()),
              std::pair(u"XDG_DATA_HOME"_s, m_folder.filePath(u"data"_s)),
              std::pair(u"XDG_CONFIG_HOME"_s, m_folder.filePath(u"config"_s)),
              std::pair(u"TMPDIR"_s, m_folder.path()), std::pair(u"KUBE_EDITOR"_s, editor)})
            environment.insert(name, value);
        program->setProcessEnvironment(environment);
        program->start(
            QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
            QStringList{u"--kubeconfig"_s, m_api->kubeconfig(), u"--no-color"_s, u"edit"_s, u"cm/x"_s}
                + more);
        program->waitForStarted();
        return program;
    }

    static Ended end(QProcess &program)
    {
        const bool ended = program.waitForFinished(Patience);
        if (!ended) {
            program.kill();
            program.waitForFinished();
        }
        return {ended ? program.exitCode() : -1, QString::fromUtf8(program.readAllStandardOutput()),
                QString::fromUtf8(program.readAllStandardError())};
    }

    QByteArray data()
    {
        QByteArray text;
        m_api->onLoop([&](demo::Store &store) {
            const demo::ObjectPtr object = store.get(*store.find({}, "configmaps"), "default", "x");
            text = object ? QByteArray::fromStdString(edge::toJson((*object)["data"])) : QByteArray("gone");
        });
        return text;
    }

    // The work is where the last words say, and nobody else's to read.
    static void checkKept(const Ended &ended, bool isKept)
    {
        QVERIFY2(ended.kept().isEmpty() != isKept, ended.all().constData());
        if (!isKept)
            return;
        QFile kept(ended.kept());
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QVERIFY(!(kept.permissions() & (QFile::ReadGroup | QFile::ReadOther)));
        QVERIFY(kept.readAll().contains("a: mine"));
        QVERIFY(kept.remove());
    }

    static void eachVersion(const char *name, const std::function<void(QTestData &)> &row)
    {
        for (const char *version : {"1.37", "1.15"})
            row(QTest::addRow("%s: %s", version, name) << QString::fromLatin1(version));
    }

private Q_SLOTS:
    void cleanupTestCase()
    {
        m_isReleased = true;
        m_servers.clear();
    }

    void whatChangesBetweenConfirmationAndWrite_data()
    {
        using Change = std::function<void(demo::Store &)>;
        QTest::addColumn<QString>("version");
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<Change>("change");
        QTest::addColumn<bool>("isOnce");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("edited"); // so often
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QString>("words");
        const Change beside = [](demo::Store &store) { replace(store, "b", "theirs"); },
                     same = [](demo::Store &store) { replace(store, "a", "theirs"); },
                     always =
                         [](demo::Store &store) { replace(store, "b", std::to_string(store.version())); },
                     gone = [](demo::Store &store) { remove(store); }, another = [](demo::Store &store) {
                         remove(store);
                         (void)store.create(*store.find({}, "configmaps"), configMap("1", "new"));
                     };
        const QByteArray both = R"({"a":"mine","b":"theirs"})", theirs = R"({"a":"theirs","b":"1"})";
        for (const auto &[stage, when] :
             {std::pair(Stage::Write, "write"), std::pair(Stage::DryRun, "dry run")}) {
            const auto row = [&](const char *name, const Change &change, bool isOnce, int code, int edited,
                                 const QByteArray &data, const QString &words) {
                eachVersion(qPrintable(u"%1, before the %2"_s.arg(QLatin1String(name), QLatin1String(when))),
                            [&](QTestData &to) {
                                to << stage << change << isOnce << code << edited << data << words;
                            });
            };
            row("another field", beside, true, 0, 1, both, {});
            row("the same field", same, true, 1, 2, theirs,
                u"somebody else has changed the same meanwhile:\n  data.a: was \"1\", yours is \"mine\", theirs is \"theirs\""_s);
            row("deleted", gone, true, 1, 1, "gone", u"configmaps \"x\" not found"_s);
            row("deleted and made again", another, true, 1, 2, R"({"a":"1","b":"new"})",
                u"ConfigMap default/x was deleted and made anew meanwhile: it is another object now"_s);
            row("again and again", always, false, 1, 1, {}, u"was changed by somebody else"_s);
        }
    }

    void whatChangesBetweenConfirmationAndWrite()
    {
        QFETCH(const QString, version);
        QFETCH(const Stage, stage);
        QFETCH(const std::function<void(demo::Store &)>, change);
        QFETCH(const bool, isOnce);
        QFETCH(const int, code);
        QFETCH(const int, edited);
        QFETCH(const QByteArray, data);
        QFETCH(const QString, words);
        choose(version);
        makeWorld({stage, Fault::None, change, isOnce});
        const auto program = launch();
        const Ended ended = end(*program);
        QVERIFY2(ended.code == code, ended.all().constData());
        QVERIFY2(timesEdited() == edited, ended.all().constData());
        QVERIFY2(ended.err.contains(words), ended.all().constData());
        if (!data.isEmpty())
            QCOMPARE(this->data(), data);
        checkKept(ended, code != 0);
    }

    void aLostConnection_data()
    {
        QTest::addColumn<QString>("version");
        QTest::addColumn<Stage>("stage");
        QTest::addColumn<Fault>("fault");
        QTest::addColumn<int>("edited");
        QTest::addColumn<QByteArray>("data");
        QTest::addColumn<QString>("words");
        QTest::addColumn<bool>("isKept");
        const QByteArray as = R"({"a":"1","b":"1"})", mine = R"({"a":"mine","b":"1"})";
        const auto row = [](const char *name, Stage stage, Fault fault, int edited, const QByteArray &data,
                            const QString &words, bool isKept) {
            eachVersion(name,
                        [&](QTestData &to) { to << stage << fault << edited << data << words << isKept; });
        };
        const QString unknown = u"not known, it may have been written"_s;
        row("after the editor", Stage::SecondRead, Fault::CutBefore, 1, as, {}, true);
        row("dry run", Stage::DryRun, Fault::CutBefore, 1, as, {}, true);
        row("write", Stage::Write, Fault::CutBefore, 1, as, unknown, true);
        row("write, its answer alone", Stage::Write, Fault::CutAfter, 1, mine, unknown, true);
    }

    void aLostConnection()
    {
        QFETCH(const QString, version);
        QFETCH(const Stage, stage);
        QFETCH(const Fault, fault);
        QFETCH(const int, edited);
        QFETCH(const QByteArray, data);
        QFETCH(const QString, words);
        QFETCH(const bool, isKept);
        choose(version);
        makeWorld({stage, fault, {}, true});
        const auto program = launch();
        const Ended ended = end(*program);
        QVERIFY2(ended.code == 1, ended.all().constData());
        QVERIFY2(timesEdited() == edited, ended.all().constData());
        QVERIFY2(ended.all().contains(words.toUtf8()), ended.all().constData());
        QVERIFY2(ended.err.contains(u"configmaps/x"_s), ended.all().constData());
        QCOMPARE(this->data(), data);
        QVERIFY(m_writes <= 1); // sent once
        checkKept(ended, isKept);
    }

    // A read is asked again; nothing was typed yet.
    void aFirstReadThatIsLost()
    {
        choose(u"1.37"_s);
        makeWorld({Stage::FirstRead, Fault::CutBefore, {}, true});
        const auto program = launch();
        const Ended ended = end(*program);
        QVERIFY2(ended.code == 0, ended.all().constData());
        QCOMPARE(timesEdited(), 1);
        QCOMPARE(data(), QByteArray(R"({"a":"mine","b":"1"})"));
    }

    void ctrlC_data()
    {
        QTest::addColumn<QString>("when");
        QTest::addColumn<QString>("words");
        QTest::newRow("in the editor") << u"editor"_s << u"the edit was given up; nothing was written"_s;
        QTest::newRow("in an editor that does not hear it")
            << u"deaf editor"_s << u"the edit was given up; nothing was written"_s;
        QTest::newRow("at the read behind it") << u"read"_s << u"given up"_s;
        QTest::newRow("at the dry run") << u"dry run"_s << u"given up"_s;
        QTest::newRow("at the question") << u"question"_s << u"not confirmed; nothing was written"_s;
        QTest::newRow("at the write") << u"write"_s << u"not known, it may have been written"_s;
    }

    void ctrlC()
    {
        QFETCH(const QString, when);
        QFETCH(const QString, words);
        choose(u"1.37"_s);
        const bool isInEditor = when.endsWith(u"editor"_s), asks = when == u"question"_s;
        const Stage stage = when == u"read"_s ? Stage::SecondRead
            : when == u"write"_s              ? Stage::Write
                                              : Stage::DryRun;
        makeWorld({stage, isInEditor || asks ? Fault::None : Fault::Hold, {}, true});
        const QByteArray folder = m_folder.path().toLocal8Bit();
        QFile::remove(m_folder.filePath(u"ready"_s));
        const QByteArray then = !isInEditor ? QByteArray()
                                            : QByteArray(when == u"editor"_s ? "" : "trap '' INT TERM\n")
                + ": > " + folder + "/ready\nwhile :; do sleep 0.05; done";
        const auto program = launch(then, "true", asks ? QStringList() : QStringList{u"--yes=demo"_s});
        QByteArray said;
        const auto isThere = [&] {
            program->waitForReadyRead(10);
            said += program->readAllStandardError();
            return isInEditor ? QFile::exists(m_folder.filePath(u"ready"_s))
                : asks        ? said.contains("to write this to context")
                              : m_isHeld.load();
        };
        QTRY_VERIFY2_WITH_TIMEOUT(isThere(), said.constData(), Patience);
        QCOMPARE(::kill(pid_t(program->processId()), SIGINT), 0);
        Ended ended = end(*program);
        m_isReleased = true;
        ended.err.prepend(QString::fromUtf8(said));
        QVERIFY2(ended.code == 1, ended.all().constData());
        QVERIFY2(ended.all().contains(words.toUtf8()), ended.all().constData());
        QCOMPARE(timesEdited(), 1);
        checkKept(ended, true);
        if (when != u"write"_s)
            QCOMPARE(data(), QByteArray(R"({"a":"1","b":"1"})"));
    }
};

SALLYPORT_TEST(edit_faults_test, EditFaultsTest)
#include "edit_faults_test.moc"

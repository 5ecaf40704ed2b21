// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/session.h"
#include "app/write_modes.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using kube::WriteMode;

class WriteModesTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

    static kube::Connection connection(const QString &context, const QString &server)
    {
        kube::Connection connection;
        connection.context = context;
        connection.server = QUrl(server);
        return connection;
    }
    void write(const QString &path, const QByteArray &bytes) const
    {
        QFile file(path);
        QVERIFY(QDir().mkpath(QFileInfo(path).path()));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        QCOMPARE(file.write(bytes), bytes.size());
    }

private Q_SLOTS:
    void initTestCase() { qputenv("XDG_DATA_HOME", m_folder.path().toUtf8()); }
    void cleanup() { QFile::remove(app::WriteModes::usualFile()); }

    void whatWasChosenHoldsForThatContextOnly()
    {
        const QString server = u"https://prod:6443"_s;
        const app::WriteModes modes;
        kube::Connection prod = connection(u"prod"_s, server);
        QVERIFY(modes.applyTo(prod)); // nobody has chosen, and there is no file
        QCOMPARE(prod.mode, WriteMode::Confirm);
        QVERIFY(modes.choose(prod, WriteMode::ReadOnly));
        QVERIFY(modes.choose(connection(u"test"_s, server), WriteMode::Normal));
        QCOMPARE(QFile::permissions(app::WriteModes::usualFile()) & (QFile::ReadOther | QFile::ReadGroup),
                 QFile::Permissions());
        const std::pair<kube::Connection, WriteMode> all[]{
            {prod, WriteMode::ReadOnly},
            {connection(u"test"_s, server), WriteMode::Normal},
            {connection(u"prod"_s, u"https://another:6443"_s), WriteMode::Confirm},
            {connection(u"new"_s, server), WriteMode::Confirm}};
        for (auto [each, mode] : all) {
            QVERIFY(app::WriteModes().applyTo(each));
            QCOMPARE(each.mode, mode);
        }
        QVERIFY(modes.choose(prod, WriteMode::Confirm));
        QVERIFY(modes.applyTo(prod));
        QCOMPARE(prod.mode, WriteMode::Confirm);
    }

    void aChoiceThatCannotBeReadAllowsNoWrite_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("cut short") << QByteArray("{\"prod at https://prod:6443\": \"read-o");
        QTest::newRow("no object") << QByteArray("[]");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("an unknown word") << QByteArray("{\"prod at https://prod:6443\": \"readonly\"}");
    }

    void aChoiceThatCannotBeReadAllowsNoWrite()
    {
        QFETCH(QByteArray, file);
        write(app::WriteModes::usualFile(), file);
        kube::Connection prod = connection(u"prod"_s, u"https://prod:6443"_s);
        prod.mode = WriteMode::Normal;
        const auto applied = app::WriteModes().applyTo(prod);
        QVERIFY(!applied);
        QVERIFY2(applied.error().message.contains(app::WriteModes::usualFile()),
                 qPrintable(applied.error().message));
        QCOMPARE(prod.mode, WriteMode::ReadOnly);
    }

    void theCommandLineKeepsToItToo()
    {
        const QString config = m_folder.filePath(u"config"_s);
        write(config,
              "apiVersion: v1\nkind: Config\ncurrent-context: prod\ncontexts: [{name: prod, context: "
              "{cluster: c, "
              "user: u}}]\nclusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\nusers: [{name: u, "
              "user: "
              "{token: t}}]\n");
        app::cli::SessionOptions options;
        options.kubeconfig = config;
        QStringList told;
        options.say = [&told](const QString &text) { told.append(text); };
        const auto before = app::cli::Session(options).connection();
        QVERIFY2(before, before ? "" : qPrintable(before.error().message));
        QCOMPARE(before->mode, WriteMode::Confirm);
        QVERIFY(app::WriteModes().choose(*before, WriteMode::ReadOnly));
        app::cli::Session session(options);
        QCOMPARE(session.connection()->mode, WriteMode::ReadOnly);
        const auto client = session.client();
        QVERIFY(client);
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        const auto done = elsewhere([&] {
            return (*client)->create(kube::types::mappings(u"v2"_s), u"default"_s, "{}", confirmed).result();
        });
        QVERIFY(!done); // before it left: nothing listens there
        QCOMPARE(done.error().kind, kube::Error::Kind::Forbidden);
        QVERIFY(told.isEmpty());
        write(app::WriteModes::usualFile(), "no JSON");
        app::cli::Session lost(options);
        QVERIFY(lost.client());
        QVERIFY(told.size() == 1 && told[0].contains(app::WriteModes::usualFile()));
    }
};

SALLYPORT_TEST(write_modes_test, WriteModesTest)
#include "write_modes_test.moc"

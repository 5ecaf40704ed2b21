// SPDX-License-Identifier: GPL-3.0-or-later
// Which rights are asked for, and which of them another stands in for.
#include "app/rights.h"
#include "app/strict_rights.h"
#include "tests/kube/scripted_server.h"
#include "tests/support/elsewhere.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class RightsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aForwardTakesWhatItsWaysTake_data()
    {
        QTest::addColumn<QByteArray>("verbs");
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<bool>("mayForward");
        const auto row = [](const char *verbs, const char *version, bool mayForward) {
            QTest::addRow("%s at %s", verbs, version)
                << QByteArray(verbs) << QByteArray(version) << mayForward;
        };
        row("'create'", "v1.37.2", true);
        row("'create'", "v1.15.0", true);
        row("'get'", "v1.15.0", true);
        row("'get'", "v1.31.4-eks-1a2b3c4", true);
        row("'get'", "v1.34.9", true);
        row("'get'", "v1.35.0", false);
        row("'get','list'", "v1.37.2", false);
        row("'list'", "v1.31.0", false);
        for (const char *unread : {"", "unknown", "1.31.0", "v2.0.0", "v1.x"})
            row("'get'", unread, false);
    }

    void aForwardTakesWhatItsWaysTake()
    {
        QFETCH(QByteArray, verbs);
        QFETCH(QByteArray, version);
        QFETCH(bool, mayForward);
        QByteArray rules = "{'status':{'resourceRules':[{'verbs':[" + verbs
            + "],'apiGroups':[''],'resources':['pods/portforward']}]}}";
        rules.replace('\'', '"');
        ScriptedServer server([&](const ServerRequest &request, const ServerReply &reply) {
            request.path() == "/version" ? reply.answer(200, "{\"gitVersion\":\"" + version + "\"}")
                                         : reply.answer(201, rules);
        });
        kube::Connection connection;
        connection.server = server.url();
        kube::Transport transport(connection);
        kube::Client client(transport);
        const QString need = u"`create` on `pods/portforward` in `shop`"_s;
        const QStringList missing = mayForward ? QStringList() : QStringList{need};
        QCOMPARE(elsewhere([&] { return app::missingRights(client, {app::rightToForward(u"shop"_s)}, {}); }),
                 missing);
        const app::RightsAnswer asked = elsewhere([&] {
            return app::askRights(client, {{u"create"_s, {}, u"pods/portforward"_s, {u"shop"_s}}}, {});
        });
        QCOMPARE(asked.missing, missing);
        QCOMPARE(asked.notTold, QString());
    }
};

SALLYPORT_TEST(rights_test, RightsTest)
#include "rights_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens of service accounts: whom they admit, for how long, and what a TokenReview says of them.  The expected words are those of
// kube-apiserver 1.37.2; with KUBEBUILDER_ASSETS every row runs against a real one, too.
#include "kube/kubeconfig.h"
#include "tests/demo/api_peers.h"
#include "tests/support/test_class.h"

#include <QtTest>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

const QByteArray Core = "/api/v1/namespaces/default/";
const QByteArray Accounts = Core + "serviceaccounts";
const QByteArray Reviews = "/apis/authentication.k8s.io/v1/tokenreviews";

constexpr char Unauthorized[] =
    R"({"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401})";

constexpr int Uses = 20;
constexpr char Groups[] =
    R"(["system:serviceaccounts","system:serviceaccounts:default","system:authenticated"])";

QByteArray json(QByteArray text) { return text.replace('\'', '"'); }

} // namespace

class ApiTokensTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_peers = std::make_unique<ApiPeers>();
        QCOMPARE(m_peers->start(), QString());
    }

    void aRealServerIsAskedTheSame()
    {
        if (const QString missing = RealApiServer::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        QCOMPARE(ApiPeers::names().size(), 2U);
        QList<QByteArray> versions;
        for (const char *server : ApiPeers::names()) {
            m_peers->choose(server);
            const PeerReply version = m_peers->call("GET", "/version");
            QCOMPARE(version.status, 200);
            versions.append(version.body);
        }
        QVERIFY2(versions[0] != versions[1], "both rows ask the same server");
    }

    void tokens_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<QByteArray>("between"); // METHOD PATH, one a line
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("asked"); // the review's audiences
        QTest::addColumn<QByteArray>("error"); // "" authenticated; UID: any
        constexpr int Admitted = 403;          // whom nothing is granted
        const QByteArray own = "[\"https://kubernetes.default.svc\"]", none;
        const auto row = [](const char *name, const QByteArray &spec, const QByteArray &between, int status,
                            const QByteArray &asked, const QByteArray &error) {
            for (const char *server : ApiPeers::names())
                QTest::addRow("%s: %s", server, name)
                    << json(spec) << between << status << json(asked) << error;
        };
        const auto wrong = [](const QByteArray &why) -> QByteArray {
            return "[invalid bearer token, " + why + "]";
        };
        const auto bound = [](const char *kind, const char *name) -> QByteArray {
            return QByteArray("{'boundObjectRef':{'apiVersion':'v1','kind':'") + kind + "','name':'" + name
                + "'}}";
        };
        const QByteArray gone = wrong("service account token has been invalidated");
        row("of no audience: the API server's", "{}", none, Admitted, none, {});
        row("for somebody else", "{'audiences':['vault']}", none, 401, none,
            wrong("token audiences [\"vault\"] is invalid for the target audiences " + own));
        row("for somebody else, who asks", "{'audiences':['vault']}", none, 401, "['x','vault']", {});
        row("for two", "{'audiences':['vault','https://kubernetes.default.svc']}", none, Admitted, none, {});
        row("asked by another", "{}", none, Admitted, "['vault','x y']",
            wrong("token audiences " + own + " is invalid for the target audiences [\"vault\" \"x y\"]"));
        row("the account is gone", "{}", "DELETE serviceaccounts/bot", 401, none,
            wrong("serviceaccounts \"bot\" not found"));
        row("the account is another one now", "{}", "DELETE serviceaccounts/bot\nPOST serviceaccounts bot",
            401, none, wrong("service account UID (UID) does not match claim (UID)"));
        row("bound to a secret", bound("Secret", "s"), none, Admitted, none, {});
        row("the secret is gone", bound("Secret", "s"), "DELETE secrets/s", 401, none, gone);
        row("the secret is another one now", bound("Secret", "s"), "DELETE secrets/s\nPOST secrets s", 401,
            none, wrong("secret UID (UID) does not match service account secret ref claim (UID)"));
        row("bound to a pod", bound("Pod", "p"), none, Admitted, none, {});
        row("the pod is gone", bound("Pod", "p"), "DELETE pods/p", 401, none, gone);
        row("the pod is another one now", bound("Pod", "p"), "DELETE pods/p\nPOST pods p", 401, none,
            wrong("pod UID (UID) does not match service account pod ref claim (UID)"));
        row("the pod's node is gone", bound("Pod", "p"), "DELETE nodes/n", Admitted, none, {});
        row("the node is gone", bound("Node", "n"), "DELETE nodes/n", 401, none, gone);
        row("bound to a node", bound("Node", "n"), none, Admitted, none, {});
    }

    // A real server remembers for ten seconds whom it has admitted, and may hear of a deletion a moment later: each token is used once.
    void tokens()
    {
        m_peers->choose(QTest::currentDataTag());
        QFETCH(const QByteArray, spec);
        QFETCH(const QByteArray, between);
        QFETCH(const int, status);
        QFETCH(const QByteArray, asked);
        QFETCH(const QByteArray, error);
        makeWorld();
        QList<QByteArray> tokens;
        for (int i = 0; i < (between.isEmpty() ? 1 : Uses); ++i) {
            const PeerReply made = m_peers->call("POST", Accounts + "/bot/token", "{\"spec\":" + spec + "}");
            QVERIFY2(made.status == 201, made.body.constData());
            tokens.append(QByteArray::fromStdString(made.json.at({"status", "token"}).text()));
        }
        for (const QByteArray &line : between.isEmpty() ? QList<QByteArray>() : between.split('\n'))
            change(line);
        QByteArray token;
        PeerReply answer;
        const auto isAnswered = [&] {
            if (answer.status != status && !tokens.isEmpty()) {
                token = tokens.takeFirst();
                answer = m_peers->call("GET", Core + "configmaps", {}, token);
            }
            return answer.status == status;
        };
        QTRY_VERIFY2(isAnswered(), answer.body.constData());
        if (status == 401)
            QCOMPARE(edge::toJson(answer.json), std::string(Unauthorized));
        else
            QVERIFY2(answer.body.contains("system:serviceaccount:default:bot"), answer.body.constData());
        const PeerReply reviewed =
            m_peers->call("POST", Reviews,
                          "{\"spec\":{\"token\":\"" + token + "\""
                              + (asked.isEmpty() ? QByteArray() : ",\"audiences\":" + asked) + "}}");
        QVERIFY2(reviewed.status == 201, reviewed.body.constData());
        const Value &said = reviewed.json["status"];
        if (!error.isEmpty()) {
            static const QRegularExpression uid(u"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"_s);
            QCOMPARE(QString::fromStdString(said["error"].text()).replace(uid, u"UID"_s),
                     QString::fromUtf8(error));
            QCOMPARE(said["user"], Value::object());
            QVERIFY(said["authenticated"].isNull());
            return;
        }
        QVERIFY2(said["authenticated"].toBool(), reviewed.body.constData());
        QCOMPARE(said.at({"user", "username"}).text(), std::string("system:serviceaccount:default:bot"));
        QVERIFY(!said.at({"user", "uid"}).text().empty());
        QCOMPARE(QByteArray::fromStdString(edge::toJson(said.at({"user", "groups"}))), QByteArray(Groups));
        const QByteArray meant =
            asked.isEmpty() ? json("['https://kubernetes.default.svc']") : json("['vault']");
        QCOMPARE(QByteArray::fromStdString(edge::toJson(said["audiences"])), meant);
    }

    void whoHeIs_data()
    {
        QTest::addColumn<QByteArray>("reference");
        QTest::addColumn<QStringList>("extra");
        const QString id = u"credential-id"_s, node = u"node-name=n"_s;
        for (const char *server : ApiPeers::names()) {
            QTest::addRow("%s: unbound", server) << QByteArray() << QStringList{id};
            QTest::addRow("%s: secret", server)
                << json("{'apiVersion':'v1','kind':'Secret','name':'s'}") << QStringList{id};
            QTest::addRow("%s: pod", server)
                << json("{'apiVersion':'v1','kind':'Pod','name':'p'}")
                << QStringList{id, node, u"node-uid"_s, u"pod-name=p"_s, u"pod-uid"_s};
            QTest::addRow("%s: pod without a node", server)
                << json("{'apiVersion':'v1','kind':'Pod','name':'lost'}")
                << QStringList{id, u"node-name=nowhere"_s, u"pod-name=lost"_s, u"pod-uid"_s};
            QTest::addRow("%s: node", server) << json("{'apiVersion':'v1','kind':'Node','name':'n'}")
                                              << QStringList{id, node, u"node-uid"_s};
        }
    }

    void whoHeIs() // as he is told by himself
    {
        m_peers->choose(QTest::currentDataTag());
        QFETCH(const QByteArray, reference);
        QFETCH(const QStringList, extra);
        makeWorld();
        const PeerReply made = m_peers->call(
            "POST", Accounts + "/bot/token",
            reference.isEmpty() ? QByteArray("{}")
                                : QByteArray("{\"spec\":{\"boundObjectRef\":" + reference + "}}"));
        QVERIFY2(made.status == 201, made.body.constData());
        const PeerReply self =
            m_peers->call("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}",
                          QByteArray::fromStdString(made.json.at({"status", "token"}).text()));
        QVERIFY2(self.status == 201, self.body.constData());
        const Value &user = self.json.at({"status", "userInfo"});
        QCOMPARE(user["uid"], made.json.at({"metadata", "uid"}));
        QStringList told;
        for (const auto &[key, values] : user["extra"].members()) {
            const QString name = QString::fromStdString(key).section(u'/', 1);
            QVERIFY(values.items().size() == 1);
            told.append(name.endsWith("-name"_L1)
                            ? name + u'=' + QString::fromStdString(values.items()[0].text())
                            : name);
        }
        QCOMPARE(told, extra);
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("message");
        const auto row = [](const char *name, const QByteArray &body, int status, const char *message) {
            for (const char *server : ApiPeers::names())
                QTest::addRow("%s: %s", server, name) << json(body) << status << QByteArray(message);
        };
        const auto bound = [](const QByteArray &reference) -> QByteArray {
            return "{'spec':{'boundObjectRef':" + reference + "}}";
        };
        row("no such secret", bound("{'apiVersion':'v1','kind':'Secret','name':'x'}"), 404,
            "secrets \"x\" not found");
        row("no such pod", bound("{'apiVersion':'v1','kind':'Pod','name':'x'}"), 404, "pods \"x\" not found");
        row("no such node", bound("{'apiVersion':'v1','kind':'Node','name':'x'}"), 404,
            "nodes \"x\" not found");
        row("no such kind", bound("{'apiVersion':'v1','kind':'ConfigMap','name':'x'}"), 400,
            "cannot bind token to object of type /v1, Kind=ConfigMap");
        row("nothing", bound("{}"), 400, "cannot bind token to object of type /, Kind=");
        row("no name", bound("{'apiVersion':'v1','kind':'Secret'}"), 400, "Name parameter required.");
        row("another uid", bound("{'apiVersion':'v1','kind':'Secret','name':'s','uid':'x'}"), 409,
            "Operation cannot be fulfilled on Secret \"s\": the UID in the bound object reference (x) does "
            "not "
            "match the UID in record. The object might have been deleted and then recreated");
        row("another's pod", bound("{'apiVersion':'v1','kind':'Pod','name':'q'}"), 400,
            "cannot bind token for serviceaccount \"bot\" to pod running with different serviceaccount "
            "name.");
        row("another name", "{'metadata':{'name':'zed'}}", 422,
            "TokenRequest.authentication.k8s.io \"bot\" is invalid: metadata.name: Invalid value: \"zed\": "
            "must "
            "match the service account name if specified");
        row("another namespace", "{'metadata':{'namespace':'zed'}}", 400,
            "the namespace of the provided object does not match the namespace sent on the request");
    }

    void refused()
    {
        m_peers->choose(QTest::currentDataTag());
        QFETCH(const QByteArray, body);
        QFETCH(const int, status);
        QFETCH(const QByteArray, message);
        makeWorld();
        const PeerReply answer = m_peers->call("POST", Accounts + "/bot/token", body);
        QVERIFY2(answer.status == status, answer.body.constData());
        QCOMPARE(QByteArray::fromStdString(answer.json["message"].text()), message);
    }

    void reviewsOfOtherTokens_data()
    {
        QTest::addColumn<QByteArray>("spec");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("said");
        const auto row = [](const char *name, const QByteArray &spec, int status, const QByteArray &said) {
            for (const char *server : ApiPeers::names())
                QTest::addRow("%s: %s", server, name) << json(spec) << status << said;
        };
        row("unknown", "{'token':'nonsense'}", 201, R"({"user":{},"error":"invalid bearer token"})");
        row("none", "{}", 400, "token is required for TokenReview in authentication");
        row("not of an account", "{'token':'admin-token','audiences':['vault']}", 201,
            R"({"user":{},"error":"invalid bearer token"})");
        row("of a person", "{'token':'admin-token'}", 201, "admin");
    }

    void reviewsOfOtherTokens()
    {
        m_peers->choose(QTest::currentDataTag());
        QFETCH(const QByteArray, spec);
        QFETCH(const int, status);
        QFETCH(const QByteArray, said);
        const PeerReply answer = m_peers->call("POST", Reviews, "{\"spec\":" + spec + "}");
        QVERIFY2(answer.status == status, answer.body.constData());
        const Value &user = answer.json.at({"status", "user", "username"});
        QCOMPARE(QByteArray::fromStdString(status != 201       ? answer.json["message"].text()
                                               : user.isNull() ? edge::toJson(answer.json["status"])
                                                               : user.text()),
                 said);
    }

    void anAccountThatIsBeingDeletedIsAdmittedStill()
    {
        m_peers->choose("demo"); // the real one: for a minute, then "has been deleted"
        makeWorld();
        const PeerReply made = m_peers->call("POST", Accounts + "/bot/token", "{}");
        const QByteArray token = QByteArray::fromStdString(made.json.at({"status", "token"}).text());
        QCOMPARE(
            m_peers->call("PATCH", Accounts + "/bot", json("{'metadata':{'finalizers':['a.example/b']}}"))
                .status,
            200);
        QCOMPARE(m_peers->call("DELETE", Accounts + "/bot").status, 200);
        QCOMPARE(m_peers->call("GET", Core + "configmaps", {}, token).status, 403);
        QCOMPARE(m_peers->call("PATCH", Accounts + "/bot", json("{'metadata':{'finalizers':null}}")).status,
                 200);
        QCOMPARE(m_peers->call("GET", Core + "configmaps", {}, token).status, 401);
    }

    void cleanupTestCase() { m_peers.reset(); }

private:
    static QByteArray bodyOf(const QByteArray &plural, const QByteArray &name)
    {
        QByteArray text = "{'metadata':{'name':'" + name + "'}";
        if (plural == "pods")
            text += ",'spec':{'nodeName':'" + QByteArray(name == "lost" ? "nowhere" : "n")
                + "','serviceAccountName':'" + QByteArray(name == "q" ? "other" : "bot")
                + "','terminationGracePeriodSeconds':0,'containers':[{'name':'c','image':'i'}]}";
        return json(text + "}");
    }

    void change(const QByteArray &line)
    {
        const QList<QByteArray> words = line.split(' ');
        const PeerReply done = words[0] == "POST"
            ? m_peers->call("POST", Core + words[1], bodyOf(words[1], words[2]))
            : m_peers->call("DELETE",
                            (words[1].startsWith("nodes/") ? QByteArray("/api/v1/") : Core) + words[1]);
        QVERIFY2(done.status == 200 || done.status == 201, done.body.constData());
    }

    // The accounts, the pods and whatever a token may be bound to, new where they are missing.
    void makeWorld()
    {
        m_peers->call("POST", "/api/v1/nodes", json("{'metadata':{'name':'n'}}"));
        for (const char *object : {"serviceaccounts bot", "secrets s", "pods p", "pods q", "pods lost"}) {
            const QList<QByteArray> words = QByteArray(object).split(' ');
            const PeerReply made = m_peers->call("POST", Core + words[0], bodyOf(words[0], words[1]));
            QVERIFY2(made.status == 201 || made.status == 409, made.body.constData());
        }
    }

    std::unique_ptr<ApiPeers> m_peers;
};

SALLYPORT_TEST(api_tokens_test, ApiTokensTest)
#include "api_tokens_test.moc"

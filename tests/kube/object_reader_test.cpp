// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/certificate.h"
#include "kube/json_framer.h"
#include "kube/line_splitter.h"
#include "kube/object_reader.h"
#include "kube/secret_key_notes.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

namespace {

QByteArray asJson(QByteArray text) { return text.replace('\'', '"'); } // so that the tables stay readable

// The shape that a real server sends after kubectl apply.
const QByteArray mappingJson = asJson(
    "{'apiVersion':'getambassador.io/v2','kind':'Mapping','metadata':{'annotations':{"
    "'kubectl.kubernetes.io/last-applied-configuration':'{\\'apiVersion\\':\\'getambassador.io/v2\\'}\\n'},"
    "'creationTimestamp':'2026-11-24T09:00:00Z','generation':1,'managedFields':[{'apiVersion':"
    "'getambassador.io/v2','fieldsType':'FieldsV1','fieldsV1':{'f:spec':{'.':{},'f:prefix':{}}},"
    "'manager':'kubectl','operation':'Update'}],'name':'quote-backend','namespace':'ambassador',"
    "'resourceVersion':'4711','uid':'0b1c'},'spec':{'prefix':'/backend/','timeout_ms':4.0e3,"
    "'weight':1.0,'big':9007199254740993,'service':'quote'}}");

const QByteArray zippedCopy("H4sIAAAAAAACAzWLqw6AIBSG3+XPBjW6WY0WJ17aUU5ABjo4M+h4dynW7/KCLqM4RHN6NLgrFN"
                            "AkhOaFzWB8+mN3qlSui3oaZasXWYYqrLNtkQpY43XOBt4DS34dC/2/J8fZRaT0Aa3hKtNnAAAA");

QJsonObject parsed(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    return error.error == QJsonParseError::NoError ? document.object() : QJsonObject();
}

QByteArray secretJson(const QByteArray &data, const QByteArray &annotations = "{}")
{
    return asJson("{'kind':'Secret','apiVersion':'v1','metadata':{'name':'istio-certs','namespace':'"
                  "ambassador','uid':'u',"
                  "'resourceVersion':'7','annotations':")
        + annotations + asJson("},'data':") + data + asJson(",'type':'kubernetes.io/tls'}");
}

QString valueOf(const Object &object, const QString &key)
{
    return parsed(object.json)[u"data"][key].toString();
}

} // namespace

class ObjectReaderTest : public QObject
{
    Q_OBJECT

    TestAuthority m_authority;

private Q_SLOTS:
    void anObjectKeepsEverythingButManagedFields()
    {
        const Result<Object> object = readObject(types::mappings(u"v2"_s), mappingJson);
        QVERIFY(object);
        QCOMPARE(object->key(), u"ambassador/quote-backend"_s);
        QCOMPARE(object->uid, u"0b1c"_s);
        QCOMPARE(object->resourceVersion, u"4711"_s);
        QCOMPARE(object->creationTimestamp, u"2026-11-24T09:00:00Z"_s);
        QJsonObject expected = parsed(mappingJson);
        QJsonObject metadata = expected[u"metadata"].toObject();
        metadata.remove(u"managedFields");
        expected[u"metadata"] = metadata;
        QCOMPARE(parsed(object->json), expected);
    }

    void numbersAndTheOrderOfKeysStayAsSent()
    {
        const Result<Object> object = readObject(types::mappings(u"v2"_s), mappingJson);
        QVERIFY(object);
        QVERIFY(object->json.contains(
            asJson("'timeout_ms':4.0e3,'weight':1.0,'big':9007199254740993,'service':'quote'")));
        QVERIFY(object->json.indexOf("\"apiVersion\"") < object->json.indexOf("\"kind\""));
    }

    void managedFieldsAreCutWhereverTheyStand_data()
    {
        QTest::addColumn<QByteArray>("metadata");
        QTest::newRow("first") << QByteArray(asJson("{'managedFields':[{'a':'}],'}],'name':'x','uid':'1'}"));
        QTest::newRow("between") << QByteArray(asJson("{'name':'x','managedFields':[],'uid':'1'}"));
        QTest::newRow("last, with white space")
            << QByteArray("{ \"name\" : \"x\" ,\n \"uid\" : \"1\" , \"managedFields\" : [ { } ] }");
        QTest::newRow("null") << QByteArray(asJson("{'name':'x','managedFields':null,'uid':'1'}"));
        QTest::newRow("absent") << QByteArray(asJson("{'name':'x','uid':'1'}"));
        QTest::newRow("key written with escapes")
            << QByteArray(asJson("{'name':'x','m\\u0061nagedFields':[],'uid':'1'}"));
    }

    void managedFieldsAreCutWhereverTheyStand()
    {
        QFETCH(QByteArray, metadata);
        const Result<Object> object =
            readObject(types::pods(), asJson("{'apiVersion':'v1','kind':'Pod','metadata':") + metadata + "}");
        QVERIFY(object);
        QCOMPARE(object->json,
                 (asJson("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x','uid':'1'}}")));
    }

    void theNewestWriteIsKept_data()
    {
        QTest::addColumn<QByteArray>("managed");
        QTest::addColumn<qint64>("seconds");
        const qint64 noon = QDateTime({2026, 11, 26}, {12, 3, 11}, Qt::UTC).toSecsSinceEpoch();
        QTest::newRow("one") << QByteArray("[{'time':'2026-11-26T12:03:11Z','fieldsV1':{'f:spec':{}}}]")
                             << noon;
        QTest::newRow("the newest, in any order")
            << QByteArray("[{'fieldsV1':{'time':'2030-01-01T00:00:00Z'},'time':'2026-11-26T12:03:11Z'},"
                          "{'time':'2024-02-29T12:00:00Z'}]")
            << noon;
        QTest::newRow("the status is nobody's change") << QByteArray(
            "[{'time':'2026-11-26T12:03:11Z'},{'subresource':'status','time':'2026-11-27T00:00:00Z'}]")
                                                       << noon;
        QTest::newRow("fractions") << QByteArray("[{'time':'2026-11-26T12:03:11.5Z'}]") << noon;
        QTest::newRow("no such day") << QByteArray("[{'time':'2026-02-30T12:03:11Z'}]") << qint64(0);
        QTest::newRow("wrong types") << QByteArray("[7,{'time':3},{'time':null},{'time':''}]") << qint64(0);
        QTest::newRow("null") << QByteArray("null") << qint64(0);
    }
    void theNewestWriteIsKept()
    {
        QFETCH(QByteArray, managed);
        QFETCH(qint64, seconds);
        const Result<Object> object =
            readObject(types::pods(),
                       asJson("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x','managedFields':")
                           + asJson(managed.constData()) + "}}");
        QVERIFY2(object, object ? "" : qPrintable(object.error().message));
        QCOMPARE(object->changedAt, seconds);
    }

    void whoHasWrittenIsKept_data()
    {
        QTest::addColumn<QByteArray>("managed");
        QTest::addColumn<QStringList>("managers");
        QTest::newRow("each once") << QByteArray(
            "[{'manager':'helm','operation':'Update'},{'manager':'argocd-controller'},"
            "{'manager':'helm','operation':'Apply','fieldsV1':{'manager':{}}}]")
                                   << QStringList{u"helm"_s, u"argocd-controller"_s};
        QTest::newRow("the newest first")
            << QByteArray("[{'manager':'helm','time':'2026-11-26T12:03:11Z'},{'manager':'kubectl-edit','time'"
                          ":'2026-11-26T12:03:12Z'},"
                          "{'manager':'istiod','time':'2025-11-26T12:03:12Z'}]")
            << QStringList{u"kubectl-edit"_s, u"helm"_s, u"istiod"_s};
        QTest::newRow("the status is no owner's")
            << QByteArray("[{'manager':'istiod','subresource':'status'}]") << QStringList();
        QTest::newRow("wrong types") << QByteArray("[7,{'manager':3},{'manager':null},{'manager':''}]")
                                     << QStringList();
        QTest::newRow("null") << QByteArray("null") << QStringList();
    }
    void whoHasWrittenIsKept()
    {
        QFETCH(QByteArray, managed);
        QFETCH(QStringList, managers);
        const Result<Object> object =
            readObject(types::pods(),
                       asJson("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x','managedFields':")
                           + asJson(managed.constData()) + "}}");
        QVERIFY2(object, object ? "" : qPrintable(object.error().message));
        QCOMPARE(object->managers, managers);
    }

    void whatSeveralOwnOfOneSecondIsKept_data()
    {
        QTest::addColumn<QByteArray>("managed");
        QTest::addColumn<QByteArray>("kept");
        const QByteArray helm = "{'manager':'helm','time':'2026-11-26T12:03:12Z','fieldsV1':{'f:spec':{}}}";
        const QByteArray edit =
            "{'manager':'edit','time':'2026-11-26T12:03:12Z','fieldsV1':{'f:data':{'f:a':{}}}}";
        QTest::newRow("one") << "[" + helm + "]" << QByteArray();
        QTest::newRow("one, twice") << "[" + helm + "," + helm + "]" << QByteArray();
        QTest::newRow("two, and an older one")
            << "[{'manager':'old','time':'2026-11-26T12:03:11Z','fieldsV1':{'f:x':{}}}," + helm + "," + edit
                + "]"
            << QByteArray("[{'manager':'helm','fieldsV1':{'f:spec':{}}},"
                          "{'manager':'edit','fieldsV1':{'f:data':{'f:a':{}}}}]");
        QTest::newRow("another's status is none") << "[" + helm
                + ",{'manager':'istiod','time':'2026-11-26T12:03:12Z','subresource':'status','fieldsV1':{}}]"
                                                  << QByteArray();
    }
    void whatSeveralOwnOfOneSecondIsKept()
    {
        QFETCH(QByteArray, managed);
        QFETCH(QByteArray, kept);
        const Result<Object> object =
            readObject(types::pods(),
                       asJson("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'x','managedFields':")
                           + asJson(managed.constData()) + "}}");
        QVERIFY2(object, object ? "" : qPrintable(object.error().message));
        QCOMPARE(object->newestWrites, asJson(kept.constData()));
    }

    void itemsOfTypedListsGetTheirKind()
    {
        const Result<ListPage> page = readList(
            types::pods(),
            asJson("{'kind':'PodList','apiVersion':'v1','metadata':{'resourceVersion':'88','continue':'abc'},"
                   "'items':[{'metadata':{'name':'a','namespace':'n'},'spec':{}},{'metadata':{'name':'b','"
                   "namespace':'n'}}]}"));
        QVERIFY(page);
        QCOMPARE(page->resourceVersion, u"88"_s);
        QCOMPARE(page->continueToken, u"abc"_s);
        QCOMPARE(page->items.size(), 2);
        QCOMPARE(
            page->items[0].json,
            (asJson("{'apiVersion':'v1','kind':'Pod','metadata':{'name':'a','namespace':'n'},'spec':{}}")));
    }

    void anEmptyListMayBeNull()
    {
        for (const QByteArray items : {"[]", "null"}) {
            const Result<ListPage> page = readList(
                types::pods(), asJson("{'items':") + items + asJson(",'metadata':{'resourceVersion':'5'}}"));
            QVERIFY(page);
            QVERIFY(page->items.isEmpty());
            QCOMPARE(page->resourceVersion, u"5"_s);
        }
    }

    void eventsAreReadByTheirType_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("type");
        QTest::addColumn<QString>("version");
        using Type = WatchEvent::Type;
        const QByteArray pod =
            asJson("{'kind':'Pod','apiVersion':'v1','metadata':{'name':'a','resourceVersion':'9'}}");
        QTest::newRow("added") << QByteArray(asJson("{'type':'ADDED','object':") + pod + "}")
                               << int(Type::Added) << u"9"_s;
        QTest::newRow("modified") << QByteArray(asJson("{'type':'MODIFIED','object':") + pod + "}")
                                  << int(Type::Modified) << u"9"_s;
        QTest::newRow("object before type")
            << QByteArray(asJson("{'object':") + pod + asJson(",'type':'DELETED'}")) << int(Type::Deleted)
            << u"9"_s;
        QTest::newRow("bookmark") << QByteArray(asJson("{'type':'BOOKMARK','object':{'kind':'Pod','metadata':"
                                                       "{'resourceVersion':'12','creationTimestamp':null}}}"))
                                  << int(Type::Bookmark) << u"12"_s;
        QTest::newRow("410") << QByteArray(
            asJson("{'type':'ERROR','object':{'kind':'Status','status':'Failure','reason':'Expired','code':"
                   "410,'message':'too old'}}"))
                             << int(Type::Failed) << QString();
        QTest::newRow("a table") << QByteArray(
            asJson("{'type':'ADDED','object':{'kind':'Table','apiVersion':'meta.k8s.io/v1','rows':[]}}"))
                                 << int(Type::Foreign) << QString();
    }

    void eventsAreReadByTheirType()
    {
        QFETCH(QByteArray, line);
        QFETCH(int, type);
        QFETCH(QString, version);
        const Result<WatchEvent> event = readEvent(types::pods(), line);
        QVERIFY(event);
        QCOMPARE(int(event->type), type);
        QCOMPARE(event->object.resourceVersion, version);
        if (event->type == WatchEvent::Type::Failed) {
            QCOMPARE(event->error.kind, Error::Kind::Expired);
            QCOMPARE(event->error.message, u"watching pods: too old"_s);
        }
    }

    void whatIsNoAnswerOfAnApiServerIsAnError_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("html") << QByteArray("<html><body>login</body></html>");
        QTest::newRow("an array") << QByteArray("[]");
        QTest::newRow("no name") << QByteArray(asJson("{'kind':'Pod','metadata':{'uid':'1'}}"));
        QTest::newRow("no metadata") << QByteArray(asJson("{'kind':'Pod'}"));
        QTest::newRow("metadata is a number") << QByteArray(asJson("{'kind':'Pod','metadata':5}"));
        QTest::newRow("unfinished") << QByteArray(asJson("{'kind':'Pod','metadata':{'name':'x'"));
        QTest::newRow("two documents") << QByteArray(asJson("{'kind':'Pod','metadata':{'name':'x'}}{}"));
        QTest::newRow("not UTF-8") << QByteArray("{\"kind\":\"Pod\",\"metadata\":{\"name\":\"\xff\xfe\"}}");
    }

    void whatIsNoAnswerOfAnApiServerIsAnError()
    {
        QFETCH(QByteArray, json);
        const Result<Object> object = readObject(types::pods(), json);
        QVERIFY(!object);
        QCOMPARE(object.error().kind, Error::Kind::Protocol);
        QVERIFY2(object.error().message.contains(u"pods"), qPrintable(object.error().message));
        QVERIFY(!readList(types::pods(), json));
        QVERIFY(!readEvent(types::pods(), json));
    }

    // Who went on from there would be sent all that was there once more.
    void aBookmarkHasAVersion_data()
    {
        QTest::addColumn<QByteArray>("metadata");
        QTest::addColumn<bool>("isRead");
        const QByteArray ends = ",'annotations':{'k8s.io/initial-events-end':'true'}";
        QTest::newRow("a version") << QByteArray("'resourceVersion':'12'") << true;
        QTest::newRow("a version, at the end of the first state") << "'resourceVersion':'12'" + ends << true;
        QTest::newRow("an empty one") << QByteArray("'resourceVersion':''") << false;
        QTest::newRow("an empty one, at the end of the first state")
            << "'resourceVersion':''" + ends << false;
        QTest::newRow("none") << QByteArray("'name':''") << false;
        QTest::newRow("none, at the end of the first state") << "'name':''" + ends << false;
        QTest::newRow("a number") << QByteArray("'resourceVersion':12") << false;
    }

    void aBookmarkHasAVersion()
    {
        QFETCH(const QByteArray, metadata);
        QFETCH(const bool, isRead);
        const Result<WatchEvent> event =
            readEvent(types::pods(),
                      asJson("{'type':'BOOKMARK','object':{'kind':'Pod','apiVersion':'v1','metadata':{"
                             + metadata + "}}}"));
        QCOMPARE(event.has_value(), isRead);
        QVERIFY(isRead || event.error().kind == Error::Kind::Protocol);
    }

    // The reader that only walks past a value does not look at it.
    void whatIsNoJsonDeepInsideIsAnErrorToo_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("isJson");
        const auto row = [](const char *name, const QByteArray &value, bool isJson) {
            QTest::newRow(name) << value << isJson;
        };
        row("a word that is none", "nope", false);
        row("a word with a tail", "truest", false);
        row("a number that is none", "1.", false);
        row("a number with zeros ahead", "01", false);
        row("a lonely minus", "[-]", false);
        row("an exponent without digits", "1e+", false);
        row("a list without a comma", "[1 2]", false);
        row("a list that ends with a comma", "[1,]", false);
        row("an object without a colon", "{\"a\" 1}", false);
        row("an object that ends with a comma", "{\"a\":1,}", false);
        row("a key that is no text", "{1:2}", false);
        row("brackets that do not fit", "[{]}", false);
        row("an unknown escape", "\"\\x\"", false);
        row("an escape that is cut", "\"\\u12g4\"", false);
        row("two values", "1 2", false);
        row("deeper than any object", QByteArray(2000, '[') + QByteArray(2000, ']'), false);
        row("as deep as objects get", QByteArray(200, '[') + QByteArray(200, ']'), true);
        row("numbers", "[0,-0,1.5,-1.5e+10,1E-2,123456789012345678901234567890]", true);
        row("texts", "[\"\",\"\\u00e9\\n\\\\\\/\\\"\",\"\xc3\xa9\"]", true);
        row("space", " { \"a\" : [ ] , \"b\" :\n{ } }\t", true);
        row("words", "[true,false,null]", true);
    }

    void whatIsNoJsonDeepInsideIsAnErrorToo()
    {
        QFETCH(QByteArray, value);
        QFETCH(bool, isJson);
        const QByteArray object = "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"},\"spec\":" + value + "}";
        const auto read = readObject(types::pods(), object);
        QCOMPARE(read.has_value(), isJson);
        QCOMPARE(readList(types::pods(), "{\"items\":[" + object + "]}").has_value(), isJson);
        QCOMPARE(readEvent(types::pods(), "{\"type\":\"ADDED\",\"object\":" + object + "}").has_value(),
                 isJson);
        if (!read)
            QVERIFY2(read.error().message.contains(u"pods"), qPrintable(read.error().message));
    }

    void cutAtAnyByteAnObjectIsAnErrorNotACrash()
    {
        for (qsizetype size = 0; size < mappingJson.size(); ++size)
            QVERIFY(!readObject(types::mappings(u"v2"_s), mappingJson.left(size)));
    }

    void aSecretKeepsItsCertificatesAndNothingElse()
    {
        CertificateWish wish;
        wish.commonName = u"edge"_s;
        const TestIdentity edge = m_authority.issue(wish);
        const QByteArray chain = edge.certificate + m_authority.certificate();
        const QByteArray data = asJson("{'tls.crt':'") + chain.toBase64() + asJson("','tls.key':'")
            + edge.key.toBase64() + asJson("','both.pem':'")
            + QByteArray(edge.key + edge.certificate).toBase64() + asJson("','password':'")
            + QByteArray("hunter2").toBase64() + asJson("'}");
        const Result<Object> object = readObject(types::secrets(), secretJson(data));
        QVERIFY(object);
        QCOMPARE(QByteArray::fromBase64(valueOf(*object, u"tls.crt"_s).toLatin1()).simplified(),
                 chain.simplified());
        QCOMPARE(valueOf(*object, u"tls.key"_s), u"{%1 bytes}"_s.arg(edge.key.size()));
        QCOMPARE(QByteArray::fromBase64(valueOf(*object, u"both.pem"_s).toLatin1()).simplified(),
                 edge.certificate.simplified());
        QCOMPARE(valueOf(*object, u"password"_s), u"{7 bytes}"_s);
        QCOMPARE(parsed(object->json)[u"type"].toString(), u"kubernetes.io/tls"_s);
    }

    // A proxy refuses the pair then, and goes on with what it had: seen here, where the key is, or nowhere.
    void aKeyThatIsNotItsCertificatesIsSaid_data()
    {
        QTest::addColumn<QByteArray>("certificate");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QString>("note");
        const auto issue = [this](TestKey kind) {
            CertificateWish wish;
            wish.commonName = u"edge"_s;
            wish.key = kind;
            return m_authority.issue(wish);
        };
        const QByteArray parameters =
            "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        for (const auto &[name, kind] :
             {std::pair("RSA", TestKey::Rsa2048), std::pair("EC", TestKey::EcP256)}) {
            const TestIdentity own = issue(kind), other = issue(kind);
            QTest::addRow("%s, its own", name) << own.certificate << own.key << QString();
            QTest::addRow("%s, in a chain", name)
                << own.certificate + m_authority.certificate() << own.key << QString();
            QTest::addRow("%s, after parameters", name)
                << own.certificate << parameters + own.key << QString();
            QTest::addRow("%s, another's", name)
                << own.certificate << other.key << u", of another certificate"_s;
            QTest::addRow("%s, the second certificate's", name)
                << other.certificate + own.certificate << own.key << u", of a later certificate"_s;
        }
        const TestIdentity rsa = issue(TestKey::Rsa2048), curve = issue(TestKey::EcP256);
        QTest::newRow("a curve's to RSA") << rsa.certificate << curve.key << u", of another certificate"_s;
        QTest::newRow("RSA's to a curve") << curve.certificate << rsa.key << u", of another certificate"_s;
        const TestIdentity edwards = issue(TestKey::Ed25519);
        QTest::newRow("Ed25519, of which it is not known")
            << edwards.certificate << issue(TestKey::Ed25519).key << QString();
        QTest::newRow("by a password")
            << rsa.certificate
            << QByteArray(
                   "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n")
            << u", encrypted by a password"_s;
        QTest::newRow("by a password, in the old form")
            << rsa.certificate
            << QByteArray("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIB\n-----END RSA "
                          "PRIVATE KEY-----\n")
            << u", encrypted by a password"_s;
        QTest::newRow("the certificate twice") << rsa.certificate << rsa.certificate << QString();
        QTest::newRow("nothing") << rsa.certificate << QByteArray() << u", no private key in PEM"_s;
        QTest::newRow("text") << rsa.certificate << QByteArray("secret") << u", no private key in PEM"_s;
        QTest::newRow("no certificate either") << QByteArray("x") << rsa.key << QString();
    }
    void aKeyThatIsNotItsCertificatesIsSaid()
    {
        QFETCH(QByteArray, certificate);
        QFETCH(QByteArray, key);
        QFETCH(QString, note);
        for (const auto &[certificateName, keyName] :
             {std::pair("tls.crt", "tls.key"), std::pair("cert-chain.pem", "key.pem"),
              std::pair("ca-cert.pem", "ca-key.pem")}) {
            const auto pair = [](const char *name, const QByteArray &value) -> QByteArray {
                return QByteArray("\"") + name + "\":\"" + value.toBase64() + "\"";
            };
            const QByteArray first = pair(certificateName, certificate), second = pair(keyName, key);
            for (const QByteArray &data :
                 {QByteArray(first + "," + second), QByteArray(second + "," + first)}) {
                const Result<Object> object = readObject(types::secrets(), secretJson("{" + data + "}"));
                QVERIFY(object);
                const QString kept = valueOf(*object, QString::fromLatin1(keyName));
                if (certificateBlocks(key).isEmpty())
                    QCOMPARE(kept, u"{%1 bytes%2}"_s.arg(key.size()).arg(note));
                if (key.size() > 200 && certificateBlocks(key).isEmpty())
                    QVERIFY(!object->json.contains(key.mid(60, 42).toBase64()));
            }
        }
    }

    // What this reader has written of a Secret is read again from a file.
    void aSizeInAKeysPlaceIsNotJudged()
    {
        const QByteArray json = asJson("{'tls.crt':'") + m_authority.certificate().toBase64()
            + asJson("','tls.key':'{1704 bytes}'}");
        const Result<Object> object = readObject(types::secrets(), secretJson(json));
        QVERIFY(object);
        QVERIFY(!object->json.contains("no private key"));
    }

    // As people write them in files.
    void aKeyInStringDataIsJudgedToo()
    {
        const TestIdentity own = m_authority.issue({}), other = m_authority.issue({});
        for (const TestIdentity *key : {&own, &other}) {
            const auto quoted = [](const QByteArray &pem) { return QByteArray(pem).replace('\n', "\\n"); };
            QByteArray json =
                asJson("{'kind':'Secret','apiVersion':'v1','metadata':{'name':'s'},'stringData':"
                       "{'tls.crt':'CERT','tls.key':'KEY'}}");
            json.replace("CERT", quoted(own.certificate)).replace("KEY", quoted(key->key));
            const Result<Object> object = readObject(types::secrets(), json);
            QVERIFY(object);
            QCOMPARE(object->json.contains(otherCertificatesKey), key == &other);
            QVERIFY(!object->json.contains("no private key"));
        }
    }

    // Whether it is another value can be told without the value.
    void printsTellASecretsValuesApart()
    {
        const auto printsOf = [](const QByteArray &data, const QByteArray &note) {
            const auto object = readObject(
                types::secrets(),
                asJson(
                    "{'kind':'Secret','apiVersion':'v1','metadata':{'name':'s','annotations':{'tool/copy':'")
                    + note + asJson("','kubectl.kubernetes.io/last-applied-configuration':'{}'}},'data':")
                    + data + "}");
            return object ? object->prints : SecretPrints();
        };
        const SecretPrints one = printsOf(asJson("{'a':'b25l','b':'b25l'}"), "x");
        QCOMPARE(one.keys(), (QStringList{u"annotations.tool/copy"_s, u"data.a"_s, u"data.b"_s}));
        QCOMPARE(printsOf(asJson("{'b':'b25l','a':'b25l'}"), "\\u0078"), one);
        const SecretPrints other = printsOf(asJson("{'a':'dHdv','b':'b25l'}"), "y");
        QVERIFY(other[u"data.a"_s] != one[u"data.a"_s]);
        QCOMPARE(other[u"data.b"_s], one[u"data.b"_s]);
        QVERIFY(other[u"annotations.tool/copy"_s] != one[u"annotations.tool/copy"_s]);
        QVERIFY(readObject(types::configMaps(),
                           asJson("{'kind':'ConfigMap','metadata':{'name':'c'},'data':{'a':'b25l'}}"))
                    ->prints.isEmpty());
    }

    // Istio keeps one for each other cluster: who is trusted and who signs in stays, tokens and keys do not.
    void aKubeconfigInASecretKeepsItsCertificates()
    {
        CertificateWish wish;
        wish.commonName = u"istio-reader"_s;
        const TestIdentity user = m_authority.issue(wish);
        const QByteArray both = user.certificate + user.key; // some tools write them into one
        const QByteArray yaml = "apiVersion: v1\nclusters:\n- cluster:\n    certificate-authority-data: "
            + m_authority.certificate().toBase64()
            + "\n    server: https://west\n  name: west\nusers:\n- name: west\n  user:\n    "
              "client-certificate-data: "
            + both.toBase64() + "\n    client-key-data: " + user.key.toBase64() + "\n    token: hunter2\n";
        const QByteArray json = asJson("{'clusters':[{'cluster':{'certificate-authority-data':'")
            + m_authority.certificate().toBase64() + asJson("'}}],'users':[{'user':{'token':'hunter2'}}]}");
        const Result<Object> object =
            readObject(types::secrets(),
                       secretJson(asJson("{'west':'") + yaml.toBase64() + asJson("','east':'")
                                  + json.toBase64() + asJson("','none':'")
                                  + QByteArray("certificate-authority-data: !").toBase64() + asJson("'}")));
        QVERIFY(object);
        const QByteArray west = QByteArray::fromBase64(valueOf(*object, u"west"_s).toLatin1());
        QCOMPARE(west.simplified(), QByteArray(m_authority.certificate() + user.certificate).simplified());
        QCOMPARE(QByteArray::fromBase64(valueOf(*object, u"east"_s).toLatin1()).simplified(),
                 m_authority.certificate().simplified());
        QCOMPARE(valueOf(*object, u"none"_s), u"{29 bytes}"_s);
        for (const QByteArray &secret :
             {user.key.mid(40, 60), user.key.toBase64().mid(40, 60), both.toBase64().right(60),
              QByteArray("hunter2"), QByteArray("hunter2").toBase64()})
            QVERIFY(!object->json.contains(secret));
    }

    // Whatever carries the secret, no byte of it is in what is kept.
    void noPathLeadsASecretIntoTheStore_data()
    {
        QTest::addColumn<QByteArray>("json");
        const QByteArray plain("S3cretValue-of-a-key");
        const QByteArray data = asJson("{'k':'") + plain.toBase64() + asJson("'}");
        const QByteArray copy = (asJson("{\\'data\\':{\\'k\\':\\'")) + plain.toBase64() + asJson("\\'}}");
        QTest::newRow("data") << secretJson(data);
        QTest::newRow("last applied") << secretJson(
            "{}", asJson("{'kubectl.kubernetes.io/last-applied-configuration':'") + copy + asJson("'}"));
        QTest::newRow("another tool's copy")
            << secretJson("{}", asJson("{'kapp.example/original':'") + copy + asJson("'}"));
        const auto annotated = [](const QByteArray &name, const QByteArray &value) {
            return secretJson("{}", "{\"" + name + "\":\"" + value + "\"}");
        };
        // python3: base64(gzip(the object of "data" above)); Rancher and Fleet write such a copy of everything they apply.
        QTest::newRow("a copy as base64 of gzip") << annotated("objectset.rio.cattle.io/applied", zippedCopy);
        QTest::newRow("a copy as base64") << annotated("tool.example/applied", copy.toBase64());
        QTest::newRow("the value's base64 alone") << annotated("tool.example/applied", plain.toBase64());
        QTest::newRow("a copy in YAML")
            << annotated("tool.example/original", "data:\\n  k: " + plain.toBase64() + "\\n");
        QTest::newRow("a copy in plain text") << annotated("tool.example/note", "k=" + plain);
        QTest::newRow("the command that made it") << annotated(
            "kubernetes.io/change-cause", "kubectl create secret generic s --from-literal=k=" + plain);
        QTest::newRow("a known name with something else in it")
            << secretJson("{}", asJson("{'cert-manager.io/alt-names':{'k':'") + plain + asJson("'}}"));
        QTest::newRow("stringData") << QByteArray(
            asJson("{'kind':'Secret','metadata':{'name':'s'},'stringData':{'k':'") + plain + asJson("'}}"));
        QTest::newRow("kind comes last")
            << QByteArray(asJson("{'data':") + data + asJson(",'metadata':{'name':'s'},'kind':'Secret'}"));
        QTest::newRow("no kind, as in lists")
            << QByteArray(asJson("{'data':") + data + asJson(",'metadata':{'name':'s'}}"));
        QTest::newRow("data twice") << QByteArray(
            asJson("{'kind':'Secret','metadata':{'name':'s'},'data':{},'data':") + data + "}");
        QTest::newRow("data with escapes")
            << QByteArray(asJson("{'kind':'Secret','metadata':{'name':'s'},'d\\u0061ta':") + data + "}");
        QTest::newRow("a member we do not know")
            << QByteArray(asJson("{'kind':'Secret','metadata':{'name':'s'},'extra':") + data + "}");
        QTest::newRow("data is a string")
            << QByteArray(asJson("{'kind':'Secret','metadata':{'name':'s'},'data':'") + plain + asJson("'}"));
        QTest::newRow("another kind of that name")
            << QByteArray(asJson("{'kind':'Mystery','metadata':{'name':'s'},'data':") + data + "}");
    }

    void noPathLeadsASecretIntoTheStore()
    {
        QFETCH(QByteArray, json);
        const QByteArray plain("S3cretValue-of-a-key");
        const auto isClean = [&plain](const QByteArray &kept) {
            return !kept.contains(plain) && !kept.contains(plain.toBase64()) && !kept.contains(zippedCopy);
        };
        const Result<Object> object = readObject(types::secrets(), json);
        QVERIFY(object);
        QVERIFY2(isClean(object->json), object->json.constData());
        const Result<ListPage> page =
            readList(types::secrets(), asJson("{'items':[") + json + asJson("],'metadata':{}}"));
        QVERIFY(page);
        QVERIFY2(isClean(page->items.first().json), page->items.first().json.constData());
        const Result<WatchEvent> event =
            readEvent(types::secrets(), asJson("{'type':'MODIFIED','object':") + json + "}");
        QVERIFY(event);
        QVERIFY2(isClean(event->object.json), event->object.json.constData());
    }

    void aSecretsAnnotationsOfNamesStay_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name :
             {"istio.io/service-account.name", "kubernetes.io/service-account.name",
              "cert-manager.io/certificate-name", "cert-manager.io/alt-names", "meta.helm.sh/release-name"})
            QTest::newRow(name) << QString::fromLatin1(name);
    }

    void aSecretsAnnotationsOfNamesStay()
    {
        QFETCH(QString, name);
        const Result<Object> object = readObject(
            types::secrets(), secretJson("{}", "{\"" + name.toUtf8() + asJson("':'a \\'quoted\\'\\tname'}")));
        QVERIFY(object);
        QCOMPARE(parsed(object->json)[u"metadata"][u"annotations"][name].toString(), u"a \"quoted\"\tname"_s);
    }

    void aListOf10000ObjectsIsReadWhole()
    {
        QByteArray json = asJson("{'metadata':{'resourceVersion':'1'},'items':[");
        for (int i = 0; i < 10'000; ++i)
            json += (i ? "," : "")
                + QByteArray(mappingJson)
                      .replace("quote-backend", QByteArray("m").append(QByteArray::number(i)));
        const Result<ListPage> page = readList(types::mappings(u"v2"_s), json + "]}");
        QVERIFY(page);
        QCOMPARE(page->items.size(), 10'000);
        QCOMPARE(page->items.last().name, u"m9999"_s);
        QVERIFY(!page->items.last().json.contains("managedFields"));
    }

    void linesComeOutWholeWhereverTheStreamIsCut()
    {
        const QByteArray stream("{\"a\":1}\r\n\n{\"b\":\"\xc3\xa9\"}\n{\"c\":3}");
        const QList<QByteArray> expected{"{\"a\":1}", "{\"b\":\"\xc3\xa9\"}"};
        for (qsizetype first = 0; first <= stream.size(); ++first) {
            for (qsizetype second = first; second <= stream.size(); ++second) {
                LineSplitter splitter;
                QList<QByteArray> lines = splitter.feed(stream.left(first));
                lines += splitter.feed(stream.mid(first, second - first));
                lines += splitter.feed(stream.mid(second));
                QCOMPARE(lines, expected);
                QCOMPARE(splitter.takeRest(), QByteArray("{\"c\":3}"));
            }
        }
    }

    void watchEventsComeOutWholeHoweverTheyAreLaidOut_data()
    {
        QTest::addColumn<QByteArray>("stream");
        QTest::addColumn<QList<QByteArray>>("events");
        QTest::addColumn<QByteArray>("rest");
        const QByteArray a = "{\"a\":[1]}", b = "{\"b\":\"}\\\"{\\\\\"}", c = "{\n  \"c\": {\n  }\n}";
        const auto row = [](const char *name, const QByteArray &stream, const QList<QByteArray> &events,
                            const QByteArray &rest = {}) { QTest::newRow(name) << stream << events << rest; };
        row("a line each", a + '\n' + b + "\r\n\n", {a, b});
        row("no line ends", a + b + a, {a, b, a});
        row("over several lines", c + '\n' + c + a, {c, c, a});
        row("with half of one", a + "\n{\"x\":\"}", {a}, "{\"x\":\"}");
        row("lists", "[1,[2]][]\n", {"[1,[2]]", "[]"});
        row("what is none is a line", "oops {\r\n" + a, {"oops {\r", a});
        row("none without end", a + " oops", {a}, "oops");
        row("broken off in its line", "{\"a\":{\"x\":1\n" + a, {"{\"a\":{\"x\":1", a});
        row("broken off in a string", "{\"a\":\"x\n" + a, {"{\"a\":\"x", a});
        row("broken off over lines", "{\n \"a\": {\n  \"x\": 1\n" + a, {"{\n \"a\": {\n  \"x\": 1\n", a});
        row("letters", "{\"b\":\"\xc3\xa9\"}", {"{\"b\":\"\xc3\xa9\"}"});
    }
    void watchEventsComeOutWholeHoweverTheyAreLaidOut()
    {
        QFETCH(QByteArray, stream);
        QFETCH(QList<QByteArray>, events);
        QFETCH(QByteArray, rest);
        for (qsizetype first = 0; first <= stream.size(); ++first) {
            for (qsizetype second = first; second <= stream.size(); ++second) {
                JsonFramer framer;
                QList<QByteArray> seen = framer.feed(stream.left(first));
                seen += framer.feed(stream.mid(first, second - first));
                seen += framer.feed(stream.mid(second));
                QCOMPARE(seen, events);
                QCOMPARE(framer.rest(), rest);
            }
        }
    }

    void anEventWithoutEndDoesNotFillTheMemory()
    {
        JsonFramer framer(1000);
        QCOMPARE(framer.feed("{}").size(), 1);
        framer.feed("{\"a\":\"");
        for (int i = 0; i < 2000; ++i)
            framer.feed("x");
        QVERIFY(framer.isOverflowing());
        QVERIFY(framer.feed("\"}{}").isEmpty());
        QVERIFY(framer.rest().isEmpty());
    }

    void aLineWithoutEndDoesNotFillTheMemory()
    {
        LineSplitter splitter(1000);
        QCOMPARE(splitter.feed("ok\n").size(), 1);
        for (int i = 0; i < 2000; ++i)
            splitter.feed("x");
        QVERIFY(splitter.isOverflowing());
        QVERIFY(splitter.feed("\nlater\n").isEmpty());
        QVERIFY(splitter.takeRest().size() <= 1000);
    }
};

SALLYPORT_TEST(object_reader_test, ObjectReaderTest)
#include "object_reader_test.moc"

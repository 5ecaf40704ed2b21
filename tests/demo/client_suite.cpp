// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/client_suite.h"

#include "kube/access.h"
#include "kube/discovery.h"
#include "kube/kubeconfig.h"
#include "kube/listing.h"
#include "kube/log_stream.h"
#include "kube/table.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace kube;
using namespace client_suite;

namespace client_suite {

QByteArray configMap(const QString &name, const QByteArray &value)
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name.toUtf8()
        + "\",\"namespace\":\"default\"},\"data\":{\"a\":\"" + value + "\"}}";
}

WriteOptions confirmed(const QString &manager)
{
    WriteOptions options;
    options.isConfirmed = true;
    options.fieldManager = manager;
    return options;
}

// Printer columns have another name in v1beta1: left out there.
QByteArray gadgetDefinition(bool isOld)
{
    return QByteArray("{\"apiVersion\":\"apiextensions.k8s.io/") + (isOld ? "v1beta1" : "v1")
        + R"(","kind":"CustomResourceDefinition","metadata":{"name":"gadgets.suite.example.com"},
            "spec":{"group":"suite.example.com","scope":"Namespaced",
            "names":{"plural":"gadgets","singular":"gadget","kind":"Gadget","listKind":"GadgetList",
                     "shortNames":["gd"]},
            "versions":[{"name":"v2","served":true,"storage":true,
              "schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object",
                "properties":{"size":{"type":"integer","minimum":1}}}}}})"
        + (isOld
               ? ""
               : R"(,"additionalPrinterColumns":[{"name":"Size","type":"integer","jsonPath":".spec.size"}])")
        + "}]}}";
}

} // namespace client_suite

namespace {

const ResourceType Gadgets{u"suite.example.com"_s, u"v2"_s, u"gadgets"_s, u"Gadget"_s, true};

QByteArray gadget(const QString &name, int size)
{
    return "{\"apiVersion\":\"suite.example.com/v2\",\"kind\":\"Gadget\",\"metadata\":{\"name\":\""
        + name.toUtf8() + "\"},\"spec\":{\"size\":" + QByteArray::number(size) + "}}";
}

} // namespace

void ClientSuite::initTestCase()
{
    QString &kubeconfig = m_kubeconfig;
    if (isReal()) {
        if (const QString missing = RealApiServer::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        m_real = std::make_unique<RealApiServer>();
        QCOMPARE(m_real->start(), QString());
        kubeconfig = m_real->kubeconfig();
    } else {
        m_demo = std::make_unique<ApiFixture>(demo::ApiServerHooks(), m_version.toStdString());
        kubeconfig = m_demo->kubeconfig();
    }
    const auto loaded = Kubeconfig::load({{kubeconfig}, true});
    QVERIFY2(loaded, why(loaded));
    const auto connection = loaded->connection();
    QVERIFY2(connection, why(connection));
    m_transport = std::make_unique<Transport>(*connection);
    m_client = std::make_unique<Client>(*m_transport);
    // Before that the roles of a new server are not all there.
    QTRY_VERIFY2_WITH_TIMEOUT(wait(m_client->rawGet(u"/readyz"_s))
                                  && wait(m_client->get(types::namespaces(), {}, u"default"_s)),
                              isReal() ? m_real->log().constData() : "", 3 * Patience);
}

void ClientSuite::cleanupTestCase()
{
    m_client.reset();
    m_transport.reset();
    m_demo.reset();
    m_real.reset();
}

Result<Object> ClientSuite::create(const QString &name, const QByteArray &value)
{
    return wait(m_client->create(types::configMaps(), u"default"_s, configMap(name, value), confirmed()));
}

QStringList ClientSuite::names()
{
    QStringList all;
    const auto list = wait(m_client->list(types::configMaps(), u"default"_s));
    for (const Object &object : list ? list->items : QList<Object>())
        all.append(object.name + u' ' + object.resourceVersion);
    all.sort();
    return all;
}

QStringList ClientSuite::known(const ObjectStore &store)
{
    QStringList all;
    for (const Object &object : store.objects())
        all.append(object.name + u' ' + object.resourceVersion);
    all.sort();
    return all;
}

void ClientSuite::discovers()
{
    const auto version = wait(m_client->version());
    QVERIFY2(version, why(version));
    QVERIFY(version->gitVersion.startsWith(u"v1."_s));
    const auto catalog = wait(m_client->discovery().fetch());
    QVERIFY2(catalog, why(catalog));
    QVERIFY2(catalog->failures.isEmpty(), qPrintable(catalog->failures.join(u'\n')));
    for (const char *name :
         {"configmaps", "cm", "ConfigMap", "deployments.apps", "customresourcedefinitions"})
        QVERIFY2(catalog->find(QString::fromLatin1(name)), name);
    QCOMPARE(catalog->find(u"cm"_s)->type, types::configMaps());
    QVERIFY(catalog->find(u"pods"_s)->canWatch());
    QCOMPARE(catalog->find(u"namespaces"_s)->type.namespaced, false);
}

void ClientSuite::saysWhatIsMissing()
{
    const auto object = wait(m_client->get(types::configMaps(), u"default"_s, u"nowhere"_s));
    QVERIFY(!object);
    QCOMPARE(int(object.error().kind), int(Error::Kind::NotFound));
    QCOMPARE(object.error().reason, u"NotFound"_s);
    QVERIFY2(object.error().message.contains(u"configmaps \"nowhere\" not found"_s), why(object));
    const auto kind = wait(m_client->list({u"suite.example.com"_s, u"v1"_s, u"nothings"_s, u"Nothing"_s}));
    QVERIFY(!kind);
    QCOMPARE(int(kind.error().kind), int(Error::Kind::NotFound));
}

void ClientSuite::readsTablesAndMetadata()
{
    QVERIFY(create(u"shown"_s));
    const ResourceType type = types::configMaps();
    const auto answer = wait(m_client->getAs(type.path(u"default"_s), acceptTable));
    QVERIFY2(answer, why(answer));
    const auto table = readTable(type, answer->body);
    QVERIFY2(table, why(table));
    QVERIFY(!table->columns.isEmpty());
    QCOMPARE(table->columns.first().name, u"Name"_s);
    const bool isThere = std::any_of(table->rows.begin(), table->rows.end(), [](const TableRow &row) {
        return row.cells.first() == u"shown"_s && row.object.name == u"shown"_s;
    });
    QVERIFY(isThere);
    const auto few = wait(m_client->getAs(type.path(u"default"_s), acceptMetadata));
    QVERIFY2(few, why(few));
    QVERIFY(few->body.contains("PartialObjectMetadataList") && !few->body.contains("\"data\""));
}

// However large a page is, all of them together are the list, in its order.
void ClientSuite::readsPages()
{
    for (int i = 0; i < 5; ++i)
        QVERIFY(create(u"page-%1"_s.arg(i)));
    const QString path = u"/api/v1/configmaps"_s;
    const auto namesIn = [](const QJsonObject &list) {
        QStringList all;
        for (const QJsonValue &item : list[u"items"_s].toArray())
            all.append(item[u"metadata"_s][u"namespace"_s].toString() + u'/'
                       + item[u"metadata"_s][u"name"_s].toString());
        return all;
    };
    const auto whole = wait(m_client->rawGet(path));
    QVERIFY2(whole, why(whole));
    const QStringList truth = namesIn(QJsonDocument::fromJson(whole->body).object());
    QVERIFY(truth.size() > 5);
    for (const int limit : {1, 2, 3, int(truth.size())}) {
        QStringList paged;
        QString more;
        do {
            const auto page =
                wait(m_client->rawGet(path + u"?limit=%1"_s.arg(limit)
                                      + (more.isEmpty() ? more : QString(u"&continue="_s + more))));
            QVERIFY2(page, why(page));
            const QJsonObject list = QJsonDocument::fromJson(page->body).object();
            paged += namesIn(list);
            more = list[u"metadata"_s][u"continue"_s].toString();
        } while (!more.isEmpty() && paged.size() <= truth.size());
        QCOMPARE(paged, truth);
    }
    ListOptions chosen;
    chosen.fieldSelector = u"metadata.name=page-3"_s;
    const auto one = wait(m_client->list(types::configMaps(), u"default"_s, chosen));
    QVERIFY2(one, why(one));
    QCOMPARE(one->items.size(), 1);
    QCOMPARE(one->items.first().name, u"page-3"_s);
}

// By what a client does itself: more than a page holds.
void ClientSuite::listsMoreThanAPage()
{
    constexpr int Many = Listing::PageSize + 20;
    std::vector<QFuture<Result<Object>>> made;
    for (int i = 0; i < Many; ++i)
        made.push_back(m_client->create(
            types::configMaps(), u"default"_s,
            R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"labels":{"many":"yes"},"name":"many-)"
                + QByteArray::number(i) + R"("}})",
            confirmed()));
    for (const auto &each : made) {
        const auto one = wait(each);
        QVERIFY2(one, why(one));
    }
    ListOptions chosen;
    chosen.labelSelector = u"many=yes"_s;
    const auto all = wait(m_client->list(types::configMaps(), u"default"_s, chosen));
    QVERIFY2(all, why(all));
    QSet<QString> names;
    for (const Object &object : all->items)
        names.insert(object.name);
    QCOMPARE(all->items.size(), Many);
    QCOMPARE(names.size(), Many);
}

void ClientSuite::knowsItsRights()
{
    QVERIFY(create(u"guarded"_s));
    const AccessQuestion question{u"delete"_s, u""_s, u"pods"_s, u"default"_s};
    const auto mine = wait(m_client->access().ask(question));
    QVERIFY2(mine, why(mine));
    QVERIFY(mine->isAllowed);
    Connection nobody = m_transport->connection();
    nobody.impersonation = {"Impersonate-User: nobody-in-particular"};
    Transport transport(nobody);
    Client client(transport);
    const auto theirs = wait(client.access().ask(question));
    QVERIFY2(theirs, why(theirs));
    QVERIFY(!theirs->isAllowed);
    QVERIFY2(theirs->message.contains(u"`delete` on `pods` in `default`"_s), qPrintable(theirs->message));
    const auto refused = wait(client.remove(types::configMaps(), u"default"_s, u"guarded"_s, confirmed()));
    QVERIFY(!refused);
    QCOMPARE(int(refused.error().kind), int(Error::Kind::Forbidden));
    ObjectStore store;
    Reflector reflector(transport, types::configMaps(), u"default"_s, store);
    reflector.start();
    QTRY_COMPARE_WITH_TIMEOUT(reflector.state().phase, WatchState::Phase::Waiting, Patience);
    QCOMPARE(int(reflector.state().error.kind), int(Error::Kind::Forbidden));
}

void ClientSuite::hearsWarnings()
{
    const QSignalSpy warned(m_client.get(), &Client::warned);
    const auto list = wait(m_client->list(types::endpoints(), u"default"_s));
    QVERIFY2(list, why(list));
    QStringList texts;
    for (const QList<QVariant> &each : warned)
        texts.append(each.first().toString());
    const QString wanted = u"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"_s;
    QCOMPARE(texts, minor() >= 33 ? QStringList{wanted} : QStringList());
}

// A kind that nobody knew when the program was built: found, refused by its schema, watched, shown as a table.
void ClientSuite::readsCustomResources()
{
    const bool isOld = minor() < 16;
    const ResourceType definitions{u"apiextensions.k8s.io"_s, isOld ? u"v1beta1"_s : u"v1"_s,
                                   u"customresourcedefinitions"_s, u"CustomResourceDefinition"_s, false};
    const auto defined = wait(m_client->create(definitions, {}, gadgetDefinition(isOld), confirmed()));
    QVERIFY2(defined, why(defined));
    const auto isServed = [this] {
        const auto catalog = wait(m_client->discovery().fetch());
        const ApiResource *found = catalog ? catalog->find(u"gd"_s) : nullptr;
        return found && found->type == Gadgets && wait(m_client->list(Gadgets, u"default"_s));
    };
    QTRY_VERIFY_WITH_TIMEOUT(isServed(), Patience);
    ObjectStore store;
    Reflector reflector(*m_transport, Gadgets, {}, store);
    reflector.start();
    QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), Patience);
    const auto refused = wait(m_client->create(Gadgets, u"default"_s, gadget(u"tiny"_s, 0), confirmed()));
    QVERIFY(!refused);
    QCOMPARE(int(refused.error().kind), int(Error::Kind::Invalid));
    QVERIFY2(refused.error().message.contains(u"spec.size"_s), why(refused));
    const auto made = wait(m_client->create(Gadgets, u"default"_s, gadget(u"large"_s, 5), confirmed()));
    QVERIFY2(made, why(made));
    QTRY_VERIFY_WITH_TIMEOUT(store.find(u"default/large"_s), Patience);
    const auto strategic = wait(m_client->patch(PatchType::Strategic, Gadgets, u"default"_s, u"large"_s,
                                                "{\"spec\":{\"size\":6}}", confirmed()));
    QVERIFY(!strategic && strategic.error().httpStatus == 415);
    const auto answer = wait(m_client->getAs(Gadgets.path(u"default"_s), acceptTable));
    const auto table = answer ? readTable(Gadgets, answer->body) : tl::unexpected(answer.error());
    QVERIFY2(table, why(table));
    QCOMPARE(table->rows.size(), 1);
    QCOMPARE(table->columns.value(1).name, isOld ? u"Age"_s : u"Size"_s);
    if (!isOld)
        QCOMPARE(table->rows.first().cells.value(1), u"5"_s);
    const auto gone = wait(m_client->remove(definitions, {}, u"gadgets.suite.example.com"_s, confirmed()));
    QVERIFY2(gone, why(gone));
    QTRY_VERIFY_WITH_TIMEOUT(!store.find(u"default/large"_s), Patience);
}

// No kubelet is needed to say no: a pod without a node, a Service without pods.
void ClientSuite::saysWhyAPodGivesNothing()
{
    const auto pod = wait(m_client->create(types::pods(), u"default"_s,
                                           "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":"
                                           "\"idle\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":"
                                           "\"i:1\"}]}}",
                                           confirmed()));
    QVERIFY2(pod, why(pod));
    LogOptions once;
    once.follow = false;
    LogStream stream(*m_transport, u"default"_s, u"idle"_s, once);
    const QSignalSpy ended(&stream, &LogStream::ended);
    stream.start();
    QTRY_COMPARE_WITH_TIMEOUT(ended.size(), 1, Patience);
    const QString said = ended.first().first().toString();
    QVERIFY2(said.contains(u"no node runs this pod yet"_s), qPrintable(said));
    const auto made = wait(m_client->create(types::services(), u"default"_s,
                                            "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{"
                                            "\"name\":\"empty\"},\"spec\":{\"ports\":[{\"port\":80}]}}",
                                            confirmed()));
    QVERIFY2(made, why(made));
    const auto proxied =
        wait(m_client->rawGet(serviceProxyPath(u"default"_s, u"empty"_s, u"80"_s, u"status"_s)));
    QVERIFY(!proxied);
    QCOMPARE(proxied.error().httpStatus, 503);
    QVERIFY2(proxied.error().message.contains(u"no endpoints available for service \"empty\""_s),
             why(proxied));
}

// SPDX-License-Identifier: GPL-3.0-or-later
// Apply by three states, as kubectl does it and as the client does with servers before 1.16: its patches go to every server.
#include "kube/client_side_apply.h"
#include "tests/demo/client_suite.h"
#include "tests/support/foreign_kubectl.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>

using namespace Qt::StringLiterals;
using namespace kube;
using namespace client_suite;

namespace {

QJsonObject json(const QByteArray &text)
{
    QJsonParseError error;
    const QJsonObject object = QJsonDocument::fromJson(QByteArray(text).replace('\'', '"'), &error).object();
    if (error.error != QJsonParseError::NoError)
        qFatal("%s in %s", qPrintable(error.errorString()), text.constData());
    return object;
}

QByteArray bytes(const QJsonObject &object) { return QJsonDocument(object).toJson(QJsonDocument::Compact); }

const ResourceType Deployments = types::deployments();

QJsonObject deployment(const QByteArray &containers, const QByteArray &more = {})
{
    return json("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'applied','namespace':"
                "'default'},'spec':{'selector':{'matchLabels':{'app':'a'}},"
                + more + "'template':{'metadata':{'labels':{'app':'a'}},'spec':{'containers':" + containers
                + "}}}}");
}

QString envOf(const QJsonValue &container)
{
    QStringList all;
    for (const QJsonValue &each : container[u"env"].toArray())
        all.append(each[u"name"].toString() + u'=' + each[u"value"].toString());
    return all.join(u' ');
}

} // namespace

void ClientSuite::appliesByThreeStates()
{
    const auto containers = [](const QByteArray &image, const QByteArray &env,
                               const QByteArray &more = {}) -> QByteArray {
        return "[{'name':'web','image':'" + image + "','env':" + env
            + ",'ports':[{'containerPort':80}],'volumeMounts':[{'name':'v','mountPath':'/v'}]}" + more + "]";
    };
    const QByteArray volume = "],'volumes':[{'name':'v','emptyDir':{}}";
    const QJsonObject first =
        deployment(containers("web:1", "[{'name':'A','value':'1'},{'name':'B','value':'1'}]",
                              ",{'name':'gone','image':'g:1'}")
                           .chopped(1)
                       + volume + ']',
                   "'replicas':1,'minReadySeconds':5,'strategy':{'type':'RollingUpdate'},");
    const auto made =
        wait(m_client->create(Deployments, u"default"_s, bytes(withLastApplied(first)), confirmed()));
    QVERIFY2(made, why(made));
    const auto theirs = wait(m_client->patch( // somebody else's, which stays
        PatchType::Strategic, Deployments, u"default"_s, u"applied"_s,
        bytes(json("{'spec':{'paused':true,'template':{'spec':{'containers':[{'name':'web','env':[{'name':'"
                   "C','value':'theirs'}]},{'name':'side','image':'s:1'}]}}}}")),
        confirmed(u"others"_s)));
    QVERIFY2(theirs, why(theirs));
    const QJsonObject second =
        withLastApplied(deployment(containers("web:2", "[{'name':'B','value':'2'}]").chopped(1)
                                       + "],'volumes':[{'name':'v','configMap':{'name':'c'}}]",
                                   "'replicas':3,'strategy':{'type':'Recreate'},"));
    const QJsonObject current = QJsonDocument::fromJson(theirs->json).object();
    const QJsonObject patch = applyPatch(lastApplied(current), second, current, ListMerge::ByKeys);
    const auto applied = wait(m_client->patch(PatchType::Strategic, Deployments, u"default"_s, u"applied"_s,
                                              bytes(patch), confirmed()));
    QVERIFY2(applied, why(applied));
    const QJsonObject now = QJsonDocument::fromJson(applied->json).object();
    const QJsonValue spec = now[u"spec"], pod = spec[u"template"][u"spec"];
    const QJsonArray all = pod[u"containers"].toArray();
    QCOMPARE(all.size(), 2); // not "gone"
    QCOMPARE(all[0][u"name"].toString() + all[0][u"image"].toString(), u"webweb:2"_s);
    QCOMPARE(all[1][u"name"].toString(), u"side"_s);
    QCOMPARE(envOf(all[0]), u"C=theirs B=2"_s);
    QCOMPARE(pod[u"volumes"][0].toObject().keys(), (QStringList{u"configMap"_s, u"name"_s}));
    QCOMPARE(spec[u"replicas"].toInt(), 3);
    QCOMPARE(spec[u"minReadySeconds"].toInt(), 0);
    QVERIFY(spec[u"paused"].toBool());
    QCOMPARE(spec[u"strategy"].toObject().keys(), QStringList{u"type"_s});
    QVERIFY2(applyPatch(lastApplied(now), second, now, ListMerge::ByKeys).isEmpty(),
             bytes(applyPatch(lastApplied(now), second, now, ListMerge::ByKeys)).constData());
}

// Whichever of the two applied last, the other goes on from there.
void ClientSuite::appliesInTurnsWithKubectl()
{
    if (const QString missing = missingKubectl(); !missing.isEmpty())
        QSKIP(qPrintable(missing));
    const auto kubectl = [this](const QByteArray &object) {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(foreignKubectl(),
                      {u"--kubeconfig"_s, m_kubeconfig, u"apply"_s, u"--validate=false"_s, u"-f"_s, u"-"_s});
        process.write(object);
        process.closeWriteChannel();
        return process.waitForFinished(Patience) ? QString::fromUtf8(process.readAll()) : u"no end"_s;
    };
    const auto map = [](const QByteArray &data) {
        return json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'turns','namespace':'default'},"
                    "'data':"
                    + data + "}");
    };
    const auto data = [this] {
        const auto object = wait(m_client->get(types::configMaps(), u"default"_s, u"turns"_s));
        return object ? bytes(QJsonDocument::fromJson(object->json).object()[u"data"].toObject())
                      : why(object);
    };
    const auto ours = [this](const QJsonObject &wanted) {
        const auto now = wait(m_client->get(types::configMaps(), u"default"_s, u"turns"_s));
        const QJsonObject current = QJsonDocument::fromJson(now->json).object(),
                          whole = withLastApplied(wanted);
        return wait(m_client->patch(
            PatchType::Strategic, types::configMaps(), u"default"_s, u"turns"_s,
            bytes(applyPatch(lastApplied(current), whole, current, ListMerge::ByKeys)), confirmed()));
    };
    QCOMPARE(kubectl(bytes(map("{'a':'1','b':'1'}"))), u"configmap/turns created\n"_s);
    const auto first = ours(map("{'b':'2','c':'2'}")); // takes kubectl's a away
    QVERIFY2(first, why(first));
    QCOMPARE(data(), QByteArray("{\"b\":\"2\",\"c\":\"2\"}"));
    QCOMPARE(kubectl(bytes(map("{'b':'2','c':'2'}"))), u"configmap/turns unchanged\n"_s);
    QCOMPARE(kubectl(bytes(map("{'c':'3'}"))), u"configmap/turns configured\n"_s); // takes our b away
    QCOMPARE(data(), QByteArray("{\"c\":\"3\"}"));
}

void ClientSuite::appliesWhereTheServerCannot()
{
    if (minor() >= 16) // appliesWithOwners
        return;
    const auto apply = [this](const ResourceType &type, const QJsonObject &object, bool isDry = false) {
        WriteOptions options = confirmed();
        options.dryRun = isDry;
        return wait(m_client->apply(type, u"default"_s, object[u"metadata"][u"name"].toString(),
                                    bytes(object), options));
    };
    const auto specOf = [](const Result<Object> &object) {
        return QJsonDocument::fromJson(object->json).object()[u"spec"].toObject();
    };
    const auto service = [](const QByteArray &ports) {
        return json("{'apiVersion':'v1','kind':'Service','metadata':{'name':'applied','namespace':'default'},"
                    "'spec':{'ports':"
                    + ports + "}}");
    };
    const auto made = apply(types::services(), service("[{'name':'a','port':80},{'name':'b','port':81}]"));
    QVERIFY2(made, why(made));
    const auto dry = apply(types::services(), service("[{'name':'a','port':82}]"), true);
    QVERIFY2(dry && dry->json.contains("82"), why(dry));
    const auto same = apply(types::services(), service("[{'name':'a','port':80},{'name':'b','port':81}]"));
    QVERIFY2(same, why(same));
    QCOMPARE(same->resourceVersion, made->resourceVersion);
    const auto fewer = apply(types::services(), service("[{'name':'b','port':81}]"));
    QVERIFY2(fewer, why(fewer));
    QCOMPARE(specOf(fewer)[u"ports"].toArray().size(), 1);
    QCOMPARE(specOf(fewer)[u"ports"][0][u"port"].toInt(), 81);

    const ResourceType gadgets{u"suite.example.com"_s, u"v2"_s, u"gadgets"_s, u"Gadget"_s, true};
    const auto gadget = [](const QByteArray &spec) {
        return json("{'apiVersion':'suite.example.com/v2','kind':'Gadget','metadata':{'name':'applied',"
                    "'namespace':'default','labels':{'l':'1'}},'spec':"
                    + spec + "}");
    };
    const ResourceType definitions{u"apiextensions.k8s.io"_s, u"v1beta1"_s, u"customresourcedefinitions"_s,
                                   u"CustomResourceDefinition"_s, false};
    const auto defined = wait(m_client->create(definitions, {}, gadgetDefinition(true), confirmed()));
    QVERIFY2(defined, why(defined));
    QTRY_VERIFY_WITH_TIMEOUT(wait(m_client->list(gadgets, u"default"_s)), Patience); // until it is served
    const auto custom = apply(gadgets, gadget("{'size':3}"));
    QVERIFY2(custom, why(custom));
    const auto empty = apply(gadgets, gadget("{}"));
    QVERIFY2(empty, why(empty));
    QVERIFY2(specOf(empty).isEmpty(), empty->json.constData()); // a plain merge would have left it
    const auto broken =
        wait(m_client->apply(types::services(), u"default"_s, u"x"_s, "no: json", confirmed()));
    QVERIFY(!broken && broken.error().kind == Error::Kind::Invalid);
}

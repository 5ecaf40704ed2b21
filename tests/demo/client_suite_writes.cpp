// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/client_suite.h"

using namespace Qt::StringLiterals;
using namespace kube;
using namespace client_suite;

void ClientSuite::createsReplacesAndPatches()
{
    const ResourceType type = types::configMaps();
    const auto made = create(u"one"_s);
    QVERIFY2(made, why(made));
    const auto again = create(u"one"_s);
    QVERIFY(!again && again.error().httpStatus == 409);
    QCOMPARE(again.error().reason, u"AlreadyExists"_s);
    const auto merged =
        wait(m_client->mergePatch(type, u"default"_s, u"one"_s, "{\"data\":{\"b\":\"2\"}}", confirmed()));
    QVERIFY2(merged && merged->json.contains("\"b\":\"2\""), why(merged));
    const auto refused = wait(m_client->jsonPatch(
        type, u"default"_s, u"one"_s,
        "[{\"op\":\"test\",\"path\":\"/data/b\",\"value\":\"3\"},{\"op\":\"remove\",\"path\":\"/data/b\"}]",
        confirmed()));
    QVERIFY(!refused);
    QCOMPARE(int(refused.error().kind), int(Error::Kind::Invalid));
    const auto patched = wait(m_client->jsonPatch(
        type, u"default"_s, u"one"_s,
        "[{\"op\":\"test\",\"path\":\"/data/b\",\"value\":\"2\"},{\"op\":\"remove\",\"path\":\"/data/b\"}]",
        confirmed()));
    QVERIFY2(patched && !patched->json.contains("\"b\""), why(patched));
    const QByteArray newer = configMap(u"one"_s, "3");
    const auto versioned = [&newer](const QString &version) {
        const QByteArray field = QByteArray("\"resourceVersion\":\"") + version.toUtf8() + "\",\"namespace\"";
        return QByteArray(newer).replace("\"namespace\"", field);
    };
    const auto stale =
        wait(m_client->replace(type, u"default"_s, u"one"_s, versioned(made->resourceVersion), confirmed()));
    QVERIFY(!stale);
    QCOMPARE(int(stale.error().kind), int(Error::Kind::Conflict));
    const auto replaced = wait(
        m_client->replace(type, u"default"_s, u"one"_s, versioned(patched->resourceVersion), confirmed()));
    QVERIFY2(replaced && replaced->json.contains("\"a\":\"3\""), why(replaced));
    QCOMPARE(replaced->uid, made->uid);
}

void ClientSuite::dryRunsChangeNothing()
{
    const ResourceType type = types::configMaps();
    WriteOptions dry; // not confirmed: mode Confirm lets dry runs pass
    dry.dryRun = true;
    const auto tried = wait(m_client->create(type, u"default"_s, configMap(u"tried"_s), dry));
    QVERIFY2(tried, why(tried));
    const auto absent = wait(m_client->get(type, u"default"_s, u"tried"_s));
    QVERIFY(!absent);
    QCOMPARE(int(absent.error().kind), int(Error::Kind::NotFound));
    const auto before = create(u"dry"_s);
    QVERIFY2(before, why(before));
    const QByteArray patch = "{\"data\":{\"a\":\"changed\"}}";
    const auto replaced =
        wait(m_client->replace(type, u"default"_s, u"dry"_s, configMap(u"dry"_s, "changed"), dry));
    QVERIFY2(replaced && replaced->json.contains("changed"), why(replaced));
    for (const PatchType how : {PatchType::Merge, PatchType::Strategic}) {
        const auto patched = wait(m_client->patch(how, type, u"default"_s, u"dry"_s, patch, dry));
        QVERIFY2(patched && patched->json.contains("changed"), why(patched));
    }
    const auto operated =
        wait(m_client->jsonPatch(type, u"default"_s, u"dry"_s,
                                 "[{\"op\":\"replace\",\"path\":\"/data/a\",\"value\":\"changed\"}]", dry));
    QVERIFY2(operated && operated->json.contains("changed"), why(operated));
    WriteOptions forced = dry;
    forced.force = true;
    const auto applied =
        wait(m_client->apply(type, u"default"_s, u"dry"_s, configMap(u"dry"_s, "changed"), forced));
    QVERIFY2(applied && applied->json.contains("changed"), why(applied));
    const auto removed = wait(m_client->remove(type, u"default"_s, u"dry"_s, dry));
    QVERIFY2(removed, why(removed));
    const auto after = wait(m_client->get(type, u"default"_s, u"dry"_s));
    QVERIFY2(after, why(after));
    QCOMPARE(after->resourceVersion, before->resourceVersion);
}

void ClientSuite::appliesWithOwners()
{
    const ResourceType type = types::configMaps();
    const auto mine =
        wait(m_client->apply(type, u"default"_s, u"owned"_s, configMap(u"owned"_s), confirmed()));
    QVERIFY2(mine && mine->json.contains("\"a\":\"1\""), why(mine));
    const auto theirs = wait(
        m_client->apply(type, u"default"_s, u"owned"_s, configMap(u"owned"_s, "2"), confirmed(u"others"_s)));
    if (minor() < 16) { // merged instead: nobody owns a field there
        QVERIFY2(theirs && theirs->json.contains("\"a\":\"2\""), why(theirs));
        return;
    }
    QVERIFY(!theirs);
    const auto conflicts = fieldConflicts(theirs.error());
    QCOMPARE(conflicts.size(), 1);
    QCOMPARE(conflicts[0].field, u".data.a"_s);
    QCOMPARE(conflicts[0].manager, u"suite"_s);
    WriteOptions force = confirmed(u"others"_s);
    force.force = true;
    const auto taken =
        wait(m_client->apply(type, u"default"_s, u"owned"_s, configMap(u"owned"_s, "2"), force));
    QVERIFY2(taken && taken->json.contains("\"a\":\"2\""), why(taken));
}

void ClientSuite::removesWithPreconditions()
{
    const ResourceType type = types::configMaps();
    const auto made = create(u"doomed"_s);
    QVERIFY2(made, why(made));
    WriteOptions other = confirmed();
    other.uidPrecondition = u"00000000-0000-4000-8000-000000000000"_s;
    const auto refused = wait(m_client->remove(type, u"default"_s, u"doomed"_s, other));
    QVERIFY(!refused && refused.error().httpStatus == 409);
    WriteOptions older = confirmed();
    older.uidPrecondition = made->uid;
    older.resourceVersionPrecondition = u"1"_s;
    const auto stale = wait(m_client->remove(type, u"default"_s, u"doomed"_s, older));
    QVERIFY(!stale && stale.error().httpStatus == 409);
    WriteOptions same = confirmed();
    same.uidPrecondition = made->uid;
    same.resourceVersionPrecondition = made->resourceVersion;
    const auto removed = wait(m_client->remove(type, u"default"_s, u"doomed"_s, same));
    QVERIFY2(removed, why(removed));
    const auto gone = wait(m_client->get(type, u"default"_s, u"doomed"_s));
    QVERIFY(!gone && gone.error().httpStatus == 404);
}

void ClientSuite::patchesListsByTheirKey()
{
    const auto made = wait(m_client->create(types::services(), u"default"_s,
                                            "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{"
                                            "\"name\":\"web\",\"namespace\":\"default\"},"
                                            "\"spec\":{\"ports\":[{\"name\":\"http\",\"port\":80}]}}",
                                            confirmed()));
    QVERIFY2(made, why(made));
    const auto patched =
        wait(m_client->patch(PatchType::Strategic, types::services(), u"default"_s, u"web"_s,
                             "{\"spec\":{\"ports\":[{\"name\":\"https\",\"port\":443}]}}", confirmed()));
    QVERIFY2(patched, why(patched));
    QVERIFY2(patched->json.contains("\"http\"") && patched->json.contains("\"https\""),
             patched->json.constData()); // a merge patch would have lost the first
}

namespace {

QByteArray secretOf(const QByteArray &name, const QByteArray &value)
{
    return "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"" + name
        + "\"},\"data\":{\"password\":\"" + value + "\"}}";
}

} // namespace

void ClientSuite::refusesBytesThatAreNone_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("why"); // "": it is taken
    const auto at = [](int byte) { return u"illegal base64 data at input byte %1"_s.arg(byte); };
    QTest::newRow("a size") << QByteArray("{12 bytes}") << at(0);
    QTest::newRow("short") << QByteArray("YWJ") << at(0);
    QTest::newRow("a space") << QByteArray("YW Jj") << at(2);
    QTest::newRow("padding too much") << QByteArray("YWJj=") << at(4);
    QTest::newRow("more behind the padding") << QByteArray("YQ==YQ==") << at(4);
    QTest::newRow("half a padding") << QByteArray("YQ=") << at(3);
    QTest::newRow("for addresses") << QByteArray("YW-_") << at(2);
    QTest::newRow("a line break") << QByteArray("YW\\nJj") << QString();
    QTest::newRow("nothing") << QByteArray() << QString();
}
void ClientSuite::refusesBytesThatAreNone()
{
    QFETCH(QByteArray, value);
    QFETCH(QString, why);
    const ResourceType type = types::secrets();
    const QString home = u"default"_s;
    WriteOptions dry;
    dry.dryRun = true;
    const auto made = wait(m_client->create(type, home, secretOf("made", value), dry));
    QCOMPARE(made.has_value(), why.isEmpty());
    if (!made)
        QVERIFY2(made.error().httpStatus == 400
                     && made.error().message.endsWith(
                         u"Secret in version \"v1\" cannot be handled as a Secret: "_s + why),
                 qPrintable(made.error().message));
    static const QByteArray name = "bytes";
    (void)wait(m_client->create(type, home, secretOf(name, "YWJj"), confirmed()));
    const QByteArray patch = "{\"data\":{\"password\":\"" + value + "\"}}";
    for (const PatchType how : {PatchType::Merge, PatchType::Strategic}) {
        const auto patched = wait(m_client->patch(how, type, home, u"bytes"_s, patch, dry));
        QCOMPARE(patched.has_value(), why.isEmpty());
        QVERIFY2(patched || (patched.error().httpStatus == 422 && patched.error().message.contains(why)),
                 qPrintable(patched ? QString() : patched.error().message));
    }
    if (minor() < 16)
        return;
    const auto applied = wait(m_client->apply(type, home, u"applied"_s, secretOf("applied", value), dry));
    QCOMPARE(applied.has_value(), why.isEmpty());
    QVERIFY2(
        applied
            || applied.error().message.contains(
                u"failed to convert new object (/applied; /v1, Kind=Secret) to proper version: unable to "
                "convert unstructured object to /v1, Kind=Secret: error decoding from json: "_s
                + why),
        qPrintable(applied ? QString() : applied.error().message));
}

// By fingerprints of its values, for the values themselves are not kept.
void ClientSuite::knowsAnUnchangedSecret()
{
    if (minor() < 16)
        QSKIP("this server knows no server-side apply");
    const ResourceType type = types::secrets();
    const QString home = u"default"_s, name = u"printed"_s;
    const auto first = wait(m_client->apply(type, home, name, secretOf("printed", "b25l"), confirmed()));
    QVERIFY2(first, why(first));
    const auto there = wait(m_client->get(type, home, name));
    QVERIFY2(there, why(there));
    QCOMPARE(there->prints, first->prints);
    WriteOptions dry;
    dry.dryRun = true;
    dry.fieldManager = confirmed().fieldManager; // whose fields they are
    const auto same =
        wait(m_client->apply(type, home, name,
                             "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":"
                             "\"printed\"},\"stringData\":{\"password\":\"one\"}}",
                             dry));
    QVERIFY2(same, why(same));
    QCOMPARE(same->prints, there->prints);
    const auto other = wait(m_client->apply(type, home, name, secretOf("printed", "dHdv"), dry));
    QVERIFY2(other, why(other));
    QCOMPARE(other->prints.keys(), there->prints.keys());
    QVERIFY(other->prints != there->prints);
    QVERIFY(!there->json.contains("b25l"));
}

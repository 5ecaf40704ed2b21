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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/client_suite.h"

#include <QRandomGenerator>

using namespace Qt::StringLiterals;
using namespace kube;
using namespace client_suite;

// After any history the store is what the server has.
void ClientSuite::keepsAStoreEqual()
{
    ObjectStore store;
    Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
    reflector.start();
    QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), Patience);
    QRandomGenerator numbers(7);
    for (int i = 0; i < 60; ++i) {
        const QString name = u"random-%1"_s.arg(numbers.bounded(12));
        const bool isThere = store.find(u"default/"_s + name);
        if (!isThere)
            (void)create(name, QByteArray::number(i));
        else if (numbers.bounded(3) == 0)
            (void)wait(m_client->remove(types::configMaps(), u"default"_s, name, confirmed()));
        else
            (void)wait(m_client->mergePatch(types::configMaps(), u"default"_s, name,
                                            "{\"data\":{\"a\":\"" + QByteArray::number(i) + "\"}}",
                                            confirmed()));
    }
    const QStringList truth = names();
    QVERIFY(truth.size() >= 3);
    QTRY_COMPARE_WITH_TIMEOUT(known(store), truth, Patience);
}

void ClientSuite::keepsTheMetadataOnly()
{
    QVERIFY(create(u"slim"_s, "data that is not wanted"));
    ObjectStore store;
    Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
    reflector.readMetadataOnly();
    reflector.start();
    QTRY_VERIFY_WITH_TIMEOUT(store.isComplete() && store.find(u"default/slim"_s), Patience);
    QVERIFY(create(u"slim-later"_s, "data that is not wanted"));
    QTRY_VERIFY_WITH_TIMEOUT(store.find(u"default/slim-later"_s), Patience);
    for (const Object &object : store.objects())
        QVERIFY2(!object.json.contains("not wanted") && !object.uid.isEmpty(), object.json.constData());
}

// As get -w asks: rows, of one object alone, each change by itself; a bookmark is none.
void ClientSuite::watchesTheServersTable()
{
    QVERIFY(create(u"tabled"_s));
    ObjectStore store;
    Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
    QStringList header, rows;
    connect(&reflector, &Reflector::columnsChanged, this, [&header](const QList<TableColumn> &columns) {
        for (const TableColumn &column : columns)
            header.append(column.name);
    });
    connect(&store, &ObjectStore::happened, this, [&rows](const Delta &delta) {
        rows.append((delta.type == Delta::Type::Remove ? u"-"_s : u"+"_s)
                    + delta.object.cells.mid(0, 2).join(u' '));
    });
    reflector.readTables();
    reflector.select({}, u"metadata.name=tabled"_s);
    reflector.start();
    QTRY_COMPARE_WITH_TIMEOUT(rows, QStringList{u"+tabled 1"_s}, Patience);
    QCOMPARE(header.mid(0, 2), (QStringList{u"Name"_s, u"Data"_s}));
    QVERIFY(create(u"beside"_s));
    for (const char *data : {R"({"data":{"b":"2"}})", R"({"data":{"b":null}})"}) {
        const auto patched =
            wait(m_client->mergePatch(types::configMaps(), u"default"_s, u"tabled"_s, data, confirmed()));
        QVERIFY2(patched, why(patched));
    }
    QVERIFY(wait(m_client->remove(types::configMaps(), u"default"_s, u"tabled"_s, confirmed())));
    QTRY_COMPARE_WITH_TIMEOUT(
        rows, (QStringList{u"+tabled 1"_s, u"+tabled 2"_s, u"+tabled 1"_s, u"-tabled 1"_s}), Patience);
}

// Deleted and made again under its name between two looks: another uid is another object.
void ClientSuite::noticesAnObjectMadeAnew()
{
    const auto first = create(u"phoenix"_s);
    QVERIFY2(first, why(first));
    ObjectStore store;
    Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
    reflector.start();
    QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), Patience);
    const auto removed = wait(m_client->remove(types::configMaps(), u"default"_s, u"phoenix"_s, confirmed()));
    QVERIFY2(removed, why(removed));
    const auto second = create(u"phoenix"_s);
    QVERIFY2(second, why(second));
    QVERIFY(first->uid != second->uid);
    const auto uid = [&store] {
        const Object *found = store.find(u"default/phoenix"_s);
        return found ? found->uid : QString();
    };
    QTRY_COMPARE_WITH_TIMEOUT(uid(), second->uid, Patience);
}

void ClientSuite::readsItsOwnWrites()
{
    ObjectStore store;
    Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
    reflector.start();
    QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), Patience);
    for (int i = 0; i < 5; ++i) {
        const QString name = u"mine-%1"_s.arg(i);
        const auto made = create(name);
        QVERIFY2(made, why(made));
        bool wasThere = false, isSeen = false;
        reflector.whenSeen(made->resourceVersion, this, [&] {
            isSeen = true;
            wasThere = store.find(u"default/"_s + name);
        });
        QTRY_VERIFY_WITH_TIMEOUT(isSeen, Patience);
        QVERIFY(wasThere);
    }
}

// A real server sends GOAWAY by chance (--goaway-chance), the demo's closes every tenth connection.
void ClientSuite::livesThroughClosedConnections()
{
    if (m_demo)
        QCOMPARE(m_demo->call("POST", "/_sim/api-goaway").status, 200);
    ObjectStore store;
    Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
    reflector.start();
    QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), Patience);
    for (int i = 0; i < 200; ++i) {
        const auto answer = wait(m_client->get(types::namespaces(), {}, u"default"_s));
        QVERIFY2(answer, why(answer));
    }
    (void)create(u"after"_s);
    QTRY_VERIFY_WITH_TIMEOUT(store.find(u"default/after"_s), Patience);
    if (m_demo)
        QCOMPARE(m_demo->call("DELETE", "/_sim/api-goaway").status, 200);
}

// 410: the demo's server forgets its log when told; a real one, when it starts anew, knows no version before.
void ClientSuite::listsAgainWhatHasExpired()
{
    ObjectStore store;
    Reflector reflector(*m_transport, types::configMaps(), u"default"_s, store);
    reflector.start();
    QTRY_VERIFY_WITH_TIMEOUT(store.isComplete(), Patience);
    if (m_demo)
        QCOMPARE(m_demo->call("POST", "/_sim/api-410").status, 200);
    else
        QCOMPARE(m_real->restart(), QString());
    const auto isMade = [this] {
        const auto made = create(u"since"_s);
        return made || made.error().reason == u"AlreadyExists"_s;
    };
    QTRY_VERIFY2_WITH_TIMEOUT(isMade(), isReal() ? m_real->log().constData() : "", 3 * Patience);
    QTRY_VERIFY_WITH_TIMEOUT(store.find(u"default/since"_s), 2 * Patience);
    QTRY_COMPARE_WITH_TIMEOUT(known(store), names(), Patience);
    QTRY_COMPARE_WITH_TIMEOUT(reflector.state().phase, WatchState::Phase::Live, Patience);
}

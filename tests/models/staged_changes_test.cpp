// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/staged_changes.h"
#include "models/analysis/undo.h"
#include "models/items/staged_rows.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using edge::Value;
using models::Change;
using models::StagedChange;
using models::StagedChanges;
using State = StagedChange::State;

namespace {

Value yaml(const QByteArray &text)
{
    auto documents = edge::parseYaml(text.toStdString(), "test");
    if (!documents || documents->size() != 1)
        qFatal("not one document: %s", text.constData());
    return documents->front();
}

Value json(const QByteArray &text) { return edge::parseJson(text.toStdString()).value_or(Value()); }

// A Mapping as a server keeps it; "" none.
std::optional<Value> stored(const QByteArray &spec, const QByteArray &version = "41",
                            const QByteArray &more = {})
{
    if (spec.isEmpty())
        return {};
    return yaml(
        "{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: m, namespace: default, uid: "
        "u-1, resourceVersion: '"
        + version + "'" + more + "}, spec: " + spec + "}");
}

Change planned(const QByteArray &spec, const std::optional<Value> &upon)
{
    const Value wanted =
        yaml("{apiVersion: getambassador.io/v2, kind: Mapping, metadata: {name: m, namespace: "
             "default}, spec: "
             + spec + "}");
    return *models::changeTo(wanted, kube::types::mappings(u"v2"_s), upon);
}

Change removal(const std::optional<Value> &of)
{
    Change change;
    change.verb = Change::Verb::Remove;
    change.type = kube::types::mappings(u"v2"_s);
    change.nameSpace = u"default"_s;
    change.name = u"m"_s;
    change.before = of;
    return change;
}

Change next(const QByteArray &spec, const std::optional<Value> &upon) // "" it goes
{
    return spec.isEmpty() ? removal(upon) : planned(spec, upon);
}

Change named(const QString &name)
{
    Change change = planned("{prefix: /, service: s}", {});
    change.name = name;
    return change;
}

models::JournalEntry tried(const Change &change, bool succeeded, bool settled = true)
{
    models::JournalEntry entry;
    entry.change = change;
    entry.succeeded = succeeded;
    entry.settled = settled;
    entry.result = u"the webhook says no"_s;
    return entry;
}

const QByteArray Plain = "{prefix: /m/, service: a}";
const QByteArray Tls = "{prefix: /m/, service: a, tls: up}";
const QByteArray TlsAndPort = "{prefix: /m/, service: 'a:81', tls: up}";

} // namespace

class StagedChangesTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void twoChangesOfOneObjectAreOne_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("first");
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<QByteArray>("patch"); // "" nothing is left
        const QByteArray none;
        QTest::newRow("two fields") << Plain << Tls << TlsAndPort
                                    << QByteArray(R"({"spec":{"service":"a:81","tls":"up"}})");
        QTest::newRow("there and back") << Plain << Tls << Plain << none;
        QTest::newRow("a list that grows twice")
            << QByteArray("{prefix: /m/, service: a, modules: [{name: a}]}")
            << QByteArray("{prefix: /m/, service: a, modules: [{name: a}, {name: b}]}")
            << QByteArray("{prefix: /m/, service: a, modules: [{name: a}, {name: b}, {name: c}]}")
            << QByteArray(R"({"spec":{"modules":[{"name":"a"},{"name":"b"},{"name":"c"}]}})");
        QTest::newRow("created, then changed") << none << Plain << Tls << Tls;
        QTest::newRow("created, then removed") << none << Plain << none << none;
        QTest::newRow("changed, then removed") << Plain << Tls << none << QByteArray("remove");
    }

    void twoChangesOfOneObjectAreOne()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, first);
        QFETCH(QByteArray, second);
        QFETCH(QByteArray, patch);
        const auto was = stored(before);
        const Change one = next(first, was);
        StagedChanges staged;
        staged.add({u"first"_s, {one}, {}, {u"a"_s}});
        staged.add({u"second"_s, {next(second, models::stateAfter(one))}, {}, {u"a"_s, u"b"_s}});
        if (patch.isEmpty()) {
            QVERIFY(staged.isEmpty());
            return;
        }
        QCOMPARE(staged.changes().size(), 1);
        const Change &both = staged.changes()[0].change;
        QCOMPARE(staged.changes()[0].title(), u"first; second"_s);
        QCOMPARE(staged.changes()[0].warnings, (QStringList{u"a"_s, u"b"_s}));
        QVERIFY(both.before == was); // the server's version: no conflict with ourselves
        if (patch == "remove") {
            QCOMPARE(both.verb, Change::Verb::Remove);
            return;
        }
        if (!was) {
            QCOMPARE(both.verb, Change::Verb::Create);
            QVERIFY(json(both.body)["spec"] == yaml(patch));
            return;
        }
        QCOMPARE(both.verb, Change::Verb::MergePatch);
        QVERIFY2(json(both.body) == json(patch), both.body.constData());

        models::JournalEntry entry = tried(both, true);
        entry.after = models::stateAfter(both);
        const models::Undo undo = models::undoOf(entry, entry.after); // exact: what was before the first
        QVERIFY2(undo.change, qPrintable(undo.why));
        QVERIFY(models::stateAfter(*undo.change) == was);
    }

    // Two windows, say: the second knows nothing of the first.
    void aChangeThatWasPlannedBesideTheFirstGoesOnTopOfIt()
    {
        const auto was = stored(Plain);
        StagedChanges staged;
        staged.add({u"first"_s, {planned(Tls, was)}, {}, {}});
        Change beside = planned("{prefix: /m/, service: 'a:81'}", was);
        const models::ChangeSet second{u"second"_s, {beside}, {}, {}};
        QVERIFY(staged.holdsAnyOf(second));
        const models::ChangeSet together = staged.with(second);
        QCOMPARE(together.changes.size(), 1);
        QVERIFY(json(together.changes[0].body) == json(R"({"spec":{"service":"a:81","tls":"up"}})"));
        QCOMPARE(staged.changes()[0].title(), u"first"_s); // with() asks only
    }

    void othersChangesAreKeptOrAreAConflict_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("wanted");
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<State>("state");
        QTest::addColumn<QString>("said");
        QTest::addColumn<QByteArray>("then"); // its spec; "" it is no longer staged
        const QByteArray none;
        const State waiting = State::Waiting, conflict = State::Conflict;
        QTest::newRow("nothing happened") << Plain << Tls << Plain << waiting << QString() << Tls;
        QTest::newRow("something beside it")
            << Plain << Tls << QByteArray("{prefix: /m/, service: a, timeout_ms: 5}") << waiting << QString()
            << QByteArray("{prefix: /m/, service: a, timeout_ms: 5, tls: up}");
        QTest::newRow("the same field") << Plain << Tls << QByteArray("{prefix: /m/, service: a, tls: other}")
                                        << conflict << u"somebody has changed spec.tls"_s << Tls;
        QTest::newRow("somebody did it") << Plain << Tls << Tls << waiting << QString() << none;
        QTest::newRow("it went") << Plain << Tls << none << conflict << u"somebody has deleted it"_s << Tls;
        QTest::newRow("it came") << none << Plain << QByteArray("{prefix: /other/, service: a}") << conflict
                                 << u"somebody has created it"_s << Plain;
        QTest::newRow("it came as it is wanted") << none << Plain << Plain << waiting << QString() << none;
        QTest::newRow("it is still not there") << none << Plain << none << waiting << QString() << Plain;
        QTest::newRow("what was to go went") << Plain << none << none << waiting << QString() << none;
    }

    void othersChangesAreKeptOrAreAConflict()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, wanted);
        QFETCH(QByteArray, now);
        QFETCH(State, state);
        QFETCH(QString, said);
        QFETCH(QByteArray, then);
        StagedChanges staged;
        staged.add({u"it"_s, {next(wanted, stored(before))}, {}, {}});
        const QString key = staged.changes()[0].key;
        staged.rebase(key, stored(now, "57"));
        const StagedChange *left = staged.find(key);
        QCOMPARE(left != nullptr, !then.isEmpty());
        if (!left)
            return;
        QCOMPARE(left->state, state);
        QVERIFY2(left->error.contains(said) && left->error.isEmpty() == said.isEmpty(),
                 qPrintable(left->error));
        QVERIFY((*models::stateAfter(left->change))["spec"] == yaml(then));
        if (state == State::Waiting && !now.isEmpty()) // the write names what is there now
            QVERIFY(models::patchOfThatVersion(left->change).contains("57"));
    }

    void anotherObjectOfTheNameIsAConflict()
    {
        StagedChanges staged;
        staged.add({u"it"_s, {planned(Tls, stored(Plain))}, {}, {}});
        Value other = *stored(Plain, "57");
        other.child("metadata").set("uid", "u-2");
        staged.rebase(staged.changes()[0].key, other);
        QCOMPARE(staged.changes()[0].state, State::Conflict);
        staged.rebase(staged.changes()[0].key, stored(Plain, "58")); // it is itself again, as after a restore
        QCOMPARE(staged.changes()[0].state, State::Waiting);
        QCOMPARE(staged.changes()[0].error, QString());
    }

    void whatWasWrittenLeavesAndTheRestSaysWhy_data()
    {
        QTest::addColumn<QList<bool>>("answers"); // of a, b, c; what follows was not tried
        QTest::addColumn<bool>("settled");        // the last answer came
        QTest::addColumn<QStringList>("left");
        QTest::addColumn<QList<State>>("states");
        QTest::newRow("all") << QList<bool>{true, true, true} << true << QStringList() << QList<State>();
        QTest::newRow("the second fails") << QList<bool>{true, false} << true << QStringList{u"b"_s, u"c"_s}
                                          << QList<State>{State::Failed, State::NotTried};
        QTest::newRow("the first answer is lost")
            << QList<bool>{false} << false << QStringList{u"a"_s, u"b"_s, u"c"_s}
            << QList<State>{State::Unknown, State::NotTried, State::NotTried};
        QTest::newRow("no journal") << QList<bool>() << true << QStringList{u"a"_s, u"b"_s, u"c"_s}
                                    << QList<State>{State::NotTried, State::NotTried, State::NotTried};
    }

    void whatWasWrittenLeavesAndTheRestSaysWhy()
    {
        QFETCH(QList<bool>, answers);
        QFETCH(bool, settled);
        QFETCH(QStringList, left);
        QFETCH(QList<State>, states);
        StagedChanges staged;
        for (const QString &name : {u"a"_s, u"b"_s, u"c"_s})
            staged.add({name, {named(name)}, {}, {}});
        const models::ChangeSet all = staged.changeSet();
        QList<models::JournalEntry> entries;
        for (qsizetype i = 0; i < answers.size(); ++i)
            entries.append(tried(all.changes[i], answers[i], answers[i] || settled));
        const bool isAll = left.isEmpty();
        staged.settle(all, entries, isAll ? QString() : u"it stopped"_s);
        QCOMPARE(staged.changes().size(), left.size());
        for (qsizetype i = 0; i < left.size(); ++i) {
            const StagedChange &each = staged.changes()[i];
            QCOMPARE(each.change.name, left[i]);
            QCOMPARE(each.state, states[i]);
            QCOMPARE(each.error,
                     answers.isEmpty()                   ? u"it stopped"_s
                         : each.state == State::NotTried ? QString()
                                                         : u"the webhook says no"_s);
            QVERIFY(!models::stateName(each.state).isEmpty());
        }
    }

    void restartsComeLastAndWarningsOnce()
    {
        Change restart;
        restart.type = kube::ResourceType{u"apps"_s, u"v1"_s, u"deployments"_s, u"Deployment"_s, true};
        restart.nameSpace = u"default"_s;
        restart.name = u"d"_s;
        restart.before = yaml("{kind: Deployment, metadata: {name: d}}");
        restart.body =
            R"({"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"now"}}}}})";
        StagedChanges staged;
        staged.add({u"restart"_s, {restart}, {}, {u"w"_s}});
        staged.add({u"mapping"_s, {named(u"a"_s)}, {}, {u"w"_s}});
        const models::ChangeSet all = staged.changeSet();
        QCOMPARE(all.changes.size(), 2);
        QCOMPARE(all.changes[0].name, u"a"_s);
        QCOMPARE(all.warnings, QStringList{u"w"_s});
        staged.drop({staged.changes()[0].key});
        QCOMPARE(staged.changes().size(), 1);
        QCOMPARE(staged.changes()[0].change.name, u"a"_s);
    }
};

SALLYPORT_TEST(staged_changes_test, StagedChangesTest)
#include "staged_changes_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/json_patch.h"
#include "models/analysis/undo.h"
#include "tests/support/test_class.h"

#include <QTest>

#include <random>

using namespace Qt::StringLiterals;
using edge::Value;
using models::Change;

namespace {

Value json(const QByteArray &text) { return edge::parseJson(text.toStdString()).value(); }

models::JournalEntry entryOf(Change::Verb verb, const std::optional<Value> &before, const QByteArray &body,
                             const std::optional<Value> &after)
{
    models::JournalEntry entry;
    entry.number = 1;
    entry.change.verb = verb;
    entry.change.type = kube::types::mappings(u"v2"_s);
    entry.change.nameSpace = u"default"_s;
    entry.change.name = u"quote-backend"_s;
    entry.change.before = before;
    entry.change.body = body;
    entry.after = after;
    entry.succeeded = true;
    return entry;
}

// What the server has after the undo; absent: it refused.
std::optional<Value> afterUndo(const models::Undo &undo, const Value &now)
{
    if (!undo.change)
        return undo.isSoAlready ? std::optional(now) : std::nullopt;
    return models::afterJsonPatch(now, edge::parseJson(undo.change->body.toStdString()).value());
}

// Objects of few names, so that patches and objects often meet.
class Dice
{
public:
    explicit Dice(unsigned seed)
        : m_engine(seed)
    {
    }
    int roll(int sides) { return int(std::uniform_int_distribution<>(0, sides - 1)(m_engine)); }

    Value object(int depth, bool withNulls)
    {
        Value made = Value::object();
        for (const char *key : {"a", "b", "c/d", "e~f"}) {
            switch (roll(withNulls ? 7 : 6)) {
            case 0:
            case 1: made.set(key, roll(3)); break;
            case 2:
                made.set(key, Value::array({roll(3), Value::object({{"name", "x"}, {"n", roll(2)}})}));
                break;
            case 3:
                if (depth > 0)
                    made.set(key, object(depth - 1, withNulls));
                break;
            case 6: made.set(key, Value()); break;
            default: break;
            }
        }
        return made;
    }

private:
    std::mt19937 m_engine;
};

} // namespace

class UndoTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPatchGoesBackExactly_data()
    {
        QTest::addColumn<QByteArray>("before");
        QTest::addColumn<QByteArray>("patch");
        QTest::addColumn<QByteArray>("now");  // after the write, and what others have done since
        QTest::addColumn<QByteArray>("then"); // "" refused
        QTest::newRow("a field that was there")
            << QByteArray(R"({"spec":{"tls":"old"}})") << QByteArray(R"({"spec":{"tls":"new"}})")
            << QByteArray(R"({"spec":{"tls":"new"}})") << QByteArray(R"({"spec":{"tls":"old"}})");
        QTest::newRow("a field that was absent")
            << QByteArray(R"({"spec":{"prefix":"/"}})") << QByteArray(R"({"spec":{"tls":"new"}})")
            << QByteArray(R"({"spec":{"prefix":"/","tls":"new"}})")
            << QByteArray(R"({"spec":{"prefix":"/"}})");
        QTest::newRow("a field that was removed")
            << QByteArray(R"({"spec":{"tls":"old"}})") << QByteArray(R"({"spec":{"tls":null}})")
            << QByteArray(R"({"spec":{}})") << QByteArray(R"({"spec":{"tls":"old"}})");
        QTest::newRow("a member of ours alone goes whole")
            << QByteArray(R"({"metadata":{"name":"x"}})")
            << QByteArray(R"({"metadata":{"labels":{"istio-injection":"enabled"}}})")
            << QByteArray(R"({"metadata":{"name":"x","labels":{"istio-injection":"enabled"}}})")
            << QByteArray(R"({"metadata":{"name":"x"}})");
        QTest::newRow("what others put beside ours stays")
            << QByteArray(R"({"metadata":{"name":"x"}})")
            << QByteArray(R"({"metadata":{"labels":{"istio-injection":"enabled"}}})")
            << QByteArray(R"({"metadata":{"name":"x","labels":{"istio-injection":"enabled","team":"a"}}})")
            << QByteArray(R"({"metadata":{"name":"x","labels":{"team":"a"}}})");
        QTest::newRow("another field of theirs stays")
            << QByteArray(R"({"spec":{"tls":"old"}})") << QByteArray(R"({"spec":{"tls":"new"}})")
            << QByteArray(R"({"spec":{"tls":"new","timeout_ms":9}})")
            << QByteArray(R"({"spec":{"tls":"old","timeout_ms":9}})");
        QTest::newRow("names with slashes and tildes")
            << QByteArray(R"({"metadata":{"annotations":{"a/b~c":"1"}}})")
            << QByteArray(R"({"metadata":{"annotations":{"a/b~c":"2"}}})")
            << QByteArray(R"({"metadata":{"annotations":{"a/b~c":"2"}}})")
            << QByteArray(R"({"metadata":{"annotations":{"a/b~c":"1"}}})");
        QTest::newRow("our field is theirs now")
            << QByteArray(R"({"spec":{"tls":"old"}})") << QByteArray(R"({"spec":{"tls":"new"}})")
            << QByteArray(R"({"spec":{"tls":"theirs"}})") << QByteArray();
        QTest::newRow("our field is gone")
            << QByteArray(R"({"spec":{"tls":"old"}})") << QByteArray(R"({"spec":{"tls":"new"}})")
            << QByteArray(R"({"spec":{}})") << QByteArray();
        QTest::newRow("they have set it back")
            << QByteArray(R"({"spec":{"tls":"old"}})") << QByteArray(R"({"spec":{"tls":"new"}})")
            << QByteArray(R"({"spec":{"tls":"old"}})") << QByteArray(R"({"spec":{"tls":"old"}})");
        QTest::newRow("a list with the server's defaults")
            << QByteArray(R"({"spec":{"containers":[{"name":"a"}]}})")
            << QByteArray(R"({"spec":{"containers":[{"name":"a"},{"name":"b"}]}})")
            << QByteArray(R"({"spec":{"containers":[{"name":"a"},{"name":"b","imagePullPolicy":"Always"}]}})")
            << QByteArray(R"({"spec":{"containers":[{"name":"a"}]}})");
    }

    void aPatchGoesBackExactly()
    {
        QFETCH(QByteArray, before);
        QFETCH(QByteArray, patch);
        QFETCH(QByteArray, now);
        QFETCH(QByteArray, then);
        const models::Undo undo =
            models::undoOf(entryOf(Change::Verb::MergePatch, json(before), patch, {}), [&now] {
                Value object = json(now);
                object.child("metadata").set("resourceVersion", "7");
                return object;
            }());
        Value current = json(now);
        const bool hadMetadata = current.find("metadata") != nullptr;
        current.child("metadata").set("resourceVersion", "7");
        auto restored = afterUndo(undo, current);
        QCOMPARE(restored.has_value(), !then.isEmpty());
        if (then.isEmpty()) {
            QVERIFY2(undo.why.contains(u"spec.tls"_s), qPrintable(undo.why));
            return;
        }
        restored->child("metadata").erase("resourceVersion");
        if (!hadMetadata)
            restored->erase("metadata");
        QCOMPARE(edge::toJson(*restored), edge::toJson(json(then)));
    }

    // Whatever object, whatever patch, whatever others add beside it: undo gives the first object back, and theirs stays.
    void anyPatchGoesBack()
    {
        int patched = 0;
        for (unsigned seed = 1; seed <= 5000; ++seed) {
            Dice dice(seed);
            Value before = dice.object(3, false);
            const Value patch = dice.object(3, true);
            Value now = edge::mergePatch(before, patch);
            before.child("metadata").set("uid", "u");
            now.child("metadata").set("uid", "u");
            now.child("metadata").set("resourceVersion", "8");
            const Value others = dice.object(0, false);
            if (dice.roll(2) == 0)
                now.set("theirs", others);
            const models::Undo undo = models::undoOf(
                entryOf(Change::Verb::MergePatch, before, QByteArray::fromStdString(edge::toJson(patch)), {}),
                now);
            auto restored = afterUndo(undo, now);
            QVERIFY2(restored.has_value(), qPrintable(QString::number(seed) + u": "_s + undo.why));
            patched += undo.change ? 1 : 0;
            if (now.find("theirs"))
                QVERIFY((*restored)["theirs"] == others);
            restored->erase("theirs");
            restored->child("metadata").erase("resourceVersion");
            QVERIFY2(*restored == before,
                     qPrintable(u"seed %1: %2 instead of %3"_s.arg(
                         QString::number(seed), QString::fromStdString(edge::toJson(*restored)),
                         QString::fromStdString(edge::toJson(before)))));
        }
        QVERIFY(patched > 2500);
    }

    void anUndoCanBeUndone()
    {
        const Value first = json(R"({"metadata":{"resourceVersion":"1"},"spec":{"tls":"old","a":{"b":1}}})");
        const Value second = json(R"({"metadata":{"resourceVersion":"2"},"spec":{"tls":"new"}})");
        const models::Undo undo = models::undoOf(
            entryOf(Change::Verb::MergePatch, first, R"({"spec":{"tls":"new","a":null}})", second), second);
        QVERIFY(undo.change);
        models::JournalEntry undone = entryOf(undo.change->verb, second, undo.change->body, first);
        const models::Undo redo = models::undoOf(undone, first);
        QVERIFY(redo.change);
        QVERIFY((*afterUndo(redo, first))["spec"] == second["spec"]);
    }

    void whatWeMadeIsDeletedOnlyWhileItIsOurs()
    {
        const Value made = json(R"({"metadata":{"name":"x","uid":"one","resourceVersion":"5"},"spec":{}})");
        const Value another =
            json(R"({"metadata":{"name":"x","uid":"two","resourceVersion":"9"},"spec":{}})");
        const auto entry = entryOf(Change::Verb::Create, {}, R"({"metadata":{"name":"x"},"spec":{}})", made);
        const models::Undo undo = models::undoOf(entry, made);
        QVERIFY(undo.change);
        QCOMPARE(undo.change->verb, Change::Verb::Remove);
        QVERIFY(*undo.change->before == made); // uid and resourceVersion become the deletion's preconditions
        QVERIFY(models::undoOf(entry, another).why.contains(u"another one"_s));
        QVERIFY(models::undoOf(entry, {}).isSoAlready);
    }

    void aChangeIsTakenBackFromItsOwnObjectOnly_data()
    {
        QTest::addColumn<QByteArray>("before"); // uids; "": not known
        QTest::addColumn<QByteArray>("after");  // the same; absent: no answer is known
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<bool>("isTakenBack");
        QTest::newRow("the same") << QByteArray("one") << QByteArray("one") << QByteArray("one") << true;
        QTest::newRow("made anew") << QByteArray("one") << QByteArray("one") << QByteArray("two") << false;
        QTest::newRow("made anew, and no answer")
            << QByteArray("one") << QByteArray() << QByteArray("two") << false;
        QTest::newRow("no answer") << QByteArray("one") << QByteArray() << QByteArray("one") << true;
        QTest::newRow("of manifests") << QByteArray("") << QByteArray("") << QByteArray("two") << true;
    }
    void aChangeIsTakenBackFromItsOwnObjectOnly()
    {
        QFETCH(const QByteArray, before);
        QFETCH(const QByteArray, after);
        QFETCH(const QByteArray, now);
        QFETCH(const bool, isTakenBack);
        const auto object = [](const QByteArray &uid, const char *tls) {
            return json(QByteArray("{'metadata':{'uid':'UID'},'spec':{'tls':'TLS'}}")
                            .replace('\'', '"')
                            .replace("UID", uid)
                            .replace("TLS", tls)
                            .constData());
        };
        const auto entry =
            entryOf(Change::Verb::MergePatch, object(before, "old"), R"({"spec":{"tls":"new"}})",
                    after.isNull() ? std::nullopt : std::optional(object(after, "new")));
        const models::Undo undo = models::undoOf(entry, object(now, "new"));
        QCOMPARE(undo.change.has_value(), isTakenBack);
        if (!isTakenBack)
            QVERIFY2(undo.why.contains(u"is not the object that was changed"_s), qPrintable(undo.why));
        QVERIFY(models::undoOf(entry, object(now, "old")).isSoAlready);
        QVERIFY(models::undoOf(entry, object("two", "old")).isSoAlready);
    }

    void whatWeRemovedComesBackUnlessSomethingIsThere()
    {
        const Value was = json(
            R"({"metadata":{"name":"x","uid":"one","resourceVersion":"5"},"spec":{"a":1},"status":{"s":1}})");
        const auto entry = entryOf(Change::Verb::Remove, was, {}, {});
        const models::Undo undo = models::undoOf(entry, {});
        QVERIFY(undo.change);
        QCOMPARE(undo.change->verb, Change::Verb::Create);
        QCOMPARE(undo.change->body, QByteArray(R"({"metadata":{"name":"x"},"spec":{"a":1}})"));
        QVERIFY(
            !models::undoOf(entry, json(R"({"metadata":{"name":"x","uid":"two"},"spec":{"a":2}})")).change);
        QVERIFY(models::undoOf(entry, json(R"({"metadata":{"name":"x","uid":"two"},"spec":{"a":1}})"))
                    .isSoAlready);
    }

    // A program that ended between record and answer: the object may have been written or not, and both are told apart.
    void anEntryWithoutAnAnswerIsJudgedByWhatIsThere()
    {
        auto entry = entryOf(Change::Verb::MergePatch,
                             json(R"({"metadata":{"resourceVersion":"1"},"spec":{"tls":"old"}})"),
                             R"({"spec":{"tls":"new"}})", {});
        entry.settled = entry.succeeded = false;
        QVERIFY(models::undoOf(entry, json(R"({"metadata":{"resourceVersion":"1"},"spec":{"tls":"old"}})"))
                    .isSoAlready);
        QVERIFY(models::undoOf(entry, json(R"({"metadata":{"resourceVersion":"2"},"spec":{"tls":"new"}})"))
                    .change);
    }

    void aCreationWithoutAnAnswerIsTakenBackOnlyIfTheObjectLooksLikeOurs_data()
    {
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<bool>("isTakenBack");
        const QByteArray ours =
            "{\"metadata\":{\"name\":\"x\",\"uid\":\"u\",\"creationTimestamp\":\"2026-11-26T12:00:01Z\"},";
        QTest::newRow("what was sent, with a default") << ours + "\"spec\":{\"a\":1,\"b\":2}}" << true;
        QTest::newRow("another value") << ours + "\"spec\":{\"a\":3}}" << false;
        QTest::newRow("made long before")
            << QByteArray(ours).replace("11-26", "11-20") + "\"spec\":{\"a\":1}}" << false;
    }
    void aCreationWithoutAnAnswerIsTakenBackOnlyIfTheObjectLooksLikeOurs()
    {
        QFETCH(QByteArray, now);
        QFETCH(bool, isTakenBack);
        auto entry =
            entryOf(Change::Verb::Create, {}, "{\"metadata\":{\"name\":\"x\"},\"spec\":{\"a\":1}}", {});
        entry.at = QDateTime({2026, 11, 26}, {12, 0}, Qt::UTC);
        entry.settled = entry.succeeded = false;
        QCOMPARE(models::undoOf(entry, json(now)).change.has_value(), isTakenBack);
        QVERIFY(models::undoOf(entry, {}).isSoAlready);
    }

    // tls was set, somebody took it away, and it was set again: both writes go back at once, to what was before the first.
    void severalWritesToOneObjectGoBackAsOne()
    {
        const Value first = json("{\"metadata\":{\"name\":\"x\"},\"spec\":{\"prefix\":\"/\"}}");
        const Value set = json("{\"metadata\":{\"name\":\"x\"},\"spec\":{\"prefix\":\"/\",\"tls\":\"a\"}}");
        const auto newest = entryOf(Change::Verb::MergePatch, first, "{\"spec\":{\"tls\":\"a\"}}", set);
        const auto oldest = entryOf(Change::Verb::MergePatch, first, "{\"spec\":{\"tls\":\"a\"}}", set);
        const auto both = models::combined({newest, oldest});
        QVERIFY(both);
        const models::Undo undo = models::undoOf(*both, set);
        QVERIFY(undo.change);
        const auto back = models::afterJsonPatch(set, json(undo.change->body));
        QVERIFY(back && *back == first);

        const auto made = entryOf(Change::Verb::Create, {}, "{\"spec\":{\"prefix\":\"/\"}}", first);
        const auto whole = models::combined({newest, made});
        QVERIFY(whole);
        QCOMPARE(models::undoOf(*whole, set).change->verb, Change::Verb::Remove);
        QVERIFY(!models::combined({newest, entryOf(Change::Verb::Remove, set, {}, {})}));
    }

    void aCreationTakesOurLaterWritesToItsObjectAlong()
    {
        const Value first = json("{\"metadata\":{\"name\":\"x\",\"uid\":\"u\"},\"spec\":{\"prefix\":\"/\"}}");
        const Value set =
            json("{\"metadata\":{\"name\":\"x\",\"uid\":\"u\"},\"spec\":{\"prefix\":\"/\",\"tls\":\"a\"}}");
        const auto numbered = [](int number, models::JournalEntry entry) {
            entry.number = number;
            return entry;
        };
        const auto made =
            numbered(2, entryOf(Change::Verb::Create, {}, "{\"spec\":{\"prefix\":\"/\"}}", first));
        const auto patched =
            numbered(7, entryOf(Change::Verb::MergePatch, first, "{\"spec\":{\"tls\":\"a\"}}", set));
        auto ofAnother = numbered(8, patched), takenBack = numbered(5, patched),
             failed = numbered(6, patched);
        ofAnother.change.name = u"another"_s;
        takenBack.reverted = true;
        failed.succeeded = false;
        auto revert = numbered(9, patched);
        revert.revertOf = 5;
        const QList<models::JournalEntry> journal{made, takenBack, failed, patched, ofAnother, revert};
        const QList<models::JournalEntry> together = models::withLaterWrites(made, journal);
        QCOMPARE(together.size(), 2);
        QCOMPARE(together[0].number, 7);
        QCOMPARE(together[1].number, 2);
        const models::Undo undo = models::undoOf(*models::combined(together), set);
        QVERIFY(undo.change);
        QCOMPARE(undo.change->verb, Change::Verb::Remove);
        QCOMPARE(undo.warning, QString()); // nobody else has changed anything
        QCOMPARE(models::withLaterWrites(patched, journal).size(), 1);
        const auto removed = numbered(10, entryOf(Change::Verb::Remove, set, {}, {}));
        QCOMPARE(models::withLaterWrites(made, journal + QList{removed}).size(), 1);
    }

    void othersChangesToWhatWeCreatedAreNamed()
    {
        const Value made = json("{\"metadata\":{\"name\":\"x\",\"uid\":\"u\"},\"spec\":{\"prefix\":\"/\"}}");
        const auto entry = entryOf(Change::Verb::Create, {}, "{\"spec\":{\"prefix\":\"/\"}}", made);
        QCOMPARE(models::undoOf(entry, made).warning, QString());
        const Value edited = json(
            "{\"metadata\":{\"name\":\"x\",\"uid\":\"u\"},\"spec\":{\"prefix\":\"/\",\"timeout_ms\":1234}}");
        QVERIFY(models::undoOf(entry, edited).warning.contains(u"spec.timeout_ms"_s));
    }

    void aMergePatchNamesTheVersionThatWasShown()
    {
        models::Change change;
        change.body = "{\"spec\":{\"tls\":\"new\"}}";
        change.before =
            json("{\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"7\"},\"spec\":{\"tls\":\"old\"}}");
        const Value patch = json(models::patchOfThatVersion(change));
        QCOMPARE(patch.at({"metadata", "resourceVersion"}).text(), std::string("7"));
        QCOMPARE(patch.at({"spec", "tls"}).text(), std::string("new"));
        // only what servers write has moved: planned again; anything else is for a person to see
        QVERIFY(models::refreshed(change,
                                  json("{\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"8\"},\"spec\":{"
                                       "\"tls\":\"old\"},\"status\":{\"a\":1}}")));
        QVERIFY(!models::refreshed(change,
                                   json("{\"metadata\":{\"uid\":\"u\",\"resourceVersion\":\"8\"},\"spec\":{"
                                        "\"tls\":\"old\",\"x\":1}}")));
        QVERIFY(!models::refreshed(
            change,
            json("{\"metadata\":{\"uid\":\"v\",\"resourceVersion\":\"8\"},\"spec\":{\"tls\":\"old\"}}")));
        QVERIFY(!models::refreshed(change, {}));
    }

    void anotherVersionIsPlannedAgainWhileOurValuesHold()
    {
        const Value planned = json(R"({"metadata":{"resourceVersion":"2"},"spec":{"tls":"new"}})");
        const auto undo = models::undoOf(entryOf(Change::Verb::MergePatch, json(R"({"spec":{"tls":"old"}})"),
                                                 R"({"spec":{"tls":"new"}})", {}),
                                         planned)
                              .change;
        QVERIFY(undo);
        const Value newer =
            json(R"({"metadata":{"resourceVersion":"3"},"spec":{"tls":"new"},"status":{"replicas":2}})");
        QVERIFY(!models::afterJsonPatch(
            newer, edge::parseJson(undo->body.toStdString()).value())); // as it stands, the server refuses it
        const auto again = models::refreshed(*undo, newer);
        QVERIFY(again);
        QCOMPARE((*models::afterJsonPatch(newer,
                                          edge::parseJson(again->body.toStdString()).value()))["spec"]["tls"]
                     .text(),
                 std::string("old"));
        QVERIFY(!models::refreshed(*undo,
                                   json(R"({"metadata":{"resourceVersion":"4"},"spec":{"tls":"theirs"}})")));
        QVERIFY(!models::refreshed(*undo, {}));
    }

    void jsonPatchesAreAppliedAsRfc6902Says_data()
    {
        QTest::addColumn<QByteArray>("object");
        QTest::addColumn<QByteArray>("operations");
        QTest::addColumn<QByteArray>("result"); // "" refused
        QTest::newRow("add to an object")
            << QByteArray(R"({"a":1})") << QByteArray(R"([{"op":"add","path":"/b","value":2}])")
            << QByteArray(R"({"a":1,"b":2})");
        QTest::newRow("insert into a list")
            << QByteArray(R"({"a":[1,3]})") << QByteArray(R"([{"op":"add","path":"/a/1","value":2}])")
            << QByteArray(R"({"a":[1,2,3]})");
        QTest::newRow("append to a list")
            << QByteArray(R"({"a":[1]})") << QByteArray(R"([{"op":"add","path":"/a/-","value":2}])")
            << QByteArray(R"({"a":[1,2]})");
        QTest::newRow("replace needs the member")
            << QByteArray(R"({})") << QByteArray(R"([{"op":"replace","path":"/a","value":2}])")
            << QByteArray();
        QTest::newRow("remove from a list")
            << QByteArray(R"({"a":[1,2]})") << QByteArray(R"([{"op":"remove","path":"/a/0"}])")
            << QByteArray(R"({"a":[2]})");
        QTest::newRow("remove needs the member")
            << QByteArray(R"({})") << QByteArray(R"([{"op":"remove","path":"/a"}])") << QByteArray();
        QTest::newRow("no path to it")
            << QByteArray(R"({})") << QByteArray(R"([{"op":"add","path":"/a/b","value":1}])") << QByteArray();
        QTest::newRow("a test holds")
            << QByteArray(R"({"a":{"b":[1]}})")
            << QByteArray(R"([{"op":"test","path":"/a","value":{"b":[1]}},{"op":"remove","path":"/a"}])")
            << QByteArray(R"({})");
        QTest::newRow("a test fails")
            << QByteArray(R"({"a":1})")
            << QByteArray(R"([{"op":"test","path":"/a","value":2},{"op":"remove","path":"/a"}])")
            << QByteArray();
        QTest::newRow("~01 is ~1") << QByteArray(R"({"~1":1})")
                                   << QByteArray(R"([{"op":"remove","path":"/~01"}])") << QByteArray(R"({})");
        QTest::newRow("an unknown operation")
            << QByteArray(R"({"a":1})") << QByteArray(R"([{"op":"melt","path":"/a"}])") << QByteArray();
        QTest::newRow("no leading zeros")
            << QByteArray(R"({"a":[1,2]})") << QByteArray(R"([{"op":"remove","path":"/a/01"}])")
            << QByteArray();
    }

    void jsonPatchesAreAppliedAsRfc6902Says()
    {
        QFETCH(QByteArray, object);
        QFETCH(QByteArray, operations);
        QFETCH(QByteArray, result);
        const auto after = models::afterJsonPatch(json(object), json(operations));
        QCOMPARE(after ? QByteArray::fromStdString(edge::toJson(*after)) : QByteArray(), result);
    }

    void aRestartIsARollOutAndNothingElse_data()
    {
        QTest::addColumn<QString>("patch"); // as YAML
        QTest::addColumn<bool>("isRestart");
        const QString stamp = u"kubectl.kubernetes.io/restartedAt: now"_s;
        const QString start = u"spec: {template: {metadata: {annotations: {"_s;
        QTest::newRow("a restart") << start + stamp + u"}}}}"_s << true;
        QTest::newRow("with another annotation") << start + stamp + u", team: shop}}}}"_s << false;
        QTest::newRow("with a scale") << start + stamp + u"}}}, replicas: 2}"_s << false;
        QTest::newRow("with a label") << start + stamp + u"}, labels: {a: b}}}}"_s << false;
        QTest::newRow("another annotation") << start + u"team: shop}}}}"_s << false;
        QTest::newRow("of the Deployment") << u"metadata: {annotations: {"_s + stamp + u"}}"_s << false;
    }
    void aRestartIsARollOutAndNothingElse()
    {
        QFETCH(QString, patch);
        QFETCH(bool, isRestart);
        const auto documents = edge::parseYaml(patch.toStdString());
        QVERIFY(documents && documents->size() == 1);
        models::Change change;
        change.verb = models::Change::Verb::MergePatch;
        change.body = QByteArray::fromStdString(edge::toJson(documents->front()));
        QCOMPARE(models::isRestart(change), isRestart);
        change.verb = models::Change::Verb::Create;
        QVERIFY(!models::isRestart(change));
    }
};

SALLYPORT_TEST(undo_test, UndoTest)
#include "undo_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// One rule says how a Mapping stands; what is counted is what is listed.
#include "models/items/mapping_counts.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using models::MappingStanding;
using State = models::MappingVerdict::State;
using models::SightState;

class MappingTallyTest : public QObject
{
    Q_OBJECT

    static models::MappingRow rowOf(State state, SightState sight, const QString &more = {})
    {
        static int number = 0;
        models::MappingRow row;
        row.nameSpace = u"shop"_s;
        row.name = u"m-%1"_s.arg(++number);
        row.key = u"shop/"_s + row.name;
        auto verdict = std::make_shared<models::MappingVerdict>();
        verdict->state = state;
        if (more == "faulty"_L1)
            verdict->findings.append({u"RT-007"_s, models::Severity::Error, {}, {}, {}, {}, {}});
        row.verdict = verdict;
        row.sightState = sight;
        row.isLate = more == "late"_L1;
        row.isUnseen = more == "unseen"_L1;
        return row;
    }

private Q_SLOTS:
    void aMappingStands_data()
    {
        QTest::addColumn<models::MappingRow>("row");
        QTest::addColumn<int>("standing");
        QTest::addColumn<QString>("text");
        const auto add = [](const char *name, const models::MappingRow &row, MappingStanding standing,
                            const QString &text) { QTest::newRow(name) << row << int(standing) << text; };
        add("read", rowOf(State::Loaded, SightState::Read), MappingStanding::Loaded, u"Loaded"_s);
        add("nobody asked", rowOf(State::Loaded, SightState::NotYet), MappingStanding::NotReadYet,
            u"Not read yet"_s);
        add("nobody could", rowOf(State::Loaded, SightState::Unreadable), MappingStanding::ConfigOnly,
            u"Unknown (config only)"_s);
        add("late", rowOf(State::Loaded, SightState::Read, u"late"_s), MappingStanding::NotInEnvoy,
            u"Not in Envoy"_s);
        add("changed since", rowOf(State::Loaded, SightState::Read, u"unseen"_s), MappingStanding::NotSeenYet,
            u"Not seen yet"_s);
        add("faulty, whoever read it", rowOf(State::Loaded, SightState::Unreadable, u"faulty"_s),
            MappingStanding::Faulty, u"Faulty"_s);
        add("rejected by its object", rowOf(State::Rejected, SightState::NotYet), MappingStanding::Rejected,
            u"Rejected"_s);
        add("another edge's", rowOf(State::NotForThisEdge, SightState::Read), MappingStanding::OtherEdge,
            u"Other edge"_s);
        models::MappingRow fresh;
        add("not analysed", fresh, MappingStanding::Unknown, u"Unknown"_s);
    }
    void aMappingStands()
    {
        QFETCH(models::MappingRow, row);
        QFETCH(int, standing);
        QCOMPARE(int(models::standingOf(row)), standing);
        QTEST(models::stateText(row), "text");
    }

    void theyAreCounted()
    {
        models::TableModel<models::MappingRow> mappings(models::mappingColumns());
        models::MappingRow elsewhere = rowOf(State::Loaded, SightState::Read);
        elsewhere.nameSpace = u"other"_s;
        mappings.apply(
            {{rowOf(State::Loaded, SightState::Read), rowOf(State::Loaded, SightState::Read, u"late"_s),
              rowOf(State::Loaded, SightState::Read, u"faulty"_s), rowOf(State::Rejected, SightState::Read),
              rowOf(State::Shadowed, SightState::Read), rowOf(State::Replaced, SightState::Read),
              rowOf(State::NotForThisEdge, SightState::Read), elsewhere},
             {},
             true});
        const auto inShop = [](const QString &nameSpace) { return nameSpace == "shop"_L1; };
        const models::MappingCounts counts(mappings);
        const models::MappingTally tally = counts.sumOf(inShop).tally;
        QCOMPARE(tally.all, 5); // of two of one name the one that counts
        QCOMPARE(tally.loaded, 1);
        QCOMPARE(tally.configOnly, 0);
        QCOMPARE(tally.notYet, 1);
        QCOMPARE(tally.faulty, 1);
        QCOMPARE(tally.rejected, 1);
        QCOMPARE(tally.other, 1);
        QCOMPARE(tally.otherEdge, 1);
        mappings.apply({{rowOf(State::Loaded, SightState::NotYet)}, {}, true});
        QCOMPARE(counts.sumOf(inShop).tally.configOnly, 1);
        QVERIFY(!counts.sumOf(inShop).tally.wasAsked);
        QCOMPARE(counts.sumOf([](const QString &) { return true; }).tally.loaded, 2);
    }

    // Whatever happens to the table, the numbers are those of a count of all of it; an event looks at its own rows.
    void anEventCostsItsRows()
    {
        constexpr int Many = 5000;
        models::TableModel<models::MappingRow> mappings(models::mappingColumns());
        QList<models::MappingRow> rows;
        for (int i = 0; i < Many; ++i) {
            rows.append(rowOf(i % 3 ? State::Loaded : State::Rejected, SightState::Read,
                              i % 7 ? QString() : u"faulty"_s));
            rows.last().nameSpace = i % 2 ? u"shop"_s : u"cart"_s;
            rows.last().key = rows.last().nameSpace + u'/' + rows.last().name;
        }
        const models::MappingCounts counts(mappings);
        const auto isRight = [&] {
            const models::MappingCounts anew(mappings);
            for (const QString &nameSpace : {u"shop"_s, u"cart"_s}) {
                const auto only = [&](const QString &name) { return name == nameSpace; };
                const auto known = counts.sumOf(only), right = anew.sumOf(only);
                if (!(known.tally == right.tally) || known.own != right.own || known.errors != right.errors
                    || known.ofOthers != right.ofOthers || known.warnings != right.warnings)
                    return false;
            }
            return true;
        };
        mappings.apply({rows, {}, true});
        QCOMPARE(counts.looked(), Many);
        QVERIFY(isRight());
        models::MappingRow other = rows[40];
        auto verdict = std::make_shared<models::MappingVerdict>(*other.verdict);
        verdict->state = State::NotForThisEdge;
        other.verdict = verdict;
        mappings.apply({{other}, {}, true});
        QCOMPARE(counts.looked(), Many + 1);
        QVERIFY(isRight());
        QCOMPARE(counts.severitiesOf(rows[3].nameSpace, rows[3].name), QList{models::Severity::Error});
        mappings.apply({{}, {rows[3].key, rows[4].key, rows[4000].key}, true});
        QCOMPARE(counts.looked(), Many + 1);
        QVERIFY(isRight());
        QVERIFY(counts.severitiesOf(rows[3].nameSpace, rows[3].name).isEmpty());
        mappings.apply({{rows[4001]}, {rows[10].key}, true}); // as it is by another number now
        QCOMPARE(counts.looked(), Many + 2);
        QVERIFY(isRight());
        mappings.clear();
        QCOMPARE(counts.sumOf([](const QString &) { return true; }).own, 0);
    }
};

SALLYPORT_TEST(mapping_tally_test, MappingTallyTest)
#include "mapping_tally_test.moc"

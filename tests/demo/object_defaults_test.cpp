// SPDX-License-Identifier: GPL-3.0-or-later
// What an API server gives out by itself: each once in its cluster, and not less in one because another runs beside it.
#include "app/demo/store.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QStringList givenTo(demo::Store &store, const std::string &name)
{
    using edge::Value;
    const demo::ResourceKind &services = *store.find("", "services");
    const auto made = store.create(
        services,
        Value::object({{"apiVersion", "v1"},
                       {"kind", "Service"},
                       {"metadata", Value::object({{"name", name}, {"namespace", "default"}})},
                       {"spec",
                        Value::object({{"type", "LoadBalancer"},
                                       {"ports", Value::array({Value::object({{"port", 80}})})}})}}));
    if (!made)
        return {QString::fromStdString(made.error().message)};
    const Value &spec = (**made)["spec"];
    return {QString::fromStdString(spec["clusterIP"].text()),
            QString::number(spec["ports"].items().front()["nodePort"].toInteger())};
}

} // namespace

class ObjectDefaultsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void addressesAndPortsAreOfTheirCluster()
    {
        demo::Store first;
        const QStringList one = givenTo(first, "one");
        const QStringList two = givenTo(first, "two");
        QCOMPARE(one.size(), 2);
        QVERIFY2(one[0].startsWith(u"10.96."_s) && one[1].toInt() > 30000, qPrintable(one.join(u' ')));
        QVERIFY(one[0] != two[0] && one[1] != two[1]);
        demo::Store second;
        QCOMPARE(givenTo(second, "one"), one);
        QCOMPARE(givenTo(second, "two"), two);
    }
};

SALLYPORT_TEST(object_defaults_test, ObjectDefaultsTest)
#include "object_defaults_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cluster_role.h"
#include "edge/value.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

class ClusterRoleTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void eachGroupHasOneRuleWithItsKinds()
    {
        const QString yaml = app::clusterRole(u"sallyport-read"_s,
                                              {{u"getambassador.io"_s, u"mappings"_s},
                                               {{}, u"secrets"_s},
                                               {u"getambassador.io"_s, u"hosts"_s},
                                               {{}, u"pods"_s},
                                               {{}, u"pods"_s}});
        const auto read = edge::parseYaml(yaml.toStdString());
        QVERIFY2(read && read->size() == 1, qPrintable(yaml));
        const edge::Value &role = read->front();
        QCOMPARE(role["kind"].text(), std::string("ClusterRole"));
        QCOMPARE(role["apiVersion"].text(), std::string("rbac.authorization.k8s.io/v1"));
        QCOMPARE(role.at({"metadata", "name"}).text(), std::string("sallyport-read"));
        QCOMPARE(edge::toJson(role["rules"]),
                 std::string(
                     R"([{"apiGroups":[""],"resources":["pods","secrets"],"verbs":["get","list","watch"]},)"
                     R"({"apiGroups":["getambassador.io"],"resources":["hosts","mappings"],)"
                     R"("verbs":["get","list","watch"]}])"));
        QCOMPARE(app::clusterRole(u"nothing"_s, {}), QString());
    }

    void whatElseReadingTakesIsAskedForToo()
    {
        const QString yaml =
            app::clusterRole(u"sallyport-read"_s, {{{}, u"secrets"_s}}, app::otherRightsRead());
        const auto read = edge::parseYaml(yaml.toStdString());
        QVERIFY2(read && read->size() == 1, qPrintable(yaml));
        QCOMPARE(edge::toJson(read->front()["rules"]),
                 std::string(R"([{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list","watch"]},)"
                             R"({"apiGroups":[""],"resources":["pods/portforward"],"verbs":["create"]},)"
                             R"({"apiGroups":[""],"resources":["services/proxy"],"verbs":["get"]}])"));
    }
};

SALLYPORT_TEST(cluster_role_test, ClusterRoleTest)
#include "cluster_role_test.moc"

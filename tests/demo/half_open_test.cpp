// SPDX-License-Identifier: GPL-3.0-or-later
// A connection that nobody answers any more, without an end that could be seen.
#include "kube/kubeconfig.h"
#include "kube/reflector.h"
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace kube;

class HalfOpenTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // The running watch falls silent without an end, and so does the one that takes its place; the third one lives.
    void aHalfOpenWatchIsFoundIn45Seconds()
    {
        ApiFixture api;
        const auto loaded = Kubeconfig::load({{api.kubeconfig()}, true});
        QVERIFY(loaded && loaded->connection());
        Transport transport(*loaded->connection());
        ObjectStore store;
        Reflector reflector(transport, types::configMaps(), u"default"_s, store);
        reflector.start();
        QTRY_COMPARE(reflector.state().phase, WatchState::Phase::Live);
        QCOMPARE(api.call("POST", "/_sim/api-half-open").status, 200);
        api.call("POST", "/api/v1/namespaces/default/configmaps", "{\"metadata\":{\"name\":\"late\"}}");
        QTRY_VERIFY_WITH_TIMEOUT(store.find(u"default/late"_s), 45'000);
        QCOMPARE(reflector.state().phase, WatchState::Phase::Live);
    }
};

SALLYPORT_TEST(half_open_test, HalfOpenTest)
#include "half_open_test.moc"

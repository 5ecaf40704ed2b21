// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/edge_proxy_watch.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

const QDateTime now({2026, 11, 26}, {12, 0}, Qt::UTC);

models::ProxyCertificates proxyWith(const QList<qint64> &secondsLeft, const QString &error = {},
                                    qint64 life = 0) // in seconds; 0: when it began is not known
{
    models::ProxyCertificates proxy{u"ambassador"_s, u"ambassador-1"_s, now, error, {}};
    for (const qint64 left : secondsLeft) {
        models::LoadedCertificate loaded;
        loaded.path = u"/etc/istio-certs/cert-chain.pem"_s;
        loaded.certificate.notAfter = now.addSecs(left);
        if (life > 0) // Istio's begin two minutes before they are made
            loaded.certificate.notBefore = loaded.certificate.notAfter.addSecs(-life - 120);
        proxy.certificates.append(loaded);
    }
    return proxy;
}

} // namespace

class EdgeProxyWatchTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void itLooksAgainInTimeToSeeTheRenewal_data()
    {
        QTest::addColumn<QList<models::ProxyCertificates>>("proxies");
        QTest::addColumn<bool>("isExpected");
        QTest::addColumn<std::chrono::milliseconds>("wait");
        using Proxies = QList<models::ProxyCertificates>;
        constexpr qint64 day = 86400;
        QTest::newRow("no edge") << Proxies() << false << std::chrono::milliseconds(10min);
        QTest::newRow("a day's") << Proxies{proxyWith({day})} << true << std::chrono::milliseconds(10min);
        QTest::newRow("ten minutes'") << Proxies{proxyWith({600})} << true << std::chrono::milliseconds(1min);
        QTest::newRow("the one that ends first")
            << Proxies{proxyWith({day}), proxyWith({day, 300})} << true << std::chrono::milliseconds(30s);
        QTest::newRow("ended") << Proxies{proxyWith({-5})} << true << std::chrono::milliseconds(2s);
        QTest::newRow("expected and not there")
            << Proxies{proxyWith({})} << true << std::chrono::milliseconds(2s);
        QTest::newRow("not expected") << Proxies{proxyWith({})} << false << std::chrono::milliseconds(10min);
        QTest::newRow("ten minutes', a little before half")
            << Proxies{proxyWith({310}, {}, 600)} << true << std::chrono::milliseconds(13s);
        QTest::newRow("ten minutes', long before half")
            << Proxies{proxyWith({500}, {}, 600)} << true << std::chrono::milliseconds(50s);
        QTest::newRow("ten minutes', late")
            << Proxies{proxyWith({200}, {}, 600)} << true << std::chrono::milliseconds(20s);
        QTest::newRow("a day's, a little before half")
            << Proxies{proxyWith({day / 2}, {}, day)} << true << std::chrono::milliseconds(432s);
        QTest::newRow("forbidden") << Proxies{proxyWith({}, u"forbidden"_s)} << true
                                   << std::chrono::milliseconds(1min);
    }
    void itLooksAgainInTimeToSeeTheRenewal()
    {
        QFETCH(QList<models::ProxyCertificates>, proxies);
        QFETCH(bool, isExpected);
        QFETCH(std::chrono::milliseconds, wait);
        QCOMPARE(app::gui::nextLook(proxies, isExpected, now), wait);
    }
};

SALLYPORT_TEST(edge_proxy_watch_test, EdgeProxyWatchTest)
#include "edge_proxy_watch_test.moc"

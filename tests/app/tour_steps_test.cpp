// SPDX-License-Identifier: GPL-3.0-or-later
// Steps of the tour where what they look for does not happen: they must look, and fail.  That they pass where it does is
// tour_test's; here the same step passes before the world is changed under it.
#include "app/cli/tour_steps.h"
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using app::cli::Told;

namespace {

constexpr int ServedLimitMs = 30'000;

// In front of the guide's Mapping, and without its tls.
const QByteArray PlainDetour =
    "{\"apiVersion\":\"getambassador.io/"
    "v2\",\"kind\":\"Mapping\",\"metadata\":{\"name\":\"detour\",\"namespace\":"
    "\"default\"},\"spec\":{\"prefix\":\"/backend/\",\"service\":\"quote\",\"precedence\":10}}";

app::cli::DemoAddresses addressesOf(const QString &readyLine)
{
    const auto valueOf = [&](const char *name) {
        const QRegularExpression pattern(u"\\b%1=(.*?)( [a-zA-Z-]+=|$)"_s.arg(QLatin1String(name)));
        return pattern.match(readyLine.trimmed()).captured(1);
    };
    return {valueOf("KUBECONFIG"), valueOf("api"), valueOf("edge"), valueOf("edge-tls"),
            valueOf("prometheus")};
}

} // namespace

class TourStepsTest : public QObject
{
    Q_OBJECT

    struct Toured // one demo and the tour's view of it
    {
        DemoChild demo;
        QTemporaryDir folder;
        std::unique_ptr<app::cli::Session> session;
        std::unique_ptr<app::cli::TourWorld> world;

        bool start(const QStringList &options)
        {
            if (!demo.start(options))
                return false;
            app::cli::SessionOptions wanted;
            wanted.demo = addressesOf(demo.readyLine());
            wanted.kubeconfig = wanted.demo->kubeconfig;
            session = std::make_unique<app::cli::Session>(wanted);
            const auto client = session->client();
            if (!client)
                return false;
            world = std::make_unique<app::cli::TourWorld>(*session, **client,
                                                          app::Journal(folder.filePath(u"journal"_s)));
            return true;
        }
        Told run(const QString &title)
        {
            for (const app::cli::TourStep &step : app::cli::tourSteps(folder.path())) {
                if (step.title == title)
                    return step.run(*world);
            }
            return app::cli::bad(u"there is no step "_s + title);
        }
        double plainRequestsOfQuote()
        {
            double all = 0;
            for (const QByteArray &line :
                 world->podMetrics(u"default"_s, u"quote"_s, 15020, u"/stats/prometheus"_s).split('\n')) {
                if (line.startsWith("istio_requests_total{") && line.contains("source_principal=\"unknown\""))
                    all += line.mid(line.lastIndexOf(' ') + 1).toDouble();
            }
            return all;
        }
    };

private Q_SLOTS:
    // Emissary 3.x gets its sidecar from the injector: each step changes what the mesh does, and all is taken back.
    void theGuideOfTheThirdLineIsWalkedByInjection()
    {
        Toured toured;
        QVERIFY2(toured.start({u"--generation"_s, u"3.x"_s, u"--cert-life"_s, u"2h"_s}),
                 qPrintable(toured.demo.error()));
        for (const QString &title :
             {u"Connect to the demo cluster"_s, u"Label the namespace default for injection"_s,
              u"Deploy quote with its Service"_s, u"A plain Mapping to quote"_s,
              u"Request /backend/, plain"_s, u"Share istio-certs: the sidecar joins the edge"_s,
              u"TLSContext istio-upstream"_s, u"Mapping with tls: istio-upstream"_s, u"Mesh to STRICT"_s,
              u"Request /backend/ again"_s, u"The edge's traces reach Zipkin"_s, u"Take everything back"_s}) {
            const Told told = toured.run(title);
            QVERIFY2(told.ok, qPrintable(title + u": "_s + told.seen));
        }
    }

    void aCallerThatQuotesSidecarDoesNotKnowFailsItsStep()
    {
        const QString title = u"Mapping with tls works, and quote knows who calls"_s;
        Toured toured;
        QVERIFY2(toured.start({u"--state"_s, u"guide-done"_s}), qPrintable(toured.demo.error()));
        const Told known = toured.run(title);
        QVERIFY2(known.ok, qPrintable(known.seen));

        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        kube::Client &client = toured.demo.client();
        const auto permissive =
            client.remove(kube::types::peerAuthentications(), u"istio-system"_s, u"default"_s, confirmed)
                .result();
        QVERIFY2(permissive.has_value(), qPrintable(permissive ? QString() : permissive.error().message));
        const auto detour =
            client.create(kube::types::mappings(u"v2"_s), u"default"_s, PlainDetour, confirmed).result();
        QVERIFY2(detour.has_value(), qPrintable(detour ? QString() : detour.error().message));
        const double before = toured.plainRequestsOfQuote();
        QTRY_VERIFY_WITH_TIMEOUT(toured.world->request(u"/backend/"_s, false).status == 200
                                     && toured.plainRequestsOfQuote() > before,
                                 ServedLimitMs); // the detour is served, and STRICT has gone

        const Told unknown = toured.run(title);
        QVERIFY2(!unknown.ok, qPrintable(unknown.seen));
        QVERIFY2(unknown.seen.contains(u"has not counted"_s), qPrintable(unknown.seen));
    }

    void aCertificateThatStaysFailsTheRotation()
    {
        Toured toured;
        QVERIFY2(toured.start({u"--state"_s, u"guide-done"_s, u"--cert-life"_s, u"2h"_s}),
                 qPrintable(toured.demo.error()));
        const Told told = toured.run(u"The certificate rotates under traffic"_s);
        QVERIFY2(!told.ok, qPrintable(told.seen));
        QVERIFY2(told.seen.contains(u"no new certificate"_s), qPrintable(told.seen));
    }
};

SALLYPORT_TEST(tour_steps_test, TourStepsTest)
#include "tour_steps_test.moc"

// SPDX-License-Identifier: GPL-3.0-or-later
// demo-cluster and demo tour: commands about the demo cluster that main() has started for them.
#include "app/cli/command.h"
#include "app/cli/tour.h"

#include <semaphore>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

void waitForStop(std::stop_token stop)
{
    std::binary_semaphore stopped(0);
    const std::stop_callback wake(stop, [&stopped] { stopped.release(); });
    stopped.acquire();
}

} // namespace

int runDemoCluster(Invocation &invocation)
{
    if (!invocation.arguments.isEmpty())
        return wrongUsage(invocation,
                          u"demo-cluster takes no arguments, got %1"_s.arg(invocation.arguments.join(u' ')));
    const DemoAddresses &demo = *invocation.session.options().demo;
    if (invocation.output.format() == Format::Table)
        invocation.output.line(u"ready: KUBECONFIG=%1 api=%2 edge=%3 edge-tls=%4 prometheus=%5"_s.arg(
            demo.kubeconfig, demo.apiServer, orDash(demo.edgeHttp), orDash(demo.edgeHttps),
            orDash(demo.prometheus)));
    else
        invocation.output.document("DemoCluster",
                                   edge::Value::object({{"kubeconfig", value(demo.kubeconfig)},
                                                        {"apiServer", value(demo.apiServer)},
                                                        {"edgeHttp", value(demo.edgeHttp)},
                                                        {"edgeHttps", value(demo.edgeHttps)},
                                                        {"prometheus", value(demo.prometheus)}}));
    waitForStop(invocation.session.stop());
    return AllWell;
}

int runDemo(Invocation &invocation)
{
    if (invocation.arguments != QStringList{u"tour"_s})
        return wrongUsage(invocation, u"demo knows tour, not '%1'"_s.arg(invocation.arguments.join(u' ')));
    return runTour(invocation);
}

} // namespace app::cli

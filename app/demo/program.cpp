// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/program.h"

#include "app/demo/applications.h"
#include "app/demo/builtin_prometheus.h"
#include "app/demo/citadel_program.h"
#include "app/demo/edge_program.h"
#include "app/demo/grafana_program.h"
#include "app/demo/http_program.h"
#include "app/demo/istiod_program.h"
#include "app/demo/job_program.h"
#include "app/demo/prometheus_program.h"
#include "app/demo/webhook_program.h"
#include "app/demo/zipkin_program.h"

namespace demo {

std::unique_ptr<Program> makeProgram(const ContainerContext &context)
{
    const std::string image = imageName(context.container["image"].text());
    if (image == "aes" || image == "ambassador" || image == "emissary")
        return std::make_unique<EdgeProgram>(context);
    if (image == "prometheus" && !context.world.prometheus.isAvailable())
        return std::make_unique<BuiltinPrometheus>(context);
    if (image == "prometheus")
        return std::make_unique<PrometheusProgram>(context);
    if (image == "zipkin")
        return std::make_unique<ZipkinProgram>(context);
    if (image == "grafana")
        return std::make_unique<GrafanaProgram>(context);
    if (image == "citadel")
        return std::make_unique<CitadelProgram>(context);
    if (image == "pilot")
        return std::make_unique<IstiodProgram>(context);
    if (image == "price-check")
        return std::make_unique<WebhookProgram>(context);
    if (image == "legacy-report")
        return std::make_unique<JobProgram>(context);
    if (auto application = makeApplication(image, context.pod, context.log))
        return std::make_unique<HttpProgram>(context, std::move(application));
    return nullptr;
}

} // namespace demo

// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/originate_tls.h"

#include "edge/config/service_name.h"

namespace models {

const char *serviceField(const std::string &kind)
{
    return kind == "AuthService" ? "auth_service" : "service";
}

edge::Value originationSpec(const edge::Value &object, const std::string &context, int dialled)
{
    edge::Value spec = edge::Value::object({{"tls", context}});
    const char *field = serviceField(object["kind"].text());
    const std::string service = object.at({"spec", field}).text();
    const edge::ServiceName parsed = edge::parseService(service);
    if (!service.empty() && parsed.problem.empty() && parsed.port == 0)
        spec.set(field, service + ':' + std::to_string(dialled));
    return spec;
}

} // namespace models
